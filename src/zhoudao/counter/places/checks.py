"""What does not fit together in the directory, for the people who keep it: nobody is refused over it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import shapely
from shapely.ops import nearest_points

from zhoudao.core import city, clock
from zhoudao.core.access import Actor, require
from zhoudao.core.city import land
from zhoudao.core.workdays import queries as workdays
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.catalog.schema import Channel
from zhoudao.counter.places import hours
from zhoudao.counter.places.models import Guide, PhoneEntry, Point
from zhoudao.counter.places.rules import EXPORT_PLACES, PointKind, Position, distance_m

COAST_M = 250
"""How far off the drawn coast a point may be: the outlines are simplified to about 100 m, and piers reach
out."""
DAYS = 15


@dataclass(frozen=True)
class Finding:
    """``kind``: a fixed word; ``subject``: "point:P001" and the like; ``detail``: what is wrong, in a
    sentence."""

    kind: str
    subject: str
    detail: str


def findings(actor: Actor) -> list[Finding]:
    """Every finding, in a fixed number of SQL queries."""
    require(actor, EXPORT_PLACES)
    points = list(Point.objects.filter(withdrawn=False))
    guides = list(Guide.objects.filter(point__withdrawn=False).select_related("point"))
    entries = list(PhoneEntry.objects.select_related("point"))
    return [
        *_in_the_sea(points),
        *_never_open(actor, points),
        *_kiosks_that_close(points),
        *_without_guides(points, guides),
        *_guides_that_do_not_fit(actor, guides),
        *_items_without_points(actor, guides),
        *_phones_of_withdrawn(entries),
    ]


def _in_the_sea(points: list[Point]) -> Iterator[Finding]:
    ground = land.all_land(city.current().folder)
    for point in points:
        place = shapely.Point(point.longitude, point.latitude)
        if ground.covers(place):
            continue
        ashore = nearest_points(ground, place)[0]
        off = distance_m(point.position, Position(ashore.x, ashore.y))
        if off > COAST_M:
            yield Finding("in_the_sea", f"point:{point.code}", f"stands {off:,.0f} m off the nearest coast")


def _never_open(actor: Actor, points: list[Point]) -> Iterator[Finding]:
    today = clock.local(clock.now()).date()
    calendar = hours.working_days(workdays.in_force(actor))
    for point in points:
        if not hours.intervals(point.hours, today, DAYS, calendar):
            until = today + timedelta(days=DAYS - 1)
            yield Finding("never_open", f"point:{point.code}", f"opens on no day from {today} to {until}")


def _kiosks_that_close(points: list[Point]) -> Iterator[Finding]:
    for point in points:
        if point.kind == PointKind.KIOSK and not hours.always_open(point.hours):
            yield Finding(
                "kiosk_closes",
                f"point:{point.code}",
                f"is a kiosk, but its hours are {point.hours}, not 24/7",
            )


def _without_guides(points: list[Point], guides: list[Guide]) -> Iterator[Finding]:
    served = {guide.point_id for guide in guides}
    for point in points:
        if point.pk not in served:
            yield Finding("no_guides", f"point:{point.code}", "has no guide, so no search leads to it")


def _guides_that_do_not_fit(actor: Actor, guides: list[Guide]) -> Iterator[Finding]:
    items = {item.code: item for item in catalog.definitions(actor)}
    for guide in guides:
        item = items.get(guide.item)
        subject = f"guide:{guide.point.code}/{guide.item}"
        if item is None:
            yield Finding("unknown_item", subject, "names an item that the catalogue no longer has")
        elif not set(item.served_by) & set(guide.point.services):
            wanted = ", ".join(item.served_by)
            yield Finding(
                "no_such_desk",
                subject,
                f"needs one of {wanted}; the point has {', '.join(guide.point.services)}",
            )


def _items_without_points(actor: Actor, guides: list[Guide]) -> Iterator[Finding]:
    guided = {guide.item for guide in guides}
    for item in catalog.definitions(actor):
        if item.code not in guided and {Channel.WINDOW, Channel.KIOSK} & set(item.channels):
            yield Finding(
                "done_nowhere",
                f"item:{item.code}",
                "is done at a window or kiosk, but no point has a guide for it",
            )


def _phones_of_withdrawn(entries: list[PhoneEntry]) -> Iterator[Finding]:
    for entry in entries:
        if entry.point is not None and entry.point.withdrawn:
            yield Finding(
                "phone_of_withdrawn",
                f"phone:{entry.code}",
                f"belongs to {entry.point.code}, which is withdrawn",
            )
