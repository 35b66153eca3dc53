"""A raw line where it stands in its file, with its neighbours: what every row of the ledger leads to."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import python_calamine

AROUND = 3
"""Lines shown before and after."""
LONGEST_LINE = 2000
HEAD = 262_144
SHEETS = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods")


@dataclass(frozen=True)
class Line:
    number: int
    """The physical row, from 1."""
    cells: list[str]
    """One cell for a text line, several for a sheet's row."""
    wanted: bool


class NoSuchLine(LookupError):
    """The file has no such sheet or row."""


def lines_around(path: Path, sheet: str, row: int, around: int = AROUND) -> list[Line]:
    """Row ``row`` and its neighbours. Raises NoSuchLine."""
    first = max(1, row - around)
    source = _sheet_rows(path, sheet) if path.suffix.lower() in SHEETS else _text_rows(path)
    found = [
        Line(number, cells, number == row)
        for number, cells in islice(enumerate(source, 1), first - 1, row + around)
    ]
    if not any(line.wanted for line in found):
        raise NoSuchLine(f"row {row} of {sheet or path.name}")
    return found


def encoding_of(head: bytes) -> str:
    """What a text is written in, by its beginning: a mark, else UTF-8 where that reads, else GB 18030."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return encoding
    if head.count(0) > len(head) // 5:
        return "utf-16-le" if head[1::2].count(0) * 2 > head.count(0) else "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def _text_rows(path: Path) -> Iterator[list[str]]:
    with path.open("rb") as file:
        encoding = encoding_of(file.read(HEAD))
    with path.open(encoding=encoding, errors="replace", newline=None) as lines:
        for line in lines:
            yield [line.rstrip("\n")[:LONGEST_LINE]]


def _sheet_rows(path: Path, sheet: str) -> Iterator[list[str]]:
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    name = sheet if sheet in book.sheet_names else (book.sheet_names[0] if not sheet else None)
    if name is None:
        raise NoSuchLine(f"sheet {sheet}")
    # Empty rows above the data count as well: a row's number is the one its spreadsheet shows.
    for cells in book.get_sheet_by_name(name).to_python(skip_empty_area=False):
        yield [_shown(cell) for cell in cells]


def _shown(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
