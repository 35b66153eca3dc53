"""A page of the ledger, what it sums to, and one transfer with its sources."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb

from zhoudao.desk.evidence.ledger.filters import LOCAL, Filters, Subject, among, counted, where
from zhoudao.desk.evidence.ledger.tables import rows

PAGE = 50
ORDERS = {
    "time": "time",
    "amount": "amount",
    "source": "coalesce(source_name, source_account, '')",
    "target": "coalesce(target_name, target_account, '')",
    "channel": "coalesce(channel, '')",
    "memo": "coalesce(memo, '')",
}
"""What the ledger can be sorted by; equal ones stand by sequence of arrival: transfer_id."""
DEFAULT_ORDER = "time"

LISTED = """
    l.transfer_id, l.time, l.time_precision, l.amount, l.currency, l.channel, l.memo, l.cash, l.succeeded,
    l.reversed, l.own_account, l.source_account, l.target_account, l.source_name, l.target_name,
    s.ref AS source_ref, s.person AS source_person, t.ref AS target_ref, t.person AS target_person
"""
"""What a line of the ledger shows: fewer columns are read from the file."""
COLUMNS = f"""{LISTED},
    l.source_balance_after, l.target_balance_after, l.branch, l.teller, l.ip, l.mac, l.bank_serial,
    l.source_holder_id, l.target_holder_id
