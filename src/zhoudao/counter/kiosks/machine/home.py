"""What a kiosk keeps on its own disk: who it is, its two secrets, what it offers, its journal."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from time import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from zhoudao.core.keys import secret_file
from zhoudao.counter.kiosks.machine.device import Device
from zhoudao.counter.kiosks.machine.journal import SECRET_BYTES, Journal


@dataclass(frozen=True)
class Identity:
    """Readable by the kiosk's own account alone (mode 0600)."""

    platform: str
    """Its address, as https://zhoudao.example.gov.cn."""
    code: str
    point: str
    key: str
    """Ed25519, in hexadecimal; the platform has the public half."""
    journal_secret: str
    """Of the journal's rows, in hexadecimal; nobody else has it."""


class Home:
    """A folder on the kiosk's disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._identity, self._items = folder / "identity.json", folder / "items.json"

    @property
    def is_enrolled(self) -> bool:
        return self._identity.exists()

    def settle(self, platform: str, code: str, point: str, key: Ed25519PrivateKey) -> None:
        """The platform has taken this key. A journal secret is kept when there is one: rows may wait under it."""
        secret = self.identity().journal_secret if self.is_enrolled else secrets.token_hex(SECRET_BYTES)
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        identity = Identity(platform, code, point, key.private_bytes_raw().hex(), secret)
        secret_file.replace(self._identity, json.dumps(asdict(identity)))

    def identity(self) -> Identity:
        """Raises FileNotFoundError before the kiosk is enrolled."""
        return Identity(**json.loads(self._identity.read_text(encoding="utf-8")))

    def switch_on(self, wall: Callable[[], float] = time) -> Device:
        """The device as it is after a start: all it knows is on the disk."""
        identity = self.identity()
        journal = Journal(self.folder / "journal", bytes.fromhex(identity.journal_secret))
        key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(identity.key))
        return Device(identity.code, key, journal, wall)

    def keep_items(self, offer: dict[str, Any]) -> None:
        secret_file.replace(self._items, json.dumps(offer, ensure_ascii=False))

    def items(self) -> dict[str, Any]:
        """What the platform said last that people can ask for here."""
        try:
            return json.loads(self._items.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {"tag": "", "items": []}
