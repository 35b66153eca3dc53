"""What pages ask of the directory. Each function costs a fixed number of SQL queries, however many places
there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q, QuerySet

from zhoudao.core import clock
from zhoudao.core.access import Actor, require
from zhoudao.core.workdays import queries as workdays
from zhoudao.core.workdays.rules import Calendar, DayKind
from zhoudao.counter.catalog import ports
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.catalog.schema import Item
from zhoudao.counter.catalog.search import find, triage
from zhoudao.counter.places import hours
from zhoudao.counter.places.exchange.records import (
    GUIDES,
    PHONES,
    POINTS,
    GuideRecord,
    PhoneRecord,
    PointRecord,
)
from zhoudao.counter.places.journeys.leaving import Leaving
from zhoudao.counter.places.journeys.network import NoNetwork
from zhoudao.counter.places.journeys.rules import BadQuestion
from zhoudao.counter.places.journeys.soonest import SoonestAnswer, Way, soonest
from zhoudao.counter.places.models import Closure, Guide, PhoneEntry, Point, Text
from zhoudao.counter.places.rules import (
    EXPORT_PLACES,
    READ_PLACES,
    Interval,
    OpenState,
    PhoneKind,
    PointKind,
    Position,
    distance_m,
    next_change,
    speaks_of,
    without,
)
from zhoudao.engines.wayfinding.hours import WorkingDays

LOOK_AHEAD_DAYS = 15
"""Days looked at for the next opening: longer than the longest public holiday and the weekends around it."""
WEEK = 7
PHONES_IN_ANSWER = 3
OTHERS_IN_ANSWER = 4
MOST_WORDS = 8
"""Words of a look-up of phones that are read."""


class NotInDirectory(LookupError):
    """No such point, or the item is not done there."""

    http_status = 404


@dataclass(frozen=True)
class Place:
    """A point as an answer shows it: how far, whether open, and, where an item is meant, how it is done
    there."""

    point: Point
    state: OpenState
    distance_m: float | None = None
    guide: Guide | None = None

    @property
    def phone(self) -> str:
        return (self.guide.phone if self.guide else "") or self.point.phone

    @property
    def note(self) -> Text | None:
        return self.guide.note if self.guide and self.guide.note_zh else None


@dataclass(frozen=True)
class PhoneLine:
    """A look-up entry, and whether someone answers it now (None: nobody says when)."""

    entry: PhoneEntry
    state: OpenState | None


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


@dataclass(frozen=True)
class Answer:
    """The answer to what someone typed: an item and where it is done, or a question back, or nothing."""

    words: str
    moment: datetime
    item: Item | None
    choices: list[Item]
    """Items about equally likely, when the person has to say which."""
    others: list[Item]
    """What else the words may mean."""
    places: list[Place]
    """Nearest first, when it is known where the person is; else open ones first."""
    phones: list[PhoneLine]
    soonest: SoonestAnswer | None = None
    """The places ranked by when one is served there; None when it isn't known where the person is, or there is no
    network to work it out on."""
    problem: BadQuestion | None = None
    """Why they could not be ranked so, although it is known where the person is."""

    @property
    def open_instead(self) -> Place | None:
        """The first place that is open, where the first of all is not."""
        if not self.places or self.places[0].state.is_open:
            return None
        return next((place for place in self.places if place.state.is_open), None)


# Points -----------------------------------------------------------------------------------------------------


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
    places = _places(actor, ((guide.point, guide) for guide in guides), moment or clock.now(), near)
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
    places = _places(actor, ((point, None) for point in chosen), moment or clock.now(), near)
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
    return _places(actor, [(found.point, found)], moment or clock.now(), None)[0]


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
    here = Place(found, _state(found.hours, closures, moment, hours.working_days(calendar)))
    done_here = set(found.guides.values_list("item", flat=True))
    items = [item for item in catalog.definitions(actor) if item.code in done_here]
    return PointPage(
        here,
        _week(found.hours, closures, today, calendar),
        items,
        _lines(actor, found.phones.select_related("point"), moment),
    )


def counts(actor: Actor) -> dict[str, int]:
    """How much the directory holds: points, kiosks, phones, guides."""
    require(actor, READ_PLACES)
    found = Point.objects.filter(withdrawn=False).aggregate(
        points=Count("pk"), kiosks=Count("pk", filter=Q(kind=PointKind.KIOSK.value))
    )
    return {**found, "phones": PhoneEntry.objects.count(), "guides": Guide.objects.count()}


# Phones -----------------------------------------------------------------------------------------------------


def phones(
    actor: Actor,
    kind: PhoneKind | None = None,
    district: str | None = None,
    words: str = "",
    moment: datetime | None = None,
) -> list[PhoneLine]:
    """Look-up entries by code; ``district`` keeps the city's own, ``words`` must all stand in name,
    number or point."""
    require(actor, READ_PLACES)
    found = _entries()
    if kind:
        found = found.filter(kind=kind)
    if district:
        found = found.filter(district__in=[district, ""])
    for word in words.split()[:MOST_WORDS]:
        found = found.filter(
            Q(name_zh__icontains=word)
            | Q(name_en__icontains=word)
            | Q(phone__contains=word)
            | Q(point__name_zh__icontains=word)
            | Q(point__name_en__icontains=word)
        )
    return _lines(actor, found, moment or clock.now())


def phones_for(
    actor: Actor, item_code: str, district: str | None = None, moment: datetime | None = None
) -> list[PhoneLine]:
    """Whom to call about an item: entries of the points that do it, then those of district and city whose name
    speaks of it. Emergency and complaint numbers are not for asking how something is done."""
    require(actor, READ_PLACES)
    asked = [PhoneKind.APPOINTMENT.value, PhoneKind.ENQUIRY.value, PhoneKind.DUTY.value]
    doing_it = Guide.objects.filter(item=item_code, point__withdrawn=False).values("point")
    found = _entries().filter(Q(point__in=doing_it) | Q(point__isnull=True), kind__in=asked)
    if district:
        found = found.filter(district__in=[district, ""])
    item = next((item for item in catalog.definitions(actor) if item.code == item_code), None)
    phrases = [item.name.zh, *item.words.zh] if item else []
    entries = [entry for entry in found if entry.point_id or speaks_of(entry.name_zh, phrases)]
    entries.sort(key=lambda entry: (entry.point_id is None, asked.index(entry.kind), entry.code))
    return _lines(actor, entries, moment or clock.now())


def _lines(actor: Actor, entries: Iterable[PhoneEntry], moment: datetime) -> list[PhoneLine]:
    days = hours.working_days(workdays.in_force(actor))
    lines = []
    for entry in entries:
        expression = entry.hours or (entry.point.hours if entry.point else "")
        lines.append(PhoneLine(entry, _state(expression, [], moment, days) if expression else None))
    return lines


def _entries() -> QuerySet[PhoneEntry]:
    return PhoneEntry.objects.select_related("point").filter(
        Q(point__isnull=True) | Q(point__withdrawn=False)
    )


# The answer -------------------------------------------------------------------------------------------------


def answer(
    actor: Actor,
    words: str,
    near: Position | None = None,
    language: str = "zh",
    item_code: str | None = None,
    moment: datetime | None = None,
    leaving: Leaving | None = None,
) -> Answer:
    """What to do about ``words``: the item, what to bring, whom to call, and the places that do it.

    ``item_code``: which of the choices the person has picked; an unknown one is as if none were picked.
    ``leaving``: when and how the person sets out; with that and ``near``, soonest served first.
    """
    require(actor, READ_PLACES)
    moment = moment or clock.now()
    found = find(words, limit=1 + OTHERS_IN_ANSWER, actor=actor) if words.strip() else []
    items = {item.code: item for item in catalog.definitions(actor)}
    likely = [items[each.item] for each in found if each.item in items]
    picked = items.get(item_code or "")
    question = triage(found) if picked is None else None
    if question is not None:
        choices = [items[choice.item] for choice in question.choices if choice.item in items]
        return Answer(words, moment, None, choices, [item for item in likely if item not in choices], [], [])
    if picked is None and not likely:
        return Answer(words, moment, None, [], [], [], [])
    item = picked or likely[0]
    ranking, problem = _ranking(actor, item, near, leaving)
    if ranking is not None:
        places = [_ranked_place(way) for way in ranking.ways if way.point is not None]
    else:
        places = points_for(actor, item.code, near, moment=moment)
    others = [other for other in likely if other != item][:OTHERS_IN_ANSWER]
    phones = _whom_to_call(actor, item.code, places, near, moment)
    return Answer(words, moment, item, [], others, places, phones, ranking, problem)


def _ranking(
    actor: Actor, item: Item, near: Position | None, leaving: Leaving | None
) -> tuple[SoonestAnswer | None, BadQuestion | None]:
    if near is None or leaving is None:
        return None, None
    try:
        return soonest(actor, item.code, near, leaving.when, leaving.mode), None
    except BadQuestion as problem:
        return None, problem
    except NoNetwork:
        return None, None


def _ranked_place(way: Way) -> Place:
    assert way.point is not None
    return Place(way.point, OpenState(is_open=way.is_open), guide=way.guide)


def popular(actor: Actor, limit: int) -> list[Item]:
    """What people come for most: by the year's applications, or by the catalogue's own ranks where none
    are counted."""
    require(actor, READ_PLACES)
    items = {item.code: item for item in catalog.definitions(actor)}
    ranked = sorted(
        (item for item in items.values() if item.popular_rank), key=lambda item: item.popular_rank or 0
    )
    codes = [*(ports.popular(actor, limit) or []), *(item.code for item in ranked)]
    return [items[code] for code in dict.fromkeys(codes) if code in items][:limit]


def _whom_to_call(
    actor: Actor, item_code: str, places: Sequence[Place], near: Position | None, moment: datetime
) -> list[PhoneLine]:
    """The few numbers worth showing: one of each of the nearest places, where it is known where the person is, and
    those that speak of the item. The city's help line is on every page and not among them."""
    lines = phones_for(actor, item_code, places[0].point.district if near and places else None, moment)
    rank = {place.point.pk: number for number, place in enumerate(places)}
    one_each: dict[int, PhoneLine] = {}
    for line in lines:
        if near and line.entry.point_id in rank:
            one_each.setdefault(rank[line.entry.point_id], line)
    nearest = [one_each[number] for number in sorted(one_each)]
    general = [line for line in lines if line.entry.point_id is None][: PHONES_IN_ANSWER // 2]
    return [*nearest[: PHONES_IN_ANSWER - len(general)], *general]


# Export -----------------------------------------------------------------------------------------------------


def directory(actor: Actor) -> dict[str, list[PointRecord] | list[PhoneRecord] | list[GuideRecord]]:
    """All points in the directory, phone entries and guides, as records by table, ordered by code."""
    require(actor, EXPORT_PLACES)
    return {
        POINTS: [_point_record(point) for point in Point.objects.filter(withdrawn=False)],
        PHONES: [_phone_record(entry) for entry in _entries()],
        GUIDES: [
            GuideRecord(guide.point.code, guide.item, guide.hours, guide.phone, guide.note_zh, guide.note_en)
            for guide in Guide.objects.filter(point__withdrawn=False).select_related("point")
        ],
    }


def _point_record(point: Point) -> PointRecord:
    return PointRecord(
        code=point.code,
        name_zh=point.name_zh,
        name_en=point.name_en,
        kind=point.kind,
        district=point.district,
        address_zh=point.address_zh,
        address_en=point.address_en,
        longitude=point.longitude,
        latitude=point.latitude,
        hours=point.hours,
        phone=point.phone,
        step_free=point.step_free,
        services=tuple(point.services),
    )


def _phone_record(entry: PhoneEntry) -> PhoneRecord:
    return PhoneRecord(
        code=entry.code,
        name_zh=entry.name_zh,
        name_en=entry.name_en,
        kind=entry.kind,
        phone=entry.phone,
        district=entry.district,
        point=entry.point.code if entry.point else "",
        hours=entry.hours,
    )


# Open or not ------------------------------------------------------------------------------------------------


def _places(
    actor: Actor, pairs: Iterable[tuple[Point, Guide | None]], moment: datetime, near: Position | None
) -> list[Place]:
    """Two queries, whatever the number of points: the closures, and the working-day table."""
    pairs = list(pairs)
    days = hours.working_days(workdays.in_force(actor))
    closures: dict[int, list[Closure]] = {}
    for closure in Closure.objects.filter(
        ends_at__gt=moment, starts_at__lt=moment + timedelta(days=LOOK_AHEAD_DAYS)
    ):
        closures.setdefault(closure.point_id, []).append(closure)
    return [
        Place(
            point,
            _state((guide.hours if guide else "") or point.hours, closures.get(point.pk, []), moment, days),
            distance_m(near, point.position) if near else None,
            guide,
        )
        for point, guide in pairs
    ]


def _state(expression: str, closures: Sequence[Closure], moment: datetime, days: WorkingDays) -> OpenState:
    today = clock.local(moment).date()
    shut = [(closure.starts_at, closure.ends_at) for closure in closures]
    opened = without(hours.intervals(expression, today, LOOK_AHEAD_DAYS, days), shut)
    is_open, changes_at = next_change(opened, moment)
    always = hours.always_open(expression)
    reaches_far = changes_at is not None or days.known(today + timedelta(days=LOOK_AHEAD_DAYS - 1))
    return OpenState(
        is_open=is_open,
        changes_at=None if always and not shut else changes_at,
        always=always and not shut,
        confirmed=always or (days.known(today) and reaches_far),
        closure=next(
            (closure for closure in closures if closure.starts_at <= moment < closure.ends_at), None
        ),
    )


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
