"""Keys that sign certificates: one interface, two algorithms.

ES256 (ECDSA over P-256 with SHA-256, RFC 9053) is what every browser can check. SM2 with SM3 (GB/T 32918.2, GB/T 32905)
is what commercial-cryptography rules in China ask for; it lives in ``sm2``. Both sign into 64 bytes, r then s,
big-endian, and both keys are a point of 65 bytes (0x04, x, y) and a secret number of 32.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SIGNATURE_BYTES = 64
POINT_BYTES = 65
KEY_ID_BYTES = 8
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""n of P-256 (FIPS 186-4, D.1.2.3)."""


class Algorithm(StrEnum):
    ES256 = "ES256"
    SM2 = "SM2"
    """SM2 with SM3 and the default user identity (GB/T 35276)."""


class BadKey(ValueError):
    """Bytes that are no key of the algorithm."""


class Unavailable(RuntimeError):
    """This machine can't do the algorithm; says what is missing and what to do."""


class Verifier(Protocol):
    """A public key."""

    @property
    def algorithm(self) -> Algorithm: ...
    @property
    def point(self) -> bytes: ...
    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Whether ``signature`` is this key's over ``data``. Never raises for what a signature holds."""
        ...


class Signer(Protocol):
    """A private key."""

    @property
    def public(self) -> Verifier: ...
    @property
    def secret(self) -> bytes: ...
    def sign(self, data: bytes) -> bytes: ...


def generate(algorithm: Algorithm) -> Signer:
    """A new key. Raises Unavailable."""
    if algorithm is Algorithm.SM2:
        from zhoudao.engines.seals import sm2

        return sm2.generate()
    return Es256Signer(ec.generate_private_key(ec.SECP256R1()))


def load_signer(algorithm: Algorithm, secret: bytes, point: bytes) -> Signer:
    """The key with this secret number and public point. Raises BadKey, Unavailable."""
    if algorithm is Algorithm.SM2:
        from zhoudao.engines.seals import sm2

        return sm2.load_signer(secret, point)
    try:
        signer = Es256Signer(ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1()))
    except ValueError as problem:
        raise BadKey(f"not a P-256 key: {problem}") from None
    if signer.public.point != point:
        raise BadKey("the secret number and the public point don't belong together")
    return signer


def load_verifier(algorithm: Algorithm, point: bytes) -> Verifier:
    """The public key at this point. Raises BadKey, Unavailable."""
    if len(point) != POINT_BYTES or point[0] != 4:
        raise BadKey(f"a public key is {POINT_BYTES} bytes that begin with 04")
    if algorithm is Algorithm.SM2:
        from zhoudao.engines.seals import sm2

        return sm2.load_verifier(point)
    try:
        return Es256Verifier(ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point))
    except ValueError as problem:
        raise BadKey(f"not a point of P-256: {problem}") from None


def key_id(point: bytes) -> bytes:
    """The first 8 bytes of the SHA-256 of the public point: short in a QR code, and looked up, never trusted."""
    return hashlib.sha256(point).digest()[:KEY_ID_BYTES]


class Es256Verifier:
    algorithm = Algorithm.ES256

    def __init__(self, key: ec.EllipticCurvePublicKey) -> None:
        self._key = key
        self.point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def verifies(self, signature: bytes, data: bytes) -> bool:
        if len(signature) != SIGNATURE_BYTES:
            return False
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        try:
            self._key.verify(encode_dss_signature(r, s), data, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True


class Es256Signer:
    """Signs deterministically (RFC 6979): the same claims give the same certificate, and no bad random number
    can betray the key.
    """

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key
        self.public: Verifier = Es256Verifier(key.public_key())

    @property
    def secret(self) -> bytes:
        return self._key.private_numbers().private_value.to_bytes(32, "big")

    def sign(self, data: bytes) -> bytes:
        der = self._key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        r, s = decode_dss_signature(der)
        s = min(s, P256_ORDER - s)  # both are good signatures; one of them is ours
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def is_low(signature: bytes) -> bool:
    """Whether s is the lesser of the two that ECDSA over P-256 takes, as ``Es256Signer`` makes it."""
    return int.from_bytes(signature[32:], "big") <= P256_ORDER // 2
