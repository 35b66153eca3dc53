"""Supervisors' boards: now, today, a month; and the same as a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from zhoudao.core import clock, spreadsheets
from zhoudao.core.look.refusals import Unusable
from zhoudao.counter.windows.actions.locking import point_of
from zhoudao.counter.windows.figures import actions, queries
from zhoudao.counter.windows.figures.rules import LONGEST_REASON, SHORTEST_REASON, Heat, month_of
from zhoudao.counter.windows.views.pages import actor_of, item_names, service_name
from zhoudao.counter.windows.views.tabs import board_tabs

VIEWS = ("now", "today", "month")
SHADES = 5
"""Of the heat of arrivals; 0 is nobody."""
MONDAY = date(2026, 11, 23)


@never_cache
@require_safe
def boards(request: HttpRequest) -> HttpResponse:
    """``view``: now, today or month; ``point``; ``month`` as 2026-11. ``part=1``: only what changes by itself."""
    actor = actor_of(request)
    points = queries.points(actor)
    view = request.GET.get("view", "now")
    if view not in VIEWS:
        raise Unusable(_("There is no such board."), todo=_("Choose one of the tabs."))
    point = point_of(request.GET["point"]) if request.GET.get("point") else (points[0] if points else None)
    shared = {"points": points, "point": point, "view": view, "tabs": board_tabs(actor, view, point)}
    if view == "now" or point is None:
        found = queries.now(actor, point)
        waiting = [(service_name(code), count, longest) for code, count, longest in found.waiting]
        template = "windows/parts/now.html" if "part" in request.GET else "windows/boards.html"
        return render(request, template, {**shared, "now": found, "waiting": waiting})
    first, until = _days(request, view)
    months = queries.months(actor, point)
    figures = queries.figures(actor, point, first, until)
    name = _names(item_names(actor))
    return render(
        request,
        "windows/boards.html",
        {
            **shared,
            "figures": figures,
            "heat": _heat(figures.heat),
            "named": [(name("item", each.code), each) for each in figures.by_item],
            "first": first,
            "months": [(each.strftime("%Y-%m"), _month(each)) for each in months],
            "least": SHORTEST_REASON,
            "most": LONGEST_REASON,
        },
    )


@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """A change, not a look: each time is written to the trail with its reason."""
    actor = actor_of(request)
    queries.points(actor)  # who may take nothing anywhere isn't told which points there are
    point = point_of(request.POST.get("point", ""))
    first, until = _days(request, request.POST.get("view", ""))
    taken = actions.take(actor, point, first, until, request.POST.get("reason", ""))
    lines = actions.rows(taken, _names(item_names(actor)))
    response = HttpResponse(b"".join(spreadsheets.pieces(lines)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="windows-{point.code}-{first}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def _days(request: HttpRequest, view: str) -> tuple[date, date]:
    """Raises Unusable."""
    today = clock.local(clock.now()).date()
    if view == "today":
        return today, today + timedelta(days=1)
    chosen = (request.POST if request.method == "POST" else request.GET).get("month") or today.strftime(
        "%Y-%m"
    )
    try:
        return month_of(date.fromisoformat(f"{chosen}-01"))
    except ValueError:
        raise Unusable(_("This is no month."), todo=_("Choose one of the list.")) from None


def _names(items: dict[str, str]) -> Callable[[str, str], str]:
    """What a line of a kind is called."""

    def name(kind: str, code: str) -> str:
        if kind == "item":
            return items.get(code) or service_name(code)
        if kind == "arrivals":
            weekday, _dash, hour = code.partition("-")
            return f"{_weekday(int(weekday) - 1)} {hour}:00"
        return {"all": _("Everybody"), "window": _("Window %(n)s") % {"n": code}}.get(kind, code)

    return name


def _heat(heat: Heat) -> list[tuple[str, list[tuple[float, int]]]]:
    """A row a weekday: how many came, and how dark it is."""
    return [
        (_weekday(weekday), [(came, _shade(came, heat.most)) for came in row])
        for weekday, row in heat.rows.items()
    ]


def _shade(came: float, most: float) -> int:
    return 0 if not came else min(SHADES, 1 + int(came / most * (SHADES - 1) + 0.5))


def _weekday(number: int) -> str:
    return date_format(MONDAY + timedelta(days=number), "D")


def _month(first: date) -> str:
    return date_format(first, "YEAR_MONTH_FORMAT")
