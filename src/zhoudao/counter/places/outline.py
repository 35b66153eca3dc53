"""The city's land as one small drawing: an SVG path, and where a place falls on it. Pure but for reading
the pack.

Equirectangular, true at the middle of the view: over one city the shape is right to a fraction of a percent.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import shapely
from shapely import affinity

from zhoudao.core.city import Text, land
from zhoudao.counter.places.rules import Bounds, Position

WIDTH = 720
"""Units across the drawing's viewBox."""
PROPORTION = 2 / 3
"""Height by width of a view of some places. The whole city has its own proportion."""
FINEST = 0.7
"""Units: detail smaller than this is left out of the coast, and islands smaller than its square are not
drawn."""
LEAST_SPAN_DEGREES = 0.06
"""How far in a view goes at most, about 6 km across."""
MARGIN = 0.12
"""Share of the view left free on each side of what it has to show."""
LABELS = 8
LETTER = 24
"""Units: height of a name's letters, and the width of a Chinese one; a Latin one is half as wide."""


@dataclass(frozen=True)
class Label:
    """An island's name. ``anchor`` is SVG's text-anchor: which part of the text stands at ``x``."""

    name: Text
    x: float
    y: float
    anchor: str


@dataclass(frozen=True)
class View:
    """A drawing of the land within ``bounds``."""

    bounds: Bounds
    path: str = ""
    """The land, as the ``d`` of an SVG path."""
    labels: tuple[Label, ...] = ()

    @property
    def height(self) -> int:
        west, south, east, north = self.bounds
        return round(WIDTH * (north - south) / ((east - west) * _shrink(south, north)))

    @property
    def box(self) -> str:
        """The ``viewBox`` of the drawing."""
        return f"0 0 {WIDTH} {self.height}"

    def place(self, position: Position) -> tuple[float, float]:
        """Where a position falls, in units from the left and from the top, to a tenth."""
        west, south, east, north = self.bounds
        across = (position.longitude - west) / (east - west) * WIDTH
        down = (north - position.latitude) / (north - south) * self.height
        return round(across, 1), round(down, 1)


def view_of(folder: Path, city: Bounds, positions: Iterable[Position]) -> View:
    """The part of the city that shows ``positions`` in a view's usual proportion; all of it for none."""
    extent = _extent(positions)
    if extent is None:
        return whole_city(folder, city)
    west, south, east, north = extent
    shrink = _shrink(south, north)
    across = max(east - west, LEAST_SPAN_DEGREES) * shrink / (1 - 2 * MARGIN)
    down = max((north - south) / (1 - 2 * MARGIN), across * PROPORTION)
    across = max(across, down / PROPORTION) / shrink
    bounds = _around((west + east) / 2, (south + north) / 2, across, down)
    if not _fits(bounds, city):
        return whole_city(folder, city, positions)
    return _drawn(folder, _moved_into(bounds, city))


def whole_city(folder: Path, city: Bounds, positions: Iterable[Position] = ()) -> View:
    """The whole city, less the empty sea beyond its outermost ``positions``."""
    extent = _extent(positions)
    if extent is None:
        return _drawn(folder, city)
    west, south, east, north = extent
    across, down = (east - west) / (1 - MARGIN), (north - south) / (1 - MARGIN)
    bounds = _around(
        (west + east) / 2, (south + north) / 2, max(across, LEAST_SPAN_DEGREES), max(down, LEAST_SPAN_DEGREES)
    )
    return _drawn(
        folder,
        (max(bounds[0], city[0]), max(bounds[1], city[1]), min(bounds[2], city[2]), min(bounds[3], city[3])),
    )


def _extent(positions: Iterable[Position]) -> Bounds | None:
    places = list(positions)
    if not places:
        return None
    longitudes = [place.longitude for place in places]
    latitudes = [place.latitude for place in places]
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def _around(longitude: float, latitude: float, across: float, down: float) -> Bounds:
    """Bounds to a thousandth of a degree outwards, so that views of nearly the same places are drawn once."""
    west, south = math.floor((longitude - across / 2) * 1000), math.floor((latitude - down / 2) * 1000)
    east, north = math.ceil((longitude + across / 2) * 1000), math.ceil((latitude + down / 2) * 1000)
    return west / 1000, south / 1000, east / 1000, north / 1000


