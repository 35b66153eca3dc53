"""Reading the working-day table. The calendar in force is kept in memory, and re-read when a new one is
published.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache

from zhoudao.core.access import Actor, require
from zhoudao.core.one_look import read_once
from zhoudao.core.statements import read
from zhoudao.core.workdays import rules
from zhoudao.core.workdays.models import ExceptionalDay, Version
from zhoudao.core.workdays.rules import Calendar, DayKind, Deadline, Named

NOTHING_KNOWN = Calendar(date(1, 1, 1), date(1, 1, 1), {})
"""Before any version is published: every day is unconfirmed."""


def in_force(actor: Actor) -> Calendar:
    """The calendar of the newest version (one query; the days are read once a version)."""
    require(actor, rules.READ)
    newest = read_once("workdays", _newest)
    return _calendar(*newest) if newest else NOTHING_KNOWN


def _newest() -> tuple[int, datetime, date, date] | None:
    found = read(Version, ("pk", "published_at", "first_day", "last_day"), "ORDER BY number DESC LIMIT 1")
    return found[0] if found else None


@lru_cache(maxsize=8)
def _calendar(version: int, published_at: datetime, first: date, last: date) -> Calendar:
    # A version that was rolled back may have had the same primary key, so the moment is part of what is remembered.
    days = ExceptionalDay.objects.filter(version_id=version)
    return Calendar(first, last, {row.day: Named(row.is_workday, row.name_zh, row.name_en) for row in days})


def forget_cached() -> None:
    """Drop what is kept in memory: tests reuse primary keys."""
    _calendar.cache_clear()


def deadline(actor: Actor, received_at: datetime, workdays: int, closing: time = rules.CLOSING) -> Deadline:
    """``rules.deadline`` under the calendar in force. An action that promises it calls
    ``actions.promise`` instead, which also tells an administrator when the table does not reach.
    """
    return rules.deadline(received_at, workdays, in_force(actor), closing)


def day_kinds(actor: Actor) -> Callable[[date], DayKind]:
    """What each day is, under the calendar in force."""
    return in_force(actor).kind


@dataclass(frozen=True)
class PageDay:
    day: date
    kind: DayKind
    worked: bool
    name: dict[str, str]
    """Chinese and English, empty for an ordinary day."""

    @property
    def look(self) -> str:
        """The class the page shows it in."""
        if self.kind is not DayKind.ORDINARY:
            return self.kind.value.replace("_", "-")
        return "work" if self.worked else "rest"


@dataclass(frozen=True)
class PageMonth:
    first: date
    weeks: list[list[PageDay | None]]
    """Monday first; None where the week belongs to another month."""
    workdays: int


def year_page(actor: Actor, year: int) -> list[PageMonth]:
    """The twelve months of ``year`` for the page."""
    require(actor, rules.LOOK_UP)
    table = in_force(actor)
    return [_month(table, year, month) for month in range(1, 13)]


def _month(table: Calendar, year: int, month: int) -> PageMonth:
    weeks: list[list[PageDay | None]] = [
        [_day(table, date(year, month, number)) if number else None for number in week]
        for week in months.Calendar().monthdayscalendar(year, month)
    ]
    return PageMonth(date(year, month, 1), weeks, sum(day.worked for week in weeks for day in week if day))


def _day(table: Calendar, day: date) -> PageDay:
    named = table.exceptions.get(day, Named(False))
    worked = table.is_workday(day)
    return PageDay(day, table.kind(day), bool(worked), {"zh": named.name_zh, "en": named.name_en})


def versions(actor: Actor, limit: int = 20) -> list[Version]:
    """The newest versions first."""
    require(actor, rules.LOOK_UP)
    return list(Version.objects.all()[:limit])
