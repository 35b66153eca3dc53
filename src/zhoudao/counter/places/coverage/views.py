"""The staff page of coverage, and the same as files. Everything it shows is a question put by the address."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

import shapely
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST, require_safe

from zhoudao.core import city, clock
from zhoudao.core.access import Actor, require
from zhoudao.core.look import words
from zhoudao.counter.places import outline, where
from zhoudao.counter.places.coverage import actions, drawing, queries
from zhoudao.counter.places.coverage.models import Settlement
from zhoudao.counter.places.coverage.queries import DistrictShare, NoHomes, Shares, Site, Sites
from zhoudao.counter.places.coverage.rules import (
    HOURS,
    MINUTES,
    MOST_KIOSKS,
    PLAN_KIOSKS,
    USUAL_KIOSKS,
    USUAL_MINUTES,
    SitesState,
)
from zhoudao.counter.places.journeys.network import NoNetwork
from zhoudao.counter.places.journeys.rules import MODES, Mode
from zhoudao.counter.places.models import Point
from zhoudao.counter.places.rules import Position
from zhoudao.engines.wayfinding import OutsideCalendar

MISSING = (NoNetwork, NoHomes, OutsideCalendar)
"""What has to be imported before there is anything to show."""
GEOJSON = "application/geo+json"
SITE_COLUMNS = (
    "order",
    "longitude",
    "latitude",
    "district",
    "settlement",
    "settlement_zh",
    "settlement_en",
    "added",
    "proven",
    "gap",
)


@dataclass(frozen=True)
class Asked:
    """What the address asks; whatever is not offered is taken as the usual."""

    minutes: int
    mode: Mode
    hour: int
    district: str
    """Code of the district the map shows; empty for the whole city."""
    kiosks: int
    site: int = 0
    """Number of the proposed kiosk the map shows from near by; 0 for none."""

    @property
    def moment(self) -> datetime:
        """The hour of today, by the city's clock."""
        return clock.local(clock.now()).replace(hour=self.hour, minute=0, second=0, microsecond=0)

    @property
    def query(self) -> str:
        return urlencode(vars(self))

    @property
    def address(self) -> str:
        return f"{reverse('coverage:page')}?{self.query}"

    def at(self, **changes: object) -> str:
        return f"{reverse('coverage:page')}?{urlencode({**vars(self), **changes})}"


def _asked(query: Mapping[str, str]) -> Asked:
    now = clock.local(clock.now()).hour
    mode = query.get("mode", "")
    districts = [district.code for district in city.current().districts]
    return Asked(
        _number(query, "minutes", MINUTES, USUAL_MINUTES),
        next((known for known in MODES if known == mode), MODES[0]),
        _number(query, "hour", HOURS, now),
        query.get("district", "") if query.get("district", "") in districts else "",
        _number(query, "kiosks", range(1, MOST_KIOSKS + 1), USUAL_KIOSKS),
        _number(query, "site", range(1, MOST_KIOSKS + 1), 0),
    )


def _number(query: Mapping[str, str], name: str, offered: Iterable[int], usual: int) -> int:
    return next((each for each in offered if str(each) == query.get(name, "")), usual)


# The page ---------------------------------------------------------------------------------------------------


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """``?minutes=&mode=&hour=`` the question, ``district`` what the map shows, ``kiosks`` how many to site."""
    actor, asked = _actor(request), _asked(request.GET)
    common = {
        "asked": asked,
        "offered": {"minutes": MINUTES, "hours": HOURS, "kiosks": range(1, MOST_KIOSKS + 1)},
    }
    try:
        shares = queries.share(actor, asked.minutes, asked.mode, asked.moment)
        area = queries.area(actor, asked.minutes, asked.mode, asked.moment)
        state = queries.sites_state(actor, asked.kiosks, asked.minutes, asked.mode)
        sites = queries.sites_known(actor, asked.kiosks, asked.minutes, asked.mode)
    except MISSING as missing:
        return render(request, "places/coverage/missing.html", {**common, "missing": _kind(missing)})
    kiosks, settlements = queries.kiosk_points(actor), queries.settlements(actor)
    proposals = _proposals(asked, sites, settlements)
    rows = _rows(shares, asked)
    whole = _Row("", shares.city, asked.hour, asked.at(district="", site=0))
    return render(
        request,
        "places/coverage/page.html",
        {
            **common,
            "shares": shares,
            "rows": rows,
            "whole": whole,
            "hours": [(hour, [row.by_hour[hour] for row in (*rows, whole)]) for hour in HOURS],
            "map": _map(asked, area, kiosks, shares.kiosks, proposals),
            "state": state.value,
            "kept": [(name, value) for name, value in vars(asked).items() if name not in ("kiosks", "site")],
            "proposals": proposals,
            **_gain(sites),
        },
    )


