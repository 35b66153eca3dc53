"""Make a layer: keep what one mode may use, give places junctions of their own, fold bends into streets.

Scraps that lead nowhere are left out, every place one may want to come from or go to (a stop, a pier, a service
point) becomes a junction, and the bends between junctions are folded into streets, which makes the graph about three
times smaller than the drawing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from zhoudao.engines.wayfinding.land import NO_LAND, Land
from zhoudao.engines.wayfinding.layer import NO_NODE, Layer, Mode
from zhoudao.engines.wayfinding.locate import Locator
from zhoudao.engines.wayfinding.profiles import WALKING
from zhoudao.engines.wayfinding.spread import TENTHS
from zhoudao.engines.wayfinding.streets import NO_FERRY, StreetGraph, segment_metres

SCRAP = 1000.0
"""Streets joined to nothing else and shorter than this in all (metres) lead nowhere, unless a place is on
them."""
SMALLEST_SCRAP = 150.0
"""And shorter than this they are drawing errors, whatever is on them."""
PREFER_SOLID = 100.0
"""How much further a place may reach to join streets that lead somewhere rather than a scrap, metres."""
SAME_PLACE = 0.5
"""Places this near a junction are put on it, metres."""


def build_layer(
    graph: StreetGraph, mode: Mode, places: NDArray[np.float64], land: Land, limit: float
) -> tuple[Layer, NDArray[np.int32], NDArray[np.int32]]:
    """Fold ``graph`` into the layer of one mode, with a junction for each of ``places`` (k, 2: lon, lat).

    Returns the layer, the node of each place (NO_NODE where no street of this mode is within ``limit``
    metres on the same land), and the seconds on foot between the place and its node, rounded up.
    """
    raw = _usable(graph, mode)
    raw, nodes, off_street = _join_places(raw, places, land, limit)
    kept = np.zeros(len(raw.lon), dtype=np.bool_)
    kept[nodes[nodes >= 0]] = True
    start, end, forward, back, ferry, shape_offsets, shape_nodes = _fold(
        len(raw.lon), raw.tail, raw.head, raw.forward, raw.back, raw.ferry, kept
    )
    lon, lat, start, end, component_first, renumbered = _order(raw, start, end)
    shape_lon, shape_lat = raw.lon[shape_nodes], raw.lat[shape_nodes]
    locator, segment_street, segment_from = _locator(shape_offsets, shape_lon, shape_lat, ferry, land)
    component = np.repeat(np.arange(len(component_first) - 1, dtype=np.int32), np.diff(component_first))
    layer = Layer(
        lon, lat, component, component_first, start, end, forward, back, ferry,
        shape_offsets, shape_lon, shape_lat,
        *_adjacent(len(lon), start, end, forward, back),
        *_adjacent(len(lon), end, start, forward, back),
        locator, segment_street, segment_from,
    )  # fmt: skip
    nodes = np.where(nodes >= 0, renumbered[nodes], NO_NODE).astype(np.int32)
    return layer, nodes, off_street


@dataclass(frozen=True)
class _Raw:
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    forward: NDArray[np.float64]
    """Seconds, 0 where one may not."""
    back: NDArray[np.float64]
    ferry: NDArray[np.int32]
    group: NDArray[np.int32]
    """Which streets a segment is joined to."""
    scrap: NDArray[np.bool_]
    """Whether a group leads nowhere, by group."""

    def only(self, keep: NDArray[np.bool_]) -> _Raw:
        names = ("tail", "head", "forward", "back", "ferry", "group")
        return replace(self, **{name: getattr(self, name)[keep] for name in names})


def _usable(graph: StreetGraph, mode: Mode) -> _Raw:
    """The segments of one mode, in groups that one can get about in both ways (strong components)."""
    forward, back = (graph.walk, graph.walk) if mode == "walk" else (graph.drive, graph.drive_back)
    usable = np.flatnonzero((forward > 0) | (back > 0))
    tail, head, forward, back = graph.tail[usable], graph.head[usable], forward[usable], back[usable]
    from_node = np.concatenate([tail[forward > 0], head[back > 0]])
    to_node = np.concatenate([head[forward > 0], tail[back > 0]])
    n = len(graph.lon)
    edges = coo_array((np.ones(len(from_node), dtype=np.int8), (from_node, to_node)), shape=(n, n))
    groups, label = connected_components(edges, connection="strong")
    inside = label[tail] == label[head]
    metres = np.bincount(label[tail[inside]], graph.metres[usable][inside], minlength=groups)
    raw = _Raw(
        graph.lon, graph.lat, tail, head, forward.astype(np.float64), back.astype(np.float64),
        graph.ferry[usable], label[tail].astype(np.int32), metres < SCRAP,
    )  # fmt: skip
    return raw.only(inside & (metres[label[tail]] >= SMALLEST_SCRAP))


def _join_places(
    raw: _Raw, places: NDArray[np.float64], land: Land, limit: float
) -> tuple[_Raw, NDArray[np.int32], NDArray[np.int32]]:
    """Give each place a node on the nearest segment, splitting the segment there; then leave out empty
    scraps."""
    places = np.asarray(places, dtype=np.float64).reshape(-1, 2)
    segment, fraction, metres = _nearest_segments(raw, places, land, limit)
    tenths = np.rint(np.where(segment >= 0, metres, 0.0) / WALKING * TENTHS)
    off_street = (-(-tenths // TENTHS)).astype(np.int32)
    nodes = np.full(len(places), NO_NODE, dtype=np.int32)
    length = segment_metres(raw.lon, raw.lat, raw.tail, raw.head)
    cuts: dict[int, list[tuple[float, int]]] = {}
    new_lon: list[float] = []
    new_lat: list[float] = []
    for place in np.flatnonzero(segment >= 0):
        s, share = int(segment[place]), float(fraction[place])
        tail, head = int(raw.tail[s]), int(raw.head[s])
        shared = [node for at, node in cuts.get(s, ()) if abs(at - share) * length[s] <= SAME_PLACE]
        if shared:
            nodes[place] = shared[0]
        elif share * length[s] <= SAME_PLACE:
            nodes[place] = tail
        elif (1 - share) * length[s] <= SAME_PLACE:
            nodes[place] = head
        else:
            nodes[place] = len(raw.lon) + len(new_lon)
            new_lon.append(raw.lon[tail] + (raw.lon[head] - raw.lon[tail]) * share)
            new_lat.append(raw.lat[tail] + (raw.lat[head] - raw.lat[tail]) * share)
            cuts.setdefault(s, []).append((share, int(nodes[place])))
    wanted = ~raw.scrap
    wanted[raw.group[segment[segment >= 0]]] = True
    raw = _split(raw, cuts, np.array(new_lon), np.array(new_lat))
    return raw.only(wanted[raw.group]), nodes, off_street


def _nearest_segments(
    raw: _Raw, places: NDArray[np.float64], land: Land, limit: float
) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]]:
    """The segment each place joins: the nearest, but a scrap only where nothing better is almost as near."""
    piece = land.piece_of(places[:, 0], places[:, 1])
    found = []
    for wanted in (~raw.scrap[raw.group], raw.scrap[raw.group]):
        index = np.flatnonzero(wanted & (raw.ferry == NO_FERRY))
        tail, head = raw.tail[index], raw.head[index]
        ends = np.stack([raw.lon[tail], raw.lat[tail], raw.lon[head], raw.lat[head]], axis=1)
        locator = Locator.build(ends, _segment_piece(ends, land))
        segment, fraction, metres = locator.nearest_each(places[:, 0], places[:, 1], limit, piece)
        lost = segment < 0
        segment = np.where(lost, -1, index[segment] if len(index) else -1).astype(np.int32)
        found.append((segment, fraction, np.where(lost, np.inf, metres)))
    solid, scrap = found
    choose = scrap[2] + PREFER_SOLID < solid[2]
    return (
        np.where(choose, scrap[0], solid[0]),
        np.where(choose, scrap[1], solid[1]),
        np.where(choose, scrap[2], solid[2]),
    )


def _split(
    raw: _Raw,
    cuts: dict[int, list[tuple[float, int]]],
    new_lon: NDArray[np.float64],
    new_lat: NDArray[np.float64],
) -> _Raw:
    """Replace each segment in ``cuts`` by its pieces between the new nodes at (share, node)."""
    if not cuts:
        return raw
    pieces: list[tuple[int, int, float, float, int]] = []
    for s, at in cuts.items():
        stations = [(0.0, int(raw.tail[s])), *sorted(at), (1.0, int(raw.head[s]))]
        for (before, a), (after, b) in pairwise(stations):
            share = after - before
            pieces.append((a, b, raw.forward[s] * share, raw.back[s] * share, int(raw.group[s])))
    tail, head, forward, back, group = zip(*pieces, strict=True)
    whole = np.ones(len(raw.tail), dtype=np.bool_)
    whole[list(cuts)] = False
    rest = raw.only(whole)
    return replace(
        raw,
        lon=np.concatenate([raw.lon, new_lon]),
        lat=np.concatenate([raw.lat, new_lat]),
        tail=np.concatenate([rest.tail, np.array(tail, dtype=np.int32)]),
        head=np.concatenate([rest.head, np.array(head, dtype=np.int32)]),
        forward=np.concatenate([rest.forward, forward]),
        back=np.concatenate([rest.back, back]),
        ferry=np.concatenate([rest.ferry, np.full(len(pieces), NO_FERRY, dtype=np.int32)]),
        group=np.concatenate([rest.group, np.array(group, dtype=np.int32)]),
    )


def _segment_piece(ends: NDArray[np.float64], land: Land) -> NDArray[np.int32]:
    """The piece of land that both ends of each segment lie on; NO_LAND when they differ."""
    if not land.pieces:
        return np.full(len(ends), NO_LAND, dtype=np.int32)
    places, number = np.unique(ends.reshape(-1, 2), axis=0, return_inverse=True)
    first, second = land.piece_of(places[:, 0], places[:, 1])[number.reshape(-1, 2)].T
    return np.where(first == second, first, NO_LAND).astype(np.int32)


def _order(
    raw: _Raw, start: NDArray[np.int32], end: NDArray[np.int32]
) -> tuple[
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.int32],
    NDArray[np.int32],
    NDArray[np.int32],
    NDArray[np.int32],
]:
    """Number the junctions by component, largest first, and by neighbourhood within it (Morton order)."""
    n = len(raw.lon)
    used = np.zeros(n, dtype=np.bool_)
    used[start] = used[end] = True
    _, label = connected_components(
        coo_array((np.ones(len(start), dtype=np.int8), (start, end)), shape=(n, n)), directed=False
    )
    junctions = np.flatnonzero(used)
    sizes = np.bincount(label[junctions], minlength=label.max(initial=0) + 1)
    rank = np.empty(len(sizes), dtype=np.int64)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    order = np.lexsort((_morton(raw.lon[junctions], raw.lat[junctions]), rank[label[junctions]]))
    junctions = junctions[order]
    number = np.full(n, NO_NODE, dtype=np.int32)
    number[junctions] = np.arange(len(junctions), dtype=np.int32)
    first = np.concatenate([[0], np.cumsum(np.sort(sizes[sizes > 0])[::-1])]).astype(np.int32)
    return raw.lon[junctions], raw.lat[junctions], number[start], number[end], first, number


def _morton(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.uint64]:
    """Places interleaved bit by bit, so that near places get near numbers."""

    def spaced(values: NDArray[np.float64]) -> NDArray[np.uint64]:
        low, high = values.min(initial=0 if not len(values) else values[0]), values.max(initial=-180.0)
        bits = ((values - low) / max(high - low, 1e-9) * 65535).astype(np.uint64)
        for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
            bits = (bits | (bits << np.uint64(shift))) & np.uint64(mask)
        return bits

    return spaced(lon) | (spaced(lat) << np.uint64(1))


def _adjacent(
    n: int,
    start: NDArray[np.int32],
    end: NDArray[np.int32],
    forward: NDArray[np.int32],
    back: NDArray[np.int32],
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Streets as edges by the node they leave: offsets, far ends, tenths, streets."""
    there, again = np.flatnonzero(forward), np.flatnonzero(back)
    tails = np.concatenate([start[there], end[again]])
    order = np.argsort(tails, kind="stable")
    streets = np.concatenate([there, again])[order].astype(np.int32)
    ends = np.concatenate([end[there], start[again]])[order]
    tenths = np.concatenate([forward[there], back[again]])[order]
    offsets = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(tails, minlength=n), out=offsets[1:])
    return offsets, ends, tenths, streets


