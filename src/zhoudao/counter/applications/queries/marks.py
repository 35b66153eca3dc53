"""Bad marks that wait for an answer (差评回访)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from zhoudao.core import city
from zhoudao.core.access import Actor, allowed, require
from zhoudao.counter.applications.models import Mark
from zhoudao.counter.applications.rules import ANSWER_MARK

SHOWN = 100


@dataclass(frozen=True)
class Marks:
    waiting: list[Mark]
    """Unanswered, the one due first at the top; their words are read when the application is opened, for a purpose."""
    late: int
    answered: int
    in_time: int
    """Of those answered."""


def marks(actor: Actor, now: datetime) -> Marks:
    """Of the actor's districts. Raises Forbidden."""
    districts = [each.code for each in city.current().districts if allowed(actor, ANSWER_MARK, each.code)]
    if not districts:
        require(actor, ANSWER_MARK)
    bad = Mark.objects.filter(answer_due_at__isnull=False, application__district__in=districts)
    open_ = bad.filter(answered_at=None).select_related("application").defer("words", "answer")
    done = bad.filter(answered_at__isnull=False)
    return Marks(
        waiting=list(open_.order_by("answer_due_at", "pk")[:SHOWN]),
        late=open_.filter(answer_due_at__lt=now).count(),
        answered=done.count(),
        in_time=done.filter(answered_at__lte=F("answer_due_at")).count(),
    )
