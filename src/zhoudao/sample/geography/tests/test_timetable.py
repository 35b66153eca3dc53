"""gtfs.zip is a valid feed: what it names exists, times go forward, calendars cover the season."""

import re
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from scipy.spatial import cKDTree

from zhoudao.sample.geography import timetable
from zhoudao.sample.geography.plane import Plane

REQUIRED = {
    "agency.txt": {"agency_id", "agency_name", "agency_url", "agency_timezone"},
    "stops.txt": {"stop_id", "stop_name", "stop_lat", "stop_lon"},
    "routes.txt": {"route_id", "agency_id", "route_short_name", "route_long_name", "route_type"},
    "trips.txt": {"route_id", "service_id", "trip_id", "shape_id", "cars_allowed"},
    "stop_times.txt": {"trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence"},
    "calendar.txt": {"service_id", *timetable.WEEKDAY_FIELDS, "start_date", "end_date"},
    "calendar_dates.txt": {"service_id", "date", "exception_type"},
    "feed_info.txt": {"feed_publisher_name", "feed_publisher_url", "feed_lang", "feed_start_date"},
    "frequencies.txt": {"trip_id", "start_time", "end_time", "headway_secs"},
    "shapes.txt": {"shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence"},
    "transfers.txt": {"from_stop_id", "to_stop_id", "transfer_type", "min_transfer_time"},
    "translations.txt": {"table_name", "field_name", "language", "translation", "record_id"},
}


def seconds(text: str) -> int:
    assert re.fullmatch(r"\d\d:[0-5]\d:[0-5]\d", text)
    hours, minutes, rest = map(int, text.split(":"))
    return hours * 3600 + minutes * 60 + rest


def trips_on(feed, day: date) -> set[str]:
    """Trips whose service runs on a day, by the rules of GTFS."""
    stamp, weekday = day.strftime("%Y%m%d"), timetable.WEEKDAY_FIELDS[day.weekday()]
    running = {
        row["service_id"]
        for row in feed["calendar.txt"]
        if row[weekday] == "1" and row["start_date"] <= stamp <= row["end_date"]
    }
    for row in feed["calendar_dates.txt"]:
        if row["date"] == stamp:
            (running.add if row["exception_type"] == "1" else running.discard)(row["service_id"])
    return {row["trip_id"] for row in feed["trips.txt"] if row["service_id"] in running}


def departures(feed, stop: str, day: date) -> list[str]:
    running = trips_on(feed, day)
    last = {}
    for row in feed["stop_times.txt"]:
        last[row["trip_id"]] = int(row["stop_sequence"])
    return [
        row["departure_time"]
        for row in feed["stop_times.txt"]
        if row["stop_id"] == stop
        and row["trip_id"] in running
        and int(row["stop_sequence"]) < last[row["trip_id"]]
    ]


@pytest.fixture
def feed(ground):
    return ground.feed


def test_every_file_has_its_fields(feed):
    for name, fields in REQUIRED.items():
        assert fields <= set(feed[name][0]), name


def test_everything_named_exists(feed):
    def ids(name, field):
        values = [row[field] for row in feed[name]]
        assert len(set(values)) == len(values), name
        return set(values)

    agencies, stops, routes = (
        ids("agency.txt", "agency_id"),
        ids("stops.txt", "stop_id"),
        ids("routes.txt", "route_id"),
    )
    trips, services = ids("trips.txt", "trip_id"), ids("calendar.txt", "service_id")
    shapes = {row["shape_id"] for row in feed["shapes.txt"]}
    assert {row["agency_id"] for row in feed["routes.txt"]} <= agencies
    assert {row["route_id"] for row in feed["trips.txt"]} == routes
    assert {row["service_id"] for row in feed["trips.txt"]} == services
    assert {row["shape_id"] for row in feed["trips.txt"]} == shapes
    assert {row["trip_id"] for row in feed["stop_times.txt"]} == trips
    assert {row["stop_id"] for row in feed["stop_times.txt"]} == stops
    assert {row["trip_id"] for row in feed["frequencies.txt"]} <= trips
    assert {row["service_id"] for row in feed["calendar_dates.txt"]} <= services
    for row in feed["transfers.txt"]:
        assert {row["from_stop_id"], row["to_stop_id"]} <= stops


def test_times_and_distances_go_forward(feed):
    calls = {}
    for row in feed["stop_times.txt"]:
        calls.setdefault(row["trip_id"], []).append(row)
    for rows in calls.values():
        assert len(rows) >= 2
        assert [int(row["stop_sequence"]) for row in rows] == list(range(1, len(rows) + 1))
        times = [seconds(row[field]) for row in rows for field in ("arrival_time", "departure_time")]
        assert times == sorted(times)
        assert seconds(rows[-1]["arrival_time"]) > seconds(rows[0]["departure_time"])
        along = [float(row["shape_dist_traveled"]) for row in rows]
        assert along == sorted(along)
        assert all(a["stop_id"] != b["stop_id"] for a, b in pairwise(rows))


def test_some_boat_or_bus_runs_past_midnight(feed):
    assert any(row["departure_time"] >= "24:00:00" for row in feed["stop_times.txt"])


def test_speeds_are_those_of_boats_and_buses(feed):
    kind = {row["route_id"]: row["route_type"] for row in feed["routes.txt"]}
    route = {row["trip_id"]: kind[row["route_id"]] for row in feed["trips.txt"]}
    first, last = {}, {}
    for row in feed["stop_times.txt"]:
        first.setdefault(row["trip_id"], row)
        last[row["trip_id"]] = row
    for trip, start in first.items():
        metres = float(last[trip]["shape_dist_traveled"]) - float(start["shape_dist_traveled"])
        kmh = metres / (seconds(last[trip]["arrival_time"]) - seconds(start["departure_time"])) * 3.6
        assert 5 < kmh < (60 if route[trip] == "4" else 50), trip


