"""What a page is asked for, as it stands in an address. Pure.

As in the ledger, an address holds no account and no name: accounts stand there as references within the case.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Protocol
from urllib.parse import urlencode

from zhoudao.core.clock import CITY_ZONE
from zhoudao.core.parsing import whole_number
from zhoudao.desk.evidence.ledger.filters import REFERENCE, BadFilter, Filters, read_fen, yuan
from zhoudao.desk.evidence.ledger.filters import read as read_filters
from zhoudao.desk.money.rules import (
    LONGEST_TRACE,
    MOST_LOSSES,
    MOST_NEIGHBOURS,
    MOST_OPENED,
    MOST_SHOWN,
    MOST_STARTS,
    NEIGHBOURS,
    USUAL_TRACE,
)
from zhoudao.engines.flows.tracing import RULES

TRANSFER = re.compile(r"[0-9A-Za-z_.:-]{1,64}")
MINUTE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
LONGEST_STATE = 200_000
"""Characters of a graph's state that a browser sends."""
LONGEST_GROUP_NAME = 40
FARTHEST = 1e6
"""Of a place in a graph, in its own units."""


class Query(Protocol):
    """What is needed of Django's QueryDict."""

    def get(self, name: str, default: str = "") -> str: ...
    def getlist(self, name: str) -> list[str]: ...


@dataclass(frozen=True)
class GraphAsk:
    """A money graph: whose neighbours, in which time, from which amount on."""

    accounts: tuple[str, ...] = ()
    """References of the accounts that are opened, in the order they were."""
    first: date | None = None
    last: date | None = None
    least: int | None = None
    """Fen, of a transfer."""
    currency: str = ""
    most: int = NEIGHBOURS
    ledger: int | None = None

    def but(self, **changes: object) -> GraphAsk:
        return replace(self, **changes)  # type: ignore[arg-type]

    @property
    def query(self) -> str:
        return _query(
            [("account", each) for each in self.accounts],
            first=self.first, last=self.last, least=None if self.least is None else yuan(self.least),
            currency=self.currency, most=None if self.most == NEIGHBOURS else self.most, ledger=self.ledger,
        )  # fmt: skip


def read_graph(query: Query) -> GraphAsk:
    """Raises BadFilter."""
    told = _filters(query, "first", "last", "least", "currency", "ledger")
    return GraphAsk(
        _references(query, "account", MOST_OPENED),
        told.first,
        told.last,
        told.least,
        told.currency,
        _whole(query, "most", 1, MOST_NEIGHBOURS, NEIGHBOURS),
        told.ledger,
    )


@dataclass(frozen=True)
class TraceAsk:
    """A trace: from where, by which rule, which way, for how long; and which of its rows are listed."""

    starts: tuple[str, ...] = ()
    """References of accounts."""
    transfers: tuple[str, ...] = ()
    """Transfers, each a start."""
    rule: str = "fifo"
    forward: bool = True
    days: int = USUAL_TRACE
    first: date | None = None
    """Of the transfers that a start account sent (backward: received)."""
    last: date | None = None
    stops: tuple[str, ...] = ()
    """References of accounts that the trace does not pass: platforms' reserve accounts, clearing houses."""
    currency: str = ""
    ledger: int | None = None
    payer: str = ""
    """Rows are listed of this payer only."""
    payee: str = ""
    page: int = 1
    """Of the listed rows."""

    def but(self, **changes: object) -> TraceAsk:
        return replace(self, **changes)  # type: ignore[arg-type]

    @property
    def query(self) -> str:
        return _query(
            [
                *(("from", each) for each in self.starts),
                *(("transfer", each) for each in self.transfers),
                *(("stop", each) for each in self.stops),
            ],
            rule=None if self.rule == "fifo" else self.rule, way=None if self.forward else "back",
            days=None if self.days == USUAL_TRACE else self.days, first=self.first, last=self.last,
            currency=self.currency, ledger=self.ledger, payer=self.payer, payee=self.payee,
            page=None if self.page == 1 else self.page,
        )  # fmt: skip


def read_trace(query: Query) -> TraceAsk:
    """Raises BadFilter."""
    told = _filters(query, "first", "last", "currency", "ledger")
    transfers = _transfers(query, MOST_STARTS)
    rule, way = query.get("rule", "fifo") or "fifo", query.get("way", "")
    if rule not in RULES:
        raise BadFilter("rule", f"one of {', '.join(RULES)}")
    if way not in ("", "on", "back"):
        raise BadFilter("way", "on or back")
    return TraceAsk(
        _references(query, "from", MOST_STARTS),
        transfers,
        rule,
        way != "back",
        _whole(query, "days", 1, LONGEST_TRACE, USUAL_TRACE),
        told.first,
        told.last,
        _references(query, "stop", MOST_STARTS),
        told.currency,
        told.ledger,
        next(iter(_references(query, "payer", 1)), ""),
        next(iter(_references(query, "payee", 1)), ""),
        _whole(query, "page", 1, 999_999, 1),
    )


