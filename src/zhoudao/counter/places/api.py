"""The map's part of the interface for programs; docs/api.md. Parse, call one query, say it as data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from ninja import Path, Query, Router, Schema
from pydantic import Field

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.counter.catalog.queries import UnknownItem
from zhoudao.counter.catalog.search import find, triage
from zhoudao.counter.places import queries
from zhoudao.counter.places.answers_kept import DOCUMENTS, Document
from zhoudao.counter.places.coverage import queries as coverage_queries
from zhoudao.counter.places.coverage.rules import USUAL_MINUTES
from zhoudao.counter.places.journeys import answers, visits, words
from zhoudao.counter.places.journeys.network import current
from zhoudao.counter.places.journeys.rules import LEAST_MINUTES, MOST_MINUTES, BadQuestion, NotHere
from zhoudao.counter.places.journeys.soonest import outside_calendar, soonest
from zhoudao.counter.places.models import Point
from zhoudao.counter.places.pages_kept import minute
from zhoudao.counter.places.queries import Place
from zhoudao.counter.places.rules import PointKind, Position
from zhoudao.engines.wayfinding import OutsideCalendar

router = Router(tags=["map"])

POINT_CODE = r"^[A-Z][A-Z0-9-]{1,19}$"
ITEM_CODE = r"^[a-z0-9]+(-[a-z0-9]+)*$"
SAID_LENGTH = 200
FIRST_YEAR, LAST_YEAR = 1970, 2200
"""Years that are worked out in; what the timetable knows of is much less, and said."""


class Language(StrEnum):
    zh = "zh"
    en = "en"


class Text(Schema):
    zh: str
    en: str


class Problem(Schema):
    status: int
    code: str = Field(description="what it is, for programs")
    what: str = Field(description="what happened")
    kept: str = Field(description="what was kept; empty for questions")
    todo: str = Field(description="what to do next")
    phone: str = Field(description="who helps")
    offered: list[float] | None = Field(None, description="longitude and latitude that may have been meant")
    fields: list[dict[str, Any]] | None = Field(
        None, description="each parameter that can't be read, and why"
    )


class Error(Schema):
    error: Problem


class FoundItem(Schema):
    item: str
    title: str
    title_en: str
    score: float


class SearchAnswer(Schema):
    words: str
    items: list[FoundItem] = Field(description="best first")
    ask: list[str] = Field(description="items about equally likely: ask which one is meant")


class PointRow(Schema):
    code: str
    name: Text
    kind: PointKind
    district: str
    address: Text
    longitude: float = Field(description="WGS-84 degrees")
    latitude: float
    hours: str = Field(description="OpenStreetMap opening_hours")
    phone: str
    step_free: bool
    services: list[str]
    open: bool = Field(description="at the moment of the question")
    changes_at: datetime | None = Field(description="when that changes; null: not within two weeks, or never")
    confirmed: bool = Field(description="false where the working-day table does not reach")


class PointItem(Schema):
    code: str
    name: Text


class PointPhone(Schema):
    code: str
    name: Text
    kind: str
    phone: str


class PointAnswer(PointRow):
    items: list[PointItem] = Field(description="what is done there")
    phones: list[PointPhone]


class Leg(Schema):
    mode: str = Field(description="walk, car, bus, ferry, ...")
    from_: str = Field(alias="from", serialization_alias="from")
    to: str
    depart: datetime
    arrive: datetime
    line: str | None


class Return(Schema):
    last: datetime | None = Field(description="last moment of that day to set out home by bus or boat")
    by_street_seconds: int | None = Field(description="home by streets alone; null: no such way")
    in_time: bool = Field(description="whether one gets home that day")


class Way(Schema):
    point: str = Field(description="its code, or online")
    name: str
    item: str
    depart: datetime | None = Field(description="last moment to set out and still arrive then")
    arrive: datetime | None
    served_at: datetime | None = Field(description="null: not served, and reason says why")
    legs: list[Leg]
    return_: Return | None = Field(alias="return", serialization_alias="return")
    reason: str = Field(description="why it is the soonest, or later, or does not serve")
    reasons: list[str] = Field(description="codes; docs/wayfinding.md explains each")
    queue_known: bool


class SoonestAnswer(Schema):
    item: str
    when: datetime
    mode: Literal["walk", "car"]
    headline: str
    total: int = Field(description="how many places there are; ways holds the first of them")
    ways: list[Way]


class Share(Schema):
    people: int
    within: int = Field(description="at the hour of moment")
    share: float = Field(description="0 to 1")
    by_hour: list[float] = Field(description="24 shares")


class DistrictShare(Share):
    district: str


class CoverageAnswer(Schema):
    minutes: int
    mode: Literal["walk", "car"]
    moment: datetime
    kiosks: list[str] = Field(description="24-hour kiosks that are open then")
    city: Share
    districts: list[DistrictShare]


SaidIn = Annotated[Language, Query(description="of the texts")]
When = Annotated[
    datetime | None, Query(description="ISO 8601; the city's time where it has no offset; now if left out")
]
ByWhat = Annotated[Literal["walk", "car"], Query(description="on foot, or by car")]
REFUSED = {400: Error, 422: Error, 429: Error}


@router.get("/search", response={200: SearchAnswer, **REFUSED}, summary="Items that words mean")
def search(
    request: HttpRequest,
    q: Annotated[str, Query(min_length=1, max_length=SAID_LENGTH, description="what someone lost or needs")],
    limit: Annotated[int, Query(ge=1, le=50)] = 5,
) -> dict[str, Any]:
    """Plain words in Chinese, pinyin, initials or English."""
    visits.count(visits.PAGE, "api-search")
    found = find(q, limit=limit, actor=_actor(request))
    question = triage(found)
    return {
        "words": q,
        "items": [vars(each) for each in found],
        "ask": [choice.item for choice in question.choices] if question else [],
    }


@router.get("/points", response={200: list[PointRow], **REFUSED}, summary="Points of the directory")
def points(
    request: HttpRequest,
    district: Annotated[str | None, Query(max_length=60, description="code of a district")] = None,
    kind: PointKind | None = None,
    open: Annotated[bool, Query(description="only those open now")] = False,
) -> list[dict[str, Any]]:
    """All of them by code, with whether they are open."""
    visits.count(visits.PAGE, "api-points")
    found = queries.points(_actor(request), kind=kind)
    return [
        _row(place)
        for place in found
        if district in (None, place.point.district) and (place.state.is_open or not open)
    ]


@router.get("/points/{code}", response={200: PointAnswer, 404: Error, **REFUSED}, summary="One point")
def point(request: HttpRequest, code: Annotated[str, Path(pattern=POINT_CODE)]) -> dict[str, Any]:
    """With what is done there and whom to call."""
    page = queries.point(_actor(request), code)
    visits.count(visits.POINT, code)
    return {
        **_row(page.place),
        "items": [{"code": item.code, "name": item.name.model_dump()} for item in page.items],
        "phones": [
            {"code": entry.code, "name": entry.name, "kind": entry.kind, "phone": entry.phone}
            for entry in (line.entry for line in page.phones)
        ],
    }


@router.get(
    "/soonest",
    response={200: SoonestAnswer, 404: Error, 503: Error, **REFUSED},
    by_alias=True,
    summary="Where one is served soonest",
)
def soonest_(
    request: HttpRequest,
    lon: Annotated[float, Query(ge=-180, le=180, description="WGS-84 degrees")],
    lat: Annotated[
        float, Query(ge=-180, le=180, description="up to 180, so that a swapped pair is recognised")
    ],
    item: Annotated[str | None, Query(pattern=ITEM_CODE, max_length=60, description="or q")] = None,
    q: Annotated[str | None, Query(min_length=1, max_length=SAID_LENGTH, description="words")] = None,
    when: When = None,
    mode: ByWhat = "walk",
    language: SaidIn = Language.zh,
    limit: Annotated[int, Query(ge=1, le=100, description="ways at most")] = 10,
) -> HttpResponse:
    """Every place that does an item, by the moment one's turn comes: by foot or car, bus and boat, hours and queue."""
    actor = _actor(request)
    asked = (language, item, q, lon, lat, when, mode, limit, minute())
    kept = DOCUMENTS.get(actor, asked)
    if kept is None:
        with _in_language(language):
            code = item or _meant(request, q)
            answer = soonest(actor, code, Position(lon, lat), _moment(when), mode)
            said = SoonestAnswer.model_validate(
                {
                    "item": code,
                    "when": answer.when,
                    "mode": mode,
                    "headline": words.headline(answer),
                    "total": len(answer.ways),
                    "ways": [answers.way_as_data(way) for way in answer.ways[:limit]],
                }
            )
        kept = Document(said.model_dump_json(by_alias=True).encode(), code)
        DOCUMENTS.put(asked, kept)
    visits.count(visits.ITEM, kept.item)
    return HttpResponse(kept.json, content_type="application/json; charset=utf-8")


