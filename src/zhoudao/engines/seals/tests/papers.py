"""What the tests of certificates share: a moment, a key of each kind, and certificates from plain to awkward."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec

from zhoudao.engines.seals import certificate, sd_jwt, showing, signing, status
from zhoudao.engines.seals.certificate import Certificate
from zhoudao.engines.seals.keyset import Key, KeySet
from zhoudao.engines.seals.signing import Algorithm, Signer
from zhoudao.engines.seals.status import Standing, StatusList

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
DAY = timedelta(days=1)

PERMIT = Certificate(
    issuer="zhoushan",
    type="residence-permit",
    number="ZS2026110001234X",
    name="欧阳例",
    document="3****************5",
    district="putuo",
    index=11_600,
    issued=NOW - 10 * DAY,
    valid_from=NOW - 10 * DAY,
    valid_until=NOW + 720 * DAY,
    endorsed_until=NOW + 355 * DAY,
)
BARE = replace(
    PERMIT, type="a", number="1", name="a", document="", district="b", index=0, endorsed_until=None
)
"""So short that packing makes it longer."""
LONG_NAME = replace(
    PERMIT,
    name="MAXIMILIAN ALEXANDER FRIEDRICH WILHELM VON DER EXAMPLE-WOLKENSTEIN ZU MUSTERHAUSEN",
    document="E*******4",
)
RARE_NAME = replace(PERMIT, name="䶮𠮷·㼆\U00030000\U00031350")
"""Characters beyond GB 2312: Extension A, B, G (Unicode 13), H (Unicode 15)."""
LICENCE = replace(
    PERMIT,
    type="security-firm-licence",
    name="舟山示例保安服务有限公司",
    document="91330900MA28EXAMPLE",
    facts={
        "address": "浙江省舟山市普陀区示例街道示例路一百二十三号示例大厦八楼八〇一室",
        "scope": "门卫、巡逻、守护、随身护卫、安全检查、安全技术防范、安全风险评估",
    },
)
ALL = {"permit": PERMIT, "bare": BARE, "long name": LONG_NAME, "rare name": RARE_NAME, "licence": LICENCE}

SM2_KEYS = {
    0: (
        "bbebc122bff5c6472934155f9c3cb8802898e907f4c0b6a7156046ea77a4f04b",
        "040c8a227a1ef266e6ea7403dce476bd98c1e7af1033236418b2f0bd3c4a8ee64d"
        "2acfa55378c00843029f75f267a69495a5c77d0f5ae653fdb591eb16204febe2",
    ),
    9: (
        "2bba8ff33e95876ba8feec78f1064742798f6675727cfcc8dfbcf1b93641ceaa",
        "04adb6adf1cd596a30e29e5f025086e28dc538c03f6d070a31506878eed5b5210e"
        "b1c9cae7dd53b3f661c64e59f7870cd28f4a0c6f3496283a2e68bc1a777d7082",
    ),
}
"""Secret number and public point, drawn once by ``sm2.generate``."""


def signer(algorithm: Algorithm = Algorithm.ES256, number: int = 0) -> Signer:
    """Always the same key, in every run; ``number`` tells several apart."""
    if algorithm is Algorithm.SM2:
        return signing.load_signer(algorithm, *map(bytes.fromhex, SM2_KEYS[number]))
    return _p256(number)


@cache
def _p256(number: int) -> Signer:
    secret = hashlib.sha256(f"a key of the tests, {number}".encode()).digest()
    return signing.Es256Signer(ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1()))


def key(of: Signer | None = None, **changed: object) -> Key:
    made = Key(
        (of or signer()).public.algorithm, (of or signer()).public.point, NOW - 30 * DAY, NOW + 700 * DAY
    )
    return replace(made, **changed)  # type: ignore[arg-type]


def keys(*listed: Key) -> KeySet:
    return KeySet("zhoushan", 3, NOW, listed or (key(),))


def statuses(**changed: object) -> StatusList:
    size = 20_000
    made = StatusList("zhoushan", 41, NOW - DAY, NOW + 6 * DAY, size, status.bits_of(size, {}))
    return replace(made, **changed)  # type: ignore[arg-type]


def with_standing(standing: Standing, **changed: object) -> StatusList:
    return statuses(bits=status.bits_of(20_000, {PERMIT.index: standing}), **changed)


def text(of: Certificate = PERMIT, by: Signer | None = None) -> str:
    return certificate.seal(of, by or signer())


HIDDEN = {
    "name": PERMIT.name,
    "document": PERMIT.document,
    "number": PERMIT.number,
    "district": PERMIT.district,
    "address": "海印路 12 号 301 室",
}
QUESTION = "482917"


def shown(names: Collection[str] = (), question: str = QUESTION) -> str:
    """The code of what a wallet shows of ``HIDDEN``, held for a week."""
    wallet, now = signer(number=1), int(NOW.timestamp())
    said = {"iss": "zhoushan", "vct": "residence-permit", "nbf": now, "exp": now + 7 * 86400}
    held = sd_jwt.issue(said, HIDDEN, signer(), wallet.public)
    asked = {"nonce": question, "audience": showing.AUDIENCE}
    return showing.seal(sd_jwt.present(held, names, wallet, now=NOW, **asked))
