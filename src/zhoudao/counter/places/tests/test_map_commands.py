"""`zhoudao map` and `zhoudao search` as another program meets them: what they print, and how they end.

The city here is a street of eight points; an island to the south with a boat four times a day; and one no boat goes to.
"""

from __future__ import annotations

import json
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import osmium
import pytest
from click.testing import CliRunner, Result
from osmium.osm.mutable import Node, Way

from zhoudao.core.access import SYSTEM
from zhoudao.counter.catalog.search.command import search
from zhoudao.counter.places import actions
from zhoudao.counter.places.coverage.models import Settlement
from zhoudao.counter.places.exchange.records import GUIDES, POINTS
from zhoudao.counter.places.journeys import network as home
from zhoudao.counter.places.journeys.commands import map_
from zhoudao.counter.places.tests import directory as small
from zhoudao.engines.wayfinding.coords import wgs84_to_gcj02

run = CliRunner().invoke
ISLAND, LOST_ISLAND = -0.04, -0.075
"""Degrees south of the city's middle."""
LOST = "P008"
"""A point on the island that no boat goes to."""
LEG = {"mode", "from", "to", "depart", "arrive", "line"}
ROW = {"point", "item", "depart", "arrive", "served_at", "legs", "return", "reason"}


def beside(east: float = 0.0, north: float = 0.0) -> tuple[float, float]:
    """A place so many thousandths of a degree from the city's middle, and so many degrees."""
    longitude, latitude = small.centre()
    return round(longitude + east / 1000, 6), round(latitude + north, 6)


def at(east: float = 0.0, north: float = 0.0) -> str:
    return ",".join(map(str, beside(east, north)))


def streets(path: Path) -> Path:
    """A street along each of the three pieces of land, from west to east."""
    with osmium.SimpleWriter(str(path)) as writer:
        rows = [[(east, north) for east in range(0, 35, 5)] for north in (0.0, ISLAND, LOST_ISLAND)]
        nodes = {place: number for number, place in enumerate((place for row in rows for place in row), 1)}
        for place, number in nodes.items():
            writer.add_node(Node(id=number, version=1, location=beside(*place)))
        for number, row in enumerate(rows, 1):
            tags = {"highway": "residential"}
            writer.add_way(Way(id=number, version=1, nodes=[nodes[place] for place in row], tags=tags))
    return path


def feed(path: Path, *, without: str = "", last_day: str = "20261231", pier: str = "") -> Path:
    """A boat from the island's pier to the city's and back, at 8, 12, 16 and 20 o'clock and half an hour later."""
    (east, north), (island_east, island_north) = beside(0), beside(0, ISLAND)
    hours = (8, 12, 16, 20)
    calls = [
        f"{way}{hour},{hour:02}:{start:02}:00,{hour:02}:{start:02}:00,{first},1\n"
        f"{way}{hour},{hour:02}:{start + 25:02}:00,{hour:02}:{start + 25:02}:00,{second},2\n"
        for hour in hours
        for way, start, first, second in (("in", 0, "island", "city"), ("out", 30, "city", "island"))
    ]
    tables = {
        "agency.txt": "agency_name,agency_url,agency_timezone\n轮渡,https://example.org,Asia/Shanghai\n",
        "stops.txt": "stop_id,stop_name,stop_lat,stop_lon\n"
        f"city,城里码头,{north},{east}\n"
        f"island,岛上码头,{pier or f'{island_north},{island_east}'}\n",
        "routes.txt": "route_id,route_short_name,route_type\nL,岛线,4\n",
        "trips.txt": "route_id,service_id,trip_id\n"
        + "".join(f"L,S,{way}{hour}\n" for hour in hours for way in ("in", "out")),
        "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n" + "".join(calls),
        "calendar.txt": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        f"S,1,1,1,1,1,1,1,20261101,{last_day}\n",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in tables.items():
            if name != without:
                archive.writestr(name, text)
    return path


@pytest.fixture
def city(directory: Path, settings: Any, tmp_path: Path) -> Path:
    """The streets and the timetable, imported as an installation would; returns the folder their files are in."""
    settings.VAR = tmp_path / "var"
    (settings.VAR).mkdir()
    lost = small.point(LOST, longitude=f"{beside(10)[0]}", latitude=f"{beside(10, LOST_ISLAND)[1]}")
    actions.import_points(SYSTEM, small.write(directory / "more.csv", POINTS, [lost]))
    actions.import_guides(SYSTEM, small.write(directory / "moreguides.csv", GUIDES, [small.guide(LOST)]))
    first = run(map_, ["import-streets", str(streets(directory / "city.osm.pbf")), "--json"])
    assert (first.exit_code, json.loads(first.stdout)["waiting_for"]) == (0, "timetable")
    done = run(map_, ["import-gtfs", str(feed(directory / "boats.zip")), "--json"])
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["points"], told["stops"], told["trips"], told["left_out"]) == (7, 2, 8, [])
    return directory


