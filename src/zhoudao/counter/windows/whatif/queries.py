"""What other windows would have meant for the waits of past days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from zhoudao.core.access import SYSTEM, Actor, allowed, require
from zhoudao.core.workdays import queries as workdays
from zhoudao.counter.places import hours
from zhoudao.counter.places.models import Point
from zhoudao.counter.places.rules import both
from zhoudao.counter.windows.actions.locking import point_of
from zhoudao.counter.windows.models import Ticket, Window
from zhoudao.counter.windows.queries import past
from zhoudao.counter.windows.queries.past import PastDay
from zhoudao.counter.windows.whatif import playing
from zhoudao.counter.windows.whatif.playing import Desked, Line, Wait, Worked
from zhoudao.counter.windows.whatif.rules import MOST_DAYS, NOTHING, PLAN, Change, services_of

MOST_LISTED = 60
"""Days a page lets one choose from."""


class NoHistory(LookupError):
    """Nobody queued there in those days, or it isn't known who sat where."""


@dataclass(frozen=True)
class WhatIf:
    """Waits of some past days of a point: as they were, played as they were, and played with the change."""

    point: Point
    change: Change
    days: tuple[date, ...]
    skipped: int
    """Days of which it isn't known who sat where."""
    measured: list[Line]
    now: list[Line]
    then: list[Line]
    worked_now: list[Worked]
    worked_then: list[Worked]
    better_on: int
    """Days on which the mean wait of everybody would have been shorter."""

    @property
    def lanes(self) -> list[tuple[Line, Line, Line]]:
        """Measured, now and then of each lane, everybody first."""
        return list(zip(self.measured, self.now, self.then, strict=True))

    def as_data(self) -> dict[str, Any]:
        return {
            "point": self.point.code,
            "days": [day.isoformat() for day in self.days],
            "skipped_days": self.skipped,
            "better_on_days": self.better_on,
            **{name: [asdict(each) for each in getattr(self, name)] for name in ("measured", "now", "then")},
            "windows_now": [asdict(each) for each in self.worked_now],
            "windows_then": [asdict(each) for each in self.worked_then],
        }


def points(actor: Actor) -> list[Point]:
    """Where the actor may ask: points of their districts with a history. Raises Forbidden when there can be none."""
    if not allowed(actor, PLAN):
        require(actor, PLAN, next(iter(sorted(actor.districts)), None))
    found = Point.objects.filter(withdrawn=False, tickets__ended_at__isnull=False)
    if not allowed(actor, PLAN):
        found = found.filter(district__in=actor.districts)
    return list(found.distinct().order_by("code"))


def days_of(actor: Actor, point: Point) -> list[date]:
    """Days that had a queue, the last first. Raises Forbidden."""
    require(actor, PLAN, point.district)
    rows = Ticket.objects.filter(point=point, ended_at__isnull=False).order_by("-day")
    return list(rows.values_list("day", flat=True).distinct()[:MOST_LISTED])


def windows_of(actor: Actor, point: Point) -> list[Window]:
    """Raises Forbidden."""
    require(actor, PLAN, point.district)
    return list(Window.objects.filter(point=point, withdrawn=False))


def what_if(actor: Actor, point_code: str, first: date, last: date, change: Change = NOTHING) -> WhatIf:
    """Both days included, MOST_DAYS at most. Eight queries. Raises NotFound, Forbidden, NoHistory, ValueError."""
    point = point_of(point_code)
    require(actor, PLAN, point.district)
    if not timedelta(0) <= last - first < timedelta(days=MOST_DAYS):
        raise ValueError(f"expected 1 to {MOST_DAYS} days, the first before the last")
    known = past.days(point, first, last)
    days = [day for day in known if day.sittings]
    if not days:
        raise NoHistory(point_code)
    numbers = dict(Window.objects.filter(point=point).values_list("pk", "number"))
    _refuse_unknown(change, frozenset(numbers.values()), frozenset(point.services))
    usual, staffed = playing.usual_of(days), _staffed(change)
    now, then = _Played(), _Played()
    better = 0
    for day in days:
        desks = playing.desks_of(day, numbers)
        there = now.add(playing.play(day, desks, usual, NOTHING.most_passed_over), desks)
        altered = playing.changed(desks, change, staffed(day))
        better += then.add(playing.play(day, altered, usual, change.most_passed_over), altered) < there
    return WhatIf(
        point, change, tuple(day.day for day in days), len(known) - len(days),
        playing.by_lane([wait for day in days for wait in playing.measured(day)]),
        playing.by_lane(now.waits), playing.by_lane(then.waits),
        now.worked(), then.worked(), better,
    )  # fmt: skip


class _Played:
    """Days played one after another, put together."""

    def __init__(self) -> None:
        self.waits: list[Wait] = []
        self._worked: dict[int, list[Worked]] = {}

    def add(self, played: tuple[list[Wait], list[Worked]], desks: Sequence[Desked]) -> float:
        """The mean wait of everybody on that day."""
        waits, worked = played
        self.waits += waits
        for each in worked:
            self._worked.setdefault(each.number, []).append(each)
        return playing.by_lane(waits)[0].mean

    def worked(self) -> list[Worked]:
        return [
            Worked(
                number, found[-1].kind, sum(each.called for each in found),
                round(sum(each.share for each in found) / len(found), 3),
            )
            for number, found in sorted(self._worked.items())
        ]  # fmt: skip


def _staffed(change: Change) -> Callable[[PastDay], list[list[tuple[Any, Any]]]]:
    """When each window that is added would be staffed on a day."""
    calendar = hours.working_days(workdays.in_force(SYSTEM))

    def on(day: PastDay) -> list[list[tuple[Any, Any]]]:
        return [
            both(list(day.open), hours.intervals(more.hours, day.day, 1, calendar))
            if more.hours
            else list(day.open)
            for more in change.more
        ]

    return on


def _refuse_unknown(change: Change, numbers: frozenset[int], offered: frozenset[str]) -> None:
    """Raises ValueError."""
    for number in sorted(change.without | change.turned):
        if number not in numbers:
            raise ValueError(f"there is no window {number} here; expected one of {_listed(numbers)}")
    for more in change.more:
        unknown = services_of(more, [(more.kind, frozenset())]) - offered
        if unknown:
            raise ValueError(
                f"{', '.join(sorted(unknown))} isn't done here; expected some of {_listed(offered)}"
            )
        if more.hours and hours.unreadable(more.hours):
            raise ValueError(f"{more.hours!r} can't be read as opening hours")


def _listed(known: frozenset[Any]) -> str:
    return ", ".join(map(str, sorted(known))) or "none"
