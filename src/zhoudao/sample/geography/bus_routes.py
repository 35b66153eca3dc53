"""Where buses run: along the streets from place to place of the pack's lines, with stops on the way."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from zhoudao.core.city import Text
from zhoudao.core.city.shapes import Bus
from zhoudao.sample.geography.ground import Floats, Ints
from zhoudao.sample.geography.naming import short_name
from zhoudao.sample.geography.network import Network, NoStreet
from zhoudao.sample.geography.settlements import Place

BUS_KMH = {
    "primary": 45.0,
    "secondary": 34.0,
    "tertiary": 28.0,
    "unclassified": 24.0,
    "residential": 17.0,
    "living_street": 8.0,
}
"""Kilometres an hour between stops, by class of street; a bus goes nowhere else."""
DWELL = 25
"""Seconds at a stop."""
APART_TOWN, APART_COUNTRY = 520.0, 1600.0
"""Metres between two stops, at least."""


@dataclass(frozen=True)
class Stop:
    """A bus stop at a node of the network."""

    id: str
    name: Text
    node: int


@dataclass(frozen=True)
class Run:
    """One direction of a line: its path, and its stops with seconds and metres from the first."""

    path: list[int]
    stops: list[Stop]
    seconds: list[int]
    metres: list[float]


class BusRoutes:
    """Lays lines one after the other; they share stops where they share corners."""

    def __init__(self, network: Network, places: list[Place]) -> None:
        self.network, self.places = network, places
        self.stops: dict[int, Stop] = {}
        self._names: defaultdict[str, int] = defaultdict(int)
        self._streets = _names_at(network)
        self._titles = {network.anchors[place.code]: short_name(place.name) for place in places}
        self._middles = network.nodes[[network.anchors[place.code] for place in places]]
        self._graph, self._seconds = _graph(network)
        self._found: dict[int, Ints] = {}

    def run(self, bus: Bus, backwards: bool) -> Run:
        """One direction of a line. Raises NoStreet when the streets don't join its places."""
        anchors = [self.network.anchors[code] for code in bus.through]
        if backwards:
            anchors.reverse()
        path = [anchors[0]]
        for start, end in pairwise(anchors):
            leg = self._path(start, end)
            if leg is None:
                raise NoStreet(f"bus {bus.code}: no street joins {', '.join(bus.through)} for a bus")
            path += leg[1:]
        metres = np.concatenate([[0.0], np.cumsum(self._lengths(path))])
        driving = np.concatenate([[0.0], np.cumsum([self._seconds[pair] for pair in pairwise(path)])])
        at = self._stop_positions(path, metres, set(anchors))
        seconds = [round((driving[position] + DWELL * order) / 30) * 30 for order, position in enumerate(at)]
        stops = [self._stop(path[position]) for position in at]
        return Run(path, stops, seconds, [float(metres[position]) for position in at])

    def _path(self, start: int, end: int) -> list[int] | None:
        if start not in self._found:
            self._found[start] = dijkstra(self._graph, indices=start, return_predecessors=True)[1]
        before = self._found[start]
        path = [end]
        while path[-1] != start:
            if before[path[-1]] < 0:
                return None
            path.append(int(before[path[-1]]))
        return path[::-1]

    def _lengths(self, path: list[int]) -> Floats:
        spots = self.network.nodes[path]
        return np.hypot(*(spots[1:] - spots[:-1]).T)

    def _stop_positions(self, path: list[int], metres: Floats, anchors: set[int]) -> list[int]:
        """Where along the path the bus stops: its ends, the places it serves, corners far enough apart."""
        must = [position for position, node in enumerate(path) if node in anchors]
        chosen = [0]
        for position in range(1, len(path) - 1):
            node = path[position]
            town = self.network.settlement[node] >= 0
            apart = APART_TOWN if town else APART_COUNTRY
            if node in self.stops:  # rather an old stop than a new one beside it
                apart *= 0.65
            elif len(self._streets[node]) < (2 if town else 1):
                continue
            after = next(other for other in must if other >= position)
            if position in must:
                if metres[position] - metres[chosen[-1]] > 150:
                    chosen.append(position)
            elif (
                metres[position] - metres[chosen[-1]] >= apart
                and metres[after] - metres[position] >= 0.6 * apart
            ):
                chosen.append(position)
        return [*chosen, len(path) - 1]

    def _stop(self, node: int) -> Stop:
        if node not in self.stops:
            name = self._name(node)
            self._names[name.zh] += 1
            if self._names[name.zh] > 1:
                number = self._names[name.zh]
                name = Text(zh=f"{name.zh}{number}站", en=f"{name.en} {number}")
            self.stops[node] = Stop(f"b{len(self.stops) + 1:04d}", name, node)
        return self.stops[node]

    def _name(self, node: int) -> Text:
        pier = self.network.node_tags.get(node, {})
        if "amenity" in pier:
            return Text(zh=pier["name"], en=pier["name:en"])
        if node in self._titles:
            return self._titles[node]
        streets = list(self._streets[node].values())
        if self.network.settlement[node] >= 0 and len(streets) > 1:
            first, second = streets[:2]
            return Text(zh=f"{first.zh}{second.zh}口", en=f"{first.en} / {second.en}")
        away = self.network.nodes[node] - self._middles
        nearest = int(np.hypot(*away.T).argmin())
        quarter = int(np.floor((np.degrees(np.arctan2(*away[nearest][::-1])) + 45) / 90)) % 4
        zh, en = (("东", "East"), ("北", "North"), ("西", "West"), ("南", "South"))[quarter]
        title = short_name(self.places[nearest].name)
        return Text(zh=f"{title.zh}{zh}", en=f"{title.en} {en}")


def _names_at(network: Network) -> defaultdict[int, dict[str, Text]]:
    """By node, the named streets that meet there."""
    streets: defaultdict[int, dict[str, Text]] = defaultdict(dict)
    for way in network.ways:
        if way.name is not None and way.highway in BUS_KMH:
            for node in way.nodes:
                streets[node].setdefault(way.name.zh, way.name)
    return streets


def _graph(network: Network) -> tuple[coo_array, dict[tuple[int, int], float]]:
    """Streets a bus may use, by seconds; and the seconds of each pair of neighbours."""
    barred = {node for node, tags in network.node_tags.items() if "barrier" in tags}
    seconds: dict[tuple[int, int], float] = {}
    for way in network.ways:
        if way.highway not in BUS_KMH:
            continue
        spots = network.nodes[way.nodes]
        times = np.hypot(*(spots[1:] - spots[:-1]).T) * 3.6 / BUS_KMH[way.highway]
        for first, second, time in zip(way.nodes, way.nodes[1:], times.tolist(), strict=False):
            if first in barred or second in barred:
                continue
            seconds[first, second] = time
            if "oneway" not in way.tags:
                seconds[second, first] = time
    pairs = np.array(list(seconds), dtype=np.int64).T
    graph = coo_array((np.array(list(seconds.values())), tuple(pairs)), shape=(len(network.nodes),) * 2)
    return graph.tocsr(), seconds
