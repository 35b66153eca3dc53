"""What a clerk does with tickets: call, recall, begin, hold, transfer, note a no-show, close."""

from __future__ import annotations

from django.db.models import F
from django.utils.translation import gettext as _

from zhoudao.core.access import Actor
from zhoudao.counter.windows.actions.locking import Turn, at_own_window, point_of_ticket, turn
from zhoudao.counter.windows.models import Sitting, Ticket, Window
from zhoudao.counter.windows.problems import Conflict, NotFound, Unusable
from zhoudao.counter.windows.queries.lines import as_desk, as_waiting
from zhoudao.counter.windows.rules import (
    AT_WINDOW,
    MOST_PASSED_OVER,
    MOST_RECALLS,
    MOST_REJOINS,
    REJOIN_WITHIN,
    RUN_WINDOW,
    Lane,
    State,
    Verb,
    next_in_line,
    passes_over,
)

LONGEST_REASON = 200


def call_next(actor: Actor) -> Ticket | None:
    """Call whoever the rule of the lanes says to the actor's window; None when nobody waits for it.

    Raises Conflict when somebody is at the window still, or the actor is at none, or pauses.
    """
    with at_own_window(actor) as (held, sitting):
        _refuse_busy(sitting)
        desk = as_desk(sitting.window)
        line = list(Ticket.objects.filter(point=held.point, state=State.WAITING.value))
        waiting = [as_waiting(ticket) for ticket in line]
        chosen = next_in_line(desk, waiting, held.now)
        if chosen is None:
            held.entry.note(verb=str(Verb.CALL), nobody=True)
            return None
        passed = [each.ticket for each in passes_over(desk, waiting, chosen)]
        if passed:
            Ticket.objects.filter(pk__in=passed).update(passed_over=F("passed_over") + 1)
        ticket = next(each for each in line if each.pk == chosen.ticket)
        held.step(ticket, Verb.CALL)
        ticket.window = sitting.window
        ticket.called_at = held.now
        ticket.first_called_at = ticket.first_called_at or held.now
        ticket.recalls = 0
        ticket.save()
        held.note(ticket, Verb.CALL, sitting.window)
        held.entry.note(passed_over=len(passed))
    return ticket


def recall(actor: Actor, code: str) -> Ticket:
    """Call the same number once more, MOST_RECALLS times. Raises Conflict after that."""
    with at_own_window(actor) as (held, sitting):
        ticket = _at(held, sitting, code)
        held.step(ticket, Verb.RECALL)
        if ticket.recalls >= MOST_RECALLS:
            raise Conflict(
                _("This number was called often enough."), todo=_("Note that nobody came, and call the next.")
            )
        ticket.recalls += 1
        ticket.called_at = held.now
        ticket.save()
        held.note(ticket, Verb.RECALL, sitting.window)
    return ticket


def begin(actor: Actor, code: str) -> Ticket:
    """They stand at the window."""
    with at_own_window(actor) as (held, sitting):
        ticket = _at(held, sitting, code)
        held.step(ticket, Verb.BEGIN)
        ticket.begun_at = ticket.begun_at or held.now
        ticket.save()
        held.note(ticket, Verb.BEGIN, sitting.window)
    return ticket


def hold(actor: Actor, code: str, reason: str = "") -> Ticket:
    """They go to fetch something and keep their ticket."""
    with at_own_window(actor) as (held, sitting):
        ticket = _at(held, sitting, code)
        held.step(ticket, Verb.HOLD)
        ticket.save()
        held.note(ticket, Verb.HOLD, sitting.window, _reason(reason))
    return ticket


def give_back_turn(actor: Actor, code: str) -> Ticket:
    """Somebody whose ticket was held is back: called next at the window that held it."""
    with turn(actor, RUN_WINDOW, point_of_ticket(code)) as held:
        ticket = held.ticket(code)
        held.step(ticket, Verb.RETURN)
        ticket.passed_over = MOST_PASSED_OVER
        ticket.save()
        held.note(ticket, Verb.RETURN, ticket.window)
    return ticket


