"""A part of a certificate, shown from the holder's device by a QR code and checked offline.

What is shown is an SD-JWT with key binding (``sd_jwt.py``) as ``ZDS1:`` + Base45(zlib(SD-JWT)). The verifier asks with
six digits, which the holder types: then what is shown is good for that verifier alone. Without them it is good for
five minutes.

The page of the verifier follows the same rules in the browser (``counter/credentials``: ``static/…/showing.mjs``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from zhoudao.engines.seals import base45, packing, sd_jwt
from zhoudao.engines.seals.checking import Reason, Verdict
from zhoudao.engines.seals.cose import Malformed
from zhoudao.engines.seals.keyset import KeySet, KeyStatus
from zhoudao.engines.seals.sd_jwt import BadDisclosure, Shown, Wrong
from zhoudao.engines.seals.signing import Algorithm

PREFIX = "ZDS1:"
AUDIENCE = "zhoudao:in-person"
"""Whom a wallet shows it to that doesn't know who stands there; who that is, the question says."""
LONGEST_TEXT = 4296
"""Characters that the largest QR code holds."""

_VERDICTS = {
    Wrong.FORM: (Verdict.TAMPERED, Reason.ENCODING_WRONG),
    Wrong.KEY: (Verdict.UNKNOWN_KEY, Reason.KEY_NOT_LISTED),
    Wrong.SIGNATURE: (Verdict.TAMPERED, Reason.SIGNATURE_WRONG),
    Wrong.ENDED: (Verdict.EXPIRED, Reason.WALLET_PAST_ITS_END),
    Wrong.EARLY: (Verdict.NOT_YET_VALID, Reason.BEFORE_ITS_BEGIN),
    Wrong.QUESTION: (Verdict.NOT_FOR_YOU, Reason.SHOWN_TO_OTHERS),
    Wrong.STALE: (Verdict.EXPIRED, Reason.PROOF_PAST_ITS_END),
}


@dataclass(frozen=True)
class Showing:
    verdict: Verdict
    reason: Reason
    claims: Mapping[str, Any] = field(default_factory=dict)
    """What is shown, when it is good."""
    key_id: str = ""
    detail: str = ""
    """For whoever writes a verifier: what exactly was wrong."""


def seal(presentation: str) -> str:
    """The text of the QR code that shows an SD-JWT with key binding."""
    return PREFIX + base45.encode(packing.pack(presentation.encode("ascii")))


def read(text: str) -> str:
    """The SD-JWT in a text. Raises Malformed."""
    if len(text) > LONGEST_TEXT:
        raise Malformed(f"{len(text)} characters; a QR code holds {LONGEST_TEXT}")
    try:
        packed = base45.decode(text.removeprefix(PREFIX))
        return packing.unpack(packed, sd_jwt.LONGEST).decode("ascii")
    except (base45.NotBase45, UnicodeDecodeError) as problem:
        raise Malformed(str(problem)) from None


def check(text: str, keys: KeySet, now: datetime, question: str | None = None) -> Showing:
    """The verdict on what is shown at ``now``; ``question``: the digits that the holder was asked to type.

    Never raises for ``text``.
    """
    text = text.strip()
    if not text.startswith(PREFIX):
        return Showing(Verdict.NO_CERTIFICATE, Reason.NOT_OURS)
    verifiers = {key.id.hex(): key.verifier for key in keys.keys if key.algorithm is Algorithm.ES256}
    try:
        shown = sd_jwt.verify(read(text), verifiers, nonce=question, audience=AUDIENCE, now=now)
    except Malformed as problem:
        return Showing(Verdict.TAMPERED, Reason.ENCODING_WRONG, detail=str(problem))
    except BadDisclosure as problem:
        return Showing(*_VERDICTS[problem.wrong], detail=str(problem))
    verdict, reason = _standing(shown, keys, question)
    return Showing(verdict, reason, shown.claims, shown.key_id)


def _standing(shown: Shown, keys: KeySet, question: str | None) -> tuple[Verdict, Reason]:
    key = keys.key(bytes.fromhex(shown.key_id))
    assert key is not None  # its signature was checked with it
    if shown.claims.get("iss") != keys.issuer:
        return Verdict.UNKNOWN_KEY, Reason.OTHER_ISSUER
    if key.status is KeyStatus.WITHDRAWN:
        return Verdict.REVOKED, Reason.KEY_WITHDRAWN
    if not key.signed_then(datetime.fromtimestamp(shown.claims["nbf"], UTC)):
        return Verdict.UNKNOWN_KEY, Reason.KEY_NOT_IN_USE_THEN
    return Verdict.VALID, Reason.SHOWN_TO_ANYONE if question is None else Reason.SHOWN_TO_YOU