@router.get(
    "/coverage",
    response={200: CoverageAnswer, 503: Error, **REFUSED},
    summary="Who reaches a 24-hour kiosk in time",
)
def coverage(
    request: HttpRequest,
    minutes: Annotated[int, Query(ge=LEAST_MINUTES, le=MOST_MINUTES)] = USUAL_MINUTES,
    mode: ByWhat = "walk",
    when: When = None,
) -> dict[str, Any]:
    """Residents by district, and by the hour they leave home."""
    visits.count(visits.PAGE, "api-coverage")
    moment = _moment(when)
    try:
        return coverage_queries.share(_actor(request), minutes, mode, moment).as_data()
    except OutsideCalendar:
        raise outside_calendar(current(), moment or clock.now()) from None


def problem_of(error: Exception) -> dict[str, Any]:
    """What an error adds to the usual answer about it."""
    if isinstance(error, NotHere):
        place = error.doubt.place if error.doubt else None
        return {"code": error.code, "offered": [round(degree, 6) for degree in place] if place else None}
    return {"code": error.code} if isinstance(error, BadQuestion) else {}


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]  # the people room's middleware puts it there


@contextmanager
def _in_language(language: Language) -> Iterator[None]:
    with translation.override("zh-hans" if language is Language.zh else "en"):
        yield


