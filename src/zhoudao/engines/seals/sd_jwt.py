"""SD-JWT with key binding (RFC 9901): the holder shows some of what a certificate says, and proves to be the holder.

The issuer signs only hashes of what may be hidden. The holder's wallet passes on the disclosures it chooses and signs
the verifier's own nonce with the key that the issuer bound in, so that what was shown once can't be shown by another.
Flat claims only, ES256 and SHA-256 only: what a certificate needs. SM2 has no registered name in JOSE, so it isn't
offered here.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from typing import Any

from zhoudao.engines.seals import signing
from zhoudao.engines.seals.signing import Algorithm, BadKey, Signer, Verifier

TYPE = "dc+sd-jwt"
"""Media type of a credential in this format (SD-JWT VC)."""
BINDING_TYPE = "kb+jwt"
SALT_BYTES = 16
"""128 bits (RFC 9901, section 9.3)."""
LONGEST = 16_384
"""Characters of a presentation."""
RESERVED = frozenset({"_sd", "_sd_alg", "...", "iss", "nbf", "exp", "iat", "cnf", "vct", "status"})
"""Claims that can't be hidden: without them nobody could check the rest (SD-JWT VC), and names of the format."""
BINDING_LASTS = timedelta(minutes=5)
"""A wallet's signature counts this long, and may be dated this far ahead."""


class Wrong(Enum):
    """What kind of thing is wrong, for a verdict; the words say what exactly."""

    FORM = auto()
    """Not what a wallet or an issuer makes."""
    KEY = auto()
    """Signed with a key that isn't one of those that count."""
    SIGNATURE = auto()
    """Altered, or something added that nobody signed."""
    ENDED = auto()
    """The credential is past its end."""
    EARLY = auto()
    QUESTION = auto()
    """The wallet answered another verifier, or another question."""
    STALE = auto()
    """The wallet's proof is too old, or dated ahead."""


class BadDisclosure(ValueError):
    """An SD-JWT or a presentation that can't be trusted: says why."""

    def __init__(self, why: str, wrong: Wrong = Wrong.FORM) -> None:
        super().__init__(why)
        self.wrong = wrong


@dataclass(frozen=True)
class Shown:
    """What a good presentation shows."""

    claims: Mapping[str, Any]
    holder: Verifier
    key_id: str


def issue(
    open_claims: Mapping[str, Any],
    hidden_claims: Mapping[str, str],
    signer: Signer,
    holder: Verifier,
) -> str:
    """An SD-JWT for the wallet that holds ``holder``'s private key. Raises BadDisclosure for a reserved name."""
    _require(signer.public.algorithm is Algorithm.ES256, "signed with ES256 only")
    _require(not RESERVED & set(hidden_claims), "a claim that every verifier needs can't be hidden")
    _require(not set(open_claims) & set(hidden_claims), "a claim is open or hidden, not both")
    disclosures = [
        _encode_json([_base64url(secrets.token_bytes(SALT_BYTES)), name, value])
        for name, value in hidden_claims.items()
    ]
    payload = {
        **open_claims,
        "_sd_alg": "sha-256",
        "_sd": sorted(map(_digest, disclosures)),  # sorted by hash: the order says nothing
        "cnf": {"jwk": jwk(holder)},
    }
    kid = signing.key_id(signer.public.point).hex()
    return "~".join([_sign({"alg": "ES256", "typ": TYPE, "kid": kid}, payload, signer), *disclosures, ""])


def hidden_names(sd_jwt: str) -> list[str]:
    """Names of the claims that the wallet may show or hide."""
    return [_disclosure(text)[0] for text in sd_jwt.split("~")[1:-1]]


