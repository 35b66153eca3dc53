"""The tables that everything at the desk shares, as Arrow schemas: an engine reads and writes these and nothing else.

Amounts are whole numbers of the currency's minor unit (fen, 分, for yuan), never floats. Times are UTC with
microseconds; ``time_precision`` says how much of one the statement really gave. A column that a schema calls optional
may be missing or empty, and an engine that wants it says what it could not check without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa

TIME = pa.timestamp("us", tz="UTC")

LEDGER = pa.schema(
    [
        pa.field("transfer_id", pa.string(), nullable=False),
        pa.field("time", TIME, nullable=False),
        pa.field("source_account", pa.string()),
        pa.field("target_account", pa.string()),
        pa.field("amount", pa.int64(), nullable=False),
        pa.field("currency", pa.string(), nullable=False),
        # Optional from here on.
        pa.field("time_precision", pa.string()),  # second, minute or day
        pa.field("sequence", pa.int64()),  # the order of transfers whose times are equal
        pa.field("source_balance_after", pa.int64()),
        pa.field("target_balance_after", pa.int64()),
        pa.field("channel", pa.string()),
        pa.field("memo", pa.string()),
        pa.field("cash", pa.bool_()),
        pa.field("succeeded", pa.bool_()),
        pa.field("reversed", pa.bool_()),  # one of a pair that cancels out (冲正)
        pa.field("own_account", pa.bool_()),  # between accounts of one holder, or into a fixed deposit
        pa.field("branch", pa.string()),
        pa.field("teller", pa.string()),
        pa.field("ip", pa.string()),
        pa.field("mac", pa.string()),
        pa.field("bank_serial", pa.string()),
        pa.field("source_name", pa.string()),
        pa.field("source_holder_id", pa.string()),
        pa.field("target_name", pa.string()),
        pa.field("target_holder_id", pa.string()),
    ]
)
"""One row a transfer. What failed or was reversed is kept, and never summed."""

LEDGER_REQUIRED = ("transfer_id", "time", "source_account", "target_account", "amount", "currency")

TRANSFER_SOURCES = pa.schema(
    [
        pa.field("transfer_id", pa.string(), nullable=False),
        pa.field("source_file", pa.string(), nullable=False),
        pa.field("source_sha256", pa.string(), nullable=False),
        pa.field("source_sheet", pa.string()),
        pa.field("source_row", pa.int64(), nullable=False),
    ]
)
"""Where a transfer stands in the raw files; ``source_row`` is the physical row, from 1. Two banks' records of one
transfer are two sources."""

FINDINGS = pa.schema(
    [
        pa.field("finding_id", pa.string(), nullable=False),
        pa.field("run_id", pa.string(), nullable=False),
        pa.field(
            "subjects",
            pa.list_(pa.struct([("kind", pa.string()), ("id", pa.string()), ("role", pa.string())])),
            nullable=False,
        ),
        pa.field("score", pa.float64(), nullable=False),  # in [0, 1]
        pa.field("amount", pa.int64()),
        pa.field("currency", pa.string()),
        pa.field("first_time", TIME),
        pa.field("last_time", TIME),
        pa.field(
            "reasons",
            pa.list_(pa.struct([("code", pa.string()), ("values", pa.map_(pa.string(), pa.string()))])),
            nullable=False,
        ),
    ]
)

FINDING_ROWS = pa.schema(
    [
        pa.field("finding_id", pa.string(), nullable=False),
        pa.field("position", pa.int32(), nullable=False),  # from 0, in the order the finding tells them
        pa.field("transfer_id", pa.string()),  # empty where the row is no transfer: an invoice, a bid
        pa.field("source_file", pa.string()),
        pa.field("source_sheet", pa.string()),
        pa.field("source_row", pa.int64()),
    ]
)
"""What makes every figure open its rows."""


class BadTable(ValueError):
    """A table that can't be used. ``table`` and ``column`` say which, ``expected`` what was wanted."""

    def __init__(self, table: str, column: str, expected: str) -> None:
        self.table, self.column, self.expected = table, column, expected
        super().__init__(f"{table}: column {column}: expected {expected}")


def conform(table: pa.Table, schema: pa.Schema, name: str, required: Iterable[str]) -> pa.Table:
    """``table`` with just the columns of ``schema``, in its order and types; optional ones that are missing are empty.

    Raises BadTable when a required column is missing or a column can't be read as its type without loss.
    """
    missing = [column for column in required if column not in table.column_names]
    if missing:
        raise BadTable(
            name, missing[0], f"to be there; it has {', '.join(table.column_names) or 'no column'}"
        )
    return pa.table([_column(table, field, name) for field in schema], schema=schema)


def _column(table: pa.Table, field: pa.Field, name: str) -> pa.ChunkedArray:
    if field.name not in table.column_names:
        return pa.chunked_array([pa.nulls(len(table), field.type)])
    column = table[field.name]
    if column.type == field.type:
        return column
    if pa.types.is_floating(column.type) and pa.types.is_integer(field.type):
        raise BadTable(name, field.name, f"{field.type}, not {column.type}: amounts are whole numbers of fen")
    if pa.types.is_timestamp(column.type) and column.type.tz is None:
        raise BadTable(name, field.name, "times with a time zone")
    try:
        return column.cast(field.type)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise BadTable(name, field.name, f"{field.type}, not {column.type}") from None


def missing_columns(tables: Mapping[str, pa.Table], needs: Mapping[str, Iterable[str]]) -> list[str]:
    """``table`` or ``table.column`` for each of ``needs`` that ``tables`` lack; an all empty column is lacking."""
    lacking = []
    for name, columns in needs.items():
        if name not in tables:
            lacking.append(name)
            continue
        table = tables[name]
        lacking += [
            f"{name}.{column}"
            for column in columns
            if column not in table.column_names or (len(table) and _is_empty(table, column))
        ]
    return lacking


def _is_empty(table: pa.Table, column: str) -> bool:
    """Of a table in memory by its cells; one on disk (``zhoudao.engines.stored``) knows it."""
    if isinstance(table, pa.Table):
        return bool(table[column].null_count == len(table))
    return bool(table.is_empty(column))
