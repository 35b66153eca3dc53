"""The providers of the settings, and why a sign-in is refused. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from zhoudao.core.access import PUBLIC_ROLES, SEPARATE_DUTIES, STAFF_ROLES, Role

PORTAL, NETWORK = "portal", "network"
"""The province's portal (统一身份认证), for residents and enterprises; the police network (公安网), for staff."""

OPENS: dict[str, Collection[Role]] = {
    PORTAL: PUBLIC_ROLES - {Role.VISITOR},
    NETWORK: STAFF_ROLES - set(SEPARATE_DUTIES),
}
"""Which accounts a provider's word opens. The three administrators sign in here, whatever the network says: who runs
the network would else run the platform.
"""

ALGORITHMS = ("RS256", "PS256", "ES256")
"""Signatures we take (RFC 7518, 3.1); never ``none``, never a shared secret. The choice is ours, not the token's (RFC
8725, 3.1).
"""
CLOCK_SKEW_SECONDS = 60
STEP_SECONDS = 600
"""How long somebody may take at the provider's page."""


class Refused(StrEnum):
    """Why a sign-in with a provider is not taken."""

    DOWN = "down"
    """The provider does not answer, or not as the standard says."""
    DENIED = "denied"
    """It says no, or the person did not agree there."""
    STEP = "step"
    """It was not begun here in this browser, or too long ago, or it came twice."""
    TOKEN = "token"  # noqa: S105  a reason
    """Its token is not its own, not for us, not for this sign-in, or not of this moment."""
    NO_ACCOUNT = "no_account"
    """Nobody here has the number it names, or more than one account of staff has."""
    NOT_OPENED = "not_opened"
    """The account is closed, or of a role this provider's word does not open."""


class BadSignIn(Exception):
    """A sign-in that is not taken; its text is fit for a log."""

    def __init__(self, why: Refused, detail: str = "") -> None:
        self.why = why
        super().__init__(f"{why}: {detail}" if detail else str(why))


@dataclass(frozen=True)
class Provider:
    name: str
    issuer: str
    """Its address, without a slash at the end; ``/.well-known/openid-configuration`` stands below it."""
    client: str
    secret: str
    claim: str
    """The claim that names the person: a document's number, or a number in the force."""

    @property
    def opens(self) -> Collection[Role]:
        return OPENS[self.name]


@dataclass(frozen=True)
class Said:
    """What a provider's token says."""

    subject: str
    """Its own number for the person, the same each time."""
    session: str
    """Its own number for the session; empty when it gives none."""
    person: str
    """The claim that names the person; empty when it gives none."""
