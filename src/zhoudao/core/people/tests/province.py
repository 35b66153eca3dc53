"""The province's app, as tests play it: it has a key, and signs who somebody is."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from zhoudao.core import clock
from zhoudao.core.people.tests.cast import identity_number
from zhoudao.engines.seals.signing import Es256Signer

ISSUER, AUDIENCE = "https://app.example.gov.cn", "zhoudao"


def key(secret: int = 20261124) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(secret, ec.SECP256R1())


def pem(of: ec.EllipticCurvePrivateKey) -> str:
    return of.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def claims(**changed: Any) -> dict[str, Any]:
    """Carol's, good for two minutes from now; a claim given as None is left out."""
    now = int(clock.machine_now().timestamp())
    document = {"kind": "resident_id", "number": identity_number(1)}
    said = {"iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + 120, "jti": "a-number-used-once-1"}
    said |= {"document": document} | changed
    return {name: value for name, value in said.items() if value is not None}


def sign(
    said: Any, by: ec.EllipticCurvePrivateKey | None = None, header: dict[str, Any] | None = None
) -> str:
    """A compact JWS over ``said``."""
    signed = f"{_part(header or {'alg': 'ES256', 'typ': 'JWT'})}.{_part(said)}"
    signature = Es256Signer(by or key()).sign(signed.encode())
    return f"{signed}.{_coded(signature)}"


def _part(value: Any) -> str:
    return _coded(json.dumps(value).encode())


def _coded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
