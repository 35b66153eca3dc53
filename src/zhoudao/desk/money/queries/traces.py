"""Where money went, or came from, under a stated rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np

from zhoudao.core.access import Actor
from zhoudao.core.clock import CITY_ZONE
from zhoudao.desk.cases.gate import Inside
from zhoudao.desk.evidence.ledger import tables
from zhoudao.desk.evidence.queries import ledger_of, open_ledger
from zhoudao.desk.money.asking import TraceAsk
from zhoudao.desk.money.graphs import graph_of
from zhoudao.desk.money.queries.common import (
    Account,
    by_account,
    by_reference,
    chosen_currency,
    looking,
    rows_by_id,
)
from zhoudao.desk.money.rules import MOST_TRACED, TRACED_SHOWN
from zhoudao.engines import flows
from zhoudao.engines.flows.tracing import Layers, Trace, layers

TOLD_ONE_BY_ONE = 100
"""Accounts in the table, those that kept most."""


@dataclass(frozen=True)
class Keeper:
    """What one account did with what was traced to it. Minor units."""

    account: Account | None
    """None: nobody knows who."""
    layer: int
    received: int
    passed_on: int
    kept: int
    state: str


@dataclass(frozen=True)
class TracePage:
    here: Inside
    ask: TraceAsk
    ledger: int
    ledger_sha256: str
    currency: str
    currencies: list[str]
    starts: list[Account]
    stops: list[Account]
    trace: Trace | None = None
    """None: nothing was asked for yet, or nothing could be traced."""
    layers: Layers | None = None
    accounts: dict[int, Account] = field(default_factory=dict)
    """By the graph's number, of those that the layers name one by one."""
    keepers: list[Keeper] = field(default_factory=list)
    more_keepers: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)
    """Transfers with ``traced``, in the order followed."""
    listed: int = 0
    """How many there are of what ``rows`` is a page of."""
    listed_sum: int = 0
    kept_by_state: dict[str, int] = field(default_factory=dict)
    left: flows.Left = field(default_factory=flows.Left)
    """Transfers that are not followed, and why."""
    unobtained: int = 0
    """Accounts that were touched and whose statements were never obtained."""
    empty: bool = False
    """Something was asked for, and nothing of it can be traced."""


def trace_page(actor: Actor, number: str, ask: TraceAsk, *, exporting: bool = False) -> TracePage:
    """Raises NoLedger."""
    here = looking(actor, number, exporting, seeing="money trace", rule=ask.rule)
    cleaning = ledger_of(here, ask.ledger)
    folder = open_ledger(here, ask.ledger)
    with tables.cursor(folder) as found:
        currency, there = chosen_currency(found, ask.currency)
        known = by_reference(found, [*ask.starts, *ask.stops])
        starts = [known[ref] for ref in ask.starts if ref in known]
        stops = [known[ref] for ref in ask.stops if ref in known]
        told = TracePage(
            here, ask, cleaning.number, cleaning.ledger_sha256, currency, there, starts, stops
        )
        if not starts and not ask.transfers:
            return told
        graph = graph_of(folder, currency, [each.account for each in stops])
        since, until = _moment(ask.first), _moment(ask.last and ask.last + timedelta(days=1))
        origins = [flows.Start(each.account, since, until) for each in starts]
        try:
            traced = flows.trace(
                graph,
                [*origins, *(flows.Start(each) for each in ask.transfers)],
                rule=ask.rule,
                forward=ask.forward,
                window=timedelta(days=ask.days),
                most=MOST_TRACED,
            )
        except flows.StartNotFound:
            return TracePage(**{**vars(told), "empty": True})
        layered = layers(graph, traced)
        numbers = [number for node in layered.nodes for number in node.accounts]
        names = dict(zip(numbers, graph.account_names(np.array(numbers)).to_pylist(), strict=True))
        singles = [node.accounts[0] for node in layered.nodes if len(node.accounts) == 1]
        largest = sorted(
            (node for node in layered.accounts.values() if not node.is_start or node.kept),
            key=lambda node: (-node.kept, -node.received, node.accounts[0]),
        )
        shown = largest[:TOLD_ONE_BY_ONE]
        accounts = by_account(found, {names[each] for each in [*singles, *(node.accounts[0] for node in shown)]})
        keepers = [
            Keeper(
                accounts.get(names[node.accounts[0]]),
                node.layer,
                node.received,
                node.passed_on,
                node.kept,
                node.state,
            )
            for node in shown
        ]
        rows, listed, listed_sum = _rows(found, graph, traced, ask)
    kept: dict[str, int] = {}
    for node in layered.accounts.values():
        kept[node.state] = kept.get(node.state, 0) + node.kept
    by_number = {number: accounts[name] for number, name in names.items() if name in accounts}
    return TracePage(
        here, ask, cleaning.number, cleaning.ledger_sha256, currency, there, starts, stops, traced, layered, by_number,
        keepers, len(largest) - len(shown), rows, listed, listed_sum, kept, graph.left,
        sum(node.state == "not_obtained" for node in layered.accounts.values()),
    )  # fmt: skip


def _moment(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), CITY_ZONE) if day else None


def _rows(
    found: Any, graph: flows.MoneyGraph, traced: Trace, ask: TraceAsk
) -> tuple[list[dict[str, Any]], int, int]:
    """A page of the trace's transfers, of one payer or payee where that is asked for; how many, and their sum."""
    mask = np.ones(traced.transfers.size, dtype=bool)
    known = by_reference(found, [ref for ref in (ask.payer, ask.payee) if ref])
    for ref, side in ((ask.payer, graph.source), (ask.payee, graph.target)):
        if ref:
            name = known[ref].account if ref in known else ""
            mask &= side[traced.transfers] == graph.account_numbers([name])[0]
    chosen, amounts = traced.transfers[mask], traced.traced[mask]
    here = slice((ask.page - 1) * TRACED_SHOWN, ask.page * TRACED_SHOWN)
    ids: Sequence[str] = graph.ids(chosen[here]).to_pylist()
    traced_of = dict(zip(ids, amounts[here].tolist(), strict=True))
    rows = [{**row, "traced": traced_of[row["transfer_id"]]} for row in rows_by_id(found, ids)]
    return rows, int(chosen.size), int(amounts.sum())
