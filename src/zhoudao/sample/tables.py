"""Plain CSV files: UTF-8, ``\\n``, one header row, the same bytes everywhere; and rows as dataclasses."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

Row = TypeVar("Row")


def write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """None is written as an empty cell, a moment as ISO 8601."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_cell(value) for value in row] for row in rows)


def write_all(path: Path, kind: type[Row], rows: Iterable[Row]) -> None:
    """Rows of a dataclass, a column a field."""
    write(path, [field.name for field in fields(kind)], (astuple(row) for row in rows))  # type: ignore[arg-type, call-overload]


def _cell(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def read(path: Path) -> list[dict[str, str]]:
    """Every row by column name. For files this package wrote itself: nothing is checked."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_as(kind: type[Row], path: Path) -> list[Row]:
    """Rows that ``write_all`` wrote: fields of text, whole numbers, dates and moments, or these or None."""
    readers = {name: _reader(hint) for name, hint in get_type_hints(kind).items()}
    return [kind(**{name: readers[name](cell) for name, cell in row.items()}) for row in read(path)]


def _reader(hint: Any) -> Callable[[str], Any]:
    for plain, parse in _PARSERS.items():
        if hint is plain:
            return parse
        if hint == plain | None:
            return lambda cell, parse=parse: parse(cell) if cell else None  # type: ignore[misc]
    raise TypeError(f"a field of type {hint} can't be read from a cell")


_PARSERS: dict[type, Callable[[str], Any]] = {
    str: str,
    int: int,
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
}


def count(path: Path) -> int:
    """How many rows, the header not counted."""
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1
