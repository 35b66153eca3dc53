"""The tabs of the supervisors' pages."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhoudao.core.access import Actor, allowed
from zhoudao.counter.places.models import Point
from zhoudao.counter.windows.figures.rules import SEE_BOARDS
from zhoudao.counter.windows.whatif.rules import PLAN


def board_tabs(actor: Actor, current: str, point: Point | None) -> list[tuple[str, str, bool]]:
    """Now, today, a month and what if, of the same point; those the actor may see."""
    here = {"point": point.code} if point else {}
    district = point.district if point else min(actor.districts, default=None)
    boards, played = reverse("windows:boards"), reverse("windows:what_if")
    tabs = []
    if allowed(actor, SEE_BOARDS, district):
        names = {
            "now": pgettext("board", "Now"),
            "today": pgettext("board", "Today"),
            "month": _("This month"),
        }
        tabs += [
            (name, f"{boards}?{urlencode({'view': code, **here})}", code == current)
            for code, name in names.items()
        ]
    if allowed(actor, PLAN, district):
        tabs.append((_("What other windows would do"), f"{played}?{urlencode(here)}", current == "what-if"))
    return tabs