def _locator(
    shape_offsets: NDArray[np.int32],
    shape_lon: NDArray[np.float64],
    shape_lat: NDArray[np.float64],
    ferry: NDArray[np.int32],
    land: Land,
) -> tuple[Locator, NDArray[np.int32], NDArray[np.float32]]:
    """A locator over the straight pieces of every street on land, and where in its street each piece lies."""
    street = np.repeat(np.arange(len(ferry), dtype=np.int32), np.diff(shape_offsets))
    first = np.flatnonzero(street[:-1] == street[1:])
    ends = np.stack([shape_lon[first], shape_lat[first], shape_lon[first + 1], shape_lat[first + 1]], axis=1)
    across = (ends[:, 2] - ends[:, 0]) * np.cos(np.radians((ends[:, 1] + ends[:, 3]) / 2))
    length = np.maximum(np.hypot(across, ends[:, 3] - ends[:, 1]), 1e-12)
    street = street[first]
    after = np.cumsum(length)
    opening = np.searchsorted(street, np.arange(len(ferry)))
    base = np.concatenate([[0.0], after])[opening]
    total = np.bincount(street, length, minlength=len(ferry))
    share = np.stack([after - length - base[street], after - base[street]], axis=1) / total[street][:, None]
    on_land = ferry[street] == NO_FERRY
    ends = ends[on_land]
    return (
        Locator.build(ends, _segment_piece(ends, land)),
        street[on_land],
        np.clip(share[on_land], 0.0, 1.0).astype(np.float32),
    )


