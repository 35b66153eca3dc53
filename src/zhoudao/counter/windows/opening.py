"""When a point or a window is open: the map's hours, under the table of working days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM
from zhoudao.core.workdays import queries as workdays
from zhoudao.counter.places import hours
from zhoudao.counter.places.models import Closure, Point
from zhoudao.counter.places.rules import Interval, both, without


def open_times(point: Point, moment: datetime, days: int = 1, expression: str = "") -> list[Interval]:
    """When the point is open on ``days`` days from that of ``moment``, its closures cut out.

    ``expression``: a window's own hours, of which only what lies in the point's counts.
    """
    first = clock.local(moment).date()
    calendar = hours.working_days(workdays.in_force(SYSTEM))
    open_ = hours.intervals(point.hours, first, days, calendar)
    if expression:
        open_ = both(open_, hours.intervals(expression, first, days, calendar))
    ends = clock.local(moment) + timedelta(days=days + 1)
    closed = Closure.objects.filter(point=point, ends_at__gt=moment, starts_at__lt=ends)
    return without(open_, [(each.starts_at, each.ends_at) for each in closed])


def times_today(points: Iterable[Point], moment: datetime) -> dict[int, list[Interval]]:
    """When each point, by its key, is open on the day of ``moment``. Two queries, however many points."""
    day = clock.local(moment).date()
    calendar = hours.working_days(workdays.in_force(SYSTEM))
    closed: dict[int, list[Interval]] = defaultdict(list)
    found = list(points)
    for each in Closure.objects.filter(
        point__in=found, ends_at__gt=moment - timedelta(days=1), starts_at__lt=moment + timedelta(days=1)
    ):
        closed[each.point_id].append((each.starts_at, each.ends_at))
    return {
        point.pk: without(hours.intervals(point.hours, day, 1, calendar), closed[point.pk]) for point in found
    }


def is_open(point: Point, moment: datetime) -> bool:
    return any(start <= moment < end for start, end in open_times(point, moment))
