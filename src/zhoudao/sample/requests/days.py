"""Working days and office hours of the sample's year, by the table that a new installation is seeded with."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from zhoudao.core.clock import CITY_ZONE
from zhoudao.core.workdays import rules, table
from zhoudao.core.workdays.rules import CLOSING, SATURDAY, Calendar
from zhoudao.counter.places import hours

OPENS = time(8, 30)
"""When applications that came in by themselves begin to be worked on, until ``CLOSING``."""

_TABLE = table.from_package()
CALENDAR = Calendar(_TABLE.first, _TABLE.last, _TABLE.days)
WORKING_DAYS = hours.working_days(CALENDAR)


def is_workday(day: date) -> bool:
    """Monday to Friday where the table does not reach."""
    worked = CALENDAR.is_workday(day)
    return worked if worked is not None else day.weekday() < SATURDAY


def workdays_after(day: date, count: int) -> date:
    """The ``count``-th working day after ``day``; ``day`` itself for 0."""
    return CALENDAR.nth_workday_after(day, count)[0] if count else day


def workdays_within(day: date, calendar_days: int) -> int:
    """How many working days the ``calendar_days`` after ``day`` hold."""
    return CALENDAR.workdays_between(day, day + timedelta(days=calendar_days))


def taken_up(received: datetime) -> datetime:
    """When somebody begins to work on what came in then: at once, or when the office opens next."""
    day, _ = rules.counted_from(received, CALENDAR)
    return max(received, at(day, OPENS)) if day == received.date() else at(day, OPENS)


def office_minutes_after(start: datetime, minutes: float) -> datetime:
    """The moment ``minutes`` of office time after ``start``, which is in office time itself."""
    while True:
        left = (at(start.date(), CLOSING) - start).total_seconds() / 60
        if minutes <= left:
            return start + timedelta(minutes=minutes)
        minutes -= left
        start = at(workdays_after(start.date(), 1), OPENS)


def at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, CITY_ZONE)
