#!/usr/bin/env python3
"""Re-checks an evidence package. Needs Python 3.8 or newer and nothing else; reads only the package.

    python3 check.py                        beside the package's other files, or
    python3 check.py PACKAGE.zip            for the zip as it came
    ... --manifest SHA256                   the value printed in the extraction record, which came on paper

It checks that nothing is missing, added or altered (SHA-256 of every file against manifest.json, and of manifest.json
against --manifest), that raw files lie under their own hash, that every finding's rows are in
ledger_rows.csv and add up,
that every figure is the sum of a column of its annexes, and that every row points to a line that is there in a raw
text file. Exit code 0: whole. 1: not; every fault is named.
"""

import argparse
import csv
import hashlib
import io
import json
import sys
import zipfile
from pathlib import Path

MANIFEST = "manifest.json"
ROWS = "ledger_rows.csv"
HASH, LINE = "来源SHA-256", "行号"  # columns of an annex: the raw file a row stands in, and the line
RECORD = (
    "extraction.pdf"  # prints the manifest's hash, so can't be listed in it; what counts is the signed paper
)


class Folder:
    def __init__(self, path):
        self.path = Path(path)

    def names(self):
        return sorted(
            p.relative_to(self.path).as_posix()
            for p in self.path.rglob("*")
            if p.is_file() and "__pycache__" not in p.parts
        )

    def open(self, name):
        return (self.path / name).open("rb")


class Zip:
    def __init__(self, path):
        self.zip = zipfile.ZipFile(path)

    def names(self):
        return sorted(i.filename for i in self.zip.infolist() if not i.is_dir())

    def open(self, name):
        return self.zip.open(name)


def sha256(source, name):
    digest = hashlib.sha256()
    with source.open(name) as file:
        for piece in iter(lambda: file.read(1 << 20), b""):
            digest.update(piece)
    return digest.hexdigest()


def read(source, name):
    with source.open(name) as file:
        return file.read()


def check(source, expected_manifest):
    faults = []
    names = source.names()
    if len(set(names)) != len(names):
        faults.append("the package names a file twice")
    if MANIFEST not in names:
        return ["manifest.json is missing"]
    own = sha256(source, MANIFEST)
    if expected_manifest and own != expected_manifest.lower():
        faults.append(f"manifest.json: SHA-256 is {own}; the extraction record says {expected_manifest}")
    manifest = json.loads(read(source, MANIFEST).decode("utf-8"))
    listed = {entry["path"]: entry for entry in manifest["files"]}
    for name in names:
        if name not in listed and name not in (MANIFEST, RECORD):
            faults.append(f"{name}: not in the manifest")
    for name, entry in sorted(listed.items()):
        if name not in names:
            faults.append(f"{name}: missing")
        elif sha256(source, name) != entry["sha256"]:
            faults.append(f"{name}: altered")
        if name.startswith("raw/") and name.split("/")[1] != entry["sha256"]:
            faults.append(f"{name}: lies under another hash than its own")
    if not faults:
        raw = {name.split("/")[1]: name for name in listed if name.startswith("raw/")}
        findings = json.loads(read(source, "findings.json").decode("utf-8"))
        lines: dict = {}  # of each raw file, once it was counted
        faults += check_rows(source, raw, findings, lines) + check_annexes(source, raw, findings, lines)
    return faults


def table(source, name):
    return csv.DictReader(io.StringIO(read(source, name).decode("utf-8-sig")))


def check_rows(source, raw, findings, lines):
    faults = []
    rows: dict = {}
    for row in table(source, ROWS) if ROWS in source.names() else []:
        rows.setdefault(row["transfer_id"], []).append(row)
    for finding in findings:
        total = 0
        for transfer in finding["rows"]:
            if transfer not in rows:
                faults.append(f"finding {finding['finding_id']}: row {transfer} is not in ledger_rows.csv")
            else:
                total += int(rows[transfer][0]["amount_fen"])
        if total != finding["rows_total"]:
            faults.append(
                f"finding {finding['finding_id']}: its rows make {total} fen; it says {finding['rows_total']}"
            )
    for transfer, stands in rows.items():
        for stand in stands:
            if stand["source_sha256"]:
                faults += check_stand(
                    source, f"row {transfer}", stand["source_sha256"], stand["source_row"], raw, lines
                )
    return faults


def check_annexes(source, raw, findings, lines):
    faults = []
    for finding in findings:
        annexes = {
            name: list(table(source, name)) for name in finding.get("annexes", []) if name.endswith(".csv")
        }
        for figure in finding.get("figures", []):
            total = sum(int(row[figure["column"]] or 0) for name in figure["files"] for row in annexes[name])
            if total != figure["value"]:
                faults.append(
                    f"finding {finding['finding_id']}: the rows of {figure['name']} make {total};"
                    f" it says {figure['value']}"
                )
        for name, rows in annexes.items():
            for place, row in enumerate(rows, 2):
                faults += check_stand(source, f"{name} line {place}", row[HASH], row[LINE], raw, lines)
    return faults


def check_stand(source, what, digest, line, raw, lines):
    if digest not in raw:
        return [f"{what}: its raw file {digest} is not here"]
    name = raw[digest]
    if not name.lower().endswith((".csv", ".txt", ".tsv")):
        return []  # a spreadsheet: its hash is checked, its row is looked at with a spreadsheet program
    if name not in lines:
        lines[name] = count_lines(source, name)
    return [f"{what}: {name} has no line {line}"] if int(line) > lines[name] else []


def count_lines(source, name):
    content = read(source, name)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        content = content.decode("utf-16").encode("utf-8")
    return len(content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b"\n").split(b"\n"))


def main():
    options = argparse.ArgumentParser(description="Re-checks an evidence package.")
    options.add_argument("package", nargs="?", default=str(Path(__file__).resolve().parent))
    options.add_argument(
        "--manifest", default="", help="SHA-256 of manifest.json, as the extraction record prints it"
    )
    given = options.parse_args()
    path = Path(given.package)
    try:
        source = Zip(path) if path.is_file() else Folder(path)
        faults = check(source, given.manifest)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as problem:
        faults = [f"the package can't be read: {problem}"]
    for fault in faults:
        print(fault)
    if faults:
        print(f"NOT WHOLE: {len(faults)} fault(s)")
        return 1
    print("WHOLE: every file, finding and row is as it was packed")
    if not given.manifest:
        print(
            f"manifest.json SHA-256 {sha256(source, MANIFEST)}: compare it with the extraction record on paper"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
