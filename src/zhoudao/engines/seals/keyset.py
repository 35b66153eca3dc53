"""Whose signatures count: the public document a verifier keeps, with each key's period and standing.

JSON, so that any verifier reads it; the newest status list travels inside, so that one download is enough to check
certificates for days. Trust in it comes from where it was fetched (HTTPS, or a fingerprint compared by hand).
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from zhoudao.engines.seals import signing
from zhoudao.engines.seals.signing import Algorithm, BadKey, Verifier

FORMAT = "zhoudao-keys-1"
CURVES = {Algorithm.ES256: "P-256", Algorithm.SM2: "SM2"}
"""Names of curves as in a JWK (RFC 7518); SM2 has none registered."""


class BadKeySet(ValueError):
    """The document can't be used: names the field and what was expected."""


class KeyStatus(StrEnum):
    ACTIVE = "active"
    """Signs now."""
    RETIRED = "retired"
    """Signs no more; what it signed in its time counts."""
    WITHDRAWN = "withdrawn"
    """Somebody else may have it: nothing it signed counts."""


@dataclass(frozen=True)
class Key:
    algorithm: Algorithm
    point: bytes
    """04, x, y: 65 bytes."""
    not_before: datetime
    """When it began to sign."""
    not_after: datetime
    """When it ended, or will."""
    status: KeyStatus = KeyStatus.ACTIVE

    @property
    def id(self) -> bytes:
        return signing.key_id(self.point)

    @cached_property
    def verifier(self) -> Verifier:
        """Raises Unavailable when this machine can't do the algorithm."""
        return signing.load_verifier(self.algorithm, self.point)

    def signed_then(self, moment: datetime) -> bool:
        """Whether it was in use at ``moment``."""
        return self.not_before <= moment <= self.not_after


@dataclass(frozen=True)
class KeySet:
    issuer: str
    version: int
    """Grows with each change: a verifier never goes back to an older one."""
    made_at: datetime
    keys: tuple[Key, ...]
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What codes in certificates are called, by language: {"residence-permit": {"zh-hans": …, "en": …}}."""
    status_list: str = ""
    """The newest one when this was made, as text."""

    def key(self, key_id: bytes) -> Key | None:
        return next((key for key in self.keys if key.id == key_id), None)


# The document ---------------------------------------------------------------------------------------


class _WireKey(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kid: str = Field(pattern="^[0-9a-f]{16}$", description="16 hexadecimal digits")
    alg: Algorithm = Field(description="ES256 or SM2")
    kty: str = Field(pattern="^EC$", description="EC")
    crv: str = Field(description="P-256 or SM2")
    x: str = Field(description="32 bytes in base64url")
    y: str = Field(description="32 bytes in base64url")
    not_before: AwareDatetime = Field(description="a moment with its offset")
    not_after: AwareDatetime = Field(description="a moment with its offset")
    status: KeyStatus = Field(description="active, retired or withdrawn")


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore")
    format: Annotated[str, Field(pattern=f"^{FORMAT}$", description=FORMAT)]
    issuer: str = Field(min_length=1, description="the issuer's code")
    version: int = Field(ge=1, description="a whole number from 1")
    made_at: AwareDatetime = Field(description="a moment with its offset")
    keys: list[_WireKey] = Field(description="a list of keys")
    names: dict[str, dict[str, str]] = {}
    status_list: str = ""


def dump(keys: KeySet) -> dict[str, object]:
    """The document, as JSON holds it."""
    return {
        "format": FORMAT,
        "issuer": keys.issuer,
        "version": keys.version,
        "made_at": keys.made_at.isoformat(timespec="seconds"),
        "keys": [
            {
                "kid": key.id.hex(),
                "alg": key.algorithm.value,
                "kty": "EC",
                "crv": CURVES[key.algorithm],
                "x": _base64url(key.point[1:33]),
                "y": _base64url(key.point[33:]),
                "not_before": key.not_before.isoformat(timespec="seconds"),
                "not_after": key.not_after.isoformat(timespec="seconds"),
                "status": key.status.value,
            }
            for key in keys.keys
        ],
        "names": {code: dict(names) for code, names in keys.names.items()},
        "status_list": keys.status_list,
    }


def parse(text: str) -> KeySet:
    """The key set in a JSON document. Raises BadKeySet naming the field."""
    try:
        wire = _Wire.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the document"
        raise BadKeySet(f"{where}: {first['msg']}; expected a key set of format {FORMAT}") from None
    return KeySet(
        issuer=wire.issuer,
        version=wire.version,
        made_at=wire.made_at,
        keys=tuple(_key(number, key) for number, key in enumerate(wire.keys)),
        names=wire.names,
        status_list=wire.status_list,
    )


def fingerprint(keys: KeySet) -> str:
    """What two people compare by voice: SHA-256 over the keys alone, sixteen groups of four hexadecimal digits."""
    document = json.dumps(dump(keys)["keys"], sort_keys=True, separators=(",", ":"))
    digits = hashlib.sha256(document.encode()).hexdigest()
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def _key(number: int, wire: _WireKey) -> Key:
    where = f"keys.{number}"
    if wire.crv != CURVES[wire.alg]:
        raise BadKeySet(f"{where}.crv: {wire.crv!r}; expected {CURVES[wire.alg]} with {wire.alg}")
    try:
        point = b"\x04" + _bytes(wire.x) + _bytes(wire.y)
        if wire.alg is Algorithm.ES256:
            signing.load_verifier(wire.alg, point)
    except (ValueError, BadKey) as problem:
        raise BadKeySet(f"{where}: x and y are no public key ({problem})") from None
    key = Key(wire.alg, point, wire.not_before, wire.not_after, wire.status)
    if key.id.hex() != wire.kid:
        raise BadKeySet(f"{where}.kid: {wire.kid}; the key's own id is {key.id.hex()}")
    return key


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _bytes(text: str) -> bytes:
    data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if len(data) != 32:
        raise ValueError("expected 32 bytes in base64url")
    return data
