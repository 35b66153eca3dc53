"""One file as rows of text with the number of the physical row each stands in, whatever kind of file it is.

A sheet comes in pieces, so that a file of millions of rows is never whole in memory.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TextIO, TypeVar

import defusedxml.ElementTree
import polars as pl
import python_calamine

HEADER_WITHIN = 20
"""Rows from the top in which a header is looked for; above it stand titles and dates."""
LETTERS_AT_ONCE = 1 << 23
ROWS_AT_ONCE = 50_000
ROW = "source_row"
OTHER_TEXT = "the text is neither UTF-8, UTF-16 nor GB 18030"
T = TypeVar("T")


class Unreadable(ValueError):
    """A file that holds no table, or a table no further: says why, and what could be done."""


@dataclass(frozen=True)
class Sheet:
    """A piece of one: cells as text by header, and ``source_row``, from 1."""

    name: str
    frame: pl.DataFrame
    skipped: int
    """Rows above the header, the header, and empty ones."""


def sheets(path: Path, known: frozenset[str]) -> Iterator[Sheet]:
    """The tables of a file, piece by piece; ``known`` headers tell a header row from a title. Raises Unreadable."""
    readers = {".csv": _csv, ".txt": _csv, ".tsv": _csv, ".xlsx": _workbook, ".xls": _workbook, ".xml": _xml}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise Unreadable(
            f"files ending in {path.suffix or 'nothing'} are not read; expected CSV, XLSX, XLS or XML"
        )
    yield from reader(path, known)


def _csv(path: Path, known: frozenset[str]) -> Iterator[Sheet]:
    encoding = encoding_of(path)
    with path.open(encoding=encoding, newline="") as file:
        head = list(islice(file, HEADER_WITHIN))
    tabs = sum(line.count("\t") for line in head) > sum(line.count(",") for line in head)
    delimiter = "\t" if tabs else ","
    cells = [next(csv.reader([line], delimiter=delimiter), []) for line in head]
    at = _header_row(cells, known)
    titles = _titles(cells[at])
    yield Sheet(path.stem, _frame(titles, []), at + 1)
    with path.open(encoding=encoding, newline="") as file:
        for _ in range(at + 1):
            file.readline()
        yield from _body(file, path.stem, titles, delimiter, at + 2)


def _body(file: TextIO, name: str, titles: list[str], delimiter: str, number: int) -> Iterator[Sheet]:
    """The rows from physical row ``number`` on: the fast way while every row is a line as wide as the header."""
    while text := _more(file):
        plain = text.encode()
        lines = plain.count(b"\n") + (not plain.endswith(b"\n"))
        frame = _plain(plain, titles, delimiter)
        if frame is None or len(frame) != lines:
            left = chain(io.StringIO(text, newline=""), file)
            yield from _quoted(left, name, titles, delimiter, number)
            return
        numbered = frame.with_columns(pl.int_range(number, number + lines, dtype=pl.Int64).alias(ROW))
        yield _filled(name, numbered.with_columns(pl.lit(False).alias("_wide")))
        number += lines


def _more(file: TextIO) -> str:
    """Some lines, whole."""
    try:
        return file.read(LETTERS_AT_ONCE) + file.readline()
    except UnicodeError:
        raise Unreadable(OTHER_TEXT) from None


def _plain(text: bytes, titles: list[str], delimiter: str) -> pl.DataFrame | None:
    """None where a quoted cell may hold a line's end, or a row is wider than the header."""
    if text.count(b'"') % 2 or text.count(b"\r") != text.count(b"\r\n"):
        return None
    try:
        return pl.read_csv(
            text, separator=delimiter, has_header=False, schema=dict.fromkeys(titles, pl.String),
            truncate_ragged_lines=False, raise_if_empty=False, quote_char='"',
        )  # fmt: skip
    except (pl.exceptions.ComputeError, pl.exceptions.SchemaError):
        return None


def _quoted(
    lines: Iterable[str], name: str, titles: list[str], delimiter: str, number: int
) -> Iterator[Sheet]:
    """The careful way, row by row. A row's number is that of its last line."""
    reader = csv.reader(lines, delimiter=delimiter)
    rows = ((number - 1 + reader.line_num, row) for row in reader)
    try:
        for piece in _pieces(rows):
            yield _filled(name, _frame(titles, piece))
    except csv.Error as error:
        at = number - 1 + reader.line_num
        raise Unreadable(f"line {at} can't be read as CSV, nor what follows it: {error}") from None
    except UnicodeError:
        raise Unreadable(OTHER_TEXT) from None


