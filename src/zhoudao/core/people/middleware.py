"""Puts ``request.actor`` on every request, and holds back accounts that have a step of signing in before
them. Before that, finds the visitor's own address behind our proxies.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from zhoudao.core.access import VISITOR, Actor
from zhoudao.core.people import queries, sessions
from zhoudao.core.people.actions import sign_in
from zhoudao.core.people.lockout import origin_of
from zhoudao.core.people.models import User

ALWAYS_OPEN = frozenset(
    {"people:sign_in", "people:sign_out", "look:language", "look:healthz", "readyz", "metrics"}
)
OPEN_BEFORE = {
    "people:second_factor": frozenset(
        {"people:second_factor", "people:recovery", "people:enrol", "people:enrol_image"}
    ),
    "people:change_password": frozenset({"people:change_password", "people:recovery_codes"}),
}
"""What an account may open before it has taken a step."""


class VisitorAddressMiddleware:
    """Behind ``PROXIES`` proxies of ours, REMOTE_ADDR becomes the address that the outermost of them was asked from.

    What stands further left in X-Forwarded-For was sent by the visitor, who may write anything there. A request that
    came past the proxies keeps the address it came from.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.PROXIES:
            passed = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
            with suppress(ValueError, IndexError):
                request.META["REMOTE_ADDR"] = str(ip_address(passed[-settings.PROXIES]))
        return self.get_response(request)


class ActorMiddleware:
    """``request.actor`` is a visitor until the last step of signing in: password, second factor, own
    password.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        origin = origin_of(request)
        request.actor = replace(VISITOR, origin=origin)  # type: ignore[attr-defined]
        request.missing_step = None  # type: ignore[attr-defined]
        user = request.user
        if isinstance(user, User) or user.is_authenticated:
            if sessions.is_idle(request, user):
                return _end_idle_session(request, user)
            if sessions.note_activity(request):
                sign_in.remember_activity(user.pk)
            request.missing_step = sessions.missing_step(user)  # type: ignore[attr-defined]
            if request.missing_step is None:  # type: ignore[attr-defined]
                chosen = request.session.get(sessions.ORGANISATION)
                request.actor = queries.actor_of(user, origin, chosen)  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Send whoever has a step before them to it."""
        step: str | None = request.missing_step  # type: ignore[attr-defined]
        here = request.resolver_match.view_name if request.resolver_match else ""
        if step is None or here in ALWAYS_OPEN or here in OPEN_BEFORE[step]:
            return None
        return _send(request, reverse(step), 403, "finish signing in first")


def account_actor(request: HttpRequest) -> Actor:
    """The account itself as an actor, even while steps of signing in are before it. For this room's own
    pages.
    """
    assert isinstance(request.user, User) or request.user.is_authenticated
    return request.user.as_actor(origin_of(request))


def _end_idle_session(request: HttpRequest, user: User) -> HttpResponse:
    sign_in.record_sign_out(user.as_actor(origin_of(request)), "idle")
    minutes = sessions.idle_minutes(user)
    sessions.end(request)
    request.actor = replace(VISITOR, origin=origin_of(request))  # type: ignore[attr-defined]
    messages.info(
        request,
        _("You were signed out because nothing happened for %(minutes)s minutes. Sign in to go on.")
        % {"minutes": minutes},
    )
    back = {"next": request.get_full_path()} if request.method == "GET" else {}
    return _send(request, f"{reverse('people:sign_in')}?{urlencode(back)}", 401, "signed out after idle time")


def _send(request: HttpRequest, address: str, status: int, reason: str) -> HttpResponse:
    """To another page: by redirect, by htmx's own header, or as an error to clients that ask for JSON."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    if request.accepts("application/json") and not request.accepts("text/html"):
        return JsonResponse({"error": {"status": status, "what": reason, "todo": address}}, status=status)
    return redirect(address)
