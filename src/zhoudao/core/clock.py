"""What time it is: the real clock, or the sample city's own.

``ZHOUDAO_CLOCK`` is ``real``, or ``from:ISO`` (the city's time starts there and runs), or ``fixed:ISO`` (it stands
still, for tests and screenshots). Where it says nothing, a sample city goes on from where its time ended
(``count_from``), and any other has the real clock. Sessions, lockouts and one-time codes always use the machine's
clock: they guard against real people in real time.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

CITY_ZONE = ZoneInfo("Asia/Shanghai")

Count = tuple[datetime, datetime]
"""A moment of the city's time, and the machine's moment at which it was so."""
_count: Callable[[], Count] | None = None
_override: ContextVar[datetime | None] = ContextVar("clock_override", default=None)


class BadClock(ValueError):
    """ZHOUDAO_CLOCK can't be read."""


def machine_now() -> datetime:
    """The machine's clock, UTC."""
    return datetime.now(UTC)  # noqa: TID251  the one place that reads it


@lru_cache(maxsize=8)
def parse(setting: str) -> tuple[str, datetime | None]:
    """``("real", None)``, ``("from", start)`` or ``("fixed", moment)``. Raises BadClock naming what was expected."""
    if setting == "real":
        return "real", None
    kind, _, moment = setting.partition(":")
    if kind in ("from", "fixed"):
        try:
            start = datetime.fromisoformat(moment)
        except ValueError:
            start = None
        if start is not None and start.tzinfo is not None:
            return kind, start.astimezone(UTC)
    raise BadClock(
        f"ZHOUDAO_CLOCK is {setting!r}; expected real, from:2026-11-24T09:00+08:00 or fixed:<the same>"
    )


def count_from(ask: Callable[[], Count]) -> None:
    """Where ZHOUDAO_CLOCK says nothing, count from what ``ask`` answers; asked once, when time is first wanted."""
    global _count
    _count = cache(ask)


def now() -> datetime:
    """The city's time, timezone-aware, UTC."""
    override = _override.get()
    if override is not None:
        return override
    if "ZHOUDAO_CLOCK" not in os.environ and _count is not None:
        return _since(*_count())
    kind, start = parse(os.environ.get("ZHOUDAO_CLOCK", "real"))
    if start is None:
        return machine_now()
    if kind == "fixed":
        return start
    # The web server and the worker are separate processes: `zhoudao run` hands both the moment it started.
    anchor = datetime.fromtimestamp(float(os.environ.get("ZHOUDAO_CLOCK_ANCHOR", _process_start)), UTC)
    return _since(start, anchor)


def _since(start: datetime, anchor: datetime) -> datetime:
    return start + max(machine_now() - anchor, timedelta())


def local(moment: datetime) -> datetime:
    """The same moment on the city's wall clock."""
    return moment.astimezone(CITY_ZONE)


@contextmanager
def at(moment: datetime):
    """Within the block the city's time stands still at ``moment`` (timezone-aware)."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    token = _override.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _override.reset(token)


_process_start = machine_now().timestamp()
