"""How long one waits now, and later: what was learned, over how the queue stands."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, Actor, require
from zhoudao.core.workdays import queries as workdays
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.places import hours
from zhoudao.counter.places.models import Point
from zhoudao.counter.places.ports import Waits
from zhoudao.counter.windows.foretelling import Busy, Standing, guess, newcomer
from zhoudao.counter.windows.models import LearnedWaits, Sitting, Ticket
from zhoudao.counter.windows.queries.lines import as_desk, as_waiting
from zhoudao.counter.windows.queries.past import kind_of, slot_of
from zhoudao.counter.windows.rules import AT_WINDOW, SEE_QUEUE, Lane, State
from zhoudao.engines.queues import SLOT_SECONDS, Guess, Profile

SLOT = timedelta(seconds=SLOT_SECONDS)
LOOK_AHEAD = 14 * 48
"""Slots of half an hour that the map is told of: it ranks places within a week or two."""
FADES_WITHIN = 4
"""Slots after which how the queue stands now says nothing any more about how it will."""


@dataclass(frozen=True)
class Learned:
    point: Point
    learned_at: datetime
    profile: Profile


def learned(point_codes: Sequence[str]) -> dict[str, Learned]:
    """By point code; points nothing was learned of are left out. Two small queries, one when nothing changed."""
    stamps = LearnedWaits.objects.filter(point__code__in=point_codes, point__withdrawn=False)
    newest = tuple(stamps.order_by("point__code").values_list("point_id", "learned_at"))
    wanted = set(point_codes)
    return {code: each for code, each in _profiles(newest).items() if code in wanted}


@lru_cache(maxsize=64)
def _profiles(stamps: tuple[tuple[int, datetime], ...]) -> dict[str, Learned]:
    """Read once until something new is learned: a profile is a few kilobytes of JSON."""
    rows = LearnedWaits.objects.select_related("point").filter(point_id__in=[pk for pk, _ in stamps])
    return {
        row.point.code: Learned(row.point, row.learned_at, Profile.from_data(row.profile)) for row in rows
    }


def forget_cached() -> None:
    """Drop what is kept in memory: tests reuse primary keys."""
    _profiles.cache_clear()
    _usual.cache_clear()


def standings(points: Sequence[Point], moment: datetime) -> dict[str, Standing]:
    """How the queues of some points stand now, by code. Three queries, however many points."""
    keys = [point.pk for point in points]
    calendar = hours.working_days(workdays.in_force(SYSTEM))
    today = clock.local(moment).date()
    sitting: dict[int, list[Sitting]] = defaultdict(list)
    for each in Sitting.objects.filter(window__point__in=keys, closed_at=None, paused_at=None).select_related(
        "window"
    ):
        sitting[each.window.point_id].append(each)
    line: dict[int, list[Ticket]] = defaultdict(list)
    at: dict[int, Ticket] = {}
    states = [State.WAITING.value, *sorted(AT_WINDOW)]
    for ticket in Ticket.objects.filter(point__in=keys, day=today, state__in=states):
        if ticket.state in AT_WINDOW and ticket.window_id is not None:
            at[ticket.window_id] = ticket
        else:
            line[ticket.point_id].append(ticket)
    return {
        point.code: Standing(
            moment,
            tuple(_busy(each, at.get(each.window_id)) for each in sitting[point.pk]),
            tuple(as_waiting(ticket) for ticket in line[point.pk]),
            tuple(hours.intervals(point.hours, today, 1, calendar)),
        )
        for point in points
    }


def _busy(sitting: Sitting, at: Ticket | None) -> Busy:
    desk = as_desk(sitting.window)
    return Busy(desk, at.service, at.begun_at or at.called_at) if at else Busy(desk)


def of_tickets(point: Point, tickets: Sequence[Ticket], moment: datetime) -> dict[int, Guess]:
    """How long some waiting tickets of a point wait still, by key; left out where nothing is known."""
    known = learned([point.code]).get(point.code)
    if known is None or not tickets:
        return {}
    stood = standings([point], moment)[point.code]
    found = {ticket.pk: guess(stood, known.profile, as_waiting(ticket)) for ticket in tickets}
    return {key: each for key, each in found.items() if each is not None}


def of_newcomers(actor: Actor, point: Point, services: Sequence[str]) -> dict[str, Guess]:
    """How long somebody would wait who took an ordinary ticket now, by service. Five queries at most."""
    require(actor, SEE_QUEUE)
    known = learned([point.code]).get(point.code)
    if known is None:
        return {}
    now = clock.now()
    stood = standings([point], now)[point.code]
    found = {code: guess(stood, known.profile, newcomer(code, Lane.ORDINARY, now)) for code in services}
    return {code: each for code, each in found.items() if each is not None}


# The map's ------------------------------------------------------------------------------


def for_the_map(actor: Actor, item_code: str, point_codes: Sequence[str], moment: datetime) -> Waits | None:
    """What ``places.ports`` asks: the waits for an item at some points, by half hour from ``moment`` on.

    Today's first two hours lean on how the queue stands now, the rest on what is usual then.
    """
    require(actor, SEE_QUEUE)
    known = learned(point_codes)
    if not known:
        return None
    services = [str(each) for each in catalog.item(SYSTEM, item_code).served_by]
    served = {
        code: next((service for service in services if service in each.profile.service), None)
        for code, each in known.items()
    }
    asked = {code: service for code, service in served.items() if service is not None}
    kinds = _kinds(moment)
    begins = clock.local(moment).replace(
        minute=clock.local(moment).minute // 30 * 30, second=0, microsecond=0
    )
    is_now = abs(moment - clock.now()) < SLOT
    stood = standings([known[code].point for code in asked], moment) if is_now and asked else {}
    stamps = tuple((known[code].point.pk, known[code].learned_at) for code in asked)
    usual = _usual(stamps, tuple(asked.items()), begins, tuple(kinds.items()))
    return Waits(
        begins,
        SLOT,
        {
            code: _seconds(known[code].profile, service, usual[code], stood.get(code))
            for code, service in asked.items()
        },
    )


@lru_cache(maxsize=256)
def _usual(
    stamps: tuple[tuple[int, datetime], ...],
    asked: tuple[tuple[str, str], ...],
    begins: datetime,
    kinds: tuple[tuple[int, str], ...],
) -> dict[str, array[int]]:
    """What is usual for an item at its points, worked out once a half hour: seconds by slot, by code of the point."""
    profiles, days, first = _profiles(stamps), dict(kinds), slot_of(begins)
    slots = range(first, first + LOOK_AHEAD)
    return {
        code: array(
            "i",
            [round(profiles[code].profile.usual(service, days[slot // 48], slot) or 0.0) for slot in slots],
        )
        for code, service in asked
    }


def _seconds(profile: Profile, service: str, usual: array[int], stood: Standing | None) -> array[int]:
    said = guess(stood, profile, newcomer(service, Lane.ORDINARY, stood.moment)) if stood else None
    if said is None:
        return usual
    now = usual[:]
    for number in range(FADES_WITHIN):
        share = 1 - number / FADES_WITHIN
        now[number] = round(share * said.seconds + (1 - share) * usual[number])
    return now


def _kinds(moment: datetime) -> dict[int, str]:
    """What kind of day each of the days ahead is."""
    calendar = workdays.in_force(SYSTEM)
    first = clock.local(moment).date()
    return {
        number: kind_of(first + timedelta(days=number), calendar) for number in range(LOOK_AHEAD // 48 + 1)
    }
