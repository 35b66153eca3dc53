"""Streets cut into web map tiles: only what a near view needs is fetched."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import shapely

from zhoudao.counter.places.layers.rules import FAR, NEAR, SHOWN_FAR, Tile
from zhoudao.counter.places.layers.streets import Streets
from zhoudao.counter.places.layers.vector_tile import EXTENT, Line, encode

LAYER = "streets"
BEYOND = 64 / EXTENT
"""Tile widths kept beyond each edge, so that wide lines meet where tiles do."""
FINEST = 1.0
"""Units: detail smaller than this is left out, about a metre."""


def cut_all(streets: Streets) -> Iterator[tuple[Tile, bytes]]:
    """The tiles of both zooms."""
    yield from cut(streets.only(SHOWN_FAR), FAR)
    yield from cut(streets, NEAR)


def cut(streets: Streets, zoom: int) -> Iterator[tuple[Tile, bytes]]:
    """Every tile of a zoom that has a street in it, with its content."""
    if not len(streets.lines):
        return
    flat = shapely.transform(streets.lines, lambda places: _grid(places, zoom))
    tree = shapely.STRtree(flat)
    west, north, east, south = shapely.total_bounds(flat)
    for x in range(math.floor(west), math.floor(east) + 1):
        for y in range(math.floor(north), math.floor(south) + 1):
            content = _tile(streets, flat, tree, x, y)
            if content:
                yield Tile(zoom, x, y), content


def _tile(streets: Streets, flat: np.ndarray, tree: shapely.STRtree, x: int, y: int) -> bytes:
    edges = x - BEYOND, y - BEYOND, x + 1 + BEYOND, y + 1 + BEYOND
    near = np.sort(tree.query(shapely.box(*edges)))
    if not len(near):
        return b""
    pieces = shapely.clip_by_rect(flat[near], *edges)
    units = shapely.transform(pieces, lambda places: (places - (x, y)) * EXTENT)
    units = shapely.simplify(units, FINEST, preserve_topology=False)
    by_look: dict[tuple[str, str, str], list[Line]] = defaultdict(list)
    for street, shape in zip(near.tolist(), units, strict=True):
        by_look[streets.kinds[street], *streets.names[street]] += _corners(shape)
    features = [
        ({name: value for name, value in zip(("kind", "zh", "en"), look, strict=True) if value}, lines)
        for look, lines in by_look.items()
        if lines
    ]
    return encode(LAYER, features) if features else b""


def _corners(shape: shapely.Geometry) -> list[Line]:
    lines: list[Line] = []
    for part in getattr(shape, "geoms", [shape]):
        rounded = np.rint(shapely.get_coordinates(part)).astype(int)
        moved = np.ones(len(rounded), dtype=bool)
        moved[1:] = (rounded[1:] != rounded[:-1]).any(axis=1)
        corners = [(int(x), int(y)) for x, y in rounded[moved]]
        if len(corners) > 1:
            lines.append(corners)
    return lines


def _grid(places: np.ndarray, zoom: int) -> np.ndarray:
    """Degrees to tile widths from the grid's north-west corner (spherical Web Mercator, EPSG:3857)."""
    across = (places[:, 0] + 180) / 360
    down = (1 - np.arcsinh(np.tan(np.radians(places[:, 1]))) / np.pi) / 2
    return np.stack([across, down], axis=1) * 2**zoom
