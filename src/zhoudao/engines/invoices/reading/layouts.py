"""Which header stands for which column of which table: ``layouts.yaml``, read and checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml

from zhoudao.engines.invoices.tables import TABLES, required


@dataclass(frozen=True)
class Column:
    kind: str
    headers: tuple[str, ...]
    empty: bool = False
    """Whether a required column's cell may be empty all the same: a consumer has no code."""
    words: dict[str, str] = field(default_factory=dict)


@cache
def layouts() -> dict[str, dict[str, Column]]:
    """By table, then by column. Raises ValueError when the file doesn't fit the tables."""
    read = yaml.safe_load((Path(__file__).parent / "layouts.yaml").read_text(encoding="utf-8"))
    found = {
        table: {
            name: Column(
                about["kind"],
                tuple(about["headers"]),
                about.get("empty", False),
                dict(about.get("words", {})),
            )
            for name, about in columns.items()
        }
        for table, columns in read.items()
    }
    for table, schema in TABLES.items():
        missing = set(required(schema)) - set(found.get(table, {}))
        if missing:
            raise ValueError(f"layouts.yaml: {table} lacks {', '.join(sorted(missing))}")
    return found


def known_headers() -> frozenset[str]:
    return frozenset(
        header for columns in layouts().values() for column in columns.values() for header in column.headers
    )


def recognise(headers: Iterable[str]) -> tuple[str, dict[str, str]] | None:
    """The table a sheet belongs to, with the header of each of its columns; None when it is none of ours.

    It must have every required column; of several that fit, the one that explains most headers.
    """
    there = set(headers)
    best: tuple[str, dict[str, str]] | None = None
    for table, columns in layouts().items():
        found = {
            name: next(header for header in column.headers if header in there)
            for name, column in columns.items()
            if there & set(column.headers)
        }
        if set(required(TABLES[table])) <= set(found) and (best is None or len(found) > len(best[1])):
            best = table, found
    return best
