"""The outlines of a pack: land.geojson as shapely polygons, and the islands that have a name."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import shapely
from shapely.geometry import MultiPolygon, Point, Polygon, shape

from zhoudao.core.city.loading import BadPack, load, read_part
from zhoudao.core.city.shapes import Island, Text
from zhoudao.core.city.yaml_lines import Problem

EXPECTED = "a GeoJSON FeatureCollection of Polygons and MultiPolygons in degrees of WGS-84"


@dataclass(frozen=True)
class Outline:
    """An island and its land, in degrees (longitude, latitude)."""

    code: str
    name: Text
    land: Polygon


@cache
def outlines(folder: Path) -> tuple[Polygon, ...]:
    """Every piece of land of the pack, repaired where its ring crosses itself. Raises BadPack."""
    path = folder / "land.geojson"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadPack([Problem(path, 0, "", "is not there", EXPECTED)]) from None
    except json.JSONDecodeError as error:
        raise BadPack([Problem(path, error.lineno, "", f"is not JSON ({error.msg})", EXPECTED)]) from None
    except UnicodeDecodeError:
        raise BadPack([Problem(path, 0, "", "has bytes that are not UTF-8", EXPECTED)]) from None
    if not isinstance(data, dict) or not isinstance(data.get("features"), list):
        raise BadPack([Problem(path, 1, "features", "is missing", EXPECTED)])
    pieces: list[Polygon] = []
    for number, feature in enumerate(data["features"]):
        try:
            land = shapely.make_valid(shape(feature["geometry"]))
        except (KeyError, TypeError, ValueError, AttributeError, shapely.errors.ShapelyError):
            field = f"features.{number}.geometry"
            raise BadPack([Problem(path, 1, field, "is not a shape", EXPECTED)]) from None
        pieces += [
            part for part in getattr(land, "geoms", [land]) if isinstance(part, Polygon) and part.area > 0
        ]
    if not pieces:
        raise BadPack([Problem(path, 1, "features", "holds no land", EXPECTED)])
    return tuple(pieces)


@cache
def islands_of(folder: Path) -> tuple[Outline, ...]:
    """The islands of islands.yaml in its order, each with the outline it picks. Raises BadPack."""
    path = folder / "islands.yaml"
    part, line_of = read_part(folder, "islands.yaml")
    islands: list[Island] = part.islands
    pieces = outlines(folder)
    tree = shapely.STRtree(pieces)
    found: list[Outline] = []
    taken: dict[int, str] = {}
    problems: list[Problem] = []
    for number, island in enumerate(islands):
        hits = tree.query(Point(island.inside), predicate="covered_by")
        field = f"islands.{number}.inside"
        line = line_of(["islands", number, "inside"])
        if not len(hits):
            problems.append(
                Problem(path, line, field, "is not on land", "a place on an outline of land.geojson")
            )
            continue
        piece = max((int(hit) for hit in hits), key=lambda hit: pieces[hit].area)
        if piece in taken:
            problems.append(
                Problem(path, line, field, f"is on {taken[piece]}'s outline", "an outline of its own")
            )
            continue
        taken[piece] = island.code
        found.append(Outline(island.code, island.name, pieces[piece]))
    if problems:
        raise BadPack(problems)
    return tuple(found)


@cache
def all_land(folder: Path) -> MultiPolygon | Polygon:
    """All land within the city's bounds as one shape, to clip isochrones and to ask what is at sea."""
    bounds = load(folder).bounds
    box = shapely.box(bounds.west, bounds.south, bounds.east, bounds.north)
    return shapely.union_all([piece.intersection(box) for piece in outlines(folder)])
