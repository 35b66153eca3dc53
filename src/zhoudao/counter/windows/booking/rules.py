"""Which half hours can be booked, until when they can be moved, and who may. Pure.

A window gives one appointment each half hour that it is staffed for whole; what is left of the half hour, most of it,
is for those who come without. So bookings never shut the door on them, and a late comer never holds up the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from zhoudao.core import clock
from zhoudao.core.access import ANYONE, Permission
from zhoudao.counter.places.rules import Interval

BOOK = Permission("windows.book", "book, move and cancel an appointment, and say one is there", ANYONE)
RELEASE = Permission("windows.release", "release appointments nobody came to, and remind of those ahead", ())
"""Nobody but the platform itself."""

SLOT = timedelta(minutes=30)
BOOKED_AHEAD = 14
"""Days."""
NOT_SOONER_THAN = timedelta(minutes=20)
"""Before it begins, so that nobody books what they can't reach."""
MAY_COME_EARLY = timedelta(minutes=30)
MAY_COME_LATE = timedelta(minutes=15)
"""After that it is released: the window calls others."""
MOST_MOVES = 3
MOST_OPEN = 2
"""Appointments ahead of one account, or one mobile number."""
MOST_FROM_ONE_ORIGIN = 6
MOST_MISSED, MISSED_WITHIN = 3, timedelta(days=30)
"""Whoever missed so many doesn't book for a while; they take tickets like everybody."""
REMIND_BEFORE = timedelta(hours=20)
REMIND_AT_LEAST = timedelta(hours=2)
"""Booked later than that before it begins, nobody is reminded: they remember."""


class Booking(StrEnum):
    """What became of an appointment."""

    BOOKED = "booked"
    ARRIVED = "arrived"
    CANCELLED = "cancelled"
    MISSED = "missed"


@dataclass(frozen=True)
class Slot:
    """A half hour at a point, and the windows that still have it, the first to be given first."""

    starts: datetime
    windows: tuple[int, ...]

    @property
    def left(self) -> int:
        return len(self.windows)


def starts(spans: Iterable[Interval]) -> Iterator[datetime]:
    """Where the half hours begin that lie whole in an open span, on the wall clock's half hours."""
    for opens, closes in spans:
        begin = opens.replace(minute=0, second=0, microsecond=0)
        while begin + SLOT <= closes:
            if begin >= opens:
                yield begin
            begin += SLOT


def slots(
    staffed: Mapping[int, Sequence[Interval]], taken: Iterable[tuple[int, datetime]], now: datetime
) -> list[Slot]:
    """Half hours by when they begin: ``staffed`` says when each window is open, ``taken`` what is booked already."""
    gone = set(taken)
    free: dict[datetime, list[int]] = {}
    for window, spans in staffed.items():
        for begin in starts(spans):
            if begin >= now + NOT_SOONER_THAN:
                here = free.setdefault(begin, [])
                if (window, begin) not in gone:
                    here.append(window)
    return [Slot(begin, tuple(free[begin])) for begin in sorted(free)]


def by_day(found: Sequence[Slot]) -> dict[date, list[Slot]]:
    days: dict[date, list[Slot]] = {}
    for slot in found:
        days.setdefault(clock.local(slot.starts).date(), []).append(slot)
    return days


def may_arrive(starts_at: datetime, now: datetime) -> bool:
    return starts_at - MAY_COME_EARLY <= now <= starts_at + MAY_COME_LATE


def reminded_at(starts_at: datetime, booked_at: datetime) -> datetime | None:
    """When somebody is reminded: the day before, or two hours before what was booked for the same day."""
    for before in (REMIND_BEFORE, REMIND_AT_LEAST):
        if starts_at - before > booked_at:
            return starts_at - before
    return None
