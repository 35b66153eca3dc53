"""How frozen fraud money goes back: from whom it can have come, and what each victim is due (冻结资金返还)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import duckdb
import numpy as np

from zhoudao.core.access import Actor
from zhoudao.desk.cases.gate import Inside
from zhoudao.desk.evidence.ledger import tables
from zhoudao.desk.evidence.queries import ledger_of, open_ledger
from zhoudao.desk.money.asking import ReturnAsk
from zhoudao.desk.money.graphs import graph_of
from zhoudao.desk.money.queries.common import (
    Account,
    by_account,
    by_reference,
    chosen_currency,
    looking,
    rows_by_id,
)
from zhoudao.desk.money.rules import LONGEST_TRACE, MOST_CANDIDATES, MOST_TRACED
from zhoudao.engines import flows
from zhoudao.engines.flows.tracing import Share, return_shares

BACK = timedelta(days=LONGEST_TRACE)


@dataclass(frozen=True)
class Due:
    """A victim, and what of the frozen money is due to them."""

    account: Account
    transfers: tuple[str, ...]
    share: Share


@dataclass(frozen=True)
class ReturnPage:
    here: Inside
    ask: ReturnAsk
    ledger: int
    ledger_sha256: str
    currency: str
    currencies: list[str]
    account: Account | None = None
    balance: int | None = None
    """The last one the ledger knows before the freeze, minor units."""
    candidates: list[dict[str, Any]] = field(default_factory=list)
    """Transfers that can have reached the account before it was frozen, nearest the source first."""
    more_candidates: int = 0
    """Of those, how many are not listed."""
    dues: list[Due] = field(default_factory=list)
    """Largest share first."""

    @property
    def due(self) -> int:
        return sum(each.share.amount for each in self.dues)

    @property
    def lost(self) -> int:
        return sum(each.share.lost for each in self.dues)

    @property
    def case(self) -> int:
        """Of article 8."""
        return self.dues[0].share.case if self.dues else 0


def return_page(actor: Actor, number: str, ask: ReturnAsk, *, exporting: bool = False) -> ReturnPage:
    """Raises NoLedger."""
    here = looking(actor, number, exporting, seeing="return of frozen money", losses=len(ask.transfers))
    cleaning = ledger_of(here, ask.ledger)
    folder = open_ledger(here, ask.ledger)
    with tables.cursor(folder) as found:
        currency, there = chosen_currency(found, ask.currency)
        told = ReturnPage(here, ask, cleaning.number, cleaning.ledger_sha256, currency, there)
        account = by_reference(found, [ask.account]).get(ask.account)
        if account is None:
            return told
        told = replace(told, account=account)
        graph = graph_of(folder, currency)
        if graph.account_numbers([account.account])[0] < 0:
            return told
        ids, more = _reaching(graph, account, ask.at, ask.transfers)
        told = replace(
            told,
            balance=_balance(found, account, currency, ask.at),
            candidates=rows_by_id(found, ids),
            more_candidates=more,
        )
        if ask.frozen is None or ask.at is None or not ask.transfers:
            return told
        return replace(told, dues=_dues(found, graph, account, ask.frozen, ask.at, rows_by_id(found, ask.transfers)))


def _dues(
    found: duckdb.DuckDBPyConnection,
    graph: flows.MoneyGraph,
    account: Account,
    frozen: int,
    at: datetime,
    losses: list[dict[str, Any]],
) -> list[Due]:
    """A victim is an account: what it paid is what it lost."""
    paid: dict[str, list[str]] = {}
    for row in losses:
        if row["source_account"]:
            paid.setdefault(row["source_account"], []).append(row["transfer_id"])
    counted = {
        victim: [each for each, known in zip(ids, graph.numbers(ids) >= 0, strict=True) if known]
        for victim, ids in paid.items()
    }
    shares = return_shares(graph, account.account, frozen, counted, at=at, window=BACK)
    names = by_account(found, counted)
    dues = [Due(names[each.victim], tuple(counted[each.victim]), each) for each in shares if each.victim in names]
    return sorted(dues, key=lambda each: (-each.share.amount, -each.share.lost, each.account.account))


def _reaching(
    graph: flows.MoneyGraph, account: Account, at: datetime | None, ticked: Sequence[str]
) -> tuple[list[str], int]:
    """Ids of the transfers from which money can have reached the account, those of accounts nobody asked about first
    (a victim's statements are seldom in the case), the largest first; always with the ``ticked``. And how many more."""
    start = flows.Start(account.account, until=at)
    try:
        back = flows.trace(graph, [start], rule="poison", forward=False, window=BACK, most=MOST_TRACED)
    except flows.StartNotFound:
        return list(ticked), 0
    source = graph.source[back.transfers]
    known, amount = graph.obtained[source].astype(np.int8), graph.amount[back.transfers]
    others = source != graph.account_numbers([account.account])[0]
    order = np.lexsort((-amount, known))
    order = order[others[order]]
    ids = graph.ids(back.transfers[order[:MOST_CANDIDATES]]).to_pylist()
    return list(dict.fromkeys([*ids, *ticked])), max(0, int(order.size) - MOST_CANDIDATES)


def _balance(
    found: duckdb.DuckDBPyConnection, account: Account, currency: str, at: datetime | None
) -> int | None:
    told = found.execute(
        """
        SELECT CASE WHEN target_account = $account THEN target_balance_after ELSE source_balance_after END AS balance
        FROM ledger
        WHERE currency = $currency AND ($at IS NULL OR time <= $at) AND balance IS NOT NULL
              AND (source_account = $account OR target_account = $account)
        ORDER BY time DESC, sequence DESC LIMIT 1
        """,
        {"account": account.account, "currency": currency, "at": at},
    ).fetchone()
    return None if told is None else int(told[0])
