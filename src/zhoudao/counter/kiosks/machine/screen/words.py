"""What the screen and the voice say: first what to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext_lazy

from zhoudao.core import city
from zhoudao.core.look import words
from zhoudao.counter.kiosks.machine.screen.visit import Area, Step, Visit
from zhoudao.counter.kiosks.machine.service import Closed
from zhoudao.counter.kiosks.rules import Refused

Words = str | Promise

AREAS: dict[Area, tuple[Words, Words, str]] = {
    Area.HOUSEHOLD: (
        pgettext_lazy("kiosk", "Household registration"),
        gettext_lazy("Certificates, identity cards, residence"),
        "people",
    ),
    Area.TRAFFIC: (pgettext_lazy("kiosk", "Traffic"), gettext_lazy("Driving licences, vehicle licences"), "car"),
    Area.EXIT_ENTRY: (
        pgettext_lazy("kiosk", "Exit and entry"),
        gettext_lazy("Records of leaving and entering, permits"),
        "ferry",
    ),
}
"""Its name, what is done there, its icon."""

PROMPTS: dict[Step, Words] = {
    Step.HOME: gettext_lazy("Touch what you came for."),
    Step.ITEMS: gettext_lazy("Touch the service you need."),
    Step.ITEM: gettext_lazy("See what you need, then touch Start."),
    Step.CARD: gettext_lazy("Lay your identity card on the reader."),
    Step.QUESTION: gettext_lazy("Answer the question, then touch Next."),
    Step.PAPER: gettext_lazy("Lay the paper on the scanner."),
    Step.CHECK: gettext_lazy("Check that everything is right, then touch Hand in."),
    Step.SENDING: gettext_lazy("Your application is kept. One moment, please."),
    Step.LOOK_UP: gettext_lazy("Type the reference on your slip."),
}

CLOSED: dict[Closed, tuple[Words, Words]] = {
    Closed.LOCKED: (
        gettext_lazy("This kiosk is out of service"),
        gettext_lazy("Go to a window, or to another kiosk."),
    ),
    Closed.READER: (
        gettext_lazy("The card reader doesn't work"),
        gettext_lazy("Its keeper has been told. Go to a window, or to another kiosk."),
    ),
    Closed.NETWORK: (
        gettext_lazy("The network has been down for a while"),
        gettext_lazy("What was handed in here is kept and will be sent. Go to a window, or to another kiosk."),
    ),
    Closed.UNKNOWN: (
        gettext_lazy("This kiosk is not in service yet"),
        gettext_lazy("Its keeper has to enrol it. Go to a window, or to another kiosk."),
    ),
    Closed.STARTING: (
        gettext_lazy("This kiosk is starting"),
        gettext_lazy("It will be ready as soon as it has reached the network."),
    ),
}
"""What is the matter, and what to do."""

REFUSED: dict[str, tuple[Words, Words]] = {
    Refused.RESIDENT: (
        gettext_lazy("We don't find this card in the city's register"),
        gettext_lazy("Nothing was handed in. Bring the card to a window: it is looked up there."),
    ),
    Refused.ITEM: (
        gettext_lazy("This kiosk can't take this service any more"),
        gettext_lazy("Nothing was handed in. Go to a window."),
    ),
    Refused.INCOMPLETE: (
        gettext_lazy("Something was missing"),
        gettext_lazy("Nothing was handed in. Begin again, or go to a window."),
    ),
    Refused.REFUSED: (
        gettext_lazy("It could not be taken here"),
        gettext_lazy("Nothing was handed in. Go to a window."),
    ),
}
"""What happened; what was kept, and what to do."""


def prompt(visit: Visit, closed: Closed | None) -> str:
    """What the voice says: a few words, nothing of the person."""
    if visit.step is Step.ANSWER:
        return _answer(visit)
    if visit.step is Step.SENDING and visit.held:
        return _("The network is slow. Your application is kept here; take your slip.")
    if closed is not None:
        return " ".join(str(part) for part in CLOSED[closed])
    return str(PROMPTS[visit.step])


def _answer(visit: Visit) -> str:
    if visit.outcome is None:
        return _("It is kept here and not sent yet. Come back later, or ask by telephone.")
    if visit.outcome.refused:
        return _("It was not taken. Read on the screen what to do.")
    return _("Done. Take your slip and your card.")


def due(visit: Visit) -> datetime | None:
    if visit.outcome is None or not visit.outcome.due_at:
        return None
    return datetime.fromisoformat(visit.outcome.due_at)


def slips(code: str) -> Callable[[Visit], list[str]]:
    """How this kiosk's slips read. They hold no name: who finds one learns nothing of anybody."""

    def lines(visit: Visit) -> list[str]:
        with override(visit.language):
            here = city.current()
            head = f"{words.text(here.brand, visit.language)} · {words.text(here.name, visit.language)}"
            item = [words.text(visit.item.name, visit.language)] if visit.item else []
            foot = [_("Kiosk %(code)s") % {"code": code}, _("Questions: %(phone)s") % {"phone": here.help_phone}]
            return [head, *item, *_numbers(visit), *foot]

    return lines


def _numbers(visit: Visit) -> list[str]:
    if visit.outcome is None:
        told = _("Not sent yet. Ask for its number at this kiosk, with this reference:")
        return [told, visit.reference]
    number = _("Number: %(number)s") % {"number": visit.outcome.number}
    when = due(visit)
    by = [_("Done by: %(when)s") % {"when": words.moment(when, visit.language)}] if when else []
    return [number, *by]