def test_calendars_cover_the_season(ground, feed):
    lines = ground.pack.lines
    assert (lines.starts, lines.ends) == ("2026-09-01", "2027-02-28")
    day = date.fromisoformat(lines.starts)
    while day <= date.fromisoformat(lines.ends):
        assert trips_on(feed, day), day
        day += timedelta(days=1)
    assert feed["feed_info.txt"][0]["feed_start_date"] == "20260901"


def test_a_holiday_runs_as_a_sunday_and_a_make_up_day_as_a_weekday(feed):
    exceptions = {
        (row["service_id"], row["date"]): row["exception_type"] for row in feed["calendar_dates.txt"]
    }
    services = {row["service_id"] for row in feed["calendar.txt"]}
    for service, on_holiday, on_makeup in (("weekdays", "2", "1"), ("weekend", "1", "2")):
        assert service in services
        assert exceptions[service, "20261001"] == on_holiday
        assert exceptions[service, "20261010"] == on_makeup
    assert not any(service == "daily" for service, _ in exceptions)


@pytest.mark.parametrize(
    ("days", "plan", "usual", "runs"),
    [
        ({"wed"}, "holiday", True, True),  # the only boat of the week goes
        ({"wed"}, "holiday", False, False),
        ({"sat", "sun"}, "holiday", False, True),
        ({"fri", "sat", "sun"}, "holiday", False, True),
        ({"mon", "tue", "wed", "thu", "fri"}, "holiday", True, False),
        ({"mon", "tue", "wed", "thu", "fri"}, "makeup", False, True),
        ({"sat", "sun"}, "makeup", True, False),
        ({"sat"}, "makeup", True, True),
        (set(timetable.WEEK), "holiday", True, True),
        (set(timetable.WEEK), "makeup", True, True),
    ],
)
def test_the_rule_for_holidays(days, plan, usual, runs):
    assert timetable.runs_on_exception(frozenset(days), usual, plan) is runs


def test_departures_are_read_as_written():
    assert list(timetable.times(["07:00", "23:30-24:30/30"])) == [25200, 84600, 86400, 88200]


def test_some_island_has_no_boat_on_the_day_the_sample_stands_at(ground, feed):
    today = ground.city.as_of.date()
    assert today == date(2026, 11, 24)
    piers = [row["stop_id"] for row in feed["stops.txt"] if row["stop_id"].startswith("p-")]
    idle = [pier for pier in piers if not departures(feed, pier, today)]
    assert idle
    for pier in idle:
        assert any(departures(feed, pier, today + timedelta(days=ahead)) for ahead in range(1, 8)), pier


def test_every_pier_of_a_timed_line_has_boats_both_ways(feed):
    ferries = {row["route_id"] for row in feed["routes.txt"] if row["route_type"] == "4"}
    assert {
        (row["route_id"], row["direction_id"]) for row in feed["trips.txt"] if row["route_id"] in ferries
    } == {(route, direction) for route in ferries for direction in "01"}


def test_cars_are_allowed_on_car_ferries_alone(ground, feed):
    carrying = {ferry.code for ferry in ground.pack.lines.ferries if ferry.cars}
    assert carrying
    for row in feed["trips.txt"]:
        assert row["cars_allowed"] == ("1" if row["route_id"] in carrying else "2")


def test_frequencies_are_whole(feed):
    for row in feed["frequencies.txt"]:
        assert seconds(row["end_time"]) > seconds(row["start_time"])
        assert int(row["headway_secs"]) >= 300
        assert row["exact_times"] == "0"


def test_stops_are_corners_of_the_streets(ground, feed):
    tree = cKDTree(np.array(list(ground.nodes.values())))
    spots = np.array([[float(row["stop_lon"]), float(row["stop_lat"])] for row in feed["stops.txt"]])
    assert tree.query(spots)[0].max() < 2e-6


def test_stops_of_one_line_keep_a_walk_apart(ground, feed):
    plane = Plane.of(ground.city)
    spot = {
        row["stop_id"]: plane.point(float(row["stop_lon"]), float(row["stop_lat"]))
        for row in feed["stops.txt"]
    }
    calls = {}
    for row in feed["stop_times.txt"]:
        calls.setdefault(row["trip_id"], []).append(row["stop_id"])
    gaps = [spot[a].distance(spot[b]) for stops in calls.values() for a, b in pairwise(stops)]
    assert np.median(gaps) > 300


def test_english_names_are_there(feed):
    told = {(row["table_name"], row["record_id"]) for row in feed["translations.txt"]}
    assert {("stops", row["stop_id"]) for row in feed["stops.txt"]} <= told
    assert {("routes", row["route_id"]) for row in feed["routes.txt"]} <= told
    headsigns = {
        row["field_value"] for row in feed["translations.txt"] if row["field_name"] == "trip_headsign"
    }
    assert {row["trip_headsign"] for row in feed["trips.txt"]} <= headsigns


def test_the_city_size_has_as_many_lines_as_asked(ground, feed):
    kinds = [row["route_type"] for row in feed["routes.txt"]]
    assert kinds.count("4") == len(ground.pack.lines.ferries)
    assert kinds.count("3") == min(ground.city.sample[ground.size].bus_lines, len(ground.pack.lines.buses))
