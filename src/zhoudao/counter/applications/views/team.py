"""The supervisor's page: what is late, what will be, who has too much in hand, and moving it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from zhoudao.core import city
from zhoudao.core.access import allowed, require
from zhoudao.core.look.refusals import Unusable
from zhoudao.core.people.models import ROLE_NAMES
from zhoudao.counter.applications import actions
from zhoudao.counter.applications.labels import STAFF_STATUSES
from zhoudao.counter.applications.queries import team as queries
from zhoudao.counter.applications.rules import ASSIGN, Status
from zhoudao.counter.applications.views.pages import actor_of, district_name, item_names


@never_cache
@require_safe
def team(request: HttpRequest) -> HttpResponse:
    actor, here = actor_of(request), reverse("applications:team")
    codes = [each.code for each in city.current().districts if allowed(actor, ASSIGN, each.code)]
    if not codes:
        require(actor, ASSIGN)
    asked = request.GET.get("district", "")
    chosen = asked if asked in codes else codes[0]
    found, names = queries.team(actor, chosen), item_names(actor)
    numbers = {officer.pk: officer.staff_number for officer in found.officers}
    return render(
        request,
        "applications/team.html",
        {
            "team": found,
            "officers": [
                (officer, ROLE_NAMES[officer.role], [names.get(item, item) for item in officer.items])
                for officer in found.officers
            ],
            "urgent": [
                (
                    row,
                    names.get(row.item, row.item),
                    STAFF_STATUSES[Status(row.status)],
                    numbers.get(row.assignee_id or 0, ""),
                )
                for row in found.urgent
            ],
            "tabs": [(district_name(code), f"{here}?district={code}", code == chosen) for code in codes],
            "items": sorted(names.items(), key=lambda pair: pair[1]),
        },
    )


@require_POST
def assign(request: HttpRequest, number: str) -> HttpResponse:
    application = actions.assign(actor_of(request), number, _officer(request.POST.get("officer", "")))
    messages.success(request, _("Given to another officer."))
    return redirect(f"{reverse('applications:team')}?district={application.district}")


@require_POST
def hand_over(request: HttpRequest, district: str, officer: int) -> HttpResponse:
    """All that somebody has in hand."""
    to = _officer(request.POST.get("officer", ""))
    moved = actions.hand_over_all(actor_of(request), district, officer, to)
    said = ngettext("%(count)d application was moved.", "%(count)d applications were moved.", moved)
    messages.success(request, said % {"count": moved})
    return redirect(f"{reverse('applications:team')}?district={district}")


@require_POST
def duties(request: HttpRequest, district: str, officer: int) -> HttpResponse:
    actions.give_duties(
        actor_of(request), district, officer, [item for item in request.POST.getlist("items") if item]
    )
    messages.success(request, _("Kept."))
    return redirect(f"{reverse('applications:team')}?district={district}")


def _officer(text: str) -> int | None:
    """The key of an account; None for nobody. Raises Unusable."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise Unusable(_("This is no officer."), todo=_("Choose one from the list."))
    return int(text)
