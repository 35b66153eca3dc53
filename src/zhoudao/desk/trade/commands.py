"""`zhoudao invoices`: the engine's commands, and the report of a case, which needs the house's typefaces."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

import click
import polars as pl

from zhoudao.desk.trade.report import annexes, packing, paper
from zhoudao.desk.trade.rules import Paper
from zhoudao.engines.detection import Context
from zhoudao.engines.invoices import cases, dossier
from zhoudao.engines.invoices.commands import invoices
from zhoudao.engines.invoices.reading import NothingToRead, read_folder

__all__ = ["invoices"]
PACKAGE = "zip"


@invoices.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--case", "number", type=click.IntRange(1), default=1, show_default=True, help="Which, strongest first."
)
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, dir_okay=False),
    help="A .pdf or a .docx, the annexes beside it; or a .zip with both, the raw files and a script that checks it.",
)  # fmt: skip
def report(folder: Path, number: int, out: Path) -> None:
    """The report of a case in FOLDER, as an investigator hands it over, with every row as annexes."""
    kind = out.suffix.lower().removeprefix(".")
    if kind not in {*Paper, PACKAGE}:
        _refuse(f"{out}: a report is a .pdf, a .docx or a .zip")
    if not folder.is_dir():
        _refuse(f"{folder}: expected a folder with the files of a case; there is none")
    out.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="zhoudao-") as place:
        told, rows, hashes = _told(folder, Path(place), number)
        if kind == PACKAGE:
            packing.write(out, told, rows, out.stem, folder, hashes)
    if kind == PACKAGE:
        click.echo(str(out))
        return
    out.write_bytes(paper(told, rows, Paper(kind), out.stem))
    click.echo(str(out))
    beside = out.with_name(f"{out.stem}-annexes")
    beside.mkdir(exist_ok=True)
    for name, data in annexes(rows).items():
        (beside / name).write_bytes(data)
        click.echo(str(beside / name))


def _told(folder: Path, place: Path, number: int) -> tuple[dict, pl.DataFrame, dict[str, str]]:
    """The case of that number, its rows, and the hash of each file; the tables lie in ``place`` meanwhile."""
    try:
        read = read_folder(folder, place, lambda name: click.echo(f"reading {name}", err=True))
    except NothingToRead as problem:
        _refuse(str(problem))
    for needed in ("invoices", "registrations"):
        if not len(read.tables[needed]):
            _refuse(f"{folder}: no rows of {needed}; cases need invoices and registrations")
    context = Context(progress=lambda share, what: click.echo(f"{share:4.0%} {what}", err=True))
    hashes = {each.file: each.sha256 for each in read.files}
    done = cases.screen(read.tables, context, hashes=hashes)
    if number > len(done.cases):
        _refuse(f"{folder}: {len(done.cases)} cases were found, there is no case {number}")
    case = done.cases[number - 1]
    rows = packing.with_hashes(dossier.with_raw(dossier.rows_of(read.tables, done, case), folder), hashes)
    return dossier.tell(read.tables, done, case, rows), rows, hashes


def _refuse(problem: str) -> NoReturn:
    click.echo(problem, err=True)
    sys.exit(2)
