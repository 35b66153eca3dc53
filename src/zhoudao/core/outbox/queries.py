"""What waits, what is late, what was given up, and people's letters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet

from zhoudao.core import clock
from zhoudao.core.access import Actor, require
from zhoudao.core.outbox.models import Letter, OutboxMessage
from zhoudao.core.outbox.rules import LATE_AFTER, READ_LETTERS, SEE, Kind, State

SHOWN = 100
UNFINISHED = (State.WAITING, State.CLAIMED)
VIEWS = ("waiting", "late", "given_up")


@dataclass(frozen=True)
class Health:
    waiting: int
    late: int
    """Due for more than ``LATE_AFTER``."""
    oldest_due_seconds: int
    """How long the message that has waited longest has been due; 0 when none is."""
    given_up: int
    jobs_waiting: int
    """Of those waiting, the work of the house itself; the others are notices."""
    jobs_oldest_seconds: int
    in_hand: int
    """Claimed by a worker that has not said yet how it went."""

    @property
    def ok(self) -> bool:
        return self.late == 0


def health() -> Health:
    """Counts for the health check, in one query; names nothing and nobody."""
    now = clock.now()
    waiting, a_job = Q(state__in=UNFINISHED), Q(kind=Kind.JOB)
    due = waiting & Q(due_at__lte=now)
    found = OutboxMessage.objects.aggregate(
        waiting=Count("pk", filter=waiting),
        late=Count("pk", filter=waiting & Q(due_at__lt=now - LATE_AFTER)),
        oldest=Min("due_at", filter=due),
        given_up=Count("pk", filter=Q(state=State.GIVEN_UP)),
        jobs_waiting=Count("pk", filter=waiting & a_job),
        oldest_job=Min("due_at", filter=due & a_job),
        in_hand=Count("pk", filter=Q(state=State.CLAIMED)),
    )
    oldest, oldest_job = found.pop("oldest"), found.pop("oldest_job")
    return Health(oldest_due_seconds=_age(oldest, now), jobs_oldest_seconds=_age(oldest_job, now), **found)


def _age(since: datetime | None, now: datetime) -> int:
    return int((now - since).total_seconds()) if since else 0


def messages(actor: Actor, view: str) -> list[OutboxMessage]:
    """The first ``SHOWN`` messages that are waiting, late or given_up, longest due first; what they say
    stays shut.
    """
    require(actor, SEE)
    return list(_of(view).defer("letter").order_by("due_at")[:SHOWN])


def message(actor: Actor, message_id: int) -> OutboxMessage:
    """One message, shut. Raises OutboxMessage.DoesNotExist."""
    require(actor, SEE)
    return OutboxMessage.objects.defer("letter").get(pk=message_id)


def counts(actor: Actor) -> dict[str, int]:
    """How many there are in each view."""
    require(actor, SEE)
    return {view: _of(view).count() for view in VIEWS}


def _of(view: str) -> QuerySet[OutboxMessage]:
    if view == "given_up":
        return OutboxMessage.objects.filter(state=State.GIVEN_UP)
    unfinished = OutboxMessage.objects.filter(state__in=UNFINISHED)
    if view == "late":
        return unfinished.filter(due_at__lt=clock.now() - LATE_AFTER)
    if view == "waiting":
        return unfinished
    raise ValueError(f"there is no view {view!r}; expected one of {', '.join(VIEWS)}")


def letters_of(actor: Actor, limit: int = SHOWN) -> list[Letter]:
    """The actor's own letters and those to their role, newest first."""
    require(actor, READ_LETTERS)
    own = Q(recipient=actor.key) | Q(recipient=f"role:{actor.role}")
    return list(Letter.objects.filter(own).order_by("-arrived_at", "-pk")[:limit])