@njit(nogil=True, cache=True)
def _fold(n, tail, head, forward, back, ferry, kept):  # pragma: no cover - compiled
    """Join segments that meet where nothing else does into streets."""
    m = len(tail)
    offsets = np.zeros(n + 1, dtype=np.int64)
    for s in range(m):
        offsets[tail[s] + 1] += 1
        offsets[head[s] + 1] += 1
    for node in range(n):
        offsets[node + 1] += offsets[node]
    cursor = offsets[:-1].copy()
    incident = np.empty(2 * m, dtype=np.int64)
    for s in range(m):
        incident[cursor[tail[s]]] = s
        cursor[tail[s]] += 1
        incident[cursor[head[s]]] = s
        cursor[head[s]] += 1
    junction = np.zeros(n, dtype=np.bool_)
    for node in range(n):
        low = offsets[node]
        if offsets[node + 1] - low != 2 or kept[node]:
            junction[node] = True
            continue
        a, b = incident[low], incident[low + 1]
        # Through a bend both segments must be open alike: walking a->bend->b uses a towards it and b away
        # from it.
        a_in = forward[a] if head[a] == node else back[a]
        a_out = back[a] if head[a] == node else forward[a]
        b_out = forward[b] if tail[b] == node else back[b]
        b_in = back[b] if tail[b] == node else forward[b]
        alike = (a_in > 0) == (b_out > 0) and (a_out > 0) == (b_in > 0) and ferry[a] == ferry[b]
        junction[node] = a == b or not alike
    start = np.empty(m, dtype=np.int32)
    end = np.empty(m, dtype=np.int32)
    there = np.empty(m, dtype=np.int32)
    again = np.empty(m, dtype=np.int32)
    line = np.empty(m, dtype=np.int32)
    shape_offsets = np.zeros(m + 1, dtype=np.int32)
    shape = np.empty(2 * m, dtype=np.int32)
    done = np.zeros(m, dtype=np.bool_)
    count = 0
    points = 0
    for turn in range(2):  # first from every junction; then the rings that have none
        for node in range(n):
            if turn == 0 and not junction[node]:
                continue
            for k in range(offsets[node], offsets[node + 1]):
                s = incident[k]
                if done[s]:
                    continue
                junction[node] = True
                onward, backward = 0.0, 0.0
                may_onward, may_back = True, True
                at = node
                shape[points] = node
                points += 1
                while True:
                    done[s] = True
                    there_time = forward[s] if tail[s] == at else back[s]
                    again_time = back[s] if tail[s] == at else forward[s]
                    may_onward = may_onward and there_time > 0
                    may_back = may_back and again_time > 0
                    onward += there_time
                    backward += again_time
                    at = head[s] if tail[s] == at else tail[s]
                    shape[points] = at
                    points += 1
                    if junction[at]:
                        break
                    low = offsets[at]
                    s = incident[low + 1] if incident[low] == s else incident[low]
                start[count] = node
                end[count] = at
                there[count] = max(1, round(onward * TENTHS)) if may_onward else 0
                again[count] = max(1, round(backward * TENTHS)) if may_back else 0
                line[count] = ferry[incident[k]]
                count += 1
                shape_offsets[count] = points
    return (
        start[:count].copy(), end[:count].copy(), there[:count].copy(), again[:count].copy(),
        line[:count].copy(), shape_offsets[: count + 1].copy(), shape[:points].copy(),
    )  # fmt: skip
