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
        self.count = self.oldest = 0
        self.links = np.zeros((1 << 12, moving.WIDTH), dtype=np.int32)
        self.time, self.amount = np.zeros(1 << 12, dtype=np.int64), np.zeros(1 << 12, dtype=np.float64)
        self.keys, self.values = np.full(1 << 13, -1, dtype=np.int64), np.zeros(1 << 13, dtype=np.int32)
        self.pairs = 0
        self.accounts = 0
        self._make_accounts(accounts)
        depth = spec.longest + 2
        self.nodes, self.came = np.zeros(depth, dtype=np.int64), np.zeros(depth, dtype=np.int64)
        self.cursor = np.zeros(depth, dtype=np.int64)
        self.queue = np.zeros((4 * loops.BUDGET, 2), dtype=np.int32)
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
        out: Floats = np.zeros((batch, self.width), dtype=np.float64)
        if not batch:
            return out
        self._make_room(payer, payee, time, batch)
        first, end = self.count, self.count + batch
        self.time[first:end], self.amount[first:end] = time, amount
        self.count = end
        spec, table = self.spec, (self.keys, self.values, len(self.keys) - 1)
        lists = (self.links, self.last_out, self.last_in)
        parts = self._parts(out)
        self.oldest = counting.take_in(
            first, end, payer.astype(np.int32), payee.astype(np.int32), spec.window, self.time, *lists, *table,
            self.counts, self.oldest, self.bins, self.bins, parts["fan"], parts["degree"],
        )  # fmt: skip
        if "statistics" in spec.groups:
            counting.statistics(
                first, end, spec.window, self.time, self.links, self.amount, self.last_out, self.last_in,
                self.seen, self.place, parts["statistics"],
            )  # fmt: skip
        if "scatter_gather" in spec.groups:
            scatter.scatter_gather(
                first, end, spec.scatter_gather_window, self.time, *lists, *table, self.counts, self.between,
                self.bins, parts["scatter_gather"],
            )  # fmt: skip
        tools = (self.marks, self.touched, self.queue, self.nodes)
        if "temporal_cycle" in spec.groups:
            loops.temporal(
                first, end, spec.longest, spec.window, self.time, *lists, *table, *tools, self.came, self.cursor,
                self.counts, self.cycle_bins, parts["temporal_cycle"],
            )  # fmt: skip
        if "simple_cycle" in spec.groups:
            loops.simple(
                first, end, spec.longest, spec.window, self.time, *lists, *table, *tools, self.cursor, self.counts,
                self.cycle_bins, parts["simple_cycle"],
            )  # fmt: skip
        return out

    def _parts(self, out: Floats) -> dict[str, Floats]:
        """Each group's columns of ``out``; room of its own for fans and degrees nobody asked for."""
        at, parts = 0, {}
        for group in self.spec.groups:
            parts[group] = out[:, at : at + self.sizes[group]]
            at += self.sizes[group]
        for group in ("fan", "degree"):
            if group not in parts:
                parts[group] = np.zeros((len(out), self.sizes[group] + 1))[:, :-1]
        return parts

    def _make_room(self, payer: Ints, payee: Ints, time: Ints, batch: int) -> None:
        if not batch == payee.size == time.size:
            raise ValueError("expected as many payers, payees, times and amounts")
        if min(int(payer.min()), int(payee.min())) < 0:
            raise ValueError("expected account numbers of 0 or more")
        if (time[1:] < time[:-1]).any() or (self.count and time[0] < self.time[self.count - 1]):
            raise ValueError("expected transfers in order of time")
        most = max(int(payer.max()), int(payee.max())) + 1
        if most > self.accounts:
            self._make_accounts(max(most, 2 * self.accounts))
        if self.count + batch > len(self.time):
            self._make_transfers(batch)
        if 2 * (self.pairs + batch) > len(self.keys):
            self._make_pairs(batch)
        self.pairs += batch  # at most: counted anew when the table is

    def _make_transfers(self, batch: int) -> None:
        """Forget what has left the window; more room if that isn't enough."""
        moving.shift(self.oldest, self.count, self.links, self.time, self.amount, self.last_out, self.last_in)
        moved = self.oldest
        self.count, self.oldest = self.count - moved, 0
        self.seen[:] = 0
        if 2 * (self.count + batch) > len(self.time):
            size = 4 * (self.count + batch)
            self.links = _longer(self.links, size)
            self.time, self.amount = _longer(self.time, size), _longer(self.amount, size)
        self._make_pairs(batch)

    def _make_pairs(self, batch: int) -> None:
        """The table of pairs anew, of what is in the window."""
        size = 1 << (4 * (self.count - self.oldest + batch)).bit_length()
        if size == len(self.keys):
            self.keys[:] = -1
        else:
            self.keys, self.values = np.full(size, -1, dtype=np.int64), np.zeros(size, dtype=np.int32)
        self.pairs = moving.rehash(self.oldest, self.count, self.links, self.keys, self.values, size - 1)

    def _make_accounts(self, accounts: int) -> None:
        old = self.accounts
        kept = {name: getattr(self, name) for name in ("last_out", "last_in", "counts")} if old else {}
        self.last_out, self.last_in = (
            np.full(accounts, -1, dtype=np.int32),
            np.full(accounts, -1, dtype=np.int32),
        )
        self.counts = np.zeros((accounts, 4), dtype=np.int32)
        for name, values in kept.items():
            getattr(self, name)[:old] = values
        self.seen = np.zeros((accounts, 2), dtype=np.int64)
        self.place = np.zeros((accounts, 2), dtype=np.int32)
        self.marks = np.full((accounts, max(self.spec.longest - 1, 1)), -1, dtype=np.int32)
        self.touched = np.zeros(accounts, dtype=np.int32)
        self.accounts = accounts


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
    longer = np.zeros((size, *values.shape[1:]), dtype=values.dtype)
    longer[: len(values)] = values
    return longer
