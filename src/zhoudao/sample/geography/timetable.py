"""The timetable as a GTFS feed: calendars, boats, buses.

Source of the fields: the GTFS Schedule Reference (gtfs.org). ``trips.cars_allowed`` is 1 where cars are
carried, 2 where they are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from zhoudao.core.city import Pack, Text
from zhoudao.core.city.shapes import Bus, Ferry, Sailings
from zhoudao.sample.geography.bus_routes import BusRoutes, Run
from zhoudao.sample.geography.network import Network
from zhoudao.sample.geography.plane import Plane
from zhoudao.sample.geography.settlements import Place
from zhoudao.sample.seeds import generator

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAYS, WEEKEND = frozenset(WEEK[:5]), frozenset(WEEK[5:])
FERRY, BUS = 4, 3
"""GTFS route types."""
BOARDING_SECONDS = 300
"""A boat closes its gate five minutes before it leaves."""
TRANSFER_METRES = 250.0
"""Between a pier and a bus stop, at most, for a transfer worth naming."""
PIER_MINUTES = 3
"""How long a boat lies at a pier on the way."""

Row = dict[str, Any]
Tables = dict[str, list[Row]]


def feed(
    pack: Pack, places: list[Place], network: Network, plane: Plane, bus_lines: int, seed: int, size: str
) -> Tables:
    """Every file of the feed by name, as rows with the same keys."""
    timetable = _Timetable(pack, places, network, plane, seed)
    for ferry in pack.lines.ferries:
        timetable.add_ferry(ferry)
    for bus in pack.lines.buses[:bus_lines]:
        timetable.add_bus(bus)
    return timetable.tables(f"{seed}-{size}")


class _Timetable:
    def __init__(self, pack: Pack, places: list[Place], network: Network, plane: Plane, seed: int) -> None:
        self.pack, self.network, self.plane = pack, network, plane
        self.chance = generator(seed, "timetable")
        self.degrees = plane.degrees(network.nodes)
        self.buses = BusRoutes(network, places)
        self.services: dict[tuple[frozenset[str], str | None], str] = {}
        self.routes: list[Row] = []
        self.trips: list[Row] = []
        self.stop_times: list[Row] = []
        self.frequencies: list[Row] = []
        self.shapes: list[Row] = []
        self.translations: list[Row] = []
        self.piers: set[str] = set()
        self.lanes = {
            (way.tags["gtfs:route_id"], way.nodes[0], way.nodes[-1]): way.nodes
            for way in network.ways
            if "gtfs:route_id" in way.tags
        }

    def add_ferry(self, ferry: Ferry) -> None:
        self._route(ferry.code, ferry.name, FERRY)
        self.piers.update(ferry.piers)
        for direction in (0, 1):
            piers = ferry.piers if direction == 0 else ferry.piers[::-1]
            minutes = ferry.minutes if direction == 0 else ferry.minutes[::-1]
            path, ends = self._lane(ferry, direction)
            shape, metres = self._shape(f"{ferry.code}-{direction}", path)
            stops = [f"p-{pier}" for pier in piers]
            arrive, leave = [0], [0]
            for leg in minutes:
                arrive.append(leave[-1] + leg * 60)
                leave.append(arrive[-1] + PIER_MINUTES * 60)
            leave[-1] = arrive[-1]
            headsign = next(p.name for p in self.pack.piers if p.code == piers[-1])
            for sailings in ferry.sailings:
                service = self._service(_days(sailings), sailings.season)
                for start in times(sailings.out if direction == 0 else sailings.back):
                    trip = self._trip(ferry.code, service, direction, start, headsign, shape, ferry.cars)
                    self._stop_times(
                        trip, stops, [start + t for t in arrive], [start + t for t in leave], metres[ends]
                    )

    def _lane(self, ferry: Ferry, direction: int) -> tuple[list[int], list[int]]:
        """The nodes a boat passes, and which of them are its piers."""
        piers = [self.network.anchors[pier] for pier in ferry.piers]
        path, ends = [piers[0]], [0]
        for first, second in pairwise(piers):
            path += self.lanes[ferry.code, first, second][1:]
            ends.append(len(path) - 1)
        if direction == 0:
            return path, ends
        return path[::-1], [len(path) - 1 - end for end in reversed(ends)]

    def add_bus(self, bus: Bus) -> None:
        runs = [self.buses.run(bus, backwards) for backwards in (False, True)]
        self._route(bus.code, bus.name, BUS)
        # Buses don't all leave on the hour: each line has a minute of its own, and comes back at another.
        shift = [0, int(self.chance.integers(1, max(2, bus.every // 2)))]
        plans = [(frozenset(WEEK), bus.every)]
        if bus.weekend_every is not None and bus.weekend_every != bus.every:
            plans = [(WEEKDAYS, bus.every), (WEEKEND, bus.weekend_every)]
        first, last = seconds(bus.first), seconds(bus.last)
        for direction, run in enumerate(runs):
            shape, _ = self._shape(f"{bus.code}-{direction}", run.path)
            for days, every in plans:
                service = self._service(days, None)
                starts = (
                    [first]
                    if bus.by_frequency
                    else range(first + shift[direction] * 60, last + 1, every * 60)
                )
                for start in starts:
                    trip = self._trip(
                        bus.code, service, direction, start, run.stops[-1].name, shape, cars=False
                    )
                    self._bus_times(trip, run, start)
                    if bus.by_frequency:
                        self.frequencies.append(
                            {
                                "trip_id": trip,
                                "start_time": clock(first),
                                "end_time": clock(last),
                                "headway_secs": every * 60,
                                "exact_times": 0,
                            }
                        )

    def _bus_times(self, trip: str, run: Run, start: int) -> None:
        stops = [stop.id for stop in run.stops]
        times_ = [start + after for after in run.seconds]
        self._stop_times(trip, stops, times_, times_, np.array(run.metres))

    def _route(self, code: str, name: Text, kind: int) -> None:
        self.routes.append(
            {
                "route_id": code,
                "agency_id": "boats" if kind == FERRY else "buses",
                "route_short_name": "" if kind == FERRY else name.zh,
                "route_long_name": name.zh if kind == FERRY else "",
                "route_type": kind,
                "route_color": "0B5FA5" if kind == FERRY else "2F7D5B",
                "route_text_color": "FFFFFF",
            }
        )
        field = "route_long_name" if kind == FERRY else "route_short_name"
        self._translate("routes", field, code, name)

    def _trip(
        self, route: str, service: str, direction: int, start: int, headsign: Text, shape: str, cars: bool
    ) -> str:
        trip = f"{route}-{direction}-{service}-{clock(start)[:5].replace(':', '')}"
        self.trips.append(
            {
                "route_id": route,
                "service_id": service,
                "trip_id": trip,
                "trip_headsign": headsign.zh,
                "direction_id": direction,
                "shape_id": shape,
                "wheelchair_accessible": 1 if cars else 0,
                "cars_allowed": 1 if cars else 2,
            }
        )
        return trip

    def _stop_times(
        self, trip: str, stops: list[str], arrive: list[int], leave: list[int], metres: Sequence[float] | Any
    ) -> None:
        for number, (stop, arrival, departure) in enumerate(zip(stops, arrive, leave, strict=True)):
            self.stop_times.append(
                {
                    "trip_id": trip,
                    "arrival_time": clock(arrival),
                    "departure_time": clock(departure),
                    "stop_id": stop,
                    "stop_sequence": number + 1,
                    "shape_dist_traveled": f"{metres[number]:.0f}",
                    "timepoint": 1,
                }
            )

    def _shape(self, code: str, path: list[int]) -> tuple[str, Any]:
        spots = self.network.nodes[path]
        metres = np.concatenate([[0.0], np.cumsum(np.hypot(*(spots[1:] - spots[:-1]).T))])
        for number, (node, along) in enumerate(zip(path, metres.tolist(), strict=True)):
            longitude, latitude = self.degrees[node]
            self.shapes.append(
                {
                    "shape_id": code,
                    "shape_pt_lat": f"{latitude:.6f}",
                    "shape_pt_lon": f"{longitude:.6f}",
                    "shape_pt_sequence": number + 1,
                    "shape_dist_traveled": f"{along:.0f}",
                }
            )
        return code, metres

    def _service(self, days: frozenset[str], season: str | None) -> str:
        names = {frozenset(WEEK): "daily", WEEKDAYS: "weekdays", WEEKEND: "weekend"}
        code = names.get(days) or "".join(day for day in WEEK if day in days)
        return self.services.setdefault((days, season), f"{code}-{season}" if season else code)

    def _translate(self, table: str, field: str, record: str, name: Text) -> None:
        self.translations.append(
            {
                "table_name": table,
                "field_name": field,
                "language": "en",
                "translation": name.en,
                "record_id": record,
            }
        )

    def tables(self, version: str) -> Tables:
        lines = self.pack.lines
        stops = list(self._stops())
        headsigns = {trip["trip_headsign"] for trip in self.trips}
        for name in self._titles():
            if name.zh in headsigns:
                row = {"table_name": "trips", "field_name": "trip_headsign", "language": "en"}
                self.translations.append(
                    row | {"translation": name.en, "record_id": "", "field_value": name.zh}
                )
        return {
            "agency.txt": [_agency("boats", lines.boat_agency), _agency("buses", lines.bus_agency)],
            "stops.txt": stops,
            "routes.txt": self.routes,
            "trips.txt": self.trips,
            "stop_times.txt": self.stop_times,
            "calendar.txt": list(self._calendar()),
            "calendar_dates.txt": list(self._exceptions()),
            "frequencies.txt": self.frequencies,
            "shapes.txt": self.shapes,
            "transfers.txt": list(self._transfers()),
            "translations.txt": [{"field_value": "", **row} for row in self.translations],
            "feed_info.txt": [
                {
                    "feed_publisher_name": "Zhoudao sample city",
                    "feed_publisher_url": "https://zhoudao.example/",
                    "feed_lang": "zh",
                    "feed_start_date": lines.starts.replace("-", ""),
                    "feed_end_date": lines.ends.replace("-", ""),
                    "feed_version": version,
                }
            ],
        }

    def _titles(self) -> Iterator[Text]:
        seen: set[str] = set()
        for name in [pier.name for pier in self.pack.piers] + [
            stop.name for stop in self.buses.stops.values()
        ]:
            if name.zh not in seen:
                seen.add(name.zh)
                yield name

    def _stops(self) -> Iterator[Row]:
        for pier in self.pack.piers:
            if pier.code in self.piers:
                yield self._stop(f"p-{pier.code}", pier.name, self.network.anchors[pier.code], pier.cars)
        for stop in sorted(self.buses.stops.values(), key=lambda stop: stop.id):
            yield self._stop(stop.id, stop.name, stop.node, False)

    def _stop(self, code: str, name: Text, node: int, step_free: bool) -> Row:
        longitude, latitude = self.degrees[node]
        self._translate("stops", "stop_name", code, name)
        return {
            "stop_id": code,
            "stop_name": name.zh,
            "stop_lat": f"{latitude:.6f}",
            "stop_lon": f"{longitude:.6f}",
            "location_type": 0,
            "wheelchair_boarding": 1 if step_free else 0,
        }

    def _calendar(self) -> Iterator[Row]:
        spans = {season.code: (season.starts, season.ends) for season in self.pack.lines.seasons}
        for (days, season), code in sorted(self.services.items(), key=lambda item: item[1]):
            starts, ends = spans[season] if season else (self.pack.lines.starts, self.pack.lines.ends)
            week = {name: int(day in days) for name, day in zip(WEEKDAY_FIELDS, WEEK, strict=True)}
            yield {
                "service_id": code,
                **week,
                "start_date": starts.replace("-", ""),
                "end_date": ends.replace("-", ""),
            }

    def _exceptions(self) -> Iterator[Row]:
        spans = {season.code: (season.starts, season.ends) for season in self.pack.lines.seasons}
        for (days, season), code in sorted(self.services.items(), key=lambda item: item[1]):
            starts, ends = spans[season] if season else (self.pack.lines.starts, self.pack.lines.ends)
            for holiday in self.pack.lines.holidays:
                for given, plan in [
                    *((d, "holiday") for d in holiday.days),
                    *((d, "makeup") for d in holiday.makeup),
                ]:
                    if not starts <= given <= ends:
                        continue
                    usual = WEEK[date.fromisoformat(given).weekday()] in days
                    runs = runs_on_exception(days, usual, plan)
                    if runs != usual:
                        yield {
                            "service_id": code,
                            "date": given.replace("-", ""),
                            "exception_type": 1 if runs else 2,
                        }

    def _transfers(self) -> Iterator[Row]:
        """Between a pier and the bus stops near it, with the time to board or to leave the boat."""
        stops = sorted(self.buses.stops.values(), key=lambda stop: stop.id)
        if not stops:
            return
        tree = cKDTree(self.network.nodes[[stop.node for stop in stops]])
        for pier in sorted(self.piers):
            near = tree.query_ball_point(self.network.nodes[self.network.anchors[pier]], TRANSFER_METRES)
            for number in sorted(near):
                stop = stops[number]
                away = float(
                    np.hypot(
                        *(self.network.nodes[stop.node] - self.network.nodes[self.network.anchors[pier]])
                    )
                )
                walk = int(round(away / 1.1 / 10) * 10)
                yield _transfer(stop.id, f"p-{pier}", walk + BOARDING_SECONDS)
                yield _transfer(f"p-{pier}", stop.id, walk + 120)


WEEKDAY_FIELDS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def runs_on_exception(days: frozenset[str], usual: bool, plan: str) -> bool:
    """Whether a service runs on a public holiday or make-up day. A boat of single days goes all the same."""
    if plan == "holiday":
        if "sun" in days:
            return True
        return usual and not days >= WEEKDAYS
    if days >= WEEKDAYS:
        return True
    return usual and days != WEEKEND


def _days(sailings: Sailings) -> frozenset[str]:
    groups = {"daily": frozenset(WEEK), "weekdays": WEEKDAYS, "weekend": WEEKEND}
    return frozenset().union(*(groups.get(day, frozenset({day})) for day in sailings.days))


def times(departures: list[str]) -> Iterator[int]:
    """Seconds after midnight of "07:00" or of each departure of "07:00-17:00/20"."""
    for each in departures:
        span = re.fullmatch(r"(\S+)-(\S+)/(\d+)", each)
        if span is None:
            yield seconds(each)
        else:
            yield from range(seconds(span[1]), seconds(span[2]) + 1, int(span[3]) * 60)


def seconds(clock_: str) -> int:
    hours, minutes = clock_.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def clock(seconds_: int) -> str:
    return f"{seconds_ // 3600:02d}:{seconds_ % 3600 // 60:02d}:{seconds_ % 60:02d}"


def _agency(code: str, name: Text) -> Row:
    return {
        "agency_id": code,
        "agency_name": name.zh,
        "agency_url": "https://zhoudao.example/",
        "agency_timezone": "Asia/Shanghai",
        "agency_lang": "zh",
    }


def _transfer(first: str, second: str, time: int) -> Row:
    return {"from_stop_id": first, "to_stop_id": second, "transfer_type": 2, "min_transfer_time": time}
