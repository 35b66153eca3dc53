"""Where and when every trip of a feed calls (stop_times, frequencies), as hops from one stop to the next."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zhoudao.engines.wayfinding.feed_rows import FeedFiles, Row, Table, clock

UNTIMED = -1
"""Seconds of a call whose time the feed leaves out."""
CLOSED_TO_PASSENGERS = "1"
"""pickup_type or drop_off_type of a call one cannot board or alight at; 2 and 3 are by arrangement."""

Headway = tuple[int, int, int]
"""First departure, end (not included), seconds between departures."""


@dataclass
class Calls:
    """Rows of stop_times, sorted by trip and sequence. Times are seconds of the service day."""

    trip: NDArray[np.int64]
    sequence: NDArray[np.int64]
    stop: NDArray[np.int64]
    arrival: NDArray[np.int64]
    departure: NDArray[np.int64]
    may_board: NDArray[np.bool_]
    may_alight: NDArray[np.bool_]
    line: NDArray[np.int64]
    """Where each stands in the file."""


@dataclass(frozen=True)
class Hops:
    """Every ride from one call to the next, sorted by departure; and for each run of a trip, the trip it is of."""

    run: NDArray[np.int64]
    from_stop: NDArray[np.int64]
    to_stop: NDArray[np.int64]
    departure: NDArray[np.int64]
    arrival: NDArray[np.int64]
    may_board: NDArray[np.bool_]
    may_alight: NDArray[np.bool_]
    trip_of_run: NDArray[np.int32]


def read_calls(files: FeedFiles, trips: dict[str, int], stops: dict[str, int]) -> Calls:
    """The calls that could be read; mistakes are left in ``files``."""
    needs = ("trip_id", "stop_id", "stop_sequence", "arrival_time", "departure_time")
    table = files.table("stop_times.txt", needs, required=True)
    cells = array("q")
    seconds: dict[str, int] = {"": UNTIMED}  # the same clock times come again and again
    for row in table:
        trip = row.known("trip_id", trips, "trips.txt")
        stop = row.known("stop_id", stops, "stops.txt")
        sequence = row.number("stop_sequence")
        arrival, departure = (_time(row, column, seconds) for column in ("arrival_time", "departure_time"))
        if trip is None or stop is None or sequence is None or arrival is None or departure is None:
            continue
        if UNTIMED in (arrival, departure):  # one given: it is both
            arrival = departure = max(arrival, departure)
        board, alight = (
            row.text(column) != CLOSED_TO_PASSENGERS for column in ("pickup_type", "drop_off_type")
        )
        cells.extend((trip, sequence, stop, arrival, departure, board, alight, row.line))
    columns = np.array(cells, dtype=np.int64).reshape(-1, 8)
    of = columns[np.lexsort((columns[:, 1], columns[:, 0]))].T.copy()
    calls = Calls(of[0], of[1], of[2], of[3], of[4], of[5] > 0, of[6] > 0, of[7])
    _check(table, calls)
    return calls


def _time(row: Row, column: str, seconds: dict[str, int]) -> int | None:
    text = row.text(column)
    if text not in seconds:
        value = row.time(column)
        if value is None:
            return None
        seconds[text] = value
    return seconds[text]


def _check(table: Table, calls: Calls) -> None:
    """Along every trip sequence and times must rise, and its ends must be timed."""
    same = calls.trip[1:] == calls.trip[:-1]
    for at in np.flatnonzero(same & (calls.sequence[1:] == calls.sequence[:-1])) + 1:
        table.error(
            int(calls.line[at]), "stop_sequence", f"{calls.sequence[at]} twice in one trip", "rising numbers"
        )
    ends = np.concatenate([[True], ~same]) | np.concatenate([~same, [True]]) if len(calls.trip) else same
    untimed = np.flatnonzero(ends & (calls.departure == UNTIMED))
    for at in untimed:
        table.error(int(calls.line[at]), "departure_time", "empty at an end of the trip", "HH:MM:SS")
    if len(untimed):
        return
    _space_evenly(calls)
    for at in np.flatnonzero(calls.departure < calls.arrival):
        leaves, arrives = clock(calls.departure[at]), clock(calls.arrival[at])
        problem = f"leaves at {leaves} before it arrives at {arrives}"
        table.error(int(calls.line[at]), "departure_time", problem, "a time not before arrival_time")
    for at in np.flatnonzero(same & (calls.arrival[1:] < calls.departure[:-1])) + 1:
        arrives, left = clock(calls.arrival[at]), clock(calls.departure[at - 1])
        problem = f"{arrives}, but it left the last stop at {left}"
        table.error(int(calls.line[at]), "arrival_time", problem, "times that rise along the trip")


def _space_evenly(calls: Calls) -> None:
    """Give stops without times the times between their neighbours, evenly, as the reference allows."""
    timed = np.flatnonzero(calls.departure != UNTIMED)
    for gap in np.flatnonzero(np.diff(timed) > 1):
        before, after = int(timed[gap]), int(timed[gap + 1])
        between = np.arange(before + 1, after)
        share = (between - before) / (after - before)
        even = calls.departure[before] + share * (calls.arrival[after] - calls.departure[before])
        calls.arrival[between] = calls.departure[between] = np.rint(even).astype(np.int64)


def refuse_stubs(files: FeedFiles, calls: Calls, codes: Sequence[str], lines: Sequence[int]) -> None:
    """Trips that call at fewer than two stops go nowhere: they are counted as refused, and named."""
    calling = np.bincount(calls.trip, minlength=len(codes))
    for trip in np.flatnonzero(calling < 2).tolist():
        files.tables["trips.txt"].refused += 1
        files.tables["stop_times.txt"].refused += int(calling[trip])
        problem = f"{codes[trip]!r} has {calling[trip]} stops"
        files.warn("trips.txt", lines[trip], "trip_id", problem, "two or more")


def read_headways(files: FeedFiles, trips: dict[str, int]) -> dict[int, list[Headway]]:
    """The trips that run by headway."""
    found: dict[int, list[Headway]] = defaultdict(list)
    for row in files.table("frequencies.txt", ("trip_id", "start_time", "end_time", "headway_secs")):
        trip = row.known("trip_id", trips, "trips.txt")
        start, end, headway = row.time("start_time"), row.time("end_time"), row.number("headway_secs")
        if trip is None or start is None or end is None or headway is None:
            continue
        if headway <= 0:
            row.error("headway_secs", f"{headway}", "seconds above 0")
        elif end <= start:
            row.error("end_time", f"{clock(end)} is not after {clock(start)}", "a later time")
        else:
            found[trip].append((start, end, headway))
    return found


def hops_of(calls: Calls, trips: int, headways: dict[int, list[Headway]]) -> Hops:
    """The hops between calls. A trip that runs by headway gets a run for each of its departures."""
    at = np.flatnonzero(calls.trip[1:] == calls.trip[:-1])
    run, departure = calls.trip[at], calls.departure[at]
    # A hop takes a second at least, so that what departs later can never have been caught earlier.
    arrival = np.maximum(calls.arrival[at + 1], departure + 1)
    trip_of_run = np.arange(trips, dtype=np.int32)
    if headways:
        again, run, shift, trip_of_run = _repeated(run, departure, trip_of_run, headways)
        at, departure, arrival = at[again], departure[again] + shift, arrival[again] + shift
    order = np.argsort(departure, kind="stable")
    at = at[order]
    return Hops(
        run[order], calls.stop[at], calls.stop[at + 1], departure[order], arrival[order],
        calls.may_board[at], calls.may_alight[at + 1], trip_of_run,
    )  # fmt: skip


def _repeated(
    run: NDArray[np.int64],
    departure: NDArray[np.int64],
    trip_of_run: NDArray[np.int32],
    headways: dict[int, list[Headway]],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
    """Which hops to take, their runs, and how much later they go; and the trips of all runs.

    The trip that tells the times between stops runs only as its headways say.
    """
    parts = [np.flatnonzero(~np.isin(run, list(headways)))]
    runs, shifts = [run[parts[0]]], [np.zeros(len(parts[0]), dtype=np.int64)]
    extra: list[int] = []
    for trip, spans in headways.items():
        hops = np.flatnonzero(run == trip)
        for start, end, headway in spans if len(hops) else ():
            for begins in range(start, end, headway):
                parts.append(hops)
                runs.append(np.full(len(hops), len(trip_of_run) + len(extra)))
                shifts.append(np.full(len(hops), begins - departure[hops].min()))
                extra.append(trip)
    trips = np.concatenate([trip_of_run, np.array(extra, dtype=np.int32)])
    return np.concatenate(parts), np.concatenate(runs), np.concatenate(shifts), trips
