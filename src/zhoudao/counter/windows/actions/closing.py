"""Ending what a day left behind: tickets whose holders went home, so that nobody calls them the next morning."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from zhoudao.core import clock
from zhoudao.core.access import Actor, require
from zhoudao.counter.places.models import Point
from zhoudao.counter.windows.actions.locking import turn
from zhoudao.counter.windows.models import Sitting, Ticket
from zhoudao.counter.windows.opening import times_today
from zhoudao.counter.windows.rules import END_DAY, OPEN, Verb


def end_day(actor: Actor) -> int:
    """End every open ticket of an earlier day, and today's where the hall opens no more today and nobody sits at a
    window; how many. Each hall is a transaction of its own. Raises Forbidden.
    """
    require(actor, END_DAY)
    now = clock.now()
    return sum(_end(actor, point, first_kept) for point, first_kept in _left_behind(now))


def _left_behind(now: datetime) -> list[tuple[Point, date]]:
    """Halls with open tickets whose day is over, each with the first day that is not. Four queries."""
    today = clock.local(now).date()
    halls = list(Point.objects.filter(tickets__state__in=sorted(OPEN)).distinct().order_by("code"))
    at_work = set(Sitting.objects.filter(closed_at=None).values_list("window__point_id", flat=True))
    times = times_today(halls, now)
    found = []
    for point in halls:
        over = point.pk not in at_work and not any(now < end for _, end in times[point.pk])
        found.append((point, today + timedelta(days=1) if over else today))
    return found


def _end(actor: Actor, point: Point, first_kept: date) -> int:
    left = Ticket.objects.filter(point=point, state__in=sorted(OPEN), day__lt=first_kept).order_by("pk")
    if not left.exists():
        return 0
    with turn(actor, END_DAY, point) as held:
        tickets = list(left.select_related("window"))  # again, now that nobody else can change them
        for ticket in tickets:
            # `ended_at` stays empty: nobody saw when they left, and waits are learned from what was seen.
            held.step(ticket, Verb.END)
            ticket.save(update_fields=["state"])
            held.note(ticket, Verb.END, ticket.window)
        return len(tickets)