def encoding_of(path: Path) -> str:
    """Of text in UTF-8 (with a mark or without), UTF-16 with a mark, or GB 18030. Raises Unreadable.

    Of a GB 18030 file only the beginning is tried: decoding is slow, and whoever reads on is told.
    """
    with path.open("rb") as file:
        marked = file.read(2) in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ["utf-16"] if marked else ["utf-8-sig", "gb18030"]:
        try:
            with path.open(encoding=encoding, newline="") as text:
                while text.read(LETTERS_AT_ONCE) and encoding != "gb18030":
                    pass
            return encoding
        except UnicodeError:
            continue
    raise Unreadable(OTHER_TEXT)


def _workbook(path: Path, known: frozenset[str]) -> Iterator[Sheet]:
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        for name in book.sheet_names:
            rows = ((number, [_cell(cell) for cell in row])
                    for number, row in enumerate(book.get_sheet_by_name(name).iter_rows(), 1))  # fmt: skip
            top = list(islice(rows, HEADER_WITHIN))
            if not any(any(row) for _, row in top) and not any(any(row) for _, row in rows):
                continue
            at = _header_row([row for _, row in top], known)
            titles = _titles(top[at][1])
            yield Sheet(name, _frame(titles, []), at + 1)
            for piece in _pieces(chain(top[at + 1 :], rows)):
                yield _filled(name, _frame(titles, piece))
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
        headers: dict[str, None] = {}
        name = ""
        for root, record in _records(path):
            name = root
            headers |= dict.fromkeys(record)
        if not headers:
            raise Unreadable("the XML holds no records")
        titles = list(headers)
        for piece in _pieces(enumerate(_records(path), 1)):
            rows = [(number, [record.get(title, "") for title in titles]) for number, (_, record) in piece]
            yield _filled(name, _frame(titles, rows))
    except (defusedxml.ElementTree.ParseError, defusedxml.DefusedXmlException, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(f"the XML can't be read: {error}") from None


def _records(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """The root's name and the cells of each of its children, which are let go once told."""
    open_ = []
    for event, element in defusedxml.ElementTree.iterparse(path, events=("start", "end")):
        if event == "start":
            open_.append(element)
            continue
        open_.pop()
        if len(open_) == 1:
            yield open_[0].tag, {child.tag: (child.text or "").strip() for child in element}
            open_[0].remove(element)


def _header_row(rows: list[list[str]], known: frozenset[str]) -> int:
    """The first row most of whose cells are known headers. Raises Unreadable."""
    for number, row in enumerate(rows):
        cells = [cell.strip().lstrip("\ufeff") for cell in row if cell.strip()]
        if len(cells) > 1 and sum(cell in known for cell in cells) * 2 > len(cells):
            return number
    raise Unreadable(f"none of the first {HEADER_WITHIN} rows is a header we know")


def _titles(header: list[str]) -> list[str]:
    """The header's cells; a second of a name, and an empty one, by its place too."""
    bare = [cell.strip().lstrip("\ufeff") for cell in header]
    return [
        title if title and title not in bare[:place] else f"{title}#{place + 1}"
        for place, title in enumerate(bare)
    ]


def _frame(titles: list[str], rows: Iterable[tuple[int, list[str]]]) -> pl.DataFrame:
    """A row wider than its header can't be told apart column by column: it is marked, and refused by the reader."""
    width, numbered = len(titles), list(rows)
    columns = {
        title: [row[place] if place < len(row) else "" for _, row in numbered]
        for place, title in enumerate(titles)
    }
    wide = [len(row) > width and any(cell.strip() for cell in row[width:]) for _, row in numbered]
    return pl.DataFrame(columns, schema=dict.fromkeys(titles, pl.String)).with_columns(
        pl.Series(ROW, [number for number, _ in numbered], dtype=pl.Int64),
        pl.Series("_wide", wide, dtype=pl.Boolean),
    )


def _pieces(rows: Iterable[T]) -> Iterator[list[T]]:
    going = iter(rows)
    while piece := list(islice(going, ROWS_AT_ONCE)):
        yield piece


def _filled(name: str, frame: pl.DataFrame) -> Sheet:
    """Without the rows that have nothing in any cell."""
    cells = pl.exclude(ROW, "_wide")
    if (frame.to_series(0).str.strip_chars() != "").all(ignore_nulls=False):
        return Sheet(name, frame, 0)
    there = frame.filter(pl.any_horizontal(cells.str.strip_chars().fill_null("") != "") | pl.col("_wide"))
    return Sheet(name, there, len(frame) - len(there))
