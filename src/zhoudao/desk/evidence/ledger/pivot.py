"""The ledger as a cross table: two dimensions, one measure; each cell is the rows behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from zhoudao.desk.evidence.ledger.filters import LOCAL, Filters, Subject, counted, where
from zhoudao.desk.evidence.ledger.tables import rows

MOST_ROWS, MOST_COLUMNS = 40, 31
DIMENSIONS = {
    "month": f"strftime({LOCAL}, '%Y-%m')",
    "day": f"strftime({LOCAL}, '%Y-%m-%d')",
    "weekday": f"isodow({LOCAL})",
    "hour": f"CASE WHEN coalesce(time_precision, 'second') = 'day' THEN NULL ELSE hour({LOCAL}) END",
    "channel": "channel",
    "source": "source_account",
    "target": "target_account",
}
IN_ORDER = frozenset({"month", "day", "weekday", "hour"})
"""Dimensions that stand in their own order; the others by size."""
MEASURES = {
    "sum": "sum(amount)::BIGINT",
    "count": "count(*)",
    "average": "round(avg(amount))::BIGINT",
    "largest": "max(amount)",
}


@dataclass(frozen=True)
class Head:
    """One row or column: its value, what it is called, and its total."""

    value: Any
    name: str
    ref: str
    total: int


@dataclass(frozen=True)
class Pivot:
    rows: list[Head]
    columns: list[Head]
    cells: dict[tuple[Any, Any], int]
    total: int
    left_out: int
    """Rows of the cross table beyond the largest MOST_ROWS."""


def pivot(
    found: duckdb.DuckDBPyConnection, filters: Filters, subject: Subject, down: str, across: str, measure: str
) -> Pivot:
    """Of the counted rows, in the currency most of them have unless one is chosen. Raises KeyError for a name
    it does not
    know; the caller has checked."""
    condition, values = where(filters, subject)
    row, column, figure = DIMENSIONS[down], DIMENSIONS[across], MEASURES[measure]
    found.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE crossed AS
        SELECT {row} AS r, {column} AS c, amount FROM ledger
        WHERE {condition} AND {counted(filters)}
        """,  # noqa: S608  expressions from the tables above, values bound
        values,
    )
    down_heads, beyond = _heads(found, "r", down, figure, MOST_ROWS)
    across_heads, _left = _heads(found, "c", across, figure, MOST_COLUMNS)
    cells = {
        (told["r"], told["c"]): told["figure"]
        for told in rows(
            found,
            f"""
            SELECT r, c, {figure} AS figure FROM crossed
            WHERE list_contains(?, coalesce(r::VARCHAR, '')) AND list_contains(?, coalesce(c::VARCHAR, ''))
            GROUP BY r, c
            """,  # noqa: S608
            [_texts(down_heads), _texts(across_heads)],
        )
    }
    total = rows(found, f"SELECT {figure} AS figure FROM crossed")[0]["figure"]  # noqa: S608
    return Pivot(down_heads, across_heads, cells, total or 0, beyond)


def _texts(heads: list[Head]) -> list[str]:
    return ["" if head.value is None else str(head.value) for head in heads]


def _heads(
    found: duckdb.DuckDBPyConnection, column: str, dimension: str, figure: str, most: int
) -> tuple[list[Head], int]:
    """The largest values of a dimension, then in their own order where they have one; and how many were left out."""
    told = rows(
        found,
        f"""
        SELECT v, total, a.name, a.ref, whole FROM (
            SELECT {column} AS v, {figure} AS total, count(*) OVER () AS whole FROM crossed
            GROUP BY {column} ORDER BY {figure} DESC, {column} LIMIT {most}
        ) LEFT JOIN accounts a ON a.account = v::VARCHAR
        ORDER BY {"v" if dimension in IN_ORDER else "total DESC, v"}
        """,  # noqa: S608
    )
    heads = [
        Head(
            each["v"],
            "" if each["v"] is None else (each["name"] or str(each["v"])),
            each["ref"] or "",
            each["total"] or 0,
        )
        for each in told
    ]
    whole = told[0]["whole"] if told else 0
    return heads, max(0, whole - len(heads))
