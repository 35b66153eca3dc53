"""The money graph: accounts that were opened, their largest neighbours, and what went between them, day by day.

Sums are of the rows that the ledger counts, own accounts among them: opening one there shows the same rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import duckdb

from zhoudao.core.access import Actor
from zhoudao.core.clock import CITY_ZONE
from zhoudao.desk.cases.gate import Inside
from zhoudao.desk.evidence.ledger import pages, tables
from zhoudao.desk.evidence.ledger.filters import COUNTED, LOCAL
from zhoudao.desk.evidence.queries import ledger_of, open_ledger
from zhoudao.desk.money.asking import GraphAsk
from zhoudao.desk.money.queries.common import Account, by_account, by_reference, chosen_currency, looking
from zhoudao.desk.money.rules import MOST_SHOWN, ROWS_SHOWN

MOST_BINS = 40_000
"""Sums by day that a page carries; beyond, weeks are sent instead."""


@dataclass(frozen=True)
class Link:
    """What one account paid another. Minor units."""

    payer: Account
    payee: Account
    count: int
    amount: int
    first: datetime
    last: datetime
    bins: list[tuple[int, int, int]]
    """(days since ``Network.begin``, transfers, amount)."""


@dataclass(frozen=True)
class Node:
    account: Account
    came: int
    """In this graph."""
    went: int
    is_opened: bool
    hidden: int
    """Neighbours that are not shown; known of opened accounts only."""


@dataclass(frozen=True)
class Network:
    here: Inside
    ask: GraphAsk
    ledger: int
    ledger_sha256: str
    currency: str
    currencies: list[str]
    nodes: list[Node] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    begin: date | None = None
    """Of the first bin."""
    end: date | None = None
    bin_days: int = 1
    unknown_end: int = 0
    """Transfers of opened accounts whose other side the statements don't name."""
    cut: bool = False
    """There were more accounts than a graph can show."""


def network(
    actor: Actor, number: str, ask: GraphAsk, *, shown: Sequence[str] = (), exporting: bool = False
) -> Network:
    """``shown``: references of just the accounts to show, as a reader left them; else the opened ones and their
    largest neighbours. Raises NoLedger."""
    here = looking(actor, number, exporting, seeing="money graph", opened=len(ask.accounts))
    cleaning = ledger_of(here, ask.ledger)
    with tables.cursor(open_ledger(here, ask.ledger)) as found:
        currency, there = chosen_currency(found, ask.currency)
        empty = Network(here, ask, cleaning.number, cleaning.ledger_sha256, currency, there)
        known = by_reference(found, ask.accounts)
        opened = [known[ref].account for ref in ask.accounts if ref in known]
        if not opened:
            return empty
        _choose(found, ask, currency)
        left = [each.account for each in by_reference(found, shown).values()] if shown else []
        there_are, hidden, cut = _shown(found, opened, ask.most, left)
        links, begin, end, bin_days = _links(found, there_are)
        nodes = _nodes(found, there_are, set(opened), hidden, links)
        row = found.execute(
            "SELECT count(*) FROM chosen "
            "WHERE (list_contains(?, s) AND t IS NULL) OR (list_contains(?, t) AND s IS NULL)",
            [opened, opened],
        ).fetchone()
    return Network(
        here, ask, cleaning.number, cleaning.ledger_sha256, currency, there, nodes, links, begin, end, bin_days,
        row[0] if row else 0, cut,
    )  # fmt: skip


def _choose(found: duckdb.DuckDBPyConnection, ask: GraphAsk, currency: str) -> None:
    """A view of the transfers that are counted, inside the window and the amount asked for."""
    parts = [COUNTED, "amount > 0", f"currency = {_quoted(currency)}"]
    parts.append("source_account IS DISTINCT FROM target_account")
    if ask.first:
        parts.append(f"time >= {_moment(ask.first)}")
    if ask.last:
        parts.append(f"time < {_moment(ask.last + timedelta(days=1))}")
    if ask.least is not None:
        parts.append(f"amount >= {int(ask.least)}")
    # A view can't have parameters; all that stands in it was checked.
    columns = "source_account AS s, target_account AS t, amount, time"
    where = " AND ".join(parts)
    found.execute(f"CREATE OR REPLACE TEMP VIEW chosen AS SELECT {columns} FROM ledger WHERE {where}")  # noqa: S608


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _moment(day: date) -> str:
    at = datetime.combine(day, time(), CITY_ZONE).astimezone(UTC)
    return f"TIMESTAMPTZ '{at:%Y-%m-%d %H:%M:%S}+00'"


def _shown(
    found: duckdb.DuckDBPyConnection, opened: Sequence[str], most: int, left: Sequence[str]
) -> tuple[list[str], dict[str, int], bool]:
    """The opened accounts and the largest neighbours of each (or just those that were ``left``); how many of each
    one's are not shown; whether there were too many."""
    told = found.execute(
        """
        WITH sides AS (
            SELECT s AS mine, t AS other, amount FROM chosen WHERE list_contains(?, s) AND t IS NOT NULL
            UNION ALL
            SELECT t, s, amount FROM chosen WHERE list_contains(?, t) AND s IS NOT NULL
        ), sums AS (SELECT mine, other, sum(amount)::BIGINT AS amount FROM sides GROUP BY 1, 2)
        SELECT mine, other, row_number() OVER (PARTITION BY mine ORDER BY amount DESC, other) AS place
        FROM sums ORDER BY place, mine
        """,
        [list(opened), list(opened)],
    ).fetchall()
    shown = dict.fromkeys([*opened, *left])
    cut = False
    for _mine, other, place in told:
        if not left and place <= most and other not in shown:
            if len(shown) >= MOST_SHOWN:
                cut = True
                break
            shown[other] = None
    hidden: dict[str, int] = {}
    for mine, other, _place in told:
        if other not in shown:
            hidden[mine] = hidden.get(mine, 0) + 1
    return list(shown), hidden, cut