def _meant(request: HttpRequest, said: str | None) -> str:
    """The item that words mean. Raises BadQuestion, UnknownItem."""
    if said is None:
        raise BadQuestion(
            _("The question names no item."),
            _("Give item, the code of an item, or q, words for it."),
        )
    found = find(said, limit=1, actor=_actor(request))
    if not found:
        raise UnknownItem(said, withdrawn=False)
    return found[0].item


def _moment(when: datetime | None) -> datetime | None:
    """A moment of the city's time; raises BadQuestion for one no clock gets to."""
    if when is None:
        return None
    if not FIRST_YEAR <= when.year <= LAST_YEAR:
        raise BadQuestion(
            _("The timetable says nothing about that year."),
            _("Choose a day within the timetable."),
            "outside_calendar",
        )
    return when if when.tzinfo else when.replace(tzinfo=clock.CITY_ZONE)


def _row(place: Place) -> dict[str, Any]:
    at: Point = place.point
    return {
        "code": at.code,
        "name": at.name,
        "kind": at.kind,
        "district": at.district,
        "address": at.address,
        "longitude": at.longitude,
        "latitude": at.latitude,
        "hours": at.hours,
        "phone": at.phone,
        "step_free": at.step_free,
        "services": at.services,
        "open": place.state.is_open,
        "changes_at": place.state.changes_at,
        "confirmed": place.state.confirmed,
    }
