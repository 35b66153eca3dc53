"""Read a GTFS feed (zip or folder) into a `Timetable`; every mistake is reported by file, line and field.

Written after the GTFS Schedule reference (gtfs.org): agency, stops, routes, trips, stop_times, calendar,
calendar_dates, frequencies, transfers, shapes, translations; `trips.cars_allowed` tells the ferries that take cars.
A feed with any error is refused whole. What is legal but not used here (in-seat transfers, transfers between certain
lines) is a warning.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from zhoudao.engines.wayfinding.feed_calls import Hops, hops_of, read_calls, read_headways, refuse_stubs
from zhoudao.engines.wayfinding.feed_rows import FeedFiles
from zhoudao.engines.wayfinding.problems import BadFeed, Problem
from zhoudao.engines.wayfinding.timetable import FERRY, Line, Names, Timetable, mode_of

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NO_TRANSFER = -1
NEVER_CHANGES = 10**9
"""Seconds of change at a stop where the feed forbids changing."""
STATION = 1
"""location_type of a place that only groups stops."""
TRANSFER_TYPES = {
    "0": "best here", "1": "timed", "2": "takes time", "3": "not possible", "4": "stay aboard", "5": "not aboard",
}  # fmt: skip


@dataclass(frozen=True)
class FeedReport:
    """How many rows of each file were read, kept and refused (read = kept + refused), and what was odd."""

    file: str
    rows: dict[str, tuple[int, int, int]]
    warnings: tuple[Problem, ...]


def read_feed(path: str | Path) -> tuple[Timetable, FeedReport]:
    """Read a feed. Raises BadFeed with every problem found."""
    files = FeedFiles(Path(path))
    timezone = _timezone(files)
    translate = _Translations(files)
    stops = _Stops(files, translate)
    lines, line_number = _lines(files, translate)
    services = _Services(files)
    shapes, shape_number = _shapes(files)
    trips = _Trips(files, translate, line_number, services.number, shape_number)
    calls = read_calls(files, trips.number, stops.number)
    headways = read_headways(files, trips.number)
    transfers = _transfers(files, stops)
    if files.problems:
        raise BadFeed(files.problems)
    refuse_stubs(files, calls, trips.code, trips.row)
    hops = hops_of(calls, len(trips.code), headways)
    timetable = _assemble(files, timezone, stops, lines, services, shapes, trips, hops, transfers)
    return timetable, FeedReport(files.path.name, files.counted(), tuple(files.warnings))


def _timezone(files: FeedFiles) -> ZoneInfo:
    table = files.table("agency.txt", ("agency_name", "agency_timezone"), required=True)
    zones: dict[str, ZoneInfo] = {}
    for row in table:
        name = row.text("agency_timezone")
        try:
            zones[name] = ZoneInfo(name)
        except (ValueError, OSError, KeyError):
            row.error("agency_timezone", f"{name!r} is no time zone", "a name like Asia/Shanghai")
    if len(zones) > 1:
        table.error(None, "agency_timezone", f"{len(zones)} time zones", "one for the whole feed")
    if table.columns and not table.read:
        table.error(None, "", "no agency", "one row or more")
    return next(iter(zones.values()), ZoneInfo("UTC"))


class _Translations:
    """Names in other languages, by table, field, and the text or the identifier they translate."""

    def __init__(self, files: FeedFiles) -> None:
        self.found: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
        needs = ("table_name", "field_name", "language", "translation")
        for row in files.table("translations.txt", needs):
            of = row.text("record_id") or row.text("field_value")
            texts = self.found[row.text("table_name"), row.text("field_name"), of]
            texts[row.text("language")] = row.text("translation")

    def __call__(self, table: str, column: str, code: str, text: str) -> Names:
        by_text, by_code = (self.found.get((table, column, of), {}) for of in (text, code))
        return {"": text, **by_text, **by_code}


class _Stops:
    """Places where vehicles stop (not stations, which only group them)."""

    def __init__(self, files: FeedFiles, translate: _Translations) -> None:
        self.code: list[str] = []
        self.names: list[Names] = []
        self.lon: list[float] = []
        self.lat: list[float] = []
        self.row: list[int] = []
        self.number: dict[str, int] = {}
        self.of_station: dict[str, list[int]] = defaultdict(list)
        known: dict[str, int] = {}
        grouped = []
        for row in files.table("stops.txt", ("stop_id", "stop_name", "stop_lat", "stop_lon"), required=True):
            code = row.new_code("stop_id", known)
            kind = row.number("location_type", 0)
            if code is None:
                continue
            known[code] = row.line
            if kind == STATION:
                self.of_station.setdefault(code, [])
            if kind != 0:  # stations, entrances and areas: nothing stops there
                continue
            lat, lon = row.degrees("stop_lat", 90), row.degrees("stop_lon", 180)
            self.number[code] = len(self.code)
            self.code.append(code)
            self.names.append(translate("stops", "stop_name", code, row.text("stop_name")))
            self.lon.append(lon or 0.0)
            self.lat.append(lat or 0.0)
            self.row.append(row.line)
            if row.text("parent_station"):
                grouped.append((code, row))
        for code, row in grouped:
            if row.known("parent_station", known, "stops.txt") is not None:
                self.of_station[row.text("parent_station")].append(self.number[code])

    def meant(self, code: str) -> list[int]:
        """The stops an identifier stands for: itself, or those of a station."""
        return [self.number[code]] if code in self.number else self.of_station.get(code, [])


def _lines(files: FeedFiles, translate: _Translations) -> tuple[list[Line], dict[str, int]]:
    lines: list[Line] = []
    number: dict[str, int] = {}
    for row in files.table("routes.txt", ("route_id", "route_type"), required=True):
        code, kind = row.new_code("route_id", number), row.number("route_type")
        if code is None or kind is None:
            continue
        mode = mode_of(kind)
        if not mode:
            row.error("route_type", f"{kind} is no kind of transport", "a GTFS route_type")
        short, long = (
            translate("routes", column, code, row.text(column))
            for column in ("route_short_name", "route_long_name")
        )
        number[code] = len(lines)
        lines.append(Line(code, short if short[""] else long, long, mode))
    return lines, number


class _Services:
    """Which service runs on which day."""

    def __init__(self, files: FeedFiles) -> None:
        spans, exceptions = _calendar(files), _exceptions(files)
        names = sorted({*spans, *exceptions})
        self.number = {name: at for at, name in enumerate(names)}
        days = [day for start, end, _ in spans.values() for day in (start, end)]
        days += [day for those in exceptions.values() for day, _ in those]
        if not files.names & {"calendar.txt", "calendar_dates.txt"}:
            files.error(
                "calendar.txt", None, "", "the file is missing from the feed", "it or calendar_dates.txt"
            )
        elif not days and not files.problems:
            files.error("calendar.txt", None, "", "no service runs on any day", "one row or more")
        self.first = min(days, default=date(1970, 1, 1))
        self.last = max(days, default=self.first)
        self.active = np.zeros((len(names), (self.last - self.first).days + 1), dtype=np.bool_)
        for name, (start, end, week) in spans.items():
            for offset in range((start - self.first).days, (end - self.first).days + 1):
                weekday = (self.first + timedelta(days=offset)).weekday()
                self.active[self.number[name], offset] = week[weekday]
        for name, those in exceptions.items():
            for day, runs in those:
                self.active[self.number[name], (day - self.first).days] = runs


def _calendar(files: FeedFiles) -> dict[str, tuple[date, date, list[bool]]]:
    spans: dict[str, tuple[date, date, list[bool]]] = {}
    known: dict[str, int] = {}
    for row in files.table("calendar.txt", ("service_id", *WEEKDAYS, "start_date", "end_date")):
        code = row.new_code("service_id", known)
        week = [row.one_of(weekday, {"0": "no", "1": "yes"}) == "1" for weekday in WEEKDAYS]
        start, end = row.day("start_date"), row.day("end_date")
        if code is None:
            continue
        known[code] = row.line
        if start is None or end is None:
            continue
        if end < start:
            row.error("end_date", f"{end} is before {start}", "a day not before start_date")
        else:
            spans[code] = (start, end, week)
    return spans


def _exceptions(files: FeedFiles) -> dict[str, list[tuple[date, bool]]]:
    exceptions: dict[str, list[tuple[date, bool]]] = defaultdict(list)
    for row in files.table("calendar_dates.txt", ("service_id", "date", "exception_type")):
        day, kind = row.day("date"), row.one_of("exception_type", {"1": "added", "2": "removed"})
        if day is not None and kind is not None:
            exceptions[row.text("service_id")].append((day, kind == "1"))
    return exceptions


def _shapes(files: FeedFiles) -> tuple[list[NDArray[np.float64]], dict[str, int]]:
    """The courses vehicles take, as (k, 2) arrays of lon, lat."""
    needs = ("shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence")
    points: dict[str, list[tuple[int, float, float]]] = defaultdict(list)
    for row in files.table("shapes.txt", needs):
        sequence = row.number("shape_pt_sequence")
        lat, lon = row.degrees("shape_pt_lat", 90), row.degrees("shape_pt_lon", 180)
        if sequence is not None and lat is not None and lon is not None:
            points[row.text("shape_id")].append((sequence, lon, lat))
    shapes = [np.array([point[1:] for point in sorted(those)]) for those in points.values()]
    return shapes, {code: at for at, code in enumerate(points)}


@dataclass
class _Trips:
    files: FeedFiles
    translate: _Translations
    lines: dict[str, int]
    services: dict[str, int]
    shapes: dict[str, int]
    number: dict[str, int] = field(default_factory=dict)
    code: list[str] = field(default_factory=list)
    line: list[int] = field(default_factory=list)
    service: list[int] = field(default_factory=list)
    headsign: list[Names] = field(default_factory=list)
    takes_cars: list[bool] = field(default_factory=list)
    shape: list[int] = field(default_factory=list)
    row: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        headsigns: dict[str, Names] = {}
        for row in self.files.table("trips.txt", ("route_id", "service_id", "trip_id"), required=True):
            code = row.new_code("trip_id", self.number)
            line = row.known("route_id", self.lines, "routes.txt")
            service = row.known("service_id", self.services, "calendar.txt")
            shape = row.known("shape_id", self.shapes, "shapes.txt") if row.text("shape_id") else -1
            cars = row.one_of("cars_allowed", {"0": "unknown", "1": "yes", "2": "no"}, default="0")
            if code is None:
                continue
            text = row.text("trip_headsign")
            self.number[code] = len(self.code)
            self.code.append(code)
            self.line.append(line or 0)
            self.service.append(service or 0)
            self.headsign.append(
                headsigns.setdefault(text, self.translate("trips", "trip_headsign", code, text))
            )
            self.takes_cars.append(cars == "1")
            self.shape.append(-1 if shape is None else shape)
            self.row.append(row.line)


def _transfers(files: FeedFiles, stops: _Stops) -> list[tuple[int, int, int]]:
    """From stop, to stop, least seconds (NO_TRANSFER: not possible)."""
    found: list[tuple[int, int, int]] = []
    table = files.table("transfers.txt", ("from_stop_id", "to_stop_id", "transfer_type"))
    for row in table:
        kind = row.one_of("transfer_type", TRANSFER_TYPES, default="0")
        limits = [c for c in ("from_route_id", "to_route_id", "from_trip_id", "to_trip_id") if row.text(c)]
        if kind in ("4", "5") or limits:
            table.refused += 1
            table.warn(row.line, limits[0] if limits else "transfer_type", "not used here", "stops only")
            continue
        ends = []
        for column in ("from_stop_id", "to_stop_id"):
            ends.append(stops.meant(row.text(column)))
            if not ends[-1] and row.text(column) not in stops.of_station:
                row.error(column, f"{row.text(column)!r} is not in stops.txt", "a stop_id of stops.txt")
        if kind == "2":
            least = row.number("min_transfer_time")
            if least is not None and least < 0:
                row.error("min_transfer_time", f"{least}", "seconds, 0 or more")
        else:
            least = NO_TRANSFER if kind == "3" else None
        if least is not None:
            found += [(a, b, least) for a in ends[0] for b in ends[1]]
    return found


def _assemble(
    files: FeedFiles,
    timezone: ZoneInfo,
    stops: _Stops,
    lines: list[Line],
    services: _Services,
    shapes: list[NDArray[np.float64]],
    trips: _Trips,
    hops: Hops,
    transfers: list[tuple[int, int, int]],
) -> Timetable:
    """Number the stops that something serves, and lay everything out flat."""
    served = np.unique(np.concatenate([hops.from_stop, hops.to_stop]))
    number = np.full(len(stops.code), -1, dtype=np.int64)
    number[served] = np.arange(len(served))
    unserved = len(stops.code) - len(served)
    if unserved:
        files.warn("stops.txt", None, "stop_id", f"{unserved} stops that no trip serves were left out")
        files.tables["stops.txt"].refused += unserved
    from_stop, to_stop = (number[ends].astype(np.int32) for ends in (hops.from_stop, hops.to_stop))
    line = np.array(trips.line, dtype=np.int32)[hops.trip_of_run]
    cars = np.array(trips.takes_cars, dtype=np.bool_)[hops.trip_of_run]
    by_ferry = np.array([one.mode == FERRY for one in lines], dtype=np.bool_)[line[hops.run]]
    pier, car_pier = np.zeros((2, len(served)), dtype=np.bool_)
    for at_pier, which in ((pier, by_ferry), (car_pier, by_ferry & cars[hops.run])):
        at_pier[from_stop[which]] = at_pier[to_stop[which]] = True
    change = np.zeros(len(served), dtype=np.int32)
    between = []
    for a, b, seconds in ((int(number[a]), int(number[b]), seconds) for a, b, seconds in transfers):
        if a >= 0 and a == b:
            change[a] = NEVER_CHANGES if seconds == NO_TRANSFER else seconds
        elif a >= 0 and b >= 0:
            between.append((a, b, seconds))
    runs = hops.trip_of_run.tolist()
    return Timetable(
        timezone=timezone,
        first_day=services.first,
        last_day=services.last,
        stop_codes=tuple(stops.code[stop] for stop in served),
        stop_names=tuple(stops.names[stop] for stop in served),
        stop_rows=tuple(stops.row[stop] for stop in served),
        stop_lon=np.array(stops.lon)[served],
        stop_lat=np.array(stops.lat)[served],
        change=change,
        pier=pier,
        car_pier=car_pier,
        lines=tuple(lines),
        trip_codes=tuple(trips.code[trip] for trip in runs),
        trip_headsigns=tuple(trips.headsign[trip] for trip in runs),
        trip_line=line,
        trip_service=np.array(trips.service, dtype=np.int32)[hops.trip_of_run],
        trip_takes_cars=cars,
        trip_shape=np.array(trips.shape, dtype=np.int32)[hops.trip_of_run],
        shapes=tuple(shapes),
        active=services.active,
        departure=hops.departure.astype(np.int32),
        arrival=hops.arrival.astype(np.int32),
        from_stop=from_stop,
        to_stop=to_stop,
        trip=hops.run.astype(np.int32),
        may_board=hops.may_board,
        may_alight=hops.may_alight,
        transfers=np.array(between, dtype=np.int32).reshape(-1, 3),
    )
