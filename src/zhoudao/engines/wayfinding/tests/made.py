"""Small made cities: streets on a lattice, feeds written row by row, and a search too simple to be wrong."""

from __future__ import annotations

import heapq
import itertools
import zipfile
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from zhoudao.engines.wayfinding.coords import METRES_A_DEGREE
from zhoudao.engines.wayfinding.network import Point
from zhoudao.engines.wayfinding.streets import NO_FERRY, Ferry, StreetGraph

SHANGHAI = ZoneInfo("Asia/Shanghai")
SQUARE = 80.0
"""Metres between neighbours on a lattice: a minute's walk."""
ORIGIN = (122.0, 30.0)


def place(column: float, row: float) -> tuple[float, float]:
    """Where a lattice node lies."""
    lat = ORIGIN[1] + row * SQUARE / METRES_A_DEGREE
    return ORIGIN[0] + column * SQUARE / METRES_A_DEGREE / float(np.cos(np.radians(ORIGIN[1]))), lat


@dataclass
class Streets:
    """A street graph being drawn: nodes by (column, row), segments with their seconds."""

    nodes: dict[tuple[int, int], int] = field(default_factory=dict)
    rows: list[tuple[int, int, float, float, float, float, int]] = field(default_factory=list)
    ferries: list[Ferry] = field(default_factory=list)

    def node(self, at: tuple[int, int]) -> int:
        return self.nodes.setdefault(at, len(self.nodes))

    def street(
        self,
        a: tuple[int, int],
        b: tuple[int, int],
        walk: float = 60.0,
        drive: float = 20.0,
        back: float | None = None,
        metres: float = SQUARE,
    ) -> None:
        drive_back = drive if back is None else back
        self.rows.append((self.node(a), self.node(b), metres, walk, drive, drive_back, NO_FERRY))

    def line(self, *stations: tuple[int, int], **speeds: float) -> None:
        """Streets along a run of lattice nodes, square by square."""
        for (x1, y1), (x2, y2) in itertools.pairwise(stations):
            steps = max(abs(x2 - x1), abs(y2 - y1))
            run = [(x1 + (x2 - x1) * k // steps, y1 + (y2 - y1) * k // steps) for k in range(steps + 1)]
            for a, b in itertools.pairwise(run):
                self.street(a, b, **speeds)

    def ferry(self, a: tuple[int, int], b: tuple[int, int], seconds: int, by_car: bool = False) -> None:
        self.ferries.append(Ferry(len(self.ferries), "boat", seconds, True, by_car, place(*a), place(*b)))
        drive = float(seconds) if by_car else 0.0
        self.rows.append((self.node(a), self.node(b), 1000.0, seconds, drive, drive, len(self.ferries) - 1))

    def graph(self) -> StreetGraph:
        lon, lat = np.array([place(*at) for at in self.nodes]).reshape(-1, 2).T
        columns = np.array(self.rows, dtype=np.float64).reshape(-1, 7).T
        tail, head, metres, walk, drive, back, ferry = columns
        as_int, as_float = np.int32, np.float32
        return StreetGraph(
            lon.copy(), lat.copy(), tail.astype(as_int), head.astype(as_int), metres.astype(as_float),
            walk.astype(as_float), drive.astype(as_float), back.astype(as_float), ferry.astype(as_int),
            tuple(self.ferries),
        )  # fmt: skip

    def shortest(self, start: tuple[int, int], mode: str) -> dict[tuple[int, int], float]:
        """Seconds from one node to every other, by the textbook."""
        edges: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for a, b, _, walk, drive, back, _ in self.rows:
            there, again = (walk, walk) if mode == "walk" else (drive, back)
            if there > 0:
                edges[int(a)].append((int(b), there))
            if again > 0:
                edges[int(b)].append((int(a), again))
        best = {self.nodes[start]: 0.0}
        queue = [(0.0, self.nodes[start])]
        while queue:
            time, node = heapq.heappop(queue)
            if time > best[node]:
                continue
            for end, seconds in edges[node]:
                if time + seconds < best.get(end, np.inf):
                    best[end] = time + seconds
                    heapq.heappush(queue, (best[end], end))
        names = {node: at for at, node in self.nodes.items()}
        return {names[node]: time for node, time in best.items()}


def clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


@dataclass
class Trip:
    """Calls are (stop, arrival, departure) in seconds of the service day."""

    code: str
    line: str
    service: str
    calls: list[tuple[str, int, int]]
    cars: bool = False
    no_pickup: set[int] = field(default_factory=set)
    no_drop_off: set[int] = field(default_factory=set)


@dataclass
class Feed:
    """A feed being written, and what the simple search reads."""

    timezone: str = "Asia/Shanghai"
    stops: dict[str, tuple[int, int]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    """Line: GTFS route_type."""
    trips: list[Trip] = field(default_factory=list)
    services: dict[str, tuple[date, date, str]] = field(default_factory=dict)
    """Service: first day, last day, seven of 0 and 1."""
    exceptions: list[tuple[str, date, int]] = field(default_factory=list)
    transfers: list[tuple[str, str, int, int]] = field(default_factory=list)
    """From, to, type, least seconds."""
    frequencies: list[tuple[str, int, int, int]] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)
    """More files, or texts in place of those above."""

    def texts(self) -> dict[str, str]:
        days = "monday,tuesday,wednesday,thursday,friday,saturday,sunday"
        tables: dict[str, list[list[object]]] = {
            "agency.txt": [["agency_name", "agency_url", "agency_timezone"], ["Made", "", self.timezone]],
            "stops.txt": [["stop_id", "stop_name", "stop_lat", "stop_lon"]],
            "routes.txt": [["route_id", "route_short_name", "route_type"]],
            "trips.txt": [["route_id", "service_id", "trip_id", "cars_allowed"]],
            "stop_times.txt": [
                ["trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence", "pickup_type",
                 "drop_off_type"]
            ],
            "calendar.txt": [["service_id", *days.split(","), "start_date", "end_date"]],
            "calendar_dates.txt": [["service_id", "date", "exception_type"]],
            "transfers.txt": [["from_stop_id", "to_stop_id", "transfer_type", "min_transfer_time"]],
            "frequencies.txt": [["trip_id", "start_time", "end_time", "headway_secs"]],
        }  # fmt: skip
        for code, at in self.stops.items():
            lon, lat = place(*at)
            tables["stops.txt"].append([code, f"Stop {code}", f"{lat:.9f}", f"{lon:.9f}"])
        tables["routes.txt"] += [[line, line, kind] for line, kind in self.lines.items()]
        for trip in self.trips:
            tables["trips.txt"].append([trip.line, trip.service, trip.code, 1 if trip.cars else 2])
            for at, (stop, arrive, depart) in enumerate(trip.calls):
                pickup, drop = int(at in trip.no_pickup), int(at in trip.no_drop_off)
                tables["stop_times.txt"].append(
                    [trip.code, clock(arrive), clock(depart), stop, at, pickup, drop]
                )
        for service, (first, last, week) in self.services.items():
            tables["calendar.txt"].append([service, *week, f"{first:%Y%m%d}", f"{last:%Y%m%d}"])
        tables["calendar_dates.txt"] += [
            [service, f"{day:%Y%m%d}", kind] for service, day, kind in self.exceptions
        ]
        tables["transfers.txt"] += [list(transfer) for transfer in self.transfers]
        tables["frequencies.txt"] += [
            [trip, clock(start), clock(end), headway] for trip, start, end, headway in self.frequencies
        ]
        written = {
            name: "".join(",".join(map(str, row)) + "\n" for row in rows) for name, rows in tables.items()
        }
        return {**written, **self.extra}

    def write(self, path: Path) -> Path:
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in self.texts().items():
                archive.writestr(zipfile.ZipInfo(name), text)  # no clock: the same feed is the same bytes
        return path

    def runs(self, since: date, until: date) -> list[tuple[Trip, list[tuple[str, int, int]]]]:
        """Every run of every trip whose service day is in the span, with its calls in epoch seconds."""
        zone = ZoneInfo(self.timezone)
        found = []
        day = since
        while day <= until:
            zero = int(datetime.combine(day, datetime.min.time(), zone).replace(hour=12).timestamp()) - 43200
            for trip in self.trips:
                if not self.runs_on(trip.service, day):
                    continue
                starts = [trip.calls[0][2]]
                repeats = [one for one in self.frequencies if one[0] == trip.code]
                if repeats:
                    starts = [at for _, start, end, headway in repeats for at in range(start, end, headway)]
                for begins in starts:
                    shift = zero + begins - trip.calls[0][2]
                    found.append((trip, [(stop, a + shift, d + shift) for stop, a, d in trip.calls]))
            day += timedelta(days=1)
        return found

    def runs_on(self, service: str, day: date) -> bool:
        for exception, of_day, kind in self.exceptions:
            if exception == service and of_day == day:
                return kind == 1
        if service not in self.services:
            return False
        first, last, week = self.services[service]
        return first <= day <= last and week[day.weekday()] == "1"


@dataclass
class City:
    streets: Streets
    feed: Feed
    points: dict[str, tuple[int, int]]
    walk_limit: int = 1800

    def sites(self) -> list[Point]:
        return [Point(code, *place(*at)) for code, at in self.points.items()]

    def arrivals(self, start: tuple[int, int], when: int, mode: str = "walk") -> dict[str, float]:
        """Earliest arrival at each point, by trying everything in order of time.

        The rules, once more and in the simplest form: walk from door to door; or walk to a stop (thirty
        minutes at most unless it is a pier), ride, get off, walk to another stop by the same rule or change
        where one is, ride again, and walk to the door by the same rule.
        """
        return self.search(start, when, mode)[1]

    def search(
        self, start: tuple[int, int], when: int, mode: str
    ) -> tuple[dict[str, float], dict[str, float]]:
        feed = self.feed
        piers = {s for t in feed.trips if feed.lines[t.line] == 4 for s, _, _ in t.calls}
        usable = [t for t in feed.trips if mode == "walk" or (t.cars and feed.lines[t.line] == 4)]
        boards = {s for t in usable for s, _, _ in t.calls}
        zone = ZoneInfo(feed.timezone)
        today = datetime.fromtimestamp(when, zone).date()
        runs = [
            run for run in feed.runs(today - timedelta(days=2), today + timedelta(days=6)) if run[0] in usable
        ]
        leaving: dict[str, list[tuple[Trip, list[tuple[str, int, int]], int]]] = defaultdict(list)
        for trip, calls in runs:
            for at, (stop, _, departs) in enumerate(calls[:-1]):
                if departs >= when and at not in trip.no_pickup:
                    leaving[stop].append((trip, calls, at))
        walks = {at: self.streets.shortest(at, mode) for at in {start, *feed.stops.values()}}

        def walk(a: tuple[int, int], b: tuple[int, int], *stops: str) -> float:
            seconds = walks[a].get(b, np.inf)
            return seconds if seconds <= self.walk_limit or any(s in piers for s in stops) else np.inf

        def change(a: str, b: str) -> float:
            rules = [(kind, least) for x, y, kind, least in feed.transfers if (x, y) == (a, b)]
            seconds = 0.0 if a == b else walk(feed.stops[a], feed.stops[b], a, b)
            for kind, least in rules:
                seconds = (
                    np.inf if kind == 3 else max(seconds, least) if seconds < np.inf or a == b else least
                )
            return seconds

        ready: dict[str, float] = {}
        ride: dict[str, float] = {}
        events: list[tuple[float, str, str]] = []
        for stop in boards:
            time = when + walk(start, feed.stops[stop], stop)
            if time < np.inf:
                ready[stop] = time
                heapq.heappush(events, (time, "ready", stop))
        while events:
            time, kind, stop = heapq.heappop(events)
            if kind == "ready" and time <= ready[stop]:
                for trip, calls, at in leaving[stop]:
                    if calls[at][2] < time:
                        continue
                    for off, (to_stop, arrives, _) in enumerate(calls[at + 1 :], at + 1):
                        if off not in trip.no_drop_off and arrives < ride.get(to_stop, np.inf):
                            ride[to_stop] = arrives
                            heapq.heappush(events, (arrives, "ride", to_stop))
            elif kind == "ride" and time <= ride[stop]:
                for other in boards:
                    at_other = time + change(stop, other)
                    if at_other < ready.get(other, np.inf):
                        ready[other] = at_other
                        heapq.heappush(events, (at_other, "ready", other))
        there = {}
        for code, at in self.points.items():
            ways = [when + walks[start].get(at, np.inf)]
            ways += [time + walk(feed.stops[stop], at, stop) for stop, time in ride.items()]
            there[code] = min(ways)
        return ride, there
