"""A sign-in handed over by the province's app: a signed statement of who somebody is, good for a minute or two. Pure.

The token is a JWT in compact form (RFC 7519, RFC 7515) signed with ES256 (RFC 7518, 3.4). Claims: ``iss``, ``aud``,
``iat``, ``exp``, ``jti``, and ``document`` with ``kind`` and ``number``. Whatever else it says is not looked at: the
algorithm and the keys are ours to choose, never the token's (RFC 8725, 3.1).
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode
from binascii import Error as BadBase64
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from zhoudao.engines.seals.signing import Es256Verifier

ALGORITHM = "ES256"
LONGEST_TOKEN = 4096
"""Characters; one with every claim has about 500."""
LONGEST_LIFE = 300
"""Seconds between ``iat`` and ``exp``: enough to open a page, too short to lie about."""
CLOCK_SKEW = 60
"""Seconds by which the province's clock and ours may differ."""
_ONE_TIME = re.compile(r"[A-Za-z0-9._~-]{16,64}")
_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----.+?-----END PUBLIC KEY-----", re.S)


class Refused(StrEnum):
    """Why a handover is not taken."""

    UNREADABLE = "unreadable"
    ALGORITHM = "algorithm"
    SIGNATURE = "signature"
    ISSUER = "issuer"
    AUDIENCE = "audience"
    TOO_LONG = "too_long"
    """It would be good for longer than ``LONGEST_LIFE``."""
    EARLY = "early"
    EXPIRED = "expired"
    REPLAYED = "replayed"
    NO_ACCOUNT = "no_account"
    NOT_PUBLIC = "not_public"
    """The account is closed, or not a resident's or an agent's."""


class BadHandover(ValueError):
    """A token that is not taken; its text is fit for a log."""

    def __init__(self, why: Refused) -> None:
        self.why = why
        super().__init__(f"handover refused: {why}")


class BadKeys(ValueError):
    """Text that holds no key for ``ALGORITHM``."""


@dataclass(frozen=True)
class Handover:
    """What a good token says."""

    document_kind: str
    document_number: str
    token_id: str
    """``jti``: the same token is taken once."""
    ends: int
    """Epoch second from which the token is refused, whatever our clock's error: until then its use is remembered."""


@lru_cache(maxsize=4)
def read_keys(pem: str) -> tuple[Es256Verifier, ...]:
    """The P-256 public keys of a text with one or more PEM blocks; several while keys are being changed. Raises
    BadKeys."""
    keys = []
    for block in _PEM.findall(pem):
        try:
            key = load_pem_public_key(block.encode())
        except ValueError:
            raise BadKeys("a block between BEGIN and END PUBLIC KEY can't be read") from None
        if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1":
            raise BadKeys("expected P-256 keys (secp256r1), for ES256")
        keys.append(Es256Verifier(key))
    if not keys:
        raise BadKeys("expected PEM blocks that begin with -----BEGIN PUBLIC KEY-----")
    return tuple(keys)


def read(token: str, keys: Sequence[Es256Verifier], issuer: str, audience: str, now: float) -> Handover:
    """What ``token`` says, by the epoch second ``now``. Raises BadHandover."""
    parts = token.split(".")
    if len(token) > LONGEST_TOKEN or len(parts) != 3:
        raise BadHandover(Refused.UNREADABLE)
    header = _object(_bytes(parts[0]))
    if header.get("alg") != ALGORITHM or "crit" in header:
        raise BadHandover(Refused.ALGORITHM)
    signature, signed = _bytes(parts[2]), f"{parts[0]}.{parts[1]}".encode()
    if not any(key.verifies(signature, signed) for key in keys):
        raise BadHandover(Refused.SIGNATURE)
    return _claims(_object(_bytes(parts[1])), issuer, audience, now)


def _claims(claims: dict[str, Any], issuer: str, audience: str, now: float) -> Handover:
    if claims.get("iss") != issuer:
        raise BadHandover(Refused.ISSUER)
    meant = claims.get("aud")
    if audience not in (meant if isinstance(meant, list) else [meant]):
        raise BadHandover(Refused.AUDIENCE)
    issued, expires, token_id = claims.get("iat"), claims.get("exp"), claims.get("jti")
    document = claims.get("document")
    if (
        not _is_time(issued)
        or not _is_time(expires)
        or not isinstance(token_id, str)
        or not _ONE_TIME.fullmatch(token_id)
        or not isinstance(document, dict)
        or not isinstance(document.get("kind"), str)
        or not isinstance(document.get("number"), str)
    ):
        raise BadHandover(Refused.UNREADABLE)
    assert isinstance(issued, int | float)
    assert isinstance(expires, int | float)
    if expires - issued > LONGEST_LIFE:
        raise BadHandover(Refused.TOO_LONG)
    if issued > now + CLOCK_SKEW:
        raise BadHandover(Refused.EARLY)
    ends = int(expires) + CLOCK_SKEW
    if now >= ends:
        raise BadHandover(Refused.EXPIRED)
    return Handover(document["kind"], document["number"], token_id, ends)


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 2**40


def _object(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise BadHandover(Refused.UNREADABLE) from None
    if not isinstance(found, dict):
        raise BadHandover(Refused.UNREADABLE)
    return found


def _bytes(part: str) -> bytes:
    """Base64url without padding (RFC 7515, 2), and nothing that isn't of its alphabet."""
    if not re.fullmatch(r"[A-Za-z0-9_-]*", part):
        raise BadHandover(Refused.UNREADABLE)
    try:
        return urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except BadBase64:
        raise BadHandover(Refused.UNREADABLE) from None
