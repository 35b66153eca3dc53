"""Which certificates are suspended or revoked: one signed list for all of them, two bits each.

The bits are those of the Token Status List (IETF OAuth working group): certificate ``index`` has bits 2·index and
2·index + 1 counted from each byte's least significant bit; 0 valid, 1 revoked, 2 suspended. A million certificates of
which one in a hundred is suspended are some 30 kB, packed. Each list has a sequence number, so that an old one can't
take the place of a newer one, and a moment after which it says nothing any more.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum

from zhoudao.engines.seals import cose, packing
from zhoudao.engines.seals.cose import Malformed, Signed
from zhoudao.engines.seals.signing import Signer

PREFIX = "ZDL1:"
KIND = PREFIX.encode("ascii")
ISSUER, EXPIRES, ISSUED = 1, 4, 6
LIST = 65533
"""The claim status_list, which holds ``{"bits": 2, "lst": …}``."""
OURS = -65537
"""Private claim: {0: sequence, 1: how many certificates the list covers}."""
BITS = 2
MOST = 1 << 24
"""Certificates in one list: 4 MiB unpacked."""


class Standing(IntEnum):
    VALID = 0
    REVOKED = 1
    SUSPENDED = 2


@dataclass(frozen=True)
class StatusList:
    issuer: str
    sequence: int
    issued: datetime
    expires: datetime
    size: int
    """Certificates it covers: indexes below this."""
    bits: bytes

    def standing(self, index: int) -> Standing | None:
        """How certificate ``index`` stands; None when the list is older than it."""
        if not 0 <= index < self.size:
            return None
        return Standing(self.bits[index >> 2] >> 2 * (index & 3) & 3)


def bits_of(size: int, others: Mapping[int, Standing]) -> bytes:
    """The bits of ``size`` certificates of which ``others`` aren't valid. Raises ValueError for one beyond."""
    if size > MOST:
        raise ValueError(f"{size} certificates; a list holds {MOST}")
    bits = bytearray((size + 3) // 4)
    for index, standing in others.items():
        if not 0 <= index < size:
            raise ValueError(f"certificate {index} isn't below {size}")
        bits[index >> 2] |= standing << 2 * (index & 3)
    return bytes(bits)


def seal(statuses: StatusList, signer: Signer) -> str:
    claims = {
        ISSUER: statuses.issuer,
        EXPIRES: int(statuses.expires.timestamp()),
        ISSUED: int(statuses.issued.timestamp()),
        LIST: {"bits": BITS, "lst": packing.pack(statuses.bits)},
        OURS: {0: statuses.sequence, 1: statuses.size},
    }
    signed = cose.sign(cose.encode(claims), signer, KIND)
    return PREFIX + base64.urlsafe_b64encode(signed).rstrip(b"=").decode("ascii")


def read(text: str) -> Signed:
    """The signed bytes in a list's text. Raises Malformed."""
    text = text.strip()
    if not text.startswith(PREFIX):
        raise Malformed(f"doesn't begin with {PREFIX}")
    body = text[len(PREFIX) :]
    try:
        data = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Malformed("not base64url") from None
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii") != body:
        raise Malformed("not base64url in its one form")
    return cose.read(data)


def open_payload(payload: bytes) -> StatusList:
    """What a list with a good signature says. Raises Malformed."""
    claims = cose.decode(payload)
    if not isinstance(claims, dict) or set(claims) != {ISSUER, EXPIRES, ISSUED, LIST, OURS}:
        raise Malformed("not the claims of a status list")
    inner, ours = claims[LIST], claims[OURS]
    if not isinstance(inner, dict) or set(inner) != {"bits", "lst"} or inner["bits"] != BITS:
        raise Malformed(f"a list of {BITS} bits each was expected")
    if not isinstance(ours, dict) or set(ours) != {0, 1} or not isinstance(inner["lst"], bytes):
        raise Malformed("a list says its sequence and its size")
    numbers = [ours[0], ours[1], claims[ISSUED], claims[EXPIRES]]
    if any(type(number) is not int or not 0 <= number <= 253402300799 for number in numbers):
        raise Malformed("a list's numbers are whole and not negative")
    if not isinstance(claims[ISSUER], str) or ours[1] > MOST:
        raise Malformed("not the claims of a status list")
    bits = packing.unpack(inner["lst"], MOST // 4)
    if len(bits) != (ours[1] + 3) // 4:
        raise Malformed(f"{len(bits)} bytes for {ours[1]} certificates")
    if any(byte & byte >> 1 & 0x55 for byte in bits):
        raise Malformed("a certificate can't be revoked and suspended at once")
    return StatusList(
        issuer=claims[ISSUER],
        sequence=ours[0],
        issued=datetime.fromtimestamp(claims[ISSUED], UTC),
        expires=datetime.fromtimestamp(claims[EXPIRES], UTC),
        size=ours[1],
        bits=bits,
    )
