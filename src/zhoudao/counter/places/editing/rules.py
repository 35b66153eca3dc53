"""Who may change the directory and how a change goes; what is stale; pure.

A change (变更) is proposed by one officer and takes effect when another one approves it. Only a closure that can't
wait (a typhoon) takes effect at once, and is looked at afterwards.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from zhoudao.core.access import ANYONE, Permission, Role

OFFICERS = frozenset({Role.CLERK, Role.SUPERVISOR})

SEE_CHANGES = Permission(
    "places.see_changes",
    "see a district's proposed changes, its entries' history and what is stale",
    OFFICERS,
    by_district=True,
)
PROPOSE_CHANGE = Permission(
    "places.propose_change",
    "propose a change of a district's points, phones, guides and closures, and take it back",
    OFFICERS,
    by_district=True,
)
DECIDE_CHANGE = Permission(
    "places.decide_change",
    "approve or refuse a change that somebody else proposed",
    {Role.SUPERVISOR},
    by_district=True,
)
CLOSE_URGENTLY = Permission(
    "places.close_urgently",
    "shut a district's point at once, to be reviewed afterwards",
    OFFICERS,
    by_district=True,
)
CONFIRM_ENTRY = Permission(
    "places.confirm_entry",
    "say that an entry still holds, or that its phone failed",
    OFFICERS,
    by_district=True,
)
REPORT_MISTAKE = Permission("places.report_mistake", "report a mistake in the directory", ANYONE)
HANDLE_REPORTS = Permission(
    "places.handle_reports",
    "read, answer and close the mistakes reported in a district",
    OFFICERS,
    by_district=True,
)


# What can be changed ---------------------------------------------------------------------------------------


class Kind(StrEnum):
    POINT = "point"
    PHONE = "phone"
    GUIDE = "guide"
    CLOSURE = "closure"


NEW = "new"
"""Stands for the number of a closure that is only proposed."""

Value = str | float | bool | list[str]
Values = Mapping[str, Value]
"""What an entry says, by field, as JSON can keep it; the field names are the table's."""

FIELDS: dict[Kind, tuple[str, ...]] = {
    Kind.POINT: (
        "name_zh",
        "name_en",
        "kind",
        "address_zh",
        "address_en",
        "longitude",
        "latitude",
        "hours",
        "phone",
        "step_free",
        "services",
    ),
    Kind.PHONE: ("name_zh", "name_en", "kind", "phone", "point", "hours"),
    Kind.GUIDE: ("hours", "phone", "note_zh", "note_en"),
    Kind.CLOSURE: ("starts_at", "ends_at", "reason_zh", "reason_en"),
}
"""Fields a change may touch, in the order people read them. An entry's district is none: two districts would have
to agree, so that is an import's matter."""


@dataclass(frozen=True)
class Subject:
    """One entry of the directory. ``key``: a point's or phone's code; POINT/ITEM of a guide; POINT/NUMBER of a
    closure, POINT/new of one that is not there yet."""

    kind: Kind
    key: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"

    @property
    def point_code(self) -> str:
        """Code of the point it belongs to; of a phone, empty: its values say."""
        return "" if self.kind is Kind.PHONE else self.key.partition("/")[0]

    @property
    def rest(self) -> str:
        """What stands after the point: an item's code, a closure's number."""
        return self.key.partition("/")[2]


@dataclass(frozen=True)
class FieldChange:
    field: str
    before: Value | None
    after: Value | None


def differences(kind: Kind, before: Values | None, after: Values | None) -> list[FieldChange]:
    """Field by field what ``after`` changes, in reading order; an entry that is not there has no values."""
    old, new = before or {}, after or {}
    return [
        FieldChange(name, old.get(name), new.get(name))
        for name in FIELDS[kind]
        if old.get(name) != new.get(name)
    ]


def moved(changes: Iterable[FieldChange]) -> bool:
    return any(change.field in ("longitude", "latitude") for change in changes)


