"""Settlements, moved onto the outline of their island: it is coarse, and harbour towns lie at the edge."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from zhoudao.core.city import City, Text
from zhoudao.core.city.land import islands_of
from zhoudao.core.city.shapes import Settlement, SettlementKind
from zhoudao.sample import tables
from zhoudao.sample.geography.plane import Plane, inland

HEADER = ("code", "name_zh", "name_en", "district", "island", "longitude", "latitude", "population")
SHORE_METRES = {"city": 350.0, "town": 250.0, "village": 150.0}
"""How far from the sea a settlement's middle stays, so that its streets have room."""


@dataclass(frozen=True)
class Place:
    """A settlement where it finally lies, in degrees of WGS-84."""

    code: str
    name: Text
    kind: SettlementKind
    district: str
    island: str
    longitude: float
    latitude: float
    population: int


def placed(city: City, planned: list[Settlement]) -> list[Place]:
    """The settlements in their order, each on its island."""
    plane = Plane.of(city)
    land = {island.code: plane.project(island.land) for island in islands_of(city.folder)}
    places = []
    for settlement in planned:
        spot = inland(land[settlement.island], plane.point(*settlement.at), SHORE_METRES[settlement.kind])
        longitude, latitude = plane.lonlat(spot)
        places.append(
            Place(
                settlement.code,
                settlement.name,
                settlement.kind,
                settlement.district,
                settlement.island,
                longitude,
                latitude,
                settlement.population,
            )
        )
    return places


def write(places: list[Place], path: Path) -> None:
    tables.write(path, HEADER, map(_row, places))


def _row(place: Place) -> tuple[object, ...]:
    where = f"{place.longitude:.6f}", f"{place.latitude:.6f}"
    return place.code, place.name.zh, place.name.en, place.district, place.island, *where, place.population
