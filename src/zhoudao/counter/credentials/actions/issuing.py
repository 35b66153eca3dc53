"""Issuing a certificate, endorsing it, and putting it into a wallet."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError

from zhoudao.core import city, clock
from zhoudao.core.access import Actor
from zhoudao.core.audit.actions import act
from zhoudao.core.outbox.actions import enqueue_job
from zhoudao.core.people.models import Organisation, Resident
from zhoudao.counter.applications.ports import CannotEndorse, Grant, Issued, Template
from zhoudao.counter.credentials import holders, rules
from zhoudao.counter.credentials.actions.signing import current_key, signer_of
from zhoudao.counter.credentials.actions.standing import NotNow, tell
from zhoudao.counter.credentials.models import Credential, Kind, SigningKey
from zhoudao.counter.credentials.rules import ENDORSE, ISSUE, KEEP_IN_WALLET, REPLACE, State, Why
from zhoudao.engines.seals import certificate, sd_jwt
from zhoudao.engines.seals.certificate import BadClaims, Certificate
from zhoudao.engines.seals.keyset import KeyStatus
from zhoudao.engines.seals.signing import Algorithm


class BadGrant(ValueError):
    """What was granted makes no certificate: names the field and what was expected."""

    http_status = 400


def issue(actor: Actor, grant: Grant, template: Template) -> Issued:
    """Issue the certificate of an approved application; the one already issued when asked again.

    Raises Forbidden, BadGrant, Unavailable.
    """
    try:
        return _issue_once(actor, grant, template)
    except IntegrityError:
        # Somebody else issued it in the same moment, and the constraint held: theirs is the certificate.
        return _issue_once(actor, grant, template)


def _issue_once(actor: Actor, grant: Grant, template: Template) -> Issued:
    with act(actor, ISSUE, subject=f"application:{grant.application}", district=grant.district) as entry:
        earlier = Credential.objects.filter(application=grant.application, kind__code=template.type).first()
        if earlier is not None:
            entry.note(credential=earlier.number, again=True)
            return Issued(earlier.number, earlier.valid_until, new=False)
        credential = _new(grant, template)
        entry.note(credential=credential.number, type=template.type, physical=template.physical)
        if template.replaces:
            _end_those_before(actor, credential, grant.district)
        tell(credential, "credentials/issued")
    return Issued(credential.number, credential.valid_until, new=True)


def _end_those_before(actor: Actor, new: Credential, district: str) -> None:
    """Whatever of its kind the holder had is over: two that are in force would let somebody else use the lost one.

    Whoever issues the new one ends them, also when the holder has moved to their district since.
    """
    before = Credential.objects.filter(kind=new.kind, resident=new.resident, organisation=new.organisation)
    for number in list(
        before.exclude(pk=new.pk)
        .exclude(state=State.REVOKED.value)
        .order_by("pk")
        .values_list("number", flat=True)
    ):
        with act(actor, REPLACE, subject=f"credential:{number}", district=district) as entry:
            old = Credential.objects.select_for_update().get(number=number)
            entry.note(before=old.state, after=State.REVOKED.value, replaced_by=new.number)
            old.state, old.why, old.reason = State.REVOKED.value, Why.REPLACED.value, ""
            old.changed_at = clock.now()
            old.save(update_fields=["state", "why", "reason", "changed_at"])
            enqueue_job("credentials.publish_list")


def endorse(actor: Actor, number: str) -> Issued:
    """Endorse a certificate (签注) for its kind's next period, counted from today, and put it in force again if it was
    only late.

    Raises NotNow when it was revoked, suspended by an officer, or is past its end; Credential.DoesNotExist.
    """
    found = Credential.objects.get(number=number)
    return _endorse(actor, found, found.district)


def endorse_held(actor: Actor, grant: Grant, type: str) -> Issued | None:
    """Endorse the latest certificate of this type that whoever applied holds; None when none was issued here.

    Whoever decides the application endorses, also when the holder has moved to their district since it was issued.
    Raises CannotEndorse as ``endorse`` raises NotNow.
    """
    holder = {"resident_id": grant.resident_id, "organisation_id": grant.organisation_id}
    found = Credential.objects.filter(kind__code=type, **holder).order_by("pk").last()
    if found is None:
        return None
    try:
        return _endorse(actor, found, grant.district)
    except NotNow as problem:
        raise CannotEndorse(str(problem)) from None


def _endorse(actor: Actor, found: Credential, district: str) -> Issued:
    with act(actor, ENDORSE, subject=f"credential:{found.number}", district=district) as entry:
        credential = Credential.objects.select_for_update().get(pk=found.pk)
        now = clock.now()
        if not credential.endorse_months:
            raise NotNow("this certificate needs no endorsement")
        if (
            credential.state == State.REVOKED
            or credential.why == Why.BY_OFFICER
            or now >= credential.valid_until
        ):
            raise NotNow(
                "only a certificate in force, or one that is late for its endorsement, can be endorsed"
            )
        credential.endorsed_until = rules.endorsed_until(
            now, credential.valid_until, credential.endorse_months
        )
        credential.state, credential.why, credential.reason = State.VALID.value, Why.NONE.value, ""
        _sign(credential, now)
        credential.changed_at = now
        credential.save()
        entry.note(endorsed_until=credential.endorsed_until)
        tell(credential, "credentials/endorsed")
    return Issued(credential.number, credential.valid_until, new=False)


@dataclass(frozen=True)
class Kept:
    """What a wallet is given."""

    text: str
    """An SD-JWT."""
    expires: datetime


def keep_in_wallet(actor: Actor, number: str, holder_key: object) -> Kept:
    """An SD-JWT of one's own certificate, bound to the wallet's public key (a JWK), to show parts of.

    It lasts a week and holds no number unless the wallet shows it. Raises BadGrant for a key that is none, NotNow,
    Credential.DoesNotExist for somebody else's.
    """
    credential = holders.own(actor).get(number=number)
    with act(actor, KEEP_IN_WALLET, subject=f"credential:{number}") as entry:
        now = clock.now()
        late = credential.endorsed_until is not None and now >= credential.endorsed_until
        if credential.physical or late or credential.state != State.VALID or now >= credential.valid_until:
            raise NotNow("only a certificate in force can be taken into a wallet, and never a card's")
        key = _es256_key(now)
        ends = [credential.valid_until, now + rules.WALLET_LASTS, credential.endorsed_until]
        expires = min(end for end in ends if end is not None)
        try:
            holder = sd_jwt.from_jwk(holder_key)
            issued = sd_jwt.issue(
                {
                    "iss": city.current().code,
                    "vct": credential.kind.code,
                    "nbf": int(now.timestamp()),
                    "exp": int(expires.timestamp()),
                },
                {
                    "number": credential.number,
                    "name": str(credential.name),
                    "document": credential.document,
                    "district": credential.district,
                    **json.loads(credential.facts),
                },
                signer_of(key),
                holder,
            )
        except sd_jwt.BadDisclosure as problem:
            raise BadGrant(f"holder_key: {problem}") from None
        entry.note(key=key.key_id)
    return Kept(issued, expires)


def _es256_key(now: datetime) -> SigningKey:
    """JOSE has no name for SM2, so wallets are served with ES256 whatever certificates are signed with."""
    key = current_key(now)
    if key.algorithm != Algorithm.ES256:
        raise NotNow(
            "wallets need a key of ES256, and certificates here are signed with SM2 only (docs/credentials.md)"
        )
    assert key.status == KeyStatus.ACTIVE
    return key


def _new(grant: Grant, template: Template) -> Credential:
    now = clock.now()
    kind = _kind(template)
    credential = Credential(
        number=f"new-{secrets.token_hex(8)}",
        kind=kind,
        application=grant.application,
        district=grant.district,
        facts=json.dumps(_tidied(grant.facts), ensure_ascii=False),
        physical=template.physical,
        serial=grant.serial.strip(),
        issued_at=now,
        signed_at=now,
        changed_at=now,
        valid_until=rules.months_later(now, template.valid_months),
        endorse_months=template.endorse_months,
    )
    credential.endorsed_until = rules.endorsed_until(now, credential.valid_until, template.endorse_months)
    _put_holder(credential, grant)
    _check_grant(credential, grant, template)
    credential.save()
    year = clock.local(now).year
    credential.number = rules.number(city.current().region_code, year, credential.pk)
    _sign(credential, now)
    credential.save()
    return credential


def _kind(template: Template) -> Kind:
    """The template's kind, brought up to date; written only when it changed, so that officers don't wait for each
    other.
    """
    said = {
        "names": holders.in_languages(template.name),
        "facts": {code: holders.in_languages(name) for code, name in template.facts.items()},
    }
    kind = Kind.objects.filter(code=template.type).first()
    if kind is None or {"names": kind.names, "facts": kind.facts} != said:
        kind, _ = Kind.objects.update_or_create(code=template.type, defaults=said)
    return kind


def _tidied(facts: Mapping[str, str]) -> dict[str, str]:
    """Facts as a certificate says them: on one line each, and nothing of those left empty."""
    lines = {code: " ".join(value.split()) for code, value in facts.items()}
    return {code: line for code, line in lines.items() if line}


def _put_holder(credential: Credential, grant: Grant) -> None:
    if (grant.resident_id is None) == (grant.organisation_id is None):
        raise BadGrant("holder: expected either a resident or an organisation")
    if grant.resident_id is not None:
        resident = Resident.objects.filter(pk=grant.resident_id).first()
        if resident is None:
            raise BadGrant(f"resident_id: there is no resident {grant.resident_id}")
        credential.resident, credential.name = resident, str(resident.name)
        credential.document = rules.document_hint(resident.document_number)
        return
    organisation = Organisation.objects.filter(pk=grant.organisation_id or 0).first()
    if organisation is None:
        raise BadGrant(f"organisation_id: there is no organisation {grant.organisation_id}")
    credential.organisation, credential.name = organisation, organisation.name
    credential.document = organisation.credit_code  # public, and what people look a firm up by


def _check_grant(credential: Credential, grant: Grant, template: Template) -> None:
    if credential.district not in {district.code for district in city.current().districts}:
        raise BadGrant(f"district: {credential.district!r}; expected the code of a district of the city")
    if template.physical != bool(credential.serial):
        raise BadGrant("serial: a physical card has a serial number, and nothing else has one")
    unknown = sorted(set(grant.facts) - set(template.facts))
    if unknown:
        raise BadGrant(f"facts: the template names no {', '.join(unknown)}")


def _sign(credential: Credential, now: datetime) -> None:
    """Put the certificate's text on it; a physical card gets none."""
    credential.signed_at = now
    if credential.physical:
        return
    credential.key = current_key(now)
    try:
        credential.text = certificate.seal(as_certificate(credential), signer_of(credential.key))
    except BadClaims as problem:
        raise BadGrant(str(problem)) from None


def as_certificate(credential: Credential) -> Certificate:
    """What the certificate says, as the engine signs it."""
    return Certificate(
        issuer=city.current().code,
        type=credential.kind.code,
        number=credential.number,
        name=str(credential.name),
        document=credential.document,
        district=credential.district,
        index=credential.pk,
        issued=credential.signed_at,
        valid_from=credential.issued_at,
        valid_until=credential.valid_until,
        endorsed_until=credential.endorsed_until,
        facts=json.loads(credential.facts),
    )