def present(
    sd_jwt: str, names: Collection[str], wallet: Signer, *, nonce: str, audience: str, now: datetime
) -> str:
    """What the wallet sends to the verifier ``audience`` that asked with ``nonce``, showing ``names`` only.

    Raises BadDisclosure for a name that the SD-JWT doesn't hold.
    """
    token, *disclosures = sd_jwt.split("~")[:-1]
    chosen = [text for text in disclosures if _disclosure(text)[0] in names]
    _require(len(chosen) == len(set(names)), "the credential holds no such claim")
    shown = "~".join([token, *chosen, ""])
    binding = {
        "iat": int(now.timestamp()),
        "aud": audience,
        "nonce": nonce,
        "sd_hash": _base64url(hashlib.sha256(shown.encode("ascii")).digest()),
    }
    return shown + _sign({"alg": "ES256", "typ": BINDING_TYPE}, binding, wallet)


def verify(
    presentation: str, keys: Mapping[str, Verifier], *, nonce: str | None, audience: str, now: datetime
) -> Shown:
    """What a presentation shows, by the issuer's ``keys`` (by key id in hexadecimal). Raises BadDisclosure.

    ``nonce`` None: nothing was asked, so that for five minutes somebody else could show a copy of it. Whether the
    credential was suspended or revoked since, its claim ``status`` and the status list say.
    """
    _require(len(presentation) <= LONGEST and presentation.isascii(), "too long, or not ASCII")
    token, *disclosures, binding = presentation.split("~") if "~" in presentation else ("", "")
    _require(bool(binding), "no proof by the holder's key")
    header, payload = _read(token)
    kid = header.get("kid")
    issuer = keys.get(kid) if isinstance(kid, str) else None
    _require(issuer is not None, f"signed with key {kid!r}, which isn't one of those that count", Wrong.KEY)
    assert issuer is not None
    _check_signature(token, header, TYPE, issuer)
    claims = _disclosed(payload, disclosures)
    _check_period(claims, now)
    holder = _holder(payload)
    _check_binding(binding, holder, presentation[: -len(binding)], nonce, audience, now)
    return Shown(claims, holder, str(kid))


def jwk(key: Verifier) -> dict[str, str]:
    """A public key of P-256 as RFC 7518 writes it."""
    return {"kty": "EC", "crv": "P-256", "x": _base64url(key.point[1:33]), "y": _base64url(key.point[33:])}


def from_jwk(value: object) -> Verifier:
    """Raises BadDisclosure for anything but a public key of P-256."""
    _require(isinstance(value, dict), "a key is a JSON object")
    assert isinstance(value, dict)
    _require((value.get("kty"), value.get("crv")) == ("EC", "P-256"), "a holder's key is one of P-256")
    _require("d" not in value, "a private key was sent: only the public part is asked for")
    try:
        return signing.load_verifier(
            Algorithm.ES256, b"\x04" + _decode(value.get("x")) + _decode(value.get("y"))
        )
    except BadKey as problem:
        raise BadDisclosure(f"the holder's key: {problem}") from None


# Its parts ------------------------------------------------------------------------------------------


def _disclosed(payload: dict[str, Any], disclosures: list[str]) -> dict[str, Any]:
    """The claims with what is disclosed put in (RFC 9901, section 7.1)."""
    _require(payload.get("_sd_alg", "sha-256") == "sha-256", "hashed with something other than SHA-256")
    hashes = payload.get("_sd", [])
    _require(
        isinstance(hashes, list) and all(isinstance(one, str) for one in hashes), "_sd is a list of hashes"
    )
    _require(len(set(hashes)) == len(hashes), "a hash stands twice")
    _require(len(set(disclosures)) == len(disclosures), "a disclosure stands twice")
    claims = {name: value for name, value in payload.items() if name not in ("_sd", "_sd_alg", "cnf")}
    for text in disclosures:
        _require(_digest(text) in hashes, "shows something the issuer didn't sign", Wrong.SIGNATURE)
        name, value = _disclosure(text)
        _require(name not in RESERVED and name not in claims, f"discloses {name!r}, which can't be hidden")
        claims[name] = value
    return claims


def _check_period(claims: Mapping[str, Any], now: datetime) -> None:
    for name in ("exp", "nbf"):
        _require(type(claims.get(name)) is int, f"{name} is missing, or no whole number")
    seconds = now.timestamp()
    _require(seconds < claims["exp"], "past its end", Wrong.ENDED)
    _require(seconds >= claims["nbf"] - BINDING_LASTS.total_seconds(), "not yet valid", Wrong.EARLY)


