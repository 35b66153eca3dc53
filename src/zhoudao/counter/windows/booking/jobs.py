"""Imported by the room's ``jobs.py``."""

from __future__ import annotations

from zhoudao.core.access import SYSTEM
from zhoudao.core.outbox.jobs import every, job
from zhoudao.counter.windows.booking import actions


@job("windows.release")
@every(minutes=1)
def release() -> None:
    """Appointments nobody came to."""
    actions.release(SYSTEM)


@job(actions.REMIND)
def remind(code: str, starts: str) -> None:
    """Of one appointment, unless it was moved or cancelled meanwhile."""
    actions.remind(SYSTEM, code, starts)
