"""A folder of files as the tables of a case. Rows in = kept + merged + refused, for every file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from zhoudao.engines.invoices.reading import cells
from zhoudao.engines.invoices.reading.layouts import Column, known_headers, layouts, recognise
from zhoudao.engines.invoices.reading.sheets import ROW, Sheet, Unreadable, sheets
from zhoudao.engines.invoices.tables import TABLES, required

KEYS: dict[str, tuple[str, ...]] = {
    "registrations": ("firm_id",),
    "invoices": ("invoice_id",),
    "lines": ("invoice_id", "line"),
    "declarations": ("declaration_id",),
    "declaration_lines": ("declaration_id", "line"),
    "bills_of_lading": ("bl_number",),
    "receipts": ("receipt_id",),
    "refunds": ("filing_id", "declaration_id", "invoice_id"),
    "returns": ("firm_id", "period"),
    "notices": ("notice_id",),
    "accounts": ("account",),
    "ledger": ("transfer_id",),
    "status": ("firm_id", "status", "since"),
}
"""What makes two rows one: exported twice they are merged; with another content the later one is refused."""
SOURCE = ("source_file", "source_sheet", ROW)


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

    tables: dict[str, pa.Table]
    refused: pl.DataFrame
    """``source_file, source_sheet, source_row, field, value, expected``."""
    files: list[FileReport] = field(default_factory=list)

    def report(self) -> dict[str, object]:
        """Totals, and a line a sheet."""
        counts = ("rows_in", "rows_kept", "rows_merged", "rows_refused", "lines_skipped")
        return {
            **{name: sum(getattr(one, name) for one in self.files) for name in counts},
            "files": [dict(one.__dict__) for one in self.files],
        }


def read_folder(folder: Path, progress: Callable[[str], None] = lambda _: None) -> Case:
    """All files below ``folder``. A file that can't be read is reported and the others are read all the same.

    Raises NothingToRead.
    """
    kept: dict[str, list[pl.DataFrame]] = {name: [] for name in TABLES}
    refused: list[pl.DataFrame] = []
    reports: list[FileReport] = []
    owners: list[tuple[str, FileReport]] = []
    for path in sorted(
        path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")
    ):
        name = str(path.relative_to(folder))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        progress(name)
        try:
            for sheet in sheets(path, known_headers()):
                report = FileReport(name, digest, sheet.name, lines_skipped=sheet.skipped)
                reports.append(report)
                read = _read(sheet, report)
                if read is not None:
                    table, good, bad = read
                    kept[table].append(good)
                    owners.append((table, report))
                    refused.append(bad)
        except Unreadable as problem:
            reports.append(FileReport(name, digest, problem=str(problem)))
    if not any(kept.values()):
        raise NothingToRead(f"{folder}: no file in it has the headers of an invoice case")
    tables = {}
    for table, frames in kept.items():
        merged, again = _merged(table, frames, [report for name, report in owners if name == table])
        tables[table] = merged
        refused.append(again)
    for report in reports:
        report.rows_kept = report.rows_in - report.rows_merged - report.rows_refused
    return Case(tables, pl.concat(refused) if refused else _no_refusals(), reports)


def _read(sheet: Sheet, report: FileReport) -> tuple[str, pl.DataFrame, pl.DataFrame] | None:
    """Table, good rows, and refusals of a sheet; None for one that is none of ours, which the report says."""
    recognised = recognise(sheet.frame.columns)
    report.rows_in = len(sheet.frame)
    if recognised is None:
        report.rows_refused = report.rows_in
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
        *(_value(headers[name], columns[name]).alias(f"_{name}") for name in headers),
        *(_faulty(headers[name], columns[name], name in must).alias(f"?{name}") for name in headers),
    )
    faults = [f"?{name}" for name in headers]
    bad = read.filter(pl.any_horizontal(*faults, "_wide"))
    good = read.filter(~pl.any_horizontal(*faults, "_wide"))
    report.rows_refused += len(bad)
    chosen = good.select(*(pl.col(f"_{name}").alias(name) for name in headers), *SOURCE)
    return table, _turned(table, chosen), _refusals(bad, headers, columns)


def _turned(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """A ledger's rows told by the receiver, turned so that money goes from source to target."""
    if table != "ledger" or "direction" not in frame.columns:
        return frame
    incoming = pl.col("direction") == "in"
    pairs = [("source_account", "target_account"), ("source_name", "target_name"),
             ("source_holder_id", "target_holder_id")]  # fmt: skip
    swapped = [
        pl.when(incoming).then(pl.col(one)).otherwise(pl.col(other)).alias(other)
        for first, second in pairs
        if {first, second} <= set(frame.columns)
        for one, other in ((first, second), (second, first))
    ]
    done = frame.with_columns(*swapped).drop("direction")
    return done.with_columns(pl.col("succeeded") == "true") if "succeeded" in done.columns else done


