"""Publishing the working-day table. Each change is a new version; nothing is overwritten."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time

from django.db import transaction

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.core.audit.actions import act
from zhoudao.core.outbox.actions import enqueue_notice
from zhoudao.core.workdays import queries, rules, table
from zhoudao.core.workdays.models import ExceptionalDay, Version
from zhoudao.core.workdays.rules import Calendar, Deadline, Named
from zhoudao.core.workdays.table import Table

SHORTEST_REASON = 4


class BadChange(ValueError):
    """A change of the table that can't be published; says why."""


def seed(actor: Actor) -> Version | None:
    """Publish what the chinesecalendar package knows, unless the table in force already says the same.
    Returns the new version, or None when nothing changed.
    """
    known = table.from_package()
    present = queries.in_force(actor)
    if present.reaches(known.first) and present.reaches(known.last) and Version.objects.exists():
        return None  # an administrator's later corrections win over the package
    return publish(actor, known, "Seeded from the chinesecalendar package")


def publish(actor: Actor, new: Table, reason: str) -> Version:
    """Lay ``new`` over the table in force and publish the result: for the years it speaks of, ``new``
    wins entirely.

    Raises BadChange when the reason is missing or a gap of years would be left that nobody has confirmed.
    """
    return _publish(
        actor, lambda present: _laid_over(present, new), reason, dict.fromkeys(new.days, new.source)
    )


def change_day(actor: Actor, day: date, named: Named | None, reason: str) -> Version:
    """Say of one day that it is worked or not (None: its weekday decides), as a new version.

    Raises BadChange for a day the table does not reach, since one day would leave the rest of its year
    unconfirmed.
    """
    return _publish(actor, lambda present: _with_day(present, day, named), reason, {day: "administrator"})


def _laid_over(present: Calendar, new: Table) -> Calendar:
    if present is queries.NOTHING_KNOWN:
        return Calendar(new.first, new.last, new.days)
    if new.first.year > present.last.year + 1 or new.last.year < present.first.year - 1:
        raise BadChange(
            f"the table in force speaks of {present.first.year} to {present.last.year} and this one of "
            f"{new.first.year} to {new.last.year}; expected no year left out in between"
        )
    kept = {day: named for day, named in present.exceptions.items() if not new.first <= day <= new.last}
    return Calendar(min(present.first, new.first), max(present.last, new.last), kept | dict(new.days))


def _with_day(present: Calendar, day: date, named: Named | None) -> Calendar:
    if not present.reaches(day):
        raise BadChange(
            f"{day} lies outside the table ({present.first} to {present.last}); expected a day in it, or a "
            f"whole year: zhoudao workdays set --file YEAR.csv"
        )
    exceptions = {other: kept for other, kept in present.exceptions.items() if other != day}
    if named is not None:
        exceptions[day] = named
    return Calendar(present.first, present.last, exceptions)


def _publish(
    actor: Actor, change: Callable[[Calendar], Calendar], reason: str, sources: Mapping[date, str]
) -> Version:
    """Write what ``change`` makes of the table in force; of two who publish at once, the second builds on
    the first.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise BadChange("the reason is missing; expected why the table changes, such as the notice's number")
    with act(actor, rules.PUBLISH, subject="workdays") as entry:
        Version.objects.select_for_update().order_by(
            "number"
        ).first()  # the one row that every publisher locks
        calendar = change(queries.in_force(actor))
        version = _write(actor, calendar, reason.strip(), sources)
        entry.subject = f"workdays:{version.number}"
        entry.note(days=len(calendar.exceptions), until=calendar.last.isoformat())
    return version


def _write(actor: Actor, calendar: Calendar, reason: str, sources: Mapping[date, str]) -> Version:
    before = Version.objects.order_by("-number").first()
    earlier = dict(before.days.values_list("day", "source")) if before else {}
    version = Version.objects.create(
        number=before.number + 1 if before else 1,
        first_day=calendar.first,
        last_day=calendar.last,
        reason=reason[:400],
        published_at=clock.now(),
        published_by=actor.key,
    )
    ExceptionalDay.objects.bulk_create(
        [
            ExceptionalDay(
                version=version,
                day=day,
                is_workday=named.is_workday,
                name_zh=named.name_zh,
                name_en=named.name_en,
                source=sources.get(day) or earlier.get(day, ""),
            )
            for day, named in sorted(calendar.exceptions.items())
        ],
        batch_size=1000,
    )
    return version


def promise(actor: Actor, received_at: datetime, workdays: int, closing: time = rules.CLOSING) -> Deadline:
    """``queries.deadline`` for a promise that is about to be made, in the caller's transaction.

    Where the table doesn't reach that far, the administrators are told by a letter, once for each end of
    the table.
    """
    due = queries.deadline(actor, received_at, workdays, closing)
    if not due.confirmed:
        table = queries.in_force(actor)
        last = 0 if table is queries.NOTHING_KNOWN else table.last.year
        values = {"last": last, "due": due.at.date().isoformat(), "next": last + 1}
        key = f"workdays.unconfirmed:{last}"
        with transaction.atomic():
            enqueue_notice("letterbox", "role:administrator", "workdays/unconfirmed", values, key=key)
    return due
