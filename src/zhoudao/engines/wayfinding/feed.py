"""Read a GTFS feed (zip or folder) into a `Timetable`; every mistake is reported by file, line and field.

Written after the GTFS Schedule reference (gtfs.org): agency, stops, routes, trips, stop_times, calendar,
calendar_dates, frequencies, transfers, shapes, translations, feed_info; `trips.cars_allowed` tells the
ferries that take cars. A feed with any error is refused whole. What is legal but not used here (in-seat
transfers, flexible trips) is a warning.
"""

from __future__ import annotations

import csv
import re
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from zhoudao.engines.wayfinding.problems import BadFeed, Problem
from zhoudao.engines.wayfinding.timetable import FERRY, Line, Names, Timetable, mode_of

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NO_TRANSFER = -1
NEVER_CHANGES = 10**9
"""Seconds of change at a stop where the feed forbids changing."""
LONGEST_TIME = 100 * 3600
"""A time past this is a typing mistake, seconds."""
MOST_PROBLEMS = 1000
"""Stop listing problems of one feed here."""


@dataclass(frozen=True)
class FeedReport:
    """How many rows of each file were read, kept and refused (read = kept + refused), and what was odd."""

    file: str
    rows: dict[str, tuple[int, int, int]]
    warnings: tuple[Problem, ...]


def read_feed(path: str | Path) -> tuple[Timetable, FeedReport]:
    """Read a feed. Raises BadFeed with every problem found."""
    reader = _Reader(Path(path))
    timetable = reader.timetable()
    return timetable, FeedReport(reader.path.name, reader.counted(), tuple(reader.warnings))


@dataclass
class _Table:
    name: str
    columns: dict[str, int]
    lines: list[int]
    rows: list[list[str]]
    refused: int = 0

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        return zip(self.lines, self.rows, strict=True)

    def cell(self, row: list[str], column: str, default: str = "") -> str:
        at = self.columns.get(column, -1)
        return row[at].strip() if 0 <= at < len(row) else default


@dataclass
class _Trips:
    code: list[str] = field(default_factory=list)
    line: list[int] = field(default_factory=list)
    service: list[int] = field(default_factory=list)
    headsign: list[Names] = field(default_factory=list)
    takes_cars: list[bool] = field(default_factory=list)
    shape: list[int] = field(default_factory=list)
    row: list[int] = field(default_factory=list)


@dataclass
class _Calls:
    """Rows of stop_times, sorted by trip and sequence."""

    trip: NDArray[np.int32]
    stop: NDArray[np.int32]
    arrival: NDArray[np.int64]
    departure: NDArray[np.int64]
    may_board: NDArray[np.bool_]
    may_alight: NDArray[np.bool_]
    row: NDArray[np.int64]


