"""What was asked for at this kiosk and has no answer yet, in files that a power cut doesn't take.

A row is one file, sealed under a key of the device, and wiped as soon as the platform has answered. What
stays for a day is the answer: a number and a date, nothing of the person. The same wish within that day is
the same row: somebody who stood there when the power went, and asks once more, has asked once.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from zhoudao.core.keys import secret_file

Body = Mapping[str, Any]

SECRET_BYTES = 32
NONCE_BYTES = 12
REFERENCE = 8
"""Characters of a row's key that stand on the slip."""
ANSWERS_KEPT = 24 * 3600.0
"""Seconds."""


@dataclass(frozen=True)
class Outcome:
    """The platform's answer to a row."""

    number: str = ""
    due_at: str = ""
    """ISO 8601, of the promise."""
    refused: str = ""
    """One word why it was not taken, and so has no number."""


class Journal:
    """One process at a time has it open."""

    def __init__(self, folder: Path, secret: bytes) -> None:
        self._rows, self._answers = folder / "rows", folder / "answers"
        for each in (self._rows, self._answers):
            each.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._seal = AESGCM(_derived(secret, "rows"))
        self._mark = _derived(secret, "marks")
        self._keys: dict[str, str] = {}
        """The key of every mark that is known: open rows, and answers of the last day."""
        self.damaged: list[str] = []
        """Rows that can't be read; their files are left for whoever looks after the kiosk."""
        self._read()

    @property
    def waiting(self) -> list[str]:
        """Keys of rows without an answer, the oldest first."""
        files = sorted(self._rows.glob("*.row"), key=lambda each: (each.stat().st_mtime_ns, each.name))
        return [each.stem for each in files if each.stem not in self.damaged]

    def write(self, body: Body) -> str:
        """Keep what somebody asks for; its key. When this returns, a power cut doesn't take it any more."""
        mark = self._mark_of(body)
        if mark in self._keys:
            return self._keys[mark]
        key, nonce = secrets.token_hex(12), secrets.token_bytes(NONCE_BYTES)
        sealed = self._seal.encrypt(nonce, _plain(body), key.encode())
        secret_file.replace(self._row(key), b64encode(nonce + sealed).decode())
        self._keys[mark] = key
        return key

    def body(self, key: str) -> dict[str, Any]:
        """What a waiting row asks for. Raises FileNotFoundError, ValueError for one that can't be read."""
        try:
            held = b64decode(self._row(key).read_text(encoding="ascii"), validate=True)
            return json.loads(self._seal.decrypt(held[:NONCE_BYTES], held[NONCE_BYTES:], key.encode()))
        except InvalidTag:
            raise ValueError(f"row {key} can't be read with this device's key") from None

    def settle(self, key: str, outcome: Outcome, now: float) -> None:
        """Keep the answer, then wipe what was asked for. ``now`` in seconds since 1970."""
        kept = {**asdict(outcome), "mark": self._mark_of(self.body(key)), "at": now}
        secret_file.replace(self._answer(key), json.dumps(kept))
        wipe(self._row(key))

    def outcome(self, key: str) -> Outcome | None:
        try:
            held = json.loads(self._answer(key).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return Outcome(held["number"], held["due_at"], held["refused"])

    def find(self, reference: str) -> str | None:
        """The key whose beginning stands on a slip."""
        if len(reference) != REFERENCE or not reference.isalnum():
            return None
        return next((key for key in self._keys.values() if key.startswith(reference.lower())), None)

    def forget(self, now: float) -> None:
        """Answers older than a day. Not before the device knows what time it is."""
        for file in self._answers.glob("*.json"):
            held = json.loads(file.read_text(encoding="utf-8"))
            if now - held["at"] > ANSWERS_KEPT:
                self._keys.pop(held["mark"], None)
                file.unlink()

    def _read(self) -> None:
        """As the last power cut left it: drafts were never promised to anybody, and an answer ends its row."""
        for draft in [*self._rows.glob(".*"), *self._answers.glob(".*")]:
            wipe(draft)
        for file in self._answers.glob("*.json"):
            self._keys[json.loads(file.read_text(encoding="utf-8"))["mark"]] = file.stem
            if self._row(file.stem).exists():
                wipe(self._row(file.stem))
        for key in self.waiting:
            try:
                self._keys[self._mark_of(self.body(key))] = key
            except ValueError:
                self.damaged.append(key)

    def _mark_of(self, body: Body) -> str:
        """The same for the same wish, and tells nothing without the device's key."""
        return hmac.new(self._mark, _plain(body), sha256).hexdigest()

    def _row(self, key: str) -> Path:
        return self._rows / f"{key}.row"

    def _answer(self, key: str) -> Path:
        return self._answers / f"{key}.json"


def wipe(file: Path) -> None:
    """Overwrite and remove. What a flash disk keeps of it besides is ciphertext."""
    with file.open("r+b") as held:
        held.write(bytes(file.stat().st_size))
        held.flush()
        os.fsync(held.fileno())
    file.unlink()


def _plain(body: Body) -> bytes:
    return json.dumps(body, ensure_ascii=False, sort_keys=True).encode()


def _derived(secret: bytes, purpose: str) -> bytes:
    return hmac.new(secret, purpose.encode(), sha256).digest()
