"""The temporal money graph (资金图): who paid whom when, laid out so that walks through time need no search.

One graph is of one currency. Transfers are numbered by time: "a transfer" below is such a number, and ``row`` leads
back to the ledger's row. What does not move money between two known accounts is kept and never walked: see ``Left``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhoudao.engines.detection.gaps import Gap
from zhoudao.engines.flows import adjacency
from zhoudao.engines.flows.arrays import Ints
from zhoudao.engines.flows.names import Names
from zhoudao.engines.shapes import LEDGER, LEDGER_REQUIRED, BadTable, conform

LARGEST_AMOUNT = 9 * 10**14
"""Fen: nine trillion yuan. Shares of an amount are compared as whole ten-thousandths, which must fit in 64 bits."""
MOST_TRANSFERS = 2**31 - 2
"""Positions are 32-bit numbers."""


LISTS = (
    "out_start", "out_edge", "out_target", "out_rank", "out_next",
    "in_start", "in_edge", "in_source", "in_rank", "in_previous",
)  # fmt: skip
"""What ``adjacency.lay_out`` makes, in its order."""


@dataclass
class Left:
    """How many transfers are not walked, and why. They stay in the ledger and in ``MoneyGraph`` by number."""

    self_transfers: int = 0
    """From an account to itself (同户划转): no ring, and nothing that a trace would follow."""
    not_positive: int = 0
    """Of no amount or a negative one: a correction is not a flow. A reversal belongs in ``reversed``."""
    failed_or_reversed: int = 0
    missing_end: int = 0
    """Payer or payee unknown: a walk ends there; a trace still counts it as money in or out."""
    order_unknown: int = 0
    """Share a moment with others that neither time nor sequence tells apart: none is before another."""
    coarse_times: int = 0
    """Given to the day or minute only: before or after what else happened in it is not known."""

    def gaps(self) -> list[str]:
        """What a reader of an answer must know of what was not walked; empty when there is nothing."""
        return [Gap(each.name, count=getattr(self, each.name)) for each in fields(self) if getattr(self, each.name)]


@dataclass
class MoneyGraph:
    """Transfers in order of time and the lists of each account. All arrays may be memory-mapped."""

    time: Ints
    """int64[transfers]: microseconds since 1970, UTC."""
    amount: Ints
    """int64[transfers]: minor units of the currency."""
    source: Ints
    """int32[transfers]: account numbers."""
    target: Ints
    row: Ints
    """int32[transfers]: the ledger's row, from 0."""
    rank: Ints
    """int32[transfers]: a is before b if and only if rank[a] < rank[b]."""
    out_start: Ints
    """int32[accounts + 1]: an account's part of the four ``out_`` arrays (``adjacency.lay_out``)."""
    out_edge: Ints
    out_target: Ints
    out_rank: Ints
    out_next: Ints
    in_start: Ints
    in_edge: Ints
    in_source: Ints
    in_rank: Ints
    in_previous: Ints
    closed: Ints
    """uint8[accounts]: no walk passes through: clearing houses, reserve accounts (conduits), the unknown account."""
    obtained: Ints
    """uint8[accounts]: 0 where the account's statements were never obtained (未调单)."""
    opening: Ints
    """int64[accounts]: what an account had before its first transfer, by that transfer's balance; 0 if not known."""
    accounts: pa.Array | None = None
    """string[accounts]; None where accounts are plain numbers."""
    transfer_ids: pa.ChunkedArray | None = None
    """string[ledger rows]; None where transfers are known by the ledger's row alone."""
    currency: str = ""
    unknown: int = -1
    """The number that stands for every unknown payer or payee; -1 if nobody is unknown."""
    left: Left = field(default_factory=Left)

    @property
    def transfers(self) -> int:
        return int(self.time.size)

    @property
    def account_count(self) -> int:
        return int(self.out_start.size - 1)

    def index_bytes(self) -> float:
        """Bytes a transfer of all but its columns (time, amount, source, target, row); per-account arrays included."""
        columns = {"time", "amount", "source", "target", "row"}
        total = sum(
            value.nbytes
            for name, value in vars(self).items()
            if isinstance(value, np.ndarray) and name not in columns
        )
        return total / max(self.transfers, 1)

    def account_names(self, numbers: Ints) -> pa.Array:
        """Names of accounts by number."""
        picked = pa.array(np.asarray(numbers, dtype=np.int64))
        return picked.cast(pa.string()) if self.accounts is None else self.accounts.take(picked)

    def account_numbers(self, names: Sequence[str]) -> Ints:
        """Numbers of accounts by name (int64), -1 for a name that isn't in the ledger."""
        if self.accounts is None:
            numbers = [
                int(name) if name.isdigit() and int(name) < self.account_count else -1 for name in names
            ]
            return np.array(numbers, dtype=np.int64)
        found = pc.index_in(pa.array(names, pa.string()), value_set=self.accounts)
        return pc.fill_null(found, -1).to_numpy(zero_copy_only=False).astype(np.int64)

    def ids(self, transfers: Ints) -> pa.Array:
        """The ledger's transfer ids of transfers by number."""
        rows = pa.array(self.row[np.asarray(transfers, dtype=np.int64)].astype(np.int64))
        if self.transfer_ids is None:
            return rows.cast(pa.string())
        taken = self.transfer_ids.take(rows)
        return taken.combine_chunks() if isinstance(taken, pa.ChunkedArray) else taken

    def numbers(self, ids: Sequence[str]) -> Ints:
        """Transfers by the ledger's id (int64), -1 for one that isn't there."""
        if self.__dict__.get("_names") is None:
            self.__dict__["_names"] = Names(self.row, self.transfer_ids)
        return self.__dict__["_names"].numbers(ids)

    def at_least(self, amount: int) -> MoneyGraph:
        """The same graph, walking only transfers of ``amount`` or more."""
        walks = np.zeros(self.transfers, dtype=np.uint8)
        walks[self.out_edge] = self.amount[self.out_edge] >= amount
        return replace(self, **_lists(self.source, self.target, self.rank, walks, self.account_count))


