"""SM2 signatures with SM3 (GB/T 32918.2-2016, GB/T 32905-2016) by the system's OpenSSL 3.

The `cryptography` package has SM3 and no SM2 keys; OpenSSL's own library has both, so it is called through ctypes.
The signer's identity in the hash Z is the default one, ``1234567812345678`` (GB/T 35276-2017).
"""

from __future__ import annotations

import ctypes
import ctypes.util
from ctypes import POINTER, byref, c_char_p, c_int, c_long, c_size_t, c_void_p, create_string_buffer
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from zhoudao.engines.seals.signing import (
    POINT_BYTES,
    SIGNATURE_BYTES,
    Algorithm,
    BadKey,
    Unavailable,
    Verifier,
)

IDENTITY = b"1234567812345678"
_PUBLIC_HEAD = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
"""SubjectPublicKeyInfo (RFC 5480) of a point on the curve SM2, 1.2.156.10197.1.301, up to the point."""
_SECRET_HEAD = bytes.fromhex("308187020100301306072a8648ce3d020106082a811ccf5501822d046d306b0201010420")
"""PKCS #8 (RFC 5958) with ECPrivateKey (RFC 5915), up to the secret number."""
_SECRET_MIDDLE = bytes.fromhex("a144034200")

_CALLS: dict[str, tuple[Any, list[Any]]] = {
    "OpenSSL_version": (c_char_p, [c_int]),
    "ERR_clear_error": (None, []),
    "EVP_sm3": (c_void_p, []),
    "EVP_PKEY_CTX_new_from_name": (c_void_p, [c_void_p, c_char_p, c_char_p]),
    "EVP_PKEY_CTX_new_from_pkey": (c_void_p, [c_void_p, c_void_p, c_char_p]),
    "EVP_PKEY_CTX_set1_id": (c_int, [c_void_p, c_char_p, c_int]),
    "EVP_PKEY_CTX_free": (None, [c_void_p]),
    "EVP_PKEY_keygen_init": (c_int, [c_void_p]),
    "EVP_PKEY_generate": (c_int, [c_void_p, POINTER(c_void_p)]),
    "EVP_PKEY_get_octet_string_param": (
        c_int,
        [c_void_p, c_char_p, c_char_p, c_size_t, POINTER(c_size_t)],
    ),
    "EVP_PKEY_get_bn_param": (c_int, [c_void_p, c_char_p, POINTER(c_void_p)]),
    "EVP_PKEY_free": (None, [c_void_p]),
    "BN_bn2binpad": (c_int, [c_void_p, c_char_p, c_int]),
    "BN_clear_free": (None, [c_void_p]),
    "d2i_PUBKEY": (c_void_p, [c_void_p, POINTER(c_char_p), c_long]),
    "d2i_AutoPrivateKey": (c_void_p, [c_void_p, POINTER(c_char_p), c_long]),
    "EVP_PKEY_public_check": (c_int, [c_void_p]),
    "EVP_PKEY_pairwise_check": (c_int, [c_void_p]),
    "EVP_MD_CTX_new": (c_void_p, []),
    "EVP_MD_CTX_free": (None, [c_void_p]),
    "EVP_MD_CTX_set_pkey_ctx": (None, [c_void_p, c_void_p]),
    "EVP_DigestSignInit": (c_int, [c_void_p, c_void_p, c_void_p, c_void_p, c_void_p]),
    "EVP_DigestSign": (c_int, [c_void_p, c_char_p, POINTER(c_size_t), c_char_p, c_size_t]),
    "EVP_DigestVerifyInit": (c_int, [c_void_p, c_void_p, c_void_p, c_void_p, c_void_p]),
    "EVP_DigestVerify": (c_int, [c_void_p, c_char_p, c_size_t, c_char_p, c_size_t]),
}
"""Every function of libcrypto that is used: what it returns, what it takes."""

ADVICE = "install OpenSSL 3 (Debian: apt install libssl3), or sign with ES256"


@cache
def _crypto() -> Any:
    """libcrypto 3 with SM2, or Unavailable saying what is there instead."""
    name = ctypes.util.find_library("crypto")
    if name is None:
        raise Unavailable(f"SM2 needs the system's OpenSSL, and there is no libcrypto here: {ADVICE}")
    library = ctypes.CDLL(name)
    try:
        for call, (result, arguments) in _CALLS.items():
            function = getattr(library, call)
            function.restype, function.argtypes = result, arguments
    except AttributeError as missing:
        raise Unavailable(f"SM2 needs OpenSSL 3; {name} is older ({missing}): {ADVICE}") from None
    context = library.EVP_PKEY_CTX_new_from_name(None, b"SM2", None)
    if not context or not library.EVP_sm3():
        version = library.OpenSSL_version(0).decode()
        raise Unavailable(f"{name} ({version}) was built without SM2 or SM3: {ADVICE}")
    library.EVP_PKEY_CTX_free(context)
    return library


def version() -> str:
    """OpenSSL's own name, such as "OpenSSL 3.0.19 27 Jan 2026". Raises Unavailable."""
    return _crypto().OpenSSL_version(0).decode()


