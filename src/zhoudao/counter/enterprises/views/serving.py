"""The officers' pages: enterprises of their districts, and one of them."""

from __future__ import annotations

import secrets
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from zhoudao.core.access import allowed
from zhoudao.core.people.rules import duties
from zhoudao.core.people.rules.bad_input import BadInput
from zhoudao.counter.enterprises import actions
from zhoudao.counter.enterprises.problems import NotFound, Unusable
from zhoudao.counter.enterprises.queries import bundles, firms
from zhoudao.counter.enterprises.rules import BUNDLE, LONGEST_MESSAGE, NAME_OFFICER
from zhoudao.counter.enterprises.views.own import actor_of


@never_cache
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("q", "")[:100]
    return render(
        request, "enterprises/list.html", {"rows": firms.firms(actor_of(request), asked), "asked": asked}
    )


@never_cache
@require_safe
def one(request: HttpRequest, code: str) -> HttpResponse:
    actor = actor_of(request)
    profile = firms.profile(actor, code)
    district = firms.district_of(actor, profile.firm)
    may_name = allowed(actor, NAME_OFFICER, district)
    return render(
        request,
        "enterprises/one.html",
        {
            "profile": profile,
            "firm": profile.firm,
            "officers": firms.officers(actor, profile.firm) if may_name else [],
            "may_name": may_name,
            "items": bundles.offered(actor) if allowed(actor, BUNDLE) else [],
            "bundle": firms.open_bundle(actor, profile.firm) if allowed(actor, BUNDLE) else None,
            "may_appoint": allowed(actor, duties.REGISTER_ORGANISATION, district),
            "form": secrets.token_hex(16),
            "most": LONGEST_MESSAGE,
        },
    )


@require_POST
def change(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """``officer``, ``answer``, ``appoint`` or ``withdraw``."""
    actor, post = actor_of(request), request.POST
    firms.profile(actor, code)  # who may not see it isn't told that it is there
    if verb == "officer":
        actions.name_officer(actor, code, _number(post.get("officer", "")))
        messages.success(request, _("Named."))
    elif verb == "answer":
        actions.answer(actor, code, post.get("text", ""), post.get("form", ""))
    elif verb == "appoint":
        try:
            actions.appoint(actor, code, post.get("document", ""), _day(post.get("until", "")))
        except BadInput as bad:
            raise Unusable(str(bad), todo=_("Put it right and save again.")) from None
        messages.success(request, _("May act for it from today."))
    elif verb == "withdraw":
        actions.withdraw(actor, code, _number(post.get("agency", "")))
        messages.success(request, _("The authority ended."))
    else:
        raise NotFound(verb)
    return redirect("enterprises:one", code)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 12):
        raise Unusable(_("Nothing was chosen."), todo=_("Choose one of the list."))
    return int(text)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Unusable(_("This is no day."), todo=_("Choose one in the calendar.")) from None
