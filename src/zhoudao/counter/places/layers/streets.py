"""Streets of an OpenStreetMap extract as the map draws them: lines with a kind and a name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import osmium
import shapely
from numpy.typing import NDArray

from zhoudao.counter.places.layers.rules import kind_of
from zhoudao.engines.wayfinding.problems import BadExtract, Problem


@dataclass(frozen=True)
class Streets:
    """Lines 0..n-1, each with its kind and its names; ``ferries`` are the ferry ways drawn in the extract."""

    lines: NDArray[np.object_]
    """shapely LineStrings, degrees of WGS-84."""
    kinds: tuple[str, ...]
    names: tuple[tuple[str, str], ...]
    """Chinese and English, each perhaps empty."""
    ferries: tuple[tuple[shapely.LineString, tuple[str, str]], ...] = ()

    def only(self, kinds: Collection[str]) -> Streets:
        """The streets of some kinds."""
        kept = [number for number, kind in enumerate(self.kinds) if kind in kinds]
        return Streets(
            self.lines[kept], tuple(self.kinds[at] for at in kept), tuple(self.names[at] for at in kept)
        )


def read_streets(path: Path) -> Streets:
    """Raises BadExtract when the file can't be read or holds no street."""
    lines: list[shapely.LineString] = []
    kinds: list[str] = []
    names: list[tuple[str, str]] = []
    ferries: list[tuple[shapely.LineString, tuple[str, str]]] = []
    try:
        for way in osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY).with_locations():
            if not isinstance(way, osmium.osm.Way):
                continue
            kind = kind_of(way.tags.get("highway") or "")
            is_ferry = way.tags.get("route") == "ferry"
            if (kind is None and not is_ferry) or way.tags.get("area") == "yes":
                continue
            places = [(node.lon, node.lat) for node in way.nodes if node.location.valid()]
            if len(places) < 2:
                continue
            line, name = shapely.LineString(places), _names(way.tags)
            if kind is None:
                ferries.append((line, name))
            else:
                lines.append(line)
                kinds.append(kind)
                names.append(name)
    except RuntimeError as error:  # what libosmium raises for every reading error
        problem = Problem(path.name, None, "", str(error), "a whole OpenStreetMap extract")
        raise BadExtract([problem]) from error
    if not lines:
        raise BadExtract([Problem(path.name, None, "highway", "no street in it", "ways tagged highway=*")])
    return Streets(np.array(lines, dtype=object), tuple(kinds), tuple(names), tuple(ferries))


def _names(tags: osmium.osm.TagList) -> tuple[str, str]:
    """The name itself stands for a language that has none of its own."""
    name = tags.get("name") or ""
    return tags.get("name:zh") or name, tags.get("name:en") or name
