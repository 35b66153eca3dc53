#!/usr/bin/env python3
"""Check Zhoudao's audit trail without Zhoudao. One file for Python 3.11; signed heads need ``cryptography``.

    python verify_audit.py audit.jsonl   --heads audit-heads --public-key audit-key.pem
    python verify_audit.py zhoudao.sqlite3 --heads audit-heads --public-key audit-key.pem --json

The first argument is an export (``zhoudao audit export``) or the SQLite database itself, opened read-only.
Exit 0: the chain is whole. Exit 1: it isn't, and the first bad row is named. Exit 2: something couldn't be
read.

How a row is hashed is written down in docs/audit.md; this file is a second, independent reading of it.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import sqlite3
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

HASHED = (
    "sequence",
    "at",
    "actor",
    "role",
    "purpose",
    "action",
    "subject",
    "details",
    "origin",
    "outcome",
    "previous",
)
ROW_VERSION = b"zhoudao audit row 1\n"
HEAD_VERSION = b"zhoudao audit head 1\n"
GENESIS = "0" * 64

Row = dict[str, Any]


def main() -> int:
    arguments = _arguments()
    heads, head_problems = read_heads(arguments.heads, arguments.public_key, arguments.without_signatures)
    rows, end = open_source(arguments.source)
    result = walk(rows, heads, end)
    result["head_problems"] = head_problems
    result["whole"] = result["problem"] is None and not head_problems
    if arguments.json:
        print(json.dumps(result, ensure_ascii=False, indent=2))
    else:
        print(f"{result['rows']} rows, {result['heads']} signed heads")
        for problem in [result["problem"] and result["problem"]["message"], *head_problems]:
            if problem:
                print(f"NOT WHOLE: {problem}")
        if result["whole"]:
            print("whole" if result["heads"] else "whole, as far as can be told without a signed head")
    return 0 if result["whole"] else 1


def walk(rows: Iterator[Row], heads: list[Row], end: tuple[int, str] | None) -> Row:
    """Follow the chain in the order given, up to the first bad row."""
    waiting = sorted(heads, key=lambda head: head["sequence"], reverse=True)
    last, signed, count, agreed = (0, GENESIS), 0, 0, 0
    for row in rows:
        count += 1
        problem = _fault_of(row, last)
        while problem is None and waiting and waiting[-1]["sequence"] <= row["sequence"]:
            head = waiting.pop()
            if (head["hash"], head["count"]) != (row["hash"], row["sequence"]) and head["sequence"] > 0:
                message = f"rows {signed + 1} to {row['sequence']} aren't the ones signed at {head['at']}"
                problem = ("rewritten", min(signed + 1, row["sequence"]), message)
            elif head["sequence"] > 0:
                agreed, signed = agreed + 1, row["sequence"]
        if problem is not None:
            return _result(count, agreed, problem)
        last = (row["sequence"], row["hash"])
    if waiting and waiting[0]["sequence"] > last[0]:
        head = waiting[0]
        message = f"row {last[0] + 1} is missing: row {head['sequence']} was signed at {head['at']}"
        return _result(count, agreed, ("truncated", last[0] + 1, message))
    if end is not None and end != last:
        fault, bad = (
            ("truncated", last[0] + 1) if end[0] > last[0] else ("rewritten", min(end[0] + 1, last[0]))
        )
        return _result(
            count, agreed, (fault, bad, f"row {bad}: the database's own record ends at row {end[0]}")
        )
    return _result(count, agreed, None)


def _fault_of(row: Row, last: tuple[int, str]) -> tuple[str, int, str] | None:
    number, expected = row["sequence"], last[0] + 1
    if number > expected:
        return "missing", expected, f"row {expected} is missing: row {number} follows row {last[0]}"
    if number < expected:
        return "out_of_order", number, f"row {number} stands after row {last[0]}: inserted, repeated or moved"
    if hashlib.sha256(ROW_VERSION + netstrings(row[name] for name in HASHED)).hexdigest() != row["hash"]:
        return "edited", number, f"row {number} was edited: its content doesn't give its hash"
    if row["previous"] != last[1]:
        return "broken_link", number, f"row {number} doesn't hold the hash of row {last[0]}"
    return None


def _result(count: int, agreed: int, problem: tuple[str, int, str] | None) -> Row:
    named = None if problem is None else dict(zip(("fault", "sequence", "message"), problem, strict=True))
    return {"rows": count, "heads": agreed, "problem": named}


def netstrings(values: Any) -> bytes:
    """Each value as ``length:bytes,`` of its UTF-8 text."""
    return b"".join(b"%d:%s," % (len(text), text) for text in (str(value).encode() for value in values))


# Where rows come from ----------------------------------------------------------------------------------


def open_source(path: Path) -> tuple[Iterator[Row], tuple[int, str] | None]:
    """The rows in order, and where the database says the chain ends (an export doesn't say)."""
    try:
        with path.open("rb") as file:
            is_database = file.read(16) == b"SQLite format 3\0"
    except OSError as error:
        give_up(f"{path}: {error.strerror}")
    return _from_database(path) if is_database else (_from_export(path), None)


def _from_export(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                row = json.loads(line)
                yield {**{name: row[name] for name in (*HASHED, "hash")}, "sequence": int(row["sequence"])}
            except (ValueError, KeyError, TypeError):
                give_up(f"{path}:{number}: not an audit row; expected the output of zhoudao audit export")


def _from_database(path: Path) -> tuple[Iterator[Row], tuple[int, str] | None]:
    database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
    try:
        database.execute("BEGIN")  # one moment's view of rows and record, whatever is written meanwhile
        end = database.execute("SELECT sequence, hash FROM audit_audithead").fetchone() or (0, GENESIS)
        found = database.execute(
            f"SELECT {', '.join((*HASHED, 'hash'))} FROM audit_auditrow ORDER BY sequence"
        )
    except sqlite3.Error as error:
        give_up(f"{path}: {error}; expected Zhoudao's database")
    return (_with_instant(dict(zip((*HASHED, "hash"), row, strict=True))) for row in found), end


def _with_instant(row: Row) -> Row:
    """SQLite holds UTC as ``2026-11-24 01:00:00``; the hash was made of ``2026-11-24T01:00:00.000000Z``."""
    with contextlib.suppress(ValueError):  # a moment that can't be read was edited: its hash will tell
        row["at"] = datetime.fromisoformat(row["at"]).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return row


# Signed heads ------------------------------------------------------------------------------------------


def read_heads(
    folder: Path | None, key_files: list[Path], without_signatures: bool
) -> tuple[list[Row], list[str]]:
    """Heads whose signature is good, and a sentence for each line of the folder that isn't one."""
    if folder is None:
        return [], []
    if not folder.is_dir():
        give_up(f"{folder}: there is no such folder")
    check = None if without_signatures else signature_checker(key_files)
    good: list[Row] = []
    problems: list[str] = []
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                head = json.loads(line)
                signed = HEAD_VERSION + netstrings(
                    (head["sequence"], head["hash"], head["count"], head["at"])
                )
                if check is not None and not check(head["key"], bytes.fromhex(head["signature"]), signed):
                    problems.append(
                        f"{path}:{number}: the signature is wrong, or made with a key that wasn't given"
                    )
                    continue
                good.append({**head, "sequence": int(head["sequence"]), "count": int(head["count"])})
            except (ValueError, KeyError, TypeError):
                problems.append(f"{path}:{number}: this line isn't a signed head")
    return good, problems


def signature_checker(key_files: list[Path]) -> Any:
    if not key_files:
        give_up("signed heads need --public-key (zhoudao audit public-key), or --without-signatures")
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.serialization import load_pem_public_key
    except ImportError:
        give_up("signatures need the package cryptography: pip install cryptography, or --without-signatures")
    keys: dict[str, Any] = {}
    for path in key_files:
        try:
            key: Any = load_pem_public_key(path.read_bytes())
            keys[hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]] = key
        except (OSError, ValueError, AttributeError) as error:
            give_up(f"{path}: {error}; expected an Ed25519 public key in PEM")

    def check(name: str, signature: bytes, signed: bytes) -> bool:
        try:
            keys[name].verify(signature, signed)
        except (InvalidSignature, KeyError):
            return False
        return True

    return check


def give_up(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    sys.exit(2)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path, help="export (JSON lines) or SQLite database")
    parser.add_argument("--heads", type=Path, help="folder of signed heads")
    parser.add_argument(
        "--public-key", type=Path, action="append", default=[], help="PEM; may be given again"
    )
    parser.add_argument("--without-signatures", action="store_true", help="believe the heads unchecked")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
