"""A certificate's text to one verdict, offline. What a holder shows of one: ``showing.py``.

The verifier's page follows the same rules in the browser (``counter/credentials``: ``static/…/checking.mjs``), and a
test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from zhoudao.engines.seals import certificate, status
from zhoudao.engines.seals.certificate import Certificate
from zhoudao.engines.seals.cose import Malformed, Signed
from zhoudao.engines.seals.keyset import Key, KeySet, KeyStatus
from zhoudao.engines.seals.signing import Unavailable
from zhoudao.engines.seals.status import Standing, StatusList

CLOCKS_DIFFER = timedelta(minutes=5)
"""A certificate issued a moment ago is valid on a device whose clock runs a little behind."""


class Verdict(StrEnum):
    VALID = "valid"
    EXPIRED = "expired"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    UNKNOWN_KEY = "unknown_key"
    TAMPERED = "tampered"
    NOT_YET_VALID = "not_yet_valid"
    LIST_TOO_OLD = "list_too_old"
    """Nothing is wrong with it, but whether it was revoked lately can't be said."""
    NO_CERTIFICATE = "no_certificate"
    """Something else: another QR code, or a text torn off."""
    CANNOT_CHECK = "cannot_check"
    """Its algorithm isn't to be had here."""
    NOT_FOR_YOU = "not_for_you"
    """Made for another verifier's question: a copy, perhaps."""


class Reason(StrEnum):
    """Why: each verdict has one or more."""

    IN_FORCE = "in_force"
    PAST_ITS_END = "past_its_end"
    ENDORSEMENT_LATE = "endorsement_late"
    """Not endorsed in time (逾期未签注)."""
    SUSPENDED_BY_ISSUER = "suspended_by_issuer"
    REVOKED_BY_ISSUER = "revoked_by_issuer"
    KEY_WITHDRAWN = "key_withdrawn"
    KEY_NOT_LISTED = "key_not_listed"
    KEY_NOT_IN_USE_THEN = "key_not_in_use_then"
    OTHER_ISSUER = "other_issuer"
    """Signed by a listed key in the name of somebody else."""
    SIGNATURE_WRONG = "signature_wrong"
    ENCODING_WRONG = "encoding_wrong"
    CLAIMS_WRONG = "claims_wrong"
    BEFORE_ITS_BEGIN = "before_its_begin"
    NO_LIST = "no_list"
    LIST_PAST_ITS_END = "list_past_its_end"
    NOT_ON_LIST = "not_on_list"
    """Issued before the list was made, and missing on it."""
    NOT_OURS = "not_ours"
    ALGORITHM_MISSING = "algorithm_missing"
    SHOWN_TO_YOU = "shown_to_you"
    """A part of a certificate in force, signed by the holder's device for the question that was asked."""
    SHOWN_TO_ANYONE = "shown_to_anyone"
    """The same, but nothing was asked."""
    SHOWN_TO_OTHERS = "shown_to_others"
    PROOF_PAST_ITS_END = "proof_past_its_end"
    WALLET_PAST_ITS_END = "wallet_past_its_end"
    """The device hasn't renewed what it holds."""


class BadList(ValueError):
    """A status list that can't be trusted: says why."""


@dataclass(frozen=True)
class Finding:
    verdict: Verdict
    reason: Reason
    certificate: Certificate | None = None
    """What it says, when its signature is good."""
    key_id: str = ""
    detail: str = ""
    """For whoever writes a verifier: what exactly was wrong."""


def open_list(text: str, keys: KeySet) -> StatusList:
    """The status list in ``text``, if a key of ``keys`` signed it. Raises BadList, Unavailable."""
    try:
        signed = status.read(text)
    except Malformed as problem:
        raise BadList(f"not a status list: {problem}") from None
    key = keys.key(signed.key_id)
    if key is None or key.status is KeyStatus.WITHDRAWN:
        raise BadList(f"signed with key {signed.key_id.hex()}, which isn't one of those that count")
    if not signed.is_by(key.verifier, status.KIND):
        raise BadList("its signature is wrong: it was altered")
    try:
        statuses = status.open_payload(signed.payload)
    except Malformed as problem:
        raise BadList(f"not a status list: {problem}") from None
    if statuses.issuer != keys.issuer:
        raise BadList(f"the list of {statuses.issuer}; expected that of {keys.issuer}")
    if not key.signed_then(statuses.issued):
        raise BadList(f"key {signed.key_id.hex()} wasn't in use when the list was made")
    return statuses


