"""Points (办事点): each on a street of its settlement, with an address, a number and its hours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from zhoudao.core.city import Pack, Text
from zhoudao.core.city.land import islands_of
from zhoudao.core.city.shapes import PlannedPoint, PointKind
from zhoudao.sample import tables
from zhoudao.sample.geography.ground import Floats
from zhoudao.sample.geography.network import Network, NoStreet, Way
from zhoudao.sample.geography.numbers import NumberBook
from zhoudao.sample.geography.plane import Plane
from zhoudao.sample.geography.settlements import Place
from zhoudao.sample.seeds import generator

HEADER = (
    "code",
    "name_zh",
    "name_en",
    "kind",
    "district",
    "address_zh",
    "address_en",
    "longitude",
    "latitude",
    "hours",
    "phone",
    "step_free",
    "services",
)
STREETS = ("secondary", "tertiary", "residential", "unclassified")
MAIN_STREETS = ("secondary", "tertiary")
SET_BACK = 13.0
"""Metres from the middle of the street to the door."""
DOOR_METRES = 9.0
"""A house number for each so many metres, odd on the left."""
APART = 160.0
"""Two points that are not in one building are at least so far apart, where the place allows."""
REACH = {"city": 900.0, "town": 450.0, "village": 250.0}
"""How far from a settlement's middle a point may be."""


@dataclass(frozen=True)
class Point:
    """A row of points.csv."""

    code: str
    name: Text
    kind: PointKind
    district: str
    settlement: str
    address: Text
    longitude: float
    latitude: float
    hours: str
    phone: str
    step_free: bool
    services: list[str]


@dataclass(frozen=True)
class Door:
    """A spot beside a street, in metres, and its address."""

    spot: Floats
    along: Floats
    """One metre along the street."""
    street: Text | None
    number: int


def placed(
    pack: Pack, places: list[Place], network: Network, plane: Plane, numbers: NumberBook, seed: int
) -> list[Point]:
    """The pack's points in its order, with codes P001 and up."""
    index = {place.code: number for number, place in enumerate(places)}
    land = {outline.code: plane.project(outline.land) for outline in islands_of(pack.city.folder)}
    doors: list[Door] = []
    points = []
    for number, planned in enumerate(pack.points, 1):
        chance = generator(seed, f"point/{number}")  # a new point in the pack moves none of the others
        place = places[index[planned.settlement]]
        if planned.beside is not None:
            door = _next_door(doors[planned.beside - 1], doors)
        else:
            streets = [way for way in network.ways if _may_stand(way)]
            if planned.near is None:  # a pier may lie outside its settlement
                streets = [way for way in streets if way.settlement == index[place.code]]
            door = _door(planned, place, streets, network, land[place.island], doors, chance)
        doors.append(door)
        longitude, latitude = plane.degrees(door.spot[None])[0].tolist()
        points.append(
            Point(
                f"P{number:03d}",
                planned.name,
                planned.kind,
                place.district,
                place.code,
                _address(pack, place, door),
                longitude,
                latitude,
                pack.hours[planned.hours],
                numbers.next(),
                planned.step_free,
                planned.services,
            )
        )
    return points


def _may_stand(way: Way) -> bool:
    return way.highway in STREETS and len(way.nodes) > 1


def _door(
    planned: PlannedPoint,
    place: Place,
    streets: list[Way],
    network: Network,
    land: shapely.Polygon,
    taken: list[Door],
    chance: np.random.Generator,
) -> Door:
    """A free spot on a named street near the middle of the settlement, or near the pier it belongs to."""
    if not streets:
        raise NoStreet(f"{place.code} has no street for {planned.name.zh}")
    named = [way for way in streets if way.name is not None] or streets
    home = network.nodes[network.anchors[planned.near or place.code]]
    shuffled = [named[number] for number in chance.permutation(len(named)).tolist()]
    if planned.near is not None:
        shuffled.sort(key=lambda way: np.hypot(*(network.nodes[way.nodes] - home).T).min())
        doors = (_on(way, network, land, chance, home) for way in shuffled)
        return next(door for door in doors if shapely.contains_xy(land, *door.spot))
    if planned.kind in ("counter", "enterprise_window"):  # halls stand on main streets
        shuffled.sort(key=lambda way: way.highway not in MAIN_STREETS)
    best, best_rank = None, -np.inf
    for way in shuffled:
        door = _on(way, network, land, chance)
        if not shapely.contains_xy(land, *door.spot):
            continue
        away = float(np.hypot(*(door.spot - home)))
        room = min((float(np.hypot(*(door.spot - other.spot))) for other in taken), default=APART)
        if away <= REACH[place.kind] and room >= APART:
            return door
        # None is central and has room so far: rather a little out of the way than on top of another.
        rank = min(room, APART) - away / 10
        if rank > best_rank:
            best, best_rank = door, rank
    if best is None:
        raise NoStreet(f"{place.code} has no room on land for {planned.name.zh}")
    return best


def _on(
    way: Way, network: Network, land: shapely.Polygon, chance: np.random.Generator, by: Floats | None = None
) -> Door:
    """A door somewhere along a street, or nearest to ``by``; on the right where the sea is on the left."""
    spots = network.nodes[way.nodes]
    sides = np.hypot(*(spots[1:] - spots[:-1]).T)
    length = float(sides.sum())
    if by is None:
        at = length * float(chance.uniform(0.15, 0.85))
    else:
        at = shapely.LineString(spots).project(shapely.Point(by))
        at = min(max(at, 0.05 * length), 0.95 * length)
    block = int(np.searchsorted(np.cumsum(sides), at))
    before = float(sides[:block].sum())
    along = (spots[block + 1] - spots[block]) / sides[block]
    middle = spots[block] + along * (at - before)
    aside = np.array([-along[1], along[0]]) * SET_BACK
    number = 2 * int(at / DOOR_METRES) + 1
    if chance.random() < 0.5 or not shapely.contains_xy(land, *(middle + aside)):
        aside, number = -aside, number + 1
    return Door(middle + aside, along, way.name, number)


def _next_door(door: Door, doors: list[Door]) -> Door:
    """In the same building: the same address, a few steps along the front."""
    steps = 1 + sum(other.number == door.number and other.street == door.street for other in doors)
    return Door(door.spot + door.along * 4.0 * (steps - 1), door.along, door.street, door.number)


def _address(pack: Pack, place: Place, door: Door) -> Text:
    district = pack.city.district(place.district).name
    street_zh = door.street.zh if door.street else ""
    zh = f"{pack.city.name.zh}{district.zh}{place.name.zh}{street_zh}{door.number}号"
    street_en = f" {door.street.en}" if door.street else ""
    town = re.sub(r" \((.+)\)$", r", \1", place.name.en)
    return Text(zh=zh, en=f"{door.number}{street_en}, {town}, {district.en}, {pack.city.name.en}")


def write(points: list[Point], path: Path) -> None:
    tables.write(path, HEADER, map(_row, points))


def _row(point: Point) -> tuple[object, ...]:
    return (
        point.code,
        point.name.zh,
        point.name.en,
        point.kind,
        point.district,
        point.address.zh,
        point.address.en,
        f"{point.longitude:.6f}",
        f"{point.latitude:.6f}",
        point.hours,
        point.phone,
        "yes" if point.step_free else "no",
        "|".join(point.services),
    )
