"""The tables of a finished run: Parquet, written in row groups, so that memory stays bounded."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numba import njit
from numpy.typing import NDArray

from zhoudao.engines.shapes import LEDGER, TIME, TRANSFER_SOURCES
from zhoudao.engines.statements.report import Sheet
from zhoudao.engines.statements.resolving.chains import FAILED, REVERSED
from zhoudao.engines.statements.resolving.records import Records
from zhoudao.engines.statements.rows.reader import IS_CASH, NO_BALANCE, NOT_CASH, OWN
from zhoudao.engines.statements.values.times import PRECISIONS
from zhoudao.engines.statements.values.words import CURRENCIES, IN, NEUTRAL

ROW_GROUP = 122_880
"""As DuckDB cuts its own: small enough that a filter passes most groups by, large enough to be read in one go."""
AHEAD = 4
"""Tables that wait to be written."""
REFUSED = pa.schema(
    [
        pa.field("source_file", pa.string(), nullable=False),
        pa.field("source_sha256", pa.string()),
        pa.field("source_sheet", pa.string()),
        pa.field("source_row", pa.int64(), nullable=False),
        pa.field("field", pa.string()),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("text", pa.string()),
    ]
)
"""Refused records: where they stand, which field can't be used and why, and the line as it was."""
BREAKS = pa.schema(
    [
        pa.field("account", pa.string(), nullable=False),
        pa.field("currency", pa.string(), nullable=False),
        pa.field("time", TIME, nullable=False),
        pa.field("transfer_id", pa.string(), nullable=False),
        pa.field("expected_balance", pa.int64(), nullable=False),
        pa.field("stated_balance", pa.int64(), nullable=False),
        pa.field("missing", pa.int64(), nullable=False),
    ]
)
"""Where a balance doesn't follow from the one before it; ``missing`` is what came in unseen (below zero: went out)."""
ACCOUNTS = pa.schema(
    [
        pa.field("account", pa.string(), nullable=False),
        pa.field("card", pa.string()),
        pa.field("parent", pa.string()),
        pa.field("name", pa.string()),
        pa.field("holder_id", pa.string()),
    ]
)
_SOUGHT = ["transfer_id", "time", "amount", "source_account", "target_account"]
"""Columns whose least and greatest value is kept with each row group, so that a filter passes it by."""
_DICTIONARIES = [
    "currency", "time_precision", "channel", "memo", "branch", "teller",
    "source_file", "source_sha256", "source_sheet",
]  # fmt: skip
_POOL = pa.system_memory_pool()
"""Gives freed memory back to be used again, also by another thread; Arrow's default asks the system for more each
time, which took a third longer."""


def _coded(schema: pa.Schema, index: pa.DataType, *names: str) -> pa.Schema:
    """``schema`` with these texts as dictionaries, which is how they are at hand and how Parquet keeps them."""
    return pa.schema(
        [
            pa.field(field.name, pa.dictionary(index, pa.string()), field.nullable)
            if field.name in names
            else field
            for field in schema
        ]
    )


_LEDGER = _coded(LEDGER, pa.int8(), "currency", "time_precision")
_SOURCES = _coded(TRANSFER_SOURCES, pa.int32(), "source_file", "source_sha256", "source_sheet")


MOST_DIGITS = 11
"""Of a line's number, with the dash before it."""


@njit(cache=True, nogil=True)
def _write_ids(prefixes, ends, sheets, lines, offsets, data):
    to = 0
    digits = np.empty(MOST_DIGITS, np.uint8)
    for row in range(sheets.shape[0]):
        offsets[row] = to
        for at in range(ends[sheets[row]], ends[sheets[row] + 1]):
            data[to] = prefixes[at]
            to += 1
        data[to] = 45
        to += 1
        line = lines[row]
        count = 0
        while line > 0 or count == 0:
            digits[count] = 48 + line % 10
            line //= 10
            count += 1
        for place in range(count):
            data[to + place] = digits[count - 1 - place]
        to += count
    offsets[sheets.shape[0]] = to
    return to


