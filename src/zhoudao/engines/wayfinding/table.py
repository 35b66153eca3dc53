"""Times computed once: from every point and pier to all street nodes, from every stop to what lies near it.

Two shapes, both flat arrays that can be memory-mapped. `Reach` is dense within a component (an island): one
row a node, one column a place. `Near` is sparse: for each node the stops within the walking limit. `Links`
join stops to stops and stops to points. All times are whole seconds, rounded up from tenths once, at the
end of a walk.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from zhoudao.engines.wayfinding.layer import Layer
from zhoudao.engines.wayfinding.spread import TENTHS, Workspace
from zhoudao.engines.wayfinding.timetable import Timetable

WALK_LIMIT = 1800
"""Nobody walks longer than this to, from or between buses, seconds. To a pier one walks as far as it
takes."""
TOO_FAR = 65535
"""In a table: not reachable, or more than eighteen hours away."""
BEYOND = 2**30
"""Seconds to something that cannot be reached."""
COLUMNS_AT_ONCE = 32

Allocate = Callable[[str, tuple[int, ...], type], NDArray]
"""Makes room for an array by name, shape and type; a network being built puts it in a file."""


def in_memory(name: str, shape: tuple[int, ...], kind: type) -> NDArray:
    return np.empty(shape, dtype=kind)


@dataclass(frozen=True)
class Reach:
    """Seconds between every node and every place of its component (uint16, TOO_FAR for none)."""

    seconds: NDArray[np.uint16]
    """Blocks of nodes times places, one block a component, flat."""
    block: NDArray[np.int64]
    """Where each component's block begins, (c,)."""
    place_offsets: NDArray[np.int32]
    """Places place_offsets[c]:place_offsets[c + 1] are the columns of component c, (c + 1,)."""
    places: NDArray[np.int32]
    """Numbers of places: points first, then ``points + stop`` for a pier."""


@dataclass(frozen=True)
class Near:
    """For each node the stops within the walking limit, and the seconds to them (CSR)."""

    offsets: NDArray[np.int64]
    stops: NDArray[np.int32]
    seconds: NDArray[np.uint16]


@dataclass(frozen=True)
class Links:
    """For each stop what it is joined to, nearest first, and the seconds (CSR)."""

    offsets: NDArray[np.int64]
    ends: NDArray[np.int32]
    seconds: NDArray[np.int32]

    @classmethod
    def of(cls, count: int, starts: NDArray, ends: NDArray, seconds: NDArray) -> Links:
        order = np.lexsort((seconds, starts))
        offsets = np.zeros(count + 1, dtype=np.int64)
        np.cumsum(np.bincount(starts, minlength=count), out=offsets[1:])
        return cls(offsets, ends[order].astype(np.int32), seconds[order].astype(np.int32))


@dataclass(frozen=True)
class Sites:
    """Places on a layer: the node each is at (-1: on no street of this mode), and seconds on foot between
    the two."""

    node: NDArray[np.int32]
    off_street: NDArray[np.int32]


@dataclass(frozen=True)
class Tables:
    """All times of one mode. Where streets are the same both ways (on foot), ``away`` is ``to``."""

    to: Reach
    """From every node to points and piers."""
    away: Reach
    """From points and piers to every node."""
    near: Near
    """Nodes to stops that are not piers, either way."""
    onward: Links
    """From a stop to stops one can change to."""
    inward: Links
    """The same, by the stop changed to."""
    egress: Links
    """From a stop to points."""
    setout: Links
    """From points to a stop (by stop)."""


def build_tables(
    layer: Layer,
    points: Sites,
    stops: Sites,
    timetable: Timetable,
    both_ways: bool,
    limit: int = WALK_LIMIT,
    allocate: Allocate = in_memory,
) -> Tables:
    """Compute the tables of one layer, for the stops that have a node on it.

    ``both_ways``: times are the same in both directions (on foot). ``limit`` seconds apply to stops that
    are not piers; piers, like points, reach their whole component.
    """
    work = layer.workspace()
    on_layer = stops.node >= 0
    pier = on_layer & timetable.pier
    bus = np.flatnonzero(on_layer & ~timetable.pier)
    count = len(points.node)
    places = np.concatenate([np.arange(count), count + np.flatnonzero(pier)]).astype(np.int32)
    sites = Sites(
        np.concatenate([points.node, stops.node[pier]]),
        np.concatenate([points.off_street, stops.off_street[pier]]),
    )
    known = sites.node >= 0
    places, sites = places[known], Sites(sites.node[known], sites.off_street[known])
    to = _reach(layer, work, places, sites, True, allocate, "to")
    away = to if both_ways else _reach(layer, work, places, sites, False, allocate, "away")
    near = _near(layer, work, bus, stops, limit, allocate)
    arriving = _rows(layer, to, stops)
    leaving = arriving if both_ways else _rows(layer, away, stops)
    onward, inward = _changes(timetable, near, stops, bus, count, arriving, leaving, limit)
    egress = _to_points(arriving, timetable.pier, count, limit)
    setout = egress if both_ways else _to_points(leaving, timetable.pier, count, limit)
    return Tables(to, away, near, onward, inward, egress, setout)


