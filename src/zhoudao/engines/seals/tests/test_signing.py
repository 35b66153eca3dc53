"""Both algorithms behind one interface; SM2 against an implementation that shares no line with OpenSSL."""

import ctypes
import ctypes.util

import pytest
from gmssl import func as gmssl_func
from gmssl import sm2 as gmssl_sm2
from gmssl import sm3 as gmssl_sm3

from zhoudao.engines.seals import signing, sm2
from zhoudao.engines.seals.signing import Algorithm, BadKey, Unavailable
from zhoudao.engines.seals.tests import papers


def peer(signer) -> gmssl_sm2.CryptSM2:
    """The independent implementation, holding the same key."""
    made = gmssl_sm2.CryptSM2(private_key=signer.secret.hex(), public_key="", asn1=False)
    # Past its constructor, which strips every leading "0" and "4" from a key that begins with "04": one key in 256
    # has such an x and would lose digits of it.
    made.public_key = signer.public.point[1:].hex()
    return made


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_key_is_the_same_after_it_was_kept(algorithm):
    made = papers.signer(algorithm)
    kept = signing.load_signer(algorithm, made.secret, made.public.point)
    signature = kept.sign(b"data")
    assert signing.load_verifier(algorithm, made.public.point).verifies(signature, b"data")
    assert not made.public.verifies(signature, b"Data")
    assert not papers.signer(algorithm, 9).public.verifies(signature, b"data")


@pytest.mark.parametrize("algorithm", Algorithm)
@pytest.mark.parametrize("signature", [b"", bytes(63), bytes(64), b"\xff" * 64, bytes(65)])
def test_no_signature_at_all(algorithm, signature):
    assert not papers.signer(algorithm).public.verifies(signature, b"data")


@pytest.mark.parametrize("algorithm", Algorithm)
@pytest.mark.parametrize(
    "point", [b"", bytes(65), b"\x04" + bytes(64), b"\x04" + b"\xff" * 64, b"\x02" + bytes(32)]
)
def test_no_point_of_the_curve(algorithm, point):
    with pytest.raises(BadKey):
        signing.load_verifier(algorithm, point)


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_secret_and_a_point_that_do_not_belong_together(algorithm):
    with pytest.raises(BadKey, match="belong together"):
        signing.load_signer(
            algorithm, papers.signer(algorithm).secret, papers.signer(algorithm, 9).public.point
        )


def test_es256_signs_deterministically_and_low():
    signatures = {papers.signer().sign(b"data") for _ in range(3)}
    assert len(signatures) == 1
    assert all(signing.is_low(papers.signer().sign(bytes([n]))) for n in range(40))


def test_gmssl_takes_our_sm2_signatures():
    signer = papers.signer(Algorithm.SM2)
    for data in (b"", "舟到".encode(), bytes(1000)):
        assert peer(signer).verify_with_sm3(signer.sign(data).hex(), data)
        assert not peer(signer).verify_with_sm3(signer.sign(data).hex(), data + b"x")


def test_we_take_gmssls_sm2_signatures():
    signer = papers.signer(Algorithm.SM2)
    for data in (b"data", "舟到".encode(), bytes(1000)):
        signature = bytes.fromhex(peer(signer).sign_with_sm3(data))
        assert signer.public.verifies(signature, data)
        assert not signer.public.verifies(signature, data + b"x")


def test_sm3_is_the_standards_own():
    """GB/T 32905-2016, A.1: the hash of "abc". The peer is held to it, and we are held to the peer."""
    digest = gmssl_sm3.sm3_hash(gmssl_func.bytes_to_list(b"abc"))
    assert digest == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


@pytest.fixture
def fresh_library():
    sm2._crypto.cache_clear()
    yield
    sm2._crypto.cache_clear()


def test_a_machine_without_openssl_says_what_to_do(monkeypatch, fresh_library):
    monkeypatch.setattr(ctypes.util, "find_library", lambda _name: None)
    with pytest.raises(Unavailable, match=r"apt install libssl3.*or sign with ES256"):
        signing.generate(Algorithm.SM2)


def test_another_library_of_that_name_says_what_to_do(monkeypatch, fresh_library):
    monkeypatch.setattr(ctypes.util, "find_library", lambda _name: "libc.so.6")
    with pytest.raises(Unavailable, match=r"needs OpenSSL 3; libc\.so\.6 is older"):
        signing.generate(Algorithm.SM2)
