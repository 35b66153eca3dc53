"""What of the ledger is asked for, as it stands in an address and as it goes into SQL. Pure.

An address never holds an account, a name or an identity number: accounts and persons stand there as references (keyed
hashes within the case), words as a token only this platform reads. So a page may be kept as a bookmark or sent to a
colleague in the case, and a log of addresses says nothing about anybody.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from zhoudao.core.clock import CITY_ZONE

Chosen = TypeVar("Chosen", bound=StrEnum)
REFERENCE = re.compile(r"^r[0-9a-f]{16}$")
"""Begins with a letter, so that no card number is ever taken for one."""
LARGEST_FEN = 10**17
FIRST_HOUR, LAST_HOUR = 0, 23


class BadFilter(ValueError):
    """A part of the question can't be read: its name, and what was expected."""

    http_status = 400

    def __init__(self, name: str, expected: str) -> None:
        self.name, self.expected = name, expected
        self.what = f"{name}: {expected}"
        super().__init__(self.what)


class Rows(StrEnum):
    """Which rows are listed. Sums are always of the counted ones."""

    ALL = ""
    COUNTED = "counted"
    """What sums are made of: succeeded, not reversed, and (unless ``own``) between different people."""
    FAILED = "failed"
    REVERSED = "reversed"
    OWN = "own"


class Direction(StrEnum):
    BOTH = ""
    IN = "in"
    OUT = "out"


@dataclass(frozen=True)
class Filters:
    """All optional; everything given must hold."""

    account: str = ""
    """Reference of an account; the ledger is then told from its side."""
    person: str = ""
    """Reference of a person: all of their accounts."""
    counterparty: str = ""
    """Reference of the account on the other side."""
    direction: Direction = Direction.BOTH
    first: date | None = None
    last: date | None = None
    least: int | None = None
    """Fen."""
    most: int | None = None
    words: str = ""
    """Somewhere in memo, names or account numbers."""
    channel: str = ""
    currency: str = ""
    hour: int | None = None
    weekday: int | None = None
    """1 Monday to 7 Sunday."""
    month: str = ""
    """2026-03."""
    day: date | None = None
    cash: bool = False
    multiple: int | None = None
    """Fen: amounts that are a whole multiple of it."""
    rows: Rows = Rows.ALL
    own: bool = False
    """Count transfers between one's own accounts, and into fixed deposits, as well."""
    ledger: int | None = None
    """Number of the cleaning, when not the newest: what a finding was found in."""
    run: str = ""
    """With ``finding``: only the rows of that finding."""
    finding: str = ""

    @property
    def sided(self) -> bool:
        """Told from one side, so that there is an in and an out."""
        return bool(self.account or self.person)

    def but(self, **changes: object) -> Filters:
        return replace(self, **changes)  # type: ignore[arg-type]

    @property
    def used(self) -> list[str]:
        """Names of the filters that are set: what the audit trail keeps."""
        empty = Filters()
        return [each.name for each in fields(self) if getattr(self, each.name) != getattr(empty, each.name)]


def read(query: Mapping[str, str], open_words: Callable[[str], str]) -> Filters:
    """The filters in an address. Raises BadFilter naming the one that can't be read."""
    text = {name: query.get(name, "").strip() for name in NAMES}
    return Filters(
        account=_reference(text, "account"),
        person=_reference(text, "person"),
        counterparty=_reference(text, "counterparty"),
        direction=_choice(text, "direction", Direction),
        first=_day(text, "first"),
        last=_day(text, "last"),
        least=read_fen(text, "least"),
        most=read_fen(text, "most"),
        words=open_words(text["words"]) if text["words"] else "",
        channel=text["channel"][:60],
        currency=_matching(text, "currency", r"^[A-Z]{3}$", "three capital letters, as CNY"),
        hour=_whole(text, "hour", FIRST_HOUR, LAST_HOUR),
        weekday=_whole(text, "weekday", 1, 7),
        month=_matching(text, "month", r"^\d{4}-(0[1-9]|1[0-2])$", "a month, as 2026-03"),
        day=_day(text, "day"),
        cash=text["cash"] == "1",
        multiple=read_fen(text, "multiple"),
        rows=_choice(text, "rows", Rows),
        own=text["own"] == "1",
        ledger=_whole(text, "ledger", 1, 999_999),
        run=_matching(text, "run", r"^\d{1,12}$", "a run's number"),
        finding=_matching(text, "finding", r"^[0-9a-f]{8,64}$", "a finding's id"),
    )


def write(filters: Filters, seal_words: Callable[[str], str], **also: str) -> str:
    """The filters as the query of an address, without those that say nothing. ``also``: order, after, and so on."""
    said: dict[str, str] = {}
    empty = Filters()
    for each in fields(filters):
        value = getattr(filters, each.name)
        if value == getattr(empty, each.name):
            continue
        if each.name == "words":
            said["words"] = seal_words(value)
        elif each.name in ("least", "most", "multiple"):
            said[each.name] = yuan(value)
        elif isinstance(value, bool):
            said[each.name] = "1"
        else:
            said[each.name] = value.isoformat() if isinstance(value, date) else str(value)
    return urlencode({name: value for name, value in {**said, **also}.items() if value != ""})


def yuan(fen: int) -> str:
    """Fen as people type it: 1234.50."""
    whole, rest = divmod(fen, 100)
    return f"{whole}.{rest:02d}" if rest else str(whole)


NAMES = [each.name for each in fields(Filters)]


def _reference(text: Mapping[str, str], name: str) -> str:
    return _matching(text, name, REFERENCE.pattern, "a reference of this case")


def _matching(text: Mapping[str, str], name: str, pattern: str, expected: str) -> str:
    value = text[name]
    if value and not re.fullmatch(pattern.strip("^$"), value):
        raise BadFilter(name, expected)
    return value


