"""A stream of transfers: append a batch, get a row for each of its transfers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zhoudao.engines.flows.arrays import Floats, Ints
from zhoudao.engines.flows.features import counting, loops, scatter
from zhoudao.engines.flows.features import window as moving
from zhoudao.engines.flows.graph import MoneyGraph

HOUR = 3_600_000_000
"""Microseconds."""
GROUPS = ("statistics", "fan", "degree", "scatter_gather", "temporal_cycle", "simple_cycle")


@dataclass(frozen=True)
class Spec:
    """What is counted. Windows in microseconds, the end included; bins are the least size of each, ascending."""

    groups: tuple[str, ...] = GROUPS
    window: int = 24 * HOUR
    scatter_gather_window: int = 6 * HOUR
    bins: tuple[int, ...] = tuple(range(2, 31))
    cycle_bins: tuple[int, ...] = (2, 3, 4, 5, 6)
    longest: int = 6
    """Transfers in a cycle at most."""
    most: int = loops.MOST


class Features:
    """Features of a stream of transfers in order of time, over the window that moves with it.

    A row is a transfer. Every count is as of the transfer's batch: a pattern counts for each of its transfers in the
    batch in which it comes about, so the same transfers in other batches give other rows. Memory follows the window:
    what has left it is forgotten.
    """

    def __init__(self, accounts: int, spec: Spec | None = None) -> None:
        self.spec = spec = spec or Spec()
        unknown = set(spec.groups) - set(GROUPS)
        if unknown:
            raise ValueError(f"groups: {', '.join(sorted(unknown))}; expected some of {', '.join(GROUPS)}")
        if spec.scatter_gather_window > spec.window:
            raise ValueError("scatter_gather_window: expected at most window")
        self.count = self.oldest = self.pairs = 0
        self.links = moving.lines(1 << 12, moving.LINK)
        self.time, self.amount = np.zeros(1 << 12, dtype=np.int64), np.zeros(1 << 12, dtype=np.float64)
        self.table = np.full(1 << 13, -1, dtype=np.int32)
        self.accounts = moving.new_accounts(accounts)
        self.between = np.zeros((1 << 16, 2), dtype=np.int32)
        self.bins, self.cycle_bins = _lookup(spec.bins), _lookup(spec.cycle_bins, spec.longest)
        self.sizes = {
            "statistics": 4 * len(counting.STATISTICS),
            "fan": 2 * len(spec.bins),
            "degree": 2 * len(spec.bins),
            "scatter_gather": len(spec.bins),
            "temporal_cycle": len(spec.cycle_bins),
            "simple_cycle": len(spec.cycle_bins),
        }
        self.width = sum(self.sizes[group] for group in spec.groups)
        self.columns = dict.fromkeys(GROUPS, -1)
        """Where each group begins, -1 for one that wasn't asked for."""
        at = 0
        for group in spec.groups:
            self.columns[group] = at
            at += self.sizes[group]

    @property
    def names(self) -> list[str]:
        """A name for each column."""
        bins = [str(low) for low in self.spec.bins]
        cycles = [str(low) for low in self.spec.cycle_bins]
        of = {
            "statistics": [
                f"{side}_{way}_{what}"
                for side in ("payer", "payee")
                for way in ("sent", "received")
                for what in counting.STATISTICS
            ],
            "fan": [f"fan_{way}_{low}" for way in ("in", "out") for low in bins],
            "degree": [f"degree_{way}_{low}" for way in ("in", "out") for low in bins],
            "scatter_gather": [f"scatter_gather_{low}" for low in bins],
            "temporal_cycle": [f"temporal_cycle_{low}" for low in cycles],
            "simple_cycle": [f"simple_cycle_{low}" for low in cycles],
        }
        return [name for group in self.spec.groups for name in of[group]]

    def append(self, payer: Ints, payee: Ints, time: Ints, amount: Ints | Floats) -> Floats:
        """Take a batch in; its rows, float64[batch, width].

        Account numbers from 0, times in microseconds, not earlier than what came before. Raises ValueError.
        """
        batch = int(payer.size)
        out: Floats = np.empty((batch, self.width), dtype=np.float64)
        if not batch:
            return out
        self._make_room(payer, payee, time, batch)
        first, end = self.count, self.count + batch
        self.time[first:end], self.amount[first:end] = time, amount
        self.count = end
        spec, lists, at = self.spec, (self.links, self.accounts, self.table), self.columns
        self.oldest = counting.take_in(
            first, end, payer.astype(np.int32), payee.astype(np.int32), spec.window, self.time, *lists, self.oldest,
            self.bins, at["fan"], at["degree"], out,
        )  # fmt: skip
        if "statistics" in spec.groups:
            counting.statistics(
                first, end, spec.window, self.time, self.links, self.amount, self.accounts, at["statistics"], out
            )
        if "scatter_gather" in spec.groups:
            scatter.scatter_gather(
                first, end, spec.scatter_gather_window, self.time, *lists, self.between, self.bins,
                at["scatter_gather"], out,
            )  # fmt: skip
        for group, ordered in (("temporal_cycle", True), ("simple_cycle", False)):
            if group in spec.groups:
                loops.cycles(
                    ordered, first, end, spec.longest, spec.window, self.time, *lists, spec.most, self.cycle_bins,
                    at[group], out,
                )  # fmt: skip
        return out

    def _make_room(self, payer: Ints, payee: Ints, time: Ints, batch: int) -> None:
        if not batch == payee.size == time.size:
            raise ValueError("expected as many payers, payees, times and amounts")
        earliest = int(self.time[self.count - 1]) if self.count else int(time[0])
        low, high, ordered = moving.look_over(payer, payee, time, earliest)
        if low < 0:
            raise ValueError("expected account numbers of 0 or more")
        if not ordered:
            raise ValueError("expected transfers in order of time")
        if high >= len(self.accounts):
            self._make_accounts(max(high + 1, 2 * len(self.accounts)))
        if self.count + batch > len(self.time):
            self._make_transfers(batch)
        if 2 * (self.pairs + batch) > len(self.table):
            self._make_pairs(batch)
        self.pairs += batch  # at most: counted anew when the table is

    def _make_transfers(self, batch: int) -> None:
        """Forget what has left the window; more room if that isn't enough."""
        moved = self.oldest
        moving.shift(moved, self.count, self.links, self.time, self.amount, self.accounts)
        self.count, self.oldest = self.count - moved, 0
        if 2 * (self.count + batch) > len(self.time):
            size = 4 * (self.count + batch)
            links, self.links = self.links, moving.lines(size, moving.LINK)
            self.links[: len(links)] = links
            self.time, self.amount = _longer(self.time, size), _longer(self.amount, size)
        self._make_pairs(batch)

    def _make_pairs(self, batch: int) -> None:
        """The table of pairs anew, of what is in the window."""
        size = 1 << (4 * (self.count - self.oldest + batch)).bit_length()
        if size == len(self.table):
            self.table[:] = -1
        else:
            self.table = np.full(size, -1, dtype=np.int32)
        self.pairs = moving.rehash(self.oldest, self.count, self.links, self.table)

    def _make_accounts(self, count: int) -> None:
        accounts, self.accounts = self.accounts, moving.new_accounts(count)
        self.accounts[: len(accounts)] = accounts


def features_of(graph: MoneyGraph, spec: Spec | None = None, batch: int = 2048) -> Floats:
    """Rows for every transfer that a graph walks, in order of time, as a stream in batches of ``batch`` gives them."""
    stream = Features(graph.account_count, spec)
    walked = np.sort(graph.out_edge)
    rows = [
        stream.append(
            graph.source[part], graph.target[part], graph.time[part], graph.amount[part].astype(np.float64)
        )
        for part in np.split(walked, range(batch, walked.size, batch))
    ]
    return np.concatenate(rows) if rows else np.zeros((0, stream.width))


def _lookup(bins: Sequence[int], longest: int | None = None) -> Ints:
    """The bin of each size, -1 below the first; sizes beyond the end of the array are of the last bin."""
    sizes = np.arange(max([*bins, longest or 0]) + 1)
    return (np.searchsorted(np.array(bins), sizes, side="right") - 1).astype(np.int64)


def _longer(values: np.ndarray, size: int) -> np.ndarray:
    longer = np.zeros(size, dtype=values.dtype)
    longer[: len(values)] = values
    return longer
