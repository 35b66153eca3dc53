"""Forgetting what was asked long ago. Imported by the room's ``jobs``."""

from __future__ import annotations

from zhoudao.core.access import SYSTEM
from zhoudao.core.outbox.jobs import every, job
from zhoudao.counter.places.help import actions


@job("places.forget_help")
@every(minutes=24 * 60)
def forget_help() -> None:
    """What was asked and answered, a month after it was closed."""
    actions.forget(SYSTEM)
