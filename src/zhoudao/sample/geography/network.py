"""Streets as OpenStreetMap has them: ways over shared nodes, with names, one-ways, barriers and bridges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import shapely

from zhoudao.core.city import Text
from zhoudao.core.city.shapes import StreetNames
from zhoudao.sample.geography.ground import Bools, Floats, Ints, Mesh
from zhoudao.sample.geography.naming import NameRegister
from zhoudao.sample.geography.roads import Class, Roads, tree_of
from zhoudao.sample.geography.settlements import Place

STRAIGHT = np.radians(38)
"""A street goes on over a corner that turns less than this."""
ONE_WAY, BOLLARD, YARD = 0.16, 0.05, 0.035
"""Shares: of a city's longer streets, of its calm streets that no tree of ways needs, of its corners."""
YARD_METRES, GATE_METRES = 27.0, 9.0
CUT = 0.3
"""Where a bend is cut, in parts of the sides on each hand."""
ROUNDED_BELOW = 2.0
"""A coarser city keeps its bends sharp: half of its nodes would be there only to look round."""


class NoStreet(ValueError):
    """A place of the pack has no street, or none that joins it to another."""


@dataclass
class Way:
    """A street, bridge or ferry: nodes in order, and OpenStreetMap's tags."""

    nodes: list[int]
    tags: dict[str, str]
    name: Text | None = None
    settlement: int = -1
    """Whose street it is: an index into the places, or -1."""

    @property
    def highway(self) -> str:
        return self.tags.get("highway", "")


@dataclass
class Network:
    """Everything that goes into streets.osm.pbf. Node positions are metres of the plane."""

    nodes: Floats
    ways: list[Way]
    node_tags: dict[int, dict[str, str]]
    anchors: dict[str, int]
    """Nodes of piers, bridge heads and the middles of settlements, by name."""
    settlement: Ints
    """By node: index of its settlement, or -1."""


def built(
    made: Mesh,
    roads: Roads,
    places: list[Place],
    titles: dict[str, Text],
    names: StreetNames,
    coarseness: float,
    chance: np.random.Generator,
) -> Network:
    """The ways of one island. ``titles``: names of settlements and piers by code, for roads between them."""
    ways = _strokes(made, roads)
    tree = _kept_open(made, roads, ways, places, chance)
    _one_ways(ways, tree)
    register = NameRegister(made, places, titles, names, chance)
    network = Network(made.nodes.copy(), [], {}, dict(made.anchors), made.settlement.copy())
    for stroke in ways:
        ends = roads.labels[stroke.label] if stroke.label >= 0 else None
        name = register.name(stroke.kind, stroke.zone, len(stroke.edges), ends)
        network.ways += [Way(nodes, tags, name, stroke.zone) for nodes, tags in stroke.runs(name)]
    _bollards(network, made, tree, chance)
    _yards(network, made, places, chance)
    if coarseness < ROUNDED_BELOW:
        _rounded(network, made)
    return _packed(network)


@dataclass
class _Stroke:
    """Edges that go on into one another, of one class, in one settlement (or none)."""

    nodes: list[int]
    edges: list[int]
    kind: Class
    zone: int
    label: int
    wants_one_way: bool = False
    one_way: list[bool] = field(default_factory=list)
    """By edge."""

    def runs(self, name: Text | None) -> Iterator[tuple[list[int], dict[str, str]]]:
        """The stroke as ways: cut where a one-way begins or ends."""
        start = 0
        for position in range(1, len(self.edges) + 1):
            if position == len(self.edges) or self.one_way[position] != self.one_way[start]:
                tags = {"highway": self.kind.name.lower()}
                if self.one_way[start]:
                    tags["oneway"] = "yes"
                if name is not None:
                    tags |= {"name": name.zh, "name:zh": name.zh, "name:en": name.en}
                if self.kind in MAXSPEED:
                    tags["maxspeed"] = MAXSPEED[self.kind]
                if self.kind is Class.TRACK:
                    tags["surface"] = "gravel"
                yield self.nodes[start : position + 1], tags
                start = position


MAXSPEED = {Class.PRIMARY: "70", Class.SECONDARY: "60", Class.TERTIARY: "40", Class.LIVING_STREET: "15"}
"""km/h."""