def _reach(
    layer: Layer,
    work: Workspace,
    places: NDArray[np.int32],
    sites: Sites,
    towards: bool,
    allocate: Allocate,
    name: str,
) -> Reach:
    """One spread from every place: against the streets for times towards it, with them for times away from
    it."""
    component = layer.component[sites.node]
    order = np.argsort(component, kind="stable")
    offsets = np.zeros(layer.components + 1, dtype=np.int32)
    np.cumsum(np.bincount(component, minlength=layer.components), out=offsets[1:])
    sizes = np.diff(layer.component_first).astype(np.int64) * np.diff(offsets)
    block = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    seconds = allocate(f"{name}.seconds", (int(block[-1]),), np.uint16)
    edges = (
        (layer.in_offsets, layer.in_ends, layer.in_tenths)
        if towards
        else (layer.out_offsets, layer.out_ends, layer.out_tenths)
    )
    for c in np.flatnonzero(np.diff(offsets)):
        first, last = int(layer.component_first[c]), int(layer.component_first[c + 1])
        columns = order[offsets[c] : offsets[c + 1]]
        table = seconds[block[c] : block[c + 1]].reshape(last - first, len(columns))
        for begin in range(0, len(columns), COLUMNS_AT_ONCE):
            some = columns[begin : begin + COLUMNS_AT_ONCE]
            rows = np.full((len(some), last - first), TOO_FAR, dtype=np.uint16)
            for row, site in zip(rows, some, strict=True):
                found = work.spread(*edges, sites.node[site : site + 1], np.zeros(1, dtype=np.int32))
                whole = -(-work.time[found].astype(np.int64) // TENTHS) + sites.off_street[site]
                row[found - first] = np.minimum(whole, TOO_FAR)
                work.clear(found)
            table[:, begin : begin + len(some)] = rows.T
    return Reach(seconds, block[:-1].copy(), offsets, places[order])


def _near(
    layer: Layer, work: Workspace, bus: NDArray[np.int64], stops: Sites, limit: int, allocate: Allocate
) -> Near:
    """One short spread from every stop, kept by node."""
    nodes, times = [], []
    edges = layer.in_offsets, layer.in_ends, layer.in_tenths
    for stop in bus:
        within = max(0, limit - int(stops.off_street[stop])) * TENTHS
        found = work.spread(*edges, stops.node[stop : stop + 1], np.zeros(1, dtype=np.int32), within)
        nodes.append(found.copy())
        whole = -(-work.time[found] // TENTHS) + stops.off_street[stop]
        times.append(whole.astype(np.uint16))
        work.clear(found)
    lengths = np.array([len(found) for found in nodes], dtype=np.int64)
    offsets = np.zeros(layer.size + 1, dtype=np.int64)
    for found in nodes:
        offsets[found + 1] += 1  # a stop finds a node once
    np.cumsum(offsets, out=offsets)
    ends = allocate("near.stops", (int(lengths.sum()),), np.int32)
    seconds = allocate("near.seconds", (int(lengths.sum()),), np.uint16)
    cursor = offsets[:-1].copy()
    for stop, found, time in zip(bus, nodes, times, strict=True):
        ends[cursor[found]] = stop
        seconds[cursor[found]] = time
        cursor[found] += 1
    return Near(offsets, ends, seconds)


@dataclass(frozen=True)
class _Pairs:
    """Times between stops and the places of their component, as three columns."""

    stop: NDArray[np.int64]
    place: NDArray[np.int64]
    seconds: NDArray[np.int64]

    def only(self, keep: NDArray[np.bool_]) -> _Pairs:
        return _Pairs(self.stop[keep], self.place[keep], self.seconds[keep])


def _rows(layer: Layer, reach: Reach, stops: Sites) -> _Pairs:
    """What ``reach`` says at each stop's node, with the stop's own way to the street added."""
    columns: list[tuple[NDArray, NDArray, NDArray]] = [(np.zeros(0, np.int64),) * 3]
    for stop in np.flatnonzero(stops.node >= 0):
        node = int(stops.node[stop])
        c = int(layer.component[node])
        places = reach.places[reach.place_offsets[c] : reach.place_offsets[c + 1]]
        base = int(reach.block[c]) + (node - int(layer.component_first[c])) * len(places)
        row = reach.seconds[base : base + len(places)].astype(np.int64)
        within = row < TOO_FAR
        found = places[within].astype(np.int64)
        columns.append((np.full(len(found), stop), found, row[within] + int(stops.off_street[stop])))
    return _Pairs(*(np.concatenate(column) for column in zip(*columns, strict=True)))


def _to_points(pairs: _Pairs, pier: NDArray[np.bool_], count: int, limit: int) -> Links:
    pairs = pairs.only((pairs.place < count) & (pier[pairs.stop] | (pairs.seconds <= limit)))
    return Links.of(len(pier), pairs.stop, pairs.place, pairs.seconds)


def _changes(
    timetable: Timetable,
    near: Near,
    stops: Sites,
    bus: NDArray[np.int64],
    count: int,
    arriving: _Pairs,
    leaving: _Pairs,
    limit: int,
) -> tuple[Links, Links]:
    """Walks (or drives) from stop to stop, and what the feed says about changing between them."""
    to_pier = arriving.only(arriving.place >= count)
    from_pier = leaving.only(leaving.place >= count)
    lengths = np.diff(near.offsets)[stops.node[bus]]
    at = np.repeat(near.offsets[stops.node[bus]], lengths) + _counting(lengths)
    here = np.repeat(bus, lengths)
    walk = near.seconds[at].astype(np.int64) + stops.off_street[here]
    short = walk <= limit
    start = np.concatenate([to_pier.stop, from_pier.place - count, here[short]])
    end = np.concatenate([to_pier.place - count, from_pier.stop, near.stops[at][short].astype(np.int64)])
    seconds = np.concatenate([to_pier.seconds, from_pier.seconds, walk[short]])
    n = timetable.stops
    pair = start * n + end
    order = np.lexsort((seconds, pair))
    pair, first = np.unique(pair[order], return_index=True)
    seconds = seconds[order][first]
    pair, seconds = _as_the_feed_says(timetable, stops, pair, seconds)
    start, end = pair // n, pair % n
    other = start != end
    start, end, seconds = start[other], end[other], seconds[other]
    return Links.of(n, start, end, seconds), Links.of(n, end, start, seconds)


def _as_the_feed_says(
    timetable: Timetable, stops: Sites, pair: NDArray[np.int64], seconds: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Changes the feed forbids are left out; those it gives a least time take at least that, walk or no
    walk."""
    walks = dict(zip(pair.tolist(), seconds.tolist(), strict=True))
    for start, end, least in timetable.transfers.tolist():
        key = start * timetable.stops + end
        if least < 0:
            walks.pop(key, None)
        elif stops.node[start] >= 0 and stops.node[end] >= 0:
            walks[key] = max(walks.get(key, 0), least)
    return np.array(list(walks), dtype=np.int64), np.array(list(walks.values()), dtype=np.int64)


def _counting(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """0..n-1 for each length n, one after another."""
    ends = np.cumsum(lengths)
    return np.arange(int(lengths.sum())) - np.repeat(ends - lengths, lengths)


@njit(nogil=True, cache=True)
def look_up(
    nodes, begin, limit, points, to_point, to_stop,
    component, component_first, seconds, block, place_offsets, places,
    near_offsets, near_stops, near_seconds,
):  # pragma: no cover - compiled  # fmt: skip
    """Seconds from a place to every point and stop, by the tables (or back, with the tables that lead away).

    ``nodes`` and ``begin``: where the place joins the streets and the seconds it takes. Fills ``to_point``
    and ``to_stop``, which must hold BEYOND.
    """
    for i in range(len(nodes)):
        node, base = nodes[i], begin[i]
        c = component[node]
        first = place_offsets[c]
        width = place_offsets[c + 1] - first
        row = block[c] + (node - component_first[c]) * width
        for j in range(width):
            time = seconds[row + j]
            if time == TOO_FAR:
                continue
            place = places[first + j]
            if place < points:
                to_point[place] = min(to_point[place], base + time)
            else:
                to_stop[place - points] = min(to_stop[place - points], base + time)
        for k in range(near_offsets[node], near_offsets[node + 1]):
            time = base + near_seconds[k]
            if time <= limit:
                to_stop[near_stops[k]] = min(to_stop[near_stops[k]], time)
