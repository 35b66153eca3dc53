"""What can be reached in so many minutes: as an area on the map, and as a share of residents.

Both ask the same scans and tables as a journey does, at many places at once, so an area and a route never
disagree: `Isochrone.arrivals` at a place is what `earliest_arrival` says for it, to the second.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
import shapely
from numba import njit
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zhoudao.engines.wayfinding.coords import METRES_A_DEGREE, LonLat
from zhoudao.engines.wayfinding.journey import Where, epoch
from zhoudao.engines.wayfinding.layer import OFF_STREET, Anchors, Mode
from zhoudao.engines.wayfinding.network import Network
from zhoudao.engines.wayfinding.profiles import WALKING
from zhoudao.engines.wayfinding.scan import NEVER_LEAVES
from zhoudao.engines.wayfinding.search import Backward, Forward, Joint, join
from zhoudao.engines.wayfinding.serving import HoursTable
from zhoudao.engines.wayfinding.spread import NEVER, TENTHS
from zhoudao.engines.wayfinding.table import BEYOND, TOO_FAR

FINEST_CELL = 25.0
"""Metres between the places an area is drawn from, when it is small."""
MOST_CELLS = 40_000
"""Larger areas are drawn from so many places, further apart."""


@dataclass(frozen=True)
class Isochrone:
    """What is reached from ``origin`` within ``minutes``."""

    network: Network
    origin: Joint
    mode: Mode
    when: int
    minutes: float
    forward: Forward
    street: NDArray[np.int32]
    """Tenths of a second from the origin to each node by streets alone, NEVER beyond the limit."""

    @property
    def limit(self) -> int:
        """Seconds."""
        return int(self.minutes * 60)

    def seconds(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.int64]:
        """Seconds to each place, BEYOND where it takes longer than the limit or there is no way."""
        network, mode = self.network, self.mode
        layer, tables = network.moving(mode).layer, network.moving(mode).tables
        at = layer.find_each(np.asarray(lon), np.asarray(lat), network.land, leaving=False)
        ride = np.minimum(self.forward.ride.astype(np.int64) - (self.when - self.forward.base), BEYOND)
        reach = tables.away
        seconds = _arrive(
            at.nodes, at.seconds, self.street, ride, network.walk_limit, len(network.point_codes),
            layer.component, layer.component_first,
            reach.seconds, reach.block, reach.place_offsets, reach.places,
            tables.near.offsets, tables.near.stops, tables.near.seconds,
        )  # fmt: skip
        self._along_own_street(at, seconds)
        return np.where(seconds <= self.limit, seconds, BEYOND)

    def _along_own_street(self, at: Anchors, seconds: NDArray[np.int64]) -> None:
        """Places on the origin's own street need not be gone to by its ends."""
        anchor = self.origin.anchor
        if anchor is None:
            return
        layer = self.network.moving(self.mode).layer
        same = np.flatnonzero(at.street == anchor.street)
        whole = np.where(
            at.along[same] >= anchor.along, layer.forward[anchor.street], layer.back[anchor.street]
        )
        tenths = np.rint(
            np.abs(at.along[same] - anchor.along) * whole + (anchor.off_street + at.off_street[same]) * TENTHS
        )
        direct = np.where(whole > 0, -(-tenths // TENTHS), BEYOND).astype(np.int64)
        seconds[same] = np.minimum(seconds[same], direct)

    def contains(self, place: LonLat) -> bool:
        """Whether a place is reached in time."""
        return bool(self.seconds(np.array([place[0]]), np.array([place[1]]))[0] <= self.limit)

    @cached_property
    def nodes_reached(self) -> NDArray[np.int64]:
        """The street nodes reached in time."""
        layer = self.network.moving(self.mode).layer
        return np.flatnonzero(self.seconds(layer.lon, layer.lat) <= self.limit)

    @cached_property
    def area(self) -> BaseGeometry:
        """The area in degrees: drawn from a lattice of places, each in it exactly when it is reached;
        clipped to land."""
        layer = self.network.moving(self.mode).layer
        reached = self.nodes_reached
        lon = np.append(layer.lon[reached], self.origin.place[0])
        lat = np.append(layer.lat[reached], self.origin.place[1])
        margin = min(OFF_STREET, self.limit * WALKING) / METRES_A_DEGREE
        squeeze = float(np.cos(np.radians(lat.mean())))
        west, east = lon.min() - margin / squeeze, lon.max() + margin / squeeze
        south, north = lat.min() - margin, lat.max() + margin
        metres = (east - west) * squeeze * (north - south) * METRES_A_DEGREE**2
        cell = max(FINEST_CELL, (metres / MOST_CELLS) ** 0.5) / METRES_A_DEGREE
        columns = np.arange(west - cell / squeeze, east + 2 * cell / squeeze, cell / squeeze)
        rows = np.arange(south - cell, north + 2 * cell, cell)
        grid_lon, grid_lat = np.meshgrid(columns, rows)
        seconds = self.seconds(grid_lon.ravel(), grid_lat.ravel()).reshape(grid_lon.shape)
        drawn = contour(columns, rows, seconds, self.limit)
        return drawn.intersection(self.network.land.whole) if self.network.land.pieces else drawn


def isochrone(
    network: Network, origin: Where, when: datetime, minutes: float, mode: Mode = "walk"
) -> Isochrone:
    """What is reached from ``origin`` (a point's code, or lon, lat) within ``minutes`` of ``when``.

    Raises OutsideCalendar, NotOnTheMap, KeyError.
    """
    moment = epoch(network, when)
    limit = int(minutes * 60)
    start = join(network, mode, origin, leaving=True)
    forward = Forward(network, mode, start, moment)
    forward.run(moment + limit)
    layer = network.moving(mode).layer
    work = layer.workspace()
    work.spread(
        layer.out_offsets,
        layer.out_ends,
        layer.out_tenths,
        start.nodes,
        start.seconds * TENTHS,
        limit * TENTHS,
    )
    return Isochrone(network, start, mode, moment, minutes, forward, work.time)


@njit(nogil=True, cache=True)
def _arrive(
    nodes, seconds, street, ride, limit, points,
    component, component_first, reach, block, place_offsets, places,
    near_offsets, near_stops, near_seconds,
):  # pragma: no cover - compiled  # fmt: skip
    """Seconds to many places (their nodes and the seconds from those), by streets or by vehicle."""
    best = np.full(len(nodes), BEYOND, dtype=np.int64)
    for i in range(len(nodes)):
        for side in range(2):
            node, last = nodes[i, side], seconds[i, side]
            if node < 0:
                continue
            if street[node] != NEVER:
                best[i] = min(best[i], -(-street[node] // TENTHS) + last)
            c = component[node]
            first = place_offsets[c]
            width = place_offsets[c + 1] - first
            row = block[c] + (node - component_first[c]) * width
            for j in range(width):
                if places[first + j] >= points and reach[row + j] != TOO_FAR:
                    best[i] = min(best[i], ride[places[first + j] - points] + reach[row + j] + last)
            for k in range(near_offsets[node], near_offsets[node + 1]):
                if near_seconds[k] + last <= limit:
                    best[i] = min(best[i], ride[near_stops[k]] + near_seconds[k] + last)
    return best


def contour(
    columns: NDArray[np.float64], rows: NDArray[np.float64], values: NDArray, level: float
) -> BaseGeometry:
    """The region where ``values`` (rows, columns) on a lattice are at most ``level``, by marching squares.

    A lattice place is inside exactly when its value is; edges run between places in proportion to their
    values.
    """
    inside = values <= level
    count = inside[:-1, :-1].astype(int) + inside[1:, :-1] + inside[:-1, 1:] + inside[1:, 1:]
    pieces: list[BaseGeometry] = []
    for row, along in enumerate(count == 4):
        edges = np.flatnonzero(np.diff(np.concatenate([[False], along, [False]]).astype(np.int8)))
        pieces += [
            shapely.box(columns[a], rows[row], columns[b], rows[row + 1])
            for a, b in zip(edges[::2], edges[1::2], strict=True)
        ]
    for row, column in np.argwhere((count > 0) & (count < 4)):
        corners = [(row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column)]
        pieces += _corner_pieces(columns, rows, values, level, corners)
    return shapely.union_all(pieces) if pieces else shapely.Polygon()


def _corner_pieces(
    columns: NDArray[np.float64],
    rows: NDArray[np.float64],
    values: NDArray,
    level: float,
    corners: list[tuple[int, int]],
) -> list[BaseGeometry]:
    """The part of one lattice square that is inside; two corners that face each other stay apart."""
    inside = [bool(values[corner] <= level) for corner in corners]

    def place(at: int) -> LonLat:
        row, column = corners[at % 4]
        return float(columns[column]), float(rows[row])

    def crossing(a: int, b: int) -> LonLat:
        """Where the edge from corner a (inside) to corner b (outside) is cut."""
        low, high = float(values[corners[a % 4]]), float(values[corners[b % 4]])
        share = 0.5 if high >= BEYOND else min(0.95, max(0.05, (level - low) / (high - low)))
        p, q = place(a), place(b)
        return p[0] + (q[0] - p[0]) * share, p[1] + (q[1] - p[1]) * share

    if inside in ([True, False, True, False], [False, True, False, True]):
        return [
            shapely.Polygon([place(at), crossing(at, at + 1), crossing(at, at - 1)])
            for at in range(4)
            if inside[at]
        ]
    ring: list[LonLat] = []
    for at in range(4):
        after = (at + 1) % 4
        if inside[at]:
            ring.append(place(at))
        if inside[at] and not inside[after]:
            ring.append(crossing(at, after))
        elif inside[after] and not inside[at]:
            ring.append(crossing(after, at))
    return [shapely.Polygon(ring)]


@dataclass(frozen=True)
class Homes:
    """Where people live."""

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    people: NDArray[np.float64]
    """How many live there, (n,)."""
    district: NDArray
    """District codes, (n,)."""

    def __len__(self) -> int:
        return len(self.lon)


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a district's people are within reach at one moment. District "" is all of them together."""

    district: str
    moment: datetime
    people: float
    within: float

    @property
    def share(self) -> float:
        return self.within / self.people if self.people else 0.0


def residents_within(
    network: Network,
    homes: Homes,
    points: Sequence[str],
    minutes: float,
    moments: Iterable[datetime],
    hours: HoursTable | None = None,
    mode: Mode = "walk",
) -> list[Share]:
    """The share of residents within ``minutes`` of one of ``points``, leaving at each of ``moments``, by
    district.

    By streets and timetable, as `soonest` would send them. With ``hours``, a point counts at a moment when
    it is open at that moment. Homes off every street are counted as people out of reach. Raises
    OutsideCalendar, KeyError.
    """
    shares: list[Share] = []
    reachable = Reachable(network, homes, points, mode)
    districts = ["", *sorted(set(homes.district.tolist()))]
    members = [np.ones(len(homes), np.bool_), *(homes.district == district for district in districts[1:])]
    for moment in moments:
        within = reachable.within(int(minutes * 60), epoch(network, moment), hours)
        for district, member in zip(districts, members, strict=True):
            people, there = homes.people[member].sum(), homes.people[member & within].sum()
            shares.append(Share(district, moment, float(people), float(there)))
    return shares


class Reachable:
    """Homes joined to the streets once, asked for many moments."""

    def __init__(self, network: Network, homes: Homes, points: Sequence[str], mode: Mode) -> None:
        self.network, self.mode, self.codes = network, mode, tuple(points)
        self.numbers = network.numbers_of(self.codes)
        moving = network.moving(mode)
        self.at = moving.layer.find_each(homes.lon, homes.lat, network.land, leaving=True)
        self.direct = _seconds_to_points(
            self.at.nodes, self.at.seconds, self.numbers, len(network.point_codes),
            moving.layer.component, moving.layer.component_first,
            moving.tables.to.seconds, moving.tables.to.block,
            moving.tables.to.place_offsets, moving.tables.to.places,
        )  # fmt: skip

    def within(self, limit: int, moment: int, hours: HoursTable | None) -> NDArray[np.bool_]:
        """Which homes reach one of the points that are open within ``limit`` seconds of ``moment``."""
        chosen = np.ones(len(self.codes), dtype=np.bool_)
        if hours is not None:
            rows = hours.numbers_of(self.codes)
            chosen = np.array([bool(hours.is_open(int(row), moment)) for row in rows], dtype=np.bool_)
        if not chosen.any():
            return np.zeros(len(self.at.nodes), dtype=np.bool_)
        walked = self.direct[:, chosen].min(axis=1) <= limit
        return walked | self._ridden(self.numbers[chosen], limit, moment)

    def _ridden(self, points: NDArray[np.int64], limit: int, moment: int) -> NDArray[np.bool_]:
        moving = self.network.moving(self.mode)
        egress = moving.tables.egress
        to_goal = np.full(self.network.timetable.stops, BEYOND, dtype=np.int32)
        wanted = np.flatnonzero(np.isin(egress.ends, points))
        np.minimum.at(
            to_goal, np.searchsorted(egress.offsets, wanted, side="right") - 1, egress.seconds[wanted]
        )
        backward = Backward(self.network, self.mode, to_goal, moment + limit, moment)
        begins = np.where(
            backward.leave == NEVER_LEAVES, NEVER_LEAVES, backward.leave + backward.base - moment
        )
        reach = moving.tables.to
        return _catch(
            self.at.nodes, self.at.seconds, begins.astype(np.int64), self.network.walk_limit,
            len(self.network.point_codes), moving.layer.component, moving.layer.component_first,
            reach.seconds, reach.block, reach.place_offsets, reach.places,
            moving.tables.near.offsets, moving.tables.near.stops, moving.tables.near.seconds,
        )  # fmt: skip


@njit(nogil=True, cache=True)
def _seconds_to_points(
    nodes, seconds, wanted, points, component, component_first, reach, block, place_offsets, places
):  # pragma: no cover - compiled
    """Seconds from many places to each of the ``wanted`` points by streets, (places, wanted)."""
    column = np.full(points, -1, dtype=np.int64)
    for i in range(len(wanted)):
        column[wanted[i]] = i
    best = np.full((len(nodes), len(wanted)), BEYOND, dtype=np.int32)
    for i in range(len(nodes)):
        for side in range(2):
            node = nodes[i, side]
            if node < 0:
                continue
            c = component[node]
            first = place_offsets[c]
            width = place_offsets[c + 1] - first
            row = block[c] + (node - component_first[c]) * width
            for j in range(width):
                place = places[first + j]
                if place < points and column[place] >= 0 and reach[row + j] != TOO_FAR:
                    at = column[place]
                    best[i, at] = min(best[i, at], seconds[i, side] + reach[row + j])
    return best


@njit(nogil=True, cache=True)
def _catch(
    nodes, seconds, leave, limit, points, component, component_first, reach, block, place_offsets, places,
    near_offsets, near_stops, near_seconds,
):  # pragma: no cover - compiled  # fmt: skip
    """Whether from each place one can be at some stop by the time (from now) one must ``leave`` it."""
    caught = np.zeros(len(nodes), dtype=np.bool_)
    for i in range(len(nodes)):
        for side in range(2):
            node, first_walk = nodes[i, side], seconds[i, side]
            if node < 0 or caught[i]:
                continue
            c = component[node]
            first = place_offsets[c]
            width = place_offsets[c + 1] - first
            row = block[c] + (node - component_first[c]) * width
            for j in range(width):
                if places[first + j] >= points and reach[row + j] != TOO_FAR:
                    caught[i] |= first_walk + reach[row + j] <= leave[places[first + j] - points]
            for k in range(near_offsets[node], near_offsets[node + 1]):
                walk = first_walk + near_seconds[k]
                caught[i] |= walk <= limit and walk <= leave[near_stops[k]]
    return caught