def _strokes(made: Mesh, roads: Roads) -> list[_Stroke]:
    used = np.flatnonzero(roads.kind > 0)
    first, second = made.edges.T
    zone = np.where(
        made.settlement[first] == made.settlement[second],
        made.settlement[first],
        np.where((made.settlement[first] < 0) | (made.settlement[second] < 0), -1, made.settlement[first]),
    )
    label = np.where(zone < 0, roads.label, -1)
    around: dict[int, list[tuple[int, float]]] = defaultdict(list)
    heading = np.arctan2(*(made.nodes[second] - made.nodes[first]).T[::-1])
    for edge in used.tolist():
        around[int(first[edge])].append((edge, float(heading[edge])))
        around[int(second[edge])].append((edge, float(heading[edge] + np.pi)))
    sort = {edge: (int(roads.kind[edge]), int(zone[edge]), int(label[edge])) for edge in used.tolist()}
    goes_on: dict[tuple[int, int], int] = {}
    for node, edges in around.items():
        _pair_up(node, edges, sort, goes_on)
    ends = {edge: (int(first[edge]), int(second[edge])) for edge in used.tolist()}
    strokes: list[_Stroke] = []
    seen: set[int] = set()
    for edge in used.tolist():
        if edge in seen:
            continue
        ahead_nodes, ahead_edges = _walk(edge, ends[edge][1], ends, goes_on, seen)
        back_nodes, back_edges = _walk(edge, ends[edge][0], ends, goes_on, seen)
        seen.add(edge)
        nodes = [*reversed(back_nodes), *ends[edge], *ahead_nodes]
        edges_ = [*reversed(back_edges), edge, *ahead_edges]
        kind, where, what = sort[edge]
        strokes.append(_Stroke(nodes, edges_, Class(kind), where, what, one_way=[False] * len(edges_)))
    return strokes


def _pair_up(
    node: int,
    edges: list[tuple[int, float]],
    sort: dict[int, tuple[int, int, int]],
    goes_on: dict[tuple[int, int], int],
) -> None:
    """At a corner, each edge goes on into the one of its sort that is straightest ahead."""
    turns = []
    for position, (edge, heading) in enumerate(edges):
        for other, other_heading in edges[position + 1 :]:
            if sort[edge] == sort[other]:
                turn = abs(abs((heading - other_heading + np.pi) % (2 * np.pi) - np.pi) - np.pi)
                if turn < STRAIGHT or len(edges) == 2:
                    turns.append((turn, edge, other))
    for _, edge, other in sorted(turns):
        if (edge, node) not in goes_on and (other, node) not in goes_on:
            goes_on[edge, node], goes_on[other, node] = other, edge


def _walk(
    edge: int,
    node: int,
    ends: dict[int, tuple[int, int]],
    goes_on: dict[tuple[int, int], int],
    seen: set[int],
) -> tuple[list[int], list[int]]:
    """The nodes and edges ahead of ``edge`` beyond ``node``, to the street's end or an edge already seen."""
    nodes: list[int] = []
    edges: list[int] = []
    start = edge
    while (edge := goes_on.get((edge, node), -1)) >= 0 and edge != start and edge not in seen:
        seen.add(edge)
        first, second = ends[edge]
        node = second if node == first else first
        nodes.append(node)
        edges.append(edge)
    return nodes, edges


def _kept_open(
    made: Mesh, roads: Roads, strokes: list[_Stroke], places: list[Place], chance: np.random.Generator
) -> Bools:
    """Edges that stay two-way and open, so that a car gets everywhere; marks who would be one-way."""
    weight = made.length.copy()
    for stroke in strokes:
        in_city = stroke.zone >= 0 and places[stroke.zone].kind == "city"
        if in_city and stroke.kind in (Class.RESIDENTIAL, Class.TERTIARY) and len(stroke.edges) >= 4:
            stroke.wants_one_way = bool(chance.random() < ONE_WAY)
            if stroke.wants_one_way:
                weight[stroke.edges] *= 50
                if chance.random() < 0.5:
                    stroke.nodes.reverse()
                    stroke.edges.reverse()
    return tree_of(made, roads.kind >= Class.LIVING_STREET, weight)


def _one_ways(strokes: list[_Stroke], tree: Bools) -> None:
    for stroke in strokes:
        if stroke.wants_one_way:
            stroke.one_way = [not tree[edge] for edge in stroke.edges]


def _bollards(network: Network, made: Mesh, tree: Bools, chance: np.random.Generator) -> None:
    """A few calm streets are closed to cars half-way by a bollard; people walk through."""
    extra: list[Floats] = []
    for way in network.ways:
        if (
            way.highway != "living_street"
            or "oneway" in way.tags
            or chance.random() > BOLLARD * len(way.nodes)
        ):
            continue
        pairs = np.stack([way.nodes[:-1], way.nodes[1:]], axis=1)
        open_ = np.flatnonzero(~tree[made.find(pairs)])
        if len(open_):
            at = int(open_[0])
            spot = (network.nodes[way.nodes[at]] + network.nodes[way.nodes[at + 1]]) / 2
            node = len(network.nodes) + len(extra)
            extra.append(spot)
            network.node_tags[node] = {"barrier": "bollard"}
            way.nodes.insert(at + 1, node)
    _add(network, extra)


