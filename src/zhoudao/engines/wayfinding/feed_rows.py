"""The files of a feed, read row by row; every cell that is not what it should be is reported by line and field."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from zhoudao.engines.wayfinding.problems import BadFeed, Problem

LONGEST_TIME = 100 * 3600
"""A time past this is a typing mistake, seconds."""
MOST_PROBLEMS = 1000
"""One feed's problems are listed up to here."""
TORN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
"""What the zip library raises for an archive it cannot read."""


class FeedFiles:
    """A feed's files, and what is wrong with them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.tables: dict[str, Table] = {}
        try:
            if path.is_dir():
                self.names = {found.name for found in path.glob("*.txt")}
            else:
                with zipfile.ZipFile(path) as archive:
                    self.names = set(archive.namelist())
        except TORN as error:
            raise self._unreadable(path.name, f"torn or not a zip ({error})") from error
        except OSError as error:
            raise self._unreadable(path.name, error.strerror or str(error)) from error

    def _unreadable(self, name: str, problem: str) -> BadFeed:
        return BadFeed([Problem(name, None, "", problem, "a GTFS zip file or a folder")])

    def read(self, name: str) -> bytes:
        """The bytes of a file. Raises BadFeed when the archive is torn there."""
        try:
            if self.path.is_dir():
                return (self.path / name).read_bytes()
            with zipfile.ZipFile(self.path) as archive:
                return archive.read(name)
        except TORN as error:
            raise self._unreadable(name, f"torn ({error})") from error

    def table(self, name: str, needs: tuple[str, ...], required: bool = False) -> Table:
        """The rows of a file; none when it is not there, which is an error if it must be."""
        table = self.tables[name] = Table(self, name)
        if name in self.names:
            table.open(self.read(name), needs)
        elif required:
            self.error(name, None, "", "the file is missing from the feed", "it is required")
        return table

    def error(self, file: str, row: int | None, field: str, problem: str, expected: str = "") -> None:
        self.problems.append(Problem(file, row, field, problem, expected))
        if len(self.problems) >= MOST_PROBLEMS:
            raise BadFeed(self.problems)

    def warn(self, file: str, row: int | None, field: str, problem: str, expected: str = "") -> None:
        self.warnings.append(Problem(file, row, field, problem, expected))

    def counted(self) -> dict[str, tuple[int, int, int]]:
        """Rows read, kept and refused, by file."""
        return {
            name: (table.read, table.read - table.refused, table.refused)
            for name, table in self.tables.items()
            if name in self.names
        }


class Table:
    """One file: iterate it once for its rows."""

    def __init__(self, files: FeedFiles, name: str) -> None:
        self.files, self.name = files, name
        self.columns: dict[str, int] = {}
        self.read = 0
        self.refused = 0
        self._records: Iterator[tuple[int, list[str]]] = iter(())

    def open(self, raw: bytes, needs: tuple[str, ...]) -> None:
        """Read the header; without the columns it ``needs`` the table has no rows."""
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            self.error(line, "", f"byte {error.start} is not UTF-8", "UTF-8 text")
            return
        records = self._numbered(csv.reader(io.StringIO(text, newline=""), strict=True))
        line, header = next(records, (1, []))
        if not header:
            self.error(1, "", "the file is empty", "a header row")
            return
        self.columns = {column.strip(): at for at, column in enumerate(header)}
        missing = [column for column in needs if column not in self.columns]
        for column in missing:
            self.error(line, column, "the column is missing", ", ".join(needs))
        if not missing:
            self._records = records

    def _numbered(self, reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
        """Records that are not blank, with the physical line each begins on."""
        before = 0
        try:
            for record in reader:
                begins, before = before + 1, reader.line_num  # type: ignore[attr-defined]
                if any(record):
                    yield begins, record
        except csv.Error as error:
            self.error(before + 1, "", str(error), "comma-separated values, quotes closed")

    def __iter__(self) -> Iterator[Row]:
        width = len(self.columns)
        for line, record in self._records:
            self.read += 1
            if len(record) > width:
                self.error(line, "", f"{len(record)} fields", f"at most {width}, as in the header")
            yield Row(self, line, record)

    def error(self, line: int | None, field: str, problem: str, expected: str = "") -> None:
        self.files.error(self.name, line, field, problem, expected)

    def warn(self, line: int | None, field: str, problem: str, expected: str = "") -> None:
        self.files.warn(self.name, line, field, problem, expected)


class Row:
    """One row of a file. Readers return None for a cell they have reported."""

    __slots__ = ("cells", "line", "table")

    def __init__(self, table: Table, line: int, cells: list[str]) -> None:
        self.table, self.line, self.cells = table, line, cells

    def error(self, column: str, problem: str, expected: str) -> None:
        self.table.error(self.line, column, problem, expected)

    def text(self, column: str) -> str:
        """The cell, or "" when the file has no such column or the row ends before it."""
        at = self.table.columns.get(column, -1)
        return self.cells[at].strip() if 0 <= at < len(self.cells) else ""

    def new_code(self, column: str, known: dict[str, int]) -> str | None:
        """An identifier that is not among ``known``."""
        code = self.text(column)
        if not code:
            self.error(column, "empty", "an identifier")
        elif code in known:
            self.error(column, f"{code!r} is given twice", "identifiers that differ")
        else:
            return code
        return None

    def known(self, column: str, known: dict[str, int], file: str) -> int | None:
        """The number of an identifier that ``file`` must have given."""
        code = self.text(column)
        if code not in known:
            self.error(column, f"{code!r} is not in {file}", f"a {column} of {file}")
        return known.get(code)

    def number(self, column: str, default: int | None = None) -> int | None:
        text = self.text(column)
        if not text and default is not None:
            return default
        if re.fullmatch(r"[+-]?\d+", text):
            return int(text)
        self.error(column, f"{text!r} is not a whole number" if text else "empty", "a whole number")
        return None

    def one_of(self, column: str, choices: dict[str, str], default: str = "") -> str | None:
        """A cell with one of the values of ``choices``, which say what each means."""
        text = self.text(column) or default
        if text in choices:
            return text
        self.error(column, f"{text!r}", ", ".join(f"{value} ({said})" for value, said in choices.items()))
        return None

    def day(self, column: str) -> date | None:
        text = self.text(column)
        if re.fullmatch(r"\d{8}", text):
            try:
                return date(int(text[:4]), int(text[4:6]), int(text[6:]))
            except ValueError:
                pass
        self.error(column, f"{text!r} is not a date", "YYYYMMDD")
        return None

    def time(self, column: str) -> int | None:
        """Seconds of the service day."""
        text = self.text(column)
        match = re.fullmatch(r"(\d{1,3}):([0-5]\d):([0-5]\d)", text)
        if match:
            seconds = int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3])
            if seconds <= LONGEST_TIME:
                return seconds
        self.error(column, f"{text!r} is not a time", "HH:MM:SS, hours may pass 24")
        return None

    def degrees(self, column: str, most: int) -> float | None:
        text = self.text(column)
        try:
            value = float(text)
        except ValueError:
            self.error(column, f"{text!r} is not a number" if text else "empty", "degrees, WGS-84")
            return None
        if not -most <= value <= most:
            self.error(column, f"{text} is not on Earth", f"degrees from -{most} to {most}")
            return None
        return value


def clock(seconds: int) -> str:
    """Seconds of a service day as HH:MM:SS."""
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