@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Have the sites of a question worked out, and go back to the page that shows them or waits for them."""
    actor, asked = _actor(request), _asked(request.POST)
    try:
        actions.ask_for_sites(actor, asked.kiosks, asked.minutes, asked.mode)
    except MISSING:
        return redirect(asked.address)  # it says what is missing
    return redirect(f"{asked.address}#sites")


@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """How far the sites are, for a page that waits; the page is drawn anew when they are there."""
    actor, asked = _actor(request), _asked(request.GET)
    try:
        state = queries.sites_state(actor, asked.kiosks, asked.minutes, asked.mode)
    except MISSING as missing:
        raise Http404(str(missing)) from None
    response = render(request, "places/coverage/parts/progress.html", {"asked": asked, "state": state.value})
    if state is not SitesState.WORKING:
        response["HX-Refresh"] = "true"
    return response


# Files ------------------------------------------------------------------------------------------------------


@require_safe
def shares_csv(request: HttpRequest) -> HttpResponse:
    """A row a district, the whole city last; a column an hour, with how many reach a kiosk in time."""
    actor, asked = _actor(request), _asked(request.GET)
    try:
        shares = queries.share(actor, asked.minutes, asked.mode, asked.moment)
    except MISSING as missing:
        raise Http404(str(missing)) from None
    response = _file(f"coverage-{asked.minutes}-{asked.mode}.csv")
    table = csv.writer(response)
    table.writerow(["district", "people", *(f"{hour:02}:00" for hour in HOURS)])
    for row in (*shares.districts, shares.city):
        table.writerow([row.code or "all", row.people, *row.within])
    return response


@require_safe
def area_geojson(request: HttpRequest) -> HttpResponse:
    """From where a kiosk is reached in time, as one feature."""
    actor, asked = _actor(request), _asked(request.GET)
    try:
        area = queries.area(actor, asked.minutes, asked.mode, asked.moment)
    except MISSING as missing:
        raise Http404(str(missing)) from None
    about = {"minutes": asked.minutes, "mode": asked.mode, "moment": asked.moment.isoformat()}
    return _geojson("area.geojson", [_feature(area, about)])


@require_safe
def sites_csv(request: HttpRequest) -> HttpResponse:
    """The chosen sites, the one that adds most first."""
    asked, sites, proposals = _known_sites(request)
    response = _file(f"kiosks-{asked.kiosks}-{asked.minutes}-{asked.mode}.csv")
    table = csv.writer(response)
    table.writerow(SITE_COLUMNS)
    for each in proposals:
        site = each.site
        table.writerow(
            [
                each.number,
                f"{site.longitude:.6f}",
                f"{site.latitude:.6f}",
                site.district,
                site.settlement,
                each.name["zh"],
                each.name["en"],
                site.added,
                "yes" if sites.proven else "no",
                sites.gap,
            ]
        )
    return response


@require_safe
def sites_geojson(request: HttpRequest) -> HttpResponse:
    """The same as points, with what is known of the choice as a whole beside the features."""
    asked, sites, proposals = _known_sites(request)
    features = [
        _feature(
            shapely.Point(each.site.longitude, each.site.latitude),
            {
                "order": each.number,
                "added": each.site.added,
                "district": each.site.district,
                "settlement": each.site.settlement,
                "name_zh": each.name["zh"],
                "name_en": each.name["en"],
            },
        )
        for each in proposals
    ]
    about = {
        name: getattr(sites, name)
        for name in ("minutes", "mode", "people", "before", "after", "bound", "proven", "gap")
    }
    return _geojson(f"kiosks-{asked.kiosks}-{asked.minutes}-{asked.mode}.geojson", features, about)


def _known_sites(request: HttpRequest) -> tuple[Asked, Sites, list[Proposal]]:
    """Raises Http404 when they have not been worked out."""
    actor, asked = _actor(request), _asked(request.GET)
    try:
        sites = queries.sites_known(actor, asked.kiosks, asked.minutes, asked.mode)
    except MISSING as missing:
        raise Http404(str(missing)) from None
    if sites is None:
        raise Http404("these sites have not been worked out")
    return asked, sites, _proposals(asked, sites, queries.settlements(actor))


def _file(name: str) -> HttpResponse:
    """UTF-8 with a byte-order mark, without which spreadsheets show Chinese as noise."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _geojson(name: str, features: list[dict[str, object]], about: Mapping[str, object] = {}) -> HttpResponse:
    content = {"type": "FeatureCollection", **about, "features": features}
    response = HttpResponse(json.dumps(content, ensure_ascii=False), content_type=GEOJSON)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _feature(shape: shapely.Geometry, properties: Mapping[str, object]) -> dict[str, object]:
    return {
        "type": "Feature",
        "properties": dict(properties),
        "geometry": shapely.geometry.mapping(shape),
    }


