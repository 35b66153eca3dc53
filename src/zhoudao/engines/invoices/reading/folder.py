"""A folder of files as the tables of a case. Rows in = kept + merged + refused, for every file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from zhoudao.engines.invoices.reading import cells
from zhoudao.engines.invoices.reading.layouts import Column, known_headers, layouts, recognise
from zhoudao.engines.invoices.reading.merging import merge
from zhoudao.engines.invoices.reading.sheets import Sheet, Unreadable, sheets
from zhoudao.engines.invoices.reading.shelves import REFUSALS, SOURCE, Shelves
from zhoudao.engines.invoices.tables import TABLES, required
from zhoudao.engines.stored import Stored


class NothingToRead(ValueError):
    """No file below the folder is one of a case."""


@dataclass
class FileReport:
    """What became of one sheet's rows."""

    file: str
    sha256: str
    sheet: str = ""
    table: str = ""
    rows_in: int = 0
    rows_kept: int = 0
    rows_merged: int = 0
    rows_refused: int = 0
    lines_skipped: int = 0
    problem: str = ""
    """Why nothing could be read, for a file that could not."""


@dataclass
class Case:
    """Everything read. Each table has, beside its own columns, where its row stands: file, sheet, physical row."""

    tables: dict[str, Stored]
    refused: Stored
    """``source_file, source_sheet, source_row, field, value, expected``."""
    files: list[FileReport] = field(default_factory=list)

    def report(self) -> dict[str, object]:
        """Totals, and a line a sheet."""
        counts = ("rows_in", "rows_kept", "rows_merged", "rows_refused", "lines_skipped")
        return {
            **{name: sum(getattr(one, name) for one in self.files) for name in counts},
            "files": [dict(one.__dict__) for one in self.files],
        }


def read_folder(folder: Path, shelf: Path, progress: Callable[[str], None] = lambda _: None) -> Case:
    """All files below ``folder``, piece by piece, into Parquet files in ``shelf``, which the case reads from then on.

    A file that can't be read is reported and the others are read all the same. Raises NothingToRead.
    """
    reports: dict[tuple[str, str], FileReport] = {}
    with Shelves(shelf) as shelves:
        for path in sorted(
            path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")
        ):
            progress(str(path.relative_to(folder)))
            _shelve(path, str(path.relative_to(folder)), shelves, reports)
        if not any(each.table for each in reports.values()):
            raise NothingToRead(f"{folder}: no file in it has the headers of an invoice case")
        tables = shelves.close()
        for table, stored in tables.items():
            if shelves.has_repeated(table):
                progress(table)
                merge(table, stored, shelves, reports)
        refused = shelves.refused()
    for report in reports.values():
        report.rows_kept = report.rows_in - report.rows_merged - report.rows_refused
    return Case(tables, refused, list(reports.values()))


def _shelve(path: Path, name: str, shelves: Shelves, reports: dict[tuple[str, str], FileReport]) -> None:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    report = FileReport(name, digest)
    try:
        for piece in sheets(path, known_headers()):
            report = reports.setdefault((name, piece.name), FileReport(name, digest, piece.name))
            report.lines_skipped += piece.skipped
            read = _read(piece, report)
            if read is not None:
                table, good, bad = read
                shelves.put(table, good)
                shelves.refuse(bad)
    except Unreadable as problem:
        report.problem = str(problem)
        reports.setdefault((name, report.sheet), report)


def _read(sheet: Sheet, report: FileReport) -> tuple[str, pl.DataFrame, pl.DataFrame] | None:
    """Table, good rows, and refusals of a sheet; None for one that is none of ours, which the report says."""
    recognised = recognise(sheet.frame.columns)
    report.rows_in += len(sheet.frame)
    if recognised is None:
        report.rows_refused += len(sheet.frame)
        report.problem = "no table of ours has these headers: " + ", ".join(sheet.frame.columns[:8])
        return None
    table, headers = recognised
    report.table = table
    columns = layouts()[table]
    must = {name for name in required(TABLES[table]) if not columns[name].empty}
    frame = cells.plain_digits(sheet.frame).with_columns(
        pl.lit(report.file).alias("source_file"), pl.lit(sheet.name).alias("source_sheet")
    )
    read = frame.with_columns(
        _value(frame, headers[name], columns[name]).alias(f"_{name}") for name in headers
    ).with_columns(_faulty(headers[name], name, name in must).alias(f"?{name}") for name in headers)
    faults = [f"?{name}" for name in headers]
    bad = read.filter(pl.any_horizontal(*faults, "_wide"))
    good = read.filter(~pl.any_horizontal(*faults, "_wide"))
    report.rows_refused += len(bad)
    chosen = good.select(*(pl.col(f"_{name}").alias(name) for name in headers), *SOURCE)
    return table, _turned(table, chosen), _refusals(bad, headers, columns)


def _turned(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """A ledger's rows told by the receiver, turned so that money goes from source to target."""
    if table != "ledger":
        return frame
    done = frame.with_columns(pl.col("currency").replace({"人民币": "CNY", "RMB": "CNY"}))
    if "succeeded" in done.columns:
        done = done.with_columns(pl.col("succeeded") == "true")
    if "direction" not in done.columns:
        return done
    incoming = pl.col("direction") == "in"
    pairs = [("source_account", "target_account"), ("source_name", "target_name"),
             ("source_holder_id", "target_holder_id")]  # fmt: skip
    swapped = [
        pl.when(incoming).then(pl.col(one)).otherwise(pl.col(other)).alias(other)
        for first, second in pairs
        if {first, second} <= set(done.columns)
        for one, other in ((first, second), (second, first))
    ]
    return done.with_columns(*swapped).drop("direction")


def _value(frame: pl.DataFrame, header: str, column: Column) -> pl.Expr | pl.Series:
    if column.kind == "words":
        return cells.words(header, column.words)
    if column.kind in cells.DATED:
        return cells.dated(frame, header, column.kind)
    value = cells.READERS[column.kind](header)
    return value.fill_null("") if column.empty else value


def _faulty(header: str, name: str, must: bool) -> pl.Expr:
    """Whether a cell that has something in it didn't read, or one that must have something hasn't."""
    unread = pl.col(f"_{name}").is_null()
    return unread if must else cells.text(header).is_not_null() & unread


def _refusals(bad: pl.DataFrame, headers: dict[str, str], columns: dict[str, Column]) -> pl.DataFrame:
    """Each refused row with the first of its fields that does not read."""
    if not len(bad):
        return pl.DataFrame(schema=REFUSALS)
    parts = [
        pl.when(pl.col("_wide")).then(
            pl.struct(field=pl.lit("-"), value=pl.lit(""), expected=pl.lit("as many cells as headers"))
        )
    ]
    first: Any = parts[0]
    for name, header in headers.items():
        column = columns[name]
        wanted = cells.EXPECTED.get(column.kind) or "one of " + ", ".join(column.words)
        first = first.when(pl.col(f"?{name}")).then(
            pl.struct(field=pl.lit(header), value=pl.col(header).fill_null(""), expected=pl.lit(wanted))
        )
    return bad.select(*SOURCE, first.alias("why")).unnest("why").select(list(REFUSALS))
