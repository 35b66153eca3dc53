"""A certificate (电子证照) as the text of a QR code: claims (CWT, RFC 8392), signed, in Base45 behind ``ZD1:``.

``docs/credentials.md`` has the format in full, so that another city can write its own verifier.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from zhoudao.engines.seals import base45, cose, packing
from zhoudao.engines.seals.cose import Malformed, Signed
from zhoudao.engines.seals.signing import Signer

PREFIX = "ZD1:"
KIND = PREFIX.encode("ascii")
"""What the signature says it is a signature of."""
LONGEST_TEXT = 4296
"""Characters that the largest QR code holds (ISO/IEC 18004, version 40-L, alphanumeric)."""
LONGEST_CLAIMS = 8192
"""Bytes, unpacked."""
PACKED = 0x78
"""First byte of a zlib stream with a 32 KiB window; claims that aren't packed begin with 0xA5."""

ISSUER, EXPIRES, NOT_BEFORE, ISSUED = 1, 4, 5, 6
"""Claims of RFC 8392: iss, exp, nbf, iat."""
OURS = -65537
"""Private claim that holds what is said of the holder."""
TYPE, NUMBER, NAME, DOCUMENT, DISTRICT, INDEX, ENDORSED_UNTIL, FACTS = range(8)
_REQUIRED = frozenset({TYPE, NUMBER, NAME, DOCUMENT, DISTRICT, INDEX})
_LENGTHS = {TYPE: 60, NUMBER: 40, NAME: 200, DOCUMENT: 40, DISTRICT: 60}
MOST_FACTS = 12
LONGEST_FACT = 300
UNREADABLE = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Unicode's categories of controls, formats, private-use characters, surrogates and line separators. Characters that
this Python's Unicode doesn't know yet are let through: rare characters of names are among the newest.
"""
JOINERS = frozenset("\u200c\u200d")
"""Formats that the spelling of names in some scripts needs."""


class BadClaims(ValueError):
    """Claims that no certificate may make; names the field and what was expected."""


@dataclass(frozen=True)
class Certificate:
    """What a certificate says. Times are timezone-aware and kept to the second."""

    issuer: str
    """Code of the city that issued it."""
    type: str
    """Code of what it certifies, such as "residence-permit"."""
    number: str
    name: str
    """The holder's name as registered, in any script."""
    document: str
    """The holder's document number, masked: enough to compare, too little to copy."""
    district: str
    index: int
    """Its place in the status list."""
    issued: datetime
    valid_from: datetime
    valid_until: datetime
    endorsed_until: datetime | None = None
    """When it has to be endorsed (签注) again; later than that its use is suspended."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """What else it says, by field code: an address, a scope of business."""


def seal(certificate: Certificate, signer: Signer) -> str:
    """The certificate's text. The same certificate and ES256 key give the same text. Raises BadClaims."""
    claims = _claims(certificate)
    _certificate(claims)
    plain = cose.encode(claims)
    packed = packing.pack(plain)
    # Little text doesn't shrink; the choice is under the signature, so nobody else can make it.
    payload = packed if len(packed) < len(plain) else plain
    text = PREFIX + base45.encode(cose.sign(payload, signer, KIND))
    if len(text) > LONGEST_TEXT:
        raise BadClaims(f"it has {len(text)} characters; a QR code holds {LONGEST_TEXT}")
    return text


def read(text: str) -> Signed:
    """The signed bytes in a certificate's text. Raises Malformed for every text that ``seal`` can't make."""
    if not text.startswith(PREFIX):
        raise Malformed(f"doesn't begin with {PREFIX}")
    if len(text) > LONGEST_TEXT:
        raise Malformed(f"{len(text)} characters; a QR code holds {LONGEST_TEXT}")
    try:
        return cose.read(base45.decode(text[len(PREFIX) :]))
    except base45.NotBase45 as problem:
        raise Malformed(f"not Base45: {problem}") from None


