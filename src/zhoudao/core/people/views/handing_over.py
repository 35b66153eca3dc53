"""Where the province's app sends people who are signed in there: asked once, then signed in here too."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from zhoudao.core.people import sessions
from zhoudao.core.people.actions import handover
from zhoudao.core.people.actions.sign_in import record_sign_out
from zhoudao.core.people.middleware import account_actor
from zhoudao.core.people.rules.masks import mask_name
from zhoudao.engines.seals.handover import BadHandover, Refused

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

AGAIN = _("Go back to the app you came from and open this page again.")
WHAT_TO_DO: dict[Refused, _StrPromise] = {
    Refused.EXPIRED: _("It was good for a few minutes only. Go back to the app and open this page again."),
    Refused.REPLAYED: _("It was used before. Go back to the app and open this page again."),
    Refused.NO_ACCOUNT: _("You have no account with us yet. Any counter opens one, with your identity card."),
    Refused.NOT_PUBLIC: _("This account is not signed in to from the app. Sign in here instead."),
}
"""Beside what there is to do about most refusals; why exactly, the trail knows."""


@never_cache
@sensitive_post_parameters()
@csrf_exempt  # It comes from the app's own page. Nothing happens here but the question whether to go on.
@require_POST
def arrive(request: HttpRequest) -> HttpResponse:
    """``token`` from the app, and ``next``: the page of ours they were on the way to."""
    if not handover.is_offered():
        raise Http404
    token = request.POST.get("token", "")
    try:
        user = handover.account_of(request.actor, token)  # type: ignore[attr-defined]
    except BadHandover as refusal:
        return _refused(request, refusal)
    name = mask_name(user.display_name)
    return render(request, "people/handover.html", {"name": name, "token": token, "next": _next(request)})


@never_cache
@sensitive_post_parameters()
@require_POST
def go_on(request: HttpRequest) -> HttpResponse:
    """They said yes, on a page of ours: nobody is signed in as somebody else by a page that only posts a token."""
    if not handover.is_offered():
        raise Http404
    try:
        user = handover.sign_in(request.actor, request.POST.get("token", ""))  # type: ignore[attr-defined]
    except BadHandover as refusal:
        return _refused(request, refusal)
    if request.user.is_authenticated:
        record_sign_out(account_actor(request), "handover")
        sessions.end(request)
    user.backend = "django.contrib.auth.backends.ModelBackend"  # login() asks which
    sessions.begin(request, user)
    return redirect(_next(request) or "people:start")


def _refused(request: HttpRequest, refusal: BadHandover) -> HttpResponse:
    words = {"todo": WHAT_TO_DO.get(refusal.why, AGAIN), "next": _next(request)}
    return render(request, "people/handover_refused.html", words, status=HTTPStatus.FORBIDDEN)


def _next(request: HttpRequest) -> str:
    asked = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if safe else ""