class _Reader:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        self.tables: dict[str, _Table] = {}
        self.texts = self._unpack()

    # Files and cells

    def _unpack(self) -> dict[str, bytes]:
        expected = "a GTFS zip file or a folder"
        try:
            if self.path.is_dir():
                return {found.name: found.read_bytes() for found in sorted(self.path.glob("*.txt"))}
            with zipfile.ZipFile(self.path) as archive:
                return {name: archive.read(name) for name in archive.namelist() if name.endswith(".txt")}
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            raise BadFeed(
                [Problem(self.path.name, None, "", f"torn or not a zip ({error})", expected)]
            ) from error
        except OSError as error:
            raise BadFeed(
                [Problem(self.path.name, None, "", error.strerror or str(error), expected)]
            ) from error

    def error(self, file: str, row: int | None, column: str, problem: str, expected: str = "") -> None:
        self.problems.append(Problem(file, row, column, problem, expected))
        if len(self.problems) >= MOST_PROBLEMS:
            raise BadFeed(self.problems)

    def warn(self, file: str, row: int | None, column: str, problem: str, expected: str = "") -> None:
        self.warnings.append(Problem(file, row, column, problem, expected))

    def table(self, name: str, needs: tuple[str, ...], required: bool = False) -> _Table:
        """The rows of a file; an empty table when it is not there (an error if it must be)."""
        table = self.tables[name] = _Table(name, {}, [], [])
        if name not in self.texts:
            if required:
                self.error(name, None, "", "the file is missing from the feed", "it is required")
            return table
        raw = self.texts[name]
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            self.error(name, line, "", f"byte {error.start} is not UTF-8", "UTF-8 text")
            return table
        records = csv.reader(text.splitlines(keepends=True), strict=True)
        begun = 0
        try:
            for record in records:
                line, begun = begun + 1, records.line_num
                if not any(cell.strip() for cell in record):
                    continue
                if not table.columns:
                    table.columns = {column.strip(): at for at, column in enumerate(record)}
                    missing = [column for column in needs if column not in table.columns]
                    for column in missing:
                        self.error(name, line, column, "the column is missing", ", ".join(needs))
                    if missing:
                        return table
                elif len(record) > len(table.columns):
                    table.lines.append(line)
                    table.rows.append(record)
                    self.error(
                        name,
                        line,
                        "",
                        f"{len(record)} fields",
                        f"at most {len(table.columns)}, as in the header",
                    )
                else:
                    table.lines.append(line)
                    table.rows.append(record)
        except csv.Error as error:
            self.error(name, records.line_num, "", str(error), "comma-separated values, quotes closed")
        if not table.columns:
            self.error(name, 1, "", "the file is empty", "a header row")
        return table

    def number(
        self, table: _Table, line: int, row: list[str], column: str, default: int | None = None
    ) -> int | None:
        text = table.cell(row, column)
        if not text and default is not None:
            return default
        if re.fullmatch(r"[+-]?\d+", text):
            return int(text)
        self.error(
            table.name, line, column, f"{text!r} is not a whole number" if text else "empty", "a whole number"
        )
        return None

    def day(self, table: _Table, line: int, row: list[str], column: str) -> date | None:
        text = table.cell(row, column)
        if re.fullmatch(r"\d{8}", text):
            try:
                return date(int(text[:4]), int(text[4:6]), int(text[6:]))
            except ValueError:
                pass
        self.error(table.name, line, column, f"{text!r} is not a date", "YYYYMMDD")
        return None

    def time(self, table: _Table, line: int, text: str, column: str) -> int | None:
        match = re.fullmatch(r"(\d{1,3}):([0-5]\d):([0-5]\d)", text)
        if match:
            seconds = int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3])
            if seconds <= LONGEST_TIME:
                return seconds
        self.error(table.name, line, column, f"{text!r} is not a time", "HH:MM:SS, hours may pass 24")
        return None

    def unique(self, table: _Table, line: int, code: str, column: str, known: dict[str, int]) -> bool:
        if not code:
            self.error(table.name, line, column, "empty", "an identifier")
        elif code in known:
            self.error(table.name, line, column, f"{code!r} is given twice", "identifiers that differ")
        else:
            return True
        return False

    def counted(self) -> dict[str, tuple[int, int, int]]:
        return {
            name: (len(table.rows), len(table.rows) - table.refused, table.refused)
            for name, table in self.tables.items()
            if name in self.texts
        }

    # The feed

    def timetable(self) -> Timetable:
        timezone = self._timezone()
        self.names = self._translations()
        stops, stop_number, children = self._stops()
        lines, line_number = self._lines()
        services, first_day, active = self._services()
        shapes, shape_number = self._shapes()
        trips, trip_number = self._trips(line_number, services, shape_number)
        calls = self._calls(trips, trip_number, stop_number)
        frequencies = self._frequencies(trip_number)
        transfers = self._transfers(stop_number, children)
        if self.problems:
            raise BadFeed(self.problems)
        hops, owners = self._hops(trips, calls, frequencies)
        return self._assemble(
            timezone, stops, lines, trips, owners, shapes, first_day, active, hops, transfers
        )

    def _timezone(self) -> ZoneInfo:
        table = self.table("agency.txt", ("agency_name", "agency_timezone"), required=True)
        zone = ZoneInfo("UTC")
        named: set[str] = set()
        for line, row in table:
            name = table.cell(row, "agency_timezone")
            try:
                zone = ZoneInfo(name)
                named.add(name)
            except (ValueError, OSError, KeyError):
                self.error(
                    table.name,
                    line,
                    "agency_timezone",
                    f"{name!r} is no time zone",
                    "a name like Asia/Shanghai",
                )
        if len(named) > 1:
            self.error(
                table.name, None, "agency_timezone", f"{len(named)} time zones", "one for the whole feed"
            )
        if table.columns and not table.rows:
            self.error(table.name, None, "", "no agency", "one row or more")
        return zone

    def _translations(self) -> dict[tuple[str, str, str], dict[str, str]]:
        """Translated texts by (table, field, text or identifier)."""
        table = self.table("translations.txt", ("table_name", "field_name", "language", "translation"))
        found: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
        for _, row in table:
            what, column = table.cell(row, "table_name"), table.cell(row, "field_name")
            of = table.cell(row, "record_id") or table.cell(row, "field_value")
            found[what, column, of][table.cell(row, "language")] = table.cell(row, "translation")
        return found

    def named(self, what: str, column: str, code: str, text: str) -> Names:
        return {
            "": text,
            **self.names.get((what, column, text), {}),
            **self.names.get((what, column, code), {}),
        }

    def _stops(
        self,
    ) -> tuple[list[tuple[str, Names, float, float, int]], dict[str, int], dict[str, list[str]]]:
        table = self.table("stops.txt", ("stop_id", "stop_name", "stop_lat", "stop_lon"), required=True)
        stops: list[tuple[str, Names, float, float, int]] = []
        number: dict[str, int] = {}
        children: dict[str, list[str]] = defaultdict(list)
        parents: list[tuple[int, str]] = []
        known: dict[str, int] = {}
        for line, row in table:
            code = table.cell(row, "stop_id")
            if not self.unique(table, line, code, "stop_id", known):
                continue
            known[code] = line
            kind = self.number(table, line, row, "location_type", 0)
            if kind != 0:  # stations, entrances and areas: nothing stops there
                if kind == 1:
                    children.setdefault(code, [])
                continue
            lat = self._degrees(table, line, row, "stop_lat", 90)
            lon = self._degrees(table, line, row, "stop_lon", 180)
            if lat is None or lon is None:
                continue
            number[code] = len(stops)
            stops.append(
                (code, self.named("stops", "stop_name", code, table.cell(row, "stop_name")), lon, lat, line)
            )
            if parent := table.cell(row, "parent_station"):
                parents.append((line, parent))
                children[parent].append(code)
        for line, parent in parents:
            if parent not in known:
                self.error(table.name, line, "parent_station", f"{parent!r} is not in stops.txt", "a stop_id")
        return stops, number, children

    def _degrees(self, table: _Table, line: int, row: list[str], column: str, most: int) -> float | None:
        text = table.cell(row, column)
        try:
            value = float(text)
        except ValueError:
            self.error(
                table.name, line, column, f"{text!r} is not a number" if text else "empty", "degrees, WGS-84"
            )
            return None
        if not -most <= value <= most:
            self.error(table.name, line, column, f"{text} is not on Earth", f"degrees from -{most} to {most}")
            return None
        return value

    def _lines(self) -> tuple[list[Line], dict[str, int]]:
        table = self.table("routes.txt", ("route_id", "route_type"), required=True)
        lines: list[Line] = []
        number: dict[str, int] = {}
        for line, row in table:
            code = table.cell(row, "route_id")
            if not self.unique(table, line, code, "route_id", number):
                continue
            kind = self.number(table, line, row, "route_type")
            mode = "" if kind is None else mode_of(kind)
            if kind is not None and not mode:
                self.error(
                    table.name, line, "route_type", f"{kind} is no kind of transport", "a GTFS route_type"
                )
            long = self.named("routes", "route_long_name", code, table.cell(row, "route_long_name"))
            short = self.named("routes", "route_short_name", code, table.cell(row, "route_short_name"))
            number[code] = len(lines)
            lines.append(Line(code, short if short[""] else long, long, mode or "bus"))
        return lines, number

    def _services(self) -> tuple[dict[str, int], date, NDArray[np.bool_]]:
        spans, exceptions = self._calendar(), self._exceptions()
        names = sorted({*spans, *exceptions})
        days = [day for start, end, _ in spans.values() for day in (start, end)]
        days += [day for those in exceptions.values() for day, _ in those]
        if "calendar.txt" not in self.texts and "calendar_dates.txt" not in self.texts:
            self.error(
                "calendar.txt", None, "", "the file is missing from the feed", "it or calendar_dates.txt"
            )
        if not days:
            if not self.problems:
                self.error("calendar.txt", None, "", "no service runs on any day", "one row or more")
            return (
                {name: at for at, name in enumerate(names)},
                date(1970, 1, 1),
                np.zeros((len(names), 1), np.bool_),
            )
        first, last = min(days), max(days)
        active = np.zeros((len(names), (last - first).days + 1), dtype=np.bool_)
        for at, name in enumerate(names):
            if name in spans:
                start, end, week = spans[name]
                for offset in range((start - first).days, (end - first).days + 1):
                    active[at, offset] = week[(first + timedelta(days=offset)).weekday()]
            for day, runs in exceptions.get(name, ()):
                active[at, (day - first).days] = runs
        return {name: at for at, name in enumerate(names)}, first, active

    def _calendar(self) -> dict[str, tuple[date, date, tuple[bool, ...]]]:
        table = self.table("calendar.txt", ("service_id", *WEEKDAYS, "start_date", "end_date"))
        spans: dict[str, tuple[date, date, tuple[bool, ...]]] = {}
        known: dict[str, int] = {}
        for line, row in table:
            code = table.cell(row, "service_id")
            if not self.unique(table, line, code, "service_id", known):
                continue
            known[code] = line
            week = []
            for weekday in WEEKDAYS:
                text = table.cell(row, weekday)
                if text not in ("0", "1"):
                    self.error(table.name, line, weekday, f"{text!r}", "0 or 1")
                week.append(text == "1")
            start, end = self.day(table, line, row, "start_date"), self.day(table, line, row, "end_date")
            if start is None or end is None:
                continue
            if end < start:
                self.error(
                    table.name, line, "end_date", f"{end} is before {start}", "a day not before start_date"
                )
                continue
            spans[code] = (start, end, tuple(week))
        return spans

    def _exceptions(self) -> dict[str, list[tuple[date, bool]]]:
        table = self.table("calendar_dates.txt", ("service_id", "date", "exception_type"))
        exceptions: dict[str, list[tuple[date, bool]]] = defaultdict(list)
        for line, row in table:
            day = self.day(table, line, row, "date")
            kind = table.cell(row, "exception_type")
            if kind not in ("1", "2"):
                self.error(table.name, line, "exception_type", f"{kind!r}", "1 (added) or 2 (removed)")
            elif day is not None:
                exceptions[table.cell(row, "service_id")].append((day, kind == "1"))
        return exceptions

    def _shapes(self) -> tuple[list[NDArray[np.float64]], dict[str, int]]:
        table = self.table("shapes.txt", ("shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence"))
        points: dict[str, list[tuple[int, float, float]]] = defaultdict(list)
        for line, row in table:
            sequence = self.number(table, line, row, "shape_pt_sequence")
            lat = self._degrees(table, line, row, "shape_pt_lat", 90)
            lon = self._degrees(table, line, row, "shape_pt_lon", 180)
            if sequence is not None and lat is not None and lon is not None:
                points[table.cell(row, "shape_id")].append((sequence, lon, lat))
        shapes = [np.array([point[1:] for point in sorted(those)]) for those in points.values()]
        return shapes, {code: at for at, code in enumerate(points)}

    def _trips(
        self, line_number: dict[str, int], services: dict[str, int], shape_number: dict[str, int]
    ) -> tuple[_Trips, dict[str, int]]:
        table = self.table("trips.txt", ("route_id", "service_id", "trip_id"), required=True)
        trips, number = _Trips(), dict[str, int]()
        headsigns: dict[str, Names] = {}
        for line, row in table:
            code, route = table.cell(row, "trip_id"), table.cell(row, "route_id")
            service, shape = table.cell(row, "service_id"), table.cell(row, "shape_id")
            if not self.unique(table, line, code, "trip_id", number):
                continue
            if route not in line_number:
                self.error(table.name, line, "route_id", f"{route!r} is not in routes.txt", "a route_id")
            if service not in services:
                self.error(table.name, line, "service_id", f"{service!r} is in no calendar", "a service_id")
            if shape and shape not in shape_number:
                self.error(table.name, line, "shape_id", f"{shape!r} is not in shapes.txt", "a shape_id")
            cars = table.cell(row, "cars_allowed") or "0"
            if cars not in ("0", "1", "2"):
                self.error(table.name, line, "cars_allowed", f"{cars!r}", "0 (unknown), 1 (yes) or 2 (no)")
            text = table.cell(row, "trip_headsign")
            number[code] = len(trips.code)
            trips.code.append(code)
            trips.line.append(line_number.get(route, 0))
            trips.service.append(services.get(service, 0))
            trips.headsign.append(
                headsigns.setdefault(text, self.named("trips", "trip_headsign", code, text))
            )
            trips.takes_cars.append(cars == "1")
            trips.shape.append(shape_number.get(shape, -1))
            trips.row.append(line)
        return trips, number

    def _calls(self, trips: _Trips, trip_number: dict[str, int], stop_number: dict[str, int]) -> _Calls:
        table = self.table(
            "stop_times.txt",
            ("trip_id", "stop_id", "stop_sequence", "arrival_time", "departure_time"),
            required=True,
        )
        seconds: dict[str, int | None] = {"": -1}
        cells: list[tuple[int, int, int, int, int, bool, bool, int]] = []
        for line, row in table:
            trip = trip_number.get(table.cell(row, "trip_id"))
            stop = stop_number.get(table.cell(row, "stop_id"))
            if trip is None:
                self.error(
                    table.name,
                    line,
                    "trip_id",
                    f"{table.cell(row, 'trip_id')!r} is not in trips.txt",
                    "a trip_id",
                )
            if stop is None:
                self.error(
                    table.name,
                    line,
                    "stop_id",
                    f"{table.cell(row, 'stop_id')!r} is no stop of stops.txt",
                    "a stop_id",
                )
            sequence = self.number(table, line, row, "stop_sequence")
            times = []
            for column in ("arrival_time", "departure_time"):
                text = table.cell(row, column)
                if text not in seconds:
                    value = self.time(table, line, text, column)
                    if value is not None:
                        seconds[text] = value
                    times.append(value)
                else:
                    times.append(seconds[text])
            arrival, departure = times
            if trip is None or stop is None or sequence is None or arrival is None or departure is None:
                continue
            if arrival < 0 <= departure or departure < 0 <= arrival:  # one given: it is both
                arrival = departure = max(arrival, departure)
            board, alight = table.cell(row, "pickup_type"), table.cell(row, "drop_off_type")
            cells.append((trip, sequence, stop, arrival, departure, board != "1", alight != "1", line))
        columns = np.array(cells, dtype=np.int64).reshape(-1, 8)
        trip, sequence, stop, arrival, departure, board, alight, rows = columns[
            np.lexsort((columns[:, 1], columns[:, 0]))
        ].T
        calls = _Calls(
            trip.astype(np.int32),
            stop.astype(np.int32),
            arrival.copy(),
            departure.copy(),
            board > 0,
            alight > 0,
            rows,
        )
        self._check_calls(table, trips, calls, sequence)
        return calls

    def _check_calls(self, table: _Table, trips: _Trips, calls: _Calls, sequence: NDArray[np.int64]) -> None:
        same = calls.trip[1:] == calls.trip[:-1]
        for at in np.flatnonzero(same & (sequence[1:] == sequence[:-1])):
            self.error(
                table.name,
                int(calls.row[at + 1]),
                "stop_sequence",
                f"{sequence[at]} twice in one trip",
                "rising numbers",
            )
        begins = (
            np.flatnonzero(np.concatenate([[True], ~same]))
            if len(calls.trip)
            else np.zeros(0, dtype=np.int64)
        )
        finishes = np.concatenate([begins[1:], [len(calls.trip)]]) - 1 if len(begins) else begins
        for at in np.unique(np.concatenate([begins, finishes])).astype(int):
            if calls.departure[at] < 0:
                self.error(
                    table.name,
                    int(calls.row[at]),
                    "departure_time",
                    "empty at an end of the trip",
                    "HH:MM:SS",
                )
                return
        _space_evenly(calls)
        for at in np.flatnonzero(calls.departure < calls.arrival):
            self.error(
                table.name, int(calls.row[at]), "departure_time",
                f"leaves at {clock(calls.departure[at])} before it arrives at {clock(calls.arrival[at])}",
                "a time not before arrival_time",
            )  # fmt: skip
        for at in np.flatnonzero(same & (calls.arrival[1:] < calls.departure[:-1])) + 1:
            self.error(
                table.name, int(calls.row[at]), "arrival_time",
                f"{clock(calls.arrival[at])}, but it left the last stop at {clock(calls.departure[at - 1])}",
                "times that rise along the trip",
            )  # fmt: skip
        calling = np.bincount(calls.trip, minlength=len(trips.code))
        for trip in np.flatnonzero(calling < 2):
            self.tables["trips.txt"].refused += 1
            table.refused += int(calling[trip])
            self.warn(
                "trips.txt",
                trips.row[trip],
                "trip_id",
                f"{trips.code[trip]!r} has {calling[trip]} stops",
                "two or more",
            )

    def _frequencies(self, trip_number: dict[str, int]) -> dict[int, list[tuple[int, int, int]]]:
        table = self.table("frequencies.txt", ("trip_id", "start_time", "end_time", "headway_secs"))
        found: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for line, row in table:
            trip = trip_number.get(table.cell(row, "trip_id"))
            if trip is None:
                self.error(
                    table.name,
                    line,
                    "trip_id",
                    f"{table.cell(row, 'trip_id')!r} is not in trips.txt",
                    "a trip_id",
                )
            start = self.time(table, line, table.cell(row, "start_time"), "start_time")
            end = self.time(table, line, table.cell(row, "end_time"), "end_time")
            headway = self.number(table, line, row, "headway_secs")
            if headway is not None and headway <= 0:
                self.error(table.name, line, "headway_secs", f"{headway}", "seconds above 0")
                continue
            if start is not None and end is not None and end <= start:
                self.error(
                    table.name, line, "end_time", f"{clock(end)} is not after {clock(start)}", "a later time"
                )
                continue
            if trip is not None and start is not None and end is not None and headway is not None:
                found[trip].append((start, end, headway))
        return found

    def _transfers(
        self, stop_number: dict[str, int], children: dict[str, list[str]]
    ) -> list[tuple[int, int, int]]:
        table = self.table("transfers.txt", ("from_stop_id", "to_stop_id", "transfer_type"))
        found: list[tuple[int, int, int]] = []
        for line, row in table:
            ends = []
            for column in ("from_stop_id", "to_stop_id"):
                code = table.cell(row, column)
                stops = [code] if code in stop_number else children.get(code, [])
                if code and code not in stop_number and code not in children:
                    self.error(table.name, line, column, f"{code!r} is not in stops.txt", "a stop_id")
                ends.append(stops)
            kind = table.cell(row, "transfer_type") or "0"
            particular = [
                c
                for c in ("from_route_id", "to_route_id", "from_trip_id", "to_trip_id")
                if table.cell(row, c)
            ]
            if kind not in ("0", "1", "2", "3", "4", "5"):
                self.error(table.name, line, "transfer_type", f"{kind!r}", "0 to 5")
            elif particular or kind in ("4", "5"):
                table.refused += 1
                self.warn(
                    table.name,
                    line,
                    particular[0] if particular else "transfer_type",
                    "not used here",
                    "stops only",
                )
            elif kind in ("2", "3"):
                least = NO_TRANSFER if kind == "3" else self.number(table, line, row, "min_transfer_time")
                if least is not None and kind == "2" and least < 0:
                    self.error(table.name, line, "min_transfer_time", f"{least}", "seconds, 0 or more")
                elif least is not None:
                    found += [(stop_number[a], stop_number[b], least) for a in ends[0] for b in ends[1]]
        return found

    def _hops(
        self, trips: _Trips, calls: _Calls, frequencies: dict[int, list[tuple[int, int, int]]]
    ) -> tuple[dict[str, NDArray[np.int64]], NDArray[np.int32]]:
        """Every hop, sorted by departure, and for each run of a trip (once, or once a headway) the trip it
        is of."""
        at = np.flatnonzero(calls.trip[1:] == calls.trip[:-1])
        departure = calls.departure[at]
        hops = {
            "trip": calls.trip[at].astype(np.int64),
            "from_stop": calls.stop[at].astype(np.int64),
            "to_stop": calls.stop[at + 1].astype(np.int64),
            "departure": departure,
            # A hop takes a second at least, so that what departs later can never have been caught earlier.
            "arrival": np.maximum(calls.arrival[at + 1], departure + 1),
            "may_board": calls.may_board[at].astype(np.int64),
            "may_alight": calls.may_alight[at + 1].astype(np.int64),
        }
        owners = np.arange(len(trips.code), dtype=np.int32)
        if frequencies:
            hops, owners = _repeat(hops, owners, frequencies)
        order = np.argsort(hops["departure"], kind="stable")
        return {name: values[order] for name, values in hops.items()}, owners

    def _assemble(
        self,
        timezone: ZoneInfo,
        stops: list[tuple[str, Names, float, float, int]],
        lines: list[Line],
        trips: _Trips,
        owners: NDArray[np.int32],
        shapes: list[NDArray[np.float64]],
        first_day: date,
        active: NDArray[np.bool_],
        hops: dict[str, NDArray[np.int64]],
        transfers: list[tuple[int, int, int]],
    ) -> Timetable:
        served = np.unique(np.concatenate([hops["from_stop"], hops["to_stop"]]))
        number = np.full(len(stops), -1, dtype=np.int64)
        number[served] = np.arange(len(served))
        unserved = len(stops) - len(served)
        if unserved:
            self.warn("stops.txt", None, "stop_id", f"{unserved} stops that no trip serves were left out")
            self.tables["stops.txt"].refused += unserved
        kept = [stops[stop] for stop in served.tolist()]
        line = np.array(trips.line, dtype=np.int32)[owners]
        cars = np.array(trips.takes_cars, dtype=np.bool_)[owners]
        by_ferry = np.array([one.mode == FERRY for one in lines], dtype=np.bool_)[line[hops["trip"]]]
        pier, car_pier = (
            _touched(number, hops, which) for which in (by_ferry, by_ferry & cars[hops["trip"]])
        )
        change = np.zeros(len(kept), dtype=np.int32)
        between = []
        for a, b, seconds in transfers:
            a, b = int(number[a]), int(number[b])
            if a >= 0 and a == b:
                change[a] = NEVER_CHANGES if seconds == NO_TRANSFER else seconds
            elif a >= 0 and b >= 0:
                between.append((a, b, seconds))
        return Timetable(
            timezone=timezone,
            first_day=first_day,
            last_day=first_day + timedelta(days=active.shape[1] - 1),
            stop_codes=tuple(stop[0] for stop in kept),
            stop_names=tuple(stop[1] for stop in kept),
            stop_rows=tuple(stop[4] for stop in kept),
            stop_lon=np.array([stop[2] for stop in kept], dtype=np.float64),
            stop_lat=np.array([stop[3] for stop in kept], dtype=np.float64),
            change=change,
            pier=pier,
            car_pier=car_pier,
            lines=tuple(lines),
            trip_codes=tuple(trips.code[trip] for trip in owners.tolist()),
            trip_headsigns=tuple(trips.headsign[trip] for trip in owners.tolist()),
            trip_line=line,
            trip_service=np.array(trips.service, dtype=np.int32)[owners],
            trip_takes_cars=cars,
            trip_shape=np.array(trips.shape, dtype=np.int32)[owners],
            shapes=tuple(shapes),
            active=active,
            departure=hops["departure"].astype(np.int32),
            arrival=hops["arrival"].astype(np.int32),
            from_stop=number[hops["from_stop"]].astype(np.int32),
            to_stop=number[hops["to_stop"]].astype(np.int32),
            trip=hops["trip"].astype(np.int32),
            may_board=hops["may_board"].astype(np.bool_),
            may_alight=hops["may_alight"].astype(np.bool_),
            transfers=np.array(between, dtype=np.int32).reshape(-1, 3),
        )


