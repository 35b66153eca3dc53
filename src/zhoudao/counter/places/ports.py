"""What the map would like to know from rooms above it; they register themselves when they are ready.

The map works without: with nobody registered, or where nobody knows, it counts no wait and says that the queue is
not known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from zhoudao.core.access import Actor


@dataclass(frozen=True)
class Waits:
    """How long one is expected to wait at some points, by the time one joins the queue."""

    begins: datetime
    """When the first slot starts."""
    slot: timedelta
    seconds: Mapping[str, Sequence[int]]
    """By point code, the expected wait in each slot; the last one goes on for ever. Points left out: not known."""


QueueEstimate = Callable[[Actor, str, Sequence[str], datetime], Waits | None]
"""``(actor, item code, point codes, moment)`` to the waits from that moment on, None when nothing is known. Asked with
every answer, so it must be quick: a look-up, not a sum."""

_queue: QueueEstimate | None = None


def register_queue(function: QueueEstimate | None) -> None:
    """Called once by the room that runs the queues, in its ``AppConfig.ready``."""
    global _queue
    _queue = function


def waits(actor: Actor, item_code: str, point_codes: Sequence[str], moment: datetime) -> Waits | None:
    """The expected waits, or None when no room knows any."""
    return _queue(actor, item_code, point_codes, moment) if _queue is not None else None