def currencies(ledger: pa.Table) -> list[str]:
    """The currencies of a ledger, most transfers first. Raises BadTable."""
    if "currency" not in ledger.column_names:
        raise BadTable("ledger", "currency", "to be there")
    counts = pc.value_counts(pa.chunked_array(ledger["currency"]).cast(pa.string()).combine_chunks())
    pairs = [(each["counts"], each["values"] or "") for each in counts.to_pylist()]
    return [value for _, value in sorted(pairs, key=lambda pair: (-pair[0], pair[1]))]


def build(
    ledger: pa.Table,
    *,
    currency: str | None = None,
    conduits: Iterable[str] = (),
    obtained: Iterable[str] | None = None,
) -> MoneyGraph:
    """The graph of a ledger's transfers in one currency (by default its only one).

    ``conduits``: accounts no walk passes through. ``obtained``: the accounts whose statements there are; all if None.
    Raises BadTable for a missing or unreadable column, for several currencies with none chosen, and for amounts
    beyond LARGEST_AMOUNT.
    """
    table = conform(ledger, LEDGER, "ledger", LEDGER_REQUIRED)
    _whole(table)
    found = currencies(table) if len(table) else [currency or "CNY"]
    if currency is None and len(found) > 1:
        raise BadTable("ledger", "currency", f"one currency, or a choice of one of {', '.join(found)}")
    chosen = currency or found[0]
    rows = None
    if len(found) > 1 or found[0] != chosen:
        keep = pc.equal(table["currency"], chosen)
        rows = np.flatnonzero(keep.to_numpy())
        table = table.filter(keep)
    source, target, names = _numbered(table["source_account"], table["target_account"])
    skipped = pc.or_(
        pc.fill_null(pc.invert(table["succeeded"]), False), pc.fill_null(table["reversed"], False)
    ).to_numpy()
    sequence, coarse = _sequence(table)
    graph = from_arrays(
        source,
        target,
        table["time"].cast(pa.int64()).to_numpy(),
        table["amount"].to_numpy(),
        sequence=sequence,
        skipped=skipped,
        accounts=len(names),
        conduits=pc.drop_null(pc.index_in(pa.array(list(conduits), pa.string()), value_set=names)).to_numpy(
            zero_copy_only=False
        ),
    )
    unknown = [""] if graph.unknown >= 0 else []
    graph.accounts = pa.concat_arrays([names, pa.array(unknown, pa.string())])
    graph.transfer_ids = ledger["transfer_id"].cast(pa.string())
    graph.currency = chosen
    graph.left.coarse_times = coarse
    graph.opening = _opening(graph, table)
    if rows is not None:
        graph.row = rows[graph.row].astype(np.int32)
    if obtained is not None:
        graph.obtained = np.zeros(graph.account_count, dtype=np.uint8)
        known = graph.account_numbers(list(obtained))
        graph.obtained[known[known >= 0]] = 1
    return graph


