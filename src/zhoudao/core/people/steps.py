"""Where somebody goes who is signing in: to the step they lack, or to the page they were on the way to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from zhoudao.core.people import sessions
from zhoudao.core.people.models import User

NEXT = "next"


def onward(request: HttpRequest) -> HttpResponse:
    """To the step that is still missing, or to where they were going, or to the start page."""
    assert isinstance(request.user, User)
    step = sessions.missing_step(request.user)
    if step is not None:
        return redirect(step)
    return redirect(request.session.pop(NEXT, None) or "people:start")


def asked_next(request: HttpRequest) -> str:
    """The page of ours that somebody was on the way to."""
    asked = request.POST.get(NEXT) or request.GET.get(NEXT) or ""
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if safe else ""


def keep_next(request: HttpRequest) -> None:
    asked = asked_next(request)
    if asked:
        request.session[NEXT] = asked
