"""The whole network: each island's streets, the bridges between them, and the boats' ways over the sea."""

from __future__ import annotations

import math

import numpy as np
from shapely.geometry import Point, Polygon
from shapely.ops import nearest_points

from zhoudao.core.city import Pack, Text
from zhoudao.core.city.land import islands_of, outlines
from zhoudao.core.city.shapes import Bridge
from zhoudao.sample.geography import network
from zhoudao.sample.geography.ground import SPACING, Floats, mesh, radius
from zhoudao.sample.geography.network import Network, Way
from zhoudao.sample.geography.plane import Plane
from zhoudao.sample.geography.roads import laid_out
from zhoudao.sample.geography.sea import Sea
from zhoudao.sample.geography.settlements import Place
from zhoudao.sample.seeds import generator

NODES_A_BLOCK, NODES_A_SQUARE_KILOMETRE = 0.95, 15.2
"""Measured on what the generator makes: nodes for each block of a settlement's circle, and on all land."""


def laid(pack: Pack, places: list[Place], plane: Plane, seed: int, street_nodes: int) -> Network:
    """Streets, bridges and ferry ways of the city, of about ``street_nodes`` nodes."""
    coarseness = math.sqrt(max(1.0, _natural_size(pack, places, plane) / street_nodes))
    titles = {place.code: place.name for place in places} | {pier.code: pier.name for pier in pack.piers}
    heads = _bridge_heads(pack, plane)
    parts = []
    for outline in islands_of(pack.city.folder):
        land = plane.project(outline.land)
        own = {
            index: (place, plane.point(place.longitude, place.latitude))
            for index, place in enumerate(places)
            if place.island == outline.code
        }
        anchors = _piers(pack, plane, outline.code, land) | heads.get(outline.code, {})
        if own or anchors:  # nobody lives on the others, and no boat or bridge goes there
            chance = generator(seed, f"streets/{outline.code}")
            made = mesh(outline.code, land, own, anchors, coarseness, chance)
            roads = laid_out(made, places, coarseness, chance)
            parts.append(network.built(made, roads, places, titles, pack.names, coarseness, chance))
    whole = network.merged(parts)
    whole.ways += [_bridge(whole, number, bridge) for number, bridge in enumerate(pack.bridges)]
    _boats(whole, pack, plane)
    for pier in pack.piers:
        whole.node_tags.setdefault(whole.anchors[pier.code], {}).update(
            {
                "amenity": "ferry_terminal",
                "name": pier.name.zh,
                "name:zh": pier.name.zh,
                "name:en": pier.name.en,
            }
        )
    return whole


def _natural_size(pack: Pack, places: list[Place], plane: Plane) -> float:
    """About how many nodes the network has when nothing is made coarser."""
    blocks = sum(math.pi * (radius(place) / SPACING[place.kind]) ** 2 for place in places)
    reached = {place.island for place in places} | {pier.island for pier in pack.piers}
    reached |= {island for bridge in pack.bridges for island in bridge.islands}
    land = sum(plane.project(o.land).area for o in islands_of(pack.city.folder) if o.code in reached)
    return NODES_A_BLOCK * blocks + NODES_A_SQUARE_KILOMETRE * land / 1e6


def _piers(pack: Pack, plane: Plane, island: str, land: Polygon) -> dict[str, Point]:
    """Piers of an island, moved to its coast."""
    return {
        pier.code: nearest_points(land.exterior, plane.point(*pier.at))[0]
        for pier in pack.piers
        if pier.island == island
    }


def head(number: int, island: str) -> str:
    """The anchor of a bridge's end on an island."""
    return f"bridge {number} on {island}"


def _bridge_heads(pack: Pack, plane: Plane) -> dict[str, dict[str, Point]]:
    """By island: where bridges reach its coast."""
    land = {outline.code: plane.project(outline.land) for outline in islands_of(pack.city.folder)}
    heads: dict[str, dict[str, Point]] = {}
    for number, bridge in enumerate(pack.bridges):
        ends = nearest_points(*(land[island] for island in bridge.islands))
        for island, end in zip(bridge.islands, ends, strict=True):
            heads.setdefault(island, {})[head(number, island)] = end
    return heads


def _bridge(whole: Network, number: int, bridge: Bridge) -> Way:
    ends = [whole.anchors[head(number, island)] for island in bridge.islands]
    tags = {"highway": "primary", "bridge": "yes", "layer": "1", "maxspeed": "80"}
    if not bridge.walkable:
        tags |= {"foot": "no", "bicycle": "no"}
    return Way(ends, tags | _names(bridge.name), bridge.name)


def _boats(whole: Network, pack: Pack, plane: Plane) -> None:
    """Each leg of a boat line as a way over the sea; one with a timetable names its GTFS route."""
    sea = Sea([plane.project(piece) for piece in outlines(pack.city.folder)])
    spots = {pier.code: whole.nodes[whole.anchors[pier.code]] for pier in pack.piers}
    legs: list[tuple[Text, str, str, int, bool, str]] = []
    for ferry in pack.lines.ferries:
        for first, second, minutes in zip(ferry.piers, ferry.piers[1:], ferry.minutes, strict=False):
            legs.append((ferry.name, first, second, minutes, ferry.cars, ferry.code))
    for boat in pack.lines.untimed_ferries:
        legs.append((boat.name, *boat.piers, boat.minutes, boat.cars, ""))
    extra: list[Floats] = []
    for name, first, second, minutes, cars, route in legs:
        over = sea.way(spots[first], spots[second])
        numbers = range(len(whole.nodes) + len(extra), len(whole.nodes) + len(extra) + len(over))
        extra += list(over)
        tags = {"route": "ferry", "foot": "yes", "motor_vehicle": "yes" if cars else "no"}
        tags["duration"] = f"{minutes // 60:02d}:{minutes % 60:02d}"
        if route:
            tags["gtfs:route_id"] = route
        ends = whole.anchors[first], whole.anchors[second]
        whole.ways.append(Way([ends[0], *numbers, ends[1]], tags | _names(name), name))
    if extra:
        whole.nodes = np.concatenate([whole.nodes, np.array(extra)])
        whole.settlement = np.concatenate([whole.settlement, np.full(len(extra), -1)])


def _names(name: Text) -> dict[str, str]:
    return {"name": name.zh, "name:zh": name.zh, "name:en": name.en}