def from_arrays(
    source: Ints,
    target: Ints,
    time: Ints,
    amount: Ints,
    *,
    sequence: Ints | None = None,
    skipped: Ints | None = None,
    accounts: int | None = None,
    conduits: Ints | None = None,
) -> MoneyGraph:
    """The graph of plain arrays, in any order: account numbers (negative: unknown), microseconds, minor units.

    ``sequence`` tells equal times apart where it is not negative; ``skipped`` marks what failed or was reversed.
    Raises BadTable for unequal lengths, and for amounts beyond LARGEST_AMOUNT.
    """
    count = int(source.size)
    if not count == target.size == time.size == amount.size:
        raise BadTable("ledger", "amount", "as many values in each column")
    if count > MOST_TRANSFERS:
        raise BadTable("ledger", "transfer_id", f"at most {MOST_TRANSFERS} transfers in one graph")
    if count and max(int(amount.max()), -int(amount.min())) > LARGEST_AMOUNT:
        raise BadTable("ledger", "amount", f"at most {LARGEST_AMOUNT} minor units")
    highest = int(max(source.max(), target.max())) + 1 if count else 0
    accounts = max(highest, accounts or 0)
    order = _order(time, sequence)
    time, amount = _picked(time, order, np.int64), _picked(amount, order, np.int64)
    source, target = _picked(source, order, np.int32), _picked(target, order, np.int32)
    sequence = np.empty(0, dtype=np.int64) if sequence is None else _picked(sequence, order, np.int64)
    rank, order_unknown = adjacency.ranks(time, sequence)
    missing = (source < 0) | (target < 0)
    unknown = accounts if missing.any() else -1
    if unknown >= 0:
        source, target = np.where(source < 0, unknown, source), np.where(target < 0, unknown, target)
        accounts += 1
    left = Left(missing_end=int(missing.sum()), order_unknown=int(order_unknown))
    walks = _walks(source, target, amount, None if skipped is None else skipped[order], left)
    closed = np.zeros(accounts, dtype=np.uint8)
    if unknown >= 0:
        closed[unknown] = 1
    if conduits is not None:
        closed[np.asarray(conduits, dtype=np.int64)] = 1
    return MoneyGraph(
        time, amount, source, target, order, rank,
        **_lists(source, target, rank, walks, accounts), closed=closed, obtained=np.ones(accounts, dtype=np.uint8),
        opening=np.zeros(accounts, dtype=np.int64), unknown=unknown, left=left,
    )  # fmt: skip


def _lists(source: Ints, target: Ints, rank: Ints, walks: Ints, accounts: int) -> dict[str, Any]:
    """The arrays of ``adjacency.lay_out`` by name."""
    return dict(zip(LISTS, adjacency.lay_out(source, target, rank, walks, accounts), strict=True))


def _walks(source: Ints, target: Ints, amount: Ints, skipped: Ints | None, left: Left) -> Ints:
    """uint8[transfers]: 1 for what moves money from one account to another; counts the rest."""
    itself = source == target
    positive = amount > 0
    left.self_transfers = int(itself.sum())
    left.not_positive = int((~itself & ~positive).sum())
    walks = ~itself & positive
    if skipped is not None:
        left.failed_or_reversed = int((walks & skipped).sum())
        walks &= ~skipped
    return walks.astype(np.uint8)


