"""The queue of a point, locked: who changes anything in it goes one after another.

On PostgreSQL the row of ``Queue`` is locked until the transaction ends; on SQLite the transaction itself is the only
writer. The audit chain is locked after it, never before, so that two never wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from zhoudao.core import clock
from zhoudao.core.access import Actor, Permission, require
from zhoudao.core.audit.actions import Entry, act
from zhoudao.counter.places.models import Point
from zhoudao.counter.windows.models import Queue, Sitting, Ticket, TicketEvent, Window
from zhoudao.counter.windows.problems import NotFound, may_not_follow, not_at_a_window
from zhoudao.counter.windows.rules import RUN_WINDOW, State, Verb, after


@dataclass
class Turn:
    """A queue that nobody else changes meanwhile."""

    actor: Actor
    point: Point
    entry: Entry
    now: datetime

    def note(self, ticket: Ticket, verb: Verb, window: Window | None = None, reason: str = "") -> None:
        """Write a step of a ticket's life, and into the trail."""
        TicketEvent.objects.create(
            ticket=ticket,
            verb=verb.value,
            at=self.now,
            window=window,
            by_id=self.actor.user_id,
            reason=reason,
        )
        self.entry.note(verb=str(verb), number=ticket.number, state=str(ticket.state))

    def step(self, ticket: Ticket, verb: Verb) -> None:
        """Set the state that follows. Raises Conflict when the table has none."""
        follows = after(verb, State(ticket.state))
        if follows is None:
            raise may_not_follow()
        ticket.state = follows.value

    def ticket(self, code: str) -> Ticket:
        """A ticket of this point, as it stands now. Raises NotFound."""
        found = Ticket.objects.select_related("window").filter(point=self.point, code=code).first()
        if found is None:
            raise NotFound(code)
        return found


def point_of(code: str) -> Point:
    """Raises NotFound."""
    point = Point.objects.filter(code=code, withdrawn=False).first()
    if point is None:
        raise NotFound(code)
    return point


@contextmanager
def turn(actor: Actor, permission: Permission, point: Point, *, subject: str = "") -> Iterator[Turn]:
    """Change something in a point's queue: permission, lock, one transaction, one row of the trail."""
    with act(
        actor,
        permission,
        subject=subject or f"point:{point.code}",
        district=point.district if permission.by_district else None,
    ) as entry:
        Queue.objects.get_or_create(point=point)
        Queue.objects.select_for_update().get(point=point)
        yield Turn(actor, point, entry, clock.now())
        Queue.objects.filter(point=point).update(version=F("version") + 1)


def point_of_ticket(code: str) -> Point:
    """Raises NotFound."""
    found = Ticket.objects.select_related("point").filter(code=code).first()
    if found is None:
        raise NotFound(code)
    return found.point


def sitting_of(actor: Actor) -> Sitting:
    """The window the actor sits at. Raises Conflict."""
    found = (
        Sitting.objects.select_related("window__point")
        .filter(clerk_id=actor.user_id, clerk__isnull=False, closed_at=None)
        .first()
    )
    if found is None:
        raise not_at_a_window()
    return found


@contextmanager
def at_own_window(actor: Actor, *, subject: str = "") -> Iterator[tuple[Turn, Sitting]]:
    """As ``turn``, for the clerk who sits at a window there."""
    require(actor, RUN_WINDOW, min(actor.districts, default=None))
    seen = sitting_of(actor)
    with turn(actor, RUN_WINDOW, seen.window.point, subject=subject) as held:
        now = sitting_of(actor)  # nobody else's turn can change it any more
        if now.pk != seen.pk:
            raise not_at_a_window()
        yield held, now
