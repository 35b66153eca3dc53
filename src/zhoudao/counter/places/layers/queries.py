"""Which layers a page shows, and their files."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from zhoudao.core import city
from zhoudao.core.access import Actor, require
from zhoudao.counter.places.layers import ground, shelf
from zhoudao.counter.places.layers.rules import Tile
from zhoudao.counter.places.rules import READ_PLACES

OF_THE_PACK = {"land": ground.land_of, "names": ground.names_of}


def in_use(actor: Actor) -> dict[str, str]:
    """The name of every layer that can be shown, by kind: land and names always, roads, boats and streets
    once drawn."""
    require(actor, READ_PLACES)
    of_the_pack = {kind: _of_the_pack(kind, city.current().folder)[0] for kind in OF_THE_PACK}
    return of_the_pack | shelf.current().names


def extent(actor: Actor) -> list[float]:
    """West, south, east, north of the streets; empty when none are drawn."""
    require(actor, READ_PLACES)
    return shelf.current().extent


def document(actor: Actor, name: str) -> bytes | None:
    """A layer's GeoJSON, compressed with gzip; None when there is none of that name."""
    require(actor, READ_PLACES)
    kind = name.partition("-")[0]
    if kind in OF_THE_PACK:
        known, content = _of_the_pack(kind, city.current().folder)
        return content if known == name else None
    return shelf.document(name)


def tile(actor: Actor, name: str, wanted: Tile) -> bytes | None:
    """A tile of streets, compressed with gzip; None when nothing is in it."""
    require(actor, READ_PLACES)
    return shelf.tile(name, wanted)


@lru_cache(maxsize=8)
def _of_the_pack(kind: str, _folder: Path) -> tuple[str, bytes]:
    content = shelf.compact(OF_THE_PACK[kind](city.current()))
    return f"{kind}-{shelf.digest(content)}", shelf.squeeze(content)
