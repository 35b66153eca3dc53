"""What the pages of certificates show, and the document that verifiers keep."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Count

from zhoudao.core import city, clock
from zhoudao.core.access import Actor, allowed, require
from zhoudao.core.people.rules import masks
from zhoudao.counter.credentials import holders
from zhoudao.counter.credentials.models import Credential, KeySetVersion, Kind, PublishedList, SigningKey
from zhoudao.counter.credentials.rules import CHECK, ENDORSE, REVOKE, SEE, SEE_KEYS, SUSPEND, State, Why
from zhoudao.engines.seals.keyset import KeySet
from zhoudao.engines.seals.signing import Algorithm

PAGE_ROWS = 50


@dataclass(frozen=True)
class Shown:
    """A certificate as it stands now, for its holder."""

    credential: Credential

    @property
    def standing(self) -> str:
        """valid, suspended, revoked or expired: what a verifier with the newest list says."""
        if self.credential.state == State.REVOKED:
            return "revoked"
        if clock.now() >= self.credential.valid_until:
            return "expired"
        return "suspended" if self.credential.state == State.SUSPENDED or self.is_late else "valid"

    @property
    def is_late(self) -> bool:
        """Late for its endorsement, whether or not the nightly job has been by."""
        due = self.credential.endorsed_until
        return self.credential.why == Why.ENDORSEMENT_LATE or (due is not None and clock.now() >= due)

    @property
    def masked_name(self) -> str:
        return masks.mask_name(str(self.credential.name))

    @property
    def facts(self) -> list[tuple[dict[str, str], str]]:
        """(what it is called, by language; its value)."""
        return [(names, value) for _code, names, value in self.coded_facts]

    @property
    def coded_facts(self) -> list[tuple[str, dict[str, str], str]]:
        """(code; what it is called, by language; its value)."""
        names = self.credential.kind.facts
        said = json.loads(self.credential.facts)
        return [(code, names.get(code, {}), value) for code, value in said.items()]

    @property
    def shows_parts(self) -> bool:
        """Whether its holder can show a part of it: a wallet takes what is in force, and ES256 alone."""
        return (
            self.standing == "valid"
            and not self.credential.physical
            and settings.CERTIFICATE_ALGORITHM == Algorithm.ES256
        )


def mine(actor: Actor) -> list[Shown]:
    """One's own certificates, the newest first. Raises Forbidden."""
    return [Shown(credential) for credential in holders.own(actor)]


def one_of_mine(actor: Actor, number: str) -> Shown | None:
    """One's own certificate by its number; None for somebody else's. Raises Forbidden."""
    found = holders.own(actor).filter(number=number).first()
    return Shown(found) if found else None


# For the staff -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A certificate in a list: the holder masked."""

    number: str
    names: dict[str, str]
    holder: str
    district: str
    standing: str
    issued_at: datetime
    valid_until: datetime


def of_district(actor: Actor, number: str = "", page: int = 1) -> tuple[list[Row], Page[Credential]]:
    """Certificates of the actor's districts, the newest first; ``number``: the one, or those it begins.

    Raises Forbidden.
    """
    require(actor, SEE, next(iter(actor.districts), None))
    found = Credential.objects.select_related("kind")
    if not actor.covers(None):
        found = found.filter(district__in=actor.districts)
    if number:
        found = found.filter(number__startswith=number)
    shown = Paginator(found, PAGE_ROWS).get_page(page)
    return [_row(credential) for credential in shown.object_list], shown


def one_of_district(actor: Actor, number: str) -> Shown | None:
    """A certificate of the actor's districts. Raises Forbidden for another district's."""
    found = Credential.objects.select_related("kind", "key").filter(number=number).first()
    require(actor, SEE, found.district if found else next(iter(actor.districts), None))
    return Shown(found) if found else None


def changes_open_to(actor: Actor, credential: Credential) -> list[str]:
    """What the actor may do to this certificate as it stands now, for the buttons of its page."""
    if credential.state == State.REVOKED:
        return []
    late = Shown(credential).is_late
    may_change = {
        "endorse": bool(credential.endorse_months) and credential.why != Why.BY_OFFICER,
        "reinstate": credential.state == State.SUSPENDED and not late,
        "suspend": credential.state == State.VALID,
        "revoke": True,
    }
    needed = {"endorse": ENDORSE, "reinstate": SUSPEND, "suspend": SUSPEND, "revoke": REVOKE}
    return [
        change
        for change, fits in may_change.items()
        if fits and allowed(actor, needed[change], credential.district)
    ]


def _row(credential: Credential) -> Row:
    shown = Shown(credential)
    return Row(
        credential.number,
        credential.kind.names,
        shown.masked_name,
        credential.district,
        shown.standing,
        credential.issued_at,
        credential.valid_until,
    )


# For verifiers -------------------------------------------------------------------------------------


def key_set(actor: Actor) -> KeySet:
    """The public document: keys, names of what codes mean, and the newest status list."""
    require(actor, CHECK)
    version = KeySetVersion.objects.order_by("-version").first()
    newest = newest_list(actor)
    return KeySet(
        issuer=city.current().code,
        version=version.version if version else 1,
        made_at=version.made_at if version else clock.now(),
        keys=tuple(key.as_public() for key in SigningKey.objects.all()),
        names=_names(),
        status_list=newest.text if newest else "",
    )


def newest_list(actor: Actor) -> PublishedList | None:
    """The status list published last."""
    require(actor, CHECK)
    return PublishedList.objects.order_by("-sequence").first()


def _names() -> dict[str, dict[str, str]]:
    """What every code that a certificate may hold is called: types, facts, districts, the city."""
    here = city.current()
    names = {district.code: holders.in_languages(district.name) for district in here.districts}
    names[here.code] = holders.in_languages(here.name)
    for kind in Kind.objects.order_by("code"):
        names[kind.code] = kind.names
        names.update({f"fact:{code}": said for code, said in kind.facts.items()})
    return names


@dataclass(frozen=True)
class KeyState:
    key: SigningKey
    certificates: int


def keys(actor: Actor) -> tuple[list[KeyState], PublishedList | None]:
    """The signing keys, newest first, with how much each signed, and the newest list. Raises Forbidden."""
    require(actor, SEE_KEYS)
    found = SigningKey.objects.annotate(count=Count("credential")).order_by("-not_before", "-pk")
    return [KeyState(key, key.count) for key in found], newest_list(actor)
