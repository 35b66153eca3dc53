"""What there is to know about the keys without seeing them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from zhoudao.core.access import Actor, require
from zhoudao.core.keys import columns, contents, keyring
from zhoudao.core.keys.rules import SHOW


@dataclass(frozen=True)
class KeyState:
    version: int
    fingerprint: str
    made: datetime
    superseded: datetime | None
    values: int
    """Stored values and contents sealed under it."""


@dataclass(frozen=True)
class KeysState:
    source: str
    keys: list[KeyState]
    waiting: int
    """Stored values that a rotation has still to seal under the current key."""


def state(actor: Actor) -> KeysState:
    """Every data key and how much is sealed under it."""
    require(actor, SHOW)
    ring = keyring.get()
    uses = values_by_version(ring)
    keys = [
        KeyState(key.version, key.fingerprint, key.made, key.superseded, uses[key.version])
        for key in ring.data_keys
    ]
    total = sum(column.count() for column in columns.existing()) + contents.count()
    return KeysState(ring.source, keys, total - uses[ring.current.version])


def values_by_version(ring: keyring.Keyring) -> dict[int, int]:
    """How many stored values and contents are sealed under each data key."""
    existing = columns.existing()
    return {
        key.version: sum(column.count(key.version) for column in existing) + contents.count(key.version)
        for key in ring.data_keys
    }


def verify() -> None:
    """Open one early and one late value of every sealed column. Raises BadKeyring when the keyring is not
    theirs.
    """
    for column in columns.existing():
        for token in column.specimens():
            try:
                keyring.get().unseal(token, str(column))
            except keyring.CannotUnseal as problem:
                raise keyring.BadKeyring(
                    f"{problem}. Put back the key file that belongs to this database, or set ZHOUDAO_KEYS "
                    "to where it is (docs/keys.md, 'Keep')"
                ) from None
