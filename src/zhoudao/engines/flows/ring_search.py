"""Rings (资金回环): money that comes back to where it left, each transfer later than the one before.

A ring is a simple cycle of two transfers or more whose times strictly increase, whose last is at most ``window`` after
its first, in which no account stands twice. Parallel transfers make different rings. Each is found once, from its
first transfer. The search is exact; see ``ring_kernel`` for how, and the tests for a reference that tries everything.

The same rings, without limits on amounts, are the temporal cycles of Kumar and Calders, "2SCENT: an efficient
algorithm to enumerate all simple temporal cycles", PVLDB 11 (2018).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from math import factorial

import numpy as np

from zhoudao.engines.flows import adjacency
from zhoudao.engines.flows import ring_kernel as kernel
from zhoudao.engines.flows.arrays import Ints
from zhoudao.engines.flows.graph import MoneyGraph

LONGEST = 12
"""Transfers in a ring; what longer ones cost grows with the power of their length."""
BUFFER = 1 << 18
"""Transfers a worker writes before it hands them over: 1 MiB."""
ROOTS = 1 << 14
"""First transfers a piece of work has at most."""
HUB_ROOTS = 1 << 11
"""The same of one hub."""
HUB_TIMES, HUB_LEAST = 8, 24
"""An account is a hub when it sends and receives more than HUB_TIMES the usual and HUB_LEAST in a window. They decide
how long a search takes, not what it finds; set by the hub-heavy graph of benchmarks/flows.py."""


@dataclass(frozen=True)
class RingBatch:
    """Some rings: transfers by number, ring after ring, and where each starts (one more entry than rings)."""

    transfers: Ints
    """int32, in order of time within each ring."""
    starts: Ints
    """int64[rings + 1]."""

    def __len__(self) -> int:
        return int(self.starts.size - 1)

    @property
    def lengths(self) -> Ints:
        return np.diff(self.starts)


def rings(
    graph: MoneyGraph,
    *,
    window: int,
    longest: int = 6,
    least_amount: int = 0,
    kept_low: float | None = None,
    kept_high: float | None = None,
    threads: int = 1,
    cancelled: Callable[[], None] = lambda: None,
) -> Iterator[RingBatch]:
    """Every ring, batch by batch, in an order that does not depend on ``threads``.

    ``window``: microseconds from the first transfer to the last, inclusive. ``longest``: transfers, 2 to LONGEST.
    ``least_amount``: of every transfer, in minor units. ``kept_low``, ``kept_high``: the share of a transfer's amount
    that the next one has, to a ten-thousandth, inclusive. ``cancelled`` is called between batches and may raise.
    At most a few MiB a thread are held besides the graph, whatever the number of rings. Raises ValueError.
    """
    if not 2 <= longest <= LONGEST:
        raise ValueError(f"a ring's length is {longest}; expected 2 to {LONGEST} transfers")
    if window < 0:
        raise ValueError(f"the window is {window}; expected microseconds, 0 or more")
    if least_amount > 1:
        graph = graph.at_least(least_amount)
    search = _Search(graph, longest, window, _parts(kept_low), _parts(kept_high), threads)
    work = search.pieces(threads)
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[tuple[_Piece, Future[tuple[RingBatch | None, bool]]]] = deque()
        try:
            while work or waiting:
                cancelled()
                while work and len(waiting) < threads + 1:
                    piece = work.popleft()
                    waiting.append((piece, pool.submit(search.step, piece)))
                piece, step = waiting.popleft()
                batch, done = step.result()
                if not done:
                    waiting.appendleft((piece, pool.submit(search.step, piece)))
                if batch is not None:
                    yield batch
        finally:
            for _, step in waiting:
                step.cancel()


@dataclass(frozen=True)
class Plan:
    """How a search goes about a graph; the rings are the same whatever it says."""

    order: Ints
    """int32[accounts]: hubs from 0, the busiest first; conduits -1; others a number above all hubs."""
    hubs: Ints
    """Account numbers of the hubs in that order."""
    levels: int
    """Levels of marks for rings that pass no hub."""


def plan(graph: MoneyGraph, window: int, longest: int) -> Plan:
    """Hubs, and how deep marks pay: deep ones cost hops backward, shallow ones leave hops forward unguided."""
    span = max(int(graph.time[-1] - graph.time[0]), 1) if graph.transfers else 1
    share = min(window / span, 1.0)
    busy = np.minimum(np.diff(graph.out_start), np.diff(graph.in_start)).astype(np.int64)
    usual = share * graph.out_edge.size / max(int((busy > 0).sum()), 1)
    open_ = np.asarray(graph.closed) == 0
    hubs = np.flatnonzero((busy * share > HUB_TIMES * usual + HUB_LEAST) & open_)
    hubs = hubs[np.argsort(-busy[hubs], kind="stable")]
    order = np.full(graph.account_count, hubs.size, dtype=np.int32)
    order[hubs] = np.arange(hubs.size, dtype=np.int32)
    order[~open_] = -1
    hops = [usual**k / factorial(k) for k in range(longest + 1)]
    cost = {k: sum(hops[1:k]) + 2 * sum(hops[1 : longest - k + 1]) for k in range(1, longest)}
    return Plan(order, hubs, min(cost, key=lambda k: (cost[k], k)))


class _Piece:
    """Roots at some positions of the out lists, and where their walk stands."""

    def __init__(self, start: int, stop: int, account: int, cursor: int, level: int, hub: int = -1) -> None:
        self.stop, self.level, self.hub = stop, level, hub
        self.state = np.zeros(kernel.STATE, dtype=np.int64)
        self.state[[kernel.POSITION, kernel.ACCOUNT, kernel.CURSOR]] = start, account, cursor
        self.tools: _Tools | None = None


class _Tools:
    """What one walk needs to itself."""

    def __init__(self, accounts: int, longest: int, most_in: int) -> None:
        self.frames = np.zeros((longest + 3, kernel.FRAME), dtype=np.int64)
        self.path = np.zeros(longest + 2, dtype=np.int64)
        self.marks = np.full((accounts, longest), -1, dtype=np.int32)
        self.touched = np.zeros(accounts, dtype=np.int32)
        self.chain = np.zeros(most_in, dtype=np.int32)
        self.climb = np.zeros((kernel.DEEPEST, 3), dtype=np.int64)
        self.buffer = np.empty(BUFFER, dtype=np.int32)
        self.lengths = np.empty(BUFFER // 2, dtype=np.int8)


class _Search:
    """One search of one graph, in pieces."""

    def __init__(
        self, graph: MoneyGraph, longest: int, window: int, low: int, high: int, threads: int
    ) -> None:
        self.graph, self.longest, self.low, self.high = graph, longest, low, high
        self.plan = plan(graph, window, longest)
        self.ends = adjacency.window_ends(graph.time, graph.rank, window, threads)
        # Only ways through a hub look back in time.
        self.begins = adjacency.window_begins(self.ends) if self.plan.hubs.size else self.ends[:0]
        self.most_in = int(np.diff(graph.in_start).max(initial=0))
        self.free: deque[_Tools] = deque()

    def pieces(self, threads: int) -> deque[_Piece]:
        """Roots at hubs and ways through them, the busiest first; then all others."""
        graph = self.graph
        work: deque[_Piece] = deque()
        for level, hub in enumerate(self.plan.hubs.tolist()):
            first, end = int(graph.out_start[hub]), int(graph.out_start[hub + 1])
            received = int(graph.in_start[hub])
            for start in range(first, end, HUB_ROOTS):
                stop = min(start + HUB_ROOTS, end)
                work.append(_Piece(start, stop, hub, received, level))
                work.append(_Piece(start, stop, hub, received, level, hub))
        count = int(graph.out_edge.size)
        size = max(1, min(ROOTS, count // (threads * 8) + 1))
        starts = np.arange(0, count, size, dtype=np.int64)
        accounts = np.searchsorted(graph.out_start, starts, side="right") - 1
        for start, account in zip(starts.tolist(), accounts.tolist(), strict=True):
            cursor = int(graph.in_start[account])
            work.append(_Piece(start, min(start + size, count), account, cursor, len(self.plan.hubs)))
        return work

    def step(self, piece: _Piece) -> tuple[RingBatch | None, bool]:
        """Walk on until the piece is done or its buffer full."""
        tools = piece.tools = piece.tools or self._take()
        state = piece.state
        state[kernel.WRITTEN] = state[kernel.RINGS] = 0
        done = self._walk(piece, tools)
        count = int(state[kernel.RINGS])
        batch = None
        if count:
            starts = np.zeros(count + 1, dtype=np.int64)
            np.cumsum(tools.lengths[:count], out=starts[1:])
            batch = RingBatch(tools.buffer[: state[kernel.WRITTEN]].copy(), starts)
        if done:
            kernel.forget(state, tools.marks, tools.touched)
            self.free.append(tools)
            piece.tools = None
        return batch, done

    def _walk(self, piece: _Piece, tools: _Tools) -> bool:
        g, order = self.graph, self.plan.order
        lists = (
            g.out_start, g.out_edge, g.out_target, g.out_rank, g.out_next,
            g.in_start, g.in_edge, g.in_source, g.in_rank, g.in_previous, order, piece.level,
            g.amount, self.low, self.high, tools.marks, tools.touched, tools.chain, tools.climb,
            tools.buffer, tools.lengths,
        )  # fmt: skip
        if piece.hub >= 0:
            return kernel.walk_through(
                piece.state, tools.frames, tools.path, piece.hub, piece.stop, self.longest,
                self.begins, self.ends, *lists,
            )  # fmt: skip
        # A hub's own roots are many and share their marks, which are raised to the full.
        levels = self.longest - 1 if piece.level < len(self.plan.hubs) else self.plan.levels
        return kernel.walk(
            piece.state, tools.frames, tools.path, piece.stop, self.longest, levels, self.ends, *lists
        )

    def _take(self) -> _Tools:
        try:
            return self.free.pop()
        except IndexError:
            return _Tools(self.graph.account_count, self.longest, self.most_in)


def _parts(share: float | None) -> int:
    return -1 if share is None else round(share * kernel.PARTS)
