"""What a display board shows, and what it says aloud. Numbers only: nobody's name is ever on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from zhoudao.core import clock
from zhoudao.core.access import Actor, require
from zhoudao.counter.places.models import Point
from zhoudao.counter.windows.models import Queue, Sitting, Ticket, TicketEvent, Window
from zhoudao.counter.windows.problems import NotFound
from zhoudao.counter.windows.queries import waits
from zhoudao.counter.windows.rules import AT_WINDOW, SEE_QUEUE, State, Verb
from zhoudao.engines.queues import Guess

SPOKEN_FOR = timedelta(minutes=2)
"""How long after a call a board that was away still says it."""


@dataclass(frozen=True)
class AtWindow:
    """A window that is open."""

    number: int
    kind: str
    services: tuple[str, ...]
    ticket: str
    """The number at it; empty when it is free."""
    state: str
    called_at: datetime | None
    paused: bool


@dataclass(frozen=True)
class Call:
    """Something to say aloud."""

    event: int
    """Counts up: a board remembers which it said last."""
    number: str
    window: int
    again: bool
    at: datetime


@dataclass(frozen=True)
class Board:
    point: Point
    version: int
    moment: datetime
    windows: list[AtWindow]
    calls: list[Call]
    """Of the last SPOKEN_FOR, oldest first."""
    waiting: dict[str, int]
    """How many wait, by service."""
    missed: list[str]
    """Numbers that were called and did not come, the last first."""
    guesses: dict[str, Guess]
    """How long somebody waits who takes a ticket now, by service; what isn't known is left out."""

    @property
    def waiting_in_all(self) -> int:
        return sum(self.waiting.values())


def version(actor: Actor, point_code: str) -> int:
    """Changes whenever the board does. One small query; 0 before the first ticket."""
    require(actor, SEE_QUEUE)
    found = Queue.objects.filter(point__code=point_code).values_list("version", flat=True).first()
    return found or 0


def require_point(actor: Actor, point_code: str) -> Point:
    """A point that has a board, in one query. Raises NotFound."""
    require(actor, SEE_QUEUE)
    point = Point.objects.filter(code=point_code, withdrawn=False).first()
    if point is None:
        raise NotFound(point_code)
    return point


def board(actor: Actor, point_code: str) -> Board:
    """Everything the board of a point shows now, in eleven queries. Raises NotFound."""
    point = require_point(actor, point_code)
    now = clock.now()
    counted = version(actor, point_code)
    sittings = Sitting.objects.select_related("window").filter(window__point=point, closed_at=None)
    today = Ticket.objects.filter(point=point, day=clock.local(now).date())
    open_ = list(today.filter(state__in=[State.WAITING.value, *sorted(AT_WINDOW)]))
    at = {ticket.window_id: ticket for ticket in open_ if ticket.state in AT_WINDOW}
    waiting: dict[str, int] = {}
    for ticket in open_:
        if ticket.state == State.WAITING:
            waiting[ticket.service] = waiting.get(ticket.service, 0) + 1
    missed = today.filter(state=State.NO_SHOW.value).order_by("-ended_at").values_list("number", flat=True)
    return Board(
        point=point,
        version=counted,
        moment=now,
        windows=[
            _at_window(each, at.get(each.window_id))
            for each in sorted(sittings, key=lambda each: each.window.number)
        ],
        calls=_calls(point, now),
        waiting=waiting,
        missed=list(missed[:4]),
        guesses=waits.of_newcomers(
            actor, point, sorted({code for each in sittings for code in each.window.services})
        ),
    )


def _at_window(sitting: Sitting, ticket: Ticket | None) -> AtWindow:
    window: Window = sitting.window
    return AtWindow(
        window.number,
        window.kind,
        tuple(window.services),
        ticket.number if ticket else "",
        ticket.state if ticket else "",
        ticket.called_at if ticket else None,
        sitting.paused_at is not None,
    )


def _calls(point: Point, now: datetime) -> list[Call]:
    events = (
        TicketEvent.objects.select_related("ticket", "window")
        .filter(
            ticket__point=point,
            verb__in=[Verb.CALL.value, Verb.RECALL.value],
            at__gt=now - SPOKEN_FOR,
            window__isnull=False,
        )
        .order_by("pk")
    )
    return [
        Call(each.pk, each.ticket.number, each.window.number, each.verb == Verb.RECALL, each.at)
        for each in events
        if each.window is not None
    ]
