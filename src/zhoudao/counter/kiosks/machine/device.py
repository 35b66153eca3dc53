"""The kiosk as the platform knows it: its key, its clock, what it says and hands in.

What somebody asks for is in the journal before it is sent, and leaves it when the platform's answer is there.
So whatever is lost on the way is sent again, and is one application however often it comes.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from zhoudao.counter.kiosks.machine.journal import Body, Journal, Outcome
from zhoudao.counter.kiosks.rules import Refused, Signed

Send = Callable[[str, str, bytes, Mapping[str, str]], tuple[int, dict[str, Any]]]
"""``(method, path, body, headers)`` to status and JSON. Raises Lost."""

HEARTBEAT, ITEMS = "/devices/kiosks/heartbeat/", "/devices/kiosks/items/"
APPLICATIONS = "/devices/kiosks/applications/"
DONE, TAKEN = 200, 300
NOT_OURS = frozenset({"key", "signature"})
"""Why the platform doesn't know this device: it has to be enrolled again."""


class Lost(Exception):
    """The request or its answer was lost; which of the two nobody knows."""


@dataclass
class Device:
    """A kiosk that is switched on. ``wall()``: seconds by its own clock, which may be wrong."""

    code: str
    key: Ed25519PrivateKey
    journal: Journal
    wall: Callable[[], float]
    version: str = "1.0"
    correction: float = 0.0
    """Seconds to add to its clock, as the platform told it."""
    heard: bool = False
    """Whether the platform answered since it was switched on, so that it knows what time it is."""
    unknown: bool = False
    """The platform doesn't know its key."""
    locked: bool = False
    reason: str = ""
    """Of being locked, as its keeper wrote it."""
    failed: int = 0
    """Requests lost since the last heartbeat that came through."""
    tried: int = 0

    def now(self) -> float:
        return self.wall() + self.correction

    def signed(self, method: str, path: str, body: bytes) -> dict[str, str]:
        """The headers of a request. Each has a nonce of its own, also when the same is sent again."""
        time, nonce = int(self.now()), secrets.token_hex(12)
        signature = self.key.sign(Signed(method, path, body, time, nonce, b"").text())
        return {
            "X-Kiosk": self.code,
            "X-Kiosk-Time": str(time),
            "X-Kiosk-Nonce": nonce,
            "X-Kiosk-Signature": base64.b64encode(signature).decode(),
            "Content-Type": "application/json",
        }

    def post(self, send: Send, path: str, content: Body) -> tuple[int, dict[str, Any]]:
        """Send once; once more after the platform has told the time. Raises Lost."""
        body = json.dumps(content, ensure_ascii=False).encode()
        self.tried += 1
        try:
            status, said = send("POST", path, body, self.signed("POST", path, body))
            if said.get("error") == "clock":
                self.correction += float(said["now"]) - self.now()
                status, said = send("POST", path, body, self.signed("POST", path, body))
        except Lost:
            self.failed += 1
            raise
        self.unknown = said.get("error") in NOT_OURS
        return status, said

    def beat(self, send: Send, paper: int = 100, faults: list[str] | None = None) -> bool:
        """Say how it is, and hear whether it is locked; whether the platform took it. Raises Lost."""
        poor = ["network"] if 2 * self.failed > self.tried > 0 else []
        how = {
            "version": self.version,
            "paper": paper,
            "faults": [*(faults or []), *poor],
            "waiting": len(self.journal.waiting),
        }
        status, said = self.post(send, HEARTBEAT, how)
        if status >= TAKEN or "locked" not in said:
            return False
        self.locked, self.reason = bool(said["locked"]), str(said.get("reason", ""))
        self.heard, self.failed, self.tried = True, 0, 0
        self.journal.forget(self.now())
        return True

    def items(self, send: Send, held: str) -> dict[str, Any] | None:
        """What people can ask for here and its tag, or None when what is ``held`` still holds. Raises Lost."""
        status, said = self.post(send, ITEMS, {"held": held})
        return said if status < TAKEN and "items" in said else None

    def deliver(self, send: Send) -> int:
        """Send what has no answer yet; how many got one. Stops at what is lost: it stays in the journal."""
        done = 0
        for key in self.journal.waiting:
            try:
                status, said = self.post(send, APPLICATIONS, {**self.journal.body(key), "key": key})
            except Lost:
                break
            if (outcome := outcome_of(status, said)) is not None:
                self.journal.settle(key, outcome, self.now())
                done += 1
            self.locked = self.locked or said.get("error") == Refused.LOCKED
        return done


def outcome_of(status: int, said: Mapping[str, Any]) -> Outcome | None:
    """What an answer means for a row; None when it has to be sent again."""
    if status < TAKEN and "number" in said:
        return Outcome(str(said["number"]), str(said.get("due_at", "")))
    error = said.get("error")
    return Outcome(refused=str(error)) if error in Refused.for_good() else None


def public_hex(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