def _links(
    found: duckdb.DuckDBPyConnection, shown: Sequence[str]
) -> tuple[list[Link], date | None, date | None, int]:
    told = found.execute(
        f"""
        SELECT s, t, {LOCAL}::DATE AS day, count(*), sum(amount)::BIGINT, min(time), max(time)
        FROM chosen WHERE list_contains(?, s) AND list_contains(?, t) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        """,  # noqa: S608
        [list(shown), list(shown)],
    ).fetchall()
    if not told:
        return [], None, None, 1
    begin, end = min(row[2] for row in told), max(row[2] for row in told)
    bin_days = 1 if len(told) <= MOST_BINS else 7
    accounts = by_account(found, shown)
    pairs: dict[tuple[str, str], list[Any]] = {}
    for row in told:
        pairs.setdefault((row[0], row[1]), []).append(row)
    links = [
        Link(
            accounts[payer],
            accounts[payee],
            sum(row[3] for row in rows),
            sum(row[4] for row in rows),
            min(row[5] for row in rows),
            max(row[6] for row in rows),
            _binned([((row[2] - begin).days // bin_days * bin_days, row[3], row[4]) for row in rows]),
        )
        for (payer, payee), rows in pairs.items()
    ]
    return sorted(links, key=lambda each: (-each.amount, each.payer.account, each.payee.account)), begin, end, bin_days


def _binned(days: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    bins: dict[int, tuple[int, int]] = {}
    for day, count, amount in days:
        before = bins.get(day, (0, 0))
        bins[day] = (before[0] + count, before[1] + amount)
    return [(day, *sums) for day, sums in sorted(bins.items())]


def _nodes(
    found: duckdb.DuckDBPyConnection, shown: Sequence[str], opened: set[str], hidden: dict[str, int], links: list[Link]
) -> list[Node]:  # fmt: skip
    accounts = by_account(found, shown)
    came, went = dict.fromkeys(shown, 0), dict.fromkeys(shown, 0)
    for link in links:
        went[link.payer.account] += link.amount
        came[link.payee.account] += link.amount
    return [
        Node(accounts[each], came[each], went[each], each in opened, hidden.get(each, 0))
        for each in shown
        if each in accounts
    ]


@dataclass(frozen=True)
class LinkPage:
    """The transfers behind one edge."""

    here: Inside
    ask: GraphAsk
    currency: str
    payers: list[Account]
    payees: list[Account]
    rows: list[dict[str, Any]]
    count: int
    amount: int


def link_page(
    actor: Actor, number: str, ask: GraphAsk, payers: Sequence[str], payees: Sequence[str]
) -> LinkPage | None:
    """Of a pair, or of two groups of accounts; None when a side is no account of the ledger. Raises NoLedger."""
    here = looking(actor, number, False, seeing="money link")
    with tables.cursor(open_ledger(here, ask.ledger)) as found:
        currency, _ = chosen_currency(found, ask.currency)
        known = by_reference(found, [*payers, *payees])
        sides = [[known[ref] for ref in side if ref in known] for side in (payers, payees)]
        if not all(sides):
            return None
        _choose(found, ask, currency)
        names = [[each.account for each in side] for side in sides]
        between = "list_contains(?, {}) AND list_contains(?, {})"
        told = found.execute(
            f"SELECT count(*), coalesce(sum(amount), 0)::BIGINT FROM chosen WHERE {between.format('s', 't')}",  # noqa: S608
            names,
        ).fetchone()
        assert told is not None
        conditions = [COUNTED.replace("succeeded", "l.succeeded").replace("reversed", "l.reversed"), "l.amount > 0"]
        conditions += ["l.currency = ?", between.format("l.source_account", "l.target_account")]
        values: list[object] = [currency, *names]
        for day, sign, days in ((ask.first, ">=", 0), (ask.last, "<", 1)):
            if day:
                conditions.append(f"l.time {sign} ?")
                values.append(datetime.combine(day + timedelta(days=days), time(), CITY_ZONE).astimezone(UTC))
        if ask.least is not None:
            conditions.append("l.amount >= ?")
            values.append(ask.least)
        rows = tables.rows(
            found,
            f"""
            SELECT {pages.COLUMNS} FROM ledger l
            LEFT JOIN accounts s ON s.account = l.source_account
            LEFT JOIN accounts t ON t.account = l.target_account
            WHERE {" AND ".join(conditions)} ORDER BY l.amount DESC, l.time, l.transfer_id LIMIT {ROWS_SHOWN}
            """,  # noqa: S608
            values,
        )
    return LinkPage(here, ask, currency, sides[0], sides[1], rows, told[0], told[1])
