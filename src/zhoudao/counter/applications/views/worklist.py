"""The work lists: what is mine, what is next, and what else there is."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from zhoudao.core.look import words
from zhoudao.counter.applications import actions
from zhoudao.counter.applications.labels import PARTS, STAFF_STATUSES
from zhoudao.counter.applications.queries import worklist
from zhoudao.counter.applications.queries.worklist import COUNTED_UNTIL, Part, Place
from zhoudao.counter.applications.rules import Status
from zhoudao.counter.applications.views.pages import actor_of, district_name, item_names


@never_cache
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """``?part=&item=&district=&after=``: one list, narrowed, from a place on."""
    actor, here = actor_of(request), reverse("applications:cases")
    asked = request.GET.get("part", "")
    part = Part(asked) if asked in list(Part) else Part.TO_DO
    districts, names = worklist.own_districts(actor), item_names(actor)
    item = request.GET.get("item", "")
    item = item if item in names else ""
    district = request.GET.get("district", "")
    district = district if district in districts else ""
    place = _place(request.GET.get("after", ""))
    page = worklist.page(actor, part, item=item, district=district, after=place)
    narrowed = {"item": item, "district": district}
    own = {"part": part.value, **{name: value for name, value in narrowed.items() if value}}
    return render(
        request,
        "applications/cases.html",
        {
            "rows": [
                (
                    row,
                    names.get(row.item, row.item),
                    district_name(row.district),
                    STAFF_STATUSES[Status(row.status)],
                    page.officers.get(row.assignee_id or 0, ""),
                )
                for row in page.rows
            ],
            "tabs": [
                {
                    **_counted(str(PARTS[each]), page.counts.get(each)),
                    "url": f"{here}?{urlencode({**own, 'part': each.value})}",
                    "current": each is part,
                }
                for each in Part
            ],
            "part": part.value,
            "item": item,
            "district": district,
            "items": sorted(names.items(), key=lambda pair: pair[1]),
            "districts": [(code, district_name(code)) for code in districts] if len(districts) > 1 else [],
            "narrowed": bool(item or district),
            "first": f"{here}?{urlencode(own)}" if place else "",
            "next": f"{here}?{urlencode({**own, 'after': _written(page.after)})}" if page.after else "",
            "many_districts": len(districts) > 1,
            "hands_known": part is Part.ALL,
        },
    )


@require_POST
def take_next(request: HttpRequest) -> HttpResponse:
    """Take the most urgent one in hand and open it."""
    taken = actions.take_next(actor_of(request))
    if taken is None:
        messages.info(request, _("Nothing is left to take. What you have in hand is still here."))
        return redirect("applications:cases")
    return redirect("applications:case", taken.number)


def _counted(label: str, count: int | None) -> dict[str, object]:
    """A tab's label and count; beyond what is counted, "1,000+"."""
    if count is not None and count >= COUNTED_UNTIL:
        return {"label": f"{label} {words.count(COUNTED_UNTIL)}+", "count": None}
    return {"label": label, "count": count}


def _written(place: Place) -> str:
    return f"{place.at.isoformat()}~{place.pk}"


def _place(text: str) -> Place | None:
    """A place as ``_written``; None for anything else: the list then begins at its beginning."""
    moment, _sign, pk = text.partition("~")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    if at.tzinfo is None or not pk.isascii() or not pk.isdecimal() or len(pk) > 18:
        return None
    return Place(at, int(pk))
