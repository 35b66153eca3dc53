"""What the pages of editing show: what waits, what is stale, one entry with its history, one change, one report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from zhoudao.core import clock
from zhoudao.core.access import Actor, require
from zhoudao.core.workdays import queries as workdays
from zhoudao.core.workdays.rules import DayKind
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.places.editing import entries
from zhoudao.counter.places.editing.entries import Standing
from zhoudao.counter.places.editing.models import Change, Check, MistakeReport
from zhoudao.counter.places.editing.problems import NotFound
from zhoudao.counter.places.editing.rules import (
    HANDLE_REPORTS,
    HOLIDAYS_AHEAD,
    OPEN_STATES,
    REPORT_MISTAKE,
    SEE_CHANGES,
    WAITING_REPORTS,
    WORST_FIRST,
    FieldChange,
    Kind,
    Stale,
    State,
    Subject,
    differences,
    is_due,
    names_holidays,
)
from zhoudao.counter.places.hours import unreadable
from zhoudao.counter.places.models import Guide, PhoneEntry, Point

SHOWN = 200
"""Rows of one list: more than a district works off in a week."""


def _any_district(actor: Actor) -> str | None:
    return next(iter(actor.districts), None)


def _of_districts(actor: Actor, rows: QuerySet) -> QuerySet:
    return rows if actor.covers(None) else rows.filter(district__in=actor.districts)


@dataclass(frozen=True)
class Waiting:
    """How much waits in the actor's districts."""

    changes: int
    reports: int


def waiting(actor: Actor) -> Waiting:
    """Raises Forbidden."""
    require(actor, SEE_CHANGES, _any_district(actor))
    return Waiting(
        _of_districts(actor, Change.objects.filter(state__in=_values(OPEN_STATES))).count(),
        _of_districts(actor, MistakeReport.objects.filter(state__in=_values(WAITING_REPORTS))).count(),
    )


def changes(actor: Actor, *, decided: bool = False) -> list[Change]:
    """Changes of the actor's districts: those that wait, the oldest first, or the last ones decided."""
    require(actor, SEE_CHANGES, _any_district(actor))
    if decided:
        rows = Change.objects.exclude(state__in=_values(OPEN_STATES)).order_by("-decided_at", "-pk")
    else:
        rows = Change.objects.filter(state__in=_values(OPEN_STATES)).order_by("proposed_at", "pk")
    return list(_of_districts(actor, rows.select_related("proposer", "decider"))[:SHOWN])


@dataclass(frozen=True)
class ChangePage:
    change: Change
    differences: list[FieldChange]
    overtaken: list[FieldChange]
    """What the entry says otherwise than when the change was proposed; empty when it still says the same."""


def change(actor: Actor, change_id: int) -> ChangePage:
    """Raises Forbidden, NotFound."""
    found = Change.objects.select_related("proposer", "decider", "report").filter(pk=change_id).first()
    require(actor, SEE_CHANGES, found.district if found and found.district else _any_district(actor))
    if found is None:
        raise NotFound(f"there is no change {change_id}")
    overtaken = []
    if found.state == State.PROPOSED:
        overtaken = differences(found.subject.kind, found.before, entries.read(found.subject).values)
    return ChangePage(found, differences(found.subject.kind, found.before, found.after), overtaken)


@dataclass(frozen=True)
class EntryPage:
    standing: Standing
    changes: list[Change]
    checks: list[Check]


def entry(actor: Actor, subject: Subject) -> EntryPage:
    """One entry and what became of it, newest first. Raises Forbidden, NotFound."""
    standing = entries.read(subject)
    require(actor, SEE_CHANGES, standing.district or _any_district(actor))
    history = list(
        Change.objects.select_related("proposer", "decider").filter(
            kind=subject.kind.value, key=subject.key
        )[:SHOWN]
    )  # fmt: skip
    if standing.values is None and not history:
        raise NotFound(f"{subject} is not in the directory")
    keys = [subject.key]
    if subject.kind is Kind.GUIDE:
        keys.append(f"{subject.point_code}/{Check.ALL}")
    checks = Check.objects.select_related("officer").filter(kind=subject.kind.value, key__in=keys)
    return EntryPage(standing, history, list(checks[:SHOWN]))


# Reports --------------------------------------------------------------------------------------------------------------


def reports(actor: Actor) -> list[MistakeReport]:
    """Mistakes reported in the actor's districts that nobody is done with, the oldest first. Raises Forbidden."""
    require(actor, HANDLE_REPORTS, _any_district(actor))
    rows = MistakeReport.objects.filter(state__in=_values(WAITING_REPORTS))
    return list(_of_districts(actor, rows)[:SHOWN])


def report(actor: Actor, receipt: str) -> MistakeReport:
    """Everything of a report but how to reach whoever made it. Raises Forbidden, NotFound."""
    found = MistakeReport.objects.prefetch_related("changes").filter(receipt=receipt).first()
    require(actor, HANDLE_REPORTS, found.district if found and found.district else _any_district(actor))
    if found is None:
        raise NotFound(f"there is no report {receipt}")
    return found


def progress(actor: Actor, receipt: str) -> MistakeReport | None:
    """A report for whoever holds its receipt, however they typed it."""
    require(actor, REPORT_MISTAKE)
    tidy = receipt.strip().upper().replace(" ", "")
    tidy = f"{tidy[:4]}-{tidy[4:]}" if len(tidy) == 8 else tidy
    return MistakeReport.objects.filter(receipt=tidy).first()


