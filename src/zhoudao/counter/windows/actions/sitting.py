"""Sitting down at a window, pausing, and leaving it."""

from __future__ import annotations

from django.db import IntegrityError
from django.utils.translation import gettext as _

from zhoudao.core.access import Actor
from zhoudao.counter.windows.actions.locking import at_own_window, point_of, turn
from zhoudao.counter.windows.models import Sitting, Ticket, Window
from zhoudao.counter.windows.problems import Conflict, NotFound
from zhoudao.counter.windows.rules import AT_WINDOW, RUN_WINDOW, State


def sit(actor: Actor, point_code: str, number: int) -> Sitting:
    """Open a window. Raises NotFound, Conflict when somebody sits there, or the actor sits elsewhere."""
    point = point_of(point_code)
    with turn(actor, RUN_WINDOW, point) as held:
        window = Window.objects.filter(point=point, number=number, withdrawn=False).first()
        if window is None:
            raise NotFound(f"{point_code} {number}")
        try:
            sitting = Sitting.objects.create(window=window, clerk_id=actor.user_id, opened_at=held.now)
        except IntegrityError:
            raise Conflict(
                _("This window is taken, or you sit at another one."),
                todo=_("Choose another window, or leave the one you sit at first."),
            ) from None
        held.entry.note(window=number, step="open")
    return sitting


def pause(actor: Actor, paused: bool) -> Sitting:
    """Call nobody for a while, or go on."""
    with at_own_window(actor) as (held, sitting):
        sitting.paused_at = (sitting.paused_at or held.now) if paused else None
        sitting.save(update_fields=["paused_at"])
        held.entry.note(window=sitting.window.number, step="pause" if paused else "resume")
    return sitting


def stand_up(actor: Actor) -> Sitting:
    """Close the window; who waited for it alone may be called to others. Raises Conflict while somebody is at it."""
    with at_own_window(actor) as (held, sitting):
        if Ticket.objects.filter(window=sitting.window, state__in=sorted(AT_WINDOW)).exists():
            raise Conflict(
                _("Somebody is at this window still."), todo=_("Close or hold their ticket first.")
            )
        waiting = [State.WAITING.value, State.HELD.value]
        Ticket.objects.filter(window=sitting.window, state__in=waiting).update(window=None)
        sitting.closed_at = held.now
        sitting.save(update_fields=["closed_at"])
        held.entry.note(window=sitting.window.number, step="close")
    return sitting
