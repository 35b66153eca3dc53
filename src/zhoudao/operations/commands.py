"""`zhoudao backup`: make, check, restore, and drill. `zhoudao retention`: what is erased, and when."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from zhoudao.core.access import SYSTEM
from zhoudao.core.commands import emit, progress, refuse
from zhoudao.operations import retention as rules_of_retention
from zhoudao.operations.backup import checking, making, restoring
from zhoudao.operations.backup.rules import BadBackup, summary

JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
FOLDER = click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))


@click.group()
def backup() -> None:
    """Backups (备份) of database, files and vaults, made while the platform serves. Keys are kept apart."""


@backup.command()
@click.argument("into", type=click.Path(path_type=Path, file_okay=False))
@click.option("--keep", type=click.IntRange(min=1), help="Leave this many backups there; the oldest go.")
@JSON
def create(into: Path, keep: int | None, as_json: bool) -> None:
    """Make a backup in a new folder below INTO; best on another disk or machine."""
    try:
        made = making.create(SYSTEM, into, progress, keep)
    except BadBackup as problem:
        refuse(str(problem))
    told = {
        "folder": str(made.folder),
        **summary(made.manifest),
        "linked": made.linked,
        "removed": made.removed,
    }
    emit(
        told,
        as_json,
        [
            f"{made.folder}: {told['files']:,} files, {made.manifest.bytes / 2**20:,.1f} MiB, {told['rows']:,} rows, "
            f"audit trail to row {told['audit_sequence']:,}; {made.linked:,} files shared with the backup before",
            *(f"removed {name}" for name in made.removed),
            "The keys are not in it: keep a copy of the key file somewhere else (docs/backup.md).",
        ],
    )


@backup.command()
@FOLDER
@JSON
def verify(folder: Path, as_json: bool) -> None:
    """Check that the backup in FOLDER is whole and unaltered; exit 1 and name what isn't."""
    try:
        told = checking.problems(SYSTEM, folder, progress)
        manifest = checking.read(folder)
    except BadBackup as problem:
        refuse(str(problem))
    emit(
        {"whole": not told, "problems": told, **summary(manifest)},
        as_json,
        told or [f"whole: {len(manifest.members):,} files, made {manifest.made_at}"],
    )
    sys.exit(1 if told else 0)


@backup.command()
@FOLDER
@JSON
def restore(folder: Path, as_json: bool) -> None:
    """Restore the backup in FOLDER into the empty database and folders that the settings name, and check it."""
    try:
        done = restoring.restore(SYSTEM, folder, progress)
    except BadBackup as problem:
        refuse(str(problem))
    seconds = round(done.seconds, 1)
    emit(
        {"whole": not done.problems, "problems": done.problems, "seconds": seconds, **summary(done.manifest)},
        as_json,
        done.problems
        or [
            f"restored in {seconds} s: {sum(done.manifest.facts.tables.values()):,} rows and "
            f"{len(done.manifest.members) - 1:,} files as they were on {done.manifest.made_at}; audit trail whole"
        ],
    )
    sys.exit(1 if done.problems else 0)


@backup.command()
@FOLDER
@JSON
def drill(folder: Path, as_json: bool) -> None:
    """Restore FOLDER elsewhere, check audit trail, counts and files there, say how long it took, and throw it away."""
    try:
        printed = restoring.drill(SYSTEM, folder, progress)
    except BadBackup as problem:
        refuse(str(problem))
    problems = printed["problems"]
    assert isinstance(problems, list)
    emit(
        printed,
        as_json,
        problems
        or [
            f"drill passed in {printed['seconds']} s: {printed['rows']:,} rows, {printed['files']:,} files, "
            "audit trail whole"
        ],
    )
    sys.exit(1 if problems else 0)


@click.group()
def retention() -> None:
    """What the platform forgets by itself (留存与清除): how long each is kept, and what is due."""


@retention.command("show")
@JSON
def show_retention(as_json: bool) -> None:
    """Each rule, how long it keeps, and how many would be erased now. Erases nothing."""
    waiting = rules_of_retention.due(SYSTEM)
    rows = [
        {"name": rule.name, "kept_days": rule.kept_days, "why": rule.why, "due": waiting[rule.name]}
        for rule in rules_of_retention.rules()
    ]
    emit(
        {"rules": rows},
        as_json,
        [f"{row['name']:18} {row['kept_days']:>5} days  {row['due']:>6} due  {row['why']}" for row in rows],
    )


@retention.command("run")
@JSON
def run_retention(as_json: bool) -> None:
    """Erase what is due now, as the worker does once a day; the audit trail keeps the report."""
    erased = rules_of_retention.run(SYSTEM)
    emit({"erased": erased}, as_json, [f"{name:18} {count:>6} erased" for name, count in erased.items()])
