"""What the catalogue would like to know from rooms above it; they register themselves when they are ready.

The catalogue works without: with nobody registered it falls back on the ranks written in the items.
"""

from __future__ import annotations

from collections.abc import Callable

from zhoudao.core.access import Actor

Popularity = Callable[[Actor, int], list[str]]
"""``(actor, limit)`` to at most ``limit`` item codes, most asked for first."""

_popularity: Popularity | None = None


def register_popularity(function: Popularity) -> None:
    """Called once by the room that counts applications, in its ``AppConfig.ready``."""
    global _popularity
    _popularity = function


def popular(actor: Actor, limit: int) -> list[str] | None:
    """Item codes people ask for most, or None when no room counts them."""
    return _popularity(actor, limit) if _popularity is not None else None
