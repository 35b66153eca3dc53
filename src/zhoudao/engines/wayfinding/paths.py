"""The line of a leg on the map: along the streets one walks or drives, or along the course of a vehicle."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from zhoudao.engines.wayfinding.coords import LonLat, metres_between
from zhoudao.engines.wayfinding.land import Land
from zhoudao.engines.wayfinding.layer import Anchor, Layer
from zhoudao.engines.wayfinding.spread import NEVER
from zhoudao.engines.wayfinding.timetable import Timetable


def street_path(layer: Layer, land: Land, start: LonLat, end: LonLat) -> list[LonLat]:
    """The quickest line by streets from ``start`` to ``end``, both included; empty when there is none.

    Raises NotOnTheMap.
    """
    a, b = layer.find(start, land, leaving=True), layer.find(end, land, leaving=False)
    work = layer.workspace()
    work.spread(layer.out_offsets, layer.out_ends, layer.out_tenths, a.nodes, a.tenths)
    arrivals = [
        (int(work.time[node]) + int(tenths), int(node))
        for node, tenths in zip(b.nodes, b.tenths, strict=True)
        if work.time[node] != NEVER
    ]
    along = _along_one(layer, a, b)
    if along is not None and (not arrivals or along <= min(arrivals)[0]):
        return _joined([start, *_part(layer.shape(a.street), a.along, b.along), end])
    if not arrivals:
        return []
    _, node = min(arrivals)
    last = node
    streets: list[list[LonLat]] = []
    while work.via[node] >= 0:
        edge = int(work.via[node])
        node = int(np.searchsorted(layer.out_offsets, edge, side="right")) - 1
        street = int(layer.out_streets[edge])
        shape = layer.shape(street)
        streets.append(shape if layer.start[street] == node else shape[::-1])
    line = _part(layer.shape(a.street), a.along, 0.0 if layer.start[a.street] == node else 1.0)
    for shape in reversed(streets):
        line += shape
    line += _part(layer.shape(b.street), 0.0 if layer.start[b.street] == last else 1.0, b.along)
    return _joined([start, *line, end])


def _along_one(layer: Layer, a: Anchor, b: Anchor) -> int | None:
    """Tenths between two places on one street without leaving it; None when they are not, or one may not."""
    if a.street != b.street:
        return None
    whole = int(layer.forward[a.street] if b.along >= a.along else layer.back[a.street])
    return round(abs(b.along - a.along) * whole) if whole else None


def _part(shape: list[LonLat], begin: float, end: float) -> list[LonLat]:
    """The part of a line between two shares of its length, in that direction."""
    if end < begin:
        return _part(shape[::-1], 1 - begin, 1 - end)
    lengths = [metres_between(p, q) for p, q in pairwise(shape)]
    total = sum(lengths) or 1.0
    line: list[LonLat] = []
    at = 0.0
    for (p, q), length in zip(pairwise(shape), lengths, strict=True):
        before, after = at / total, (at + length) / total
        if after >= begin and before <= end:
            line += [
                _between(p, q, before, after, max(begin, before)),
                _between(p, q, before, after, min(end, after)),
            ]
        at += length
    return line


def _between(p: LonLat, q: LonLat, before: float, after: float, share: float) -> LonLat:
    t = (share - before) / (after - before) if after > before else 0.0
    return p[0] + (q[0] - p[0]) * t, p[1] + (q[1] - p[1]) * t


def _joined(line: list[LonLat]) -> list[LonLat]:
    """The line without points that repeat."""
    return [point for at, point in enumerate(line) if at == 0 or metres_between(point, line[at - 1]) > 0.05]


def course(timetable: Timetable, trip: int, from_stop: int, to_stop: int) -> list[LonLat]:
    """The line a vehicle takes from one of its stops to a later one: its drawn shape, or stop to stop."""
    hops = np.flatnonzero(timetable.trip == trip)
    hops = hops[np.argsort(timetable.departure[hops], kind="stable")]
    first = int(np.flatnonzero(timetable.from_stop[hops] == from_stop)[0])
    last = first + int(np.flatnonzero(timetable.to_stop[hops[first:]] == to_stop)[0])
    stops = [from_stop, *timetable.to_stop[hops[first : last + 1]].tolist()]
    called = [(float(timetable.stop_lon[stop]), float(timetable.stop_lat[stop])) for stop in stops]
    shape = int(timetable.trip_shape[trip])
    if shape < 0:
        return called
    return [called[0], *_cut(timetable.shapes[shape], called[0], called[-1]), called[-1]]


def _cut(drawn: NDArray[np.float64], start: LonLat, end: LonLat) -> list[LonLat]:
    """The drawn points between the one nearest ``start`` and, after it, the one nearest ``end``."""
    squeeze = np.array([np.cos(np.radians(start[1])), 1.0])
    begin = int(np.argmin(np.linalg.norm((drawn - start) * squeeze, axis=1)))
    finish = begin + int(np.argmin(np.linalg.norm((drawn[begin:] - end) * squeeze, axis=1)))
    return [(float(lon), float(lat)) for lon, lat in drawn[begin : finish + 1]]
