"""An island as a mesh of places where roads may run.

Street corners in the settlements, a loose lattice over the country, a string of places along the shore,
the piers and the bridge heads: one triangulation joins them all. Roads and streets are edges of it, so they
meet only at its nodes, never cross, and never leave the land.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import Delaunay, cKDTree
from shapely.geometry import Point, Polygon

from zhoudao.sample.geography.settlements import Place

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

PEOPLE_A_SQUARE_METRE = 0.008
"""In the built-up part of a Chinese coastal town; it sets how far a settlement's streets reach."""
RADIUS = (220.0, 2100.0)
SPACING = {"city": 88.0, "town": 82.0, "village": 58.0}
"""Metres from corner to corner in a full-size city."""
JITTER = {"city": 0.07, "town": 0.15, "village": 0.33}
"""How far a corner strays from the grid, in parts of the spacing."""
COUNTRY_SPACING = (90.0, 230.0)
SHORE = 110.0
"""Metres from the sea to the places along the shore."""
OFF_SHORE = 25.0
"""No corner is nearer to the sea."""


FAR = -10_000
"""The column and row of a node that is in no grid."""


@dataclass
class Mesh:
    """Nodes in metres; edges as pairs of nodes, the smaller first, in order."""

    island: str
    land: Polygon
    nodes: Floats
    edges: Ints
    settlement: Ints
    """By node: the index of its settlement in the list of all places, or -1 in the country."""
    grid: Ints
    """By node: its column and row in the grid of its settlement; FAR in the country."""
    shore: Ints
    """Nodes along the shore in the order of their ring, one ring after the other."""
    anchors: dict[str, int]
    """Nodes of piers, bridge heads and the middles of settlements, by name."""
    length: Floats = field(init=False)
    slope: Floats = field(init=False)
    """By edge, 0 on the flat to 1 on a hill."""

    def __post_init__(self) -> None:
        ends = self.nodes[self.edges]
        self.length = np.hypot(*(ends[:, 0] - ends[:, 1]).T)
        self.slope = np.zeros(len(self.edges))

    def find(self, pairs: Ints) -> Ints:
        """The numbers of edges given as pairs of nodes in any order; -1 for a pair that is no edge."""
        low, high = np.sort(pairs, axis=-1).reshape(-1, 2).T
        keys = self.edges[:, 0] * len(self.nodes) + self.edges[:, 1]  # in order, as the edges are
        wanted = low * len(self.nodes) + high
        found = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where(keys[found] == wanted, found, -1)

    def graph(self, weight: Floats) -> csr_array:
        """The edges with a weight each, both ways."""
        first, second = self.edges.T
        count = len(self.nodes)
        pairs = np.concatenate([first, second]), np.concatenate([second, first])
        return coo_array((np.concatenate([weight, weight]), pairs), shape=(count, count)).tocsr()


def mesh(
    island: str,
    land: Polygon,
    settlements: dict[int, tuple[Place, Point]],
    anchors: dict[str, Point],
    coarseness: float,
    chance: np.random.Generator,
) -> Mesh:
    """The mesh of one island. ``coarseness`` widens every spacing: 1 in a full-size city, else more.

    ``settlements`` are this island's, by their index among all; ``anchors`` are places that must have a node.
    """
    shapely.prepare(land)
    corners, owner, grid = _corners(land, settlements, coarseness, chance)
    country, shore = _country(land, corners, coarseness, chance)
    fixed = np.array([[point.x, point.y] for point in anchors.values()]).reshape(-1, 2)
    free = np.concatenate([corners, country])
    owner = np.concatenate([owner, np.full(len(country), -1)])
    grid = np.concatenate([grid, np.full((len(country), 2), FAR)])
    order = np.concatenate([np.full(len(corners), -1), shore])
    if len(fixed):  # a free node in the way of a pier would make a sliver
        clear = cKDTree(fixed).query(free)[0] > 20
        free, owner, grid, order = free[clear], owner[clear], grid[clear], order[clear]
    nodes = np.concatenate([fixed, free])
    owner = np.concatenate([np.full(len(fixed), -1), owner])
    grid = np.concatenate([np.full((len(fixed), 2), FAR), grid])
    order = np.concatenate([np.full(len(fixed), -1), order])
    edges = _joined(nodes, _on_land(land, nodes, _triangulated(nodes)))
    names = {name: number for number, name in enumerate(anchors)}
    for index, (place, middle) in settlements.items():
        own = np.flatnonzero(owner == index)
        nearest = own[np.argmin(np.hypot(*(nodes[own] - [middle.x, middle.y]).T))]
        names[place.code] = int(nearest)
    ring = np.flatnonzero(order >= 0)
    made = Mesh(island, land, nodes, edges, owner, grid, ring[np.argsort(order[ring])], names)
    made.slope = _slopes(made, chance)
    return made