# What the templates are given -------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Row:
    """A district of the table."""

    name: str
    shares: DistrictShare
    hour: int
    address: str
    """The page with its map on this district."""

    @property
    def code(self) -> str:
        return self.shares.code

    @property
    def within(self) -> int:
        return self.shares.within[self.hour]

    @property
    def share(self) -> float:
        return self.shares.share(self.hour)

    @property
    def percent(self) -> str:
        return percent(self.share)

    @property
    def bar(self) -> str:
        """Of a hundred, for SVG, whatever the language."""
        return f"{100 * self.share:.1f}"

    @property
    def strip(self) -> drawing.Strip:
        return drawing.strip(self.shares.shares, self.hour)

    @property
    def over_the_day(self) -> str:
        """What the strip shows, in words."""
        strip = self.strip
        if strip.even:
            return gettext("%(share)s all day") % {"share": percent(strip.least)}
        return gettext("%(least)s to %(most)s") % {
            "least": percent(strip.least),
            "most": percent(strip.most),
        }

    @property
    def by_hour(self) -> list[str]:
        return [percent(share) for share in self.shares.shares]


@dataclass(frozen=True)
class Proposal:
    """A site as the page lists it. ``name``: of the settlement whose middle is nearest."""

    number: int
    site: Site
    name: dict[str, str]
    district: str
    address: str
    """The page with its map around this one."""


@dataclass(frozen=True)
class _Mark:
    x: float
    y: float
    title: str
    number: int | None = None
    shut: bool = False


@dataclass(frozen=True)
class _Map:
    view: outline.View
    area: str
    kiosks: list[_Mark]
    sites: list[_Mark]


def percent(share: float) -> str:
    return f"{share:.1%}"


def _gain(sites: Sites | None) -> dict[str, object]:
    if sites is None:
        return {"sites": None}
    people = sites.people or 1
    return {
        "sites": sites,
        "gained": sites.after - sites.before,
        "share_before": percent(sites.before / people),
        "share_after": percent(sites.after / people),
        "gap": f"{sites.gap:.2%}",
    }


def _rows(shares: Shares, asked: Asked) -> list[_Row]:
    names = {district.code: district.name for district in city.current().districts}
    return [
        _Row(words.text(names[row.code], _language()), row, asked.hour, asked.at(district=row.code, site=0))
        for row in shares.districts
    ]


def _proposals(asked: Asked, sites: Sites | None, settlements: Iterable[Settlement]) -> list[Proposal]:
    names = {each.code: each.name for each in settlements}
    districts = {district.code: district.name for district in city.current().districts}
    return [
        Proposal(
            number,
            site,
            names[site.settlement],
            words.text(districts[site.district], _language()),
            asked.at(site=number),
        )
        for number, site in enumerate(sites.sites if sites else (), 1)
    ]


def _map(
    asked: Asked,
    area: shapely.Geometry,
    kiosks: list[Point],
    opened: Iterable[str],
    proposals: list[Proposal],
) -> _Map:
    """Kiosks, the area and the sites on the land around those of the district, or the site, the map shows."""
    here = city.current()
    near = [each.site.position for each in proposals if each.number == asked.site]
    shown = near or [
        *(kiosk.position for kiosk in kiosks if asked.district in ("", kiosk.district)),
        *(each.site.position for each in proposals if asked.district in ("", each.site.district)),
    ]
    draw = outline.view_of if near or asked.district else outline.whole_city
    view = draw(here.folder, where.bounds_of(here), shown)
    known = set(opened)
    return _Map(
        view,
        drawing.path(area, view),
        [
            _Mark(
                *view.place(kiosk.position),
                words.text(kiosk.name, _language()),
                shut=kiosk.code not in known,
            )
            for kiosk in kiosks
            if _holds(view, kiosk.position)
        ],
        [
            _Mark(*view.place(each.site.position), words.text(each.name, _language()), each.number)
            for each in reversed(proposals)  # the first is drawn last, on top
            if _holds(view, each.site.position)
        ],
    )


def _holds(view: outline.View, position: Position) -> bool:
    west, south, east, north = view.bounds
    return west <= position.longitude <= east and south <= position.latitude <= north


def _kind(missing: Exception) -> str:
    return {NoNetwork: "network", NoHomes: "homes", OutsideCalendar: "calendar"}[type(missing)]


def _language() -> str:
    return get_language() or "zh-hans"


def _actor(request: HttpRequest) -> Actor:
    """Who asks. Raises Forbidden for whoever may not plan kiosks, before anything is worked out."""
    actor = _asker(request)
    require(actor, PLAN_KIOSKS)
    return actor


def _asker(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]  # the people room's middleware puts it there
