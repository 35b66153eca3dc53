"""Who does an item, and when, ready to be ranked: read once a version of the directory and kept in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from zhoudao.core.access import Actor
from zhoudao.core.clock import CITY_ZONE, local
from zhoudao.core.workdays import queries as workdays
from zhoudao.counter.places import changes, hours
from zhoudao.counter.places.models import Closure, Guide, Point
from zhoudao.engines.wayfinding import Closure as Shut
from zhoudao.engines.wayfinding import Hours, HoursTable, WorkingDays

DAYS_AHEAD = 30
"""How far opening hours are compiled: longer than any closure worth waiting for, and than a week's travel."""
KEPT = 256
"""Items and days kept in memory, some 60 KB each."""


@dataclass(frozen=True)
class Doing:
    """The points that do an item, from one day on."""

    guides: Mapping[str, Guide]
    """By code of the point, which each has at hand."""
    hours: HoursTable
    """By the same codes, in the same order: the guide's own hours, else the point's, less its closures."""
    closures: Mapping[str, Closure]
    """By what the table calls their reason."""


def doing(actor: Actor, item_code: str, moment: datetime) -> Doing:
    """Two SQL queries when it is in memory, four when it is not."""
    days = hours.working_days(workdays.in_force(actor))
    # From the day before: somebody may be served in hours that began yesterday evening.
    since = local(moment).date() - timedelta(days=1)
    version = changes.version()
    read = _read if version else _read.__wrapped__  # what never had a version may change without one
    return read(version, item_code, since, days)


def points(actor: Actor) -> Mapping[str, Point]:
    """Every point of the directory by code. One SQL query when they are in memory, two when they are not."""
    version = changes.version()
    return (_read_points if version else _read_points.__wrapped__)(version)


@lru_cache(maxsize=KEPT)
def _read(version: int, item_code: str, since: date, days: WorkingDays) -> Doing:
    found = Guide.objects.filter(item=item_code, point__withdrawn=False).select_related("point")
    guides = {guide.point.code: guide for guide in found.order_by("point__code")}
    closures = _closures(since)
    by_point: dict[int, list[Closure]] = {}
    for closure in closures.values():
        by_point.setdefault(closure.point_id, []).append(closure)
    table = HoursTable.compile(
        {
            code: Hours(
                guide.hours or guide.point.hours,
                tuple(
                    Shut(each.starts_at, each.ends_at, str(each.pk))
                    for each in by_point.get(guide.point_id, [])
                ),
            )
            for code, guide in guides.items()
        },
        days,
        CITY_ZONE,
        since,
        DAYS_AHEAD + 1,
    )
    return Doing(guides, table, closures)


def _closures(since: date) -> dict[str, Closure]:
    starts = datetime.combine(since, time(), CITY_ZONE)
    found = Closure.objects.filter(ends_at__gt=starts, starts_at__lt=starts + timedelta(days=DAYS_AHEAD + 1))
    return {str(closure.pk): closure for closure in found}


@lru_cache(maxsize=2)
def _read_points(version: int) -> Mapping[str, Point]:
    return {point.code: point for point in Point.objects.filter(withdrawn=False)}
