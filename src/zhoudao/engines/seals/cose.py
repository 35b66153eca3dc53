"""COSE_Sign1 (RFC 9052, section 4.2), in exactly one encoding: any other bytes are refused.

    18([ << {1: algorithm, 4: key id} >>, {}, payload, signature ])

Deterministic CBOR (RFC 8949, section 4.2.1), no header but those two, nothing unprotected. What kind of thing was
signed goes into the signature as ``external_aad``, so that a list can't be shown as a certificate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cbor2

from zhoudao.engines.seals.signing import (
    KEY_ID_BYTES,
    SIGNATURE_BYTES,
    Algorithm,
    Signer,
    Verifier,
    is_low,
    key_id,
)

TAG = 18
ALGORITHM, KEY_ID = 1, 4
NUMBERS = {Algorithm.ES256: -7, Algorithm.SM2: -65537}
"""COSE algorithm numbers: ES256 is registered (RFC 9053); SM2 has none, so it gets one for private use."""
_BY_NUMBER = {number: algorithm for algorithm, number in NUMBERS.items()}


class Malformed(ValueError):
    """Bytes that no signer of ours makes; says what is wrong with them."""


@dataclass(frozen=True)
class Signed:
    algorithm: Algorithm
    key_id: bytes
    protected: bytes
    payload: bytes
    signature: bytes

    def is_by(self, key: Verifier, kind: bytes) -> bool:
        """Whether ``key`` signed this as ``kind``."""
        return key.algorithm is self.algorithm and key.verifies(
            self.signature, _to_be_signed(self.protected, kind, self.payload)
        )


def sign(payload: bytes, signer: Signer, kind: bytes) -> bytes:
    """``payload`` signed as ``kind``, at most some 90 bytes longer."""
    point = signer.public.point
    protected = encode({ALGORITHM: NUMBERS[signer.public.algorithm], KEY_ID: key_id(point)})
    signature = signer.sign(_to_be_signed(protected, kind, payload))
    return encode(cbor2.CBORTag(TAG, [protected, {}, payload, signature]))


def read(data: bytes) -> Signed:
    """The parts of what ``sign`` made; whether the signature is good is another question. Raises Malformed."""
    tagged = decode(data)
    if not isinstance(tagged, cbor2.CBORTag) or tagged.tag != TAG:
        raise Malformed("not a COSE_Sign1")
    parts = tagged.value
    if not isinstance(parts, Sequence) or len(parts) != 4:
        raise Malformed("a COSE_Sign1 has four parts")
    protected, unprotected, payload, signature = parts
    if not isinstance(protected, bytes) or not isinstance(payload, bytes):
        raise Malformed("headers and payload are byte strings")
    if unprotected or not isinstance(unprotected, Mapping):
        raise Malformed("nothing may stand outside the signature")
    if not isinstance(signature, bytes) or len(signature) != SIGNATURE_BYTES:
        raise Malformed(f"a signature has {SIGNATURE_BYTES} bytes")
    headers = decode(protected)
    if not isinstance(headers, dict) or set(headers) != {ALGORITHM, KEY_ID}:
        raise Malformed("the headers are the algorithm and the key id, and no others")
    number, kid = headers[ALGORITHM], headers[KEY_ID]
    if type(number) is not int or number not in _BY_NUMBER:
        raise Malformed(f"algorithm {number!r}; expected {' or '.join(map(str, _BY_NUMBER))}")
    if not isinstance(kid, bytes) or len(kid) != KEY_ID_BYTES:
        raise Malformed(f"a key id has {KEY_ID_BYTES} bytes")
    algorithm = _BY_NUMBER[number]
    if algorithm is Algorithm.ES256 and not is_low(signature):
        raise Malformed("the greater of two good signatures")
    return Signed(algorithm, kid, protected, payload, signature)


def _to_be_signed(protected: bytes, kind: bytes, payload: bytes) -> bytes:
    """Sig_structure, RFC 9052, section 4.4."""
    return encode(["Signature1", protected, kind, payload])


def encode(value: object) -> bytes:
    return cbor2.dumps(value, canonical=True)


def decode(data: bytes) -> object:
    """The value whose only encoding is ``data``. Raises Malformed."""
    try:
        value = cbor2.loads(
            data, max_depth=8, allow_indefinite=False, allow_duplicate_keys=False, semantic_decoders={}
        )
        again = encode(value)
    except (cbor2.CBORError, ValueError, TypeError, OverflowError, RecursionError, MemoryError) as problem:
        raise Malformed(f"not CBOR: {type(problem).__name__}") from None
    if again != data:
        raise Malformed("CBOR in another than its shortest, ordered form")
    return value
