"""The same question put to general graph libraries: when is one at each of the points?

Both peers are given the walks between stops and from stops to points that Zhoudao has computed; they search
the streets from the origin and the timetable of the day themselves, for every query.

- **SciPy** cannot see a clock, so the timetable becomes a time-expanded graph: a node for every departure
and every
  arrival of the day; riding, staying aboard, waiting for the next departure and walking over to another
  stop's next departure are edges. One `scipy.sparse.csgraph.dijkstra` over the streets and one over the
  events answer a query.
- **networkx** keeps stops and streets in graphs. The streets go through its
`single_source_dijkstra_path_length`; for the
  timetable, whose edges depend on the time, a Dijkstra of our own walks a networkx graph with each pair of
  stops' departures on the edge between them.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections import defaultdict
from datetime import date, timedelta

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from zhoudao.engines.wayfinding.layer import whole_seconds
from zhoudao.engines.wayfinding.network import Network
from zhoudao.engines.wayfinding.search import join
from zhoudao.engines.wayfinding.spread import TENTHS

Hop = tuple[int, int, int, int, int, bool, bool]
"""Departure, arrival, from stop, to stop, run, may board, may alight; seconds from the day's midnight."""
LAST_HOUR = 28 * 3600
"""The day of travel ends at four in the morning."""


def hops_of_travel_day(network: Network, day: date) -> list[Hop]:
    """Every hop that departs from a day's midnight to four in the morning after."""
    found: list[Hop] = []
    timetable = network.timetable
    for ahead in (0, 1):
        hops = timetable.hops_of(day + timedelta(days=ahead))
        shift = timetable.midnight(day + timedelta(days=ahead)) - timetable.midnight(day)
        run = (ahead - hops.age + 9) * timetable.trips + hops.trip
        columns = (hops.departure + shift, hops.arrival + shift, hops.from_stop, hops.to_stop, run)
        both = (*(column.tolist() for column in columns), hops.may_board.tolist(), hops.may_alight.tolist())
        found += [hop for hop in zip(*both, strict=True) if hop[0] < LAST_HOUR]
    return found


