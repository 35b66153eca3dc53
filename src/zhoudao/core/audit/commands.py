"""`zhoudao audit`: check, sign, copy, and erase a person from the trail."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from django.conf import settings

from zhoudao.core.access import SYSTEM
from zhoudao.core.audit import actions, queries, signing
from zhoudao.core.commands import emit, refuse

JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group()
def audit() -> None:
    """The audit trail (审计日志): a hash chain that shows every change to itself."""


@audit.command()
@click.option(
    "--heads", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Folder of signed heads."
)
@click.option(
    "--public-key",
    "key_files",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Public key the heads were signed with (PEM); may be given again. Default: this platform's own.",
)
@click.option("--newest", type=click.IntRange(min=1), help="Check only this many rows, the newest.")
@JSON
def verify(heads: Path | None, key_files: tuple[Path, ...], newest: int | None, as_json: bool) -> None:
    """Walk the whole chain against the signed heads; exit 1 and name the first bad row if it isn't whole."""
    try:
        keys = [signing.read_public_key(path) for path in key_files] or None
        found = actions.verify(SYSTEM, newest=newest, heads=heads, keys=keys)
    except signing.BadSigningKey as error:
        refuse(str(error))
    emit(as_record(found), as_json, describe(found))
    sys.exit(0 if found.whole else 1)


def as_record(found: queries.Check) -> dict[str, object]:
    problem = found.verdict.problem
    return {
        "whole": found.whole,
        "first": found.first,
        "rows": found.verdict.rows,
        "last": {"sequence": found.verdict.last[0], "hash": found.verdict.last[1]},
        "heads": found.verdict.heads,
        "problem": problem
        and {"fault": problem.fault, "sequence": problem.sequence, "message": problem.message},
        "head_problems": found.head_problems,
        "guarded": found.guarded,
    }


def describe(found: queries.Check) -> list[str]:
    verdict = found.verdict
    lines = [f"{verdict.rows} rows from {found.first} on, {verdict.heads} signed heads"]
    if verdict.problem is not None:
        lines.append(f"NOT WHOLE: {verdict.problem.message}")
    lines += [f"BAD HEAD: {problem}" for problem in found.head_problems]
    if not found.guarded:
        lines.append("NOT GUARDED: the triggers that refuse to change audit rows are missing")
    if found.whole:
        lines.append("whole" if verdict.heads else "whole, as far as can be told without a signed head")
    return lines


@audit.command("sign-head")
@JSON
def sign_head(as_json: bool) -> None:
    """Sign where the chain stands and write it to the heads folder (the worker does it every ten minutes)."""
    try:
        signed = actions.sign_head(SYSTEM)
    except (signing.BadSigningKey, OSError) as error:
        refuse(str(error))
    except actions.BrokenChain as error:
        click.echo(f"not signed: {error}; run zhoudao audit verify", err=True)
        sys.exit(1)
    lines = [f"row {signed.head.sequence} signed with key {signed.key} in {settings.AUDIT_HEADS_DIR}"]
    emit(signing.as_record(signed), as_json, lines)


@audit.command("public-key")
@click.argument("file", type=click.Path(path_type=Path), required=False)
def public_key(file: Path | None) -> None:
    """Print the public key that heads are signed with, or write it to FILE; give it to whoever verifies."""
    try:
        pem = signing.public_pem(signing.private_key().public_key())
        if file is not None:
            file.write_text(pem, encoding="ascii")
    except (signing.BadSigningKey, OSError) as error:
        refuse(str(error))
    if file is None:
        click.echo(pem, nl=False)


@audit.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@JSON
def export(file: Path, as_json: bool) -> None:
    """Copy every row to FILE as JSON lines, for tools/verify_audit.py."""
    try:
        rows = actions.export(SYSTEM, file)
    except OSError as error:
        refuse(f"{file}: {error.strerror}")
    emit({"file": str(file), "rows": rows}, as_json, [f"{rows} rows in {file}"])


@audit.command()
@click.argument("person")
@JSON
def erase(person: str, as_json: bool) -> None:
    """Delete the key that ties PERSON (user:12) to their rows; the chain stays whole. It can't be undone."""
    try:
        found = actions.erase_person(SYSTEM, person)
    except ValueError as error:
        refuse(str(error))
    emit({"erased": found}, as_json, ["erased" if found else "nobody by that key stands in the trail"])
