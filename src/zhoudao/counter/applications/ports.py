"""What an application asks of the rooms above it: a certificate, and who the named officer of a firm is. Those rooms
register themselves here.

    issued = ports.certificates().issue(actor, grant, template)

Call it inside the action that approves: it joins that transaction, so that there is no approval without its
certificate, nor the other way round. Asked twice for one application it gives the certificate it issued.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from zhoudao.core.access import Actor
from zhoudao.core.city.shapes import Text


@dataclass(frozen=True)
class Template:
    """Which certificate an item issues: the section ``certificate`` of its YAML."""

    type: str
    """Code of what it certifies, such as "residence-permit"."""
    name: Text
    valid_months: int
    endorse_months: int = 0
    """How often it has to be endorsed (签注); 0: never. Late means its use is suspended."""
    physical: bool = False
    """A card that is handed over: its serial number is recorded, and no QR code takes its place."""
    replaces: bool = False
    """It takes the place of the one that is held, which is revoked in the same transaction."""
    facts: Mapping[str, Text] = field(default_factory=dict)
    """What else it says, by field of the form, and what that is called."""


@dataclass(frozen=True)
class Grant:
    """For whom, and on whose application."""

    application: str
    """The application's number."""
    district: str
    resident_id: int | None = None
    organisation_id: int | None = None
    """One of the two."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Values of the template's facts."""
    serial: str = ""
    """A physical card's serial number."""


@dataclass(frozen=True)
class Issued:
    number: str
    """The certificate's number."""
    valid_until: datetime
    new: bool
    """Whether it was issued by this call."""


class Certificates(Protocol):
    """What the room of certificates does. Each raises Forbidden; with a number, LookupError for an unknown one."""

    def issue(self, actor: Actor, grant: Grant, template: Template) -> Issued: ...
    def endorse(self, actor: Actor, number: str) -> Issued:
        """Extend it by the template's period, from today."""
        ...

    def endorse_held(self, actor: Actor, grant: Grant, type: str) -> Issued | None:
        """Extend the latest certificate of this type that the applicant holds; None when none was issued here.

        Raises CannotEndorse for one that was revoked, suspended by an officer, or is past its end.
        """
        ...

    def suspend(self, actor: Actor, number: str, reason: str) -> None: ...
    def reinstate(self, actor: Actor, number: str, reason: str) -> None: ...
    def revoke(self, actor: Actor, number: str, reason: str) -> None: ...


class CannotEndorse(Exception):
    """The certificate doesn't stand so that it can be endorsed."""


class NobodyIssues(RuntimeError):
    """No room has registered to issue certificates."""


_certificates: Certificates | None = None


def register_certificates(room: Certificates) -> None:
    """Called once by the room of certificates, in its ``AppConfig.ready``."""
    global _certificates
    _certificates = room


def certificates() -> Certificates:
    """Raises NobodyIssues."""
    if _certificates is None:
        raise NobodyIssues("no room issues certificates: zhoudao.counter.credentials isn't among the rooms")
    return _certificates


NamedOfficer = Callable[[int], int | None]
"""The account of the officer named for an organisation; None: whoever takes it."""


def _nobody(organisation_id: int) -> int | None:
    return None


_named_officer: NamedOfficer = _nobody


def register_named_officer(find: NamedOfficer) -> None:
    """Called once by the room of enterprises, in its ``AppConfig.ready``."""
    global _named_officer
    _named_officer = find


def named_officer(organisation_id: int) -> int | None:
    return _named_officer(organisation_id)
