"""Certificates: how many are signed and checked a second, how large they are, and beside whom.

    python benchmarks/credentials.py [--seconds S] [--json FILE]

For ES256 and SM2, in one process and one thread: sealing a certificate (claims to the text of its QR code), checking
its text (to a verdict, with the status list), and below both the bare signature over 200 bytes: `cryptography` for
ES256, the system's OpenSSL 3 for SM2. Beside them gmssl, SM2 in pure Python. Then the size of each certificate, and of
the status list of a million certificates. Each figure is the median of five rounds of S seconds.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import segno
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from gmssl import sm2 as gmssl_sm2

from zhoudao.engines.seals import base45, certificate, checking, signing, sm2, status
from zhoudao.engines.seals.certificate import Certificate
from zhoudao.engines.seals.keyset import Key, KeySet
from zhoudao.engines.seals.signing import Algorithm
from zhoudao.engines.seals.status import Standing, StatusList

ROUNDS = 5
NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
DATA = random.Random(20261124).randbytes(200)
PERMIT = Certificate(
    issuer="zhoushan",
    type="residence-permit",
    number="3309202600116001",
    name="欧阳例",
    document="3****************5",
    district="putuo",
    index=11_600,
    issued=NOW,
    valid_from=NOW,
    valid_until=NOW + timedelta(days=1096),
    endorsed_until=NOW + timedelta(days=365),
)
CERTIFICATES = {
    "residence permit": PERMIT,
    "name of 73 letters": replace(
        PERMIT, name="MAXIMILIAN ALEXANDER FRIEDRICH WILHELM VON DER EXAMPLE ZU MUSTERHAUSEN"
    ),
    "security firm licence": replace(
        PERMIT,
        type="security-firm-licence",
        name="舟山示例保安服务有限公司",
        document="91339999MA000001XX",
        facts={
            "address": "浙江省舟山市普陀区示例街道示例路一百二十三号示例大厦八楼八〇一室",
            "scope": "门卫、巡逻、守护、随身护卫、安全检查、安全技术防范、安全风险评估",
        },
    ),
}


def a_second(work: Callable[[], object], seconds: float) -> float:
    """How often ``work`` is done a second: the median round."""
    work()
    rates = []
    for _ in range(ROUNDS):
        done, start = 0, time.perf_counter()
        while time.perf_counter() - start < seconds:
            work()
            done += 1
        rates.append(done / (time.perf_counter() - start))
    return statistics.median(rates)


def rates(seconds: float) -> list[tuple[str, float]]:
    """(what, how often a second)."""
    found = []
    for algorithm in Algorithm:
        found += [(f"{algorithm}: {what}", a_second(work, seconds)) for what, work in ours(algorithm)]
    return found + [(f"peer: {what}", a_second(work, seconds)) for what, work in peers()]


def ours(algorithm: Algorithm) -> list[tuple[str, Callable[[], object]]]:
    signer = signing.generate(algorithm)
    key = Key(algorithm, signer.public.point, NOW - timedelta(days=1), NOW + timedelta(days=700))
    keys = KeySet("zhoushan", 1, NOW, (key,))
    size = 1_000_000
    statuses = StatusList("zhoushan", 1, NOW, NOW + timedelta(days=7), size, status.bits_of(size, {}))
    text, signature = certificate.seal(PERMIT, signer), signer.sign(DATA)
    assert checking.check(text, keys, statuses, NOW).verdict == "valid"
    return [
        ("seal a certificate", lambda: certificate.seal(PERMIT, signer)),
        ("check a certificate", lambda: checking.check(text, keys, statuses, NOW)),
        ("bare signature", lambda: signer.sign(DATA)),
        ("bare verification", lambda: signer.public.verifies(signature, DATA)),
    ]


def peers() -> list[tuple[str, Callable[[], object]]]:
    raw = ec.generate_private_key(ec.SECP256R1())
    algorithm = ec.ECDSA(hashes.SHA256())
    der, public = raw.sign(DATA, algorithm), raw.public_key()
    signer = signing.generate(Algorithm.SM2)
    pure = gmssl_sm2.CryptSM2(
        private_key=signer.secret.hex(), public_key=signer.public.point[1:].hex(), asn1=False
    )
    pures = pure.sign_with_sm3(DATA)
    assert pure.verify_with_sm3(signer.sign(DATA).hex(), DATA), "the peer takes our signature"
    assert signer.public.verifies(bytes.fromhex(pures), DATA), "and we take the peer's"
    return [
        ("cryptography, ECDSA P-256 sign", lambda: raw.sign(DATA, algorithm)),
        ("cryptography, ECDSA P-256 verify", lambda: public.verify(der, DATA, algorithm)),
        ("gmssl (pure Python), SM2 sign", lambda: pure.sign_with_sm3(DATA)),
        ("gmssl (pure Python), SM2 verify", lambda: pure.verify_with_sm3(pures, DATA)),
    ]


def sizes() -> list[tuple[str, str, int, int, int]]:
    """(certificate, algorithm, bytes, characters, version of the QR code at level M)."""
    found = []
    for algorithm in Algorithm:
        signer = signing.generate(algorithm)
        for name, held in CERTIFICATES.items():
            text = certificate.seal(held, signer)
            code = segno.make(text, error="m", boost_error=False, micro=False)
            size = len(base45.decode(text.removeprefix(certificate.PREFIX)))
            found.append((name, algorithm.value, size, len(text), int(code.version)))
    return found


def list_sizes() -> list[tuple[int, int, int]]:
    """(certificates on a list, out of force, characters)."""
    signer, chance = signing.generate(Algorithm.ES256), random.Random(20261124)
    found = []
    for size in (11_600, 1_000_000):
        others = dict.fromkeys(chance.sample(range(size), size // 100), Standing.SUSPENDED)
        bits = status.bits_of(size, others)
        text = status.seal(StatusList("zhoushan", 1, NOW, NOW + timedelta(days=7), size, bits), signer)
        found.append((size, len(others), len(text)))
    return found


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--seconds", type=float, default=1.0, help="of each round (default 1)")
    arguments.add_argument("--json", type=Path, help="write the figures here as well")
    given = arguments.parse_args()
    machine = {"python": platform.python_version(), "openssl": sm2.version()}
    speeds, codes, lists = rates(given.seconds), sizes(), list_sizes()
    print(f"Python {machine['python']}, {machine['openssl']}; {ROUNDS} rounds of {given.seconds:g} s\n")
    for what, often in speeds:
        print(f"{what:44}{often:>10,.0f} a second")
    print()
    for name, algorithm, size, length, version in codes:
        print(f"{name:24}{algorithm:6}{size:>5} bytes{length:>6} characters   QR version {version}-M")
    print()
    for size, others, length in lists:
        print(f"list of {size:>9,} certificates, {others:>6,} out of force: {length:>7,} characters")
    if given.json:
        said = {**machine, "rates": dict(speeds), "codes": codes, "lists": lists}
        given.json.write_text(json.dumps(said, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
