"""The session of somebody who signs in: how it begins, what it still lacks, and when it ends by itself.

All by the machine's clock: sessions guard against real people in real time.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest
from django_otp import login as keep_second_factor

from zhoudao.core import clock
from zhoudao.core.access import STAFF_ROLES, Role
from zhoudao.core.people.models import Authenticator, ProviderSession, User
from zhoudao.core.people.rules import duties

LAST_SEEN = "last_seen"
ORGANISATION = "organisation"
NOTING_SECONDS = 60
"""Activity is written down once a minute at most: a write for every page would be one too many."""


def begin(request: HttpRequest, user: User) -> None:
    """Sign ``user`` in after the password. The session gets a new key: one fixed beforehand is worth
    nothing.
    """
    login(request, user)
    request.session.set_expiry(0)  # gone when the browser closes
    note_activity(request)


def pass_second_factor(request: HttpRequest, authenticator: Authenticator) -> None:
    """Remember that the second factor was shown, again under a new session key."""
    old = request.session.session_key
    request.session.cycle_key()
    # A provider that may end the session knows it by its key.
    ProviderSession.objects.filter(session_key=old).update(session_key=request.session.session_key)
    keep_second_factor(request, authenticator)


def end(request: HttpRequest) -> None:
    logout(request)


def missing_step(user: User) -> str | None:
    """The route of what the account must do before anything else, or None when it is fully signed in."""
    if lacks_second_factor(user):
        return "people:second_factor"
    return "people:change_password" if user.must_change_password else None


def lacks_second_factor(user: User) -> bool:
    """Whether the account needs a second factor and has not shown it in this session."""
    shown = getattr(user, "otp_device", None) is not None  # django-otp's middleware puts it there
    return duties.needs_second_factor(Role(user.role)) and not shown


def idle_minutes(user: User) -> int:
    return settings.IDLE_MINUTES_STAFF if user.role in STAFF_ROLES else settings.IDLE_MINUTES_PUBLIC


def is_idle(request: HttpRequest, user: User) -> bool:
    """Whether the account was left alone longer than it may be."""
    seconds = _seconds_since_seen(request)
    return seconds is not None and seconds > idle_minutes(user) * 60


def note_activity(request: HttpRequest) -> bool:
    """Restart the idle time; returns whether this was written (once a minute at most)."""
    seconds = _seconds_since_seen(request)
    if seconds is not None and seconds <= NOTING_SECONDS:
        return False
    request.session[LAST_SEEN] = int(clock.machine_now().timestamp())
    return True


def _seconds_since_seen(request: HttpRequest) -> float | None:
    """None: the session was begun by other means (a test, the province's single sign-on) and starts counting
    now.
    """
    seen = request.session.get(LAST_SEEN)
    return None if seen is None else clock.machine_now().timestamp() - seen
