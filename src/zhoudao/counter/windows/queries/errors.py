"""How far off the estimates are, on days they were not learned from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from zhoudao.core.access import Actor, require
from zhoudao.counter.places.models import Point
from zhoudao.counter.windows.foretelling import by_counting, guess, last_called
from zhoudao.counter.windows.models import Ticket
from zhoudao.counter.windows.queries import past
from zhoudao.counter.windows.queries.past import PastDay
from zhoudao.counter.windows.rules import SEE_WAITS, Waiting
from zhoudao.engines import queues
from zhoudao.engines.queues import Foretold, Profile, Score

HELD_OUT_DAYS = 30
MOST_CORRECTED = 4000
"""Tickets of a point that corrections are learned from: every n-th of them, so that each day is among them."""
IN_RANGE = "in_range"


@dataclass(frozen=True)
class Held:
    """Of one point: how far off each way of guessing was on the days held out."""

    point: str
    learned_from: tuple[date, date]
    held_out: tuple[date, date]
    tickets: int
    scores: dict[str, Score]
    """``estimate`` when the ticket is taken, ``usual`` (of the half hour, what the map says of other days),
    ``counting`` and ``last_called``, its peers; ``estimate_waiting``, ``counting_waiting`` and ``last_called_waiting``:
    of those who did wait."""
    in_range: float
    """Share of waits within the range that is said beside the estimate."""

    def as_data(self) -> dict[str, Any]:
        data = asdict(self)
        for name in ("learned_from", "held_out"):
            data[name] = [day.isoformat() for day in data[name]]
        return data


def learned(days: Sequence[PastDay]) -> Profile:
    """The profile of some days, with its corrections."""
    profile = queues.learn(list(past.visits(days)))
    everybody = [(day, each) for day in days for each in day.tickets if each.wait is not None]
    step = max(1, len(everybody) // MOST_CORRECTED)
    foretold = []
    for day, each in everybody[::step]:
        stood = past.standing(day, each)
        own: Waiting = stood.line[-1]
        seconds = guess(stood, profile, own)
        if seconds is not None and each.wait is not None:
            foretold.append(Foretold(each.lane.value, seconds.seconds, each.wait))
    return queues.correct(profile, foretold)


def held_out(actor: Actor, days: int = HELD_OUT_DAYS) -> list[Held]:
    """Of each point with a history: learn from all but the last ``days``, and foretell those. Raises Forbidden."""
    require(actor, SEE_WAITS)
    found = []
    for point in Point.objects.filter(tickets__ended_at__isnull=False).distinct().order_by("code"):
        known = Ticket.objects.filter(point=point, ended_at__isnull=False).order_by("day")
        first, last = known.values_list("day", flat=True)[0], known.reverse().values_list("day", flat=True)[0]
        split = last - timedelta(days=days - 1)
        before, after = past.days(point, first, split - timedelta(days=1)), past.days(point, split, last)
        if before and after:
            found.append(_held(point, before, after))
    return found


def _held(point: Point, before: list[PastDay], after: list[PastDay]) -> Held:
    profile = learned(before)
    ways: dict[str, list[float]] = {name: [] for name in ("estimate", "usual", "counting", "last_called")}
    waited: list[float] = []
    inside = 0
    for day in after:
        called = [
            (each.called, each.wait or 0.0, each.service) for each in day.tickets if each.called is not None
        ]
        for each in day.tickets:
            stood = past.standing(day, each)
            own = stood.line[-1]
            said, counted = guess(stood, profile, own), by_counting(stood, profile, own)
            if said is None or counted is None or each.wait is None:
                continue
            same = [(at, wait) for at, wait, service in called if service == each.service]
            ways["estimate"].append(said.seconds)
            ways["usual"].append(profile.usual(each.service, day.kind, past.slot_of(each.joined)) or 0.0)
            ways["counting"].append(counted)
            ways["last_called"].append(last_called(same, each.joined))
            waited.append(each.wait)
            inside += said.low <= each.wait <= said.high
    scores = {name: queues.score(guessed, waited) for name, guessed in ways.items()}
    late = [number for number, wait in enumerate(waited) if wait > 0]
    for name, guessed in ways.items():
        scores[f"{name}_waiting"] = queues.score([guessed[n] for n in late], [waited[n] for n in late])
    return Held(
        point.code, (before[0].day, before[-1].day), (after[0].day, after[-1].day), len(waited), scores,
        round(inside / len(waited), 3),
    )  # fmt: skip
