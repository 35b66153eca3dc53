"""Points: those that do an item, all of them, one with its week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q

from zhoudao.core import clock
from zhoudao.core.access import Actor, require
from zhoudao.core.workdays import queries as workdays
from zhoudao.core.workdays.rules import Calendar, DayKind
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.catalog.schema import Item
from zhoudao.counter.places import hours
from zhoudao.counter.places.models import Closure, Guide, PhoneEntry, Point
from zhoudao.counter.places.queries.opening import Place, places_of, state_of
from zhoudao.counter.places.queries.phones import PhoneLine, lines_of
from zhoudao.counter.places.rules import READ_PLACES, Interval, PointKind, Position, without

WEEK = 7


class NotInDirectory(LookupError):
    """No such point, or the item is not done there."""

    http_status = 404


@dataclass(frozen=True)
class OpenNow:
    """What is open at a moment."""

    places: list[Place]
    """All points of the directory, by code."""
    next_closing: Place | None
    """Of those open, the one that closes first."""
    next_opening: Place | None
    """Of those shut, the one that opens first."""

    @property
    def open(self) -> list[Place]:
        return [place for place in self.places if place.state.is_open]

    @property
    def always(self) -> int:
        return sum(place.state.always for place in self.places)


@dataclass(frozen=True)
class Day:
    """One day of a point's week."""

    date: date
    kind: DayKind
    hours: list[Interval]
    closures: list[Closure]
    is_today: bool


@dataclass(frozen=True)
class PointPage:
    """Everything there is to say of a point."""

    place: Place
    week: list[Day]
    items: list[Item]
    phones: list[PhoneLine]


def points_for(
    actor: Actor,
    item_code: str,
    near: Position | None = None,
    limit: int | None = None,
    moment: datetime | None = None,
) -> list[Place]:
    """Points that do an item, nearest first (without ``near``: open first, then soonest open, then by
    code)."""
    require(actor, READ_PLACES)
    guides = Guide.objects.filter(item=item_code, point__withdrawn=False).select_related("point")
    places = places_of(actor, ((guide.point, guide) for guide in guides), moment or clock.now(), near)
    return sorted(places, key=_nearest if near else _soonest)[:limit]


def points(
    actor: Actor,
    district: str | None = None,
    kind: PointKind | None = None,
    near: Position | None = None,
    moment: datetime | None = None,
) -> list[Place]:
    """Points of the directory, by code (with ``near``: nearest first)."""
    require(actor, READ_PLACES)
    chosen = Point.objects.filter(withdrawn=False)
    if district:
        chosen = chosen.filter(district=district)
    if kind:
        chosen = chosen.filter(kind=kind)
    places = places_of(actor, ((point, None) for point in chosen), moment or clock.now(), near)
    return sorted(places, key=_nearest) if near else places


def open_now(actor: Actor, moment: datetime | None = None) -> OpenNow:
    """Which points are open, and what closes and opens next."""
    moment = moment or clock.now()
    places = points(actor, moment=moment)
    opened = [place for place in places if place.state.is_open]
    shut = [place for place in places if not place.state.is_open]
    return OpenNow(places, _first_to_change(opened), _first_to_change(shut))


def guide(actor: Actor, point_code: str, item_code: str, moment: datetime | None = None) -> Place:
    """How an item is done at a point. Raises NotInDirectory."""
    require(actor, READ_PLACES)
    found = (
        Guide.objects.filter(point__code=point_code, item=item_code, point__withdrawn=False)
        .select_related("point")
        .first()
    )
    if found is None:
        raise NotInDirectory(f"{item_code} is not done at {point_code}")
    return places_of(actor, [(found.point, found)], moment or clock.now(), None)[0]


def point(actor: Actor, code: str, moment: datetime | None = None) -> PointPage:
    """One point with its week, phones and items. Raises NotInDirectory."""
    require(actor, READ_PLACES)
    found = Point.objects.filter(code=code, withdrawn=False).first()
    if found is None:
        raise NotInDirectory(f"{code} is not in the directory")
    moment = moment or clock.now()
    today = clock.local(moment).date()
    calendar = workdays.in_force(actor)
    closures = list(found.closures.filter(ends_at__gt=moment - timedelta(days=1)))
    here = Place(found, state_of(found.hours, closures, moment, hours.working_days(calendar)))
    done_here = set(found.guides.values_list("item", flat=True))
    items = [item for item in catalog.definitions(actor) if item.code in done_here]
    return PointPage(
        here,
        _week(found.hours, closures, today, calendar),
        items,
        lines_of(actor, found.phones.select_related("point"), moment),
    )


def counts(actor: Actor) -> dict[str, int]:
    """How much the directory holds: points, kiosks, phones, guides."""
    require(actor, READ_PLACES)
    found = Point.objects.filter(withdrawn=False).aggregate(
        points=Count("pk"), kiosks=Count("pk", filter=Q(kind=PointKind.KIOSK.value))
    )
    return {**found, "phones": PhoneEntry.objects.count(), "guides": Guide.objects.count()}


def _week(expression: str, closures: Sequence[Closure], today: date, calendar: Calendar) -> list[Day]:
    shut = [(closure.starts_at, closure.ends_at) for closure in closures]
    days = hours.working_days(calendar)
    week = []
    for offset in range(WEEK):
        day = today + timedelta(days=offset)
        starts = datetime.combine(day, time(), clock.CITY_ZONE)
        ends = starts + timedelta(days=1)
        that_day = [closure for closure in closures if closure.starts_at < ends and closure.ends_at > starts]
        opened = without(hours.intervals(expression, day, 1, days), shut)
        week.append(Day(day, calendar.kind(day), opened, that_day, offset == 0))
    return week


def _nearest(place: Place) -> tuple[float, str]:
    return place.distance_m or 0.0, place.point.code


def _soonest(place: Place) -> tuple[bool, float, str]:
    state = place.state
    opens = 0.0 if state.is_open or state.changes_at is None else state.changes_at.timestamp()
    return not state.is_open, opens if state.is_open or state.changes_at else float("inf"), place.point.code


def _first_to_change(places: Sequence[Place]) -> Place | None:
    dated = [place for place in places if place.state.changes_at is not None]
    return min(dated, key=lambda place: (place.state.changes_at, place.point.code), default=None)