# What is stale --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StaleEntry:
    subject: Subject
    name: dict[str, str]
    why: Stale
    since: datetime | None
    """Since when nobody has confirmed it."""


def stale(actor: Actor) -> list[StaleEntry]:
    """Entries of the actor's districts that want looking at, the worst and the longest unconfirmed first.

    Guides are looked at by point: there are thousands. Raises Forbidden.
    """
    require(actor, SEE_CHANGES, _any_district(actor))
    now = clock.now()
    points = list(_of_districts(actor, Point.objects.filter(withdrawn=False)))
    phones = list(_of_districts(actor, PhoneEntry.objects.all()))
    confirmed, failed = _confirmations()
    holiday = _holiday_soon(actor, now)
    found = [
        *_stale_points(points, confirmed, failed, now, holiday),
        *_stale_phones(phones, confirmed, failed, now),
        *_stale_guides(actor, points, confirmed, now),
    ]
    return sorted(found, key=lambda each: (WORST_FIRST.index(each.why), each.since or now, str(each.subject)))


def _confirmations() -> tuple[dict[Subject, datetime], set[Subject]]:
    """When each entry was last said to hold (or approved), and those whose phone failed after that."""
    confirmed: dict[Subject, datetime] = {}
    failed: set[Subject] = set()
    seen: set[Subject] = set()
    for kind, key, holds, at in Check.objects.order_by("-at", "-pk").values_list(
        "kind", "key", "holds", "at"
    ):
        subject = Subject(Kind(kind), key)
        if subject not in seen and not holds:
            failed.add(subject)
        seen.add(subject)
        if holds:
            confirmed.setdefault(subject, at)
    approved = Change.objects.filter(state=State.APPROVED.value).values_list("kind", "key", "effective_at")
    for kind, key, effective in approved:
        subject = Subject(Kind(kind), key)
        if effective is not None:
            confirmed[subject] = max(effective, confirmed.get(subject, effective))
    return confirmed, failed


def _holiday_soon(actor: Actor, now: datetime) -> bool:
    """Whether a public holiday comes that hours should say something of by now."""
    kind_of = workdays.day_kinds(actor)
    today = clock.local(now).date()
    days = (today.fromordinal(today.toordinal() + ahead) for ahead in range(HOLIDAYS_AHEAD.days))
    return any(kind_of(day) is DayKind.HOLIDAY for day in days)


def _stale_points(
    points: Iterable[Point],
    confirmed: dict[Subject, datetime],
    failed: set[Subject],
    now: datetime,
    holiday: bool,
) -> Iterator[StaleEntry]:
    for point in points:
        subject = Subject(Kind.POINT, point.code)
        since = max(point.changed_at, confirmed.get(subject, point.changed_at))
        why = None
        if unreadable(point.hours):
            why = Stale.HOURS_UNREADABLE
        elif subject in failed:
            why = Stale.PHONE_FAILED
        elif holiday and point.hours != "24/7" and not names_holidays(point.hours):
            why = Stale.NO_HOLIDAY_HOURS
        elif is_due(since, Kind.POINT, now):
            why = Stale.UNCONFIRMED
        if why:
            yield StaleEntry(subject, point.name, why, since)


def _stale_phones(
    phones: Iterable[PhoneEntry], confirmed: dict[Subject, datetime], failed: set[Subject], now: datetime
) -> Iterator[StaleEntry]:
    for phone in phones:
        subject = Subject(Kind.PHONE, phone.code)
        since = max(phone.changed_at, confirmed.get(subject, phone.changed_at))
        why = None
        if phone.hours and unreadable(phone.hours):
            why = Stale.HOURS_UNREADABLE
        elif subject in failed:
            why = Stale.PHONE_FAILED
        elif is_due(since, Kind.PHONE, now):
            why = Stale.UNCONFIRMED
        if why:
            yield StaleEntry(subject, phone.name, why, since)


def _stale_guides(
    actor: Actor, points: list[Point], confirmed: dict[Subject, datetime], now: datetime
) -> Iterator[StaleEntry]:
    names = {point.pk: point for point in points}
    known = {item.code for item in catalog.definitions(actor)}
    oldest: dict[int, datetime] = {}
    for point_id, item, changed_at in Guide.objects.filter(point__in=points).values_list(
        "point_id", "item", "changed_at"
    ):
        point = names[point_id]
        if item not in known:
            yield StaleEntry(
                Subject(Kind.GUIDE, f"{point.code}/{item}"), point.name, Stale.ITEM_WITHDRAWN, changed_at
            )
        oldest[point_id] = min(changed_at, oldest.get(point_id, changed_at))
    for point_id, changed_at in oldest.items():
        point = names[point_id]
        together = Subject(Kind.GUIDE, f"{point.code}/{Check.ALL}")
        since = max(changed_at, confirmed.get(together, changed_at))
        if is_due(since, Kind.GUIDE, now):
            yield StaleEntry(together, point.name, Stale.UNCONFIRMED, since)


def _values(states: Iterable[State | object]) -> list[str]:
    return [str(state) for state in states]


def open_of(actor: Actor, subject: Subject) -> list[Change]:
    """Changes of an entry that wait, so that nobody proposes the same twice."""
    require(actor, SEE_CHANGES, _any_district(actor))
    waiting = Q(kind=subject.kind.value, key=subject.key, state__in=_values(OPEN_STATES))
    return list(Change.objects.select_related("proposer").filter(waiting))