"""


@dataclass(frozen=True)
class Page:
    rows: list[dict[str, Any]]
    more_after: bool
    more_before: bool


@dataclass(frozen=True)
class Sum:
    """Of the counted rows, in one currency."""

    currency: str
    count: int
    amount: int
    into: int
    """Towards the subject, where there is one."""
    out: int


@dataclass(frozen=True)
class Sums:
    listed: int
    """Rows listed, counted or not."""
    failed: int
    reversed: int
    own: int
    first: datetime | None
    last: datetime | None
    by_currency: list[Sum]


def subject_of(found: duckdb.DuckDBPyConnection, filters: Filters) -> Subject:
    """The accounts behind the references; a reference that no account has finds nothing."""
    accounts: tuple[str, ...] = ()
    if filters.account:
        accounts = _accounts(found, "ref", filters.account)
    elif filters.person:
        accounts = _accounts(found, "person", filters.person)
    other = _accounts(found, "ref", filters.counterparty) if filters.counterparty else ()
    return Subject(accounts, other[0] if other else "")


def _accounts(found: duckdb.DuckDBPyConnection, column: str, value: str) -> tuple[str, ...]:
    told = found.execute(f"SELECT account FROM accounts WHERE {column} = ?", [value]).fetchall()  # noqa: S608
    return tuple(row[0] for row in told)


def page(
    found: duckdb.DuckDBPyConnection,
    filters: Filters,
    subject: Subject,
    order: str = DEFAULT_ORDER,
    after: str = "",
    before: str = "",
) -> Page:
    """Fifty rows from behind ``after`` (or before ``before``), both transfer ids: an address holds no sort key.

    Behind is decided by (key, transfer_id), so no row is shown twice or left out, however far one turns.
    """
    descending = order.startswith("-")
    key = ORDERS.get(order.lstrip("-"), ORDERS[DEFAULT_ORDER])
    condition, values = where(filters, subject)
    backwards = bool(before)
    anchor = before or after
    if anchor:
        # The anchor's key is looked up first: a plain bound on it passes by every row group before it.
        begin = found.execute(f"SELECT {key} FROM ledger WHERE transfer_id = ?", [anchor]).fetchone()  # noqa: S608
        if begin is None:
            return Page([], False, False)
        sign = "<" if descending != backwards else ">"
        condition += f" AND {key} {sign}= ? AND ({key} {sign} ? OR transfer_id {sign} ?)"
        values = [*values, begin[0], begin[0], anchor]
    turn = "DESC" if descending != backwards else "ASC"
    listed = rows(
        found,
        f"""
        WITH chosen AS (
            SELECT * FROM ledger WHERE {condition} ORDER BY {key} {turn}, transfer_id {turn} LIMIT {PAGE + 1}
        )
        SELECT {LISTED} FROM chosen l
        LEFT JOIN accounts s ON s.account = l.source_account
        LEFT JOIN accounts t ON t.account = l.target_account
        ORDER BY {_of(key)} {turn}, l.transfer_id {turn}
        """,  # noqa: S608  names from ORDERS, values bound
        values,
    )
    more = len(listed) > PAGE
    shown = listed[:PAGE]
    if backwards:
        return Page(shown[::-1], True, more)
    return Page(shown, more, bool(after))


def _of(key: str) -> str:
    """A sort key, said of the alias l."""
    for column in ("source_name", "source_account", "target_name", "target_account"):
        key = key.replace(column, f"l.{column}")
    return {"time": "l.time", "amount": "l.amount"}.get(
        key, key.replace("(channel", "(l.channel").replace("(memo", "(l.memo")
    )


def sums(found: duckdb.DuckDBPyConnection, filters: Filters, subject: Subject) -> Sums:
    """How many rows are listed and what the counted ones come to, by currency."""
    condition, values = where(filters, subject)
    told = rows(
        found,
        f"""
        SELECT currency, count(*) AS listed,
            count(*) FILTER (NOT coalesce(succeeded, true)) AS failed,
            count(*) FILTER (coalesce(reversed, false)) AS reversed,
            count(*) FILTER (coalesce(own_account, false)) AS own,
            min(time) AS first, max(time) AS last,
            count(*) FILTER (is_counted) AS counted,
            coalesce(sum(amount) FILTER (is_counted), 0)::BIGINT AS amount,
            coalesce(sum(amount) FILTER (is_counted AND {among("target_account", subject)}), 0)::BIGINT AS came,
            coalesce(sum(amount) FILTER (is_counted AND {among("source_account", subject)}), 0)::BIGINT AS went
        FROM (SELECT *, {counted(filters)} AS is_counted FROM ledger WHERE {condition})
        GROUP BY currency ORDER BY counted DESC, currency
        """,  # noqa: S608
        [*subject.accounts, *subject.accounts, *values],
    )
    firsts = [row["first"] for row in told if row["first"]]
    lasts = [row["last"] for row in told if row["last"]]
    return Sums(
        sum(row["listed"] for row in told),
        sum(row["failed"] for row in told),
        sum(row["reversed"] for row in told),
        sum(row["own"] for row in told),
        min(firsts, default=None),
        max(lasts, default=None),
        [Sum(row["currency"], row["counted"], row["amount"], row["came"], row["went"]) for row in told],
    )


def transfer(found: duckdb.DuckDBPyConnection, transfer_id: str) -> dict[str, Any] | None:
    """One transfer with everything that is known of it."""
    told = rows(
        found,
        f"""
        SELECT {COLUMNS} FROM ledger l
        LEFT JOIN accounts s ON s.account = l.source_account
        LEFT JOIN accounts t ON t.account = l.target_account
        WHERE l.transfer_id = ?
        """,  # noqa: S608
        [transfer_id],
    )
    return told[0] if told else None


def sources(found: duckdb.DuckDBPyConnection, transfer_id: str) -> list[dict[str, Any]]:
    """Every place in the raw files where it stands."""
    return rows(
        found,
        "SELECT * FROM transfer_sources WHERE transfer_id = ? ORDER BY source_file, source_sheet, source_row",
        [transfer_id],
    )


def channels(found: duckdb.DuckDBPyConnection) -> list[str]:
    told = found.execute(
        "SELECT channel FROM ledger WHERE channel IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC LIMIT 30"
    )
    return [row[0] for row in told.fetchall()]


def search(found: duckdb.DuckDBPyConnection, words: str, limit: int = 50) -> list[dict[str, Any]]:
    """Accounts whose number, holder or identity number has ``words`` in it, the busiest first."""
    return rows(
        found,
        """
        SELECT *, in_count + out_count AS transfers FROM accounts
        WHERE contains(account, ?) OR contains(coalesce(name, ''), ?) OR contains(coalesce(holder_id, ''), ?)
        ORDER BY in_count + out_count DESC, account LIMIT ?
        """,
        [words, words, words, limit],
    )


def exporting(condition: str, most: int) -> str:
    """The question whose answer is written into a spreadsheet: amounts in yuan, times on the city's clock, sources."""
    return f"""
        WITH chosen AS (SELECT * FROM ledger WHERE {condition} ORDER BY time, transfer_id LIMIT {most})
        SELECT l.transfer_id, strftime({LOCAL.replace("time)", "l.time)")}, '%Y-%m-%d %H:%M:%S') AS time,
        l.time_precision,
            l.source_account, l.source_name, l.target_account, l.target_name,
            (l.amount / 100)::DECIMAL(18, 2) AS amount, l.currency, l.channel, l.memo,
            l.succeeded, l.reversed, l.own_account, s.sources
        FROM chosen l LEFT JOIN (
            SELECT transfer_id, string_agg(
                source_file || ' ' || coalesce(source_sheet, '') || ' ' || source_row || ' ' || source_sha256, '; '
            ) AS sources FROM transfer_sources WHERE transfer_id IN (SELECT transfer_id FROM chosen) GROUP BY 1
        ) s ON s.transfer_id = l.transfer_id
        ORDER BY l.time, l.transfer_id
    """  # noqa: S608