def check(text: str, keys: KeySet, statuses: StatusList | None, now: datetime) -> Finding:
    """The verdict on a certificate at ``now``, by the keys and the status list at hand. Never raises for ``text``.

    The worst that is known for certain comes first. What a list says stands even when the list is old; only silence
    doesn't.
    """
    text = text.strip()
    if not text.startswith(certificate.PREFIX):
        return Finding(Verdict.NO_CERTIFICATE, Reason.NOT_OURS)
    try:
        signed = certificate.read(text)
    except Malformed as problem:
        return Finding(Verdict.TAMPERED, Reason.ENCODING_WRONG, detail=str(problem))
    key = keys.key(signed.key_id)
    if key is None:
        return Finding(Verdict.UNKNOWN_KEY, Reason.KEY_NOT_LISTED, key_id=signed.key_id.hex())
    try:
        return _check_signed(signed, key, keys, statuses, now)
    except Unavailable as problem:
        return Finding(
            Verdict.CANNOT_CHECK, Reason.ALGORITHM_MISSING, key_id=signed.key_id.hex(), detail=str(problem)
        )


def _check_signed(
    signed: Signed, key: Key, keys: KeySet, statuses: StatusList | None, now: datetime
) -> Finding:
    kid = signed.key_id.hex()
    if not signed.is_by(key.verifier, certificate.KIND):
        return Finding(Verdict.TAMPERED, Reason.SIGNATURE_WRONG, key_id=kid)
    try:
        said = certificate.open_payload(signed.payload)
    except Malformed as problem:
        return Finding(Verdict.TAMPERED, Reason.CLAIMS_WRONG, key_id=kid, detail=str(problem))
    verdict, reason = _standing(said, key, keys, statuses, now)
    return Finding(verdict, reason, said, kid)


def _standing(
    said: Certificate, key: Key, keys: KeySet, statuses: StatusList | None, now: datetime
) -> tuple[Verdict, Reason]:
    if said.issuer != keys.issuer:
        return Verdict.UNKNOWN_KEY, Reason.OTHER_ISSUER
    if key.status is KeyStatus.WITHDRAWN:
        return Verdict.REVOKED, Reason.KEY_WITHDRAWN
    if not key.signed_then(said.issued):
        return Verdict.UNKNOWN_KEY, Reason.KEY_NOT_IN_USE_THEN
    listed = statuses.standing(said.index) if statuses else None
    if listed is Standing.REVOKED:
        return Verdict.REVOKED, Reason.REVOKED_BY_ISSUER
    if now >= said.valid_until:
        return Verdict.EXPIRED, Reason.PAST_ITS_END
    if now < said.valid_from - CLOCKS_DIFFER:
        return Verdict.NOT_YET_VALID, Reason.BEFORE_ITS_BEGIN
    if listed is Standing.SUSPENDED:
        return Verdict.SUSPENDED, Reason.SUSPENDED_BY_ISSUER
    if said.endorsed_until is not None and now >= said.endorsed_until:
        return Verdict.SUSPENDED, Reason.ENDORSEMENT_LATE
    if statuses is None:
        return Verdict.LIST_TOO_OLD, Reason.NO_LIST
    if now >= statuses.expires:
        return Verdict.LIST_TOO_OLD, Reason.LIST_PAST_ITS_END
    if listed is None and said.issued < statuses.issued:
        return Verdict.LIST_TOO_OLD, Reason.NOT_ON_LIST
    return Verdict.VALID, Reason.IN_FORCE
