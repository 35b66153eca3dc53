"""When to try again, when to give up, and who may look after the outbox. Pure."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum

from zhoudao.core.access import SIGNED_IN_ROLES, Permission, Role

SEE = Permission("outbox.see", "see what waits to be delivered and what was given up", {Role.ADMINISTRATOR})
RETRY = Permission("outbox.retry", "try a message that was given up once more", {Role.ADMINISTRATOR})
DROP = Permission("outbox.drop", "drop a message that can't be delivered", {Role.ADMINISTRATOR})
TRY = Permission("outbox.try", "send a test notice, to see that a channel works", {Role.ADMINISTRATOR})
READ_LETTERS = Permission("outbox.read_letters", "read one's own letters", SIGNED_IN_ROLES)

TRIES = 20
"""About eleven hours with the pauses below: a gateway that is down overnight loses nothing."""
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_PAUSE = timedelta(hours=1)
JITTER = 0.2
"""Pauses vary by a fifth either way, so that what failed together isn't tried again together."""
LATE_AFTER = timedelta(minutes=15)
"""Due for longer than this and not delivered: somebody should look."""
LEASE = timedelta(minutes=5)
"""How long a worker may keep a message before another one takes it for lost. Longer than any adapter's
time-outs.
"""
KEPT_FOR = timedelta(days=30)
"""How long a delivered message's row is kept (what it said is wiped at once)."""


class Kind(StrEnum):
    JOB = "job"
    NOTICE = "notice"


class State(StrEnum):
    WAITING = "waiting"
    CLAIMED = "claimed"
    """A worker has it; its lease says until when."""
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"
    """Tried often enough, or refused for good; an administrator decides."""
    DROPPED = "dropped"
    """An administrator decided that it need not be delivered."""


class Channel(StrEnum):
    SMS = "sms"
    EMAIL = "email"
    LETTERBOX = "letterbox"
    """Kept in the platform (站内信) and read after signing in; the recipient is "user:12" or
    "role:administrator".
    """


def pause(key: str, tries: int) -> timedelta:
    """How long to wait after ``tries`` failed tries: doubling, capped, and spread by the message's own
    key.
    """
    doubled = FIRST_PAUSE * 2 ** min(tries - 1, 20)
    digest = hashlib.sha256(f"{key}:{tries}".encode()).digest()
    spread = int.from_bytes(digest[:4], "big") / 0xFFFFFFFF * 2 - 1  # -1 .. 1
    return min(doubled, LONGEST_PAUSE) * (1 + JITTER * spread)


def slot(moment: datetime, interval: timedelta) -> int:
    """Which interval since 1970 ``moment`` lies in."""
    return int(moment.timestamp() // interval.total_seconds())


def is_new_slot(slot: int, last: int | None) -> bool:
    """Whether a recurring job is due in ``slot``, having run in ``last``.

    One slot back is another worker's clock running a little behind; further back, the city's clock was
    set anew.
    """
    return last is None or slot > last or slot < last - 1