@dataclass(frozen=True)
class ReturnAsk:
    """Frozen money that is to go back: which account, how much, frozen when, and what the victims paid."""

    account: str = ""
    """Its reference."""
    frozen: int | None = None
    """Minor units."""
    at: datetime | None = None
    """To the minute; an address says it on the city's clock."""
    transfers: tuple[str, ...] = ()
    """Those by which the victims were cheated."""
    currency: str = ""
    ledger: int | None = None

    @property
    def query(self) -> str:
        return _query(
            [("transfer", each) for each in self.transfers],
            account=self.account, frozen=None if self.frozen is None else yuan(self.frozen),
            at=self.at and clock_time(self.at), currency=self.currency, ledger=self.ledger,
        )  # fmt: skip


def clock_time(at: datetime) -> str:
    """As a browser's field for a moment takes it."""
    return at.astimezone(CITY_ZONE).strftime("%Y-%m-%dT%H:%M")


def read_return(query: Query) -> ReturnAsk:
    """Raises BadFilter."""
    told = _filters(query, "currency", "ledger")
    return ReturnAsk(
        next(iter(_references(query, "account", 1)), ""),
        read_fen({"frozen": query.get("frozen", "").strip()}, "frozen"),
        _minute(query, "at"),
        _transfers(query, MOST_LOSSES),
        told.currency,
        told.ledger,
    )


@dataclass(frozen=True)
class GraphState:
    """How a graph was left on the screen: where each account stood, and which were told as one."""

    places: dict[str, tuple[float, float]] = field(default_factory=dict)
    groups: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    """Name and members."""
    brush: tuple[date, date] | None = None
    """First and last day that are shown of the whole time; None for all."""

    def as_data(self) -> dict[str, Any]:
        return {
            "brush": [day.isoformat() for day in self.brush] if self.brush else None,
            "places": {ref: list(place) for ref, place in self.places.items()},
            "groups": [{"name": name, "members": list(members)} for name, members in self.groups],
        }


def read_state(text: str) -> GraphState:
    """From a browser's JSON: only references, numbers and short names pass. Raises BadFilter."""
    wrong = BadFilter("state", "a graph's places and groups, as this page sends them")
    if not text:
        return GraphState()
    if len(text) > LONGEST_STATE:
        raise wrong
    try:
        told = json.loads(text)
        places = {str(ref): (float(x), float(y)) for ref, (x, y) in told["places"].items()}
        groups = [(str(each["name"]).strip(), tuple(map(str, each["members"]))) for each in told["groups"]]
        brush = tuple(date.fromisoformat(day) for day in told.get("brush") or ())
    except (ValueError, TypeError, KeyError, AttributeError):
        raise wrong from None
    members = [ref for _name, each in groups for ref in each]
    in_reach = all(math.isfinite(each) and abs(each) <= FARTHEST for place in places.values() for each in place)
    if (
        not in_reach
        or not all(REFERENCE.match(ref) for ref in (*places, *members))
        or len(places) > MOST_SHOWN
        or len(members) != len(set(members))
        or len(brush) not in (0, 2)
        or any(not name or len(name) > LONGEST_GROUP_NAME for name, _ in groups)
    ):
        raise wrong
    return GraphState(places, groups, (brush[0], brush[1]) if brush else None)


def references(query: Query, name: str) -> tuple[str, ...]:
    """A list of accounts, such as one side of an edge between groups. Raises BadFilter."""
    return _references(query, name, MOST_SHOWN)


def _filters(query: Query, *names: str) -> Filters:
    given: Mapping[str, str] = {name: query.get(name, "") for name in names}
    return read_filters(given, lambda words: words)


def _transfers(query: Query, most: int) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(query.getlist("transfer")))
    if len(found) > most or not all(TRANSFER.fullmatch(each) for each in found):
        raise BadFilter("transfer", f"at most {most} transfers of this case")
    return found


def _minute(query: Query, name: str) -> datetime | None:
    text = query.get(name, "").strip()
    if not text:
        return None
    wrong = BadFilter(name, "a moment on the city's clock, as 2026-03-31T14:30")
    if not MINUTE.fullmatch(text):
        raise wrong
    try:
        found = datetime.fromisoformat(text).replace(tzinfo=CITY_ZONE)
    except ValueError:
        raise wrong from None
    if not 1980 <= found.year <= 2100:
        raise wrong
    return found


def _references(query: Query, name: str, most: int) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(each for each in query.getlist(name) if each))
    if len(found) > most or not all(REFERENCE.match(each) for each in found):
        raise BadFilter(name, f"at most {most} references of this case")
    return found


def _whole(query: Query, name: str, low: int, high: int, default: int) -> int:
    text = query.get(name, "").strip()
    if not text:
        return default
    number = whole_number(text) if text.isascii() else None
    if number is None or not low <= number <= high:
        raise BadFilter(name, f"a whole number from {low} to {high}")
    return number


def _query(listed: Sequence[tuple[str, str]], **single: object) -> str:
    said = [(name, str(value)) for name, value in single.items() if value not in (None, "")]
    return urlencode([*listed, *said])
