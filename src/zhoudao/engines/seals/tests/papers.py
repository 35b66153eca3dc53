"""What the tests of certificates share: a moment, a key of each kind, and certificates from plain to awkward."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

from zhoudao.engines.seals import certificate, signing, status
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


def signer(algorithm: Algorithm = Algorithm.ES256, number: int = 0) -> Signer:
    """Always the same key in one run; ``number`` tells several apart."""
    return _made(algorithm, number)


@cache
def _made(algorithm: Algorithm, number: int) -> Signer:
    return signing.generate(algorithm)


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
