"""`zhoudao evidence`: files into a case, the accounting, and the ledger out of it, on the command line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from zhoudao.core import spreadsheets
from zhoudao.core.commands import emit, progress, refuse
from zhoudao.desk.cases.commands import acting, as_json, as_user

PIECE = 1 << 20


@dataclass(frozen=True)
class OnDisk:
    """A file of a folder, as an upload is."""

    path: Path
    name: str

    def chunks(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece


@click.group()
def evidence() -> None:
    """Evidence of a case: import files, list them, account for every row, export the ledger."""


@evidence.command("import")
@click.argument("number")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@as_user
@click.option("--request", type=click.IntRange(1), help="Number of the request they answer.")
@click.option("--clean/--no-clean", default=True, show_default=True, help="Make the ledger anew afterwards.")
@as_json
def import_(
    number: str, paths: tuple[Path, ...], username: str, request: int | None, clean: bool, as_json: bool
) -> None:
    """Keep files, folders and zips in case NUMBER as they came, and make one ledger of all its files.

    A file that can't be kept is named and the others are kept; the exit code is 2 then.
    """
    from zhoudao.core.look.refusals import Unusable
    from zhoudao.desk.evidence import actions

    for path in paths:
        if not path.exists():
            refuse(f"{path}: not there; expected a file or a folder")
    kept: list[Any] = []
    again: list[Any] = []
    problems: list[str] = []
    with acting(username, number, "import") as actor:
        for file in _files(paths):
            progress(file.name)
            try:
                received = actions.receive(actor, number, file, request)
            except Unusable as problem:
                problems.append(f"{file.path}: {problem.what} {problem.todo}".strip())
                continue
            kept += received.kept
            again += received.again
        cleaning = _clean(actor, number) if clean and (kept or again) else None
    data: dict[str, Any] = {
        "case": number,
        "kept": [{"name": str(file.name), "sha256": file.sha256, "size": file.size} for file in kept],
        "again": [file.sha256 for file in again],
        "refused": problems,
        "ledger": _accounting(cleaning) if cleaning else None,
    }
    lines = [f"{len(kept)} files kept, {len(again)} were here already"]
    emit(data, as_json, lines + (_said(data["ledger"]) if cleaning else []))
    if problems:
        refuse(problems)


def _files(paths: Iterable[Path]) -> Iterator[OnDisk]:
    for path in paths:
        if path.is_dir():
            for inner in sorted(each for each in path.rglob("*") if each.is_file()):
                yield OnDisk(inner, f"{path.name}/{inner.relative_to(path).as_posix()}")
        else:
            yield OnDisk(path, path.name)


def _clean(actor: Any, number: str) -> Any:
    """Clean here and now; a worker that takes up the same job finds it done."""
    from zhoudao.desk.evidence import actions
    from zhoudao.desk.evidence.cleaning import running

    cleaning = actions.start_cleaning(actor, number)
    running.run(cleaning.pk)
    cleaning.refresh_from_db()
    if cleaning.problem:
        progress(f"cleaning {cleaning.number} failed: {cleaning.problem}")
    return cleaning


@evidence.command("list")
@click.argument("number")
@as_user
@as_json
def list_(number: str, username: str, as_json: bool) -> None:
    """The files of case NUMBER: what each was recognised as, and what became of its rows."""
    from zhoudao.desk.evidence import queries

    with acting(username, number, "review") as actor:
        found = queries.files_page(actor, number)
    told = {each.get("sha256"): each for each in found.report.get("files", [])}
    rows = [
        {
            "name": str(file.name), "sha256": file.sha256, "size": file.size, "state": file.state,
            **{key: told.get(file.sha256, {}).get(key) for key in ("layout", "rows_in", "rows_read", "rows_refused")},
            "needs_a_layout": bool(told.get(file.sha256, {}).get("unsure")),
        }
        for file in found.files
    ]  # fmt: skip
    emit(rows, as_json, (
        f"{row['sha256'][:12]} {row['state']:7} {row['rows_in'] or 0:>9,} {row['layout'] or '-':20} {row['name']}"
        for row in rows
    ))  # fmt: skip


@evidence.command()
@click.argument("number")
@as_user
@as_json
def report(number: str, username: str, as_json: bool) -> None:
    """The accounting of case NUMBER: rows in = kept + merged + refused, repairs, balances, each file."""
    from zhoudao.desk.evidence import queries

    with acting(username, number, "review") as actor:
        found = queries.files_page(actor, number)
    if found.ledger is None:
        refuse(f"{number}: no ledger yet; bring files in with `zhoudao evidence import`")
    data = {**_accounting(found.ledger), "report": found.report}
    emit(data, as_json, _said(data))


@evidence.command()
@click.argument("number")
@as_user
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="CSV file to write, a new one.",
)
@as_json
def export(number: str, username: str, out: Path, as_json: bool) -> None:
    """Take the ledger of case NUMBER out as CSV, each row with its sources; the trail keeps who did."""
    from zhoudao.desk.cases.rules import WORKING
    from zhoudao.desk.evidence import queries
    from zhoudao.desk.evidence.rules import EXPORT

    if out.exists():
        refuse(f"{out}: is there already; expected a new file")
    written = -1  # the first line is the heads
    with acting(username, number, "prepare") as actor:
        try:
            _here, lines = queries.exported_rows(actor, number, {}, EXPORT, WORKING)
        except queries.NoLedger:
            refuse(f"{number}: no ledger yet; bring files in with `zhoudao evidence import`")
        try:
            with out.open("xb") as file:
                for piece in spreadsheets.pieces(lines):
                    file.write(piece)
                    written += 1
        except OSError as problem:
            raise click.ClickException(f"{out}: {problem.strerror}") from problem
    emit({"case": number, "file": str(out), "rows": written}, as_json, [f"{written:,} rows in {out}"])


def _accounting(cleaning: Any) -> dict[str, Any]:
    return {"ledger": cleaning.number, "state": cleaning.state, **cleaning.accounting.__dict__}


def _said(told: dict[str, Any]) -> list[str]:
    return [
        f"ledger {told['ledger']} {told['state']}: rows in {told['rows_in']:,} = kept {told['kept']:,}"
        f" + merged {told['merged']:,} + refused {told['refused']:,}; {told['transfers']:,} transfers"
    ]