def _yards(network: Network, made: Mesh, places: list[Place], chance: np.random.Generator) -> None:
    """Private drives into the blocks, with a gate."""
    headings: dict[int, list[float]] = defaultdict(list)
    for way in network.ways:
        if way.highway in ("residential", "tertiary", "living_street", "unclassified"):
            spots = network.nodes[way.nodes]
            ahead = np.arctan2(*(spots[1:] - spots[:-1]).T[::-1])
            for node, heading in zip(way.nodes[:-1], ahead, strict=True):
                headings[node].append(float(heading))
            for node, heading in zip(way.nodes[1:], ahead, strict=True):
                headings[node].append(float(heading + np.pi))
        else:
            for node in way.nodes:
                headings[node] += [np.nan]  # a footway or a main road meets here: no yard
    extra: list[Floats] = []
    for node in sorted(headings):
        owner = int(network.settlement[node]) if node < len(network.settlement) else -1
        if owner < 0 or places[owner].kind == "village" or np.isnan(sum(headings[node])):
            continue
        if chance.random() > YARD:
            continue
        turned = np.sort(np.array(headings[node]) % (2 * np.pi))
        gaps = np.diff(np.append(turned, turned[0] + 2 * np.pi))
        into = turned[gaps.argmax()] + gaps.max() / 2
        ahead = np.array([np.cos(into), np.sin(into)])
        gate, end = (network.nodes[node] + ahead * away for away in (GATE_METRES, YARD_METRES))
        if not shapely.contains_xy(made.land, *end):
            continue
        number = len(network.nodes) + len(extra)
        extra += [gate, end]
        network.node_tags[number] = {"barrier": "gate", "access": "private"}
        tags = {"highway": "service", "service": "driveway", "access": "private"}
        network.ways.append(Way([node, number, number + 1], tags, None, owner))
    _add(network, extra)


def _rounded(network: Network, made: Mesh) -> None:
    """Bends in the country are cut, so that roads swing instead of jerking from node to node."""
    meetings = np.zeros(len(network.nodes), dtype=np.int64)
    for way in network.ways:
        np.add.at(meetings, way.nodes, 1)
    fixed = set(network.anchors.values()) | set(network.node_tags)
    bends = []
    for number, way in enumerate(network.ways):
        for position in range(1, len(way.nodes) - 1):
            node = way.nodes[position]
            if meetings[node] == 1 and network.settlement[node] < 0 and node not in fixed:
                bends.append((number, position))
    if not bends:
        return
    three = np.array([network.ways[n].nodes[p - 1 : p + 2] for n, p in bends])
    before, middle, after = (network.nodes[three[:, column]] for column in range(3))
    cuts = np.stack([middle + CUT * (before - middle), middle + CUT * (after - middle)], axis=1)
    ground = made.land.buffer(1.0)
    shapely.prepare(ground)
    clear = shapely.covers(ground, shapely.linestrings(cuts))
    new: dict[int, dict[int, list[int]]] = defaultdict(dict)
    count = len(network.nodes)
    for (number, position), good in zip(bends, clear, strict=True):
        if good:
            new[number][position] = [count, count + 1]
            count += 2
    for number, bent in new.items():
        way = network.ways[number]
        way.nodes = [n for p, node in enumerate(way.nodes) for n in bent.get(p, [node])]
    _add(network, list(cuts[clear].reshape(-1, 2)))


def _add(network: Network, spots: list[Floats]) -> None:
    if spots:
        network.nodes = np.concatenate([network.nodes, np.array(spots)])
        network.settlement = np.concatenate([network.settlement, np.full(len(spots), -1)])


def _packed(network: Network) -> Network:
    """Only the nodes that a way uses, in their order."""
    used = np.zeros(len(network.nodes), dtype=bool)
    for way in network.ways:
        used[way.nodes] = True
    number = np.cumsum(used) - 1
    for way in network.ways:
        way.nodes = number[way.nodes].tolist()
    tags = {int(number[node]): tag for node, tag in network.node_tags.items()}
    anchors = {name: int(number[node]) for name, node in network.anchors.items()}
    return Network(network.nodes[used], network.ways, tags, anchors, network.settlement[used])


def merged(islands: list[Network]) -> Network:
    """All islands in one."""
    ways: list[Way] = []
    tags: dict[int, dict[str, str]] = {}
    anchors: dict[str, int] = {}
    first = 0
    for island in islands:
        for way in island.ways:
            way.nodes = [node + first for node in way.nodes]
            ways.append(way)
        tags |= {node + first: tag for node, tag in island.node_tags.items()}
        anchors |= {name: node + first for name, node in island.anchors.items()}
        first += len(island.nodes)
    nodes = np.concatenate([island.nodes for island in islands])
    return Network(nodes, ways, tags, anchors, np.concatenate([island.settlement for island in islands]))
