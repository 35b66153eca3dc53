"""A timetable as flat arrays: every hop of every vehicle, and which hops run in the twenty-four hours of a
day.

Times in a feed count from "noon minus twelve hours" of the service day, and may pass 24:00 (GTFS reference,
"Time"). Here a *day* is a calendar day of the feed's time zone; its hops are those that depart within it,
whichever service day they belong to. Absolute times are whole seconds since 1970 (epoch seconds).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from zhoudao.engines.wayfinding.problems import OutsideCalendar

DAY = 86400

BY_ROUTE_TYPE = {
    # GTFS route_type, basic values; the hundreds are the extended ones (200 coach, 700 bus, 1000 and 1200
    # water).
    0: "tram", 1: "metro", 2: "train", 3: "bus", 4: "ferry", 5: "tram", 6: "cableway", 7: "funicular",
    11: "trolleybus", 12: "monorail",
    100: "train", 200: "coach", 400: "metro", 700: "bus", 800: "trolleybus", 900: "tram",
    1000: "ferry", 1200: "ferry", 1300: "cableway", 1400: "funicular", 1500: "taxi",
}  # fmt: skip
FERRY = "ferry"


def mode_of(route_type: int) -> str:
    """What runs on a GTFS route type; "" when it is none."""
    return BY_ROUTE_TYPE.get(route_type) or BY_ROUTE_TYPE.get(route_type // 100 * 100 or -1, "")


Names = Mapping[str, str]
"""A name by language code; "" is the feed's own."""


def in_language(names: Names, language: str) -> str:
    """The name in ``language`` ("zh", "en", ...), or the feed's own."""
    for code, name in names.items():
        if code and (code == language or code.split("-")[0] == language):
            return name
    return names.get("") or next(iter(names.values()), "")


@dataclass(frozen=True, slots=True)
class Line:
    """A bus or ferry line (GTFS route)."""

    code: str
    names: Names
    """Short name, or the long one where there is none."""
    long_names: Names
    mode: str
    """bus, ferry, tram, train, ..."""


