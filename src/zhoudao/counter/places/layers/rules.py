"""What the map draws: kinds of streets, zoom levels, precision. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from zhoudao.core.access import Permission

DRAW_MAP = Permission("places.draw_map", "draw the map's layers anew from streets and a timetable", ())
"""Nobody but the platform itself: it is done by a command on the server."""

KINDS: dict[str, str] = {
    # OpenStreetMap highway=*: how the map draws it
    "motorway": "motorway", "trunk": "trunk", "primary": "primary", "secondary": "secondary",
    "tertiary": "tertiary", "residential": "minor", "unclassified": "minor", "living_street": "minor",
    "road": "minor", "busway": "minor", "service": "service", "track": "service", "pedestrian": "foot",
    "footway": "foot", "path": "foot", "steps": "foot", "cycleway": "foot", "bridleway": "foot",
}  # fmt: skip
MAJOR = ("motorway", "trunk", "primary", "secondary", "tertiary")
"""Kinds that the whole city's overview shows, from the most important one."""

DECIMALS = 5
"""Of a degree in the overview's files: about a metre."""
OVERVIEW_TOLERANCE = 0.0002
"""Degrees, about 20 m: what a road may bend without the overview showing it."""
NEAR, FAR = 13, 12
"""Streets are cut into web map tiles of these zooms, about 4 and 8 km across; closer views stretch the near ones."""
SHOWN_FAR = (*MAJOR, "minor")
"""Kinds in the far tiles; the near ones hold all."""
SEA_MARGIN = 0.25
"""Degrees of land kept beyond the city's bounds, so that a coast doesn't end at the edge of a view."""


@dataclass(frozen=True, order=True)
class Tile:
    """A square of the web map's grid (Web Mercator, EPSG:3857): ``x`` from the west, ``y`` from the north."""

    zoom: int
    x: int
    y: int


def kind_of(highway: str) -> str | None:
    """How a highway=* is drawn; None when it isn't (planned, being built, raceways)."""
    return KINDS.get(highway.removesuffix("_link"))
