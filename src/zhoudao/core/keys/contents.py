"""Sealed things that are no column: a room that keeps some tells the keys, so that a rotation reaches them too.

contents.register("files", SealedFiles())      # where the room starts (``apps.py``)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class SealedContents(Protocol):
    def count(self, version: int | None = None) -> int:
        """How many there are; under one key version, when given."""

    def rewrite(self, report: Callable[[int], None]) -> int:
        """Seal everything again that isn't under the current key; how many. Killed, it leaves each whole under one
        key or the other. Raises CannotUnseal."""


_kept: dict[str, SealedContents] = {}


def register(name: str, kept: SealedContents) -> None:
    _kept[name] = kept


def registered() -> dict[str, SealedContents]:
    return dict(_kept)


def count(version: int | None = None) -> int:
    return sum(kept.count(version) for kept in _kept.values())
