"""Earliest arrival, latest departure and the legs told for them equal a search too simple to be wrong."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhoudao.engines.wayfinding.journey import Journey, earliest_arrival, latest_departure
from zhoudao.engines.wayfinding.layer import Mode
from zhoudao.engines.wayfinding.network import Network
from zhoudao.engines.wayfinding.search import Forward, join
from zhoudao.engines.wayfinding.tests.cities import network_of, random_city, random_moment, random_place
from zhoudao.engines.wayfinding.tests.made import City, place

DAYS = 4
"""Arrivals later than this are not compared: the simple search looks at a week of trips."""
SEEDS = st.integers(0, 2**32 - 1)
MODES = st.sampled_from(["walk", "car"])


@given(SEEDS, MODES)
@settings(max_examples=300, deadline=None)
def test_earliest_arrival_equals_trying_everything(seed: int, mode: Mode) -> None:
    city, rng = random_city(seed), np.random.default_rng(seed)
    network = network_of(city)
    start, when = random_place(city, rng), random_moment(rng)
    moment = int(when.timestamp())
    horizon = moment + DAYS * 86400
    forward = Forward(network, mode, join(network, mode, place(*start), True), moment)
    forward.run(horizon)
    found = forward.arrivals(network.numbers_of(list(city.points)))
    expected = city.arrivals(start, moment, mode)
    for code, at in zip(city.points, found.tolist(), strict=True):
        if min(at, expected[code]) <= horizon:
            assert at == expected[code], code


@given(SEEDS, MODES)
@settings(max_examples=250, deadline=None)
def test_the_legs_told_make_the_arrival(seed: int, mode: Mode) -> None:
    city, rng = random_city(seed), np.random.default_rng(seed)
    network = network_of(city)
    start, when = random_place(city, rng), random_moment(rng)
    expected = city.arrivals(start, int(when.timestamp()), mode)
    for code in city.points:
        journey = earliest_arrival(network, place(*start), code, when, mode, days=DAYS)
        if expected[code] > when.timestamp() + (DAYS - 1) * 86400:
            continue
        assert journey is not None
        assert journey.arrive.timestamp() == expected[code]
        assert journey.depart >= when
        check_legs(city, journey, start, city.points[code], mode)


@given(SEEDS, MODES)
@settings(max_examples=250, deadline=None)
def test_latest_departure_is_the_mirror(seed: int, mode: Mode) -> None:
    """Leaving at the latest departure arrives in time; leaving a second later does not."""
    city, rng = random_city(seed), np.random.default_rng(seed)
    network = network_of(city)
    start, deadline = random_place(city, rng), random_moment(rng)
    since = deadline - timedelta(hours=int(rng.integers(1, 30)))
    code = str(rng.choice(list(city.points)))
    journey = latest_departure(network, place(*start), code, deadline, mode, since)
    if journey is None:
        assert city.arrivals(start, int(since.timestamp()), mode)[code] > deadline.timestamp()
        return
    leave = int(journey.depart.timestamp())
    assert city.arrivals(start, leave, mode)[code] == journey.arrive.timestamp() <= deadline.timestamp()
    assert city.arrivals(start, leave + 1, mode)[code] > deadline.timestamp()
    check_legs(city, journey, start, city.points[code], mode)


def check_legs(
    city: City, journey: Journey, start: tuple[int, int], goal: tuple[int, int], mode: Mode
) -> None:
    """Legs join in place and time; rides are in the feed; walks take what they take."""
    at, clock = start, journey.depart
    runs = city.feed.runs(
        journey.depart.date() - timedelta(days=2), journey.arrive.date() + timedelta(days=1)
    )
    for leg in journey.legs:
        assert leg.depart >= clock
        end = goal if leg.end.kind == "point" else city.feed.stops[leg.end.code]
        if leg.line is None:
            assert leg.mode == mode
            took = (leg.arrive - leg.depart).total_seconds()
            asked = [
                least
                for a, b, kind, least in city.feed.transfers
                if (a, b, kind) == (leg.start.code, leg.end.code, 2)
            ]
            assert took == max([city.streets.shortest(at, mode).get(end, 0), *asked])
        else:
            calls = [
                calls
                for trip, calls in runs
                if trip.code == leg.trip
                and (leg.start.code, leg.depart.timestamp())
                in {(stop, departs) for stop, _, departs in calls}
                and (leg.end.code, leg.arrive.timestamp()) in {(stop, arrives) for stop, arrives, _ in calls}
            ]
            assert calls, leg
        at, clock = end, leg.arrive
    assert clock == journey.arrive


def test_a_trip_past_midnight_belongs_to_the_day_before() -> None:
    city = random_city(1)
    city.feed.trips, city.feed.frequencies, city.feed.exceptions, city.feed.transfers = [], [], [], []
    streets = city.streets
    streets.ferries.clear()
    streets.rows = [row for row in streets.rows if row[6] < 0]
    for island in (0, 1):
        streets.line((island * 60, 0), (island * 60 + 5, 0))
    city.feed.stops = {"west": (0, 0), "east": (60, 0)}
    city.points = {"P": (61, 0)}
    from zhoudao.engines.wayfinding.tests.made import Trip

    city.feed.trips = [
        Trip("night", "boat", "B", [("west", 88200, 88200), ("east", 90000, 90000)])
    ]  # 24:30, Mo-Fr
    network = network_of(city)
    zone = network.zone
    saturday = datetime(2026, 11, 28, 0, 10, tzinfo=zone)  # Friday's boat
    journey = earliest_arrival(network, place(0, 0), "P", saturday)
    assert journey is not None
    assert journey.legs[0].depart == datetime(2026, 11, 28, 0, 30, tzinfo=zone)
    assert journey.legs[0].service_day == datetime(2026, 11, 27).date()  # noqa: DTZ001
    assert earliest_arrival(network, place(0, 0), "P", saturday + timedelta(days=1), days=1) is None


@pytest.fixture(scope="module")
def plain() -> tuple[City, Network]:
    city = random_city(7)
    return city, network_of(city)


def test_someone_already_there_has_no_legs(plain: tuple[City, Network]) -> None:
    city, network = plain
    code, at = next(iter(city.points.items()))
    when = datetime(2026, 11, 24, 9, tzinfo=network.zone)
    journey = earliest_arrival(network, place(*at), code, when)
    assert journey == Journey(when, when, ())
