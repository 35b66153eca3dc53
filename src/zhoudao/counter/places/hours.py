"""Opening hours of a point, in the city's time and under its working days: a thin adapter over the
engine's."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache

from opening_hours import OpeningHours

from zhoudao.core.clock import CITY_ZONE
from zhoudao.core.workdays.rules import Calendar
from zhoudao.counter.places.rules import Interval
from zhoudao.engines.wayfinding.hours import BadHours, Hours, WorkingDays, check, open_spans

A_MONDAY = date(2026, 11, 23)
"""Any will do, for weeks without holidays."""
WEEK = 7


def unreadable(expression: str) -> str | None:
    """What is wrong with an expression, in words; None when it can be read."""
    try:
        check(expression)
    except BadHours as error:
        return f"can't be read: {error}"
    return None


@lru_cache(maxsize=1024)
def always_open(expression: str) -> bool:
    """Whether it is open round the clock, every day."""
    return str(OpeningHours(expression).normalize()) == "24/7"


def working_days(calendar: Calendar) -> WorkingDays:
    """The city's calendar as the engine wants it."""
    rests = frozenset(day for day, named in calendar.exceptions.items() if not named.is_workday)
    return WorkingDays(calendar.first, calendar.last, rests, frozenset(calendar.exceptions) - rests)


def intervals(expression: str, first: date, days: int, calendar: WorkingDays) -> list[Interval]:
    """When it is open on ``days`` days from ``first``, ordered; nothing on days the calendar does not
    reach, unless it is always open."""
    if always_open(expression):
        return [(_midnight(first), _midnight(first + timedelta(days=days)))]
    return list(_intervals(expression, first, days, calendar))


@lru_cache(maxsize=4096)
def _intervals(expression: str, first: date, days: int, calendar: WorkingDays) -> tuple[Interval, ...]:
    last = first + timedelta(days=days - 1)
    spans = open_spans(Hours(expression), calendar, CITY_ZONE, first, last)
    return tuple(
        (datetime.fromtimestamp(opens, CITY_ZONE), datetime.fromtimestamp(closes, CITY_ZONE))
        for opens, closes in spans
    )


def ordinary_week(expression: str) -> list[list[tuple[time, time]]]:
    """Hours of Monday to Sunday in a week with no holiday, for formats that know only weeks; midnight
    ends as 00:00."""
    plain = WorkingDays(A_MONDAY - timedelta(days=WEEK), A_MONDAY + timedelta(days=2 * WEEK))
    return [
        [(start.time(), end.time()) for start, end in intervals(expression, day, 1, plain)]
        for day in (A_MONDAY + timedelta(days=offset) for offset in range(WEEK))
    ]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CITY_ZONE)
