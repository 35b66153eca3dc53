"""Who may do what with certificates, how they are numbered, and how long things last. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from zhoudao.core.access import ANYONE, Permission, Role
from zhoudao.core.clock import CITY_ZONE

ISSUE = Permission(
    "credentials.issue",
    "issue a certificate",
    {Role.CLERK, Role.REVIEWER, Role.SUPERVISOR},
    by_district=True,
)
ENDORSE = Permission(
    "credentials.endorse",
    "endorse a certificate for another period",
    {Role.CLERK, Role.REVIEWER, Role.SUPERVISOR},
    by_district=True,
)
SUSPEND = Permission(
    "credentials.suspend",
    "suspend a certificate, or put it in force again",
    {Role.REVIEWER, Role.SUPERVISOR},
    by_district=True,
)
REVOKE = Permission(
    "credentials.revoke", "revoke a certificate for good", {Role.SUPERVISOR}, by_district=True
)
REPLACE = Permission(
    "credentials.replace",
    "end a certificate by issuing the one that takes its place",
    {Role.CLERK, Role.REVIEWER, Role.SUPERVISOR},
    by_district=True,
)
SEE = Permission(
    "credentials.see",
    "see a district's certificates, holders masked",
    {Role.CLERK, Role.REVIEWER, Role.SUPERVISOR},
    by_district=True,
)
SEE_OWN = Permission(
    "credentials.see_own", "see and show one's own certificates", {Role.RESIDENT, Role.AGENT}
)
KEEP_IN_WALLET = Permission(
    "credentials.keep_in_wallet",
    "take one's own certificate into a wallet, to show parts of it",
    {Role.RESIDENT, Role.AGENT},
)
CHECK = Permission("credentials.check", "check a certificate that somebody shows", ANYONE)
SEE_KEYS = Permission(
    "credentials.see_keys", "see the keys that sign certificates", {Role.SECURITY_OFFICER, Role.AUDITOR}
)
ROTATE_KEY = Permission(
    "credentials.rotate_key", "sign certificates with a new key from now on", {Role.SECURITY_OFFICER}
)
WITHDRAW_KEY = Permission(
    "credentials.withdraw_key",
    "withdraw a key that somebody else may have: nothing it signed counts any more",
    {Role.SECURITY_OFFICER},
)
PUBLISH_LIST = Permission(
    "credentials.publish_list", "publish which certificates are suspended or revoked", {Role.SECURITY_OFFICER}
)

LIST_LASTS = timedelta(days=7)
"""A verifier without network trusts the last list this long: a boat's voyage, not a stolen permit's second week."""
WALLET_LASTS = LIST_LASTS
"""What a wallet holds is renewed as often, so that it needs no place in the list: that would be a number too."""
KEY_SIGNS_FOR = timedelta(days=2 * 365)
"""A key signs for two years at most; the job rotates it then."""
KEY_RENEWED_BEFORE = timedelta(days=30)
LISTS_KEPT = 100
REMIND_BEFORE = timedelta(days=30)
"""How long before an endorsement is due its holder is reminded."""
LEAST_REASON = 4
"""Characters of a reason that says something."""


class State(StrEnum):
    VALID = "valid"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


class Why(StrEnum):
    """Why it isn't in force."""

    NONE = ""
    ENDORSEMENT_LATE = "endorsement_late"
    """Not endorsed in time (逾期未签注): its use is suspended, Decree 663 of the State Council, article 10."""
    BY_OFFICER = "by_officer"
    REPLACED = "replaced"
    """Another was issued in its place."""


FOLLOWS: dict[State, frozenset[State]] = {
    State.VALID: frozenset({State.SUSPENDED, State.REVOKED}),
    State.SUSPENDED: frozenset({State.VALID, State.REVOKED}),
    State.REVOKED: frozenset(),
}
"""What each state may become. Revoked is for good."""

_WEIGHTS = tuple(2 ** (15 - position) % 11 for position in range(15))
_CHECKS = "0123456789X"


def number(region_code: str, year: int, serial: int) -> str:
    """A certificate's number: four digits of the city (GB/T 2260), the year, seven of serial, and a check character
    (ISO 7064, MOD 11-2, as identity numbers have).
    """
    digits = f"{region_code}{year:04d}{serial:07d}"
    if len(digits) != 15 or not digits.isdecimal():
        raise ValueError(f"{digits} has {len(digits)} characters; expected 15 digits")
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True))
    return digits + _CHECKS[(12 - total % 11) % 11]


def is_number(text: str) -> bool:
    """Whether ``text`` could be a certificate's number: a slip of the finger can't."""
    good = len(text) == 16 and text[:15].isdecimal() and text[:15].isascii()
    return good and number(text[:4], int(text[4:8]), int(text[8:15])) == text


def document_hint(document: str) -> str:
    """A document number as a certificate shows it: its first and last character, enough to compare with the card."""
    return document[0] + "*" * (len(document) - 2) + document[-1] if len(document) > 2 else ""


def months_later(moment: datetime, months: int) -> datetime:
    """The end of the day before the same day ``months`` later, in the city's time; the last day where there is none.

    A permit of 12 months from 24 November 2026, 09:00 runs to the first moment of 24 November 2027.
    """
    local = moment.astimezone(CITY_ZONE)
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    start = datetime(year, month + 1, 1, tzinfo=CITY_ZONE)
    following = datetime(year + (month + 1) // 12, (month + 1) % 12 + 1, 1, tzinfo=CITY_ZONE)
    days_in_month = (following - start).days
    return start.replace(day=min(local.day, days_in_month))


def last_day(end: datetime) -> datetime:
    """A moment of the last day of something that holds until ``end``: midnight ends the day before."""
    return end - timedelta(seconds=1)


def endorsed_until(begin: datetime, valid_until: datetime, months: int) -> datetime | None:
    """By when it has to be endorsed next; None when never, or not before it ends."""
    if not months:
        return None
    until = months_later(begin, months)
    return until if until < valid_until else None