class Ledger:
    """What the writers need of a resolved run. ``root``: each record's transfer, as the record that stands for it."""

    def __init__(
        self,
        records: Records,
        root: NDArray[np.int64],
        partner_balance: NDArray[np.int64] | None,
        other_balance: NDArray[np.int64] | None,
        sequence: NDArray[np.int64],
        sheets: list[tuple[Sheet, int]],
        texts: pa.Array,
        names: pa.Array | None,
        identities: pa.Array | None,
    ) -> None:
        self.records, self.root, self.sequence = records, root, sequence
        self.partner_balance, self.other_balance = partner_balance, other_balance
        prefixes = [f"{sheet.sha256[:12]}-{place + 1}" for sheet, place in sheets]
        self._prefix_bytes = np.frombuffer("".join(prefixes).encode() + b" ", np.uint8)
        self._prefix_ends = np.cumsum([0, *(len(prefix) for prefix in prefixes)])
        self.files = [
            pa.array([getattr(sheet, part) for sheet, _ in sheets], pa.string())
            for part in ("file", "sha256", "sheet")
        ]
        self.texts, self.names, self.identities = texts, names, identities

    def ids(self, rows: NDArray) -> pa.Array:
        """``<sheet's prefix>-<line>`` of each record."""
        sheet = self.records.sheet_of(rows)
        room = int(np.diff(self._prefix_ends)[sheet].sum()) + len(rows) * MOST_DIGITS
        offsets, data = np.empty(len(rows) + 1, np.int32), np.empty(room, np.uint8)
        used = _write_ids(
            self._prefix_bytes, self._prefix_ends, sheet, self.records.line[rows], offsets, data
        )
        return pa.StringArray.from_buffers(len(rows), pa.py_buffer(offsets), pa.py_buffer(data[:used]))

    def batch(self, low: int, high: int, staged: pa.Table) -> pa.Table:
        """The ledger rows among records ``low`` to ``high``, whose texts are ``staged``."""
        known = self.records
        stands = self.root[low:high] == np.arange(low, high)
        rows = np.flatnonzero(stands) + low
        text = staged if len(rows) == high - low else _those(staged, pa.array(stands))
        incoming = known.way[rows] == IN
        own, other = known.own[rows], known.other[rows]
        source, target = np.where(incoming, other, own), np.where(incoming, own, other)
        balance = known.balance[rows]
        far = np.full(len(rows), NO_BALANCE) if self.other_balance is None else self.other_balance[rows]
        if self.partner_balance is not None:
            mate = self.partner_balance[rows]
            far = np.where(mate != NO_BALANCE, mate, far)
        flags = known.flags[rows]
        cash = pa.array((flags & IS_CASH) != 0, mask=(flags & (IS_CASH | NOT_CASH)) == 0)
        currency = pa.DictionaryArray.from_arrays(pa.array(known.currency[rows]), pa.array(CURRENCIES))
        precision = pa.DictionaryArray.from_arrays(
            pa.array(known.precision[rows].astype(np.int8)), pa.array(PRECISIONS)
        )
        columns = {
            "transfer_id": self.ids(rows),
            "time": pa.array(known.time[rows]).cast(TIME),
            "source_account": self._accounts(source),
            "target_account": self._accounts(target),
            "amount": pa.array(known.amount[rows]),
            "currency": currency,
            "time_precision": precision,
            "sequence": pa.array(self.sequence[rows]),
            "source_balance_after": _balance(np.where(incoming, far, balance)),
            "target_balance_after": _balance(np.where(incoming, balance, far)),
            "cash": cash,
            "succeeded": pa.array((flags & FAILED) == 0),
            "reversed": pa.array((flags & REVERSED) != 0),
            "own_account": pa.array(((flags & OWN) != 0) | (known.way[rows] == NEUTRAL)),
            **{name: text.column(name) for name in text.schema.names},
        }
        if self.names is not None and self.identities is not None:
            for side, codes in (("source", source), ("target", target)):
                where = pa.array(codes, mask=codes < 0)
                columns[f"{side}_name"] = pc.coalesce(columns[f"{side}_name"], self.names.take(where))
                columns[f"{side}_holder_id"] = pc.coalesce(
                    columns[f"{side}_holder_id"], self.identities.take(where)
                )
        return pa.table([columns[name] for name in LEDGER.names], schema=_LEDGER)

    def sources(self, low: int, high: int) -> pa.Table:
        rows = np.arange(low, high)
        sheet = pa.array(self.records.sheet_of(rows))
        return pa.table(
            [
                self.ids(self.root[low:high]),
                *(pa.DictionaryArray.from_arrays(sheet, column) for column in self.files),
                pa.array(self.records.line[low:high].astype(np.int64)),
            ],
            schema=_SOURCES,
        )

    def _accounts(self, codes: NDArray) -> pa.Array:
        return pc.take(self.texts, pa.array(codes, mask=codes < 0), memory_pool=_POOL)


def _those(texts: pa.Table, which: pa.Array) -> pa.Table:
    """The rows of ``texts`` that ``which`` says; columns without any text aren't looked at."""
    count = which.true_count
    return pa.table(
        [
            pa.nulls(count, pa.string())
            if column.null_count == len(column)
            else pc.filter(column, which, memory_pool=_POOL)
            for column in texts.columns
        ],
        names=texts.column_names,
    )


def _balance(values: NDArray) -> pa.Array:
    return pa.array(values, mask=values == NO_BALANCE)


def write_ledger(ledger: Ledger, staged: Iterator[pa.RecordBatch], out: Path) -> None:
    """``ledger.parquet`` and ``transfer_sources.parquet``: tables are made here and written by a thread a file."""
    with (
        _writer(out / "ledger.parquet", _LEDGER) as rows,
        _writer(out / "transfer_sources.parquet", _SOURCES) as sources,
        ThreadPoolExecutor(1) as first,
        ThreadPoolExecutor(1) as second,
    ):
        waiting: deque[Future[None]] = deque()
        for low, high, texts in _grouped(staged):
            waiting.append(first.submit(_write, rows, ledger.batch(low, high, texts)))
            waiting.append(second.submit(_write, sources, ledger.sources(low, high)))
            while len(waiting) > AHEAD:
                waiting.popleft().result()
        while waiting:
            waiting.popleft().result()


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """Without Arrow's own schema in the file, so that what is written from a dictionary is read as texts."""
    return pq.ParquetWriter(
        path,
        schema,
        use_dictionary=[name for name in _DICTIONARIES if name in schema.names],
        write_statistics=[name for name in _SOUGHT if name in schema.names],
        store_schema=False,
        memory_pool=_POOL,
    )


def _write(writer: pq.ParquetWriter, table: pa.Table) -> None:
    if len(table):
        writer.write_table(table, row_group_size=len(table))


def _grouped(staged: Iterator[pa.RecordBatch]) -> Iterator[tuple[int, int, pa.Table]]:
    """Whole batches, together a row group or a little more: its records and their texts."""
    low, waiting, count = 0, list[pa.RecordBatch](), 0
    for batch in staged:
        waiting.append(batch)
        count += len(batch)
        if count >= ROW_GROUP:
            yield low, low + count, pa.Table.from_batches(waiting)
            low, waiting, count = low + count, [], 0
    if count:
        yield low, low + count, pa.Table.from_batches(waiting)
