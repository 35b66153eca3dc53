"""Connection scan: one pass over the day's hops tells the earliest arrival everywhere, or the latest
departure.

After J. Dibbelt, T. Pajor, B. Strasser, D. Wagner: "Connection Scan Algorithm", ACM Journal of Experimental
Algorithmics 23 (2018). Walks are not closed under joining (nobody walks twice in a row past the limit), so
arriving by vehicle and being at a stop are two labels: only the first lets one walk on.

Times are seconds after a base instant the caller chooses, int32; a hop's own times are shifted by its day's.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from zhoudao.engines.wayfinding.table import BEYOND

NEVER_LEAVES = -(2**30)
"""A latest departure that does not exist."""
LOOKS_ROUND_EVERY = 128
"""Hops between two looks whether everything asked for is settled."""


@njit(nogil=True, cache=True)
def scan_forward(
    departure, arrival, from_stop, to_stop, trip, age, may_board, may_alight,
    at, shift, until, day, trips,
    on_board, here, ride, to_point,
    change, onward_offsets, onward_ends, onward_seconds, egress_offsets, egress_ends, egress_seconds,
    wanted,
):  # pragma: no cover - compiled  # fmt: skip
    """Go on from hop ``at`` of a day, until ``until`` or until no hop can better any of the ``wanted``
    points (if any).

    ``here[stop]``: when one can be at a stop, ready to board; ``ride[stop]``: when a vehicle first brings
    one there; ``to_point``: when one is at a point. ``on_board[(day - age) * trips + trip]``: whether one
    has caught that run. Returns the hop to go on from, and whether the scan ended because everything wanted
    was settled.
    """
    for c in range(at, len(departure)):
        leaves = departure[c] + shift
        if leaves >= until:
            return c, False
        if (c - at) % LOOKS_ROUND_EVERY == 0:
            latest = -1 if len(wanted) else BEYOND
            for i in range(len(wanted)):
                latest = max(latest, to_point[wanted[i]])
            if latest <= leaves:
                return c, True
        run = (day - age[c]) * trips + trip[c]
        if not on_board[run]:
            if not may_board[c] or here[from_stop[c]] > leaves:
                continue
            on_board[run] = True
        stop = to_stop[c]
        time = arrival[c] + shift
        if time >= ride[stop] or not may_alight[c]:
            continue
        ride[stop] = time
        here[stop] = min(here[stop], time + change[stop])
        for k in range(onward_offsets[stop], onward_offsets[stop + 1]):
            end = onward_ends[k]
            here[end] = min(here[end], time + onward_seconds[k])
        for k in range(egress_offsets[stop], egress_offsets[stop + 1]):
            end = egress_ends[k]
            to_point[end] = min(to_point[end], time + egress_seconds[k])
    return len(departure), False


@njit(nogil=True, cache=True)
def scan_backward(
    departure, arrival, from_stop, to_stop, trip, age, may_board, may_alight,
    at, shift, since, day, trips, number,
    gets_off, catch, follow, leave, first_hop, last_hop,
    change, inward_offsets, inward_ends, inward_seconds,
):  # pragma: no cover - compiled  # fmt: skip
    """Go back from the hop before ``at`` to the first that departs at or after ``since``.

    ``catch[stop]``: the latest arrival by vehicle that is still in time; ``follow[stop]``: the stop one
    changes to then (-1: none, the goal is walked to). ``leave[stop]``: the latest departure by vehicle that
    gets there in time, from hop ``first_hop`` to hop ``last_hop`` (hops are numbered through all days:
    ``number`` is this day's first). ``gets_off[run]``: hop at whose end one gets off that run, -1 for none.
    """
    for c in range(at - 1, -1, -1):
        leaves = departure[c] + shift
        if leaves < since:
            return
        run = (day - age[c]) * trips + trip[c]
        if gets_off[run] < 0:
            if not may_alight[c] or arrival[c] + shift > catch[to_stop[c]]:
                continue
            gets_off[run] = number + c
        stop = from_stop[c]
        if leaves <= leave[stop] or not may_board[c]:
            continue
        leave[stop] = leaves
        first_hop[stop] = number + c
        last_hop[stop] = gets_off[run]
        if leaves - change[stop] > catch[stop]:
            catch[stop] = leaves - change[stop]
            follow[stop] = stop
        for k in range(inward_offsets[stop], inward_offsets[stop + 1]):
            before = inward_ends[k]
            time = leaves - inward_seconds[k]
            if time > catch[before]:
                catch[before] = time
                follow[before] = stop


@njit(nogil=True, cache=True)
def latest_from_points(leave, offsets, ends, seconds, latest, by_stop):  # pragma: no cover - compiled
    """The latest moment one can set out from each point to a stop and still catch what leaves there."""
    for stop in range(len(leave)):
        if leave[stop] == NEVER_LEAVES:
            continue
        for k in range(offsets[stop], offsets[stop + 1]):
            time = leave[stop] - seconds[k]
            if time > latest[ends[k]]:
                latest[ends[k]] = time
                by_stop[ends[k]] = stop


def unreached(count: int) -> np.ndarray:
    """A label for each of ``count`` things, none of them reached."""
    return np.full(count, BEYOND, dtype=np.int32)
