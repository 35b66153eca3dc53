"""Where can I be served soonest? Every candidate ranked by the moment its service starts.

One forward scan answers the travel to all candidates, one look-up each the opening and the queue. What a
ranking does not need (legs, reasons, the way back) is worked out when somebody looks at it.

**Today.** A day of travel ends at four in the morning. Places that cannot be reached today are unreachable
(``served_at`` is None) and say when one next could get there. Only when nobody would serve today at all
does the search look at the next day, and the next.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from zhoudao.engines.wayfinding.coords import LonLat
from zhoudao.engines.wayfinding.journey import (
    LONGEST_SEARCH,
    Journey,
    Leg,
    earliest_arrival,
    end_of_day,
    epoch,
    last_chance,
    moment_of,
    tell,
)
from zhoudao.engines.wayfinding.layer import Mode
from zhoudao.engines.wayfinding.network import Network
from zhoudao.engines.wayfinding.reasons import Reason, reasons
from zhoudao.engines.wayfinding.search import (
    Backward,
    Forward,
    Joint,
    Reached,
    join,
    reached,
)
from zhoudao.engines.wayfinding.serving import FAR_FUTURE, HoursTable, Queue, Served, serve
from zhoudao.engines.wayfinding.table import BEYOND

SERVICE_TAKES = 15 * 60
"""How long a service takes unless said otherwise, seconds: from then on one can go home."""


@dataclass(frozen=True, slots=True)
class Online:
    """An online channel for the same item: from ``opens`` on (now, when None) an answer takes ``seconds``."""

    code: str = "online"
    seconds: int = 0
    opens: datetime | None = None


@dataclass(frozen=True, slots=True)
class Back:
    """The way home after the service."""

    last: datetime | None
    """The last moment of that day to set out from the place for a bus or a boat; None when there is none
    that day."""
    on_foot: int | None
    """Seconds home by streets alone (by car in car mode); None when there is no such way."""
    in_time: bool
    """Whether one gets home after being served, by streets or by that last departure."""


class Service:
    """One candidate in a ranking."""

    def __init__(self, answer: Answer, at: int) -> None:
        self._answer, self.at = answer, at

    def __repr__(self) -> str:
        return f"Service({self.point!r}, arrive={self.arrive}, served_at={self.served_at})"

    @property
    def point(self) -> str:
        """The point's code, or the online channel's."""
        return self._answer.codes[self.at]

    @property
    def is_online(self) -> bool:
        return self._answer.is_online(self.at)

    @property
    def arrive(self) -> datetime | None:
        """When one is there; None when it cannot be reached."""
        return self._answer.moment(self._answer.arrive[self.at])

    @property
    def joined(self) -> datetime | None:
        """When one takes one's place in the queue."""
        return self._answer.moment(self._answer.joined[self.at])

    @property
    def served_at(self) -> datetime | None:
        """When service starts; None when it does not (see `outcome` and `reasons`)."""
        return self._answer.moment(self._answer.served[self.at])

    @property
    def outcome(self) -> Served:
        return Served(int(self._answer.outcome[self.at]))

    @property
    def depart(self) -> datetime | None:
        """The last moment to set out and still arrive then (for a direct way: now)."""
        return self.journey.depart if self.journey else None

    @property
    def legs(self) -> tuple[Leg, ...]:
        return self.journey.legs if self.journey else ()

    @property
    def journey(self) -> Journey | None:
        """The way there; None when there is none, or none is needed."""
        return self._answer.journey(self.at)

    @cached_property
    def leave_by(self) -> datetime | None:
        """When to set out at the latest and be served no later: it may not be open yet when one could be
        there."""
        return self._answer.leave_by(self.at)

    @cached_property
    def back(self) -> Back | None:
        """The way home; None when one is not served, or did not leave home."""
        return self._answer.back(self.at)

    @cached_property
    def reasons(self) -> list[Reason]:
        """Why this place is not the first, or is not for today. The first place's list says what one waits
        for."""
        return reasons(self._answer, self.at)

    def way_back(self) -> Journey | None:
        """The first journey home after the service."""
        return self._answer.way_back(self.at)


def soonest(
    network: Network,
    origin: LonLat,
    when: datetime,
    hours: HoursTable,
    *,
    mode: Mode = "walk",
    candidates: Sequence[str] | None = None,
    queue: Queue | None = None,
    service_takes: int = SERVICE_TAKES,
    online: Online | None = None,
    days: int | None = None,
) -> list[Service]:
    """Rank candidates by the moment one would be served, leaving ``origin`` at ``when``.

    ``hours`` and ``queue`` are aligned with each other; ``candidates`` (codes in ``hours``; all when None)
    may be any of them. ``service_takes``: seconds until one can go home. ``days``: search exactly so many
    days of travel instead of "today, or the first day anybody serves".

    Those served come first, by service, arrival and the order of ``hours``; then those that are not. Raises
    OutsideCalendar, NotOnTheMap, and KeyError for a code that is not in ``hours`` or on the network.
    """
    codes = hours.codes if candidates is None else tuple(candidates)
    places = hours.numbers_of(codes)
    points = network.numbers_of(codes)
    moment = epoch(network, when)
    start = join(network, mode, origin, leaving=True)
    forward = Forward(network, mode, start, moment)
    for ahead in range(1 if days is None else days, (LONGEST_SEARCH if days is None else days) + 1):
        until = end_of_day(network, moment, ahead - 1)
        arrive = _arrivals(forward, points, until)
        served, joined, outcome = serve(hours, places, arrive, queue)
        if served.min(initial=FAR_FUTURE) < until:
            break
    answer = Answer(
        network, hours, origin, forward, until, service_takes, codes, places, arrive, joined, served, outcome
    )
    if online is not None:
        answer = answer.with_online(online)
    return answer.ranked