def asked(*more: str, place: str = "", words: str = "身份证丢了", when: str = "2026-11-24T15:40") -> Result:
    place = place or at(10, ISLAND)
    return run(map_, ["soonest", "--words", words, "--at", place, "--when", when, "--json", *more])


def rows(done: Result) -> list[dict[str, Any]]:
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def moment(text: str) -> datetime:
    """Raises unless it is ISO 8601 with an offset."""
    found = datetime.fromisoformat(text)
    assert found.tzinfo is not None
    return found


# Soonest --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["walk", "car"])
def test_soonest_prints_a_list_of_objects_with_the_promised_fields(city, mode):
    found = rows(asked("--mode", mode))
    assert len(found) == 6
    for row in found:
        assert row.keys() >= ROW
        assert row["item"] == "id-card-replacement"
        assert isinstance(row["reason"], str)
        for leg in row["legs"]:
            assert leg.keys() == LEG
            assert moment(leg["depart"]) <= moment(leg["arrive"])
            assert (leg["line"] is None) == (leg["mode"] in ("walk", "car"))
        if row["served_at"] is not None:
            assert moment("2026-11-24T15:40+08:00") <= moment(row["depart"]) <= moment(row["arrive"])
            assert moment(row["arrive"]) <= moment(row["served_at"])
            assert row["legs"]
            assert row["legs"][0]["depart"] == row["depart"]
    served = [moment(row["served_at"]) for row in found if row["served_at"]]
    assert served == sorted(served)
    assert [row["served_at"] is None for row in found] == sorted(row["served_at"] is None for row in found)


def test_the_island_goes_by_the_boat_of_the_timetable_and_is_told_how_to_get_home(city):
    first = rows(asked())[0]
    assert first["point"] == "P001"
    (boat,) = [leg for leg in first["legs"] if leg["mode"] == "ferry"]
    assert (boat["line"], boat["from"], boat["to"]) == ("岛线", "岛上码头", "城里码头")
    assert boat["depart"] == "2026-11-24T16:00:00+08:00"
    assert boat["arrive"] == first["served_at"] == "2026-11-24T16:25:00+08:00"
    assert first["return"]["in_time"] is True
    assert first["return"]["last"] == "2026-11-24T20:30:00+08:00"
    assert first["return"]["by_street_seconds"] is None


def test_where_no_boat_goes_served_at_is_null_and_the_reason_says_so(city):
    (lost,) = [row for row in rows(asked("--language", "en")) if row["point"] == LOST]
    assert (lost["served_at"], lost["legs"], lost["return"]) == (None, [], None)
    assert lost["reason"] == "no street, bus or boat leads there within a week"
    stranded = rows(asked(place=at(0, LOST_ISLAND), when="2026-11-24T14:30"))
    assert [row["point"] for row in stranded if row["served_at"]] == [LOST]


def test_hours_on_arrival_count_and_a_time_with_an_offset_is_the_same_moment(city):
    late = rows(asked(when="2026-11-24T19:30"))
    opened = {row["point"]: row["served_at"] for row in late}
    assert opened["P004"].startswith("2026-11-24T20:"), "the kiosk never shuts"
    assert opened["P001"] > "2026-11-25", "the counter opens in the morning"
    assert rows(asked(when="2026-11-24T11:30:00+00:00")) == late


# Coverage, siting, export, search -------------------------------------------------------------------------------------


@pytest.fixture
def people(city: Path) -> Path:
    first, second = small.districts()[:2]
    for code, district, place, count in (
        ("near", first, beside(15), 900),
        ("far", first, beside(30), 90),
        ("island", second, beside(10, ISLAND), 10),
    ):
        Settlement.objects.create(code=code, name_zh=code, name_en=code, district=district, population=count,
                                  longitude=place[0], latitude=place[1])  # fmt: skip
    return city


def test_coverage_prints_the_city_and_then_each_district(people):
    done = run(map_, ["coverage", "--minutes", "10", "--json"])
    found = rows(done)
    assert [row["district"] for row in found] == ["", *small.districts()[:2]]
    whole = found[0]
    assert (whole["minutes"], whole["mode"], whole["people"], whole["within"]) == (10, "walk", 1000, 900)
    assert whole["share"] == 0.9
    assert len(whole["by_hour"]) == 24
    assert moment(whole["moment"])
    assert all(0 <= row["share"] <= 1 for row in found)


def test_site_prints_a_kiosk_an_object_with_the_proof(people):
    found = rows(run(map_, ["site", "--kiosks", "2", "--json"]))
    assert [row["order"] for row in found] == [1, 2]
    assert [row["added"] for row in found] == [90, 10]
    for row in found:
        assert row["proven"] is True
        assert row["gap"] == 0
        assert (row["before"], row["after"], row["people"]) == (900, 1000, 1000)
        assert abs(row["longitude"] - small.centre()[0]) < 1


