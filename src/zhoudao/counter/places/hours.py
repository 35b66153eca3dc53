"""Opening hours in OpenStreetMap's opening_hours syntax, read under the city's own working days. Pure.

The library's calendar of public holidays is not used: the city's working-day table wins. A day of it is read so:

- a public holiday: the rules for ``PH`` hold, as if ``PH`` were that day's weekday;
- a make-up working day (调休上班): the hours of the Friday before;
- any other day: its weekday's rules.

Syntax: https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from opening_hours import OpeningHours, ParserError, State

from zhoudao.core.clock import CITY_ZONE
from zhoudao.core.workdays.rules import DayKind
from zhoudao.counter.places.rules import Interval, joined

KindOf = Callable[[date], DayKind]

_WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_FRIDAY = 4
_PUBLIC_HOLIDAY = re.compile(r"\bPH\b(?=[^\"]*(?:\"[^\"]*\"[^\"]*)*$)")
"""PH outside a quoted comment."""


def unreadable(expression: str) -> str | None:
    """What is wrong with an expression, in words; None when it can be read."""
    try:
        _parse(expression)
    except ParserError as error:
        column = re.search(r"--> \d+:(\d+)", str(error))
        where = f" from {expression[int(column.group(1)) - 1 :][:20]!r}" if column and expression else ""
        return f"is {expression!r}, which can't be read as opening hours{where}"
    return None


def intervals(expression: str, first: date, days: int, kind_of: KindOf) -> list[Interval]:
    """When it is open on ``days`` days from ``first``, in the city's time, ordered and joined."""
    found: list[Interval] = []
    for offset in range(days):
        day = first + timedelta(days=offset)
        found += _on(expression, day, kind_of(day))
    return joined(found)


def always_open(expression: str) -> bool:
    return str(_parse(expression).normalize()) == "24/7"


def ordinary_week(expression: str) -> list[list[tuple[time, time]]]:
    """Hours of Monday to Sunday in a week with no holiday, for formats that know only weeks. 24:00 is 00:00."""
    monday = date(2026, 11, 23)
    return [
        [
            (start.time(), end.time())
            for start, end in _on(expression, monday + timedelta(days=offset), DayKind.ORDINARY)
        ]
        for offset in range(7)
    ]


def _on(expression: str, day: date, kind: DayKind) -> list[Interval]:
    read_as, read_on = expression, day
    if kind is DayKind.HOLIDAY:
        read_as = _PUBLIC_HOLIDAY.sub(_WEEKDAYS[day.weekday()], expression)
    elif kind is DayKind.MAKE_UP:
        read_on = day - timedelta(days=day.weekday() - _FRIDAY)
    return [(start + (day - read_on), end + (day - read_on)) for start, end in _within(read_as, read_on)]


@lru_cache(maxsize=4096)
def _within(expression: str, day: date) -> tuple[Interval, ...]:
    """Open intervals cut to ``day``, midnight to midnight."""
    midnight = datetime.combine(day, time())
    return tuple(
        (start.replace(tzinfo=CITY_ZONE), end.replace(tzinfo=CITY_ZONE))
        for start, end, state, _comment in _parse(expression).intervals(
            midnight, midnight + timedelta(days=1)
        )
        if state is State.OPEN
    )


@lru_cache(maxsize=1024)
def _parse(expression: str) -> OpeningHours:
    return OpeningHours(expression)
