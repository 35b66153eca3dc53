"""Flip any bit, and the certificate is refused: in its text, in its bytes, and in what the bytes unpack to."""

import zlib

import cbor2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from zhoudao.engines.seals import base45, certificate, checking, cose, packing
from zhoudao.engines.seals.checking import Reason, Verdict
from zhoudao.engines.seals.cose import Malformed
from zhoudao.engines.seals.signing import P256_ORDER, Algorithm
from zhoudao.engines.seals.tests import papers
from zhoudao.engines.seals.tests.papers import NOW

REFUSED = {Verdict.TAMPERED, Verdict.UNKNOWN_KEY, Verdict.NO_CERTIFICATE}


def verdict(text: str, algorithm: Algorithm = Algorithm.ES256) -> Verdict:
    keys = papers.keys(papers.key(papers.signer(algorithm)))
    return checking.check(text, keys, papers.statuses(), NOW).verdict


@pytest.mark.parametrize("algorithm", Algorithm)
@pytest.mark.parametrize("name", ["permit", "bare", "licence"])
def test_every_bit_of_the_bytes(name, algorithm):
    data = base45.decode(papers.text(papers.ALL[name], papers.signer(algorithm))[4:])
    assert verdict(certificate.PREFIX + base45.encode(data), algorithm) is Verdict.VALID
    survivors = []
    for bit in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        if verdict(certificate.PREFIX + base45.encode(bytes(flipped)), algorithm) not in REFUSED:
            survivors.append(bit)
    assert survivors == []


def test_every_bit_of_the_text():
    text = papers.text().encode("ascii")
    survivors = []
    for bit in range(8 * len(text)):
        flipped = bytearray(text)
        flipped[bit // 8] ^= 1 << bit % 8
        if verdict(flipped.decode("latin-1")) not in REFUSED:
            survivors.append((bit, flipped))
    assert survivors == []


def test_every_character_left_out_doubled_or_swapped():
    text = papers.text()
    for at in range(len(text)):
        for changed in (
            text[:at] + text[at + 1 :],
            text[:at] + text[at] + text[at:],
            text[:at] + text[at:][::-1],
        ):
            assert changed == text or verdict(changed) in REFUSED, at


def test_the_other_good_signature_of_the_curve_is_refused():
    """(r, n - s) verifies too; only the lesser s is a certificate's."""
    data = base45.decode(papers.text()[4:])
    s = P256_ORDER - int.from_bytes(data[-32:], "big")
    twin = data[:-32] + s.to_bytes(32, "big")
    tagged = cbor2.loads(twin).value
    structure = cose.encode(["Signature1", tagged[0], certificate.KIND, tagged[2]])
    assert papers.signer().public.verifies(tagged[3], structure), "the twin does verify"
    assert verdict(certificate.PREFIX + base45.encode(twin)) is Verdict.TAMPERED


def rebuilt(change) -> str:
    """The permit with its four parts changed, encoded as CBOR should be."""
    parts = list(cbor2.loads(base45.decode(papers.text()[4:])).value)
    return certificate.PREFIX + base45.encode(cose.encode(cbor2.CBORTag(18, change(parts))))


@pytest.mark.parametrize(
    "change",
    {
        "an unprotected header": lambda p: [p[0], {4: b"x"}, p[2], p[3]],
        "a header more": lambda p: [cose.encode(cbor2.loads(p[0]) | {3: 60}), *p[1:]],
        "a header less": lambda p: [cose.encode({1: -7}), *p[1:]],
        "no algorithm we know": lambda p: [cose.encode({1: -8, 4: cbor2.loads(p[0])[4]}), *p[1:]],
        "an algorithm that equals ours": lambda p: [cose.encode({1: -7.0, 4: cbor2.loads(p[0])[4]}), *p[1:]],
        "a short key id": lambda p: [cose.encode({1: -7, 4: b"1234567"}), *p[1:]],
        "five parts": lambda p: [*p, b""],
        "a short signature": lambda p: [*p[:3], p[3][:63]],
        "an empty protected header": lambda p: [b"", *p[1:]],
        "a payload apart": lambda p: [p[0], p[1], None, p[3]],
    }.values(),
)
def test_another_structure_is_refused(change):
    assert verdict(rebuilt(list)) is Verdict.VALID
    assert verdict(rebuilt(change)) in REFUSED


@pytest.mark.parametrize(
    "rewrite",
    {
        "an untagged array": lambda data: data[1:],
        "a tag in two bytes": lambda data: b"\xd8\x12" + data[1:],
        "an array without length": lambda data: b"\xd2\x9f" + data[2:] + b"\xff",
        "a longer length": lambda data: data.replace(b"\x58\x40", b"\x59\x00\x40"),
        "bytes behind the end": lambda data: data + b"\x00",
        "nothing": lambda data: b"",
    }.values(),
)
def test_another_encoding_of_the_same_is_refused(rewrite):
    data = base45.decode(papers.text()[4:])
    assert verdict(certificate.PREFIX + base45.encode(rewrite(data))) is Verdict.TAMPERED


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("A", "3 for two bytes"),
        ("ABCD", "3 for two bytes"),
        ("a", "3 for"),
        ("ab", "alphabet"),
        (":::", "91124"),
        ("::", "2024"),
    ],
)
def test_text_that_no_bytes_have(text, why):
    with pytest.raises(base45.NotBase45, match=why):
        base45.decode(text)


