"""Learning how long one waits at each point, from its last days."""

from __future__ import annotations

from datetime import timedelta

from zhoudao.core import clock
from zhoudao.core.access import Actor, require
from zhoudao.core.audit.actions import act
from zhoudao.counter.places.models import Point
from zhoudao.counter.windows.models import LearnedWaits
from zhoudao.counter.windows.queries import past
from zhoudao.counter.windows.queries.errors import learned
from zhoudao.counter.windows.rules import LEARN_WAITS

LEARN_FROM = timedelta(days=60)
"""Long enough for every hour of a week, short enough to follow how a hall changes."""


def learn(actor: Actor) -> list[LearnedWaits]:
    """Learn anew for every point that had tickets in the days before today. Raises Forbidden."""
    require(actor, LEARN_WAITS)
    now = clock.now()
    last = clock.local(now).date() - timedelta(days=1)
    first = last - LEARN_FROM
    points = Point.objects.filter(tickets__day__range=(first, last), tickets__ended_at__isnull=False)
    histories = {point: past.days(point, first, last) for point in points.distinct().order_by("code")}
    # Before the transaction: nobody waits for their number while this one computes.
    found = {point: (days, learned(days).as_data()) for point, days in histories.items() if days}
    with act(actor, LEARN_WAITS, subject="waits") as entry:
        made = [
            LearnedWaits.objects.update_or_create(
                point=point,
                defaults={
                    "learned_at": now,
                    "first_day": days[0].day,
                    "last_day": days[-1].day,
                    "profile": profile,
                },
            )[0]
            for point, (days, profile) in found.items()
        ]
        entry.note(points=len(made))
    return made
