"""How all halls stand together, for those who watch over the platform: counts and ages, nobody's ticket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min

from zhoudao.core import clock
from zhoudao.counter.places.models import Point
from zhoudao.counter.windows.models import Sitting, Ticket
from zhoudao.counter.windows.opening import times_today
from zhoudao.counter.windows.rules import State


@dataclass(frozen=True)
class Halls:
    waiting: int
    """Tickets of today that were not called yet, in all halls."""
    oldest_seconds: int
    """How long the first of them has waited; 0 when nobody waits."""
    oldest_point: str
    """Code of the hall where; empty when nobody waits."""
    unattended: int
    """Of them, tickets in halls that are open, but where nobody sits at a window."""
    unattended_seconds: int
    unattended_point: str


def halls() -> Halls:
    """Four queries, however many tickets and halls."""
    now = clock.now()
    waiting = Ticket.objects.filter(day=clock.local(now).date(), state=State.WAITING)
    rows = sorted(
        waiting.values_list("point").annotate(Min("joined_at"), Count("pk")), key=lambda row: row[1]
    )
    points = Point.objects.in_bulk([pk for pk, _, _ in rows])
    attended = set(Sitting.objects.filter(closed_at=None).values_list("window__point_id", flat=True))
    times = times_today([point for pk, point in points.items() if pk not in attended], now)
    lonely = [row for row in rows if any(start <= now < end for start, end in times.get(row[0], ()))]

    def first(of: list[tuple[int, datetime, int]]) -> tuple[int, str]:
        """How long the first has waited, and the code of the hall where."""
        return (int((now - of[0][1]).total_seconds()), points[of[0][0]].code) if of else (0, "")

    return Halls(
        sum(tickets for _, _, tickets in rows),
        *first(rows),
        sum(tickets for _, _, tickets in lonely),
        *first(lonely),
    )
