"""Recurring jobs of the outbox itself and of the audit trail, which stands below it."""

from __future__ import annotations

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM
from zhoudao.core.audit import actions as audit
from zhoudao.core.outbox.jobs import every, job
from zhoudao.core.outbox.models import OutboxMessage
from zhoudao.core.outbox.rules import KEPT_FOR, State


@job("audit.sign_head")
@every(minutes=10)
def sign_head() -> None:
    audit.sign_head(SYSTEM)


@job("outbox.prune")
@every(minutes=24 * 60)
def prune() -> None:
    """Forget what was delivered or dropped long ago."""
    finished = OutboxMessage.objects.filter(state__in=[State.DELIVERED, State.DROPPED])
    finished.filter(finished_at__lt=clock.now() - KEPT_FOR).delete()
