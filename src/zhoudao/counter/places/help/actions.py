"""Asking, answering, closing, forgetting."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhoudao.core import clock
from zhoudao.core.access import Actor, Role
from zhoudao.core.audit.actions import act
from zhoudao.core.keys.actions import blind_index
from zhoudao.core.look.refusals import Conflict, TooMany
from zhoudao.core.outbox.actions import enqueue_notice
from zhoudao.core.people.models import User
from zhoudao.counter.places.help.models import HelpTicket
from zhoudao.counter.places.help.rules import (
    ANSWER_HELP,
    ASK_HELP,
    FORGET_HELP,
    KEPT_FOR,
    MOST_FROM_ONE_CONTACT,
    MOST_FROM_ONE_ORIGIN,
    WINDOW,
    Channel,
    Status,
    channel_of,
    new_number,
)
from zhoudao.counter.places.models import Point


def ask(
    actor: Actor,
    message: str,
    district: str,
    *,
    point: Point | None = None,
    item: str = "",
    contact: str = "",
    language: str = "zh-hans",
) -> HelpTicket:
    """Leave a question; the district's clerks are told, and whoever asked gets the number where they can be
    reached.

    Raises TooMany when one network address or one contact asks too often, BadNumber for a mobile that can't be
    one.
    """
    channel, contact = channel_of(contact)
    now = clock.now()
    origin_index = blind_index("help-origin", actor.origin)
    contact_index = blind_index("help-contact", contact) if contact else ""
    number = new_number()
    with act(actor, ASK_HELP, subject=f"help:{number}") as entry:
        _refuse_floods(origin_index, contact_index)
        ticket = HelpTicket.objects.create(
            number=number,
            status=Status.OPEN.value,
            district=district,
            point=point,
            item=item,
            message=message,
            contact=contact,
            contact_index=contact_index,
            channel=channel.value,
            origin_index=origin_index,
            language=language,
            asked_at=now,
        )
        _tell_clerks(ticket)
        _tell_asker(ticket, "places/help_received", {})
        entry.note(district=district, point=point.code if point else "", item=item, channel=channel.value)
    return ticket


def answer(actor: Actor, number: str, text: str) -> HelpTicket:
    """Answer a question; whoever asked is told where they can be reached. Raises Conflict when it is closed,
    HelpTicket.DoesNotExist."""
    ticket = HelpTicket.objects.get(number=number)
    with act(actor, ANSWER_HELP, subject=f"help:{number}", district=ticket.district) as entry:
        ticket = HelpTicket.objects.select_for_update().get(number=number)
        if ticket.status == Status.CLOSED:
            raise _closed_already()
        ticket.status, ticket.answer = Status.ANSWERED.value, text
        ticket.answered_at, ticket.answered_by = clock.now(), actor.key
        ticket.save(update_fields=["status", "answer", "answered_at", "answered_by"])
        _tell_asker(ticket, "places/help_answered", {"answer": text})
        entry.note(channel=ticket.channel)
    return ticket


def close(actor: Actor, number: str) -> HelpTicket:
    """Nothing more is to be done about a question. Raises Conflict when it is closed already,
    HelpTicket.DoesNotExist."""
    ticket = HelpTicket.objects.get(number=number)
    with act(actor, ANSWER_HELP, subject=f"help:{number}", district=ticket.district) as entry:
        ticket = HelpTicket.objects.select_for_update().get(number=number)
        if ticket.status == Status.CLOSED:
            raise _closed_already()
        entry.note(step="close", answered=ticket.answered_at is not None)
        ticket.status, ticket.closed_at = Status.CLOSED.value, clock.now()
        ticket.save(update_fields=["status", "closed_at"])
    return ticket


def forget(actor: Actor) -> int:
    """Wipe what was asked and answered, and every trace of who asked, of questions closed long ago; how many."""
    old = HelpTicket.objects.filter(closed_at__lt=clock.now() - KEPT_FOR).exclude(origin_index="")
    if not old.exists():
        return 0
    with act(actor, FORGET_HELP, subject="help:closed") as entry:
        count = old.update(message="", answer="", contact="", contact_index="", origin_index="")
        entry.note(count=count)
    return count


def _refuse_floods(origin_index: str, contact_index: str) -> None:
    asked = HelpTicket.objects.filter(origin_index=origin_index, asked_at__gt=clock.now() - WINDOW)
    waiting = HelpTicket.objects.filter(contact_index=contact_index, status=Status.OPEN.value)
    if asked.count() >= MOST_FROM_ONE_ORIGIN or (contact_index and waiting.count() >= MOST_FROM_ONE_CONTACT):
        raise TooMany(
            _("Too many questions from you are waiting for an answer"),
            retry_after=int(WINDOW.total_seconds()),
            kept=_("Your last question was not sent."),
            todo=_("Call us now, or ask again in an hour."),
        )


def _closed_already() -> Conflict:
    return Conflict(_("Somebody has closed this question already"), todo=_("Look at the list again."))


def _tell_clerks(ticket: HelpTicket) -> None:
    """A letter without a word of what was asked: that is read on the ticket's page."""
    clerks = User.objects.filter(role=Role.CLERK.value, is_active=True)
    for clerk in clerks:
        if clerk.as_actor().covers(ticket.district):
            enqueue_notice("letterbox", f"user:{clerk.pk}", "places/help_asked", {"number": ticket.number})


def _tell_asker(ticket: HelpTicket, template: str, values: dict[str, object]) -> None:
    if ticket.channel != Channel.NONE:
        told = {"number": ticket.number, **values}
        enqueue_notice(ticket.channel, str(ticket.contact), template, told, ticket.language)
