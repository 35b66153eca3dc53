"""There and back, and the provider's own word that somebody signed out."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus
from secrets import compare_digest
from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from zhoudao.core import clock
from zhoudao.core.people import sessions
from zhoudao.core.people.providers import actions, protocol
from zhoudao.core.people.providers.protocol import Step
from zhoudao.core.people.providers.rules import (
    NETWORK,
    PORTAL,
    STEP_SECONDS,
    BadSignIn,
    Provider,
    Refused,
    Said,
)
from zhoudao.core.people.steps import keep_next, onward

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

STEP = "provider_step"
PROVIDER = "provider"
"""In a session: with whose word it began."""

WHAT_TO_DO: dict[Refused, _StrPromise] = {
    Refused.DOWN: _("The other side does not answer. Try again in some minutes, or sign in here."),
    Refused.DENIED: _("The other side did not agree. Try again, or sign in here."),
    Refused.STEP: _("This took too long, or began in another window. Begin again."),
    Refused.TOKEN: _("What the other side said can't be relied on. Begin again; if it stays so, call us."),
    Refused.NO_ACCOUNT: _("Nobody here has the number that the other side gave. Call us, or come to any counter."),
    Refused.NOT_OPENED: _("This account is not signed in to from there. Sign in here instead."),
}
"""What there is to do; why exactly, the trail knows."""


@never_cache
@require_safe
def leave(request: HttpRequest, name: str) -> HttpResponse:
    """Off to the provider's page."""
    provider = _provider(name)
    step = protocol.begin(provider)
    try:
        there = protocol.address(provider, step, _back(request, provider))
    except BadSignIn as refusal:
        return _refused(request, provider, refusal)
    request.session[STEP] = asdict(step)
    keep_next(request)
    return redirect(there)


@never_cache
@require_safe
def come_back(request: HttpRequest, name: str) -> HttpResponse:
    """From the provider's page, with a code or with a no."""
    provider = _provider(name)
    try:
        step = _step(request, provider)
        if request.GET.get("error"):
            raise BadSignIn(Refused.DENIED, "said no")
        said = protocol.exchange(provider, step, request.GET.get("code", ""), _back(request, provider))
    except BadSignIn as refusal:
        return _refused(request, provider, refusal)
    return _begin(request, provider, said)


def _begin(request: HttpRequest, provider: Provider, said: Said) -> HttpResponse:
    try:
        user = actions.sign_in(request.actor, provider, said)  # type: ignore[attr-defined]
    except BadSignIn as refusal:
        return _refused(request, provider, refusal, noted=True)
    user.backend = "django.contrib.auth.backends.ModelBackend"  # login() asks which
    sessions.begin(request, user)
    request.session[PROVIDER] = provider.name
    request.session.save()
    actions.remember_session(provider, said, user, str(request.session.session_key))
    return onward(request)


@csrf_exempt  # It comes from the provider itself, signed.
@sensitive_post_parameters()
@never_cache
@require_POST
def signed_out_there(request: HttpRequest, name: str) -> HttpResponse:
    """Back-channel logout: 200 when the sessions are ended, 400 when the token can't be relied on."""
    provider = _provider(name)
    try:
        subject, session = protocol.logged_out(provider, request.POST.get("logout_token", ""))
    except BadSignIn as refusal:
        actions.note_refusal(request.actor, provider, refusal)  # type: ignore[attr-defined]
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    actions.end_sessions(request.actor, provider, subject, session)  # type: ignore[attr-defined]
    return HttpResponse()


LABELS: dict[str, _StrPromise] = {
    PORTAL: _("The province's portal"),
    NETWORK: _("The police network"),
}


def offered() -> list[dict[str, object]]:
    """What the sign-in page offers beside a password."""
    return [{"name": name, "label": LABELS[name]} for name in actions.providers()]


def leaving(request: HttpRequest) -> str:
    """Where somebody who signs out goes, so that the provider signs them out too; empty for here."""
    provider = actions.providers().get(request.session.get(PROVIDER, ""))
    return protocol.leaving_address(provider, request.build_absolute_uri("/")) if provider else ""


def _provider(name: str) -> Provider:
    provider = actions.providers().get(name)
    if provider is None:
        raise Http404
    return provider


def _step(request: HttpRequest, provider: Provider) -> Step:
    """What this browser was in the middle of, once. Raises BadSignIn when it wasn't, or was too long ago."""
    kept = request.session.pop(STEP, None)
    if kept is None:
        raise BadSignIn(Refused.STEP, "none begun")
    step = Step(**kept)
    fits = compare_digest(request.GET.get("state", "").encode(), step.state.encode())
    late = clock.machine_now().timestamp() - step.began > STEP_SECONDS
    if not fits or late or step.provider != provider.name:
        raise BadSignIn(Refused.STEP, "another, or too late")
    return step


def _back(request: HttpRequest, provider: Provider) -> str:
    return request.build_absolute_uri(reverse("people:provider_back", args=[provider.name]))


def _refused(request: HttpRequest, provider: Provider, refusal: BadSignIn, *, noted: bool = False) -> HttpResponse:
    if not noted:
        actions.note_refusal(request.actor, provider, refusal)  # type: ignore[attr-defined]
    status = HTTPStatus.SERVICE_UNAVAILABLE if refusal.why is Refused.DOWN else HTTPStatus.FORBIDDEN
    words = {"todo": WHAT_TO_DO[refusal.why], "provider": provider.name}
    return render(request, "people/provider_refused.html", words, status=status)
