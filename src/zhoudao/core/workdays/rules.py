"""Working days and deadlines, as pure functions of a calendar.

A calendar knows which days of a span of years are worked: Monday to Friday, less public holidays, plus
make-up days (调休上班). Outside that span it knows nothing, and says so instead of guessing.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from zhoudao.core.access import ANYONE, STAFF_ROLES, Permission, Role
from zhoudao.core.clock import CITY_ZONE

READ = Permission("workdays.read", "see which days are worked", ANYONE)
LOOK_UP = Permission("workdays.look_up", "open the page of working days", STAFF_ROLES)
PUBLISH = Permission(
    "workdays.publish", "publish a new version of the working-day table", {Role.ADMINISTRATOR}
)

CLOSING = time(17, 0)
"""When an office day ends unless a room says otherwise: what comes in later came in on the next working
day.
"""
SATURDAY = 5


class DayKind(StrEnum):
    """What a day is."""

    ORDINARY = "ordinary"
    """Its weekday decides."""
    HOLIDAY = "holiday"
    """A public holiday, or a day off in exchange (调休放假)."""
    MAKE_UP = "make_up"
    """A Saturday or Sunday that is worked (调休上班)."""
    UNCONFIRMED = "unconfirmed"
    """The table does not reach it."""


@dataclass(frozen=True)
class Named:
    """An exceptional day of the table: worked or not, and why."""

    is_workday: bool
    name_zh: str = ""
    name_en: str = ""


@dataclass(frozen=True)
class Calendar:
    """Days from ``first`` to ``last``, both included; ``exceptions`` are those whose weekday does not
    decide.
    """

    first: date
    last: date
    exceptions: Mapping[date, Named]
    _workdays: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        span = range(self.first.toordinal(), self.last.toordinal() + 1)
        worked = tuple(number for number in span if self._is_worked(date.fromordinal(number)))
        object.__setattr__(self, "_workdays", worked)

    def _is_worked(self, day: date) -> bool:
        exception = self.exceptions.get(day)
        return exception.is_workday if exception is not None else day.weekday() < SATURDAY

    def reaches(self, day: date) -> bool:
        return self.first <= day <= self.last

    def is_workday(self, day: date) -> bool | None:
        """None where the table does not reach."""
        return self._is_worked(day) if self.reaches(day) else None

    def kind(self, day: date) -> DayKind:
        if not self.reaches(day):
            return DayKind.UNCONFIRMED
        exception = self.exceptions.get(day)
        if exception is None:
            return DayKind.ORDINARY
        if not exception.is_workday:
            return DayKind.HOLIDAY
        return DayKind.MAKE_UP if day.weekday() >= SATURDAY else DayKind.ORDINARY

    def workdays_between(self, after: date, until: date) -> int:
        """How many working days lie after ``after`` and up to ``until``.

        Where the table doesn't reach, Monday to Friday count.
        """
        return self._count_until(until) - self._count_until(after)

    def nth_workday_after(self, day: date, count: int) -> tuple[date, bool]:
        """``(the count-th working day after day, confirmed)``. ``count`` >= 1."""
        position = bisect_right(self._workdays, day.toordinal()) + count - 1
        if self.first.toordinal() - 1 <= day.toordinal() and position < len(self._workdays):
            return date.fromordinal(self._workdays[position]), True
        return self._nth_beyond(day, count), False

    def _nth_beyond(self, day: date, count: int) -> date:
        """Day by day, taking Monday to Friday as worked where the table does not reach."""
        while count:
            day += timedelta(days=1)
            worked = self.is_workday(day)
            count -= worked if worked is not None else day.weekday() < SATURDAY
        return day

    def _count_until(self, day: date) -> int:
        if day < self.first:
            return -_weekdays_between(day, self.first - timedelta(days=1))
        known = bisect_right(self._workdays, min(day, self.last).toordinal()) - bisect_left(
            self._workdays, self.first.toordinal()
        )
        return known + (_weekdays_between(self.last, day) if day > self.last else 0)


def _weekdays_between(after: date, until: date) -> int:
    """Mondays to Fridays after ``after`` and up to ``until``."""

    def count(ordinal: int) -> int:  # ordinal 1 is a Monday
        return ordinal // 7 * 5 + min(ordinal % 7, 5)

    return count(until.toordinal()) - count(after.toordinal())


@dataclass(frozen=True)
class Deadline:
    """``at``: the last moment, in the city's time; ``confirmed``: False when the table did not reach that
    far.
    """

    at: datetime
    confirmed: bool


def counted_from(received_at: datetime, calendar: Calendar, closing: time = CLOSING) -> tuple[date, bool]:
    """The day something counts as received, and whether the table says so: on a rest day or after closing
    it is the next working day.
    """
    local = received_at.astimezone(CITY_ZONE)
    day = local.date()
    worked = calendar.is_workday(day)
    if local.time() <= closing and (worked if worked is not None else day.weekday() < SATURDAY):
        return day, worked is not None
    return calendar.nth_workday_after(day, 1)


def deadline(received_at: datetime, workdays: int, calendar: Calendar, closing: time = CLOSING) -> Deadline:
    """The last moment of a promise or legal limit of ``workdays`` working days.

    The day of receipt is not counted and the period ends when business ends on its last day (Civil Code
    of the People's Republic of China, articles 201 and 203); periods in days mean working days, without
    public holidays (Administrative Licensing Law, article 82). What comes in after closing or on a rest
    day counts as received on the next working day. Zero working days: by closing on the day of receipt.

    Raises ValueError for a negative number of days or a moment without a time zone. Never guesses
    silently: where the table does not reach, Monday to Friday are taken as worked and ``confirmed`` is
    False.
    """
    if workdays < 0:
        raise ValueError(f"{workdays} working days; expected 0 or more")
    if received_at.tzinfo is None:
        raise ValueError("the moment of receipt needs a time zone")
    day, confirmed = counted_from(received_at, calendar, closing)
    if workdays:
        day, reached = calendar.nth_workday_after(day, workdays)
        confirmed = confirmed and reached
    return Deadline(datetime.combine(day, closing, CITY_ZONE), confirmed)
