"""Which edges of an island's mesh carry a road, and of what class.

Avenues run along the grids of the towns. Places are joined by the cheapest way over the ground, the
important ones first; a road already laid is cheap to follow, so roads gather as real ones do. Then come the
streets, a road along the shore, and tracks to the farms. All of it hangs together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree
from scipy.spatial import cKDTree

from zhoudao.sample.geography.ground import Bools, Floats, Ints, Mesh, pieces_of, spacing
from zhoudao.sample.geography.settlements import Place


class Class(IntEnum):
    """Of a road, the greatest first in importance; the names are OpenStreetMap's ``highway`` values."""

    NONE = 0
    STEPS = 1
    FOOTWAY = 2
    TRACK = 3
    SERVICE = 4
    LIVING_STREET = 5
    RESIDENTIAL = 6
    UNCLASSIFIED = 7
    TERTIARY = 8
    SECONDARY = 9
    PRIMARY = 10


RANK = {"city": 3, "town": 2, "village": 1}
LAID = 0.45
"""The cost of following a road that is there already, in parts of the cost of a new one."""
HILL = 3.5
"""What the steepest ground adds to the cost of a metre."""
DETOUR = 1.6
"""Two neighbours whose way is longer than this many straight lines get a road of their own."""
AVENUES = {"city": 4, "town": 5, "village": 0}
"""Every so many rows and columns of a grid is an avenue (0: none)."""
LEFT_OUT = {"city": 0.10, "town": 0.14, "village": 0.22}
"""Share of the streets that could be, and are not, so that blocks differ."""
ALLEYS = {"city": 0.07, "town": 0.07, "village": 0.09}
"""Share of blocks that a footway crosses."""
FARM_METRES = 950.0
"""One farm at the end of a track for each so many metres squared."""
LOOPS = 0.5
"""Share of farms that only one track reaches."""
NEIGHBOUR_COST = 4000.0
"""How many metres of flat ground a track between two farms may cost."""


@dataclass
class Roads:
    """By edge of the mesh: its class, and whose road it is (an index into ``labels``; -1: nobody's)."""

    kind: NDArray[np.int8]
    label: Ints
    labels: list[tuple[str, str]]


def laid_out(made: Mesh, places: list[Place], coarseness: float, chance: np.random.Generator) -> Roads:
    """The roads and streets of one island. Every settlement, pier and bridge head is on them."""
    roads = Roads(np.zeros(len(made.edges), dtype=np.int8), np.full(len(made.edges), -1), [])
    cost = made.length * (1 + HILL * made.slope)
    _avenues(made, roads, places, cost)
    _between_places(made, roads, places, cost)
    _streets(made, roads, places, coarseness, chance)
    _along_the_shore(made, roads, chance)
    _tracks(made, roads, cost, coarseness, chance)
    return roads


def _between_places(made: Mesh, roads: Roads, places: list[Place], cost: Floats) -> None:
    rank = {place.code: RANK[place.kind] for place in places if place.island == made.island}
    names = list(made.anchors)
    spots = np.array([made.nodes[made.anchors[name]] for name in names])
    if len(names) < 2:
        return
    starts = np.array([made.anchors[name] for name in names])
    away = dijkstra(made.graph(cost), indices=starts)[:, starts]
    tree = minimum_spanning_tree(away).toarray()
    pairs = {(min(a, b), max(a, b)) for a, b in np.argwhere(tree > 0).tolist()}
    network = _within(away, pairs)
    # Neighbours whose way through the tree is a long detour are joined directly, the nearest first.
    straight = np.hypot(*(spots[:, None] - spots[None]).transpose(2, 0, 1))
    for a, b in np.argwhere(np.triu(straight, 1) > 0)[
        np.argsort(straight[np.triu(straight, 1) > 0])
    ].tolist():
        if straight[a, b] < 9000 and network[a, b] > DETOUR * away[a, b]:
            pairs.add((a, b))
            network = _within(away, pairs)

    def importance(pair: tuple[int, int]) -> tuple[int, float]:
        return -sum(rank.get(names[end], 2) for end in pair), float(away[pair])

    for a, b in sorted(pairs, key=importance):
        weight = np.where(roads.kind > 0, LAID, 1.0) * cost
        _, before = dijkstra(made.graph(weight), indices=starts[a], return_predecessors=True)
        ranks = [rank.get(names[a], 2), rank.get(names[b], 2)]
        kind = {6: Class.PRIMARY, 5: Class.SECONDARY, 4: Class.SECONDARY}.get(sum(ranks), Class.TERTIARY)
        roads.labels.append((names[a], names[b]))
        _lay(made, roads, _path(before, int(starts[b])), kind, len(roads.labels) - 1)


def _within(away: Floats, pairs: set[tuple[int, int]]) -> Floats:
    """Distances from place to place over the joined pairs alone."""
    joined = np.zeros_like(away)
    for a, b in pairs:
        joined[a, b] = away[a, b]
    return dijkstra(joined, directed=False)


def _avenues(made: Mesh, roads: Roads, places: list[Place], cost: Floats) -> None:
    """Every few rows and columns of a town's grid are wider streets, and main roads like to follow them."""
    first, second = made.edges.T
    for index, place in enumerate(places):
        apart = AVENUES[place.kind]
        if place.island != made.island or not apart:
            continue
        own = (made.settlement[first] == index) & (made.settlement[second] == index)
        for axis in (0, 1):
            line = made.grid[first, axis]
            on = own & _sides(made) & (line == made.grid[second, axis]) & (line % apart == 0)
            wide = on & (line % (2 * apart) == 0) & (place.kind == "city")
            roads.kind[on] = Class.TERTIARY
            roads.kind[wide] = Class.SECONDARY


