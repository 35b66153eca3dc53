"""Taking figures away: for a reason, which the trail keeps with who took them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.core.audit.actions import act
from zhoudao.core.people.models import User
from zhoudao.counter.places.models import Point
from zhoudao.counter.windows.figures import queries
from zhoudao.counter.windows.figures.queries import Figures
from zhoudao.counter.windows.figures.rules import LONGEST_REASON, SHORTEST_REASON, TAKE_FIGURES
from zhoudao.counter.windows.problems import Unusable


@dataclass(frozen=True)
class Taken:
    figures: Figures
    by: str
    """Staff number, or what the account is called in the trail."""
    at: datetime


def take(actor: Actor, point: Point, first: date, until: date, reason: str) -> Taken:
    """Raises Forbidden, Unusable."""
    reason = reason.strip()
    with act(
        actor,
        TAKE_FIGURES,
        subject=f"point:{point.code}",
        district=point.district,
        purpose=reason[:LONGEST_REASON],
    ) as entry:
        if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
            raise Unusable(
                _("The reason has fewer than %(least)d or more than %(most)d characters.")
                % {"least": SHORTEST_REASON, "most": LONGEST_REASON},
                todo=_("Say what the figures are for."),
            )
        found = queries.figures(actor, point, first, until)
        entry.note(first=first.isoformat(), until=until.isoformat(), tickets=found.whole.tickets)
    user = User.objects.filter(pk=actor.user_id).first() if actor.user_id is not None else None
    return Taken(found, user.staff_number if user and user.staff_number else actor.key, clock.now())


def rows(taken: Taken, name: Callable[[str, str], str]) -> Iterator[list[Any]]:
    """Lines of a table, the head first; ``name(kind, code)`` says what a line is called."""
    mark = _("Taken by %(by)s, %(at)s") % {
        "by": taken.by, "at": clock.local(taken.at).strftime("%Y-%m-%d %H:%M"),
    }  # fmt: skip
    yield [
        _("Kind"), _("Code"), _("Called"), _("Tickets"), _("Served"), _("Missed"), _("Mean wait, minutes"),
        _("One in twenty waits longer, minutes"), _("Mean at the window, minutes"), _("Mark"),
    ]  # fmt: skip
    found = taken.figures
    kinds = {
        "all": _("Total"), "window": _("Window"), "officer": pgettext("windows", "Officer"), "item": _("Item"),
        "arrivals": _("Arrivals an hour"),
    }  # fmt: skip
    groups = (
        ("all", [found.whole]),
        ("window", found.by_window),
        ("officer", found.by_officer),
        ("item", found.by_item),
    )
    for kind, lines in groups:
        for line in lines:
            yield [
                kinds[kind], line.code, name(kind, line.code), line.tickets, line.served, line.no_shows,
                _or_empty(line.mean_wait), _or_empty(line.p95_wait), _or_empty(line.mean_served), mark,
            ]  # fmt: skip
    for weekday, row in found.heat.rows.items():
        for hour, came in zip(found.heat.hours, row, strict=True):
            code = f"{weekday + 1}-{hour:02}"
            yield [kinds["arrivals"], code, name("arrivals", code), came, "", "", "", "", "", mark]


def _or_empty(number: float | None) -> float | str:
    return "" if number is None else number