def transfer(
    actor: Actor,
    code: str,
    *,
    service: str = "",
    window_number: int | None = None,
    lane: Lane | None = None,
    reason: str = "",
) -> Ticket:
    """Send somebody to another service, or to one window, or to the lane that is theirs; they keep their place.

    Called next there, unless it is only their lane that is put right. Raises Unusable where no window here could
    take them.
    """
    with at_own_window(actor) as (held, sitting):
        ticket = _at(held, sitting, code)
        windows = {each.number: each for each in Window.objects.filter(point=held.point, withdrawn=False)}
        target = windows.get(window_number) if window_number is not None else None
        if window_number is not None and target is None:
            raise NotFound(str(window_number))
        if service and not any(service in each.services for each in windows.values()):
            raise Unusable(_("No window here does this."), todo=_("Choose another service."))
        held.step(ticket, Verb.TRANSFER)
        if lane is None:
            ticket.passed_over = MOST_PASSED_OVER
        else:  # they had no right to the other lane, nor to go first now
            ticket.lane, ticket.ground = lane.value, ticket.ground if lane is Lane.BY_RIGHT else ""
        ticket.service = service or ticket.service
        ticket.window = target
        ticket.save()
        held.note(ticket, Verb.TRANSFER, target or sitting.window, _reason(reason))
        held.entry.note(service=ticket.service, lane=ticket.lane, to=target.number if target else None)
    return ticket


def no_show(actor: Actor, code: str) -> Ticket:
    """Nobody came. Raises Conflict before the number was called again at least once."""
    with at_own_window(actor) as (held, sitting):
        ticket = _at(held, sitting, code)
        held.step(ticket, Verb.NO_SHOW)
        if not ticket.recalls:
            raise Conflict(_("The number was called once only."), todo=_("Call it again first."))
        ticket.ended_at = held.now
        ticket.save()
        held.note(ticket, Verb.NO_SHOW, sitting.window)
    return ticket


def rejoin(actor: Actor, code: str) -> Ticket:
    """Somebody who missed their turn came after all: they queue from now, once, within REJOIN_WITHIN."""
    with turn(actor, RUN_WINDOW, point_of_ticket(code)) as held:
        ticket = held.ticket(code)
        held.step(ticket, Verb.REJOIN)
        late = ticket.ended_at is None or held.now > ticket.ended_at + REJOIN_WITHIN
        if late or ticket.rejoins >= MOST_REJOINS:
            raise Conflict(_("This ticket can't be used again."), todo=_("Take a new ticket."))
        ticket.rejoins += 1
        ticket.joined_at, ticket.ended_at, ticket.window = held.now, None, None
        ticket.passed_over = ticket.recalls = 0
        ticket.appointed = False
        ticket.save()
        held.note(ticket, Verb.REJOIN)
    return ticket


def close(actor: Actor, code: str) -> Ticket:
    """Done."""
    with at_own_window(actor) as (held, sitting):
        ticket = _at(held, sitting, code)
        held.step(ticket, Verb.CLOSE)
        ticket.begun_at = ticket.begun_at or ticket.called_at
        ticket.ended_at = held.now
        ticket.save()
        held.note(ticket, Verb.CLOSE, sitting.window)
    return ticket


def _at(held: Turn, sitting: Sitting, code: str) -> Ticket:
    """The ticket that is at the actor's window. Raises NotFound."""
    ticket = held.ticket(code)
    if ticket.window_id != sitting.window_id:
        raise NotFound(code)
    return ticket


def _refuse_busy(sitting: Sitting) -> None:
    if sitting.paused_at is not None:
        raise Conflict(_("You pause."), todo=_("Go on first, then call."))
    if Ticket.objects.filter(window=sitting.window, state__in=sorted(AT_WINDOW)).exists():
        raise Conflict(_("Somebody is at this window still."), todo=_("Close or hold their ticket first."))


def _reason(words: str) -> str:
    return " ".join(words.split())[:LONGEST_REASON]