def _space_evenly(calls: _Calls) -> None:
    """Give stops without times the times between their neighbours, evenly, as the reference allows."""
    timed = np.flatnonzero(calls.departure >= 0)
    for gap in np.flatnonzero(np.diff(timed) > 1):
        before, after = int(timed[gap]), int(timed[gap + 1])
        between = np.arange(before + 1, after)
        share = (between - before) / (after - before)
        even = calls.departure[before] + share * (calls.arrival[after] - calls.departure[before])
        calls.arrival[between] = calls.departure[between] = np.rint(even).astype(np.int64)


def _touched(
    number: NDArray[np.int64], hops: dict[str, NDArray[np.int64]], which: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """The stops that the hops ``which`` leave or reach."""
    touched = np.zeros(int(number.max(initial=-1)) + 1, dtype=np.bool_)
    touched[number[hops["from_stop"][which]]] = touched[number[hops["to_stop"][which]]] = True
    return touched


def _repeat(
    hops: dict[str, NDArray[np.int64]],
    owners: NDArray[np.int32],
    frequencies: dict[int, list[tuple[int, int, int]]],
) -> tuple[dict[str, NDArray[np.int64]], NDArray[np.int32]]:
    """Replace each trip that runs by headway with one run for every departure from start to end (not
    included)."""
    parts = [np.flatnonzero(~np.isin(hops["trip"], list(frequencies)))]
    shifts = [np.zeros(len(parts[0]), dtype=np.int64)]
    runs = [hops["trip"][parts[0]]]
    extra: list[int] = []
    for trip, spans in frequencies.items():
        of_trip = np.flatnonzero(hops["trip"] == trip)
        if not len(of_trip):
            continue
        first = int(hops["departure"][of_trip].min())
        for start, end, headway in spans:
            for begins in range(start, end, headway):
                parts.append(of_trip)
                shifts.append(np.full(len(of_trip), begins - first, dtype=np.int64))
                runs.append(np.full(len(of_trip), len(owners) + len(extra), dtype=np.int64))
                extra.append(trip)
    at, shift = np.concatenate(parts), np.concatenate(shifts)
    repeated = {name: values[at] for name, values in hops.items()}
    repeated["departure"] = repeated["departure"] + shift
    repeated["arrival"] = repeated["arrival"] + shift
    repeated["trip"] = np.concatenate(runs)
    return repeated, np.concatenate([owners, np.array(extra, dtype=np.int32)])


def clock(seconds: int) -> str:
    """Seconds of a service day as HH:MM:SS."""
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
