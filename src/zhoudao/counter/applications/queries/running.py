"""What runs and until when, without a word of what it says: for commands and boards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import F

from zhoudao.core import clock
from zhoudao.core.access import Actor, require
from zhoudao.core.clock import CITY_ZONE
from zhoudao.counter.applications.models import Application, Paper, PaperState
from zhoudao.counter.applications.rules import OVER, SEE_LIST, Status


@dataclass(frozen=True)
class Deadlines:
    late: list[Application]
    soon: list[Application]
    papers: list[tuple[str, str, datetime]]
    """Number, material and last moment of each paper that should have followed and hasn't."""


def listed(actor: Actor, district: str, status: Status | None, limit: int) -> list[Application]:
    """Applications that run (or of a state), the one due first at the top. One query."""
    require(actor, SEE_LIST, district or None)
    states = [status] if status else [each for each in Status if each not in OVER]
    found = Application.objects.filter(status__in=states)
    if district:
        found = found.filter(district=district)
    return list(found.order_by(F("due_at").asc(nulls_last=True), "pk")[:limit])


def deadlines(actor: Actor, by: date) -> Deadlines:
    """What waits for us and is late now, what will be by the end of a day, and overdue papers. Three queries."""
    require(actor, SEE_LIST)
    now = clock.now()
    end = datetime.combine(by + timedelta(days=1), time(), CITY_ZONE)
    waiting = Application.objects.filter(waits_for__isnull=False).order_by("due_at", "pk")
    overdue = list(
        Paper.objects.filter(state=PaperState.FOLLOWS.value, until__lt=now).order_by("until")[:1000]
    )
    numbers = dict(
        Application.objects.filter(uid__in=[paper.uid for paper in overdue]).values_list("uid", "number")
    )
    return Deadlines(
        late=list(waiting.filter(due_at__lt=now)),
        soon=list(waiting.filter(due_at__gte=now, due_at__lt=end)),
        papers=[
            (numbers[paper.uid], paper.material, paper.until)
            for paper in overdue
            if paper.uid in numbers and paper.until is not None
        ],
    )
