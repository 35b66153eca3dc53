"""A clerk's screen: the window they sit at, who is there, who waits."""

from __future__ import annotations

from dataclasses import dataclass

from zhoudao.core import clock
from zhoudao.core.access import Actor, require
from zhoudao.counter.places.models import Point
from zhoudao.counter.windows.models import Sitting, Ticket, TicketEvent, Window
from zhoudao.counter.windows.queries.lines import as_desk, as_waiting
from zhoudao.counter.windows.rules import AT_WINDOW, RUN_WINDOW, State, in_order

SHOWN = 30
"""Tickets of the line that a screen shows."""


@dataclass(frozen=True)
class Desk:
    """A window with its clerk."""

    sitting: Sitting
    window: Window
    point: Point
    at: Ticket | None
    history: list[TicketEvent]
    """Of the ticket at the window."""
    line: list[Ticket]
    """Whom this window calls next, in order."""
    in_line: int
    held: list[Ticket]
    missed: list[Ticket]
    """No-shows of today that may still queue again."""
    others: list[Window]
    """Where somebody can be sent."""


@dataclass(frozen=True)
class Choice:
    """A point of the actor's districts with its windows, to sit down at."""

    point: Point
    windows: list[tuple[Window, Sitting | None]]


def desk(actor: Actor) -> Desk | None:
    """The window the actor sits at; None while they sit at none. Seven queries. Raises Forbidden."""
    require(actor, RUN_WINDOW, next(iter(sorted(actor.districts)), None))
    sitting = (
        Sitting.objects.select_related("window__point")
        .filter(clerk_id=actor.user_id, clerk__isnull=False, closed_at=None)
        .first()
    )
    if sitting is None:
        return None
    window, now = sitting.window, clock.now()
    point: Point = window.point
    today = Ticket.objects.filter(point=point, day=clock.local(now).date())
    at = today.filter(window=window, state__in=sorted(AT_WINDOW)).first()
    rows = {ticket.pk: ticket for ticket in today.filter(state=State.WAITING.value)}
    ordered = in_order(as_desk(window), [as_waiting(ticket) for ticket in rows.values()], now)
    missed = today.filter(state=State.NO_SHOW.value, rejoins=0).order_by("-ended_at")
    return Desk(
        sitting=sitting,
        window=window,
        point=point,
        at=at,
        history=list(at.events.select_related("window", "by")) if at else [],
        line=[rows[each.ticket] for each in ordered[:SHOWN]],
        in_line=len(ordered),
        held=list(today.filter(state=State.HELD.value)),
        missed=list(missed[:6]),
        others=list(Window.objects.filter(point=point, withdrawn=False).exclude(pk=window.pk)),
    )


def choices(actor: Actor) -> list[Choice]:
    """Where the actor may sit down. Three queries. Raises Forbidden."""
    require(actor, RUN_WINDOW, next(iter(sorted(actor.districts)), None))
    windows = Window.objects.select_related("point").filter(withdrawn=False, point__withdrawn=False)
    if not actor.covers(None):
        windows = windows.filter(point__district__in=actor.districts)
    taken = {each.window_id: each for each in Sitting.objects.filter(closed_at=None).select_related("clerk")}
    points: dict[int, Choice] = {}
    for window in windows.order_by("point__code", "number"):
        choice = points.setdefault(window.point_id, Choice(window.point, []))
        choice.windows.append((window, taken.get(window.pk)))
    return list(points.values())
