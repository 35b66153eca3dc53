"""The supervisor's page: what one more window would do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from zhoudao.core.look.refusals import Unusable
from zhoudao.counter.windows.actions.locking import point_of
from zhoudao.counter.windows.labels import LANES, WINDOW_KINDS
from zhoudao.counter.windows.rules import Lane, WindowKind
from zhoudao.counter.windows.views.pages import actor_of
from zhoudao.counter.windows.views.tabs import board_tabs
from zhoudao.counter.windows.whatif import chart, queries
from zhoudao.counter.windows.whatif.playing import EVERYBODY
from zhoudao.counter.windows.whatif.queries import NoHistory, WhatIf
from zhoudao.counter.windows.whatif.rules import MOST_DAYS_ON_A_PAGE, Change, More

SPANS = (1, 5, MOST_DAYS_ON_A_PAGE)
"""Days with a queue that a page plays."""
MOST_MORE_OF_A_KIND = 3


@dataclass(frozen=True)
class Asked:
    """What the form says."""

    point: str
    last: date | None
    span: int
    enterprise: int
    general: int
    without: int | None
    turn: int | None

    @property
    def change(self) -> Change:
        more = [More(WindowKind.ENTERPRISE)] * self.enterprise + [More(WindowKind.GENERAL)] * self.general
        return Change(tuple(more), _set(self.without), _set(self.turn))


@never_cache
@require_safe
def what_if(request: HttpRequest) -> HttpResponse:
    """Opened without a question it answers the usual one: one more window for enterprises, over the last five days."""
    actor = actor_of(request)
    points = queries.points(actor)
    if not points:
        return render(
            request, "windows/what_if.html", {"points": [], "tabs": board_tabs(actor, "what-if", None)}
        )
    asked = _asked(request, points[0].code)
    point = point_of(asked.point)
    days = queries.days_of(actor, point)
    found = None
    if days:
        until = days.index(asked.last) if asked.last in days else 0
        played = days[until : until + asked.span]
        try:
            found = queries.what_if(actor, point.code, played[-1], played[0], asked.change)
        except NoHistory:
            pass  # the page says so
        except ValueError as problem:
            raise Unusable(_("That can't be played."), todo=str(problem)) from None
    return render(
        request,
        "windows/what_if.html",
        {
            "tabs": board_tabs(actor, "what-if", point),
            "points": points,
            "point": point,
            "asked": asked,
            "days": days,
            "spans": SPANS,
            "some": range(MOST_MORE_OF_A_KIND + 1),
            "windows": [
                (each.number, WINDOW_KINDS[WindowKind(each.kind)])
                for each in queries.windows_of(actor, point)
            ],
            "found": found,
            **(_shown(found) if found else {}),
        },
    )


def _shown(found: WhatIf) -> dict[str, object]:
    lanes = [(_lane(was.lane), was, now, then) for was, now, then in found.lanes]
    before = {each.number: each for each in found.worked_now}
    after = {each.number: each for each in found.worked_then}
    drawn = [(name, now, then) for name, _was, now, then in lanes]
    return {
        "lanes": lanes,
        "wide": chart.beside(drawn, 720),
        "narrow": chart.beside(drawn, 340),
        "worked": [
            (
                number,
                WINDOW_KINDS[(after.get(number) or before[number]).kind],
                before.get(number),
                after.get(number),
            )
            for number in sorted(before.keys() | after.keys())
        ],
    }


def _lane(code: str) -> str:
    return _("Everybody") if code == EVERYBODY else str(LANES[Lane(code)])


def _asked(request: HttpRequest, usual: str) -> Asked:
    """Raises Unusable."""
    given = request.GET
    asked_before = bool(given.keys() - {"point"})
    return Asked(
        given.get("point") or usual,
        _day(given.get("last", "")),
        _number(given.get("span"), 5, SPANS) or 5,
        _number(given.get("enterprise"), 0 if asked_before else 1, range(MOST_MORE_OF_A_KIND + 1)) or 0,
        _number(given.get("general"), 0, range(MOST_MORE_OF_A_KIND + 1)) or 0,
        _number(given.get("without"), None, range(1, 100)),
        _number(given.get("turn"), None, range(1, 100)),
    )


def _number(text: str | None, otherwise: int | None, known: range | tuple[int, ...]) -> int | None:
    if not text:
        return otherwise
    if not (text.isascii() and text.isdecimal() and len(text) < 4 and int(text) in known):
        raise Unusable(_("That can't be played."), todo=_("Choose from the lists."))
    return int(text)


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unusable(_("This is no day."), todo=_("Choose one of the list.")) from None


def _set(number: int | None) -> frozenset[int]:
    return frozenset() if number is None else frozenset({number})