@given(st.binary(max_size=40))
@example(b"AB")  # RFC 9285, section 4.3: BB8
@example(b"ietf!")
def test_base45_has_one_text_for_any_bytes(data):
    text = base45.encode(data)
    assert base45.decode(text) == data
    assert {b"AB": "BB8", b"ietf!": "QED8WEX0"}.get(data, text) == text


@given(st.text(base45.ALPHABET, max_size=12))
def test_base45_takes_no_second_text(text):
    try:
        data = base45.decode(text)
    except base45.NotBase45:
        return
    assert base45.encode(data) == text


# What only the holder of a key could send -------------------------------------------------------------


def signed_by_us(payload: bytes) -> checking.Finding:
    text = certificate.PREFIX + base45.encode(cose.sign(payload, papers.signer(), certificate.KIND))
    return checking.check(text, papers.keys(), papers.statuses(), NOW)


def test_a_bomb_is_opened_only_so_far():
    bomb = zlib.compress(bytes(40_000_000), 9)[:2000]
    whole = packing.pack(bytes(1_000_000))
    for payload in (bomb, whole):
        found = signed_by_us(payload)
        assert (found.verdict, found.reason) == (Verdict.TAMPERED, Reason.CLAIMS_WRONG)
        assert "8192" in found.detail


def test_an_unsigned_bomb_is_never_opened(monkeypatch):
    text = rebuilt(lambda p: [p[0], p[1], packing.pack(bytes(1_000_000)), p[3]])
    monkeypatch.setattr(packing, "unpack", lambda *_: pytest.fail("opened before the signature was checked"))
    assert verdict(text) is Verdict.TAMPERED


PLAIN = packing.unpack(certificate.read(papers.text()).payload, 8192)


@pytest.mark.parametrize(
    "payload",
    {
        "bytes behind the stream": packing.pack(PLAIN) + b"\x00",
        "a stream cut off": packing.pack(PLAIN)[:-1],
        "no stream": b"\x78\xda" + b"\xff" * 20,
        "no map": cose.encode([1]),
        "nothing": b"",
        "a claim more": cose.encode(cbor2.loads(PLAIN) | {2: "subject"}),
        "a claim less": cose.encode({k: v for k, v in cbor2.loads(PLAIN).items() if k != 4}),
        "a moment as a fraction": cose.encode(cbor2.loads(PLAIN) | {4: 1e9}),
        "a moment beyond time": cose.encode(cbor2.loads(PLAIN) | {4: 2**60}),
        "a name in bytes": cose.encode(cbor2.loads(PLAIN) | {-65537: cbor2.loads(PLAIN)[-65537] | {2: b"x"}}),
        "keys out of order": b"\xa5" + PLAIN[1:][::-1],
    }.values(),
)
def test_claims_in_another_shape_are_refused(payload):
    assert signed_by_us(payload).verdict is Verdict.TAMPERED


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_any_bytes_get_a_verdict(data):
    for text in (
        certificate.PREFIX + base45.encode(data),
        data.decode("latin-1"),
        "ZD1:" + data.decode("latin-1"),
    ):
        assert verdict(text) in REFUSED
    assert signed_by_us(data).verdict is Verdict.TAMPERED


@given(st.text(max_size=60), st.text(base45.ALPHABET, max_size=400))
def test_any_text_gets_a_verdict(words, letters):
    for text in (words, "ZD1:" + words, "ZD1:" + letters):
        assert verdict(text) in REFUSED


SMALL = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.binary(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.integers(-70000, 70000) | st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(SMALL)
def test_any_cbor_gets_a_verdict(value):
    assert signed_by_us(cose.encode(value)).verdict is Verdict.TAMPERED
    text = certificate.PREFIX + base45.encode(cose.encode(cbor2.CBORTag(18, value)))
    assert verdict(text) in REFUSED


def test_cbor_deeper_than_any_of_ours_is_refused():
    with pytest.raises(Malformed):
        cose.decode(b"\x81" * 5000)
