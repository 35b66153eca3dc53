"""Which accounts a browser has signed in to, in a signed cookie of its own.

It opens nothing. It only spares whoever has it the limit on wrong passwords from everywhere
(``zhoudao.core.people.rules.lockout``), so that strangers' guesses don't shut people out of their own accounts. The
cookie holds keyed hashes of user names, of the last few accounts.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac

COOKIE = "known"
KEPT_FOR = timedelta(days=90)
ACCOUNTS = 8
"""A window's computer is shared by a shift."""
_SALT = "zhoudao.people.known_browser"


def remember(request: HttpRequest, response: HttpResponse, username: str) -> None:
    """Note in the browser that somebody signed in to ``username`` with it."""
    marks = [_mark(username), *(mark for mark in _marks(request) if mark != _mark(username))][:ACCOUNTS]
    response.set_cookie(
        COOKIE,
        signing.dumps(marks, salt=_SALT),
        max_age=KEPT_FOR,
        path=reverse("people:sign_in"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def knows(request: HttpRequest, username: str) -> bool:
    return _mark(username) in _marks(request)


def _marks(request: HttpRequest) -> list[str]:
    try:
        found: list[str] = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=KEPT_FOR)
    except signing.BadSignature:
        return []
    return found


def _mark(username: str) -> str:
    return salted_hmac(_SALT, username, algorithm="sha256").hexdigest()[:32]
