"""Lists that leave the platform: asking, deciding, taking."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from zhoudao.core import clock
from zhoudao.core.look.refusals import Unusable
from zhoudao.counter.applications import actions, lists
from zhoudao.counter.applications.queries import exports as queries
from zhoudao.counter.applications.rules import EXPORT_DAYS, LONGEST_REASON, SHORTEST_REASON
from zhoudao.counter.applications.views.pages import actor_of, district_name, item_names, language


@never_cache
@require_safe
def exports(request: HttpRequest) -> HttpResponse:
    actor, now = actor_of(request), clock.now()
    names, today = item_names(actor), clock.local(now).date()
    return render(
        request,
        "applications/exports.html",
        {
            "districts": [(code, district_name(code)) for code in queries.districts(actor)],
            "items": sorted(names.items(), key=lambda pair: pair[1]),
            "asked": [
                (each, district_name(each.request.district), names.get(each.request.item, each.request.item))
                for each in queries.exports(actor, now)
            ],
            "first": today.replace(day=1) if today.day > 1 else today - timedelta(days=28),
            "last": today,
            "days": EXPORT_DAYS,
            "least": SHORTEST_REASON,
            "most": LONGEST_REASON,
        },
    )


@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    actor, given = actor_of(request), request.POST
    queries.districts(actor)
    actions.ask_export(
        actor,
        given.get("district", ""),
        given.get("item", ""),
        _day(given.get("first", "")),
        _day(given.get("last", "")),
        given.get("reason", ""),
    )
    messages.success(request, _("Asked for. A supervisor of the district decides."))
    return redirect("applications:exports")


@require_POST
def decide(request: HttpRequest, key: int) -> HttpResponse:
    approve = request.POST.get("decision") == "approve"
    actions.decide_export(actor_of(request), key, approve=approve, words=request.POST.get("words", ""))
    messages.success(request, _("Approved.") if approve else _("Refused."))
    return redirect("applications:exports")


@require_POST
def take(request: HttpRequest, key: int, form: str) -> HttpResponse:
    """A change, not a look: each time it is taken is counted and written to the trail."""
    actor = actor_of(request)
    taken, names = actions.take_export(actor, key, form), item_names(actor)
    if form == "csv":
        response = HttpResponse(
            lists.as_csv(taken, names, language()), content_type="text/csv; charset=utf-8"
        )
    else:
        response = HttpResponse(lists.as_pdf(taken, names, language()), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{taken.request.number}.{form}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unusable(_("This is no day."), todo=_("Choose one in the calendar.")) from None
