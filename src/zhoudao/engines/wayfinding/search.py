"""Asking a network: where somebody stands, what they can reach and when, and from when on they cannot any
more.

`Forward` and `Backward` wrap the two scans with the day's bookkeeping; they know seconds and numbers, not
names. Times given in and out are epoch seconds; labels inside are seconds after the local midnight of the
first day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from zhoudao.engines.wayfinding.coords import LonLat
from zhoudao.engines.wayfinding.layer import Anchor, Mode, whole_seconds
from zhoudao.engines.wayfinding.network import Network
from zhoudao.engines.wayfinding.scan import (
    NEVER_LEAVES,
    latest_from_points,
    scan_backward,
    scan_forward,
    unreached,
)
from zhoudao.engines.wayfinding.serving import FAR_FUTURE
from zhoudao.engines.wayfinding.spread import NEVER, TENTHS
from zhoudao.engines.wayfinding.table import BEYOND, Reach, look_up
from zhoudao.engines.wayfinding.timetable import DayHops

NO_STOP = -1
NOTHING_WANTED = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Joint:
    """Where somebody joins the streets: at a point, or on a street somewhere."""

    nodes: NDArray[np.int32]
    seconds: NDArray[np.int32]
    place: LonLat
    point: int = -1
    anchor: Anchor | None = None


def join(network: Network, mode: Mode, place: str | LonLat, leaving: bool) -> Joint:
    """The joint of a point (by code) or of coordinates. Raises KeyError for an unknown code, NotOnTheMap."""
    if not isinstance(place, str):
        anchor = network.find(place, mode, leaving=leaving)
        return Joint(anchor.nodes, anchor.seconds, anchor.place, -1, anchor)
    point = int(network.numbers_of((place,))[0])
    sites = network.moving(mode).points
    here = (float(network.point_lon[point]), float(network.point_lat[point]))
    at = slice(point, point + 1 if sites.node[point] >= 0 else point)  # a point no car reaches has no node
    return Joint(sites.node[at], sites.off_street[at], here, point)


@dataclass(frozen=True, slots=True)
class Reached:
    """Seconds between a joint and every point and stop, BEYOND where there is no way."""

    points: NDArray[np.int32]
    stops: NDArray[np.int32]


def reached(network: Network, mode: Mode, joint: Joint, leaving: bool) -> Reached:
    """Look up the tables: from the joint when ``leaving``, else to it."""
    moving = network.moving(mode)
    tables, layer = moving.tables, moving.layer
    reach: Reach = tables.to if leaving else tables.away
    points, stops = unreached(len(network.point_codes)), unreached(network.timetable.stops)
    look_up(
        joint.nodes, joint.seconds, network.walk_limit, len(points), points, stops,
        layer.component, layer.component_first, reach.seconds, reach.block, reach.place_offsets, reach.places,
        tables.near.offsets, tables.near.stops, tables.near.seconds,
    )  # fmt: skip
    return Reached(points, stops)


def street_seconds(network: Network, mode: Mode, start: Joint, goal: Joint) -> int:
    """Seconds from ``start`` to ``goal`` by streets alone; BEYOND when there is no way."""
    if goal.point >= 0:
        return int(reached(network, mode, start, leaving=True).points[goal.point])
    if start.point >= 0:
        return int(reached(network, mode, goal, leaving=False).points[start.point])
    layer = network.moving(mode).layer
    work = layer.workspace()
    work.spread(layer.out_offsets, layer.out_ends, layer.out_tenths, start.nodes, start.seconds * TENTHS)
    best = BEYOND
    for node, seconds in zip(goal.nodes.tolist(), goal.seconds.tolist(), strict=True):
        if work.time[node] != NEVER:
            best = min(best, whole_seconds(work.time[node]) + seconds)
    return min(best, along_one_street(network, mode, start, goal))


def along_one_street(network: Network, mode: Mode, start: Joint, goal: Joint) -> int:
    """Seconds between two places on the same street without going round by its ends; BEYOND when they are
    not."""
    a, b = start.anchor, goal.anchor
    if a is None or b is None or a.street != b.street:
        return BEYOND
    layer = network.moving(mode).layer
    tenths = layer.forward[a.street] if b.along >= a.along else layer.back[a.street]
    if not tenths:
        return BEYOND
    off_street = (a.off_street + b.off_street) * TENTHS
    return whole_seconds(round(abs(b.along - a.along) * int(tenths) + off_street))


def day_of(network: Network, moment: int) -> date:
    """The calendar day of an epoch second."""
    return datetime.fromtimestamp(moment, network.zone).date()


def hops_of(network: Network, mode: Mode, day: date) -> DayHops:
    hops = network.timetable.hops_of(day)
    return hops if mode == "walk" else hops.with_cars


class Forward:
    """The earliest arrivals from one place at one moment. `run` may be called again to look further ahead."""

    def __init__(self, network: Network, mode: Mode, start: Joint, when: int) -> None:
        self.network, self.mode, self.start, self.when = network, mode, start, when
        self.first_day = day_of(network, when)
        self.base = network.timetable.midnight(self.first_day)
        self.walk = reached(network, mode, start, leaving=True)
        begins = np.int32(when - self.base)
        self.here = self.walk.stops + begins
        self.to_point = self.walk.points + begins
        self.ride = unreached(network.timetable.stops)
        self.pad = network.timetable.oldest + 1
        self.on_board = np.zeros(0, dtype=np.bool_)
        self.day = 0
        self.at = -1
        self.until = when

    def run(self, until: int, wanted: NDArray[np.int64] = NOTHING_WANTED) -> None:
        """Look at everything that departs before ``until``, or until every one of the ``wanted`` points is
        settled."""
        timetable, tables = self.network.timetable, self.network.moving(self.mode).tables
        limit = until - self.base
        self.until = max(self.until, until)
        while True:
            today = self.first_day + timedelta(days=self.day)
            shift = timetable.midnight(today) - self.base
            if shift >= limit:
                return
            hops = hops_of(self.network, self.mode, today)
            if self.at < 0:
                self.at = int(np.searchsorted(hops.departure, max(self.when - self.base - shift, 0)))
                grown = np.zeros((self.pad + self.day + 1) * timetable.trips, dtype=np.bool_)
                grown[: len(self.on_board)] = self.on_board
                self.on_board = grown
            self.at, settled = scan_forward(
                hops.departure, hops.arrival, hops.from_stop, hops.to_stop, hops.trip, hops.age,
                hops.may_board, hops.may_alight,
                self.at, shift, limit, self.day + self.pad, timetable.trips,
                self.on_board, self.here, self.ride, self.to_point,
                timetable.change, tables.onward.offsets, tables.onward.ends, tables.onward.seconds,
                tables.egress.offsets, tables.egress.ends, tables.egress.seconds,
                wanted,
            )  # fmt: skip
            if settled or self.at < len(hops.departure):
                return
            self.day, self.at = self.day + 1, -1

    def arrivals(self, points: NDArray[np.int64]) -> NDArray[np.int64]:
        """Epoch seconds of arrival at ``points``, FAR_FUTURE for those not reached."""
        labels = self.to_point[points].astype(np.int64)
        return np.where(labels >= BEYOND, FAR_FUTURE, labels + self.base)

    def arrival_by_vehicle(self, goal: Joint) -> int:
        """Epoch second at which one is at ``goal``, come by vehicle at the last; FAR_FUTURE when none leads
        there.

        At a point, streets alone count too (they are in its label).
        """
        if goal.point >= 0:
            return int(self.arrivals(np.array([goal.point]))[0])
        last = reached(self.network, self.mode, goal, leaving=False).stops.astype(np.int64)
        best = int(np.min(self.ride + last, initial=BEYOND))
        return best + self.base if best < BEYOND else FAR_FUTURE


@dataclass(frozen=True, slots=True)
class Ride:
    """A stretch on one vehicle."""

    trip: int
    from_stop: int
    to_stop: int
    depart: int
    """Epoch second."""
    arrive: int
    service_day: date


class Backward:
    """The latest departures that still reach a goal by a deadline, not before ``since``."""

    def __init__(
        self, network: Network, mode: Mode, to_goal: NDArray[np.int32], deadline: int, since: int
    ) -> None:
        """``to_goal``: seconds from each stop to the goal, BEYOND where it cannot be walked to."""
        self.network, self.mode = network, mode
        timetable, tables = network.timetable, network.moving(mode).tables
        self.first_day = day_of(network, since)
        self.base = timetable.midnight(self.first_day)
        self.to_goal = to_goal
        stops = timetable.stops
        self.catch = np.where(to_goal >= BEYOND, NEVER_LEAVES, deadline - self.base - to_goal).astype(
            np.int32
        )
        self.follow = np.full(stops, NO_STOP, dtype=np.int32)
        self.leave = np.full(stops, NEVER_LEAVES, dtype=np.int32)
        self.first_hop = np.full(stops, -1, dtype=np.int64)
        self.last_hop = np.full(stops, -1, dtype=np.int64)
        days = (day_of(network, max(deadline, since)) - self.first_day).days + 1
        self.days = [hops_of(network, mode, self.first_day + timedelta(days=day)) for day in range(days)]
        self.numbers = np.cumsum([0, *(len(hops.departure) for hops in self.days)])
        self.pad = timetable.oldest + 1
        gets_off = np.full((self.pad + days) * timetable.trips, -1, dtype=np.int64)
        for day in range(days - 1, -1, -1):
            hops = self.days[day]
            shift = self.shift(day)
            at = int(np.searchsorted(hops.departure, deadline - self.base - shift))
            scan_backward(
                hops.departure, hops.arrival, hops.from_stop, hops.to_stop, hops.trip, hops.age,
                hops.may_board, hops.may_alight,
                at, shift, since - self.base, day + self.pad, timetable.trips, self.numbers[day],
                gets_off, self.catch, self.follow, self.leave, self.first_hop, self.last_hop,
                timetable.change, tables.inward.offsets, tables.inward.ends, tables.inward.seconds,
            )  # fmt: skip

    def shift(self, day: int) -> int:
        return self.network.timetable.midnight(self.first_day + timedelta(days=day)) - self.base

    @cached_property
    def from_points(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Latest epoch second to set out from each point for a vehicle, and the stop; -FAR_FUTURE for
        none."""
        setout = self.network.moving(self.mode).tables.setout
        count = len(self.network.point_codes)
        latest = np.full(count, NEVER_LEAVES, dtype=np.int64)
        stop = np.full(count, NO_STOP, dtype=np.int64)
        latest_from_points(self.leave, setout.offsets, setout.ends, setout.seconds, latest, stop)
        return np.where(latest == NEVER_LEAVES, -FAR_FUTURE, latest + self.base), stop

    def latest_from(self, to_stops: NDArray[np.int32]) -> tuple[int, int]:
        """Latest epoch second to set out from a place ``to_stops`` seconds from each stop, and the stop
        first gone to."""
        sets_out = np.where(
            (self.leave == NEVER_LEAVES) | (to_stops >= BEYOND),
            NEVER_LEAVES,
            self.leave.astype(np.int64) - to_stops,
        )
        if not len(sets_out) or sets_out.max() == NEVER_LEAVES:
            return -FAR_FUTURE, NO_STOP
        stop = int(np.argmax(sets_out))
        return int(sets_out[stop]) + self.base, stop

    def rides_from(self, stop: int) -> list[Ride]:
        """The vehicles from ``stop`` on to the goal."""
        rides: list[Ride] = []
        while stop != NO_STOP:
            ride = self._ride(int(self.first_hop[stop]), int(self.last_hop[stop]))
            rides.append(ride)
            stop = int(self.follow[ride.to_stop])
        return rides

    def _ride(self, first: int, last: int) -> Ride:
        day = int(np.searchsorted(self.numbers, first, side="right")) - 1
        hops, at = self.days[day], first - int(self.numbers[day])
        end_day = int(np.searchsorted(self.numbers, last, side="right")) - 1
        end, off = self.days[end_day], last - int(self.numbers[end_day])
        return Ride(
            int(hops.trip[at]),
            int(hops.from_stop[at]),
            int(end.to_stop[off]),
            int(hops.departure[at]) + self.shift(day) + self.base,
            int(end.arrival[off]) + self.shift(end_day) + self.base,
            self.first_day + timedelta(days=day - int(hops.age[at])),
        )
