"""What the pages of help show."""

from __future__ import annotations

from dataclasses import dataclass

from zhoudao.core.access import Actor, require
from zhoudao.counter.places.help.models import HelpTicket
from zhoudao.counter.places.help.rules import ANSWER_HELP, ASK_HELP, Status, tidy_number

SHOWN = 200
"""Tickets of one list: more than a district answers in a day."""


@dataclass(frozen=True)
class Progress:
    """What whoever holds a ticket's number may see of it: never what was asked, nor by whom."""

    ticket: HelpTicket

    @property
    def answer(self) -> str:
        return str(self.ticket.answer or "")


def progress(actor: Actor, number: str) -> Progress | None:
    """A ticket by its number, however it was typed."""
    require(actor, ASK_HELP)
    found = HelpTicket.objects.select_related("point").filter(number=tidy_number(number)).first()
    return Progress(found) if found else None


def waiting(actor: Actor, status: Status = Status.OPEN) -> list[HelpTicket]:
    """Tickets of the actor's districts, the longest waiting first. Raises Forbidden."""
    require(actor, ANSWER_HELP, next(iter(actor.districts), None))
    found = HelpTicket.objects.select_related("point").filter(status=status.value)
    if not actor.covers(None):
        found = found.filter(district__in=actor.districts)
    return list(found[:SHOWN])


def ticket(actor: Actor, number: str) -> HelpTicket | None:
    """Everything of one ticket, for who may answer it. Raises Forbidden."""
    found = HelpTicket.objects.select_related("point").filter(number=number).first()
    require(actor, ANSWER_HELP, found.district if found else next(iter(actor.districts), None))
    return found