class StreetSearch:
    """Seconds on foot from an origin to points and stops: what every peer needs first."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.points, self.stops = network.walk.points, network.walk.stops
        self.pier = network.timetable.pier

    def settled(self, seconds_to_node: NDArray) -> tuple[NDArray, NDArray]:
        """Seconds to every point and stop from seconds to every node (inf where there is no way)."""
        points = seconds_to_node[self.points.node] + self.points.off_street
        stops = seconds_to_node[self.stops.node] + self.stops.off_street
        return points, np.where(self.pier | (stops <= self.network.walk_limit), stops, np.inf)


class SciPyPeer(StreetSearch):
    def __init__(self, network: Network, day: date) -> None:
        super().__init__(network)
        layer = network.walk.layer
        shape = (layer.size, layer.size)
        self.streets = csr_array(
            (layer.out_tenths.astype(float), layer.out_ends, layer.out_offsets), shape=shape
        )
        self._expand(hops_of_travel_day(network, day))

    def _expand(self, hops: list[Hop]) -> None:
        """Events: the departure of hop i is node i, its arrival node n + i; the origin is the last node."""
        tables, timetable = self.network.walk.tables, self.network.timetable
        self.departure, self.arrival, from_stop, self.to_stop, run, board, alight = map(
            np.array, zip(*hops, strict=True)
        )
        n = self.count = len(hops)
        self.by_stop: list[NDArray] = []  # boardable departures of each stop, by time
        order = np.lexsort((self.departure, from_stop))
        order = order[board[order]]
        starts = np.searchsorted(from_stop[order], np.arange(timetable.stops + 1))
        tails, heads, weights = [], [], []

        def edges(tail: NDArray, head: NDArray, weight: NDArray) -> None:
            tails.append(tail)
            heads.append(head)
            weights.append(weight)

        edges(np.arange(n), n + np.arange(n), self.arrival - self.departure)
        aboard = np.lexsort((self.departure, run))
        on = run[aboard][1:] == run[aboard][:-1]
        before, after = aboard[:-1][on], aboard[1:][on]
        # Staying aboard skips what one would wait for: a node of its own, so that waiting does not board
        # for nothing.
        edges(n + before, after, np.maximum(self.departure[after] - self.arrival[before], 0))
        for stop in range(timetable.stops):
            here = order[starts[stop] : starts[stop + 1]]
            self.by_stop.append(here)
        times = [self.departure[here] for here in self.by_stop]
        # Waiting happens on a chain of its own (nodes 2n + rank), from which one boards; hops may pass no
        # pick-up.
        rank = np.full(n, -1)
        rank[order] = np.arange(len(order))
        self.chain, self.starts, self.ordered = 2 * n, starts, order
        edges(2 * n + np.arange(len(order)), order, np.zeros(len(order)))
        same = from_stop[order][1:] == from_stop[order][:-1]
        edges(
            2 * n + np.flatnonzero(same),
            2 * n + np.flatnonzero(same) + 1,
            np.diff(self.departure[order])[same],
        )
        for stop in range(timetable.stops):
            landed = np.flatnonzero((self.to_stop == stop) & alight)
            links = range(tables.onward.offsets[stop], tables.onward.offsets[stop + 1])
            changes = [(stop, int(timetable.change[stop]))]
            changes += [(int(tables.onward.ends[k]), int(tables.onward.seconds[k])) for k in links]
            for other, seconds in changes:
                at = np.searchsorted(times[other], self.arrival[landed] + seconds)
                can = at < len(times[other])
                found = starts[other] + at[can]
                edges(
                    n + landed[can], 2 * n + found, self.departure[order[found]] - self.arrival[landed[can]]
                )
        self.alight = alight
        self.events = 2 * n + len(order)
        tail, head, weight = (np.concatenate(column) for column in (tails, heads, weights))
        self._rows(tail, head, weight.astype(float))

    def _rows(self, tail: NDArray, head: NDArray, weight: NDArray) -> None:
        """CSR with room at its end for the origin's edges, which change with every query."""
        best = np.argsort(tail, kind="stable")
        room = self.network.timetable.stops
        self.heads = np.concatenate([head[best], np.zeros(room)]).astype(np.int32)
        self.weights = np.concatenate([weight[best] + 1e-9, np.zeros(room)])  # a zero would mean "no edge"
        self.offsets = np.zeros(self.events + 2, dtype=np.int32)
        np.cumsum(np.bincount(tail, minlength=self.events), out=self.offsets[1:-1])

    def arrivals(self, origin: tuple[float, float], second: int) -> NDArray:
        """Seconds of the day at which one is at each point, inf for never."""
        joint = join(self.network, "walk", origin, True)
        tenths = dijkstra(self.streets, indices=joint.nodes)
        to_node = np.min(np.ceil(np.round(tenths) / TENTHS) + joint.seconds[:, None], axis=0)
        points, stops = self.settled(to_node)
        last = int(self.offsets[self.events])
        for stop in np.flatnonzero(stops < np.inf):
            times = self.departure[self.by_stop[stop]]
            at = int(np.searchsorted(times, second + stops[stop]))
            if at < len(times):
                self.heads[last] = self.chain + self.starts[stop] + at
                self.weights[last] = times[at] - second + 1e-9
                last += 1
        self.offsets[-1] = last
        size = self.events + 1
        graph = csr_array((self.weights[:last], self.heads[:last], self.offsets), shape=(size, size))
        time = dijkstra(graph, indices=self.events)[self.count : 2 * self.count]
        ride = np.full(self.network.timetable.stops, np.inf)
        landed = np.flatnonzero(np.isfinite(time) & self.alight)
        np.minimum.at(ride, self.to_stop[landed], self.arrival[landed])
        return to_points(self.network, ride, points + second)


