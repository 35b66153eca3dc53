"""What certificates do by themselves."""

from __future__ import annotations

from zhoudao.core.access import SYSTEM
from zhoudao.core.outbox.jobs import every, job
from zhoudao.counter.credentials import actions


@job("credentials.publish_list")
def publish_list() -> None:
    """After each change; twice is harmless."""
    actions.publish_list(SYSTEM)


@job("credentials.each_night")
@every(minutes=12 * 60)
def each_night() -> None:
    """Twice a day, so that a list is never older than half a day while the worker runs."""
    actions.suspend_late(SYSTEM)
    actions.remind_of_endorsements(SYSTEM)
    actions.publish_list(SYSTEM)
