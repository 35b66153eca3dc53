"""Tracing: chosen transfers, or all that an account sent or received, followed through the accounts they pass.

Transfers are taken one after the other, by time, then sequence, then the ledger's order. An account's money before its
first known balance counts as not traced. Where a start is an account, its transfers are traced whole, and what comes
back to it stays there. Money stops at conduits and at unknown accounts, and is said to have left the known accounts.

What is traced conserves to the fen: at every account, what was traced in is what was traced on and what is kept.
``poison`` alone names more than came in; the difference is each account's ``contaminated``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa

from zhoudao.engines.detection.gaps import Gap
from zhoudao.engines.flows.arrays import Ints
from zhoudao.engines.flows.graph import MoneyGraph
from zhoudao.engines.flows.tracing import fifo, shares
from zhoudao.engines.flows.tracing.pools import pools_of
from zhoudao.engines.flows.tracing.rules import FIFO, POISON, RULES

MOST = 10_000_000
"""Transfers a trace names before it is cut."""


class StartNotFound(ValueError):
    """Neither an account nor a transfer of the ledger is called so, or it has nothing to trace."""


@dataclass(frozen=True)
class Start:
    """A transfer's id, or an account with the time in which what it sent (backward: received) is traced."""

    name: str
    since: datetime | None = None
    until: datetime | None = None


@dataclass
class Trace:
    """A trace's transfers, and what each account it touched still holds of it."""

    rule: str
    forward: bool
    transfers: Ints
    """int32: transfers by number, in the order they were followed."""
    traced: Ints
    """int64, minor units: how much of each."""
    accounts: Ints
    """Accounts touched."""
    received: Ints
    """int64, by account: traced in (backward: traced from it)."""
    passed_on: Ints
    kept: Ints
    contaminated: Ints
    """What ``poison`` passed on beyond what was received; 0 for other rules."""
    started: int
    """What the starts put in."""
    outside: int
    """Backward: money from before the ledger begins."""
    cut: bool = False
    not_checked: list[str] = field(default_factory=list)

    @property
    def kept_total(self) -> int:
        return int(self.kept.sum())

    def accounts_told(self, graph: MoneyGraph) -> list[dict[str, object]]:
        """For JSON, most kept first: how much stayed where, and what is not known of the account."""
        names = graph.account_names(self.accounts).to_pylist()
        order = np.lexsort((np.arange(self.kept.size), -self.kept))
        return [
            {
                "account": names[i],
                "received": int(self.received[i]),
                "passed_on": int(self.passed_on[i]),
                "kept": int(self.kept[i]),
                "contaminated": int(self.contaminated[i]),
                "state": account_state(graph, int(self.accounts[i])),
            }
            for i in order
        ]


def account_state(graph: MoneyGraph, account: int) -> str:
    """``known``; ``not_obtained`` (未调单: its statements are missing, so nothing says the money stopped there);
    ``conduit`` or ``unknown`` (the way on is not known)."""
    if account == graph.unknown:
        return "unknown"
    if graph.closed[account]:
        return "conduit"
    return "known" if graph.obtained[account] else "not_obtained"


def trace(
    graph: MoneyGraph,
    starts: Sequence[Start],
    *,
    rule: str = "fifo",
    forward: bool = True,
    window: timedelta = timedelta(days=30),
    most: int = MOST,
) -> Trace:
    """Follow ``starts``, each for ``window`` from its time on (backward: back). Raises StartNotFound, ValueError.

    A trace that touches more than ``most`` transfers is cut there, and says so.
    """
    if rule not in RULES:
        raise ValueError(f"rule {rule!r}; expected one of {', '.join(RULES)}")
    if window < timedelta(0) or not starts:
        raise ValueError("expected at least one start, and a window of 0 or more")
    span = window // timedelta(microseconds=1)
    edges, sources = _edges(graph, starts, forward, span)
    absorbs = np.array(graph.closed, dtype=np.uint8)
    absorbs[sources] = 1
    time = graph.time
    begin = int(edges[0])
    if forward:
        last = int(np.searchsorted(time, max(_times(graph, edges, sources, forward)) + span, side="right"))
    else:
        last = int(np.searchsorted(time, min(_times(graph, edges, sources, forward)) - span, side="left")) - 1
    return _follow(graph, rule, forward, begin, last, edges, absorbs, most)


