"""Who may change keys, and which keys may go. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from zhoudao.core.access import Permission, Role

ROTATE = Permission(
    "keys.rotate", "make a new data key and seal everything again under it", {Role.SECURITY_OFFICER}
)
RETIRE = Permission(
    "keys.retire", "remove data keys that nothing is sealed under any more", {Role.SECURITY_OFFICER}
)
SHOW = Permission(
    "keys.show", "see which keys there are and how much is sealed under each", {Role.SECURITY_OFFICER}
)

SETTLING = timedelta(hours=1)
"""How long a superseded key is kept at least: a transaction that began before the change may still write
under it.
"""


class Key(Protocol):
    @property
    def version(self) -> int: ...
    @property
    def superseded(self) -> datetime | None: ...


def retirable(keys: Iterable[Key], uses: Mapping[int, int], moment: datetime) -> list[int]:
    """Versions that may be removed at ``moment``: superseded long enough ago, and nothing sealed under them.

    ``uses`` maps a version to the number of stored values under it.
    """
    return [
        key.version
        for key in keys
        if key.superseded is not None and moment - key.superseded >= SETTLING and not uses.get(key.version)
    ]
