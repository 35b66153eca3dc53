"""An account, a person or the whole ledger at a glance: what came in, what went out, with whom, when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from zhoudao.desk.evidence.ledger.filters import LOCAL, Filters, Subject, among, counted, where
from zhoudao.desk.evidence.ledger.tables import rows

LARGEST = 10
ROUND_STEPS = (10_000_00, 1_000_00)
"""Fen: whole ten thousands, whole thousands of yuan."""
BALANCE_POINTS = 400
"""Of the balance line; a longer one is thinned to the last balance of each of as many stretches."""


@dataclass(frozen=True)
class Side:
    """One counterparty, seen from the subject."""

    account: str
    ref: str
    name: str
    amount: int
    count: int
    first: Any
    last: Any


@dataclass(frozen=True)
class Profile:
    accounts: list[dict[str, Any]]
    currency: str
    into: int
    out: int
    in_count: int
    out_count: int
    counterparties: int
    first: Any
    last: Any
    sources: list[Side]
    destinations: list[Side]
    months: list[dict[str, Any]]
    """month, came, went, in_count, out_count."""
    hours: dict[tuple[int, int], int]
    """Transfers by (weekday from 1, hour); those whose time is a day only are not in it."""
    without_hour: int
    balances: list[tuple[Any, int]]
    """Of the account with the most balances."""
    balance_account: str
    largest: list[dict[str, Any]]
    rounds: list[tuple[int, int, int]]
    """(step, count, amount) of transfers that are whole multiples of it."""

    @property
    def net(self) -> int:
        return self.into - self.out


def profile(found: duckdb.DuckDBPyConnection, filters: Filters, subject: Subject) -> Profile:
    """Of the counted rows that ``filters`` leave, from the side of ``subject``, in one currency (the one most have)."""
    condition, values = where(filters, subject)
    found.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE mine AS
        SELECT transfer_id, time, time_precision, sequence, amount, currency, source_account, target_account,
            source_balance_after, target_balance_after, memo, channel,
            {among("target_account", subject)} AS arriving, {among("source_account", subject)} AS leaving
        FROM ledger WHERE {condition} AND {counted(filters)}
        """,  # noqa: S608
        [*subject.accounts, *subject.accounts, *values],
    )
    currency = filters.currency or _main_currency(found)
    found.execute("DELETE FROM mine WHERE currency <> ?", [currency])
    total = rows(
        found,
        """
        SELECT coalesce(sum(amount) FILTER (arriving), 0)::BIGINT AS came, coalesce(sum(amount) FILTER (leaving),
        0)::BIGINT AS went,
            count(*) FILTER (arriving) AS in_count, count(*) FILTER (leaving) AS out_count,
            min(time) AS first, max(time) AS last,
            count(DISTINCT CASE WHEN arriving THEN source_account ELSE target_account END) AS counterparties
        FROM mine
        """,
    )[0]
    balance_account, balances = _balances(found, list(subject.accounts))
    return Profile(
        accounts=rows(
            found,
            "SELECT * FROM accounts WHERE list_contains(?, account) ORDER BY in_count + out_count DESC",
            [list(subject.accounts)],
        ),
        currency=currency,
        into=total["came"],
        out=total["went"],
        in_count=total["in_count"],
        out_count=total["out_count"],
        counterparties=total["counterparties"],
        first=total["first"],
        last=total["last"],
        sources=_sides(found, "source_account", "arriving"),
        destinations=_sides(found, "target_account", "leaving"),
        months=_months(found),
        hours=_hours(found),
        without_hour=rows(found, "SELECT count(*) AS n FROM mine WHERE time_precision = 'day'")[0]["n"],
        balances=balances,
        balance_account=balance_account,
        largest=rows(
            found,
            """
            SELECT m.*, s.name AS source_name, s.ref AS source_ref, t.name AS target_name, t.ref AS target_ref FROM
            (SELECT * FROM mine ORDER BY amount DESC, transfer_id LIMIT ?) m
            LEFT JOIN accounts s ON s.account = m.source_account
            LEFT JOIN accounts t ON t.account = m.target_account ORDER BY amount DESC, transfer_id
            """,
            [LARGEST],
        ),
        rounds=[_round(found, step) for step in ROUND_STEPS],
    )