class NetworkxPeer(StreetSearch):
    def __init__(self, network: Network, day: date) -> None:
        super().__init__(network)
        layer = network.walk.layer
        self.streets = nx.DiGraph()
        tails = np.repeat(np.arange(layer.size), np.diff(layer.out_offsets))
        for a, b, w in zip(tails.tolist(), layer.out_ends.tolist(), layer.out_tenths.tolist(), strict=True):
            if not self.streets.has_edge(a, b) or self.streets[a][b]["weight"] > w:
                self.streets.add_edge(a, b, weight=w)
        self.rides = nx.DiGraph()
        pairs: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        runs: dict[int, list[Hop]] = defaultdict(list)
        for hop in hops_of_travel_day(network, day):
            runs[hop[4]].append(hop)
        for hops in runs.values():
            hops.sort()
            for at, (departure, _, from_stop, _, _, board, _) in enumerate(hops):
                for _, arrival, _, to_stop, _, _, alight in hops[at:] if board else ():
                    if alight:
                        pairs[from_stop, to_stop].append((departure, arrival))
        for (a, b), times in pairs.items():
            times.sort()
            best, kept = np.inf, []
            for departure, arrival in reversed(
                times
            ):  # what leaves earlier and arrives no earlier is never of use
                if arrival < best:
                    best = arrival
                    kept.append((departure, arrival))
            kept.reverse()
            self.rides.add_edge(a, b, departures=[d for d, _ in kept], arrivals=[a for _, a in kept])

    def arrivals(self, origin: tuple[float, float], second: int) -> NDArray:
        network, tables = self.network, self.network.walk.tables
        joint = join(network, "walk", origin, True)
        to_node = np.full(network.walk.layer.size, np.inf)
        for node, begin in zip(joint.nodes.tolist(), joint.seconds.tolist(), strict=True):
            for end, tenths in nx.single_source_dijkstra_path_length(
                self.streets, node, weight="weight"
            ).items():
                to_node[end] = min(to_node[end], begin + whole_seconds(tenths))
        points, stops = self.settled(to_node)
        ready = {int(s): second + int(stops[s]) for s in np.flatnonzero(stops < np.inf)}
        ride: dict[int, int] = {}
        queue = [(time, 0, stop) for stop, time in ready.items()]
        heapq.heapify(queue)
        onward, change = tables.onward, network.timetable.change
        while queue:
            time, landed, stop = heapq.heappop(queue)
            if landed:
                if time > ride[stop]:
                    continue
                changes = [(stop, int(change[stop]))]
                changes += [
                    (int(onward.ends[k]), int(onward.seconds[k]))
                    for k in range(onward.offsets[stop], onward.offsets[stop + 1])
                ]
                for other, seconds in changes:
                    if time + seconds < ready.get(other, 10**9):
                        ready[other] = time + seconds
                        heapq.heappush(queue, (time + seconds, 0, other))
            elif time == ready[stop] and stop in self.rides:
                for other, edge in self.rides[stop].items():
                    at = bisect_left(edge["departures"], time)
                    if at < len(edge["arrivals"]) and edge["arrivals"][at] < ride.get(other, 10**9):
                        ride[other] = edge["arrivals"][at]
                        heapq.heappush(queue, (ride[other], 1, other))
        by_stop = np.full(network.timetable.stops, np.inf)
        by_stop[list(ride)] = list(ride.values())
        return to_points(network, by_stop, points + second)


def to_points(network: Network, ride: NDArray, walked: NDArray) -> NDArray:
    """The earlier of walking all the way and walking from the stop one rides to."""
    egress = network.walk.tables.egress
    stop = np.repeat(np.arange(len(ride)), np.diff(egress.offsets))
    best = walked.copy()
    np.minimum.at(best, egress.ends, ride[stop] + egress.seconds)
    return best