def radius(place: Place) -> float:
    """How far a settlement's streets reach, in metres."""
    return float(np.clip(np.sqrt(place.population / (PEOPLE_A_SQUARE_METRE * np.pi)), *RADIUS))


def spacing(place: Place, coarseness: float) -> float:
    """Metres between two corners; a village keeps a few corners however coarse the city."""
    return min(SPACING[place.kind] * coarseness, radius(place) / 1.6)


def _corners(
    land: Polygon,
    settlements: dict[int, tuple[Place, Point]],
    coarseness: float,
    chance: np.random.Generator,
) -> tuple[Floats, Ints, Ints]:
    """Street corners of all settlements of an island, whose they are, and where in its grid."""
    every, owners, grids = np.empty((0, 2)), np.empty(0, dtype=np.int64), np.empty((0, 2), dtype=np.int64)
    for index, (place, middle) in settlements.items():
        step, reach = spacing(place, coarseness), radius(place)
        spots, grid = _grid(land, middle, step, reach, JITTER[place.kind], chance)
        good = shapely.contains_xy(land, spots) & (_from_sea(land, spots) > OFF_SHORE)
        nearer = np.array([(np.hypot(*(spots - [m.x, m.y]).T) / radius(p)) for p, m in settlements.values()])
        good &= nearer.argmin(axis=0) == list(settlements).index(index)
        if len(every):
            good &= cKDTree(every).query(spots)[0] > 0.6 * step
        spots, grid = spots[good], grid[good]
        if not len(spots):  # a hamlet on a rock still has a place to stand
            spots, grid = np.array([[middle.x, middle.y]]), np.zeros((1, 2), dtype=np.int64)
        every = np.concatenate([every, spots])
        owners = np.concatenate([owners, np.full(len(spots), index)])
        grids = np.concatenate([grids, grid])
    return every, owners, grids


def _grid(
    land: Polygon, middle: Point, step: float, reach: float, jitter: float, chance: np.random.Generator
) -> tuple[Floats, Ints]:
    """Corners of a grid along the nearest shore, within a wobbly circle; and their columns and rows."""
    angle = _along_shore(land, middle) + chance.normal(0, 0.06)
    count = int(np.ceil(1.4 * reach / step))
    steps = np.arange(-count, count + 1)
    across, along = np.meshgrid(steps, steps)
    grid = np.stack([across.ravel(), along.ravel()], axis=1)
    spots = grid.astype(float)
    # Blocks are longer than they are deep, and whole rows bend a little, as old streets do.
    spots *= [step * 1.12, step / 1.12]
    bend = chance.uniform(0, 2 * np.pi, 2)
    spots[:, 0] += 0.35 * step * np.sin(spots[:, 1] / (5.5 * step) + bend[0])
    spots[:, 1] += 0.35 * step * np.sin(spots[:, 0] / (6.5 * step) + bend[1])
    spots += chance.normal(0, jitter * step, spots.shape)
    lobes, phase = chance.integers(2, 5), chance.uniform(0, 2 * np.pi)
    bearing = np.arctan2(spots[:, 1], spots[:, 0])
    edge = reach * (1 + 0.16 * np.sin(lobes * bearing + phase) + 0.07 * np.sin(5 * bearing - phase))
    inside = np.hypot(*spots.T) < edge
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return spots[inside] @ turn + [middle.x, middle.y], grid[inside]


def _along_shore(land: Polygon, middle: Point) -> float:
    """The direction of the shore nearest a place, in radians."""
    shore = land.exterior
    at = shore.project(middle)
    before, after = shore.interpolate(at - 250), shore.interpolate(at + 250)
    return float(np.arctan2(after.y - before.y, after.x - before.x))


