"""Journeys as people are told them: legs on foot, by car, by bus and by boat, with places, lines and times.

A journey is always told by the latest departure that still makes the arrival: nobody is sent to a pier an
hour before the boat, or on a bus for one stop while they wait.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zhoudao.engines.wayfinding.coords import LonLat
from zhoudao.engines.wayfinding.layer import Mode
from zhoudao.engines.wayfinding.network import Network
from zhoudao.engines.wayfinding.scan import unreached
from zhoudao.engines.wayfinding.search import (
    NO_STOP,
    Backward,
    Forward,
    Joint,
    Ride,
    day_of,
    join,
    reached,
    street_seconds,
)
from zhoudao.engines.wayfinding.table import BEYOND, Links
from zhoudao.engines.wayfinding.timetable import DAY, Line, in_language

DAY_ENDS = 4 * 3600
"""A day of travel ends at four in the morning, when nothing sails: seconds after midnight."""
LONGEST_SEARCH = 7
"""Days ahead that are looked at before a place is called unreachable."""

Where = str | LonLat
"""A point's code, or longitude and latitude."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a leg begins or ends."""

    kind: str
    """here, point or stop."""
    code: str
    """Of a point or a stop; empty for "here"."""
    names: Mapping[str, str]
    """A stop's name by language, "" being the feed's own."""
    lon: float
    lat: float

    def name(self, language: str = "") -> str:
        return in_language(self.names, language) or self.code


@dataclass(frozen=True, slots=True)
class Leg:
    """One stretch of a journey."""

    mode: str
    """walk, car, or the line's mode: bus, ferry, ..."""
    start: Place
    end: Place
    depart: datetime
    arrive: datetime
    line: Line | None = None
    headsign: Mapping[str, str] = field(default_factory=dict)
    trip: str = ""
    """GTFS trip_id of the vehicle."""
    service_day: date | None = None
    takes_car: bool = False
    """One drives aboard and off again."""

    def as_dict(self, language: str = "") -> dict[str, Any]:
        """Mode, from, to, depart, arrive, line: what an interface prints."""
        return {
            "mode": self.mode,
            "from": self.start.name(language),
            "to": self.end.name(language),
            "depart": self.depart.isoformat(),
            "arrive": self.arrive.isoformat(),
            "line": in_language(self.line.names, language) if self.line else None,
        }


@dataclass(frozen=True, slots=True)
class Journey:
    """The legs from one place to another. No legs: one is there already."""

    depart: datetime
    arrive: datetime
    legs: tuple[Leg, ...]


def earliest_arrival(
    network: Network,
    origin: Where,
    goal: Where,
    when: datetime,
    mode: Mode = "walk",
    days: int = LONGEST_SEARCH,
) -> Journey | None:
    """The journey that arrives first, leaving at ``when`` or later; None when there is none within ``days``
    days.

    Raises OutsideCalendar, NotOnTheMap, KeyError (unknown point code).
    """
    moment = epoch(network, when)
    start, end = join(network, mode, origin, True), join(network, mode, goal, False)
    forward = Forward(network, mode, start, moment)
    arrive = moment + street_seconds(network, mode, start, end)
    for ahead in range(days):
        forward.run(min(arrive, end_of_day(network, moment, ahead)))
        arrive = min(arrive, forward.arrival_by_vehicle(end))
        if arrive < moment + BEYOND:
            forward.run(arrive)  # what leaves after this day ends may still overtake a slow night boat
            return tell(network, mode, start, end, moment, min(arrive, forward.arrival_by_vehicle(end)))
    return None


def latest_departure(
    network: Network,
    origin: Where,
    goal: Where,
    arrive_by: datetime,
    mode: Mode = "walk",
    not_before: datetime | None = None,
) -> Journey | None:
    """The journey that leaves last and still arrives by ``arrive_by``; None when none leaves at
    ``not_before`` or later.

    ``not_before`` is a day earlier unless given. Raises OutsideCalendar, NotOnTheMap, KeyError.
    """
    deadline = epoch(network, arrive_by)
    since = deadline - DAY if not_before is None else epoch(network, not_before)
    start, end = join(network, mode, origin, True), join(network, mode, goal, False)
    leave, stop = last_chance(network, mode, start, end, since, deadline)
    if leave < since:
        return None
    if stop == NO_STOP:
        return _direct(network, mode, start, end, leave, leave + street_seconds(network, mode, start, end))
    # Whoever leaves then may well arrive before the deadline: told by the earliest arrival from that moment.
    forward = Forward(network, mode, start, leave)
    forward.run(deadline)
    return tell(network, mode, start, end, leave, min(deadline, forward.arrival_by_vehicle(end)))


def last_chance(
    network: Network, mode: Mode, start: Joint, end: Joint, since: int, deadline: int
) -> tuple[int, int]:
    """The latest epoch second to set out from ``start`` and be at ``end`` by ``deadline``; the stop first
    gone to.

    The stop is NO_STOP when one had better not ride at all; the moment is before ``since`` when there is no
    way.
    """
    backward = Backward(network, mode, seconds_from_stops(network, mode, end), deadline, since)
    leave, stop = backward.latest_from(seconds_to_stops(network, mode, start))
    direct = deadline - street_seconds(network, mode, start, end)
    return (direct, NO_STOP) if direct >= leave else (leave, stop)