def open_payload(payload: bytes) -> Certificate:
    """What the payload of a good signature says: never opened before the signature is known to be good.

    Raises Malformed.
    """
    plain = packing.unpack(payload, LONGEST_CLAIMS) if payload[:1] == bytes([PACKED]) else payload
    if len(plain) > LONGEST_CLAIMS:
        raise Malformed(f"{len(plain)} bytes of claims; expected at most {LONGEST_CLAIMS}")
    claims = cose.decode(plain)
    if not isinstance(claims, dict):
        raise Malformed("claims are a map")
    try:
        return _certificate(claims)
    except BadClaims as problem:
        raise Malformed(str(problem)) from None


def _claims(certificate: Certificate) -> dict[int, Any]:
    said: dict[int, Any] = {
        TYPE: certificate.type,
        NUMBER: certificate.number,
        NAME: certificate.name,
        DOCUMENT: certificate.document,
        DISTRICT: certificate.district,
        INDEX: certificate.index,
    }
    if certificate.endorsed_until is not None:
        said[ENDORSED_UNTIL] = _seconds(certificate.endorsed_until)
    if certificate.facts:
        said[FACTS] = dict(certificate.facts)
    return {
        ISSUER: certificate.issuer,
        EXPIRES: _seconds(certificate.valid_until),
        NOT_BEFORE: _seconds(certificate.valid_from),
        ISSUED: _seconds(certificate.issued),
        OURS: said,
    }


def _certificate(claims: dict[Any, Any]) -> Certificate:
    if set(claims) != {ISSUER, EXPIRES, NOT_BEFORE, ISSUED, OURS}:
        raise BadClaims("claims are iss, exp, nbf, iat and what is said of the holder, and no others")
    said = claims[OURS]
    if not isinstance(said, dict) or not _REQUIRED <= set(said) <= _REQUIRED | {ENDORSED_UNTIL, FACTS}:
        raise BadClaims("what is said of the holder has a field too few, or one nobody knows")
    for key, most in _LENGTHS.items():
        _check_text(f"field {key}", said[key], most, empty=key == DOCUMENT)
    _check_text("iss", claims[ISSUER], 60)
    _check_facts(said.get(FACTS))
    if type(said[INDEX]) is not int or not 0 <= said[INDEX] < 2**40:
        raise BadClaims(f"the index is {said[INDEX]!r}; expected a whole number")
    certificate = Certificate(
        issuer=claims[ISSUER],
        type=said[TYPE],
        number=said[NUMBER],
        name=said[NAME],
        document=said[DOCUMENT],
        district=said[DISTRICT],
        index=said[INDEX],
        issued=_moment("iat", claims[ISSUED]),
        valid_from=_moment("nbf", claims[NOT_BEFORE]),
        valid_until=_moment("exp", claims[EXPIRES]),
        endorsed_until=_moment("endorsed until", said[ENDORSED_UNTIL]) if ENDORSED_UNTIL in said else None,
        facts=said.get(FACTS, {}),
    )
    if certificate.valid_until <= certificate.valid_from:
        raise BadClaims("it ends before it begins")
    return certificate


def _check_facts(facts: object) -> None:
    if facts is None:
        return
    if not isinstance(facts, dict) or not 1 <= len(facts) <= MOST_FACTS:
        raise BadClaims(f"facts are a map of 1 to {MOST_FACTS} entries, or left out")
    for name, value in facts.items():
        _check_text("a fact's name", name, 40)
        _check_text(f"fact {name}", value, LONGEST_FACT)


def _check_text(what: str, value: object, most: int, empty: bool = False) -> None:
    """One line of readable text. Characters that reorder or hide others would show a reader something else, and
    those of private use (often a rare character's old code) nothing at all.
    """
    if not isinstance(value, str) or len(value) > most or not (value or empty):
        raise BadClaims(f"{what} is no text of at most {most} characters")
    hidden = {c for c in value if unicodedata.category(c) in UNREADABLE} - JOINERS
    if hidden:
        codes = ", ".join(f"U+{ord(character):04X}" for character in sorted(hidden))
        raise BadClaims(f"{what} has characters that not every device shows: {codes}")


def _seconds(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise BadClaims("a moment needs a time zone")
    return int(moment.timestamp())


def _moment(what: str, seconds: object) -> datetime:
    if type(seconds) is not int or not 0 <= seconds <= 253402300799:  # the year 9999
        raise BadClaims(f"{what} is {seconds!r}; expected seconds since 1970")
    return datetime.fromtimestamp(seconds, UTC)