def test_export_writes_streets_timetable_hours_and_queues(city, tmp_path):
    out = tmp_path / "out"
    told = rows(run(map_, ["export", str(out), "--json"]))
    files = {path.name for path in out.iterdir()}
    assert files >= {"streets.osm.pbf", "gtfs.zip", "points.csv", "hours.csv", "queues.csv"}
    assert told.keys() >= {"folder", "points.csv", "hours.csv"}
    assert told["points.csv"] == 7
    assert (out / "gtfs.zip").read_bytes() == (city / "boats.zip").read_bytes()
    assert (out / "hours.csv").read_text().count("\n") == told["hours.csv"] + 1


def test_search_prints_items_best_first(city):
    found = rows(run(search, ["身份证丢了", "--json"]))
    assert found[0]["item"] == "id-card-replacement"
    assert found[0]["title"] == "居民身份证丢失补领"
    assert [row["score"] for row in found] == sorted((row["score"] for row in found), reverse=True)
    assert rows(run(search, ["zzzzqqq", "--json"])) == []
    assert run(search, [" "]).exit_code == 2


# Input that can't be used: a clear error, and the old network still answers -------------------------------------------


def refused(done: Result, *said: str) -> None:
    assert done.exit_code == 2
    assert done.stdout == ""
    for words in said:
        assert words in done.stderr


def still_answers(build: Path | None) -> None:
    assert home.build_in_use() == build
    assert rows(asked())[0]["served_at"] == "2026-11-24T16:25:00+08:00"


def test_a_torn_extract_changes_nothing(city):
    build = home.build_in_use()
    torn = city / "torn.osm.pbf"
    torn.write_bytes((city / "city.osm.pbf").read_bytes()[:-40])
    refused(run(map_, ["import-streets", str(torn)]), "torn.osm.pbf", "the network before stays in use")
    still_answers(build)
    refused(run(map_, ["import-streets", str(city / "none.osm.pbf")]), "none.osm.pbf")


@pytest.mark.parametrize("missing", ["stops.txt", "stop_times.txt", "trips.txt", "calendar.txt"])
def test_a_feed_without_a_file_changes_nothing(city, missing):
    build = home.build_in_use()
    bad = feed(city / "bad.zip", without=missing)
    refused(run(map_, ["import-gtfs", str(bad)]), missing, "the network before stays in use")
    still_answers(build)


def test_a_feed_with_a_bad_field_is_named_by_file_row_and_field(city):
    build = home.build_in_use()
    bad = feed(city / "bad.zip", pier="95.0,122.0")
    refused(run(map_, ["import-gtfs", str(bad)]), "stops.txt:3 stop_lat")
    still_answers(build)


def test_a_stop_in_the_sea_is_refused_with_its_place(city):
    build = home.build_in_use()
    middle = f"{beside(0, ISLAND / 2)[1]},{beside()[0]}"
    refused(
        run(map_, ["import-gtfs", str(feed(city / "sea.zip", pier=middle))]),
        "stops.txt:3 stop_lat",
        "in the sea",
    )
    still_answers(build)


def test_a_time_outside_the_calendar_names_the_days_there_are(city):
    refused(asked(when="2031-01-06T09:00"), "2031-01-06", "2026-11-01", "2026-12-31")
    refused(asked(when="tomorrow"), "--when is 'tomorrow'", "2026-11-24T15:40")


def test_coordinates_in_another_datum_or_swapped_are_offered_converted(city):
    place = beside(10, ISLAND)
    refused(asked(place=f"{place[1]},{place[0]}"), f"{place[0]:.6f},{place[1]:.6f}")
    refused(asked(place="12.5,41.9"), "WGS-84")
    refused(asked(place="122.2"), "--at is '122.2'")
    moved = wgs84_to_gcj02(*beside(2, ISLAND))
    shifted = asked(place=f"{moved[0]:.6f},{moved[1]:.6f}", when="2026-11-24T15:40")
    assert "GCJ-02" in shifted.stderr
    assert f"{place[1]:.3f}" in shifted.stderr


def test_an_unknown_item_is_said(city):
    done = run(map_, ["soonest", "--item", "no-such-item", "--at", at(), "--json"])
    refused(done, "no-such-item")
    refused(asked(words="zzzzqqq"), "means no item we know")
    refused(asked(words=""), "--words")


def test_without_a_network_every_answer_says_what_to_import(directory, settings, tmp_path):
    settings.VAR = tmp_path / "empty"
    for command in (["soonest", "--words", "身份证丢了", "--at", at()], ["coverage"], ["site"]):
        assert run(map_, command).exit_code == 2, command
    refused(run(map_, ["export", str(tmp_path / "out")]), "import streets and a timetable")
    refused(run(map_, ["build"]), "import-streets")


def test_a_folder_that_can_not_be_written_is_a_failure_of_ours(city, tmp_path):
    (tmp_path / "file").write_text("in the way")
    done = run(map_, ["export", str(tmp_path / "file" / "out")])
    assert done.exit_code == 1
    assert "can't be written" in done.stderr
