"""Messages to try deliveries with."""

from __future__ import annotations

from collections.abc import Mapping

from zhoudao.core.outbox.actions import enqueue_notice
from zhoudao.core.outbox.models import OutboxMessage

NUMBER = "12012345678"
"""In a range nobody has been given."""


def notice(
    channel: str = "sms",
    recipient: str = NUMBER,
    language: str = "zh-hans",
    values: Mapping[str, object] | None = None,
    key: str = "",
) -> OutboxMessage:
    return enqueue_notice(channel, recipient, "outbox/test", values or {"name": "艾丽丝"}, language, key=key)