def _choice(text: Mapping[str, str], name: str, kind: type[Chosen]) -> Chosen:
    try:
        return kind(text[name])
    except ValueError:
        raise BadFilter(name, f"one of {', '.join(each.value for each in kind if each.value)}") from None


def _day(text: Mapping[str, str], name: str) -> date | None:
    if not text[name]:
        return None
    try:
        found = date.fromisoformat(text[name])
    except ValueError:
        raise BadFilter(name, "a day, as 2026-03-31") from None
    if not 1980 <= found.year <= 2100:
        raise BadFilter(name, "a day from 1980 to 2100")
    return found


def read_fen(text: Mapping[str, str], name: str) -> int | None:
    """An amount as people type it in yuan, in fen; None where nothing stands. Raises BadFilter."""
    if not text[name]:
        return None
    try:
        fen = Decimal(text[name].replace(",", "").replace("，", "")) * 100
        whole = int(fen)
    except (InvalidOperation, ValueError, OverflowError):
        raise BadFilter(name, "an amount in yuan, as 50000 or 49999.99") from None
    if fen != whole or not 0 <= whole <= LARGEST_FEN:
        raise BadFilter(name, "an amount in yuan, to the fen, not negative")
    return whole


def _whole(text: Mapping[str, str], name: str, low: int, high: int) -> int | None:
    if not text[name]:
        return None
    if not text[name].isascii() or not text[name].isdecimal() or not low <= int(text[name]) <= high:
        raise BadFilter(name, f"a whole number from {low} to {high}")
    return int(text[name])


# SQL ------------------------------------------------------------------------------------------------------------------

COUNTED = "coalesce(succeeded, true) AND NOT coalesce(reversed, false)"
"""What failed or was reversed (冲正) is never summed."""
NOT_OWN = "NOT coalesce(own_account, false)"
LOCAL = "timezone('Asia/Shanghai', time)"
"""The city's wall clock, as a plain timestamp."""


@dataclass(frozen=True)
class Subject:
    """Accounts that ``account`` or ``person`` stand for, and ``counterparty``, as they stand in the ledger."""

    accounts: tuple[str, ...] = ()
    counterparty: str | None = None


def counted(filters: Filters) -> str:
    """The condition under which a row is summed."""
    return COUNTED if filters.own else f"{COUNTED} AND {NOT_OWN}"


def among(column: str, subject: Subject) -> str:
    """The condition that ``column`` is one of the subject's accounts, which are its parameters, in their order.

    One account is compared as such: DuckDB passes whole row groups by where it can't be, and needs a third of the time.
    """
    if not subject.accounts:
        return "false"
    if len(subject.accounts) == 1:
        return f"{column} = ?"
    return f"{column} IN ({', '.join('?' * len(subject.accounts))})"


def where(filters: Filters, subject: Subject) -> tuple[str, list[object]]:
    """``(condition, parameters)`` of the rows that are listed."""
    parts: list[str] = []
    values: list[object] = []

    def add(part: str, *given: object) -> None:
        parts.append(part)
        values.extend(given)

    if filters.sided:
        paying, receiving = among("source_account", subject), among("target_account", subject)
        if filters.direction is Direction.IN:
            add(receiving, *subject.accounts)
        elif filters.direction is Direction.OUT:
            add(paying, *subject.accounts)
        else:
            add(f"({paying} OR {receiving})", *subject.accounts, *subject.accounts)
    if filters.counterparty:
        other = subject.counterparty
        if filters.direction is Direction.IN:
            add("source_account = ?", other)
        elif filters.direction is Direction.OUT:
            add("target_account = ?", other)
        else:
            add("(source_account = ? OR target_account = ?)", other, other)
    if filters.first:
        add("time >= ?", _moment(filters.first))
    if filters.last:
        add("time < ?", _moment(filters.last + timedelta(days=1)))
    if filters.day:
        add("time >= ? AND time < ?", _moment(filters.day), _moment(filters.day + timedelta(days=1)))
    if filters.month:
        begin = date.fromisoformat(f"{filters.month}-01")
        add("time >= ? AND time < ?", _moment(begin), _moment(_next_month(begin)))
    if filters.least is not None:
        add("amount >= ?", filters.least)
    if filters.most is not None:
        add("amount <= ?", filters.most)
    if filters.multiple:
        add("amount % ? = 0 AND amount > 0", filters.multiple)
    if filters.words:
        columns = ("memo", "source_name", "target_name", "source_account", "target_account")
        add(
            f"({' OR '.join(f'contains({column}, ?)' for column in columns)})",
            *[filters.words] * len(columns),
        )
    if filters.channel:
        add("channel = ?", filters.channel)
    if filters.currency:
        add("currency = ?", filters.currency)
    if filters.hour is not None:
        add(f"hour({LOCAL}) = ? AND coalesce(time_precision, 'second') <> 'day'", filters.hour)
    if filters.weekday is not None:
        add(f"isodow({LOCAL}) = ?", filters.weekday)
    if filters.cash:
        add("cash")
    if filters.finding:
        add("transfer_id IN (SELECT transfer_id FROM finding_rows WHERE finding_id = ?)", filters.finding)
    parts += {
        Rows.ALL: [],
        Rows.COUNTED: [counted(filters)],
        Rows.FAILED: ["NOT coalesce(succeeded, true)"],
        Rows.REVERSED: ["coalesce(reversed, false)"],
        Rows.OWN: ["coalesce(own_account, false)"],
    }[filters.rows]
    return " AND ".join(parts) or "true", values


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), CITY_ZONE).astimezone(UTC)


def _next_month(begin: date) -> date:
    return (begin.replace(day=28) + timedelta(days=4)).replace(day=1)