def _check_binding(
    binding: str, holder: Verifier, shown: str, nonce: str | None, audience: str, now: datetime
) -> None:
    header, payload = _read(binding)
    _check_signature(binding, header, BINDING_TYPE, holder)
    _require(payload.get("aud") == audience, "meant for another verifier", Wrong.QUESTION)
    expected = _base64url(hashlib.sha256(shown.encode("ascii")).digest())
    _require(payload.get("sd_hash") == expected, "the holder signed for other disclosures", Wrong.SIGNATURE)
    answered = payload.get("nonce")
    _require(isinstance(answered, str), "a nonce is text")
    _require(
        nonce is None or answered == nonce,
        "answers another question: its nonce isn't the one that was asked",
        Wrong.QUESTION,
    )
    made = payload.get("iat")
    _require(type(made) is int and 0 <= made < 2**40, "iat is missing, or no whole number")
    age = now - datetime.fromtimestamp(made, UTC)  # type: ignore[arg-type]
    _require(
        abs(age) <= BINDING_LASTS, "the holder's proof is older than five minutes, or dated ahead", Wrong.STALE
    )


def _holder(payload: dict[str, Any]) -> Verifier:
    bound = payload.get("cnf")
    _require(isinstance(bound, dict) and set(bound) == {"jwk"}, "no key of the holder is bound in")
    return from_jwk(bound["jwk"])  # type: ignore[index]


def _disclosure(text: str) -> tuple[str, Any]:
    parts = _decode_json(text)
    good = isinstance(parts, list) and len(parts) == 3 and all(isinstance(part, str) for part in parts[:2])
    _require(good, "a disclosure is a salt, a name and a value")
    assert isinstance(parts, list)
    return parts[1], parts[2]


def _digest(disclosure: str) -> str:
    return _base64url(hashlib.sha256(disclosure.encode("ascii")).digest())


# JWS (RFC 7515) -------------------------------------------------------------------------------------


def _sign(header: Mapping[str, str], payload: Mapping[str, Any], signer: Signer) -> str:
    signed = f"{_encode_json(header)}.{_encode_json(payload)}"
    return f"{signed}.{_base64url(signer.sign(signed.encode('ascii')))}"


def _read(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    parts = token.split(".")
    _require(len(parts) == 3, "a JWT has three parts")
    header, payload = _decode_json(parts[0]), _decode_json(parts[1])
    _require(isinstance(header, dict) and isinstance(payload, dict), "a JWT's header and payload are objects")
    return header, payload  # type: ignore[return-value]


def _check_signature(token: str, header: dict[str, Any], kind: str, key: Verifier) -> None:
    _require(header.get("alg") == "ES256" and header.get("typ") == kind, f"not a {kind} signed with ES256")
    _require("crit" not in header, "asks for an extension nobody knows")
    signed, _, signature = token.rpartition(".")
    _require(
        key.verifies(_decode(signature), signed.encode("ascii")),
        "its signature is wrong: it was altered",
        Wrong.SIGNATURE,
    )


def _encode_json(value: object) -> str:
    return _base64url(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _decode_json(text: str) -> object:
    try:
        return json.loads(_decode(text), object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError):
        raise BadDisclosure("not JSON in base64url") from None


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    _require(len({name for name, _ in pairs}) == len(pairs), "a name stands twice in one object")
    return dict(pairs)


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _decode(text: object) -> bytes:
    """Raises BadDisclosure for text that isn't base64url in its one form."""
    _require(isinstance(text, str), "text was expected")
    assert isinstance(text, str)
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise BadDisclosure("not base64url") from None
    _require(_base64url(data) == text, "not base64url in its one form")
    return data


def _require(good: bool, otherwise: str, wrong: Wrong = Wrong.FORM) -> None:
    if not good:
        raise BadDisclosure(otherwise, wrong)
