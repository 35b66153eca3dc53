"""GTFS feeds: what runs when, and every mistake reported by file, line and field."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from zhoudao.engines.wayfinding import BadFeed, OutsideCalendar
from zhoudao.engines.wayfinding.feed import NEVER_CHANGES, read_feed
from zhoudao.engines.wayfinding.tests.made import Feed, Trip
from zhoudao.engines.wayfinding.timetable import Timetable, in_language

FIRST, LAST = date(2026, 11, 16), date(2026, 12, 13)
EIGHT = 8 * 3600


def small() -> Feed:
    feed = Feed(stops={"a": (0, 0), "b": (5, 0), "c": (9, 0)}, lines={"L1": 3, "L2": 4})
    feed.services = {"weekdays": (FIRST, LAST, "1111100"), "weekends": (FIRST, LAST, "0000011")}
    feed.trips = [
        Trip(
            "bus", "L1", "weekdays",
            [("a", EIGHT, EIGHT), ("b", EIGHT + 300, EIGHT + 360), ("c", EIGHT + 600, EIGHT + 600)],
        ),
        Trip("boat", "L2", "weekends", [("a", EIGHT, EIGHT), ("c", EIGHT + 900, EIGHT + 900)], cars=True),
    ]  # fmt: skip
    return feed


def read(feed: Feed, folder: Path) -> Timetable:
    return read_feed(feed.write(folder / "feed.zip"))[0]


def departures(timetable: Timetable, day: date) -> list[tuple[str, int]]:
    hops = timetable.hops_of(day)
    return [(timetable.trip_codes[t], int(d)) for t, d in zip(hops.trip, hops.departure, strict=True)]


def test_calendars_say_what_runs_on_a_day(tmp_path: Path) -> None:
    timetable = read(small(), tmp_path)
    assert departures(timetable, date(2026, 11, 24)) == [("bus", EIGHT), ("bus", EIGHT + 360)]
    assert departures(timetable, date(2026, 11, 28)) == [("boat", EIGHT)]
    assert (timetable.first_day, timetable.last_day) == (FIRST, LAST)


def test_exceptions_add_and_remove(tmp_path: Path) -> None:
    feed = small()
    feed.exceptions = [("weekdays", date(2026, 11, 24), 2), ("weekends", date(2026, 11, 24), 1)]
    timetable = read(feed, tmp_path)
    assert departures(timetable, date(2026, 11, 24)) == [("boat", EIGHT)]


def test_days_can_be_given_by_exceptions_alone(tmp_path: Path) -> None:
    feed = small()
    feed.services = {}
    feed.exceptions = [("weekdays", date(2026, 11, 24), 1), ("weekends", date(2026, 11, 25), 1)]
    timetable = read(feed, tmp_path)
    assert (timetable.first_day, timetable.last_day) == (date(2026, 11, 24), date(2026, 11, 25))


def test_times_past_midnight_run_on_the_next_day(tmp_path: Path) -> None:
    feed = small()
    late = 25 * 3600
    calls = [("a", late - 7200, late - 7200), ("b", late, late), ("c", late + 60, late + 60)]
    feed.trips = [Trip("night", "L1", "weekends", calls)]
    timetable = read(feed, tmp_path)
    assert departures(timetable, date(2026, 11, 28)) == [("night", 23 * 3600)]
    assert departures(timetable, date(2026, 11, 30)) == [("night", 3600)]  # Sunday's, on Monday
    assert departures(timetable, date(2026, 12, 14)) == [("night", 3600)]  # the last day's, after it


def test_clock_changes_keep_noon_where_it_is(tmp_path: Path) -> None:
    """On 29 March 2026 Malta loses an hour at 02:00: times count from noon minus twelve hours."""
    feed = small()
    feed.timezone = "Europe/Malta"
    feed.services = {"weekdays": (date(2026, 3, 1), date(2026, 4, 30), "1111111")}
    feed.trips = [Trip("early", "L1", "weekdays", [("a", 3600 * 5, 3600 * 5), ("b", 3600 * 6, 3600 * 6)])]
    timetable = read(feed, tmp_path)
    for day in (date(2026, 3, 28), date(2026, 3, 29), date(2026, 3, 30)):
        (_, seconds), *more = departures(timetable, day)
        assert not more
        moment = datetime.fromtimestamp(timetable.midnight(day) + seconds, timetable.timezone)
        assert (moment.hour, moment.date()) == (5, day)
    assert timetable.midnight(date(2026, 3, 30)) - timetable.midnight(date(2026, 3, 29)) == 23 * 3600


def test_trips_by_headway_run_again_and_again(tmp_path: Path) -> None:
    feed = small()
    feed.frequencies = [("bus", 6 * 3600, 7 * 3600, 1200)]
    timetable = read(feed, tmp_path)
    assert [d for _, d in departures(timetable, date(2026, 11, 24))] == [
        21600, 21960, 22800, 23160, 24000, 24360,
    ]  # fmt: skip
    assert timetable.trip_codes == ("bus", "boat", "bus", "bus", "bus")


def test_days_that_run_alike_share_their_arrays(tmp_path: Path) -> None:
    timetable = read(small(), tmp_path)
    assert timetable.hops_of(date(2026, 11, 24)) is timetable.hops_of(date(2026, 11, 25))
    assert timetable.hops_of(date(2026, 11, 24)) is not timetable.hops_of(date(2026, 11, 28))


def test_piers_and_boats_that_take_cars(tmp_path: Path) -> None:
    timetable = read(small(), tmp_path)
    assert timetable.stop_codes == ("a", "b", "c")
    assert timetable.pier.tolist() == [True, False, True]
    assert timetable.car_pier.tolist() == [True, False, True]
    assert len(timetable.hops_of(date(2026, 11, 28)).with_cars.trip) == 1
    assert len(timetable.hops_of(date(2026, 11, 24)).with_cars.trip) == 0


def test_transfers_of_stations_hold_for_their_stops(tmp_path: Path) -> None:
    feed = small()
    header, *rows = feed.texts()["stops.txt"].splitlines()
    feed.extra["stops.txt"] = "\n".join(
        [
            f"{header},location_type,parent_station",
            *(f"{row},," for row in rows[1:]),
            f"{rows[0]},0,hall",
            "hall,Hall,30.0,122.0,1,",
            "",
        ]
    )
    feed.extra["transfers.txt"] = (
        "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nhall,c,2,240\nb,b,2,90\nc,c,3,\nb,c,3,\n"
    )
    timetable = read(feed, tmp_path)
    number = {code: at for at, code in enumerate(timetable.stop_codes)}
    assert sorted(timetable.transfers.tolist()) == sorted(
        [[number["a"], number["c"], 240], [number["b"], number["c"], -1]]
    )
    assert timetable.change[number["b"]] == 90
    assert timetable.change[number["c"]] == NEVER_CHANGES


def test_stops_between_times_are_spaced_evenly(tmp_path: Path) -> None:
    feed = small()
    text = feed.texts()["stop_times.txt"].replace("bus,08:05:00,08:06:00", "bus,,")
    feed.extra["stop_times.txt"] = text
    assert departures(read(feed, tmp_path), date(2026, 11, 24)) == [("bus", EIGHT), ("bus", EIGHT + 300)]


def test_names_in_another_language(tmp_path: Path) -> None:
    feed = small()
    feed.extra["translations.txt"] = (
        "table_name,field_name,language,translation,record_id,field_value\n"
        "stops,stop_name,en,Old Pier,a,\nroutes,route_short_name,en,Line One,,L1\n"
    )
    timetable = read(feed, tmp_path)
    assert in_language(timetable.stop_names[0], "en") == "Old Pier"
    assert in_language(timetable.stop_names[0], "zh") == "Stop a"
    assert in_language(timetable.lines[0].names, "en") == "Line One"


def test_every_row_is_kept_or_refused(tmp_path: Path) -> None:
    feed = small()
    feed.stops["unused"] = (3, 3)
    feed.trips.append(Trip("stub", "L1", "weekdays", [("a", EIGHT, EIGHT)]))
    _, report = read_feed(feed.write(tmp_path / "feed.zip"))
    assert report.rows["stops.txt"] == (4, 3, 1)
    assert report.rows["trips.txt"] == (3, 2, 1)
    assert report.rows["stop_times.txt"] == (6, 5, 1)
    assert all(read == kept + refused for read, kept, refused in report.rows.values())
    assert any("'stub' has 1 stops" in str(warning) for warning in report.warnings)


def test_a_folder_is_a_feed_too(tmp_path: Path) -> None:
    with zipfile.ZipFile(small().write(tmp_path / "feed.zip")) as archive:
        archive.extractall(tmp_path / "feed")
    assert read_feed(tmp_path / "feed")[0].stop_codes == ("a", "b", "c")


def test_a_day_outside_the_calendar_names_the_feeds_days(tmp_path: Path) -> None:
    timetable = read(small(), tmp_path)
    with pytest.raises(
        OutsideCalendar, match="from 2026-11-16 to 2026-12-13; nothing is known of 2026-12-14"
    ):
        timetable.require(LAST + timedelta(days=1))


# Mistakes


def replaced(file: str, old: str, new: str) -> Callable[[Feed], None]:
    def change(feed: Feed) -> None:
        text = feed.texts()[file]
        assert old in text
        feed.extra[file] = text.replace(old, new, 1)

    return change


MISTAKES = [
    (replaced("stops.txt", "Stop b,30.0", "Stop b,x30.0"), "stops.txt:3 stop_lat: 'x30.0"),
    (replaced("stops.txt", "Stop b,30.0", "Stop b,130.0"), "is not on Earth; expected degrees from -90 to 90"),
    (replaced("stops.txt", "b,Stop b", "a,Stop b"), "stops.txt:3 stop_id: 'a' is given twice"),
    (replaced("stops.txt", "stop_lat", "latitude"), "stops.txt:1 stop_lat: the column is missing"),
    (replaced("routes.txt", "L2,L2,4", "L2,L2,44"), "routes.txt:3 route_type: 44 is no kind of transport"),
    (replaced("routes.txt", "L2,L2,4", "L2,L2,x"), "routes.txt:3 route_type: 'x' is not a whole number"),
    (replaced("trips.txt", "L1,weekdays", "L9,weekdays"), "trips.txt:2 route_id: 'L9' is not in routes.txt"),
    (replaced("trips.txt", "L1,weekdays", "L1,summer"), "trips.txt:2 service_id: 'summer' is not in calendar.txt"),
    (replaced("trips.txt", "boat,1", "boat,yes"), "trips.txt:3 cars_allowed: 'yes'; expected 0 (unknown), 1 (yes)"),
    (replaced("stop_times.txt", "08:05:00", "8:65:00"), "stop_times.txt:3 arrival_time: '8:65:00' is not a time"),
    (replaced("stop_times.txt", "08:06:00", "08:04:00"), "stop_times.txt:3 departure_time: leaves at 08:04:00 before"),
    (replaced("stop_times.txt", "08:10:00", "08:01:00"), "stop_times.txt:4 arrival_time: 08:01:00, but it left"),
    (replaced("stop_times.txt", ",b,1,", ",z,1,"), "stop_times.txt:3 stop_id: 'z' is not in stops.txt"),
    (replaced("stop_times.txt", ",b,1,", ",b,0,"), "stop_sequence: 0 twice in one trip"),
    (replaced("stop_times.txt", "bus,08:00:00,08:00:00", "tram,08:00:00,08:00:00"), "'tram' is not in trips.txt"),
    (replaced("stop_times.txt", "bus,08:10:00,08:10:00", "bus,,"), "empty at an end of the trip"),
    (replaced("calendar.txt", "weekdays,1", "weekdays,2"), "calendar.txt:2 monday: '2'; expected 0 (no), 1 (yes)"),
    (replaced("calendar.txt", "20261116", "20261316"), "calendar.txt:2 start_date: '20261316' is not a date"),
    (replaced("calendar.txt", "20261213", "20251213"), "calendar.txt:2 end_date: 2025-12-13 is before 2026-11-16"),
    (replaced("agency.txt", "Asia/Shanghai", "Asia/Zhoushan"), "'Asia/Zhoushan' is no time zone"),
    (replaced("frequencies.txt", "\n", "\nbus,06:00:00,05:00:00,600\n"), "frequencies.txt:2 end_time: 05:00:00"),
    (replaced("frequencies.txt", "\n", "\nbus,06:00:00,07:00:00,0\n"), "frequencies.txt:2 headway_secs: 0"),
    (replaced("transfers.txt", "\n", "\na,z,2,60\n"), "transfers.txt:2 to_stop_id: 'z' is not in stops.txt"),
    (replaced("transfers.txt", "\n", "\na,b,9,60\n"), "transfers.txt:2 transfer_type: '9'; expected 0 (best here)"),
    (replaced("calendar_dates.txt", "\n", "\nweekdays,20261124,3\n"), "calendar_dates.txt:2 exception_type: '3'"),
    (replaced("stops.txt", "Stop a", '"Stop a'), "stops.txt:"),
    (replaced("stops.txt", "Stop a", "Stop, a, pier"), "stops.txt:2: 6 fields; expected at most 4"),
]  # fmt: skip


@pytest.mark.parametrize(("mistake", "message"), MISTAKES, ids=[message for _, message in MISTAKES])
def test_a_mistake_is_named_by_file_line_and_field(
    tmp_path: Path, mistake: Callable[[Feed], None], message: str
) -> None:
    feed = small()
    mistake(feed)
    with pytest.raises(BadFeed) as caught:
        read(feed, tmp_path)
    assert message in str(caught.value)


def test_all_mistakes_are_reported_at_once(tmp_path: Path) -> None:
    feed = small()
    for file, old, new in (
        ("stops.txt", "Stop b,30.0", "Stop b,x"),
        ("routes.txt", "L2,L2,4", "L2,L2,x"),
        ("calendar.txt", "weekdays,1", "weekdays,2"),
    ):
        replaced(file, old, new)(feed)
    with pytest.raises(BadFeed) as caught:
        read(feed, tmp_path)
    assert {"stops.txt", "routes.txt", "calendar.txt"} <= {problem.file for problem in caught.value.problems}


def test_quoted_lines_count_as_the_lines_they_are(tmp_path: Path) -> None:
    feed = small()
    replaced("stops.txt", "Stop a", '"Stop\na"')(feed)
    replaced("stops.txt", "Stop c,30.0", "Stop c,x30")(feed)
    with pytest.raises(BadFeed, match=r"stops\.txt:5 stop_lat"):
        read(feed, tmp_path)


@pytest.mark.parametrize(
    "name", ["agency.txt", "stops.txt", "routes.txt", "trips.txt", "stop_times.txt", "calendar.txt"]
)
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    feed = small()
    texts = feed.texts()
    del texts[name]
    texts.pop("calendar_dates.txt", None) if name == "calendar.txt" else None
    path = tmp_path / "feed.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in texts.items():
            archive.writestr(file, text)
    with pytest.raises(BadFeed, match=f"{name}: the file is missing"):
        read_feed(path)


@pytest.mark.parametrize("damage", ["half", "flipped", "text", "absent"])
def test_a_torn_zip_is_refused(tmp_path: Path, damage: str) -> None:
    whole = small().write(tmp_path / "whole.zip").read_bytes()
    path = tmp_path / "torn.zip"
    if damage != "absent":
        middle = len(whole) // 3
        path.write_bytes(
            {
                "half": whole[: len(whole) // 2],
                "flipped": whole[:middle]
                + bytes(b ^ 0xFF for b in whole[middle : middle + 40])
                + whole[middle + 40 :],
                "text": b"stop_id,stop_name\n",
            }[damage]
        )
    with pytest.raises(BadFeed, match=r"torn\.zip|\.txt"):
        read_feed(path)


def test_bytes_that_are_not_utf8_are_named_by_line(tmp_path: Path) -> None:
    texts = small().texts()
    path = tmp_path / "feed.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in texts.items():
            archive.writestr(
                file, text.replace("Stop b", "定海").encode("gbk" if file == "stops.txt" else "utf-8")
            )
    with pytest.raises(BadFeed, match=r"stops\.txt:3: byte \d+ is not UTF-8"):
        read_feed(path)
