"""Areas, shares of residents, and new kiosks: the same truth a route tells, and the best choice there is."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, datetime, timedelta
from itertools import combinations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from zhoudao.engines.wayfinding import Hours, HoursTable, Network, WorkingDays, earliest_arrival
from zhoudao.engines.wayfinding.coverage import Homes, contour, isochrone, residents_within
from zhoudao.engines.wayfinding.layer import Mode
from zhoudao.engines.wayfinding.siting import candidate_sites, place_kiosks
from zhoudao.engines.wayfinding.table import BEYOND
from zhoudao.engines.wayfinding.tests.cities import network_of, random_city, random_moment, random_place
from zhoudao.engines.wayfinding.tests.made import SHANGHAI, City, place
from zhoudao.engines.wayfinding.tests.test_soonest import HOME, at, two_islands

DAYS = WorkingDays(date(2026, 1, 1), date(2026, 12, 31))


@given(st.integers(0, 2**32 - 1), st.sampled_from(["walk", "car"]), st.sampled_from([5, 20, 60, 240]))
@settings(max_examples=50, deadline=None)
def test_an_isochrone_and_a_route_never_disagree(seed: int, mode: Mode, minutes: int) -> None:
    """Anywhere near the streets, not only at junctions: inside exactly when the route takes no longer."""
    city, rng = random_city(seed), np.random.default_rng(seed)
    network = network_of(city)
    origin, when = place(*random_place(city, rng)), random_moment(rng)
    reached = isochrone(network, origin, when, minutes, mode)
    for _ in range(8):
        x, y = list(city.streets.nodes)[int(rng.integers(len(city.streets.nodes)))]
        goal = place(x + rng.uniform(-0.6, 0.6), y + rng.uniform(-0.6, 0.6))
        journey = earliest_arrival(network, origin, goal, when, mode, days=2)
        took = (journey.arrive - when).total_seconds() if journey else np.inf
        assert reached.contains(goal) == (took <= minutes * 60)
        if took <= minutes * 60:
            assert reached.seconds(np.array([goal[0]]), np.array([goal[1]]))[0] == took


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=50, deadline=None)
def test_a_drawn_area_holds_exactly_the_lattice_places_inside(seed: int) -> None:
    rng = np.random.default_rng(seed)
    columns, rows = np.arange(9.0), np.arange(7.0)
    values = rng.integers(0, 10, (7, 9)).astype(np.int64)
    values[rng.random((7, 9)) < 0.2] = BEYOND
    area = contour(columns, rows, values, 5)
    for row in range(7):
        for column in range(9):
            assert area.intersects(shapely.Point(column, row)) == (values[row, column] <= 5)


def test_the_area_agrees_with_routes_and_stays_on_land() -> None:
    city = two_islands()
    west, east = (shapely.box(*place(x - 1, -2), *place(x + 13, 2)) for x in (0, 60))
    network = Network.build(city.streets.graph(), network_of(city).timetable, city.sites(), land=(west, east))
    reached = isochrone(network, HOME, at(8, 50), 45)  # the nine o'clock boat lands at 9:30
    area = reached.area
    assert area.within(west.union(east).buffer(1e-9))
    assert area.intersection(west).area > 0
    assert area.intersection(east).area > 0
    rng = np.random.default_rng(3)
    for _ in range(60):
        goal = place(float(rng.choice([0, 60])) + rng.uniform(0, 12), rng.uniform(-1.2, 1.2))
        seconds = reached.seconds(np.array([goal[0]]), np.array([goal[1]]))[0]
        if abs(int(seconds) - 45 * 60) > 45:  # beyond the width of a lattice cell from the edge
            assert area.contains(shapely.Point(goal)) == (seconds <= 45 * 60)


def test_no_boat_no_area_across_the_water() -> None:
    network = network_of(two_islands())
    saturday = isochrone(network, HOME, at(8, 50, date(2026, 11, 28)), 45)
    assert saturday.area.bounds[2] < place(30, 0)[0]


def homes_along(city: City, *places: tuple[float, float], district: str = "west") -> Homes:
    lon, lat = np.array([place(*at) for at in places]).T
    return Homes(lon, lat, np.arange(1.0, len(places) + 1), np.array([district] * len(places)))


def test_shares_count_people_by_district_and_hour() -> None:
    city = two_islands()
    network = network_of(city)
    west = homes_along(city, (0, 0), (3, 0), (12, 0))
    east = homes_along(city, (61, 0), (70, 0), district="east")
    homes = Homes(
        *(np.concatenate([getattr(west, n), getattr(east, n)]) for n in ("lon", "lat", "people", "district"))
    )
    hours = HoursTable.compile({"KIOSK": Hours("Mo-Su 06:00-22:00")}, DAYS, SHANGHAI, date(2026, 11, 24), 2)
    shares = residents_within(network, homes, ["KIOSK"], 5, [at(9), at(23)], hours)
    told = {(share.district, share.moment.hour): (share.within, share.people) for share in shares}
    # The kiosk is at column 6: five minutes reach columns 1 to 11, so only the home at 3, where two people
    # live.
    assert told == {
        ("", 9): (2, 9), ("west", 9): (2, 6), ("east", 9): (0, 3),
        ("", 23): (0, 9), ("west", 23): (0, 6), ("east", 23): (0, 3),
    }  # fmt: skip
    across = residents_within(
        network, homes, ["KIOSK"], 40, [at(9, 44)]
    )  # the 9:45 boat: 30 minutes and 4 to walk
    assert {share.district: share.within for share in across} == {"": 7, "west": 6, "east": 1}


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_a_share_is_what_routes_say(seed: int) -> None:
    city, rng = random_city(seed), np.random.default_rng(seed)
    network = network_of(city)
    spots = [random_place(city, rng) for _ in range(6)]
    homes = homes_along(city, *spots)
    points = list(city.points)[:2]
    moments = [random_moment(rng) for _ in range(2)]
    minutes = int(rng.choice([5, 30, 120]))
    for share in residents_within(network, homes, points, minutes, moments):
        if share.district:
            continue
        arrivals = [city.arrivals(spot, int(share.moment.timestamp())) for spot in spots]
        limit = share.moment.timestamp() + minutes * 60
        expected = sum(
            people
            for people, there in zip(homes.people, arrivals, strict=True)
            if min(there[p] for p in points) <= limit
        )
        assert share.within == expected


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_new_kiosks_are_placed_as_well_as_trying_every_choice(seed: int) -> None:
    city, rng = random_city(seed), np.random.default_rng(seed)
    network = network_of(city)
    spots = [random_place(city, rng) for _ in range(12)]
    homes = homes_along(city, *spots)
    sites = sorted({random_place(city, rng) for _ in range(6)})
    existing = list(city.points)[:1]
    minutes, count = int(rng.choice([2, 4, 8])), int(rng.integers(1, 4))
    found = place_kiosks(network, homes, count, minutes, existing, [place(*site) for site in sites])

    def covered(chosen: tuple[tuple[int, int], ...]) -> float:
        kiosks = [city.points[existing[0]], *chosen]
        return sum(
            float(people)
            for spot, people in zip(spots, homes.people, strict=True)
            if min(city.streets.shortest(spot, "walk").get(kiosk, np.inf) for kiosk in kiosks) <= minutes * 60
        )

    best = max(covered(chosen) for chosen in combinations(sites, min(count, len(sites))))
    assert found.after == best == found.before + sum(found.added)
    assert found.before == covered(())
    assert found.proven
    assert found.gap == 0
    assert list(found.added) == sorted(found.added, reverse=True)
    assert len(found.sites) <= count


def test_a_site_is_offered_wherever_people_live() -> None:
    city = two_islands()
    network = network_of(city)
    homes = homes_along(city, (0, 0.5), (0.4, 0.5), (70, 0.5))
    sites = candidate_sites(network, homes)
    assert len(sites) == 2
    assert sites[1] == pytest.approx(place(70, 0), abs=1e-6)


def test_nothing_to_add_is_said() -> None:
    city = two_islands()
    found = place_kiosks(network_of(city), homes_along(city, (6, 0)), 2, 10, ["KIOSK"])
    assert (found.sites, found.before, found.after, found.gap) == ((), 1, 1, 0)


def test_the_solver_keeps_standard_output_clean() -> None:
    """A command prints one JSON document there; the solver's own greeting must not be in it."""
    code = (
        "import json, numpy as np\n"
        "from zhoudao.engines.wayfinding.siting import _solve\n"
        "print(json.dumps(_solve(np.array([[True, False], [False, True]]), np.array([1.0, 2.0]), 1, 5.0)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [[1], 2.0]


def test_a_moment_is_needed_not_a_day() -> None:
    network = network_of(two_islands())
    early = isochrone(network, HOME, datetime(2026, 11, 24, 8, 58, tzinfo=SHANGHAI), 45)
    late = isochrone(network, HOME, early_plus(minutes=5), 45)
    assert early.contains(place(61, 0))
    assert not late.contains(place(61, 0))


def early_plus(minutes: int) -> datetime:
    return datetime(2026, 11, 24, 8, 58, tzinfo=SHANGHAI) + timedelta(minutes=minutes)