def _sides(made: Mesh) -> Bools:
    """Edges from a corner to the next of its row or column; the others in a grid cut across a block."""
    first, second = made.edges.T
    return np.abs(made.grid[first] - made.grid[second]).sum(axis=1) == 1


def _streets(
    made: Mesh, roads: Roads, places: list[Place], coarseness: float, chance: np.random.Generator
) -> None:
    first, second = made.settlement[made.edges].T
    inside = (first >= 0) & (second >= 0)
    draw = chance.random(len(made.edges))
    for index, place in enumerate(places):
        if place.island != made.island:
            continue
        own = inside & (first == index)
        step = spacing(place, coarseness)
        # Where two settlements touch, their grids don't match: short links join them.
        sides = own & np.where(first == second, _sides(made), made.length < 1.3 * step)
        across = own & (first == second) & ~sides & (made.length < 1.9 * step)
        tree = tree_of(made, own, np.where(roads.kind > 0, 0.1, np.where(sides, 1, 3)) * made.length)
        kept = tree | (sides & (draw > LEFT_OUT[place.kind]))
        kind = np.where(draw < 0.85, Class.RESIDENTIAL, Class.LIVING_STREET).astype(np.int8)
        fresh = kept & (roads.kind == 0)
        roads.kind[fresh] = kind[fresh]
        alleys = across & (roads.kind == 0) & (draw < ALLEYS[place.kind])
        roads.kind[alleys] = np.where(made.slope[alleys] > 0.35, Class.STEPS, Class.FOOTWAY)


def _along_the_shore(made: Mesh, roads: Roads, chance: np.random.Generator) -> None:
    """Stretches of a road between neighbouring places of the shore; longer gaps stay wild."""
    if len(made.shore) < 12:
        return
    edges = made.find(np.stack([made.shore[:-1], made.shore[1:]], axis=1)).tolist()
    left, open_stretch = 0, False
    for edge in edges:
        if left == 0:
            open_stretch = not open_stretch
            left = int(chance.integers(6, 16) if open_stretch else chance.integers(3, 12))
        left -= 1
        if open_stretch and edge >= 0 and roads.kind[edge] == 0:
            roads.kind[edge] = Class.UNCLASSIFIED


def _tracks(made: Mesh, roads: Roads, cost: Floats, coarseness: float, chance: np.random.Generator) -> None:
    """Lanes and tracks to the country, and to every stretch of road that hangs loose."""
    used = np.unique(made.edges[roads.kind > 0])
    home = next(iter(made.anchors.values()), int(used[0]) if len(used) else 0)
    piece = pieces_of(made, roads.kind > 0)
    joined = np.array([node for node in used if piece[node] == piece[home]] or [home])
    _, before, _ = dijkstra(made.graph(cost), indices=joined, min_only=True, return_predecessors=True)
    loose = np.unique(piece[used][piece[used] != piece[home]])
    ends = [int(used[piece[used] == number][0]) for number in loose]
    wild = np.flatnonzero(made.settlement < 0)
    count = min(len(wild), int(made.land.area / (FARM_METRES * min(coarseness, 2)) ** 2))
    farms = chance.choice(wild, size=count, replace=False).tolist() if count else []
    for number, end in enumerate([*ends, *farms]):
        kind = Class.UNCLASSIFIED if number < len(ends) or number % 3 == 0 else Class.TRACK
        _lay(made, roads, _path(before, end), kind, -1)
    _loops(made, roads, farms, cost, chance)


def _loops(made: Mesh, roads: Roads, farms: list[int], cost: Floats, chance: np.random.Generator) -> None:
    """Neighbouring farms are joined here and there, so that the country is not all dead ends."""
    if len(farms) < 4:
        return
    spots = cKDTree(made.nodes[farms])
    for farm in farms:
        if chance.random() < LOOPS:
            continue
        weight = np.where(roads.kind > 0, LAID, 1.0) * cost
        away, before = dijkstra(
            made.graph(weight), indices=farm, return_predecessors=True, limit=NEIGHBOUR_COST
        )
        for other in spots.query(made.nodes[farm], k=3)[1][1:].tolist():
            if np.isfinite(away[farms[other]]):
                _lay(made, roads, _path(before, farms[other]), Class.TRACK, -1)


def tree_of(made: Mesh, within: Bools, weight: Floats) -> Bools:
    """The edges of a smallest tree over the edges in ``within``."""
    chosen = np.flatnonzero(within)
    count = len(made.nodes)
    first, second = made.edges[chosen].T
    pairs = coo_array((weight[chosen], (first, second)), shape=(count, count)).tocsr()
    tree = minimum_spanning_tree(pairs).tocoo()
    kept = np.zeros(len(made.edges), dtype=bool)
    kept[made.find(np.stack([tree.row, tree.col], axis=1).astype(np.int64))] = True
    return kept


def _path(before: Ints, end: int) -> list[int]:
    """From ``end`` back to where the search began."""
    path = [end]
    while before[path[-1]] >= 0:
        path.append(int(before[path[-1]]))
    return path


def _lay(made: Mesh, roads: Roads, path: Iterable[int], kind: Class, label: int) -> None:
    """Give the edges of a path a class, unless they have a greater one."""
    nodes = np.array(list(path))
    if len(nodes) < 2:
        return
    found = made.find(np.stack([nodes[:-1], nodes[1:]], axis=1))
    raised = found[roads.kind[found] < kind]
    roads.kind[raised] = kind
    roads.label[raised] = label
