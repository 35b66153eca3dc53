"""Working days and office hours of the sample's year, from the State Council's calendar (chinesecalendar)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache

import chinese_calendar

from zhoudao.core.clock import CITY_ZONE
from zhoudao.counter.places.hours import DayKind

OPENS, CLOSES = time(8, 30), time(17, 0)
"""When applications that came in by themselves are worked on."""
SATURDAY = 5


@cache
def kind_of(day: date) -> DayKind:
    """A public holiday, a make-up working day, an ordinary one; unconfirmed outside the calendar."""
    try:
        off, holiday = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return DayKind.UNCONFIRMED
    if off and holiday is not None:
        return DayKind.HOLIDAY
    return DayKind.MAKE_UP if not off and day.weekday() >= SATURDAY else DayKind.ORDINARY


@cache
def is_workday(day: date) -> bool:
    kind = kind_of(day)
    return kind is DayKind.MAKE_UP or (kind is not DayKind.HOLIDAY and day.weekday() < SATURDAY)


@cache
def next_workday(day: date) -> date:
    """The first working day after ``day``."""
    day += timedelta(days=1)
    while not is_workday(day):
        day += timedelta(days=1)
    return day


def workdays_after(day: date, count: int) -> date:
    """The ``count``-th working day after ``day``; ``day`` itself for 0."""
    for _ in range(count):
        day = next_workday(day)
    return day


def workdays_within(day: date, calendar_days: int) -> int:
    """How many working days the ``calendar_days`` after ``day`` hold."""
    return sum(is_workday(day + timedelta(days=offset)) for offset in range(1, calendar_days + 1))


def taken_up(received: datetime) -> datetime:
    """When somebody begins to work on what came in then: at once, or when the office opens next."""
    day = received.date()
    if is_workday(day):
        if received.time() < OPENS:
            return at(day, OPENS)
        if received.time() < CLOSES:
            return received
    return at(next_workday(day), OPENS)


def office_minutes_after(start: datetime, minutes: float) -> datetime:
    """The moment ``minutes`` of office time after ``start``, which is in office time itself."""
    while True:
        left = (at(start.date(), CLOSES) - start).total_seconds() / 60
        if minutes <= left:
            return start + timedelta(minutes=minutes)
        minutes -= left
        start = at(next_workday(start.date()), OPENS)


def at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, CITY_ZONE)
