"""When a point or a window is open: the map's hours, under the table of working days."""

from __future__ import annotations

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


def is_open(point: Point, moment: datetime) -> bool:
    return any(start <= moment < end for start, end in open_times(point, moment))