def _follow(
    graph: MoneyGraph, rule: str, forward: bool, begin: int, last: int, edges: Ints, absorbs: Ints, most: int
) -> Trace:
    pools = pools_of(graph)
    room = min(abs(last - begin), most)
    held = np.zeros(graph.account_count, dtype=np.int64)
    touched = np.empty(graph.account_count, dtype=np.int32)
    transfers, traced = np.empty(room, dtype=np.int32), np.empty(room, dtype=np.int64)
    number = RULES[rule].number
    common = (begin, last, edges, absorbs, graph.source, graph.target, graph.amount)
    if number == FIFO:
        told = fifo.follow(
            forward,
            *common,
            pools.source_left,
            pools.source_pool,
            pools.target_came,
            held,
            touched,
            transfers,
            traced,
        )
    else:
        told = shares.follow(
            number, forward, *common, pools.source_pool, pools.target_pool, held, touched, transfers, traced
        )
    count, started, outside, cut, reached = (int(each) for each in told)
    transfers, traced, accounts = transfers[:count].copy(), traced[:count].copy(), touched[:reached].copy()
    here, there = (graph.source, graph.target) if forward else (graph.target, graph.source)
    received = _sums(graph, there[transfers], traced, accounts)
    kept: Ints = held[accounts]
    passed: Ints = received - kept
    contaminated: Ints = np.zeros_like(kept)
    if number == POISON:
        passed = _sums(graph, here[transfers], np.where(np.isin(transfers, edges), 0, traced), accounts)
        kept, contaminated = np.maximum(received - passed, 0), np.maximum(passed - received, 0)
    found = Trace(
        rule,
        forward,
        transfers,
        traced,
        accounts,
        received,
        passed,
        kept,
        contaminated,
        started,
        outside,
        bool(cut),
    )
    if cut:
        found.not_checked.append(Gap("cut_trace", count=count))
    unobtained = int((graph.obtained[accounts] == 0).sum()) if reached else 0
    if unobtained:
        found.not_checked.append(
            Gap("not_obtained", count=unobtained)
        )
    found.not_checked += graph.left.gaps()
    return found


def traced_table(graph: MoneyGraph, found: Trace) -> pa.Table:
    """``transfer_id, traced`` (minor units), in the order followed."""
    return pa.table({"transfer_id": graph.ids(found.transfers), "traced": pa.array(found.traced, pa.int64())})


def _edges(graph: MoneyGraph, starts: Sequence[Start], forward: bool, span: int) -> tuple[Ints, Ints]:
    """The transfers to trace whole, in order of walking, and the accounts that are starts."""
    names = [each.name for each in starts]
    numbers, accounts = graph.numbers(names), graph.account_numbers(names)
    edges: set[int] = set()
    sources = []
    for start, number, account in zip(starts, numbers.tolist(), accounts.tolist(), strict=True):
        if number >= 0:
            edges.add(number)
        elif account >= 0:
            edges.update(_of_account(graph, account, start, forward, span))
            sources.append(account)
        else:
            raise StartNotFound(f"{start.name}: expected a transfer id or an account of the ledger")
    walked = [each for each in edges if graph.source[each] != graph.target[each] and graph.amount[each] > 0]
    if not walked:
        way = "sent" if forward else "received"
        raise StartNotFound(f"{', '.join(names)}: nothing {way} that can be traced")
    order = np.array(sorted(walked, reverse=not forward), dtype=np.int32)
    return order, np.array(sources, dtype=np.int64)


def _of_account(graph: MoneyGraph, account: int, start: Start, forward: bool, span: int) -> list[int]:
    lists, bounds = (graph.out_edge, graph.out_start) if forward else (graph.in_edge, graph.in_start)
    edges = lists[bounds[account] : bounds[account + 1]]
    times = graph.time[edges]
    inside = np.ones(edges.size, dtype=bool)
    if start.since:
        inside &= times >= _microseconds(start.since)
    if start.until:
        inside &= times <= _microseconds(start.until)
    edges, times = edges[inside], times[inside]
    if edges.size:
        edges = edges[times <= times[0] + span] if forward else edges[times >= times[-1] - span]
    return edges.tolist()


def _times(graph: MoneyGraph, edges: Ints, sources: Ints, forward: bool) -> list[int]:
    """When each start begins: an account's with its first transfer, one by itself with its own."""
    ends = graph.source if forward else graph.target
    firsts: dict[int, int] = {}
    times = []
    chosen = set(sources.tolist())
    for edge in edges.tolist():
        owner = int(ends[edge])
        if owner not in chosen:
            times.append(int(graph.time[edge]))
        else:
            firsts.setdefault(owner, int(graph.time[edge]))
    return times + list(firsts.values())


def _sums(graph: MoneyGraph, of: Ints, amounts: Ints, accounts: Ints) -> Ints:
    sums = np.zeros(graph.account_count, dtype=np.int64)
    np.add.at(sums, of, amounts)
    return sums[accounts]


def _microseconds(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError(f"{moment}: expected a time with a time zone")
    return int(moment.timestamp() * 1_000_000)
