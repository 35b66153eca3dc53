"""What a telephone keeps of a network: the timetable whole, streets as doors with the network's own seconds."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
import shapely

from zhoudao.engines.wayfinding import Network
from zhoudao.engines.wayfinding.pocket import _spread_out, pocket
from zhoudao.engines.wayfinding.search import join, reached
from zhoudao.engines.wayfinding.table import BEYOND
from zhoudao.engines.wayfinding.tests.cities import FIRST, network_of, random_city
from zhoudao.engines.wayfinding.tests.made import place
from zhoudao.engines.wayfinding.tests.test_soonest import HOME, two_islands

SEEDS = range(12)
SINCE, DAYS = FIRST + timedelta(days=3), 9


def kept(network: Network) -> dict:
    return pocket(network, SINCE, DAYS, {"home": place(0, 0), "nowhere": place(900, 900)})


def hops_told(held: dict, day: int) -> set[tuple[int, ...]]:
    """The hops of a calendar day as a reader puts them together: departure, arrival, from, to, line, on, off."""
    days, hops = held["days"], held["hops"]
    found = set()
    departs = np.cumsum(hops["departs"])
    length = days["midnight"][day + 1] - days["midnight"][day]
    for age in range(days["oldest"] + 2):
        if day < age:
            continue
        shift = days["zero"][day - age] - days["midnight"][day]
        for hop, departure in enumerate(departs.tolist()):
            trip = hops["trip"][hop]
            if (
                held["trips"]["service"][trip] in days["running"][day - age]
                and 0 <= departure + shift < length
            ):
                found.add(
                    (
                        departure + shift,
                        departure + shift + hops["takes"][hop],
                        hops["from"][hop],
                        hops["to"][hop],
                        held["trips"]["line"][trip],
                        hop not in hops["no_boarding"],
                        hop not in hops["no_alighting"],
                    )
                )
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_every_hop_of_every_day_kept_can_be_put_together_again(seed):
    network = network_of(random_city(seed))
    held, timetable = kept(network), network.timetable
    for ahead in range(DAYS):
        day = SINCE + timedelta(days=ahead)
        number = held["days"]["first"] + ahead
        assert held["days"]["date"][number] == day.isoformat()
        assert held["days"]["midnight"][number] == timetable.midnight(day)
        hops = timetable.hops_of(day)
        columns = (
            hops.departure, hops.arrival, hops.from_stop, hops.to_stop, timetable.trip_line[hops.trip],
            hops.may_board, hops.may_alight,
        )  # fmt: skip
        assert hops_told(held, number) == set(zip(*(column.tolist() for column in columns), strict=True))


@pytest.mark.parametrize("seed", SEEDS)
def test_links_are_the_networks_own(seed):
    network = network_of(random_city(seed))
    held = kept(network)
    for name in ("onward", "egress"):
        links = getattr(network.walk.tables, name)
        assert np.cumsum([0, *held[name]["count"]]).tolist() == links.offsets.tolist()
        assert held[name]["end"] == links.ends.tolist()
        assert held[name]["seconds"] == links.seconds.tolist()


def test_a_named_place_reaches_what_the_network_says_to_the_second():
    network = network_of(two_islands())
    held = pocket(network, SINCE, DAYS, {"home": HOME, "nowhere": place(900, 900)})
    assert held["doors"]["codes"] == ["home"], "a place with no street near is left out"
    row = reached(network, "walk", join(network, "walk", HOME, leaving=True), leaving=True)
    for name in ("points", "stops"):
        pairs = held["doors"][name][0]
        told = dict(zip(pairs[::2], pairs[1::2], strict=True))
        seconds = getattr(row, name)
        assert told == {at: int(seconds[at]) for at in np.flatnonzero(seconds < BEYOND).tolist()}
    assert any(held["doors"]["stops"])


def test_doors_are_few_and_every_neighbourhood_keeps_one():
    rng = np.random.default_rng(20261124)
    lon, lat = 122 + rng.random(5000) / 5, 30 + rng.random(5000) / 5
    for most in (1, 10, 500):
        chosen = _spread_out(lon, lat, most)
        assert 0 < len(chosen) <= most
        assert sorted(set(chosen.tolist())) == chosen.tolist()
    far = _spread_out(np.append(lon, 125.0), np.append(lat, 33.0), 500)
    assert 5000 in far, "a far island keeps its door, however many there are elsewhere"
    assert len(_spread_out(lon[:0], lat[:0], 10)) == 0


def test_doors_know_the_land_they_are_on():
    land = [shapely.box(*place(-5, -5), *place(30, 30)), shapely.box(*place(60, -5), *place(200, 30))]
    city = two_islands()
    network = Network.build(city.streets.graph(), network_of(city).timetable, city.sites(), land=land)
    held = kept(network)
    assert len(held["land"]) == 2
    for lon, lat, piece in zip(
        held["doors"]["at"][::2], held["doors"]["at"][1::2], held["doors"]["land"], strict=True
    ):
        ring = held["land"][piece]
        outline = shapely.Polygon(zip(ring[::2], ring[1::2], strict=True))
        assert outline.buffer(1e-4).covers(shapely.Point(lon, lat))
