"""A network in a folder: whole or not at all, the same bytes for the same inputs, the old one in use until
the new is."""

from __future__ import annotations

import itertools
import json
import os
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from zhoudao.engines.wayfinding import (
    BadFeed,
    BadInput,
    BadNetwork,
    HoursTable,
    Network,
    NotOnTheMap,
    Point,
    WorkingDays,
    earliest_arrival,
    soonest,
)
from zhoudao.engines.wayfinding import bundle as bundles
from zhoudao.engines.wayfinding.bundle import Draft
from zhoudao.engines.wayfinding.coords import metres_between
from zhoudao.engines.wayfinding.tests.cities import FIRST, random_city
from zhoudao.engines.wayfinding.tests.made import SHANGHAI, City, Feed, Streets, Trip, place
from zhoudao.engines.wayfinding.tests.test_soonest import HOME, OFFICE, at, two_islands

DAYS = WorkingDays(date(2026, 1, 1), date(2026, 12, 31))


def build(city: City, folder: Path, name: str = "network", **more: object) -> Network:
    feed = city.feed.write(folder / "feed.zip")
    return Network.build(city.streets.graph(), feed, city.sites(), folder / name, **more)  # type: ignore[arg-type]


def ranking(network: Network, when: datetime) -> list[tuple[str, object, object]]:
    table = HoursTable.compile(dict.fromkeys(network.point_codes, OFFICE), DAYS, SHANGHAI, FIRST, 30)
    return [
        (service.point, service.served_at, [leg.as_dict() for leg in service.legs])
        for service in soonest(network, HOME, when, table)
    ]


def test_a_saved_network_answers_as_the_one_in_memory(tmp_path: Path) -> None:
    city = two_islands()
    saved = build(city, tmp_path)
    in_memory = Network.build(city.streets.graph(), tmp_path / "feed.zip", city.sites())
    opened = Network.open(tmp_path / "network", verify=True)
    for hour in (6, 8, 12, 17):
        assert ranking(saved, at(hour)) == ranking(in_memory, at(hour)) == ranking(opened, at(hour))


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    for seed in range(3):
        city = random_city(seed)
        first, second = (build(city, tmp_path, f"network{seed}{k}") for k in range(2))
        assert first.build_path is not None
        assert second.build_path is not None
        assert first.build_path.name == second.build_path.name
        names = sorted(file.name for file in first.build_path.iterdir())
        assert all((first.build_path / n).read_bytes() == (second.build_path / n).read_bytes() for n in names)


def test_a_new_build_replaces_the_old_and_readers_notice(tmp_path: Path) -> None:
    city = two_islands()
    old = build(city, tmp_path)
    before = ranking(old, at(9))
    assert old.is_current()
    city.points["MORE"] = (8, 0)
    new = build(city, tmp_path)
    assert not old.is_current()
    assert new.is_current()
    assert ranking(old, at(9)) == before  # whoever has it open keeps it
    assert "MORE" in Network.open(tmp_path / "network").point_codes
    assert len([found for found in (tmp_path / "network").iterdir() if found.is_dir()]) == 1


def failing_feed(city: City) -> None:
    city.feed.extra["routes.txt"] = "route_id,route_type\nboat,x\n"


def stop_in_the_sea(city: City) -> None:
    city.feed.stops["east"] = (30, 0)


def point_in_the_sea(city: City) -> None:
    city.points["SEA"] = (30, 30)


@pytest.mark.parametrize(
    ("spoil", "error", "message"),
    [
        (failing_feed, BadFeed, "routes.txt:2 route_type: 'x' is not a whole number"),
        (
            stop_in_the_sea,
            BadFeed,
            "stops.txt:3 stop_lat: stop 'east' at .* is in the sea or far from every street",
        ),
        (
            point_in_the_sea,
            BadInput,
            "points:4 longitude: SEA at .* is off every street; expected a place within 300 m",
        ),
    ],
)
def test_a_build_that_fails_leaves_the_old_network_in_use(
    tmp_path: Path, spoil: object, error: type[Exception], message: str
) -> None:
    city = two_islands()
    build(city, tmp_path)
    before = sorted((str(file), file.stat().st_mtime_ns) for file in (tmp_path / "network").rglob("*"))
    spoil(city)  # type: ignore[operator]
    with pytest.raises(error, match=message):
        build(city, tmp_path)
    assert (
        sorted((str(file), file.stat().st_mtime_ns) for file in (tmp_path / "network").rglob("*")) == before
    )


def test_a_build_killed_while_writing_leaves_the_old_network_in_use(
    tmp_path: Path, monkeypatch: object
) -> None:
    build(two_islands(), tmp_path)
    before = ranking(Network.open(tmp_path / "network"), at(9))
    child = os.fork()
    if child == 0:  # dies in the middle of publishing, without any clean-up
        bundles.sha256 = lambda file: os._exit(9)
        city = two_islands()
        city.points["MORE"] = (8, 0)
        build(city, tmp_path)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert ranking(Network.open(tmp_path / "network", verify=True), at(9)) == before
    build(two_islands(), tmp_path)
    assert not list((tmp_path / "network").glob(".draft-*")), "the next build clears what the killed one left"


def test_a_missing_network_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadNetwork, match="no network here"):
        Network.open(tmp_path / "nothing")