def _arrivals(forward: Forward, points: NDArray[np.int64], until: int) -> NDArray[np.int64]:
    """When one is at each point, setting out by ``until``; FAR_FUTURE for those one does not reach so."""
    forward.run(until, points)
    arrive = forward.arrivals(points)
    there = arrive < FAR_FUTURE
    latest = int(np.max(arrive, initial=0, where=there))
    if latest <= until:
        return arrive
    # What leaves after the day ends may still overtake a slow night boat, but opens up no new place for
    # today.
    forward.run(latest, points[there])
    return np.where(there, forward.arrivals(points), FAR_FUTURE)


@dataclass(frozen=True)
class Answer:
    """What one search found out; a `Service` is one row of it. Epoch seconds, FAR_FUTURE for never."""

    network: Network
    hours: HoursTable
    origin: LonLat
    forward: Forward
    until: int
    service_takes: int
    codes: tuple[str, ...]
    places: NDArray[np.int64]
    """Row in ``hours`` of each candidate."""
    arrive: NDArray[np.int64]
    joined: NDArray[np.int64]
    served: NDArray[np.int64]
    outcome: NDArray[np.int8]
    online: Online | None = None

    @cached_property
    def ranked(self) -> list[Service]:
        return [Service(self, at) for at in np.lexsort((self.arrive, self.served)).tolist()]

    def with_online(self, online: Online) -> Answer:
        """The same with an online channel as one more candidate, the last by number."""
        opens = self.when if online.opens is None else max(self.when, math.ceil(online.opens.timestamp()))

        def and_(values: NDArray, value: int) -> NDArray:
            return np.append(values, np.array([value], dtype=values.dtype))

        return replace(
            self,
            codes=(*self.codes, online.code),
            arrive=and_(self.arrive, self.when),
            joined=and_(self.joined, opens),
            served=and_(self.served, opens + online.seconds),
            outcome=and_(self.outcome, Served.YES),
            online=online,
        )

    @property
    def when(self) -> int:
        return self.forward.when

    @property
    def mode(self) -> Mode:
        return self.forward.mode

    def is_online(self, at: int) -> bool:
        return at >= len(self.places)

    def moment(self, seconds: int) -> datetime | None:
        return None if seconds >= FAR_FUTURE else moment_of(self.network, int(seconds))

    def goal(self, at: int) -> Joint:
        return join(self.network, self.mode, self.codes[at], leaving=False)

    @cached_property
    def _journeys(self) -> dict[int, Journey]:
        """The journeys told so far, by candidate."""
        return {}

    def journey(self, at: int) -> Journey | None:
        if self.is_online(at) or self.arrive[at] >= FAR_FUTURE:
            return None
        if at not in self._journeys:
            start, goal, arrive = self.forward.start, self.goal(at), int(self.arrive[at])
            self._journeys[at] = tell(self.network, self.mode, start, goal, self.when, arrive)
        return self._journeys[at]

    def leave_by(self, at: int) -> datetime | None:
        if self.is_online(at) or self.joined[at] >= FAR_FUTURE:
            return None
        leave, _ = last_chance(
            self.network, self.mode, self.forward.start, self.goal(at), self.when, int(self.joined[at])
        )
        return moment_of(self.network, max(leave, self.when))

    # The way home

    @cached_property
    def _home(self) -> Reached:
        home = join(self.network, self.mode, self.origin, leaving=False)
        return reached(self.network, self.mode, home, leaving=False)

    @cached_property
    def _last_home(self) -> dict[int, NDArray[np.int64]]:
        """For each end of a day of travel, the last moment of that day to set out from each point by
        vehicle."""
        return {}

    def back(self, at: int) -> Back | None:
        served = int(self.served[at])
        if self.is_online(at) or served >= FAR_FUTURE:
            return None
        done = served + self.service_takes
        end = end_of_day(self.network, done)
        if end not in self._last_home:
            backward = Backward(
                self.network, self.mode, self._home.stops, end, end_of_day(self.network, done, -1)
            )
            self._last_home[end], _ = backward.from_points
        point = int(self.network.numbers_of((self.codes[at],))[0])
        last, on_foot = int(self._last_home[end][point]), int(self._home.points[point])
        by_street = on_foot < BEYOND
        return Back(
            moment_of(self.network, last) if last > -FAR_FUTURE else None,
            on_foot if by_street else None,
            by_street or last >= done,
        )

    def way_back(self, at: int) -> Journey | None:
        served = self.moment(int(self.served[at]))
        if self.is_online(at) or served is None:
            return None
        done = served + timedelta(seconds=self.service_takes)
        return earliest_arrival(self.network, self.codes[at], self.origin, done, self.mode)