def _fits(bounds: Bounds, city: Bounds) -> bool:
    west, south, east, north = bounds
    return east - west <= city[2] - city[0] and north - south <= city[3] - city[1]


def _moved_into(bounds: Bounds, city: Bounds) -> Bounds:
    """A view at the city's edge, moved inwards: it keeps its size, and what it showed."""
    west, south, east, north = bounds
    right = max(0.0, city[0] - west) - max(0.0, east - city[2])
    up = max(0.0, city[1] - south) - max(0.0, north - city[3])
    return west + right, south + up, east + right, north + up


def _shrink(south: float, north: float) -> float:
    """How much shorter a degree of longitude is than one of latitude."""
    return math.cos(math.radians((south + north) / 2))


@lru_cache(maxsize=256)
def _drawn(folder: Path, bounds: Bounds) -> View:
    view = View(bounds)
    frame = shapely.box(*bounds)
    pieces = [
        _in_units(piece.intersection(frame), view)
        for piece in land.outlines(folder)
        if piece.intersects(frame)
    ]
    drawn = shapely.union_all(pieces).simplify(FINEST)
    polygons = [part for part in getattr(drawn, "geoms", [drawn]) if part.area > FINEST**2]
    rings = [ring for polygon in polygons for ring in (polygon.exterior, *polygon.interiors)]
    islands = [
        (_in_units(island.land.intersection(frame), view), island.name) for island in land.islands_of(folder)
    ]
    return View(bounds, "".join(_path(ring.coords) for ring in rings), _labels(islands, drawn, view))


def _in_units(shape: shapely.Geometry, view: View) -> shapely.Geometry:
    west, south, east, north = view.bounds
    across, down = WIDTH / (east - west), view.height / (north - south)
    return affinity.affine_transform(shape, [across, 0, 0, -down, -west * across, north * down])


def _path(ring: Iterable[tuple[float, ...]]) -> str:
    corners = [f"{round(x, 1):g} {round(y, 1):g}" for x, y, *_ in ring]
    return f"M{'L'.join(corners[:-1])}Z"


def _labels(
    islands: Iterable[tuple[shapely.Geometry, Text]], drawn: shapely.Geometry, view: View
) -> tuple[Label, ...]:
    """Names of the largest islands in view: across the island where it is wide enough, else beside it on
    open water, else not at all. None covers another."""
    frame = shapely.box(0, 0, WIDTH, view.height)
    taken: list[shapely.Geometry] = []
    labels: list[Label] = []
    for shape, name in sorted(islands, key=lambda pair: -pair[0].area):
        if len(labels) == LABELS or shape.area < FINEST**2:
            break
        for label, room, on_land in _candidates(shape, name):
            free = frame.contains(room) and not any(room.intersects(other) for other in taken)
            if free and (on_land or not room.intersects(drawn)):
                labels.append(label)
                taken.append(room)
                break
    return tuple(labels)


def _candidates(shape: shapely.Geometry, name: Text) -> Iterable[tuple[Label, shapely.Geometry, bool]]:
    """Where a name could stand, best first: the label, the room it takes, and whether that may be land."""
    width = max(len(name.zh) * LETTER, len(name.en) * LETTER / 2)
    west, north, east, south = shape.bounds
    middle = shape.representative_point()
    if east - west > 1.5 * width:
        room = shapely.box(
            middle.x - width / 2, middle.y - LETTER, middle.x + width / 2, middle.y + LETTER / 2
        )
        yield Label(name, round(middle.x, 1), round(middle.y, 1), "middle"), room, True
    gap, half = LETTER / 2, LETTER * 0.7
    for y in (middle.y, (north + south) / 2, north, south):
        base = round(y + LETTER / 3, 1)
        room = shapely.box(east + gap / 2, y - half, east + gap + width, y + half)
        yield Label(name, round(east + gap, 1), base, "start"), room, False
        room = shapely.box(west - gap - width, y - half, west - gap / 2, y + half)
        yield Label(name, round(west - gap, 1), base, "end"), room, False