def _value(header: str, column: Column) -> pl.Expr:
    if column.kind == "words":
        return cells.words(header, column.words)
    value = cells.READERS[column.kind](header)
    return value.fill_null("") if column.empty else value


def _faulty(header: str, column: Column, must: bool) -> pl.Expr:
    """Whether a cell that has something in it doesn't read, or one that must have something hasn't."""
    there = cells.text(header).is_not_null()
    unread = _value(header, column).is_null()
    return unread if must else there & unread


def _refusals(bad: pl.DataFrame, headers: dict[str, str], columns: dict[str, Column]) -> pl.DataFrame:
    """Each refused row with the first of its fields that does not read."""
    if not len(bad):
        return _no_refusals()
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
    return bad.select(*SOURCE, first.alias("why")).unnest("why").select(_no_refusals().columns)


def _no_refusals() -> pl.DataFrame:
    names = {"source_file": pl.String, "source_sheet": pl.String, ROW: pl.Int64, "field": pl.String,
             "value": pl.String, "expected": pl.String}  # fmt: skip
    return pl.DataFrame(schema=names)


def _merged(
    table: str, frames: list[pl.DataFrame], owners: list[FileReport]
) -> tuple[pa.Table, pl.DataFrame]:
    """The frames of a table as one, each key once: the first stays, equal ones merge into it, others are refused."""
    schema = pa.schema(
        [*TABLES[table], *(pa.field(name, pa.int64() if name == ROW else pa.string()) for name in SOURCE)]
    )
    if not frames:
        return schema.empty_table(), _no_refusals()
    whole = pl.concat(frames, how="diagonal_relaxed")
    key = list(KEYS[table])
    repeated = whole.select(pl.struct(key).is_duplicated()).to_series()
    again = _no_refusals()
    if repeated.any():
        content = [name for name in whole.columns if name not in (*SOURCE, *key)]
        ordered = whole.with_columns(
            pl.struct(key).is_first_distinct().alias("_first"),
            pl.struct(content or key).hash().alias("_content"),
        ).with_columns(pl.col("_content").first().over(key).alias("_kept"))
        same = ~pl.col("_first") & (pl.col("_content") == pl.col("_kept"))
        other = ~pl.col("_first") & (pl.col("_content") != pl.col("_kept"))
        for owner in owners:
            mine = ordered.filter(
                (pl.col("source_file") == owner.file) & (pl.col("source_sheet") == owner.sheet)
            )
            owner.rows_merged += mine.filter(same).height
            owner.rows_refused += mine.filter(other).height
        again = ordered.filter(other).select(
            *SOURCE,
            pl.lit(", ".join(key)).alias("field"),
            pl.concat_str([pl.col(name).cast(pl.String) for name in key], separator=" ").alias("value"),
            pl.lit("a row not given before with other content").alias("expected"),
        )
        whole = ordered.filter(pl.col("_first")).drop("_first", "_content", "_kept")
    if table == "ledger":
        whole = whole.with_columns(pl.col("currency").replace({"人民币": "CNY", "RMB": "CNY"}))
    arrow = whole.to_arrow()
    columns = [
        arrow[each.name].cast(each.type)
        if each.name in arrow.column_names
        else pa.nulls(len(arrow), each.type)
        for each in schema
    ]
    return pa.table(columns, schema=schema), again
