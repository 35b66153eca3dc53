"""The map's pages: home, search, points, phones. They read, and render; nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from zhoudao.core import city, clock
from zhoudao.core.access import Actor
from zhoudao.core.look import words as words_of
from zhoudao.core.look.framing import may_be_framed
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.places import live_map, outline, pages_kept, queries, where
from zhoudao.counter.places.answers_kept import KEPT, Answered
from zhoudao.counter.places.filters import Filters
from zhoudao.counter.places.filters import read as read_filters
from zhoudao.counter.places.journeys import visits
from zhoudao.counter.places.journeys.leaving import Leaving
from zhoudao.counter.places.journeys.leaving import read as read_leaving
from zhoudao.counter.places.journeys.one_way import one_way
from zhoudao.counter.places.journeys.soonest import Way
from zhoudao.counter.places.labels import PHONE_KINDS, POINT_KINDS
from zhoudao.counter.places.pages_kept import PAGES
from zhoudao.counter.places.queries import Answer, NotInDirectory, Place
from zhoudao.counter.places.rules import NEAR_DECIMALS, PhoneKind, PointKind, Position
from zhoudao.counter.places.where import Near, Unclear

POPULAR = 4
PLACES_SHOWN = 8
"""Places an answer lists before "all of them"; also how many the map beside it numbers."""
LONGEST_WORDS = 200


@may_be_framed
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """One search box, what people come for most, what is open now."""
    opened = queries.open_now(_actor(request))
    visits.count(visits.PAGE, "home")
    view = _whole_city(opened.places)
    return render(
        request,
        "places/home.html",
        {
            "popular": queries.popular(_actor(request), POPULAR),
            "opened": opened,
            "counts": queries.counts(_actor(request)),
            "shelves": catalog.shelves(_actor(request)),
            "view": view,
            "marks": _marks(view, opened.places),
            **_location(request),
        },
    )


@may_be_framed
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """``?q=`` words, ``lat`` and ``lon`` or ``at`` where the person is, ``item`` the choice they made
    (``for`` which words, so that new words ask anew), ``when`` and ``mode`` how they set out, ``all`` places instead
    of the first few."""
    actor, language = _actor(request), get_language() or "zh-hans"
    visits.count(visits.PAGE, "search")
    key = pages_kept.key_of(request, actor)
    page = PAGES.get(actor, key) if key else None
    if page is not None:
        if page.item:
            visits.count(visits.ITEM, page.item)
        return page.sent_to(request)
    words = request.GET.get("q", "").strip()[:LONGEST_WORDS]
    location = _location(request)
    near = location["near"]
    position = near.position if isinstance(near, Near) else None
    item_code = request.GET.get("item") if request.GET.get("for", words) == words else None
    leaving, wanted, every = read_leaving(request.GET), read_filters(request.GET), "all" in request.GET
    keep = _kept(words, near, leaving, wanted)
    shared = {
        "words": words,
        "filters": wanted,
        "leaving": leaving,
        "keep": keep,
        "keep_way": _kept_way(near, leaving),
        **location,
    }
    asked = (
        language, words, item_code, position, leaving, wanted, every, pages_kept.minute(), location["unclear"], keep,
    )  # fmt: skip
    answered = KEPT.get(actor, asked)
    if answered is None:
        answer = queries.answer(actor, words, position, language, item_code, leaving=leaving)
        if answer.item is None:
            popular = [] if answer.choices else queries.popular(actor, POPULAR)
            return pages_kept.render(
                request, key, "places/search.html", {**shared, "answer": answer, "popular": popular}
            )
        doubted = _doubted(answer)
        html = render_to_string(
            "places/parts/answer.html",
            {
                **shared,
                **_listed(request, answer, wanted, every, near),
                "doubt_url": f"?{_kept(words, Near(doubted), leaving, wanted)}" if doubted else "",
            },
            request,
        )
        answered = Answered(
            html, answer.item.code, words_of.text(answer.item.name, language), len(answer.places)
        )
        KEPT.put(asked, answered)
    visits.count(visits.ITEM, answered.item)
    return pages_kept.render(
        request, key, "places/search.html", {**shared, "answered": answered}, answered.item
    )


def _listed(
    request: HttpRequest, answer: Answer, wanted: Filters, every: bool, near: object
) -> dict[str, object]:
    """The places of an answer that are shown, with their ways, and the map beside them."""
    ways = [way for way in answer.soonest.ways if way.point] if answer.soonest else []
    kept = [number for number, place in enumerate(answer.places) if wanted.keep(place)]
    shown = kept if every else kept[:PLACES_SHOWN]
    places = [answer.places[number] for number in shown]
    return {
        "answer": answer,
        "item": answer.item,
        "shown": places,
        "ways": [ways[number] for number in shown] if ways else [],
        "rest": len(kept) - len(shown),
        "hidden": len(answer.places) - len(kept),
        "map": _map_of(request, answer, places[:PLACES_SHOWN], near),
    }


@may_be_framed
@require_safe
def points(request: HttpRequest) -> HttpResponse:
    """All points, by district and kind."""
    here = city.current()
    district = _one_of(request, "district", [each.code for each in here.districts])
    kind = _one_of(request, "kind", [each.value for each in PointKind])
    location = _location(request)
    near = location["near"]
    found = queries.points(
        _actor(request),
        district,
        PointKind(kind) if kind else None,
        near.position if isinstance(near, Near) else None,
    )
    if "open" in request.GET:
        found = [place for place in found if place.state.is_open]
    view = _whole_city(found)
    groups = [
        (each, [place for place in found if place.point.district == each.code]) for each in here.districts
    ]
    return render(
        request,
        "places/points.html",
        {
            "found": found,
            "groups": [(each, places) for each, places in groups if places],
            "district": district,
            "kind": kind,
            "only_open": "open" in request.GET,
            "kinds": [(each.value, POINT_KINDS[each]) for each in PointKind],
            "view": view,
            "marks": _marks(view, found),
            **location,
        },
    )


@may_be_framed
@require_safe
def point(request: HttpRequest, code: str) -> HttpResponse:
    """One point; with ``?item=`` how that item is done there."""
    try:
        page = queries.point(_actor(request), code)
        item_code = request.GET.get("item")
        guide = queries.guide(_actor(request), code, item_code) if item_code else None
    except NotInDirectory as missing:
        raise Http404(str(missing)) from None
    visits.count(visits.POINT, code)
    here = city.current()
    view = outline.view_of(here.folder, where.bounds_of(here), [page.place.point.position])
    return render(
        request,
        "places/point.html",
        {
            "page": page,
            "point": page.place.point,
            "district": here.district(page.place.point.district),
            "guide": guide,
            "item": next((item for item in page.items if item.code == item_code), None),
            "view": view,
            "marks": _marks(view, [page.place]),
            "live": live_map.data_of(_actor(request), [page.place]),
            "mode": read_leaving(request.GET).mode,
            "today": clock.local(clock.now()).date(),
        },
    )


@may_be_framed
@require_safe
def way(request: HttpRequest, code: str) -> HttpResponse:
    """The way to one point for one item, drawn and told: an address that can be handed on. ``item``; ``lat`` and
    ``lon`` or ``at``, ``when`` and ``mode`` as for a search."""
    actor, leaving, location = _actor(request), read_leaving(request.GET), _location(request)
    near = location["near"]
    position = near.position if isinstance(near, Near) else None
    try:
        place = queries.guide(actor, code, request.GET.get("item", ""))
        told = one_way(actor, request.GET["item"], code, position, leaving)
    except NotInDirectory as missing:
        raise Http404(str(missing)) from None
    visits.count(visits.POINT, code)
    here = city.current()
    positions = [place.point.position, *([position] if position else [])]
    view = outline.view_of(here.folder, where.bounds_of(here), positions)
    return render(
        request,
        "places/way.html",
        {
            "point": place.point,
            "guide": place.guide,
            "item": told.item,
            "way": told.way,
            "sooner": told.sooner,
            "problem": told.problem,
            "leaving": leaving,
            "keep": _kept_way(near, leaving),
            "map": {
                "view": view,
                "marks": _marks(view, [place]),
                "here": view.place(position) if position else None,
                "live": live_map.data_of(actor, [place], position, told.way),
            },
            **location,
        },
    )


@may_be_framed
@require_safe
def phones(request: HttpRequest) -> HttpResponse:
    """The look-up list of phones, by kind, district and words."""
    here = city.current()
    district = _one_of(request, "district", [each.code for each in here.districts])
    kind = _one_of(request, "kind", [each.value for each in PhoneKind])
    words = request.GET.get("words", "").strip()[:LONGEST_WORDS]
    lines = queries.phones(_actor(request), PhoneKind(kind) if kind else None, district, words)
    groups = [(each, [line for line in lines if line.entry.kind == each.value]) for each in PhoneKind]
    return render(
        request,
        "places/phones.html",
        {
            "lines": lines,
            "groups": [(PHONE_KINDS[each], found) for each, found in groups if found],
            "district": district,
            "kind": kind,
            "words": words,
            "kinds": [(each.value, PHONE_KINDS[each]) for each in PhoneKind],
        },
    )


def _actor(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]  # the people room's middleware puts it there


def _location(request: HttpRequest) -> dict[str, object]:
    """Where the person says they are, and what else they can pick."""
    said = where.read(request.GET)
    meant = where.meant(request.GET) if isinstance(said, Unclear) else None
    put_right = ""
    if meant is not None:
        query = request.GET.copy()
        query["lat"] = f"{meant.latitude:.{NEAR_DECIMALS}f}"
        query["lon"] = f"{meant.longitude:.{NEAR_DECIMALS}f}"
        put_right = f"?{query.urlencode()}"
    return {
        "near": said if isinstance(said, Near) else None,
        "unclear": said.value if isinstance(said, Unclear) else "",
        "meant": meant,
        "meant_url": put_right,
    }


def _one_of(request: HttpRequest, name: str, allowed: list[str]) -> str | None:
    value = request.GET.get(name, "")
    return value if value in allowed else None


def _kept(words: str, near: object, leaving: Leaving, wanted: Filters) -> str:
    """The query of the links in an answer: the words, where the person is, no finer than we use it, how they set out,
    and what they want to see."""
    return urlencode({"q": words, **_way_said(near, leaving), **wanted.kept})


def _kept_way(near: object, leaving: Leaving) -> str:
    """The same without words and wishes: what the way to a place depends on."""
    return urlencode(_way_said(near, leaving))


def _way_said(near: object, leaving: Leaving) -> dict[str, str]:
    kept = dict(leaving.kept)
    if isinstance(near, Near) and near.settlement:
        kept["at"] = near.settlement.code
    elif isinstance(near, Near):
        kept["lat"] = f"{near.position.latitude:.{NEAR_DECIMALS}f}"
        kept["lon"] = f"{near.position.longitude:.{NEAR_DECIMALS}f}"
    return kept


def _doubted(answer: Answer) -> Position | None:
    """What coordinates that look odd, in the city or at its edge, may have meant."""
    doubt = answer.soonest.doubt if answer.soonest else getattr(answer.problem, "doubt", None)
    return Position(*doubt.place) if doubt and doubt.place else None


def _map_of(request: HttpRequest, answer: Answer, numbered: list[Place], near: object) -> dict[str, object]:
    """The places an answer numbers, on the land around them."""
    here = city.current()
    positions = [place.point.position for place in numbered]
    if isinstance(near, Near):
        positions.append(near.position)
    view = outline.view_of(here.folder, where.bounds_of(here), positions)
    return {
        "view": view,
        "marks": _marks(view, numbered, numbered=True),
        "here": view.place(near.position) if isinstance(near, Near) else None,
        "live": live_map.data_of(
            _actor(request),
            numbered,
            near.position if isinstance(near, Near) else None,
            _first_shown(answer, numbered),
            numbered=True,
        ),
    }


def _first_shown(answer: Answer, shown: list[Place]) -> Way | None:
    """The way to the first place on the list, which the map draws."""
    if answer.soonest is None or not shown:
        return None
    return answer.soonest.way(shown[0].point.code)


def _whole_city(places: list[Place]) -> outline.View:
    here = city.current()
    return outline.whole_city(here.folder, where.bounds_of(here), [place.point.position for place in places])


@dataclass(frozen=True)
class Mark:
    """A place on the drawing. ``number``: as in the list beside it; None where there is no such list."""

    x: float
    y: float
    place: Place
    number: int | None
    url: str


def _marks(view: outline.View, places: list[Place], numbered: bool = False) -> list[Mark]:
    """Places as the drawing has them, the ones to be on top last: open before shut, then first before last."""
    marks = []
    for number, place in enumerate(places, 1):
        url = reverse("places:point", args=[place.point.code])
        marks.append(Mark(*view.place(place.point.position), place, number if numbered else None, url))
    marks.reverse()
    return sorted(marks, key=lambda mark: mark.place.state.is_open)
