"""A table from a file as rows of text, and what became of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from zhoudao.core.city.yaml_lines import Problem

LARGEST_FILE = 64 * 1024 * 1024
"""Bytes. Ten thousand guides are about one MiB."""


@dataclass(frozen=True)
class Row:
    """One row of a table: its values by column, and where it stands."""

    path: Path
    line: int
    """1-based physical line on which the row begins; 0 in a file without lines (JSON)."""
    values: dict[str, str]
    place: str = ""
    """Where it stands in a file without lines: "locations.3"."""
    broken: Problem | None = None
    """Why it has no values."""

    def problem(self, field_name: str, problem: str, expected: str) -> Problem:
        return Problem(
            self.path,
            self.line,
            f"{self.place}.{field_name}" if self.place else field_name,
            problem,
            expected,
        )


@dataclass(frozen=True)
class Report:
    """What an import did with one table. ``rows_in`` = ``kept`` + ``refused``, and ``kept`` = ``added`` +
    ``changed`` + ``unchanged``."""

    table: str
    path: Path
    rows_in: int
    kept: int = 0
    refused: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    """Entries the directory had and a complete file no longer names."""
    problems: tuple[Problem, ...] = field(default=())

    def as_data(self) -> dict[str, object]:
        """For ``--json``."""
        counts = {
            name: getattr(self, name)
            for name in ("rows_in", "kept", "refused", "added", "changed", "unchanged", "removed")
        }
        return {
            "table": self.table,
            "file": str(self.path),
            **counts,
            "problems": [as_data(p) for p in self.problems],
        }

    def as_line(self) -> str:
        taken = f"{self.kept} kept ({self.added} new, {self.changed} changed, {self.unchanged} unchanged)"
        rest = f"{self.refused} refused, {self.removed} removed"
        return f"{self.table}: {self.rows_in} rows in {self.path.name}, {taken}, {rest}"


class Refused(ValueError):
    """A file that was not taken: nothing of it was written. ``report`` says what was wrong with which
    rows."""

    def __init__(self, report: Report) -> None:
        self.report = report
        super().__init__("\n".join(map(str, report.problems)))


def as_data(problem: Problem) -> dict[str, object]:
    return {
        "file": str(problem.path),
        "row": problem.line,
        "field": problem.field,
        "problem": problem.problem,
        "expected": problem.expected,
    }


def refuse_all(table: str, path: Path, rows_in: int, problems: Sequence[Problem]) -> Refused:
    """The refusal of a whole file for ``problems``: every row of it stays out."""
    return Refused(Report(table, path, rows_in, refused=rows_in, problems=tuple(problems)))


def read_bytes(table: str, path: Path) -> bytes:
    """The file's content. Raises Refused when it can't be read or is too large."""
    expected = "a readable file"
    try:
        if path.stat().st_size > LARGEST_FILE:
            size = f"is {path.stat().st_size:,} bytes"
            raise refuse_all(table, path, 0, [Problem(path, 0, "", size, f"at most {LARGEST_FILE:,} bytes")])
        return path.read_bytes()
    except FileNotFoundError:
        raise refuse_all(table, path, 0, [Problem(path, 0, "", "is not there", expected)]) from None
    except OSError as error:
        problem = Problem(path, 0, "", f"can't be read ({error.strerror})", expected)
        raise refuse_all(table, path, 0, [problem]) from None


def decode(table: str, path: Path, content: bytes) -> str:
    """UTF-8 text, with or without a byte-order mark. Raises Refused naming the first line that is not."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        hint = "; it reads as GB 18030: save it again as CSV UTF-8" if _is_gb18030(content) else ""
        problem = Problem(path, line, "", "has a byte that is not UTF-8", f"a file in UTF-8{hint}")
        raise refuse_all(table, path, 0, [problem]) from None


def _is_gb18030(content: bytes) -> bool:
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True


def read_csv(table: str, path: Path, columns: Sequence[str]) -> list[Row]:
    """The file's rows; the columns may stand in any order, values lose the blanks around them, blank
    lines are no rows.

    Raises Refused when the file can't be read as CSV at all, has no row, or its columns are not ``columns``.
    """
    text = decode(table, path, read_bytes(table, path))
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] = []
    rows: list[Row] = []
    begins = 1
    try:
        for cells in reader:
            if not header:
                header = [cell.strip() for cell in cells]
                _check_header(table, path, header, columns)
            elif cells:
                rows.append(_row(path, begins, header, [cell.strip() for cell in cells]))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise refuse_all(
            table, path, 0, [Problem(path, begins, "", f"can't be read as CSV ({error})", "valid CSV")]
        ) from None
    if not rows:
        raise refuse_all(
            table, path, 0, [Problem(path, 0, "", "has no rows", f"a header ({','.join(columns)}) and rows")]
        )
    return rows


def _row(path: Path, line: int, header: list[str], cells: list[str]) -> Row:
    if len(cells) == len(header):
        return Row(path, line, dict(zip(header, cells, strict=True)))
    broken = Problem(path, line, "", f"has {len(cells)} values", f"{len(header)}, one a column")
    return Row(path, line, {}, broken=broken)


def _check_header(table: str, path: Path, header: list[str], columns: Sequence[str]) -> None:
    problems = [
        Problem(path, 1, column, "is missing", f"the columns {','.join(columns)}")
        for column in columns
        if column not in header
    ]
    problems += [
        Problem(path, 1, column or "(no name)", "is not a column of this table", f"only {','.join(columns)}")
        for column in header
        if column not in columns
    ]
    problems += [
        Problem(path, 1, column, "stands in the header twice", "each column once")
        for column in sorted({column for column in header if header.count(column) > 1})
        if column in columns
    ]
    if problems:
        raise refuse_all(table, path, 0, problems)


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write a table beside ``path`` and move it there when whole; returns the number of rows."""
    count = 0
    unfinished = path.with_name(f".{path.name}.unfinished")
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow(row)
            count += 1
    unfinished.replace(path)
    return count