def _main_currency(found: duckdb.DuckDBPyConnection) -> str:
    told = found.execute("SELECT currency FROM mine GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1").fetchone()
    return told[0] if told else "CNY"


def _sides(found: duckdb.DuckDBPyConnection, other: str, flow: str) -> list[Side]:
    told = rows(
        found,
        f"""
        SELECT m.*, a.name, a.ref FROM (
            SELECT {other} AS account, sum(amount)::BIGINT AS amount, count(*) AS count,
                min(time) AS first, max(time) AS last
            FROM mine WHERE {flow} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {LARGEST}
        ) m LEFT JOIN accounts a ON a.account = m.account ORDER BY m.amount DESC, m.account
        """,  # noqa: S608
    )
    return [
        Side(
            each["account"] or "",
            each["ref"] or "",
            each["name"] or "",
            each["amount"],
            each["count"],
            each["first"],
            each["last"],
        )
        for each in told
    ]


def _months(found: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    return rows(
        found,
        f"""
        SELECT strftime({LOCAL}, '%Y-%m') AS month,
            coalesce(sum(amount) FILTER (arriving), 0)::BIGINT AS came, coalesce(sum(amount) FILTER (leaving),
            0)::BIGINT AS went,
            count(*) FILTER (arriving) AS in_count, count(*) FILTER (leaving) AS out_count
        FROM mine GROUP BY 1 ORDER BY 1
        """,  # noqa: S608
    )


def _hours(found: duckdb.DuckDBPyConnection) -> dict[tuple[int, int], int]:
    told = found.execute(
        f"""
        SELECT isodow({LOCAL}), hour({LOCAL}), count(*) FROM mine
        WHERE coalesce(time_precision, 'second') <> 'day' GROUP BY 1, 2
        """  # noqa: S608
    )
    return {(weekday, hour): count for weekday, hour, count in told.fetchall()}


def _balances(found: duckdb.DuckDBPyConnection, accounts: list[str]) -> tuple[str, list[tuple[Any, int]]]:
    """The balance over time of the subject's account that has most of them."""
    found.execute(
        """
        CREATE OR REPLACE TEMP TABLE balances AS
        SELECT target_account AS account, time, sequence, target_balance_after AS balance FROM mine
        WHERE arriving AND target_balance_after IS NOT NULL AND list_contains(?, target_account)
        UNION ALL
        SELECT source_account, time, sequence, source_balance_after FROM mine
        WHERE leaving AND source_balance_after IS NOT NULL AND list_contains(?, source_account)
        """,
        [accounts, accounts],
    )
    busiest = found.execute(
        "SELECT account, count(*) AS n FROM balances GROUP BY 1 ORDER BY n DESC, 1 LIMIT 1"
    ).fetchone()
    if busiest is None:
        return "", []
    account, count = busiest
    stretch = max(1, -(-count // BALANCE_POINTS))
    told = found.execute(
        """
        SELECT max(time), arg_max(balance, place) FROM (
            SELECT time, balance, row_number() OVER (ORDER BY time, sequence NULLS FIRST) AS place
            FROM balances WHERE account = ?
        ) GROUP BY (place - 1) // ? ORDER BY 1
        """,
        [account, stretch],
    )
    return account, [(time, balance) for time, balance in told.fetchall()]


def _round(found: duckdb.DuckDBPyConnection, step: int) -> tuple[int, int, int]:
    told = found.execute(
        "SELECT count(*), coalesce(sum(amount), 0)::BIGINT FROM mine WHERE amount > 0 AND amount % ? = 0",
        [step],
    ).fetchone()
    assert told is not None
    return step, told[0], told[1]