@pytest.mark.parametrize("damage", ["shorter", "missing", "flipped", "format", "manifest"])
def test_a_torn_network_is_not_opened(tmp_path: Path, damage: str) -> None:
    network = build(two_islands(), tmp_path)
    assert network.build_path is not None
    file = network.build_path / "walk.tables.to.seconds.npy"
    manifest = network.build_path / "manifest.json"
    raw = file.read_bytes()
    if damage == "shorter":
        file.write_bytes(raw[:-2])
    elif damage == "missing":
        file.unlink()
    elif damage == "flipped":
        file.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
    elif damage == "format":
        manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "format": 0}))
    else:
        manifest.write_text("{")
    expected = (
        "format: 0; expected"
        if damage == "format"
        else "manifest"
        if damage == "manifest"
        else "to.seconds.npy"
    )
    with pytest.raises(BadNetwork, match=expected):
        Network.open(tmp_path / "network", verify=True)


def test_an_unpublished_draft_leaves_nothing(tmp_path: Path) -> None:
    with Draft(tmp_path / "network") as draft:
        draft.allocate("half", (10,), np.int32)
    assert list((tmp_path / "network").iterdir()) == []


def test_a_point_given_twice_is_refused(tmp_path: Path) -> None:
    city = two_islands()
    twice = [*city.sites(), Point("EAST", *place(62, 0))]
    with pytest.raises(BadInput, match="points:4 code: 'EAST' is given twice"):
        Network.build(city.streets.graph(), city.feed.write(tmp_path / "feed.zip"), twice)


def test_the_timetable_tells_about_a_drawn_ferry_it_knows(tmp_path: Path) -> None:
    city = two_islands()
    city.streets.ferry((2, 0), (61, 0), 300)
    network = build(city, tmp_path)
    assert network.report is not None
    assert network.report.ferries_by_timetable == ("boat",)
    journey = earliest_arrival(network, HOME, "EAST", at(8, 40))
    assert journey is not None
    assert journey.arrive == at(9, 32)  # by the nine o'clock boat, not by the drawn one


def test_a_drawn_ferry_no_timetable_knows_is_a_way_across(tmp_path: Path) -> None:
    city = two_islands()
    city.feed.trips = [Trip("shuttle", "boat", "weekdays", [("west", 36000, 36000), ("far", 36600, 36600)])]
    city.feed.stops["far"] = (12, 0)
    city.streets.ferry((12, 0), (60, 0), 300)
    network = build(city, tmp_path)
    journey = earliest_arrival(network, HOME, "EAST", at(8, 40))
    assert journey is not None
    assert journey.arrive == at(8, 40) + timedelta(minutes=12 + 5 + 3)
    assert network.path(journey.legs[0])[0] == pytest.approx(HOME)


def test_coordinates_far_from_every_street_are_refused(tmp_path: Path) -> None:
    network = build(two_islands(), tmp_path)
    with pytest.raises(NotOnTheMap):
        soonest(network, place(30, 30), at(9), HoursTable.compile({"WEST": OFFICE}, DAYS, SHANGHAI, FIRST))


def length(line: list[tuple[float, float]]) -> float:
    return sum(metres_between(a, b) for a, b in itertools.pairwise(line))


def test_the_line_of_a_walk_is_as_long_as_the_walk(tmp_path: Path) -> None:
    streets = Streets()
    streets.line((0, 0), (4, 0), (4, 5), (9, 5))
    streets.line((4, 5), (0, 5))
    feed = Feed(stops={"a": (0, 5), "b": (9, 5)}, lines={"L": 3})
    feed.services = {"daily": (FIRST, FIRST + timedelta(days=20), "1111111")}
    feed.trips = [Trip("t", "L", "daily", [("a", 36000, 36000), ("b", 36300, 36300)])]
    city = City(streets, feed, {"P": (8, 5)})
    network = build(city, tmp_path)
    for start, squares in (
        ((1.5, 0), 2.5 + 5 + 4),
        ((0.25, 0.0), 3.75 + 5 + 4),
        ((8.5, 5), 0.5),
        ((4, 2.5), 6.5),
    ):
        journey = earliest_arrival(network, place(*start), "P", at(9))
        assert journey is not None
        (leg,) = journey.legs
        line = network.path(leg)
        assert length(line) == pytest.approx(squares * 80, abs=0.5)
        assert line[0] == pytest.approx(place(*start))
        assert line[-1] == pytest.approx(place(8, 5))
        assert (leg.arrive - leg.depart).total_seconds() == pytest.approx(squares * 60, abs=2)


def test_the_line_of_a_boat_is_its_course(tmp_path: Path) -> None:
    city = two_islands()
    straight = build(city, tmp_path, "straight")
    assert len(straight.path(soonest_ferry(straight))) == 2
    texts = city.feed.texts()
    header, *rows = texts["trips.txt"].splitlines()
    city.feed.extra["trips.txt"] = "\n".join([f"{header},shape_id", *(f"{row},bend" for row in rows), ""])
    points = [place(column, 4 * np.sin((column - 2) / 59 * np.pi)) for column in np.linspace(2, 61, 9)]
    city.feed.extra["shapes.txt"] = "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\n" + "".join(
        f"bend,{lat:.7f},{lon:.7f},{at}\n" for at, (lon, lat) in enumerate(points)
    )
    line = (bent := build(city, tmp_path, "bent")).path(soonest_ferry(bent))
    assert len(line) == 11
    assert max(lat for _, lat in line) == pytest.approx(place(0, 4)[1], abs=1e-5)


def soonest_ferry(network: Network):
    journey = earliest_arrival(network, HOME, "EAST", at(8, 40))
    assert journey is not None
    return journey.legs[1]
