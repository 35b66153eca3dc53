"""The kiosks of `city_day.py`: enrolled before the day, they say how they are, and hand in what people ask for.

Each is the device's own side (`zhoudao.counter.kiosks.machine`): a journal that keeps what has no receipt yet, a clock,
and a key that signs. What is lost on the way is sent again under the same key.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests
from city_day_person import PATIENCE_SECONDS, GivenUp, Refused, Told
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from zhoudao.counter.kiosks.machine.device import Device, Lost, public_hex
from zhoudao.counter.kiosks.machine.journal import Journal

ITEM = "household-certificate"
ANSWERS = {"about": "moved", "details": "两次迁移", "phone": "12800990001"}
PAPERS = ["id-card"]
ANSWER_SECONDS, AGAIN_SECONDS = 30.0, 1.0


class Kiosk:
    """One of them, switched on and enrolled."""

    def __init__(self, house: str, told: Told, code: str, secret: str) -> None:
        self.house, self.told = house, told
        self.one_thing = threading.Lock()
        self.disk = TemporaryDirectory(prefix="zhoudao-day-kiosk-")
        journal = Journal(Path(self.disk.name), secrets.token_bytes(32))
        self.device = Device(code, Ed25519PrivateKey.generate(), journal, time.time)
        body = json.dumps({"code": secret, "public_key": public_hex(self.device.key)}).encode()
        status, said = self.send("POST", "/devices/kiosks/enrol/", body, {"Content-Type": "application/json"})
        if status != requests.codes.ok:
            raise SystemExit(f"city_day: kiosk {code} could not enrol ({status} {said})")

    def send(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, dict[str, Any]]:
        try:
            answer = requests.request(
                method, self.house + path, data=body, headers=dict(headers), timeout=ANSWER_SECONDS
            )
        except requests.RequestException:
            raise Lost(path) from None
        if answer.status_code >= requests.codes.server_error:
            raise Lost(path)
        return answer.status_code, answer.json()

    def beat(self) -> None:
        with self.one_thing:
            self._until("kiosk's beat", lambda: self.device.beat(self.send))

    def hand_in(self, document: str) -> None:
        """What somebody asks for at the screen. Whoever leaves without a receipt leaves it in the journal."""
        card = {"kind": "resident_id", "number": document}
        with self.one_thing:
            key = self.device.journal.write(
                {"item": ITEM, "card": card, "answers": ANSWERS, "papers": PAPERS}
            )
            self._until("kiosk's application", lambda: self._delivered(key))

    def empty_journal(self) -> int:
        """After the day; how many are still without a receipt."""
        with self.one_thing:
            for key in self.device.journal.waiting:
                with suppress(Lost, Refused):
                    self._delivered(key)
        return len(self.device.journal.waiting)

    def _delivered(self, key: str) -> bool:
        """Send what waits; whether this one has its receipt. Raises Lost, Refused."""
        before = self.device.journal.waiting
        self.device.deliver(self.send)
        for each in before:
            outcome = self.device.journal.outcome(each)
            if outcome is not None and outcome.number:
                uid = hashlib.sha256(f"{self.device.code}\n{each}".encode()).hexdigest()[:32]
                with self.told.lock:
                    self.told.applications[uid] = outcome.number
        own = self.device.journal.outcome(key)
        if own is not None and own.refused:
            raise Refused(f"kiosk: {own.refused}", None)
        return own is not None

    def _until(self, action: str, done: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            with suppress(Lost):
                if done():
                    return
            if time.monotonic() > until:
                raise GivenUp(action)
            with self.told.lock:
                self.told.troubles[action] += 1
            time.sleep(AGAIN_SECONDS)