@dataclass(frozen=True)
class Timetable:
    """Everything a feed says, with numbers for stops, lines, trips and hops. Only stops that something
    serves."""

    timezone: ZoneInfo
    first_day: date
    last_day: date
    stop_codes: tuple[str, ...]
    stop_names: tuple[Names, ...]
    stop_rows: tuple[int, ...]
    """Where each stop stands in stops.txt, for messages."""
    stop_lon: NDArray[np.float64]
    stop_lat: NDArray[np.float64]
    change: NDArray[np.int32]
    """Seconds it takes to change vehicles at a stop, (stops,)."""
    pier: NDArray[np.bool_]
    """Served by a ferry."""
    car_pier: NDArray[np.bool_]
    """Served by a ferry that carries cars."""
    lines: tuple[Line, ...]
    trip_codes: tuple[str, ...]
    trip_headsigns: tuple[Names, ...]
    trip_line: NDArray[np.int32]
    trip_service: NDArray[np.int32]
    trip_takes_cars: NDArray[np.bool_]
    trip_shape: NDArray[np.int32]
    """Index into ``shapes``, -1 for none."""
    shapes: tuple[NDArray[np.float64], ...]
    """Courses as (k, 2) arrays of lon, lat."""
    active: NDArray[np.bool_]
    """Which service runs on which day, (services, days from first_day)."""
    departure: NDArray[np.int32]
    """Seconds of the service day; the hops are sorted by departure, (hops,)."""
    arrival: NDArray[np.int32]
    from_stop: NDArray[np.int32]
    to_stop: NDArray[np.int32]
    trip: NDArray[np.int32]
    may_board: NDArray[np.bool_]
    may_alight: NDArray[np.bool_]
    transfers: NDArray[np.int32]
    """Given by the feed: from stop, to stop, least seconds (-1: not possible), (k, 3)."""
    _days: dict[date, DayHops] = field(default_factory=dict, repr=False, compare=False)
    _patterns: dict[tuple[object, ...], DayHops] = field(default_factory=dict, repr=False, compare=False)

    @property
    def stops(self) -> int:
        return len(self.stop_codes)

    @property
    def trips(self) -> int:
        return len(self.trip_codes)

    def midnight(self, day: date) -> int:
        """Epoch second at which the calendar day begins."""
        return int(datetime.combine(day, time(), self.timezone).timestamp())

    def zero(self, day: date) -> int:
        """Epoch second that a service day's times count from: noon minus twelve hours."""
        return int(datetime.combine(day, time(12), self.timezone).timestamp()) - DAY // 2

    def require(self, day: date) -> None:
        """Raise OutsideCalendar unless the feed says what runs on ``day``."""
        if not self.first_day <= day <= self.last_day:
            raise OutsideCalendar(
                f"the timetable runs from {self.first_day} to {self.last_day}; nothing is known of {day}"
            )

    @cached_property
    def oldest(self) -> int:
        """How many service days ago a trip still running may have begun."""
        return int(self.departure.max(initial=0)) // DAY

    def running(self, day: date) -> frozenset[int]:
        """The services that run on a service day; none outside the feed's dates."""
        at = (day - self.first_day).days
        if not 0 <= at < self.active.shape[1]:
            return frozenset()
        return frozenset(np.flatnonzero(self.active[:, at]).tolist())

    def hops_of(self, day: date) -> DayHops:
        """Every hop that departs on a calendar day, in order. Days that run alike share one set of arrays."""
        if day not in self._days:
            self._days[day] = self._alike(day)
        return self._days[day]

    def _alike(self, day: date) -> DayHops:
        start = self.midnight(day)
        length = self.midnight(day + timedelta(days=1)) - start
        # One service day more than needed, because across a clock change "noon minus twelve" is not midnight.
        pattern = tuple(
            (age, self.zero(day - timedelta(days=age)) - start, self.running(day - timedelta(days=age)))
            for age in range(self.oldest + 2)
        )
        key = (length, *pattern)
        if key not in self._patterns:
            self._patterns[key] = self._collect(length, pattern)
        return self._patterns[key]

    def _collect(self, length: int, pattern: tuple[tuple[int, int, frozenset[int]], ...]) -> DayHops:
        hops, times, ages = [], [], []
        for age, shift, services in pattern:
            runs = np.zeros(self.active.shape[0], dtype=np.bool_)
            runs[list(services)] = True
            first, last = (int(at) for at in np.searchsorted(self.departure, [-shift, length - shift]))
            found = first + np.flatnonzero(runs[self.trip_service[self.trip[first:last]]])
            hops.append(found)
            times.append(self.departure[found] + shift)
            ages.append(np.full(len(found), age, dtype=np.int32))
        departure = np.concatenate(times)
        order = np.argsort(departure, kind="stable")
        hop, departure, of_age = np.concatenate(hops)[order], departure[order], np.concatenate(ages)[order]
        return DayHops(
            departure=departure.astype(np.int32),
            arrival=(departure + self.arrival[hop] - self.departure[hop]).astype(np.int32),
            from_stop=self.from_stop[hop],
            to_stop=self.to_stop[hop],
            trip=self.trip[hop],
            age=of_age,
            may_board=self.may_board[hop],
            may_alight=self.may_alight[hop],
            takes_cars=self.trip_takes_cars[self.trip[hop]],
        )


@dataclass(frozen=True)
class DayHops:
    """The hops of one calendar day, sorted by departure. Times are seconds since the day's midnight."""

    departure: NDArray[np.int32]
    arrival: NDArray[np.int32]
    from_stop: NDArray[np.int32]
    to_stop: NDArray[np.int32]
    trip: NDArray[np.int32]
    age: NDArray[np.int32]
    """How many days before this one the trip's service day was."""
    may_board: NDArray[np.bool_]
    may_alight: NDArray[np.bool_]
    takes_cars: NDArray[np.bool_]

    @cached_property
    def with_cars(self) -> DayHops:
        """Only the hops one can take a car on."""
        names = self.__dataclass_fields__
        return DayHops(**{name: getattr(self, name)[self.takes_cars] for name in names})
