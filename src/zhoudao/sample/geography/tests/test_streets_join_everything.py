"""From anywhere on an island one can walk and drive anywhere else on it, and back."""

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

FOR_CARS = {
    "primary",
    "secondary",
    "tertiary",
    "unclassified",
    "residential",
    "living_street",
}


def pieces(ground, cars: bool):
    """By node id, the number of its piece when walking, or when driving there and back."""
    number = {node: position for position, node in enumerate(ground.nodes)}
    barred = {node for node, tags in ground.node_tags.items() if tags.get("barrier") in ("bollard", "gate")}
    first, second = [], []
    for way in ground.ways:
        if "highway" not in way.tags or way.tags.get("access") == "private":
            continue
        if cars and way.tags["highway"] not in FOR_CARS:
            continue
        if not cars and way.tags.get("foot") == "no":
            continue
        for a, b in zip(way.nodes, way.nodes[1:], strict=False):
            if cars and (a in barred or b in barred):
                continue
            first.append(number[a])
            second.append(number[b])
            if not (cars and way.tags.get("oneway") == "yes"):
                first.append(number[b])
                second.append(number[a])
    graph = coo_array((np.ones(len(first)), (first, second)), shape=(len(number),) * 2)
    piece = connected_components(graph, directed=True, connection="strong")[1]
    return {node: int(piece[position]) for node, position in number.items()}, set(first)


@pytest.mark.parametrize("cars", [False, True], ids=["on foot", "by car"])
def test_each_islands_settlements_and_piers_are_joined(ground, cars):
    piece, _ = pieces(ground, cars)
    ids = list(ground.nodes)
    anchors = ground.made.network.anchors
    by_island = {}
    for place in [*ground.pack.settlements, *ground.pack.piers]:
        by_island.setdefault(place.island, set()).add(piece[ids[anchors[place.code]]])
    assert {island: len(found) for island, found in by_island.items() if len(found) > 1} == {}


@pytest.mark.parametrize("cars", [False, True], ids=["on foot", "by car"])
def test_bridges_join_islands(ground, cars):
    piece, _ = pieces(ground, cars)
    for way in ground.ways:
        if "bridge" in way.tags and (cars or way.tags.get("foot") != "no"):
            assert piece[way.nodes[0]] == piece[way.nodes[-1]]


def test_nobody_walks_over_a_motor_bridge(ground):
    closed = {bridge.name.zh for bridge in ground.pack.bridges if not bridge.walkable}
    for way in ground.ways:
        if "bridge" in way.tags:
            assert (way.tags.get("foot") == "no") == (way.tags["name"] in closed)


def test_no_car_street_is_a_trap(ground):
    """Wherever a car may go, it may come back: one-ways and bollards never cut a street off."""
    piece, used = pieces(ground, cars=True)
    ids = list(ground.nodes)
    sizes = np.bincount(list(piece.values()))
    lonely = [ids[position] for position in used if sizes[piece[ids[position]]] < 5]
    assert lonely == []


def test_every_settlement_is_reached_from_a_point_or_a_pier(ground):
    piece, _ = pieces(ground, cars=False)
    ids = list(ground.nodes)
    anchors = ground.made.network.anchors
    served = {piece[ids[anchors[pier.code]]] for pier in ground.pack.piers}
    served |= {piece[ids[anchors[point.settlement]]] for point in ground.made.points}
    by_car, _ = pieces(ground, cars=True)
    driven = {by_car[ids[anchors[pier.code]]] for pier in ground.pack.piers}
    driven |= {by_car[ids[anchors[point.settlement]]] for point in ground.made.points}
    for place in ground.pack.settlements:
        node = ids[anchors[place.code]]
        assert piece[node] in served or by_car[node] in driven, place.code


def test_every_settlement_has_its_own_streets(ground):
    tree = cKDTree(np.array(list(ground.nodes.values())))
    for place in ground.made.settlements:
        near = tree.query_ball_point((place.longitude, place.latitude), 0.004)
        assert len(near) >= 4, place.code