def _country(
    land: Polygon, corners: Floats, coarseness: float, chance: np.random.Generator
) -> tuple[Floats, Ints]:
    """Places outside the settlements, and where in its ring each one along the shore is (-1: inland)."""
    step = float(np.clip(np.sqrt(land.area) / 28, *COUNTRY_SPACING)) * min(coarseness, 2.6)
    along = _shore_line(land, step)
    along += chance.normal(0, 0.04 * step, along.shape)  # in a straight line they'd make no triangles
    west, south, east, north = land.bounds
    across, up = np.meshgrid(np.arange(west, east, step), np.arange(south, north, step * 0.87))
    across = across + np.where(np.arange(len(across)) % 2 == 0, 0, step / 2)[:, None]
    inner = np.stack([across.ravel(), up.ravel()], axis=1)
    inner += chance.normal(0, 0.17 * step, inner.shape)
    inner = inner[shapely.contains_xy(land, inner)]
    inner = inner[_from_sea(land, inner) > 2 * OFF_SHORE]
    if len(along) and len(inner):
        inner = inner[cKDTree(along).query(inner)[0] > 0.7 * step]
    spots = np.concatenate([along, inner])
    order = np.concatenate([np.arange(len(along)), np.full(len(inner), -1)])  # the rings one after the other
    clear = (
        cKDTree(corners).query(spots)[0] > 0.75 * step if len(corners) else np.ones(len(spots), dtype=bool)
    )
    return spots[clear], order[clear]


def _shore_line(land: Polygon, step: float) -> Floats:
    """Places along the shore, a little inland, in order."""
    inside = land.buffer(-SHORE).simplify(40)
    parts = [part for part in getattr(inside, "geoms", [inside]) if part.area > 40 * SHORE**2]
    spots = [
        [point.x, point.y]
        for part in sorted(parts, key=lambda part: -part.area)
        for point in shapely.line_interpolate_point(
            part.exterior, np.arange(0, part.exterior.length - step / 2, step)
        )
    ]
    return np.array(spots).reshape(-1, 2)


def _from_sea(land: Polygon, spots: Floats) -> Floats:
    return shapely.distance(shapely.points(spots), land.boundary)


def _triangulated(nodes: Floats) -> Ints:
    """The edges of the Delaunay triangulation, each once, smaller node first, in order."""
    if len(nodes) < 4:
        return np.array([(a, b) for a in range(len(nodes)) for b in range(a + 1, len(nodes))], dtype=np.int64)
    corners = Delaunay(nodes).simplices.astype(np.int64)
    pairs = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])
    return np.unique(np.sort(pairs, axis=1), axis=0)


def _on_land(land: Polygon, nodes: Floats, edges: Ints) -> Ints:
    ground = land.buffer(1.0)
    shapely.prepare(ground)
    return edges[shapely.covers(ground, shapely.linestrings(nodes[edges]))]


def _joined(nodes: Floats, edges: Ints) -> Ints:
    """The edges, and the shortest more that make them one piece: coarse land has necks no edge passes."""
    count = len(nodes)
    while True:
        pairs = coo_array((np.ones(len(edges)), tuple(edges.T)), shape=(count, count))
        pieces, piece = connected_components(pairs, directed=False)
        if pieces == 1:
            return np.unique(edges, axis=0)
        largest = np.bincount(piece).argmax()
        main, rest = np.flatnonzero(piece == largest), np.flatnonzero(piece != largest)
        away, nearest = cKDTree(nodes[main]).query(nodes[rest])
        best = int(away.argmin())
        edges = np.concatenate([edges, np.sort([[rest[best], main[nearest[best]]]], axis=1)])


def _slopes(made: Mesh, chance: np.random.Generator) -> Floats:
    """Hills rise inland; a few waves of 1.5 to 6 km make their valleys."""
    middles = made.nodes[made.edges].mean(axis=1)
    waves = 14
    heading, length = chance.uniform(0, 2 * np.pi, waves), chance.uniform(1500, 6000, waves)
    ahead = np.stack([np.cos(heading), np.sin(heading)]) * (2 * np.pi / length)
    height = np.cos(middles @ ahead + chance.uniform(0, 2 * np.pi, waves)).sum(axis=1) / np.sqrt(waves / 2)
    inland = np.clip(_from_sea(made.land, middles) / 1200, 0.05, 1)
    return inland / (1 + np.exp(-3 * (height - 0.2)))


def pieces_of(made: Mesh, kept: Bools) -> Ints:
    """By node, the number of its piece when only the edges in ``kept`` are there."""
    count = len(made.nodes)
    chosen = made.edges[kept]
    pairs = coo_array((np.ones(len(chosen)), tuple(chosen.T)), shape=(count, count))
    return connected_components(pairs, directed=False)[1]
