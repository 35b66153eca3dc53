"""When somebody who arrives at a place is served: its hours as arrays, and the queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import IntEnum
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numba import njit
from numpy.typing import NDArray

from zhoudao.engines.wayfinding.hours import BadHours, Closure, Hours, WorkingDays, always_open, open_spans

FAR_FUTURE = 2**61
"""Epoch second that never comes."""


@dataclass(frozen=True)
class HoursTable:
    """The hours of many places as flat arrays, for `serve` and for quick answers."""

    codes: tuple[str, ...]
    offsets: NDArray[np.int64]
    """Spans offsets[i]:offsets[i + 1] belong to place i, (n + 1,)."""
    opens: NDArray[np.int64]
    """Epoch seconds, rising within a place."""
    closes: NDArray[np.int64]
    begins: int
    """Epoch second before which the table says nothing."""
    known_until: int
    """Epoch second from which nothing is known: the end of the compiled days, or of the working-day table."""
    table_ends: bool
    """Whether it is the working-day table that ends there, so that later days are unconfirmed."""
    always: NDArray[np.bool_]
    """Places open round the clock: they stay so beyond the table too."""
    closures: Mapping[str, tuple[Closure, ...]] = field(default_factory=dict)

    @classmethod
    def compile(
        cls, hours: Mapping[str, Hours], days: WorkingDays, zone: ZoneInfo, since: date, length: int = 60
    ) -> HoursTable:
        """Compile the hours of places by code for ``length`` days from ``since``.

        Raises BadHours naming the place.
        """
        until = since + timedelta(days=length - 1)
        offsets, opens, closes, always = [0], [], [], []
        for code, one in hours.items():
            try:
                spans = _spans_cached(one, days, zone, since, until)
            except BadHours as error:
                raise BadHours(f"{code}: {error}") from error
            opens += [span[0] for span in spans]
            closes += [span[1] for span in spans]
            offsets.append(len(opens))
            always.append(not one.closures and always_open(one.expression))
        known = min(until, days.last) + timedelta(days=1)
        return cls(
            tuple(hours),
            np.array(offsets, dtype=np.int64),
            np.array(opens, dtype=np.int64),
            np.array(closes, dtype=np.int64),
            int(datetime.combine(max(since, days.first), time(), zone).timestamp()),
            int(datetime.combine(known, time(), zone).timestamp()),
            days.last < until,
            np.array(always, dtype=np.bool_),
            {code: one.closures for code, one in hours.items() if one.closures},
        )

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {code: at for at, code in enumerate(self.codes)}

    def numbers_of(self, codes: Sequence[str]) -> NDArray[np.int64]:
        """Row numbers of places by code. Raises KeyError for a code without hours."""
        return np.array([self._numbers[code] for code in codes], dtype=np.int64)

    def closure(self, place: int, moment: int) -> Closure | None:
        """The closure of place number ``place`` that an epoch second falls in."""
        for closure in self.closures.get(self.codes[place], ()):
            if closure.start.timestamp() <= moment < closure.end.timestamp():
                return closure
        return None

    def spans(self, place: int) -> list[tuple[int, int]]:
        """The open spans of place number ``place``."""
        at = slice(int(self.offsets[place]), int(self.offsets[place + 1]))
        return list(zip(self.opens[at].tolist(), self.closes[at].tolist(), strict=True))

    def is_open(self, place: int, moment: int) -> bool | None:
        """Whether place number ``place`` is open at an epoch second; None when that is not known."""
        if self.always[place]:
            return True
        if not self.begins <= moment < self.known_until:
            return None
        at = slice(int(self.offsets[place]), int(self.offsets[place + 1]))
        span = int(np.searchsorted(self.opens[at], moment, side="right")) - 1
        return span >= 0 and moment < int(self.closes[at][span])


_spans_cached = lru_cache(maxsize=4096)(open_spans)


@dataclass(frozen=True)
class Queue:
    """How long one waits at each place, by the time one joins the queue."""

    begins: int
    """Epoch second at which the first slot starts."""
    slot: int
    """Length of a slot, seconds."""
    seconds: NDArray[np.int32]
    """Expected wait by place and slot, (n, slots); the last slot goes on for ever."""

    @classmethod
    def constant(cls, seconds: Sequence[int] | NDArray) -> Queue:
        """The same wait at any time, one for each place."""
        return cls(0, FAR_FUTURE, np.asarray(seconds, dtype=np.int32).reshape(-1, 1))


class Served(IntEnum):
    """What came of going to a place."""

    YES = 0
    UNREACHABLE = 1
    CLOSED = 2
    """It does not open again within the compiled hours."""
    UNCONFIRMED = 3
    """It may open, on days nothing is known of yet."""


def serve(
    hours: HoursTable, places: NDArray[np.int64], arrive: NDArray[np.int64], queue: Queue | None = None
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int8]]:
    """When somebody is served who arrives at ``places`` (numbers) at ``arrive`` (epoch seconds, FAR_FUTURE
    for never).

    Returns (served, joined, outcome): the moment service starts, the moment they join the queue (both
    FAR_FUTURE when they are not served), and a `Served`. One joins the queue on arrival, or when the place
    opens; one never waits longer for having come earlier, so where the estimate falls faster than time
    passes one may as well join later. Someone whose turn would come after closing is served in the next
    span.
    """
    if queue is None:
        queue = Queue.constant(np.zeros(len(hours.codes), dtype=np.int32))
    return _serve(
        places,
        hours.offsets, hours.opens, hours.closes, hours.known_until, hours.table_ends, hours.always, arrive,
        queue.begins, queue.slot, queue.seconds,
    )  # fmt: skip


@njit(nogil=True, cache=True)
def _serve(
    places, offsets, opens, closes, known_until, table_ends, always, arrive, begins, slot, wait
):  # pragma: no cover - compiled
    n = len(arrive)
    served = np.full(n, FAR_FUTURE, dtype=np.int64)
    joined = np.full(n, FAR_FUTURE, dtype=np.int64)
    outcome = np.full(n, 2, dtype=np.int8)
    for i in range(n):
        place = places[i]
        if arrive[i] >= FAR_FUTURE:
            outcome[i] = 1
            continue
        if always[place]:
            joined[i], served[i] = _join(arrive[i], FAR_FUTURE, begins, slot, wait[place])
            outcome[i] = 0
            continue
        low, high = offsets[place], offsets[place + 1]
        while low < high:  # the first span that ends after arrival
            middle = (low + high) // 2
            if closes[middle] <= arrive[i]:
                low = middle + 1
            else:
                high = middle
        for k in range(low, offsets[place + 1]):
            join, turn = _join(max(arrive[i], opens[k]), closes[k], begins, slot, wait[place])
            if turn < closes[k]:
                joined[i], served[i] = join, turn
                outcome[i] = 0
                break
        if outcome[i] != 0 and (table_ends or arrive[i] >= known_until):
            outcome[i] = 3
    return served, joined, outcome


@njit(nogil=True, cache=True)
def _join(ready, closes, begins, slot, wait):  # pragma: no cover - compiled
    """The best moment from ``ready`` on to join a queue before ``closes``, and when the turn comes."""
    last = len(wait) - 1
    at = min(max((ready - begins) // slot, 0), last)
    best, turn = ready, ready + wait[at]
    while at < last:
        at += 1
        later = begins + at * slot
        if later >= turn or later >= closes:
            break
        if later + wait[at] < turn:
            best, turn = later, later + wait[at]
    return best, turn
