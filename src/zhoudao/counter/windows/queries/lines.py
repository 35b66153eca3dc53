"""Rows as the rule of the lanes sees them, and who is before whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from zhoudao.counter.windows.models import Ticket, Window
from zhoudao.counter.windows.rules import Desk, Lane, Waiting, WindowKind, in_order


def as_desk(window: Window) -> Desk:
    return Desk(window.pk, WindowKind(window.kind), frozenset(window.services))


def as_waiting(ticket: Ticket) -> Waiting:
    return Waiting(
        ticket.pk,
        ticket.service,
        Lane(ticket.lane),
        ticket.joined_at,
        ticket.appointed,
        ticket.passed_over,
        ticket.window_id,
    )


def ahead(ticket: Waiting, waiting: Sequence[Waiting], desks: Iterable[Desk], now: datetime) -> int | None:
    """How many would be called before ``ticket`` at the desk where it comes soonest, if nobody else came.

    None where no desk may serve it.
    """
    places = []
    for desk in desks:
        line = in_order(desk, waiting, now)
        places += [place for place, each in enumerate(line) if each.ticket == ticket.ticket]
    return min(places, default=None)
