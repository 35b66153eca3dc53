"""`zhoudao statements`: messy bank files into one ledger, on the command line."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from zhoudao.core.commands import emit, progress, refuse
from zhoudao.engines.statements import (
    BadLayout,
    Layout,
    Report,
    clean,
    read_layout,
    recognise,
    shipped,
)

_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
_paths = click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
_layouts = click.option(
    "--layout",
    "given",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="A confirmed layout (YAML); may be given again. It goes before those that come with Zhoudao.",
)


@click.group()
def statements() -> None:
    """Bank statements: what they are, and one ledger made from them with every row accounted for."""


@statements.command("clean")
@_paths
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the tables and report.",
)
@_layouts
@click.option(
    "--accept-guesses",
    is_flag=True,
    help="Also read sheets whose time, amount or account column could only be guessed from values.",
)
@_json
def clean_(
    paths: tuple[Path, ...], out: Path, given: tuple[Path, ...], accept_guesses: bool, as_json: bool
) -> None:
    """Clean statement files, folders and zips into one ledger: rows in = kept + merged + refused.

    Writes ledger, transfer_sources, refused, breaks and accounts (.parquet) and report.json into the folder.
    """
    try:
        report = clean(paths, out, _read(given), _told, accept_guesses=accept_guesses)
    except FileNotFoundError as problem:
        refuse(f"{problem.filename}: not there; {problem.strerror}")
    except OSError as problem:
        progress(f"{problem.filename or out}: {problem.strerror}; expected a folder with room in it")
        sys.exit(1)
    for file in report.files_refused:
        progress(f"refused: {file['file']}: {file['en']}")
    emit(report.as_data(), as_json, _lines(report))


@statements.command("recognise")
@_paths
@_layouts
@_json
def recognise_(paths: tuple[Path, ...], given: tuple[Path, ...], as_json: bool) -> None:
    """What each sheet is, and which column is which role, with confidences: confirm it as a layout file."""
    for path in paths:
        if not path.exists():
            refuse(f"{path}: not there; expected a statement file or a folder of them")
    found = [
        {
            "file": file, "sheet": sheet, "kind": plan.kind, "layout": plan.layout, "fingerprint": plan.fingerprint,
            "header_rows": plan.header, "account": plan.account, "headers": plan.headers,
            "columns": {
                role: {"column": at + 1, "confidence": plan.confidence.get(role)} for role, at in plan.columns.items()
            },
        }
        for path in paths
        for file, sheet, plan in recognise(path, _read(given))
    ]  # fmt: skip
    emit(found, as_json, (json.dumps(sheet, ensure_ascii=False) for sheet in found))


@statements.command("layouts")
@_json
def layouts_(as_json: bool) -> None:
    """The layouts that come with Zhoudao."""
    emit(
        [layout.as_data() for layout in shipped()],
        as_json,
        (f"{layout.name:22} {layout.title}  {len(layout.columns)} columns" for layout in shipped()),
    )


def _read(given: tuple[Path, ...]) -> list[Layout]:
    """Raises SystemExit (2) for a layout that can't be used."""
    try:
        return [read_layout(path) for path in given]
    except BadLayout as problem:
        refuse(str(problem))


def _told(file: str, rows: int) -> None:
    progress(f"{file}: {rows:,} records so far")


def _lines(report: Report) -> list[str]:
    lines = [
        f"rows in {report.rows_in:,} = kept {report.rows_kept:,} + merged {report.rows_merged:,}"
        f" + refused {report.rows_refused:,}; {sum(report.lines_skipped.values()):,} lines are no records",
        f"transfers {report.transfers:,}; {report.balance['breaks']:,} breaks in"
        f" {report.balance['links_checked']:,} balances; {report.reversed_pairs:,} reversed pairs,"
        f" {report.failed:,} failed",
    ]
    lines += [f"refused: {count:,} {reason}" for reason, count in report.refused_by_reason.most_common()]
    return lines + [f"refused file: {file['file']}: {file['en']}" for file in report.files_refused]
