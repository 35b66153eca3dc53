"""What the room's pages share."""

from __future__ import annotations

import math
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import get_language

from zhoudao.core.access import Actor
from zhoudao.core.look import words
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.catalog.labels import SERVICES
from zhoudao.counter.windows.labels import CHANNELS, GROUNDS, LANES, STATES
from zhoudao.counter.windows.models import Ticket
from zhoudao.counter.windows.rules import Channel, Ground, Lane, State
from zhoudao.engines.queues import Guess

FINE = 15
"""Minutes up to which each is said."""


def actor_of(request: HttpRequest) -> Actor:
    return request.actor  # type: ignore[attr-defined]


def language() -> str:
    return get_language() or "zh-hans"


def service_name(code: str) -> str:
    return str(SERVICES.get(code, code))  # type: ignore[call-overload]


@dataclass(frozen=True)
class Wait:
    """An expected wait in whole minutes, as a page says it."""

    minutes: int
    low: int
    high: int


def as_wait(guess: Guess | None) -> Wait | None:
    """Rounded up, to steps of five beyond a quarter of an hour: no page sounds surer than the estimate is."""
    if guess is None:
        return None
    return Wait(
        _minutes(guess.seconds), int(guess.low // 60), max(_minutes(guess.high), _minutes(guess.seconds))
    )


def _minutes(seconds: float) -> int:
    minutes = math.ceil(seconds / 60)
    return minutes if minutes <= FINE else 5 * math.ceil(minutes / 5)


def item_names(actor: Actor) -> dict[str, str]:
    return {item.code: words.text(item.name, language()) for item in catalog.definitions(actor)}


@dataclass(frozen=True)
class Shown:
    """A ticket as a page shows it."""

    ticket: Ticket
    what: str
    """The item, or the service."""
    lane: str
    ground: str
    proof: str
    channel: str
    state: tuple[str, str]


def shown(ticket: Ticket, names: dict[str, str]) -> Shown:
    ground, proof = GROUNDS[Ground(ticket.ground)] if ticket.ground else ("", "")
    kind, label = STATES[State(ticket.state)]
    return Shown(
        ticket,
        names.get(ticket.item) or service_name(ticket.service),
        str(LANES[Lane(ticket.lane)]),
        str(ground),
        str(proof),
        str(CHANNELS[Channel(ticket.channel)]),
        (kind, str(label)),
    )
