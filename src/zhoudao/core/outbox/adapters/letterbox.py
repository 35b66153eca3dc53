"""Letters kept in the platform, read after signing in."""

from __future__ import annotations

from zhoudao.core import clock
from zhoudao.core.outbox.adapters import Outgoing
from zhoudao.core.outbox.models import Letter


def deliver(outgoing: Outgoing) -> None:
    Letter.objects.get_or_create(
        key=outgoing.key,
        defaults={
            "recipient": outgoing.recipient,
            "subject": outgoing.subject,
            "text": outgoing.text,
            "arrived_at": clock.now(),
        },
    )