def _order(time: Ints, sequence: Ints | None) -> Ints:
    """int32: by time, then sequence, then as given."""
    if sequence is not None and sequence.size and (sequence >= 0).any():
        return np.lexsort((sequence, time)).astype(np.int32)
    if time.size and not (time[1:] < time[:-1]).any():
        return np.arange(time.size, dtype=np.int32)
    keys = (time - time.min()).astype(np.int64) if time.size else time.astype(np.int64)
    if keys.size and not (keys % 1_000_000).any():
        keys //= 1_000_000  # whole seconds sort in half the passes
    return adjacency.time_order(keys, max(int(keys.max(initial=0)).bit_length(), 1))


def _picked(values: Ints, order: Ints, kind: type) -> Ints:
    return np.ascontiguousarray(values[order], dtype=kind)


def _numbered(source: pa.ChunkedArray, target: pa.ChunkedArray) -> tuple[Ints, Ints, pa.Array]:
    """Account numbers of both ends (-1 where empty), and the names in the order of the numbers."""
    both = pa.chunked_array([*source.chunks, *target.chunks], pa.string()).combine_chunks()
    if isinstance(both, pa.ChunkedArray):  # more text than one array holds
        both = both.cast(pa.large_string()).combine_chunks()
    coded = both.dictionary_encode()
    names = coded.dictionary.cast(pa.string())
    numbers = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int32)
    blank = pc.index(names, "").as_py()
    if blank >= 0:
        numbers[numbers == blank] = -1
    return numbers[: len(source)], numbers[len(source) :], names


def _sequence(table: pa.Table) -> tuple[Ints | None, int]:
    """What tells equal times apart, -1 where nothing does; and how many times are coarser than a second.

    To the second, equal times are equal. Where a statement gives only the day or minute, its own order counts.
    """
    if table["time_precision"].null_count == len(table):
        return None, 0
    coarse = pc.fill_null(pc.is_in(table["time_precision"], pa.array(["day", "minute"])), False).to_numpy()
    if not coarse.any():
        return None, 0
    sequence = pc.fill_null(table["sequence"], -1).to_numpy()
    return np.where(coarse, sequence, -1), int(coarse.sum())


def _opening(graph: MoneyGraph, table: pa.Table) -> Ints:
    """What each account had before its first transfer, where that transfer's own balance tells."""
    opening = np.zeros(graph.account_count, dtype=np.int64)
    empty = np.iinfo(np.int64).min
    ends = (
        ("source_balance_after", graph.out_start, graph.out_edge, graph.out_rank, 1),
        ("target_balance_after", graph.in_start, graph.in_edge, graph.in_rank, -1),
    )
    firsts = []
    for _, start, edges, _, _ in ends:
        first = np.full(graph.account_count, graph.transfers, dtype=np.int64)
        some = np.flatnonzero(np.diff(start) > 0)
        first[some] = edges[start[some]]
        firsts.append(first)
    earliest = np.minimum(*firsts)
    for (column, _, _, _, sign), first in zip(ends, firsts, strict=True):
        if table[column].null_count == len(table):
            continue
        after = pc.fill_null(table[column], empty).to_numpy()
        own = np.flatnonzero((first == earliest) & (first < graph.transfers))
        balance = after[graph.row[first[own]]]
        known = balance != empty
        before = balance + sign * graph.amount[first[own]]
        opening[own[known]] = np.maximum(before[known], 0)
    if graph.unknown >= 0:
        opening[graph.unknown] = 0
    return opening


def _whole(table: pa.Table) -> None:
    for column in ("transfer_id", "time", "amount", "currency"):
        if table[column].null_count:
            empty = pc.index(pc.is_null(table[column]), True).as_py()
            raise BadTable("ledger", column, f"a value in every row; row {empty + 1} has none")