def fingerprint(values: Values | None) -> str:
    """Sixteen hexadecimal digits that differ when the values do: what a form was filled in over."""
    canonical = json.dumps(values, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def carried_over(
    kind: Kind, before: Values | None, after: Values | None, now: Values | None
) -> Values | None:
    """``now`` with what ``before`` to ``after`` changed, for proposing a change again on what stands there
    meanwhile."""
    if after is None or now is None:
        return after
    touched = {each.field for each in differences(kind, before, after)}
    return {name: after[name] if name in touched else value for name, value in now.items()}


# How a change goes -----------------------------------------------------------------------------------------


class State(StrEnum):
    PROPOSED = "proposed"
    """Waits for a second pair of eyes."""
    URGENT = "urgent"
    """In effect already, and waits for a second pair of eyes."""
    APPROVED = "approved"
    REFUSED = "refused"
    REVERSED = "reversed"
    """Was in effect urgently and was taken back by whoever reviewed it."""
    WITHDRAWN = "withdrawn"
    """Taken back by whoever proposed it."""
    REPLACED = "replaced"
    """Proposed again on what the entry says meanwhile."""


OPEN_STATES = (State.PROPOSED, State.URGENT)
DECIDED_STATES = (State.APPROVED, State.REFUSED, State.REVERSED)
EFFECTIVE_STATES = (State.URGENT, State.APPROVED, State.REVERSED)
"""States of changes that are, or were, in effect."""

URGENT_WITHIN = timedelta(hours=24)
"""An urgent closure begins by then; a later one can wait for a second pair of eyes."""
URGENT_AT_MOST = timedelta(days=3)
"""How long one officer alone may keep a point shut: a typhoon's warning to its all-clear."""
URGENT_POINTS = 60
"""Points shut in one go."""


def is_another(proposer_number: str, decider_number: str) -> bool:
    """Whether the decider is another person than the proposer: by staff number (警号), since one person may have
    several accounts."""
    return bool(proposer_number) and bool(decider_number) and proposer_number != decider_number


class NotUrgent(StrEnum):
    """Why a closure has to wait for a second pair of eyes."""

    LATER = "later"
    LONGER = "longer"
    PAST = "past"


def not_urgent(starts_at: datetime, ends_at: datetime, now: datetime) -> NotUrgent | None:
    if ends_at <= now:
        return NotUrgent.PAST
    if starts_at > now + URGENT_WITHIN:
        return NotUrgent.LATER
    if ends_at - max(starts_at, now) > URGENT_AT_MOST:
        return NotUrgent.LONGER
    return None


# Mistakes people report ------------------------------------------------------------------------------------


class Mistake(StrEnum):
    """What is wrong, as people put it."""

    HOURS = "hours"
    PHONE = "phone"
    WHERE = "where"
    GONE = "gone"
    PAPERS = "papers"
    OTHER = "other"


class ReportState(StrEnum):
    OPEN = "open"
    TURNED = "turned"
    """A change is proposed because of it."""
    CORRECTED = "corrected"
    ANSWERED = "answered"
    CLOSED = "closed"
    """Without an answer, for a reason officers see."""


WAITING_REPORTS = (ReportState.OPEN, ReportState.TURNED)

REPORTS_AT_ONCE = 5
REPORTS_WINDOW = timedelta(minutes=10)
"""So many reports from one address within so long: a family on one connection, not a script."""
OVERDUE_AFTER = timedelta(days=5)
"""Reports older than this stand out in the list."""

_RECEIPT_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0 O 1 I L, which people read to each other wrongly."""
RECEIPT = re.compile(rf"[{_RECEIPT_LETTERS}]{{4}}-[{_RECEIPT_LETTERS}]{{4}}")


def new_receipt() -> str:
    """A number to ask by, such as K7QF-3MXR: 31^8 of them, so that nobody guesses another's."""
    letters = "".join(secrets.choice(_RECEIPT_LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


# What is stale ---------------------------------------------------------------------------------------------


class Stale(StrEnum):
    """Why an entry wants looking at, the worst first."""

    HOURS_UNREADABLE = "hours_unreadable"
    PHONE_FAILED = "phone_failed"
    ITEM_WITHDRAWN = "item_withdrawn"
    NO_HOLIDAY_HOURS = "no_holiday_hours"
    UNCONFIRMED = "unconfirmed"


WORST_FIRST = tuple(Stale)

CONFIRM_EVERY = {
    Kind.POINT: timedelta(days=180),
    Kind.PHONE: timedelta(days=90),
    Kind.GUIDE: timedelta(days=365),
}
"""How long an entry is taken to hold without anybody saying so. Phones change most often, what an item needs at a
point least."""
HOLIDAYS_AHEAD = timedelta(days=60)
"""Coming holidays for which a point's hours should say something by now: a notice is out about two months ahead."""

_MONTH = re.compile(r"(?<![A-Za-z])(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?![A-Za-z])")
_HOLIDAY = re.compile(r"(?<![A-Za-z])PH(?![A-Za-z])")


def names_holidays(expression: str) -> bool:
    """Whether opening hours say what happens on public holidays (a PH rule), whatever the date."""
    return _HOLIDAY.search(_unquoted(expression)) is not None


def dated_rules(expression: str) -> list[str]:
    """The rules of opening hours that name months or dates."""
    return [rule.strip() for rule in _unquoted(expression).split(";") if _MONTH.search(rule)]


def _unquoted(expression: str) -> str:
    return re.sub(r'"[^"]*"', "", expression)


def is_due(confirmed_at: datetime, kind: Kind, now: datetime) -> bool:
    return now - confirmed_at > CONFIRM_EVERY[kind]
