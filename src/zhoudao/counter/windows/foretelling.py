"""How long somebody waits, by the rule of the lanes played forward over what was learned. Pure.

The engine plays in open time: seconds while the point is closed for lunch don't count, and are put back at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from zhoudao.core import clock
from zhoudao.counter.places.rules import Interval
from zhoudao.counter.windows.rules import Desk, Lane, Waiting, may_serve, next_in_line, passes_over
from zhoudao.engines import queues
from zhoudao.engines.queues import At, Guess, Profile

BETWEEN = 12.0
"""Seconds from one ticket's end to the next call."""
NEWCOMER = 2**62
"""The ticket of somebody who would come now."""
WORKDAY, AFTER_BREAK, REST_DAY = "workday", "after_break", "rest_day"
"""Kinds of day with a shape of their own: the first working day after days off is the busiest."""


@dataclass(frozen=True)
class Busy:
    """A window that somebody sits at; ``since`` is None while it is free."""

    desk: Desk
    service: str = ""
    since: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """How a queue stands at a moment."""

    moment: datetime
    windows: tuple[Busy, ...]
    line: tuple[Waiting, ...]
    open: tuple[Interval, ...] = ()
    """When the point is open that day; empty: not known, so breaks aren't counted."""


def newcomer(service: str, lane: Lane, moment: datetime) -> Waiting:
    return Waiting(NEWCOMER, service, lane, moment)


def played(standing: Standing, profile: Profile, own: Waiting) -> float | None:
    """In how many seconds ``own`` is called if nobody else came; None where no open window would call them."""
    if not any(may_serve(each.desk, own) for each in standing.windows):
        return None
    line = (
        [*standing.line]
        if any(each.ticket == own.ticket for each in standing.line)
        else [*standing.line, own]
    )

    def takes(person: Waiting, seconds: float) -> float:
        at = later(standing.moment, seconds, standing.open)
        return profile.takes(person.service, clock.local(at).hour) + BETWEEN

    def choose(desk: Desk, left: list[Waiting], seconds: float) -> tuple[Waiting | None, list[Waiting]]:
        return _next(desk, left, standing.moment + timedelta(seconds=seconds))

    desks = [At(each.desk, _free_in(each, standing.moment, profile)) for each in standing.windows]
    found = queues.calls(desks, line, choose, takes, lambda each: each.ticket, own.ticket)
    seconds = found.get(own.ticket)
    if seconds is None:
        return None
    return (later(standing.moment, seconds, standing.open) - standing.moment).total_seconds()


def guess(standing: Standing, profile: Profile, own: Waiting) -> Guess | None:
    """What ``played`` says, put right by what it got wrong on past days."""
    seconds = played(standing, profile, own)
    return None if seconds is None else profile.corrected(seconds, own.lane.value)


def later(moment: datetime, seconds: float, spans: Sequence[Interval]) -> datetime:
    """``seconds`` of open time after ``moment``. After the last span time runs on: whoever waits is served."""
    at, left = moment, timedelta(seconds=seconds)
    for start, end in spans:
        if end <= at:
            continue
        at = max(at, start)
        if at + left <= end:
            return at + left
        left -= end - at
        at = end
    return at + left


def _next(desk: Desk, left: list[Waiting], now: datetime) -> tuple[Waiting | None, list[Waiting]]:
    chosen = next_in_line(desk, left, now)
    if chosen is None:
        return None, left
    passed = {each.ticket for each in passes_over(desk, left, chosen)}
    return chosen, [
        replace(each, passed_over=each.passed_over + 1) if each.ticket in passed else each
        for each in left
        if each.ticket != chosen.ticket
    ]


def _free_in(window: Busy, moment: datetime, profile: Profile) -> float:
    if window.since is None:
        return 0.0
    elapsed = max(0.0, (moment - window.since).total_seconds())
    return profile.left(window.service, clock.local(moment).hour, elapsed) + BETWEEN


# Peers, to be better than ---------------------------------------------------------------


def by_counting(standing: Standing, profile: Profile, own: Waiting) -> float | None:
    """What a sign in a hall would say: those before you times the mean, over the open windows."""
    serving = [each.desk for each in standing.windows if may_serve(each.desk, own)]
    if not serving:
        return None
    ahead = sum(
        any(may_serve(desk, each) for desk in serving) for each in standing.line if each.ticket != own.ticket
    )
    busy = sum(each.since is not None for each in standing.windows if may_serve(each.desk, own))
    if not ahead and busy < len(serving):
        return 0.0
    return (ahead + 1) * profile.service.get(own.service, profile.overall) / len(serving)


def last_called(waits: Iterable[tuple[datetime, float]], moment: datetime) -> float:
    """What the last one called had waited (last-to-enter-service: Ibrahim and Whitt 2009); 0 before the first."""
    return max(((at, wait) for at, wait in waits if at <= moment), default=(moment, 0.0))[1]
