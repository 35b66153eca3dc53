"""Why a place is not the first, or not for today: codes with values, for an interface to put into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from zhoudao.engines.wayfinding.journey import Leg, earliest_arrival, end_of_day, last_chance, moment_of
from zhoudao.engines.wayfinding.serving import FAR_FUTURE, Served
from zhoudao.engines.wayfinding.timetable import FERRY

if TYPE_CHECKING:
    from zhoudao.engines.wayfinding.soonest import Answer

WORTH_SAYING = 10 * 60
"""Waits and delays shorter than this are not given as a reason, seconds."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a place comes later or cannot be reached: a code, and the values its sentence needs."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


def reasons(answer: Answer, at: int) -> list[Reason]:
    """What there is to say about candidate number ``at``; see docs/wayfinding.md for the codes."""
    if answer.is_online(at):
        return []
    if answer.arrive[at] >= FAR_FUTURE:
        return [_unreachable(answer, at)]
    found = [*_farther(answer, at), *_waits_for_vehicle(answer, at), *_closed(answer, at)]
    queue = int(answer.served[at] - answer.joined[at]) if answer.served[at] < FAR_FUTURE else 0
    if queue >= WORTH_SAYING:
        found.append(Reason("queue", {"seconds": queue}))
    back = answer.back(at)
    if back is not None and not back.in_time:
        found.append(Reason("no_way_back_today", {"last": back.last}))
    return found


def _unreachable(answer: Answer, at: int) -> Reason:
    """No way today: whether something went earlier, and when one next could get there."""
    journey = earliest_arrival(
        answer.network, answer.origin, answer.codes[at], moment_of(answer.network, answer.when), answer.mode
    )
    if journey is None:
        return Reason("unreachable")
    vehicle = "boat" if any(leg.mode == FERRY for leg in journey.legs) else "bus"
    last = _last_there(answer, at)
    values = {"next_depart": journey.depart, "next_arrive": journey.arrive}
    if last is None:
        return Reason(f"no_{vehicle}_today", values)
    return Reason(f"last_{vehicle}_gone", {"last": last, **values})


def _last_there(answer: Answer, at: int) -> datetime | None:
    """The last moment of today at which one could have set out; None when there was none all day."""
    today = end_of_day(answer.network, answer.when)
    begins = end_of_day(answer.network, answer.when, -1)
    leave, _ = last_chance(answer.network, answer.mode, answer.forward.start, answer.goal(at), begins, today)
    return moment_of(answer.network, leave) if leave >= begins else None


def _farther(answer: Answer, at: int) -> list[Reason]:
    first = answer.ranked[0].at
    if answer.is_online(first) or answer.arrive[first] >= FAR_FUTURE:
        return []
    more = int(answer.arrive[at] - answer.arrive[first])
    return [Reason("farther", {"seconds": more})] if more > 0 else []


def _waits_for_vehicle(answer: Answer, at: int) -> list[Reason]:
    journey = answer.journey(at)
    assert journey is not None
    longest: tuple[timedelta, Leg] | None = None
    ready = moment_of(answer.network, answer.when)
    for leg in journey.legs:
        if leg.line is None:
            ready += leg.arrive - leg.depart
            continue
        wait = leg.depart - ready
        if longest is None or wait > longest[0]:
            longest = (wait, leg)
        ready = leg.arrive
    if longest is None or longest[0].total_seconds() < WORTH_SAYING:
        return []
    wait, leg = longest
    code = "waits_for_boat" if leg.mode == FERRY else "waits_for_bus"
    return [Reason(code, {"seconds": int(wait.total_seconds()), "depart": leg.depart, "line": leg.line})]


def _closed(answer: Answer, at: int) -> list[Reason]:
    """Why nobody serves on arrival, if so."""
    place, arrive = int(answer.places[at]), int(answer.arrive[at])
    if answer.outcome[at] == Served.UNCONFIRMED:
        return [Reason("hours_unconfirmed", {"from": answer.moment(answer.hours.known_until)})]
    if answer.hours.is_open(place, arrive):
        return []
    closure = answer.hours.closure(place, arrive)
    if answer.outcome[at] == Served.CLOSED:
        return [Reason("closed", {"closure": closure.reason if closure else ""})]
    opens = moment_of(answer.network, int(answer.joined[at]))
    if closure is not None:
        return [Reason("closure", {"reason": closure.reason, "opens": opens})]
    there = moment_of(answer.network, arrive)
    spans = answer.hours.spans(place)
    before = [moment_of(answer.network, closes) for _, closes in spans if closes <= arrive]
    same_day = [closes for closes in before if closes.date() == there.date()]
    if opens.date() == there.date():
        return [Reason("closed_at_midday" if same_day else "opens_later", {"opens": opens})]
    if same_day:
        return [Reason("closed_on_arrival", {"closed": same_day[-1], "opens": opens})]
    return [Reason("closed_today", {"opens": opens})]
