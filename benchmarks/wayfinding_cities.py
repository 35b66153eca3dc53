"""Cities to measure on: a seeded timetable for a real extract, and a made city of any size."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import osmium
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from zhoudao.engines.wayfinding import profiles
from zhoudao.engines.wayfinding.coords import METRES_A_DEGREE, metres_between
from zhoudao.engines.wayfinding.locate import Locator
from zhoudao.engines.wayfinding.network import PLACE_LIMIT, Point
from zhoudao.engines.wayfinding.streets import NO_FERRY, StreetGraph

DAY_BEGINS, DAY_ENDS = 5 * 3600 + 1800, 23 * 3600
BUS_METRES_A_SECOND = 6.0
DETOUR = 1.3
FERRY_METRES_A_SECOND = 7.0
FIRST_DAY, LAST_DAY = "20260101", "20261231"


@dataclass
class Call:
    stop: str
    arrive: int
    depart: int


class FeedWriter:
    """Collects the tables of a GTFS feed and writes the zip."""

    def __init__(self, timezone: str) -> None:
        self.tables: dict[str, list[list[object]]] = {
            "agency.txt": [["agency_name", "agency_url", "agency_timezone"], ["Made", "", timezone]],
            "stops.txt": [["stop_id", "stop_name", "stop_lat", "stop_lon"]],
            "routes.txt": [["route_id", "route_short_name", "route_long_name", "route_type"]],
            "trips.txt": [["route_id", "service_id", "trip_id", "cars_allowed"]],
            "stop_times.txt": [["trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence"]],
            "calendar.txt": [
                ["service_id", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
                 "start_date", "end_date"],
                ["weekday", 1, 1, 1, 1, 1, 0, 0, FIRST_DAY, LAST_DAY],
                ["weekend", 0, 0, 0, 0, 0, 1, 1, FIRST_DAY, LAST_DAY],
            ],
        }  # fmt: skip

    def stop(self, code: str, lon: float, lat: float) -> None:
        self.tables["stops.txt"].append([code, code, f"{lat:.7f}", f"{lon:.7f}"])

    def route(self, code: str, kind: int) -> None:
        self.tables["routes.txt"].append([code, code, "", kind])

    def trip(self, route: str, service: str, code: str, calls: Iterable[Call], cars: bool = False) -> None:
        self.tables["trips.txt"].append([route, service, code, 1 if cars else 2])
        for sequence, call in enumerate(calls, 1):
            self.tables["stop_times.txt"].append(
                [code, clock(call.arrive), clock(call.depart), call.stop, sequence]
            )

    def write(self, path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, rows in self.tables.items():
                text = io.StringIO()
                csv.writer(text, lineterminator="\n").writerows(rows)
                archive.writestr(name, text.getvalue())


def clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def bus_stops(extract: Path) -> list[tuple[str, float, float]]:
    """The bus stops an extract knows."""
    stops = []
    for node in osmium.FileProcessor(str(extract), osmium.osm.NODE).with_filter(
        osmium.filter.KeyFilter("highway")
    ):
        if node.tags.get("highway") == "bus_stop":
            stops.append((f"n{node.id}", node.location.lon, node.location.lat))
    return stops


def ferry_ways(extract: Path) -> list[tuple[str, tuple[float, float], tuple[float, float], int, bool]]:
    """Name, two ends, seconds and whether it takes cars, of every ferry way."""
    ways = []
    wanted = osmium.filter.KeyFilter("route")
    for way in osmium.FileProcessor(str(extract)).with_locations().with_filter(wanted):
        if not way.is_way() or way.tags.get("route") != "ferry":
            continue
        points = [(node.location.lon, node.location.lat) for node in way.nodes if node.location.valid()]
        if len(points) < 2:
            continue
        tags = {tag.k: tag.v for tag in way.tags}
        length = sum(metres_between(a, b) for a, b in pairwise(points))
        seconds = (
            profiles.crossing_seconds(tags.get("duration", "")) or int(length / FERRY_METRES_A_SECOND) + 120
        )
        ways.append((f"w{way.id}", points[0], points[-1], seconds, profiles.ferry_carries(tags)[1]))
    return ways


def timetable_for(
    extract: Path, graph: StreetGraph, out: Path, seed: int, lines: int, timezone: str
) -> dict[str, int]:
    """Write a feed: seeded bus lines over the extract's stops, a boat for each ferry way ashore at both
    ends."""
    rng = np.random.default_rng(seed)
    feed = FeedWriter(timezone)
    ashore = _streets(graph)
    stops = [stop for stop in bus_stops(extract) if ashore.nearest(*stop[1:], PLACE_LIMIT)[0] >= 0]
    codes = [stop[0] for stop in stops]
    for stop in stops:
        feed.stop(*stop)
    places = _flat(np.array([stop[1] for stop in stops]), np.array([stop[2] for stop in stops]))
    for line in range(lines):
        chain = _chain(places, rng)
        for direction, run in enumerate((chain, chain[::-1])):
            _bus(feed, f"L{line}{'AB'[direction]}", [codes[stop] for stop in run], places[run], rng)
    boats = 0
    for name, start, end, seconds, cars in ferry_ways(extract):
        if start == end or any(ashore.nearest(*place, PLACE_LIMIT)[0] < 0 for place in (start, end)):
            continue
        boats += 1
        feed.stop(f"{name}-a", *start)
        feed.stop(f"{name}-b", *end)
        feed.route(name, 4)
        every = int(rng.choice([1800, 2700, 3600]))
        for service in ("weekday", "weekend"):
            for number, leaves in enumerate(range(DAY_BEGINS + int(rng.integers(1800)), DAY_ENDS, every)):
                for here, there in (("a", "b"), ("b", "a")):
                    calls = [
                        Call(f"{name}-{here}", leaves, leaves),
                        Call(f"{name}-{there}", leaves + seconds, leaves + seconds),
                    ]
                    feed.trip(name, service, f"{name}-{service}-{here}{number}", calls, cars)
    feed.write(out)
    return {"stops": len(stops), "bus lines": lines, "boat lines": boats}


def _streets(graph: StreetGraph) -> Locator:
    """The streets one can walk on, to look up the nearest."""
    walkable = (graph.walk > 0) & (graph.ferry == NO_FERRY)
    tail, head = graph.tail[walkable], graph.head[walkable]
    return Locator.build(
        np.stack([graph.lon[tail], graph.lat[tail], graph.lon[head], graph.lat[head]], axis=1)
    )


def _on_land(graph: StreetGraph) -> NDArray[np.int32]:
    walkable = (graph.walk > 0) & (graph.ferry == NO_FERRY)
    return np.unique(graph.tail[walkable])


def _flat(lon: NDArray | float, lat: NDArray | float) -> NDArray[np.float64]:
    """Places in metres on a plane, near enough for neighbours."""
    lon, lat = np.asarray(lon), np.asarray(lat)
    return np.stack([lon * np.cos(np.radians(np.mean(lat))), lat], axis=-1) * METRES_A_DEGREE


def _chain(places: NDArray[np.float64], rng: np.random.Generator, longest: int = 40) -> list[int]:
    """A run of stops from one place towards another, each step to a near stop that brings it closer."""
    tree = cKDTree(places)
    here, goal = (int(stop) for stop in rng.choice(len(places), 2, replace=False))
    chain = [here]
    while here != goal and len(chain) < longest:
        away = np.linalg.norm(places[here] - places[goal])
        _, near = tree.query(places[here], k=min(25, len(places)))
        ahead = [
            int(stop)
            for stop in near
            if stop not in chain
            and np.linalg.norm(places[stop] - places[goal]) < away - 100
            and np.linalg.norm(places[stop] - places[here]) > 200
        ]
        if not ahead:
            break
        here = ahead[0]
        chain.append(here)
    return chain


def _bus(feed: FeedWriter, route: str, stops: list[str], places: NDArray, rng: np.random.Generator) -> None:
    if len(stops) < 3:
        return
    feed.route(route, 3)
    hops = np.linalg.norm(np.diff(places, axis=0), axis=1) * DETOUR / BUS_METRES_A_SECOND + 20
    times = np.concatenate([[0], np.cumsum(np.ceil(hops))]).astype(int)
    for service, every in (
        ("weekday", int(rng.integers(15, 46)) * 60),
        ("weekend", int(rng.integers(30, 61)) * 60),
    ):
        for number, leaves in enumerate(range(DAY_BEGINS + int(rng.integers(1800)), DAY_ENDS, every)):
            calls = [
                Call(stop, leaves + int(time), leaves + int(time))
                for stop, time in zip(stops, times, strict=True)
            ]
            feed.trip(route, service, f"{route}-{service}-{number}", calls)


def points_on(graph: StreetGraph, count: int, seed: int) -> list[Point]:
    """Service points at seeded street nodes."""
    rng = np.random.default_rng(seed)
    nodes = rng.choice(_on_land(graph), count, replace=False)
    return [Point(f"P{k:03d}", float(graph.lon[n]), float(graph.lat[n])) for k, n in enumerate(nodes, 1)]


def made_streets(nodes: int, seed: int, spacing: float = 100.0) -> StreetGraph:
    """A square lattice city of so many nodes, a tenth of its streets missing; one can walk and drive
    everywhere."""
    rng = np.random.default_rng(seed)
    side = round(nodes**0.5)
    column, row = np.meshgrid(np.arange(side), np.arange(side))
    lat = 30.0 + row.ravel() * spacing / METRES_A_DEGREE
    lon = 122.0 + column.ravel() * spacing / METRES_A_DEGREE / np.cos(np.radians(30.0))
    number = np.arange(side * side).reshape(side, side)
    tail = np.concatenate([number[:, :-1].ravel(), number[:-1, :].ravel()])
    head = np.concatenate([number[:, 1:].ravel(), number[1:, :].ravel()])
    keep = rng.random(len(tail)) > 0.1
    tail, head = tail[keep].astype(np.int32), head[keep].astype(np.int32)
    metres = (spacing * rng.uniform(1.0, 1.3, len(tail))).astype(np.float32)
    walk = (metres / profiles.WALKING).astype(np.float32)
    drive = (metres / rng.choice([6.0, 10.0, 14.0], len(tail))).astype(np.float32)
    return StreetGraph(
        lon, lat, tail, head, metres, walk, drive, drive.copy(), np.full(len(tail), NO_FERRY, dtype=np.int32)
    )


def made_timetable(graph: StreetGraph, departures: int, out: Path, seed: int, calls: int = 30) -> None:
    """Bus lines straight across a made city, a stop every half kilometre: about so many departures a day."""
    rng = np.random.default_rng(seed)
    side = round(len(graph.lon) ** 0.5)
    feed = FeedWriter("Asia/Shanghai")
    every = 5
    calls = min(calls, side // every)
    lines = max(4, round(departures / (calls - 1) / 14))
    used: set[int] = set()
    for line in range(lines):
        fixed, begin = int(rng.integers(side)), int(rng.integers(side - every * (calls - 1)))
        along = begin + every * np.arange(calls)
        nodes = along + fixed * side if rng.random() < 0.5 else fixed + along * side
        for node in nodes.tolist():
            if node not in used:
                used.add(node)
                feed.stop(f"s{node}", float(graph.lon[node]), float(graph.lat[node]))
        places = np.stack([np.arange(calls) * every * 100.0, np.zeros(calls)], axis=1)
        for direction, run in enumerate((nodes.tolist(), nodes.tolist()[::-1])):
            route = f"M{line}{'AB'[direction]}"
            feed.route(route, 3)
            hops = np.linalg.norm(np.diff(places, axis=0), axis=1) * DETOUR / BUS_METRES_A_SECOND + 20
            times = np.concatenate([[0], np.cumsum(np.ceil(hops))]).astype(int)
            for number in range(7):
                leaves = DAY_BEGINS + int((number + rng.random()) * (DAY_ENDS - DAY_BEGINS) / 7)
                stations = zip(run, times.tolist(), strict=True)
                timed = [Call(f"s{node}", leaves + time, leaves + time) for node, time in stations]
                feed.trip(route, "weekday", f"{route}-{number}", timed)
    feed.write(out)
