"""One file as rows of text with the number of the physical row each stands in, whatever kind of file it is."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import defusedxml.ElementTree
import polars as pl
import python_calamine

HEADER_WITHIN = 20
"""Rows from the top in which a header is looked for; above it stand titles and dates."""
ROW = "source_row"


class Unreadable(ValueError):
    """A file that holds no table: says why, and what could be done."""


@dataclass(frozen=True)
class Sheet:
    """Cells as text by header, and ``source_row``, from 1."""

    name: str
    frame: pl.DataFrame
    skipped: int
    """Rows above the header, the header, and empty ones."""


def sheets(path: Path, known: frozenset[str]) -> Iterator[Sheet]:
    """The tables of a file; ``known`` headers tell a header row from a title. Raises Unreadable."""
    readers = {".csv": _csv, ".txt": _csv, ".tsv": _csv, ".xlsx": _workbook, ".xls": _workbook, ".xml": _xml}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise Unreadable(
            f"files ending in {path.suffix or 'nothing'} are not read; expected CSV, XLSX, XLS or XML"
        )
    yield from reader(path, known)


def _csv(path: Path, known: frozenset[str]) -> Iterator[Sheet]:
    raw = path.read_bytes()
    text = decode(raw)
    head = text[:65_536].splitlines()[:HEADER_WITHIN]
    delimiter = (
        "\t" if sum(line.count("\t") for line in head) > sum(line.count(",") for line in head) else ","
    )
    at = _header_row([next(csv.reader([line], delimiter=delimiter), []) for line in head], known)
    try:
        # The fast way: no quoted line ends, every row as wide as the header.
        frame = pl.read_csv(
            text.encode(), separator=delimiter, skip_rows=at, infer_schema=False, truncate_ragged_lines=False,
            raise_if_empty=False, encoding="utf8", quote_char='"',
        )  # fmt: skip
        if len(frame) + at + 1 == _lines(text):
            numbered = frame.with_columns(
                pl.int_range(at + 2, at + 2 + len(frame), dtype=pl.Int64).alias(ROW)
            )
            yield _named(path.stem, numbered, at + 1)
            return
    except (pl.exceptions.ComputeError, pl.exceptions.SchemaError):
        pass
    rows: list[tuple[int, list[str]]] = []
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    try:
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise Unreadable(f"line {reader.line_num} can't be read as CSV: {error}") from None
    yield _sheet(path.stem, rows, known)


def _lines(text: str) -> int:
    return text.count("\n") + (0 if text.endswith("\n") or not text else 1)


def decode(raw: bytes) -> str:
    """Text in UTF-8 (with a mark or without), UTF-16 with a mark, or GB 18030. Raises Unreadable."""
    marked = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if marked else ["utf-8-sig", "gb18030"]:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("the text is neither UTF-8, UTF-16 nor GB 18030")


def _workbook(path: Path, known: frozenset[str]) -> Iterator[Sheet]:
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            numbered = [(number, [_cell(cell) for cell in row]) for number, row in enumerate(rows, 1)]
            if any(any(row) for _, row in numbered):
                yield _sheet(name, numbered, known)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(f"the workbook can't be opened: {error}") from None


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return "" if value is None else str(value)


def _xml(path: Path, known: frozenset[str]) -> Iterator[Sheet]:
    """A list of records, each with a child for each column. ``source_row`` is the record's number."""
    try:
        root = defusedxml.ElementTree.fromstring(path.read_bytes())
    except (defusedxml.ElementTree.ParseError, defusedxml.DefusedXmlException, ValueError) as error:
        raise Unreadable(f"the XML can't be read: {error}") from None
    records = [{child.tag: (child.text or "").strip() for child in record} for record in root]
    headers = list(dict.fromkeys(name for record in records for name in record))
    if not records or not headers:
        raise Unreadable("the XML holds no records")
    columns = {name: [record.get(name, "") for record in records] for name in headers}
    yield _named(
        root.tag, pl.DataFrame(columns).with_columns(pl.int_range(1, len(records) + 1).alias(ROW)), 0
    )


def _header_row(rows: list[list[str]], known: frozenset[str]) -> int:
    """The first row most of whose cells are known headers. Raises Unreadable."""
    for number, row in enumerate(rows):
        cells = [cell.strip().lstrip("\ufeff") for cell in row if cell.strip()]
        if len(cells) > 1 and sum(cell in known for cell in cells) * 2 > len(cells):
            return number
    raise Unreadable(f"none of the first {HEADER_WITHIN} rows is a header we know")


def _sheet(name: str, rows: list[tuple[int, list[str]]], known: frozenset[str]) -> Sheet:
    at = _header_row([row for _, row in rows[:HEADER_WITHIN]], known)
    header = [cell.strip() for cell in rows[at][1]]
    width = len(header)
    body = [(number, row) for number, row in rows[at + 1 :] if any(cell.strip() for cell in row)]
    columns = {
        title: [row[place] if place < len(row) else "" for _, row in body]
        for place, title in enumerate(header)
        if title
    }
    # A row wider than its header can't be told apart column by column: its first cell is marked, and refused below.
    wide = [len(row) > width and any(cell.strip() for cell in row[width:]) for _, row in body]
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)).with_columns(
        pl.Series(ROW, [number for number, _ in body], dtype=pl.Int64),
        pl.Series("_wide", wide, dtype=pl.Boolean),
    )
    return Sheet(name, frame, len(rows) - len(body))


def _named(name: str, frame: pl.DataFrame, skipped: int) -> Sheet:
    renamed = frame.rename({title: title.strip().lstrip("\ufeff") for title in frame.columns})
    filled = (
        renamed.filter(pl.any_horizontal(pl.exclude(ROW).is_not_null())) if renamed.width > 1 else renamed
    )
    return Sheet(
        name, filled.with_columns(pl.lit(False).alias("_wide")), skipped + len(renamed) - len(filled)
    )
