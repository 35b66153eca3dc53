"""The tables of a finished run: Parquet, written in row groups, so that memory stays bounded."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from zhoudao.engines.shapes import LEDGER, TIME, TRANSFER_SOURCES
from zhoudao.engines.statements.resolving.chains import FAILED, REVERSED
from zhoudao.engines.statements.resolving.records import Records
from zhoudao.engines.statements.rows.reader import IS_CASH, NO_BALANCE, NOT_CASH, OWN
from zhoudao.engines.statements.values.times import PRECISIONS
from zhoudao.engines.statements.values.words import CURRENCIES, IN, NEUTRAL

ROW_GROUP = 400_000
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
_DICTIONARIES = ["currency", "time_precision", "channel", "memo", "branch", "teller"]


class Ledger:
    """What the writers need of a resolved run. ``root``: each record's transfer, as the record that stands for it."""

    def __init__(
        self,
        records: Records,
        root: NDArray[np.int64],
        partner_balance: NDArray[np.int64] | None,
        other_balance: NDArray[np.int64] | None,
        sequence: NDArray[np.int64],
        prefixes: list[str],
        sheets: list[tuple[str, str, str]],
        texts: pa.Array,
        names: pa.Array | None,
        identities: pa.Array | None,
    ) -> None:
        self.records, self.root, self.sequence = records, root, sequence
        self.partner_balance, self.other_balance = partner_balance, other_balance
        self.prefixes = pa.array(prefixes, pa.string())
        self.files = [pa.array([sheet[part] for sheet in sheets], pa.string()) for part in range(3)]
        self.texts, self.names, self.identities = texts, names, identities

    def ids(self, rows: NDArray) -> pa.Array:
        prefix = self.prefixes.take(pa.array(self.records.sheet_of(rows)))
        return pc.binary_join_element_wise(prefix, pa.array(self.records.line[rows]).cast(pa.string()), "-")

    def batch(self, low: int, high: int, staged: pa.RecordBatch) -> pa.Table:
        """The ledger rows among records ``low`` to ``high``."""
        known = self.records
        rows = np.flatnonzero(self.root[low:high] == np.arange(low, high)) + low
        text = staged if len(rows) == high - low else staged.take(pa.array(rows - low))
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
        precision = pa.DictionaryArray.from_arrays(pa.array(known.precision[rows]), pa.array(PRECISIONS))
        columns = {
            "transfer_id": self.ids(rows),
            "time": pa.array(known.time[rows]).cast(TIME),
            "source_account": self._accounts(source),
            "target_account": self._accounts(target),
            "amount": pa.array(known.amount[rows]),
            "currency": currency.cast(pa.string()),
            "time_precision": precision.cast(pa.string()),
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
        return pa.table([columns[name] for name in LEDGER.names], schema=LEDGER)

    def sources(self, low: int, high: int) -> pa.Table:
        rows = np.arange(low, high)
        sheet = pa.array(self.records.sheet_of(rows))
        return pa.table(
            [
                self.ids(self.root[low:high]),
                *(column.take(sheet) for column in self.files),
                pa.array(self.records.line[low:high].astype(np.int64)),
            ],
            schema=TRANSFER_SOURCES,
        )

    def _accounts(self, codes: NDArray) -> pa.Array:
        return self.texts.take(pa.array(codes, mask=codes < 0))


def _balance(values: NDArray) -> pa.Array:
    return pa.array(values, mask=values == NO_BALANCE)


def write_ledger(ledger: Ledger, staged: Iterator[pa.RecordBatch], out: Path) -> None:
    """``ledger.parquet`` and ``transfer_sources.parquet``, each by a thread of its own."""
    with (
        pq.ParquetWriter(out / "ledger.parquet", LEDGER, use_dictionary=_DICTIONARIES) as rows,
        pq.ParquetWriter(
            out / "transfer_sources.parquet",
            TRANSFER_SOURCES,
            use_dictionary=["source_file", "source_sha256", "source_sheet"],
        ) as sources,
        ThreadPoolExecutor(2) as pool,
    ):
        waiting: list[Future[None]] = []
        for low, high, batch in _grouped(staged):
            for future in waiting:
                future.result()
            waiting = [
                pool.submit(_write, rows, ledger.batch, low, high, batch),
                pool.submit(_write, sources, ledger.sources, low, high),
            ]
        for future in waiting:
            future.result()


def _write(writer: pq.ParquetWriter, make: object, *given: object) -> None:
    table = make(*given)  # type: ignore[operator]
    if len(table):
        writer.write_table(table, row_group_size=ROW_GROUP)


def _grouped(staged: Iterator[pa.RecordBatch]) -> Iterator[tuple[int, int, pa.RecordBatch]]:
    low, waiting, count = 0, [], 0
    for batch in staged:
        waiting.append(batch)
        count += len(batch)
        if count >= ROW_GROUP:
            yield low, low + count, _one(waiting)
            low, waiting, count = low + count, [], 0
    if count:
        yield low, low + count, _one(waiting)


def _one(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    if len(batches) == 1:
        return batches[0]
    whole = pa.Table.from_batches(batches).combine_chunks()
    return whole.to_batches()[0]