def generate() -> Sm2Signer:
    """A new key. Raises Unavailable."""
    crypto = _crypto()
    context = crypto.EVP_PKEY_CTX_new_from_name(None, b"SM2", None)
    key = c_void_p()
    try:
        if crypto.EVP_PKEY_keygen_init(context) != 1 or crypto.EVP_PKEY_generate(context, byref(key)) != 1:
            crypto.ERR_clear_error()
            raise Unavailable(f"{version()} makes no SM2 key: {ADVICE}")
    finally:
        crypto.EVP_PKEY_CTX_free(context)
    held = _Key(key.value)
    return Sm2Signer(held, _secret_of(held), _point_of(held))


def load_signer(secret: bytes, point: bytes) -> Sm2Signer:
    """Raises BadKey when the two don't belong together, Unavailable."""
    if len(secret) != 32 or len(point) != POINT_BYTES:
        raise BadKey("an SM2 key is a secret number of 32 bytes and a point of 65")
    held = _read("d2i_AutoPrivateKey", _SECRET_HEAD + secret + _SECRET_MIDDLE + point)
    if _crypto().EVP_PKEY_pairwise_check(_check_context(held)) != 1:
        _crypto().ERR_clear_error()
        raise BadKey("the secret number and the public point don't belong together")
    return Sm2Signer(held, secret, point)


def load_verifier(point: bytes) -> Sm2Verifier:
    """Raises BadKey for bytes that are no point of the curve, Unavailable."""
    held = _read("d2i_PUBKEY", _PUBLIC_HEAD + point)
    if _crypto().EVP_PKEY_public_check(_check_context(held)) != 1:
        _crypto().ERR_clear_error()
        raise BadKey("not a point of the curve SM2")
    return Sm2Verifier(held, point)


class _Key:
    """Owns an EVP_PKEY, and the context its checks use."""

    def __init__(self, pointer: int | None) -> None:
        self.crypto = _crypto()
        self.pointer = pointer
        self.checks: int | None = None

    def __del__(self) -> None:
        if self.checks:
            self.crypto.EVP_PKEY_CTX_free(self.checks)
        self.crypto.EVP_PKEY_free(self.pointer)


def _read(call: str, der: bytes) -> _Key:
    start = c_char_p(der)
    pointer = getattr(_crypto(), call)(None, byref(start), len(der))
    if not pointer:
        _crypto().ERR_clear_error()
        raise BadKey("not an SM2 key")
    return _Key(pointer)


def _check_context(key: _Key) -> int:
    key.checks = key.checks or _crypto().EVP_PKEY_CTX_new_from_pkey(None, key.pointer, None)
    return key.checks


def _point_of(key: _Key) -> bytes:
    point, length = create_string_buffer(POINT_BYTES), c_size_t()
    crypto = _crypto()
    if crypto.EVP_PKEY_get_octet_string_param(key.pointer, b"pub", point, POINT_BYTES, byref(length)) != 1:
        raise Unavailable(f"{version()} doesn't give away an SM2 key's point")
    return point.raw[: length.value]


def _secret_of(key: _Key) -> bytes:
    crypto, number, secret = _crypto(), c_void_p(), create_string_buffer(32)
    if crypto.EVP_PKEY_get_bn_param(key.pointer, b"priv", byref(number)) != 1:
        raise Unavailable(f"{version()} doesn't give away an SM2 key's secret number")
    crypto.BN_bn2binpad(number, secret, 32)
    crypto.BN_clear_free(number)
    return secret.raw


class _Operation:
    """One signing or checking: a digest context that knows the identity."""

    def __init__(self, key: _Key, begin: str) -> None:
        crypto = self.crypto = _crypto()
        self.digest = crypto.EVP_MD_CTX_new()
        self.context = crypto.EVP_PKEY_CTX_new_from_pkey(None, key.pointer, None)
        crypto.EVP_MD_CTX_set_pkey_ctx(self.digest, self.context)
        good = crypto.EVP_PKEY_CTX_set1_id(self.context, IDENTITY, len(IDENTITY)) == 1
        if not good or getattr(crypto, begin)(self.digest, None, crypto.EVP_sm3(), None, key.pointer) != 1:
            self.__exit__()
            raise Unavailable(f"{version()} can't use SM2 with SM3: {ADVICE}")

    def __enter__(self) -> _Operation:
        return self

    def __exit__(self, *_: object) -> None:
        self.crypto.EVP_MD_CTX_free(self.digest)
        self.crypto.EVP_PKEY_CTX_free(self.context)
        self.crypto.ERR_clear_error()


class Sm2Verifier:
    algorithm = Algorithm.SM2

    def __init__(self, key: _Key, point: bytes) -> None:
        self._key, self.point = key, point

    def verifies(self, signature: bytes, data: bytes) -> bool:
        if len(signature) != SIGNATURE_BYTES:
            return False
        der = encode_dss_signature(
            int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        )
        with _Operation(self._key, "EVP_DigestVerifyInit") as operation:
            return operation.crypto.EVP_DigestVerify(operation.digest, der, len(der), data, len(data)) == 1


class Sm2Signer:
    def __init__(self, key: _Key, secret: bytes, point: bytes) -> None:
        self._key, self.secret = key, secret
        self.public: Verifier = Sm2Verifier(key, point)

    def sign(self, data: bytes) -> bytes:
        der, length = create_string_buffer(80), c_size_t(80)
        with _Operation(self._key, "EVP_DigestSignInit") as operation:
            done = operation.crypto.EVP_DigestSign(operation.digest, der, byref(length), data, len(data))
        if done != 1:
            raise Unavailable(f"{version()} failed to sign with SM2: {ADVICE}")
        r, s = decode_dss_signature(der.raw[: length.value])
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
