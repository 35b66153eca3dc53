"""What the city pack says of the ground: land, and the names of islands and settlements, as GeoJSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import shapely

from zhoudao.core.city import City, Text, land
from zhoudao.core.city.loading import read_part
from zhoudao.counter.places.layers.rules import DECIMALS, SEA_MARGIN
from zhoudao.counter.places.where import settlements

GeoJson = dict[str, Any]
SQUARE_KM = 9_800.0
"""Of a square degree at 30° north, about: only to rank islands by size."""


def collection(features: list[GeoJson]) -> GeoJson:
    return {"type": "FeatureCollection", "features": features}


def feature(shape: shapely.Geometry, **properties: object) -> GeoJson:
    """A feature with coordinates to DECIMALS, and no property that is empty."""
    rounded = shapely.set_precision(shape, 10**-DECIMALS, mode="pointwise")
    kept = {name: value for name, value in properties.items() if value not in (None, "")}
    return {"type": "Feature", "properties": kept, "geometry": shapely.geometry.mapping(rounded)}


def land_of(here: City) -> GeoJson:
    """The land in and around the city's bounds, one feature."""
    bounds = here.bounds
    frame = shapely.box(
        bounds.west - SEA_MARGIN,
        bounds.south - SEA_MARGIN,
        bounds.east + SEA_MARGIN,
        bounds.north + SEA_MARGIN,
    )
    pieces = [piece.intersection(frame) for piece in land.outlines(here.folder) if piece.intersects(frame)]
    return collection([feature(shapely.union_all(pieces))])


def names_of(here: City) -> GeoJson:
    """Where names stand: ``kind`` island (``size`` in square kilometres), city, town, village (``size`` in
    people) and bridge; both languages."""
    islands = [
        feature(
            island.land.representative_point(),
            kind="island",
            size=round(island.land.area * SQUARE_KM, 2),
            **_both(island.name),
        )
        for island in land.islands_of(here.folder)
    ]
    places = [
        feature(shapely.Point(*place.at), kind=place.kind, size=place.population, **_both(place.name))
        for place in settlements(here.folder)
    ]
    return collection(islands + places + _bridges(here.folder))


def _bridges(folder: Path) -> list[GeoJson]:
    """A bridge's name stands in the middle of the strait it crosses."""
    part, _ = read_part(folder, "islands.yaml")
    outline = {island.code: island.land for island in land.islands_of(folder)}
    found = []
    for bridge in part.bridges:
        ends = [outline[code] for code in bridge.islands if code in outline]
        if len(ends) == 2:
            strait = shapely.shortest_line(*ends)
            found.append(feature(strait.centroid, kind="bridge", size=1, **_both(bridge.name)))
    return found


def _both(name: Text) -> dict[str, str]:
    return {"zh": name.zh, "en": name.en}
