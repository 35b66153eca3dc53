"""A past day of a point, and the same day with other windows, played by the rule of the lanes. Pure.

Everybody comes when they came and takes as long as they took; who left early leaves when they left, unless they are
called before. So that two days differ in nothing but the windows.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from zhoudao.counter.places.rules import Interval, both
from zhoudao.counter.windows.foretelling import BETWEEN
from zhoudao.counter.windows.queries.past import Past, PastDay
from zhoudao.counter.windows.rules import Desk, Lane, State, Waiting, WindowKind, next_in_line, passes_over
from zhoudao.counter.windows.whatif.rules import Change, More, other, services_of
from zhoudao.engines import queues
from zhoudao.engines.queues import Comer, Staffed
from zhoudao.engines.queues.profile import UNKNOWN_SERVICE

EVERYBODY = "all"


@dataclass(frozen=True)
class Wait:
    """What became of one of the day."""

    lane: Lane
    minutes: float | None
    """None: nobody called them."""


@dataclass(frozen=True)
class Line:
    """The waits of a lane, in minutes."""

    lane: str
    """EVERYBODY for all of them."""
    people: int
    mean: float
    p95: float
    longest: float
    not_called: int


@dataclass(frozen=True)
class Worked:
    """How much of its time a window was busy."""

    number: int
    kind: WindowKind
    called: int
    share: float


@dataclass(frozen=True)
class Desked:
    """A window of the day, with when somebody sits there."""

    number: int
    desk: Desk
    spans: tuple[Interval, ...]
    stays: bool


def desks_of(day: PastDay, numbers: Mapping[int, int]) -> list[Desked]:
    """Who sat where. Breaks of the point are cut out; who stayed until it shut stays until nobody waits."""
    sat: dict[int, list[tuple[Desk, datetime, datetime]]] = defaultdict(list)
    for desk, opened, closed in day.sittings:
        sat[desk.window].append((desk, opened, closed))
    shuts = day.open[-1][1] if day.open else None
    return [
        Desked(
            numbers[window],
            spans[0][0],
            tuple(
                _within(
                    [(opened, closed) for _, opened, closed in sorted(spans, key=lambda s: s[1])], day.open
                )
            ),
            shuts is None or max(closed for _, _, closed in spans) >= shuts,
        )
        for window, spans in sorted(sat.items())
    ]


def changed(desks: Sequence[Desked], change: Change, open_: Sequence[Sequence[Interval]]) -> list[Desked]:
    """The windows as they would have been; ``open_``: when each that is added is staffed."""
    there = [(each.desk.kind, each.desk.services) for each in desks]
    kept = [
        replace(each, desk=replace(each.desk, kind=other(each.desk.kind)))
        if each.number in change.turned
        else each
        for each in desks
        if each.number not in change.without
    ]
    highest = max((each.number for each in desks), default=0)
    added = [
        Desked(highest + place, _added(more, place, there), tuple(spans), stays=True)
        for place, (more, spans) in enumerate(zip(change.more, open_, strict=True), start=1)
    ]
    return kept + added


def _added(more: More, place: int, there: Sequence[tuple[WindowKind, frozenset[str]]]) -> Desk:
    return Desk(-place, more.kind, services_of(more, there))  # no window of the table


def play(
    day: PastDay, desks: Sequence[Desked], usual: Mapping[str, float], most: int
) -> tuple[list[Wait], list[Worked]]:
    """``usual``: seconds that serving takes, by service, for those who were never served."""
    begins = min([day.tickets[0].joined, *(start for each in desks for start, _ in each.spans)])

    def seconds(moment: datetime) -> float:
        return (moment - begins).total_seconds()

    def choose(desk: Desk, line: list[Waiting], now: float) -> tuple[Waiting | None, list[Waiting]]:
        chosen = next_in_line(desk, line, begins + timedelta(seconds=now), most)
        if chosen is None:
            return None, line
        passed = {each.ticket for each in passes_over(desk, line, chosen)}
        return chosen, [
            replace(each, passed_over=each.passed_over + 1) if each.ticket in passed else each
            for each in line
            if each.ticket != chosen.ticket
        ]

    comers = [
        Comer(
            Waiting(each.ticket, each.service, each.lane, each.joined, each.appointed),
            seconds(each.joined),
            _takes(each, usual),
            (each.ended - each.joined).total_seconds() if each.called is None else math.inf,
        )
        for each in day.tickets
    ]
    staffed = [
        Staffed(each.desk, [(seconds(start), seconds(end)) for start, end in each.spans], each.stays)
        for each in desks
    ]
    called = queues.play(staffed, comers, choose, lambda each: each.ticket, BETWEEN)
    waits = [
        Wait(each.lane, (found.at - comer.at) / 60 if found else None)
        for each, comer, found in zip(day.tickets, comers, called, strict=True)
    ]
    busy: dict[int, list[float]] = defaultdict(list)
    for comer, found in zip(comers, called, strict=True):
        if found:
            busy[found.desk].append(comer.takes + BETWEEN)
    return waits, [_worked(each, busy[place]) for place, each in enumerate(desks)]


def measured(day: PastDay) -> list[Wait]:
    """What really became of everybody."""
    return [Wait(each.lane, each.wait / 60 if each.wait is not None else None) for each in day.tickets]


def by_lane(waits: Iterable[Wait]) -> list[Line]:
    """A line for everybody, and one for each lane anybody stood in, in the rule's order."""
    found: dict[str, list[Wait]] = {EVERYBODY: list(waits)}
    for lane in (Lane.ENTERPRISE, Lane.BY_RIGHT, Lane.ORDINARY):
        found[lane.value] = [each for each in found[EVERYBODY] if each.lane is lane]
    return [_line(lane, own) for lane, own in found.items() if own or lane == EVERYBODY]


def usual_of(days: Sequence[PastDay]) -> dict[str, float]:
    """Mean seconds that serving took, by service."""
    takes: dict[str, list[float]] = defaultdict(list)
    for day in days:
        for each in day.tickets:
            if each.state == State.SERVED and each.called is not None:
                takes[each.service].append((each.ended - each.called).total_seconds())
    return {service: sum(found) / len(found) for service, found in takes.items()}


def _takes(each: Past, usual: Mapping[str, float]) -> float:
    if each.called is None:
        return usual.get(each.service, UNKNOWN_SERVICE)
    return (each.ended - each.called).total_seconds()


def _line(lane: str, waits: Sequence[Wait]) -> Line:
    minutes = [each.minutes for each in waits if each.minutes is not None]
    if not minutes:
        return Line(lane, len(waits), 0.0, 0.0, 0.0, len(waits))
    return Line(
        lane, len(waits), round(float(np.mean(minutes)), 1), round(float(np.quantile(minutes, 0.95)), 1),
        round(max(minutes), 1), len(waits) - len(minutes),
    )  # fmt: skip


def _worked(each: Desked, busy: Sequence[float]) -> Worked:
    open_ = sum((end - start).total_seconds() for start, end in each.spans)
    return Worked(
        each.number, each.desk.kind, len(busy), round(min(1.0, sum(busy) / open_), 3) if open_ else 0.0
    )


def _within(spans: Sequence[Interval], open_: Sequence[Interval]) -> list[Interval]:
    """What of some spans lies in opening hours; all of them where those aren't known."""
    return sorted(both(spans, open_)) if open_ else list(spans)
