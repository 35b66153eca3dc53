"""Who may ask and answer, what a good question is, and how often one may ask. Pure."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import timedelta
from enum import StrEnum

from zhoudao.core.access import ANYONE, Permission, Role
from zhoudao.core.people.rules.numbers import parse_mobile

ASK_HELP = Permission("places.ask_help", "leave a question for a clerk", ANYONE)
ANSWER_HELP = Permission(
    "places.answer_help",
    "read, answer and close a district's questions",
    {Role.CLERK, Role.SUPERVISOR},
    by_district=True,
)
FORGET_HELP = Permission("places.forget_help", "forget what was asked once it is long closed", ())
"""Nobody but the platform itself."""

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Of numbers people read out on the telephone: none looks or sounds like another (no 0 O 1 I L U)."""
NUMBER_LENGTH = 8
"""30 to the 8th, 6.6 × 10^11: nobody finds a ticket by trying."""

LEAST_MESSAGE, MOST_MESSAGE = 4, 1000
"""Characters of a question or an answer."""

WINDOW = timedelta(hours=1)
MOST_FROM_ONE_ORIGIN = 10
"""Questions in a WINDOW from one network address: a village hall or a ship may share one."""
MOST_FROM_ONE_CONTACT = 3
"""Questions that one mobile or e-mail address may have unanswered."""
KEPT_FOR = timedelta(days=30)
"""How long what was asked is kept after a question is closed; the bare row stays for counting."""


class Status(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class Channel(StrEnum):
    """How an answer goes out; NONE: it is read on the ticket's page."""

    NONE = ""
    SMS = "sms"
    EMAIL = "email"


def new_number(choose: Callable[[Sequence[str]], str] = secrets.choice) -> str:
    """A ticket's number, "K7QM-2F4R"."""
    letters = "".join(choose(LETTERS) for _ in range(NUMBER_LENGTH))
    return f"{letters[:4]}-{letters[4:]}"


def tidy_number(typed: str) -> str:
    """A number as people type it: lower case, without the hyphen, with spaces."""
    letters = "".join(character for character in typed.upper() if character in LETTERS)
    return f"{letters[:4]}-{letters[4:]}" if len(letters) == NUMBER_LENGTH else ""


def channel_of(contact: str) -> tuple[Channel, str]:
    """How somebody is reached, and their mobile or address in its one form. Raises BadNumber for a mobile that
    can't be one."""
    contact = contact.strip()
    if not contact:
        return Channel.NONE, ""
    if "@" in contact:
        return Channel.EMAIL, contact.lower()
    return Channel.SMS, parse_mobile(contact)
