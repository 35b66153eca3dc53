"""XLSX, XLS and tables in HTML as cells: what a cell says is written as text, so that one reader serves all files."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from html.parser import HTMLParser
from typing import BinaryIO

import python_calamine as calamine

from zhoudao.engines.statements.reading.cells import Cells, of_rows

AT_ONCE = 20_000
EXACT = 10**15
"""A spreadsheet keeps 15 digits: a whole number from here on is no longer what was typed."""


class BadWorkbook(ValueError):
    """``reason`` is ``password`` or ``torn``."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def sheets(file: BinaryIO) -> Iterator[tuple[str, Iterator[Cells]]]:
    """Each sheet's name and its records. Raises BadWorkbook."""
    try:
        book = calamine.load_workbook(io.BytesIO(file.read()))
        names = list(book.sheet_names)
    except calamine.PasswordError as problem:
        raise BadWorkbook("password") from problem
    except BaseException as problem:
        if isinstance(problem, (KeyboardInterrupt, SystemExit, MemoryError)):
            raise
        raise BadWorkbook("torn") from problem
    for name in names:
        try:
            sheet = book.get_sheet_by_name(name)
            yield name, _cells(sheet)
        except BaseException as problem:
            if isinstance(problem, (KeyboardInterrupt, SystemExit, MemoryError, GeneratorExit)):
                raise
            raise BadWorkbook("torn") from problem


def _cells(sheet: calamine.CalamineSheet) -> Iterator[Cells]:
    merged = {}
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if (bottom - top + 1) * (right - left + 1) <= 100_000 and bottom > top:
            merged[(top, left)] = (bottom, right)
    above: dict[int, tuple[int, str]] = {}
    rows: list[list[str]] = []
    lines: list[int] = []
    offset = (sheet.start or (0, 0))[0]
    left_most = (sheet.start or (0, 0))[1]
    for number, row in enumerate(sheet.to_python(skip_empty_area=True)):
        line = offset + number
        texts = [text_of(value) for value in row]
        for column, text in enumerate(texts):
            place = left_most + column
            if (line, place) in merged:
                above[place] = (merged[(line, place)][0], text)
            elif not text and place in above and line <= above[place][0]:
                texts[column] = above[place][1]
        rows.append(texts)
        lines.append(line + 1)
        if len(rows) == AT_ONCE:
            yield of_rows(rows, lines)
            rows, lines = [], []
    if rows:
        yield of_rows(rows, lines)


def text_of(value: object) -> str:
    """A cell as text. A number with more digits than a spreadsheet keeps is written as it is known: 6.22E+18."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        if abs(value) >= EXACT:
            return f"{float(value):.5E}"
        if isinstance(value, int) or value.is_integer():
            return str(int(value))
        text = repr(value)
        if "e" in text:
            return f"{value:.12f}".rstrip("0")
        # 1234.5600000000001 is 1234.56 computed in binary, not a thirteenth decimal.
        noisy = len(text.partition(".")[2]) > 9 and abs(value - round(value, 2)) < 1e-6
        return f"{value:.2f}" if noisy else text
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S") if value.time() != time() else value.strftime("%Y-%m-%d")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M:%S")
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return str(value)


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].append("")
            self._inside = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr"):
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.rows[-1][-1] += data.strip()


def html_table(text: str) -> Cells:
    """All rows of all tables of a page, as one sheet: what many banks send as ``.xls``."""
    parser = _Tables()
    parser.feed(text)
    return of_rows(parser.rows, list(range(1, len(parser.rows) + 1)))