def tell(network: Network, mode: Mode, start: Joint, end: Joint, when: int, arrive: int) -> Journey:
    """The journey from ``start`` at ``when`` or later that arrives at ``arrive``, the earliest arrival
    there is."""
    direct = street_seconds(network, mode, start, end)
    if when + direct <= arrive:
        return _direct(network, mode, start, end, when, when + direct)
    to_stops = seconds_to_stops(network, mode, start)
    to_goal = seconds_from_stops(network, mode, end)
    backward = Backward(network, mode, to_goal, arrive, when)
    leave, stop = backward.latest_from(to_stops)
    assert leave >= when, "an arrival that no journey makes"
    rides = backward.rides_from(stop)
    return _riding(network, mode, start, end, leave, rides, int(to_goal[rides[-1].to_stop]))


def _direct(network: Network, mode: Mode, start: Joint, end: Joint, depart: int, arrive: int) -> Journey:
    legs = _street_leg(network, mode, _place(network, start), _place(network, end), depart, arrive)
    return Journey(moment_of(network, depart), moment_of(network, arrive), legs)


def _riding(
    network: Network, mode: Mode, start: Joint, end: Joint, leave: int, rides: list[Ride], last_seconds: int
) -> Journey:
    legs: list[Leg] = []
    here, ready = _place(network, start), leave
    for ride in rides:
        board = _stop_place(network, ride.from_stop)
        if here.code != board.code or here.kind != board.kind:
            # Walk on at once; the waiting is done where the vehicle comes. The first walk is timed for its
            # vehicle.
            seconds = ride.depart - leave if not legs else _change_seconds(network, mode, rides, ride)
            legs += _street_leg(network, mode, here, board, ready, ready + seconds)
        legs.append(_ride_leg(network, mode, ride))
        here, ready = legs[-1].end, ride.arrive
    legs += _street_leg(network, mode, here, _place(network, end), ready, ready + last_seconds)
    return Journey(moment_of(network, leave), moment_of(network, ready + last_seconds), tuple(legs))


def _change_seconds(network: Network, mode: Mode, rides: list[Ride], ride: Ride) -> int:
    before = rides[rides.index(ride) - 1]
    links = network.moving(mode).tables.onward
    at = slice(int(links.offsets[before.to_stop]), int(links.offsets[before.to_stop + 1]))
    return int(links.seconds[at][links.ends[at] == ride.from_stop][0])


def _street_leg(
    network: Network, mode: Mode, start: Place, end: Place, depart: int, arrive: int
) -> tuple[Leg, ...]:
    if depart == arrive:
        return ()
    return (Leg(mode, start, end, moment_of(network, depart), moment_of(network, arrive)),)


def _ride_leg(network: Network, mode: Mode, ride: Ride) -> Leg:
    timetable = network.timetable
    line = timetable.lines[int(timetable.trip_line[ride.trip])]
    return Leg(
        line.mode,
        _stop_place(network, ride.from_stop),
        _stop_place(network, ride.to_stop),
        moment_of(network, ride.depart),
        moment_of(network, ride.arrive),
        line,
        timetable.trip_headsigns[ride.trip],
        timetable.trip_codes[ride.trip],
        ride.service_day,
        mode == "car",
    )


def _stop_place(network: Network, stop: int) -> Place:
    timetable = network.timetable
    return Place(
        "stop",
        timetable.stop_codes[stop],
        timetable.stop_names[stop],
        float(timetable.stop_lon[stop]),
        float(timetable.stop_lat[stop]),
    )


def _place(network: Network, joint: Joint) -> Place:
    if joint.point >= 0:
        return Place("point", network.point_codes[joint.point], {}, *joint.place)
    return Place("here", "", {}, *joint.place)


def seconds_to_stops(network: Network, mode: Mode, start: Joint) -> NDArray[np.int32]:
    """Seconds from a place to every stop, BEYOND where one does not walk (or drive) to."""
    if start.point >= 0:
        return _column(network, mode, network.moving(mode).tables.setout, start.point)
    return reached(network, mode, start, leaving=True).stops


def seconds_from_stops(network: Network, mode: Mode, end: Joint) -> NDArray[np.int32]:
    """Seconds from every stop to a place."""
    if end.point >= 0:
        return _column(network, mode, network.moving(mode).tables.egress, end.point)
    return reached(network, mode, end, leaving=False).stops


def _column(network: Network, mode: Mode, links: Links, point: int) -> NDArray[np.int32]:
    seconds = unreached(network.timetable.stops)
    here = np.flatnonzero(links.ends == point)
    seconds[np.searchsorted(links.offsets, here, side="right") - 1] = links.seconds[here]
    return seconds


def epoch(network: Network, moment: datetime) -> int:
    """An epoch second; a time without a zone is the network's. Raises OutsideCalendar."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=network.zone)
    network.timetable.require(moment.astimezone(network.zone).date())
    return math.ceil(moment.timestamp())


def moment_of(network: Network, seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, network.zone)


def end_of_day(network: Network, moment: int, ahead: int = 0) -> int:
    """Epoch second at which the day of travel of ``moment`` ends, or the one ``ahead`` days later."""
    day = day_of(network, moment - DAY_ENDS) + timedelta(days=1 + ahead)
    return network.timetable.midnight(day) + DAY_ENDS
