"""Random made cities: islands of lattice streets, buses on them, boats between them."""

from __future__ import annotations

import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np

from zhoudao.engines.wayfinding.feed import read_feed
from zhoudao.engines.wayfinding.network import Network
from zhoudao.engines.wayfinding.tests.made import SHANGHAI, City, Feed, Streets, Trip

FIRST, LAST = date(2026, 11, 16), date(2026, 12, 13)
"""The feeds' days: four weeks."""
APART = 60
"""Lattice columns between islands: too far to be taken for one another's."""
WEEKS = ("1111111", "1111100", "0000011", "1010100")


def random_city(seed: int) -> City:
    """A city small enough for the simple search and odd enough to matter."""
    rng = np.random.default_rng(seed)
    streets, feed, points = Streets(), Feed(), {}
    for code, week in zip("ABCD", WEEKS, strict=True):
        feed.services[code] = (FIRST, LAST, week)
    for _ in range(int(rng.integers(0, 4))):
        day = FIRST + timedelta(days=int(rng.integers(5, 16)))
        feed.exceptions.append((str(rng.choice(list("ABCD"))), day, int(rng.integers(1, 3))))
    feed.exceptions = list(
        {(service, day): (service, day, kind) for service, day, kind in feed.exceptions}.values()
    )
    feed.lines = {"bus": 3, "boat": 4}
    islands = int(rng.integers(1, 4))
    piers: list[str] = []
    for island in range(islands):
        nodes = _island(streets, rng, island * APART)
        stops = [f"S{island}{k}" for k in range(int(rng.integers(2, 5)))]
        for stop in stops:
            feed.stops[stop] = nodes[int(rng.integers(len(nodes)))]
        piers += stops[: 1 + int(rng.integers(2))]
        for k in range(int(rng.integers(1, 4))):
            points[f"P{island}{k}"] = nodes[int(rng.integers(len(nodes)))]
        for k in range(int(rng.integers(0, 5))):
            _trip(
                feed,
                rng,
                f"bus{island}{k}",
                "bus",
                [str(s) for s in rng.permutation(stops)[: rng.integers(2, 5)]],
            )
    drawn = (
        islands > 1 and rng.random() < 0.2
    )  # a ferry line without a timetable, so then no boats by timetable
    for k in range(int(rng.integers(1, 8)) if len(piers) > 1 and not drawn else 0):
        _trip(feed, rng, f"boat{k}", "boat", [str(s) for s in rng.permutation(piers)[: rng.integers(2, 4)]])
    if drawn:
        ends = [list(streets.nodes)[int(rng.integers(4))], (APART, 0)]
        streets.ferry(ends[0], ends[1], int(rng.integers(10, 60)) * 60, bool(rng.random() < 0.5))
    stops = list(feed.stops)
    for _ in range(int(rng.integers(0, 6))):
        a, b = (str(stop) for stop in rng.choice(stops, 2))
        if not any((a, b) == (x, y) for x, y, _, _ in feed.transfers):
            kind = int(rng.choice([2, 2, 3]))
            feed.transfers.append((a, b, kind, int(rng.integers(0, 900))))
    return City(streets, feed, points, walk_limit=int(rng.choice([240, 600, 1800])))


def _island(streets: Streets, rng: np.random.Generator, left: int) -> list[tuple[int, int]]:
    """A lattice with some streets missing, in one piece. Seconds differ from street to street and both ways
    by car."""
    wide, high = int(rng.integers(3, 12)), int(rng.integers(2, 5))
    nodes = [(left + x, y) for x in range(wide) for y in range(high)]
    joined = {nodes[0]}
    for x, y in nodes[1:]:
        neighbours = [at for at in ((x - 1, y), (x, y - 1)) if at in joined]
        keep = [neighbours[int(rng.integers(len(neighbours)))]]
        keep += [at for at in neighbours if at not in keep and rng.random() < 0.4]
        for at in keep:
            walk, drive, back = (int(rng.integers(low, high)) for low, high in ((30, 240), (8, 60), (8, 60)))
            streets.street(at, (x, y), walk, drive, back)
        joined.add((x, y))
    return nodes


def _trip(feed: Feed, rng: np.random.Generator, code: str, line: str, stops: list[str]) -> None:
    if len(stops) < 2:
        return
    at = int(rng.integers(5 * 60, 27 * 60)) * 60
    calls = []
    for stop in stops:
        leaves = at + int(rng.integers(0, 3)) * 60
        calls.append((stop, at, leaves))
        at = leaves + int(rng.integers(1, 5 if line == "bus" else 30)) * 60
    trip = Trip(code, line, str(rng.choice(list("ABCD"))), calls, bool(line == "boat" and rng.random() < 0.6))
    if rng.random() < 0.15:
        trip.no_pickup.add(int(rng.integers(len(calls))))
    if rng.random() < 0.15:
        trip.no_drop_off.add(int(rng.integers(len(calls))))
    feed.trips.append(trip)
    if rng.random() < 0.6:
        start = int(rng.integers(6, 20)) * 3600
        feed.frequencies.append(
            (code, start, start + int(rng.integers(1, 9)) * 3600, int(rng.integers(5, 60)) * 60)
        )


def network_of(city: City) -> Network:
    with tempfile.TemporaryDirectory() as folder:
        timetable, _ = read_feed(city.feed.write(Path(folder) / "feed.zip"))
    return Network.build(city.streets.graph(), timetable, city.sites(), walk_limit=city.walk_limit)


def random_place(city: City, rng: np.random.Generator) -> tuple[int, int]:
    """A node that something is at, so that it is a junction of its own."""
    served = {stop for trip in city.feed.trips for stop, _, _ in trip.calls}
    places = [*city.points.values(), *(at for stop, at in city.feed.stops.items() if stop in served)]
    return places[int(rng.integers(len(places)))]


def random_moment(rng: np.random.Generator) -> datetime:
    day = FIRST + timedelta(days=int(rng.integers(3, 15)))
    return datetime.combine(day, datetime.min.time(), SHANGHAI) + timedelta(
        seconds=int(rng.integers(0, 86400))
    )
