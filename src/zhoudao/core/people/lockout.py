"""Locking a sign-in after wrong passwords. django-axes keeps the failures; the two limits are ours.

Both are in ``zhoudao.core.people.rules.lockout``; all of it goes by the machine's clock.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt
from django.conf import settings
from django.http import HttpRequest

from zhoudao.core import clock
from zhoudao.core.people import known_browsers
from zhoudao.core.people.rules import lockout


class TwoLimits(AxesDatabaseHandler):
    """Failures are recorded as django-axes does it; whether they lock is decided here."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        return until(request, get_client_username(request, credentials)) is not None


def until(request: HttpRequest, username: str) -> datetime | None:
    """Until when ``username`` can't be signed in to from where the request comes; None: it can."""
    failures = _failures(username)
    here = _locked(failures.get(origin_of(request), []), 1)
    if known_browsers.knows(request, username):
        return here
    return _latest([here, _everywhere(failures)])


def until_of(username: str) -> datetime | None:
    """Until when ``username`` is locked, be it for one address only; None: it isn't."""
    failures = _failures(username)
    return _latest([*(_locked(rows, 1) for rows in failures.values()), _everywhere(failures)])


def origin_of(request: HttpRequest) -> str:
    """The address a request comes from."""
    return request.META.get("REMOTE_ADDR", "")


Failures = dict[str, list[tuple[datetime, int]]]
"""By address: the moment of the last failure in a row, and how many; one pair for each kind of browser."""


def _failures(username: str) -> Failures:
    rows = AccessAttempt.objects.filter(
        username=username, attempt_time__gt=clock.machine_now() - _cooling()
    ).values_list("ip_address", "attempt_time", "failures_since_start")
    found: Failures = {}
    for address, moment, count in rows:
        found.setdefault(address or "", []).append((moment, count))
    return found


def _everywhere(failures: Failures) -> datetime | None:
    return _locked([row for rows in failures.values() for row in rows], lockout.FROM_EVERYWHERE)


def _locked(rows: list[tuple[datetime, int]], times: int) -> datetime | None:
    limit = times * settings.AXES_FAILURE_LIMIT
    return lockout.locked_until(rows, limit, _cooling(), clock.machine_now())


def _latest(moments: list[datetime | None]) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)


def _cooling() -> timedelta:
    return timedelta(hours=settings.AXES_COOLOFF_TIME)
