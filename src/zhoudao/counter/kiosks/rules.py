"""What a kiosk signs, how far its clock may be off, what it needs help with, and who may do what. Pure."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from zhoudao.core.access import Permission, Role
from zhoudao.counter.catalog.program import ForWhom
from zhoudao.counter.catalog.schema import KIOSK_SERVICES, Channel, Item

ENROL = Permission("kiosks.enrol", "give a kiosk its key, with a code its keeper was given", {Role.VISITOR})
REPORT = Permission("kiosks.report", "say how a kiosk is, and hand in what people ask for at it", {Role.DEVICE})
LOOK_AFTER = Permission(
    "kiosks.look_after",
    "see how a district's kiosks are, enrol them, lock and unlock them",
    {Role.KIOSK_KEEPER, Role.SUPERVISOR},
    by_district=True,
)
WATCH = Permission("kiosks.watch", "notice kiosks that fell silent, and forget old nonces", ())
"""Nobody but the platform itself."""

DRIFT = timedelta(minutes=5)
"""How far a kiosk's clock may be off, either way. Beyond that it is told the time, and puts its clock right."""
NONCES_KEPT = 2 * DRIFT
"""A request is refused by its time when its nonce may have been forgotten."""
SILENT_AFTER = timedelta(minutes=3)
"""Heartbeats come every 30 seconds: six lost ones in a row are no accident."""
LOW_PAPER = 10
"""Percent."""
ENROLS_WITHIN = timedelta(hours=24)
SHORTEST_NONCE, LONGEST_NONCE = 16, 64
LARGEST_BODY = 64 * 1024
"""Bytes."""
MOST_WAITING = 10_000


class Fault(StrEnum):
    """What a keeper is told of."""

    PAPER = "paper"
    CAMERA = "camera"
    READER = "reader"
    """The card reader."""
    NETWORK = "network"
    """Requests were lost more often than not since the last heartbeat."""
    SILENT = "silent"


class Refused(StrEnum):
    """One word why an application wasn't taken. A device reads no page: its screen has its own sentences."""

    LOCKED = "locked"
    """For now: it is sent again when the kiosk is unlocked."""
    RESIDENT = "resident"
    """The card is of nobody in the register."""
    ITEM = "item"
    """Not offered, or not at this kiosk."""
    INCOMPLETE = "incomplete"
    REFUSED = "refused"

    @classmethod
    def for_good(cls) -> frozenset[Refused]:
        return frozenset(cls) - {cls.LOCKED}


SAID_BY_ITSELF = frozenset(Fault) - {Fault.SILENT, Fault.PAPER}


class BadRequest(ValueError):
    """A request that can't be relied on. ``reason`` is one word for the kiosk: key, clock, nonce, signature, replay."""

    http_status = 401

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Signed:
    """A request as it came. ``time`` in seconds since 1970, as the kiosk's clock says."""

    method: str
    path: str
    body: bytes
    time: int
    nonce: str
    signature: bytes

    def text(self) -> bytes:
        """What is signed: a line each of method, path, SHA-256 of the body, time and nonce."""
        digest = hashlib.sha256(self.body).hexdigest()
        return "\n".join((self.method, self.path, digest, str(self.time), self.nonce)).encode()


def check(signed: Signed, public_key: bytes, now: datetime) -> None:
    """Whether the key's holder sent this, about now. Replay is the caller's to find. Raises BadRequest."""
    if not SHORTEST_NONCE <= len(signed.nonce) <= LONGEST_NONCE or not signed.nonce.isascii():
        raise BadRequest("nonce")
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signed.signature, signed.text())
    except (InvalidSignature, ValueError):
        raise BadRequest("signature") from None
    if abs(now.timestamp() - signed.time) > DRIFT.total_seconds():
        raise BadRequest("clock")


@dataclass(frozen=True)
class Health:
    """What a heartbeat says. ``paper`` in percent; ``waiting``: applications it holds and couldn't hand in yet."""

    version: str
    paper: int
    faults: frozenset[Fault]
    waiting: int = 0


def health_of(said: object) -> Health:
    """Raises ValueError for what is no heartbeat."""
    if not isinstance(said, dict):
        raise ValueError("expected an object")
    version, paper, faults = said.get("version"), said.get("paper"), said.get("faults", [])
    waiting = said.get("waiting", 0)
    if not isinstance(version, str) or not 0 < len(version) <= 20:
        raise ValueError("version: expected 1 to 20 characters")
    if not isinstance(paper, int) or not 0 <= paper <= 100:
        raise ValueError("paper: expected a whole number from 0 to 100")
    if not isinstance(faults, list) or not SAID_BY_ITSELF.issuperset(faults):
        raise ValueError(f"faults: expected a list of {', '.join(sorted(SAID_BY_ITSELF))}")
    if not isinstance(waiting, int) or not 0 <= waiting <= MOST_WAITING:
        raise ValueError(f"waiting: expected a whole number from 0 to {MOST_WAITING}")
    return Health(version, paper, frozenset(Fault(each) for each in faults), waiting)


def done_here(item: Item, services: Iterable[str]) -> bool:
    """Whether a kiosk of a place with these services takes it: for oneself, and by a machine that is there."""
    machines = KIOSK_SERVICES.intersection(item.served_by, services)
    takes = item.program is not None and ForWhom.SELF in item.program.for_whom
    return takes and Channel.KIOSK in item.channels and bool(machines)


def needs(health: Health) -> list[str]:
    """What a keeper has to see to, in order."""
    low = {Fault.PAPER} if health.paper < LOW_PAPER else set()
    return sorted(each.value for each in health.faults | low)


def news(before: Iterable[str], now: Iterable[str]) -> list[str]:
    """What was not so before: only that is told, once."""
    return sorted(set(now) - set(before))


def new_code() -> str:
    """Of enrolling: 40 bits, read out once and good for a day."""
    return secrets.token_hex(5).upper()
