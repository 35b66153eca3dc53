"""A wallet shows what is asked and no more, proves to be the holder, and nobody else can show it again."""

import base64
import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhoudao.engines.seals import sd_jwt
from zhoudao.engines.seals.sd_jwt import BadDisclosure
from zhoudao.engines.seals.signing import key_id
from zhoudao.engines.seals.tests import papers
from zhoudao.engines.seals.tests.papers import NOW

ISSUER, WALLET, THIEF = papers.signer(), papers.signer(number=1), papers.signer(number=2)
KEYS = {key_id(ISSUER.public.point).hex(): ISSUER.public}
OPEN = {
    "iss": "zhoushan",
    "vct": "residence-permit",
    "nbf": int(NOW.timestamp()),
    "exp": int((NOW + timedelta(days=365)).timestamp()),
    "status": {"index": 11_600},
}
HIDDEN = {"name": "欧阳例", "number": "ZS2026110001234X", "city": "舟山市", "document": "3****************5"}
ASKED = {"nonce": "n-17", "audience": "landlord", "now": NOW}


@pytest.fixture
def credential() -> str:
    return sd_jwt.issue(OPEN, HIDDEN, ISSUER, WALLET.public)


def encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_it_shows_a_valid_permit_in_this_city_and_no_number(credential):
    shown = sd_jwt.present(credential, ["city"], WALLET, **ASKED)
    found = sd_jwt.verify(shown, KEYS, **ASKED)
    assert found.claims == OPEN | {"city": "舟山市"}
    readable = "".join(
        base64.urlsafe_b64decode(part + "==").decode("latin-1") for part in shown.replace("~", ".").split(".")
    )
    for hidden in ("ZS2026110001234X", "3****************5", "欧阳例".encode().decode("latin-1"), '"name"'):
        assert hidden not in readable


def test_nothing_or_everything_can_be_shown(credential):
    assert sd_jwt.hidden_names(credential) == list(HIDDEN)
    for names in ([], list(HIDDEN)):
        shown = sd_jwt.present(credential, names, WALLET, **ASKED)
        assert sd_jwt.verify(shown, KEYS, **ASKED).claims == OPEN | {name: HIDDEN[name] for name in names}
    with pytest.raises(BadDisclosure, match="no such claim"):
        sd_jwt.present(credential, ["salary"], WALLET, **ASKED)


def test_two_of_the_same_person_share_no_hash():
    first, second = (sd_jwt.issue(OPEN, HIDDEN, ISSUER, WALLET.public) for _ in range(2))
    assert not set(first.split("~")[1:-1]) & set(second.split("~")[1:-1])


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"nonce": "n-18"}, "another question"),
        ({"audience": "bank"}, "another verifier"),
        ({"now": NOW + timedelta(minutes=6)}, "older than five minutes"),
        ({"now": NOW - timedelta(minutes=6)}, "not yet valid"),
        ({"now": NOW + timedelta(days=366)}, "past its end"),
    ],
)
def test_shown_elsewhere_or_later_it_is_refused(credential, changed, why):
    shown = sd_jwt.present(credential, ["city"], WALLET, **ASKED)
    with pytest.raises(BadDisclosure, match=why):
        sd_jwt.verify(shown, KEYS, **(ASKED | changed))


def test_a_thief_without_the_holders_key_is_refused(credential):
    with pytest.raises(BadDisclosure, match="altered"):
        sd_jwt.verify(sd_jwt.present(credential, ["city"], THIEF, **ASKED), KEYS, **ASKED)
    with pytest.raises(BadDisclosure, match="no proof"):
        sd_jwt.verify(credential, KEYS, **ASKED)


def test_disclosures_cannot_be_added_dropped_or_made_up(credential):
    shown = sd_jwt.present(credential, ["city"], WALLET, **ASKED)
    token, disclosure, binding = shown.split("~")
    name = credential.split("~")[1]
    for other in (
        f"{token}~{binding}",
        f"{token}~{disclosure}~{name}~{binding}",
        f"{token}~{disclosure}~{disclosure}~{binding}",
        f"{token}~{encoded(['salt', 'city', '上海市'])}~{binding}",
        f"{token}~{encoded(['salt', 'exp', 1])}~{binding}",
    ):
        with pytest.raises(BadDisclosure):
            sd_jwt.verify(other, KEYS, **ASKED)


def test_another_algorithm_or_key_is_refused(credential):
    token, *rest = sd_jwt.present(credential, ["city"], WALLET, **ASKED).split("~")
    _, payload, signature = token.split(".")
    kid = next(iter(KEYS))
    for header in (
        {"alg": "none", "typ": sd_jwt.TYPE, "kid": kid},
        {"alg": "HS256", "typ": sd_jwt.TYPE, "kid": kid},
        {"alg": "ES256", "typ": "JWT", "kid": kid},
        {"alg": "ES256", "typ": sd_jwt.TYPE, "kid": "0" * 16},
        {"alg": "ES256", "typ": sd_jwt.TYPE, "kid": ["x"]},
        {"alg": "ES256", "typ": sd_jwt.TYPE, "kid": kid, "crit": ["exp"]},
        {"alg": "ES256", "typ": sd_jwt.TYPE},
    ):
        with pytest.raises(BadDisclosure):
            sd_jwt.verify("~".join([f"{encoded(header)}.{payload}.{signature}", *rest]), KEYS, **ASKED)


def test_every_bit_of_a_presentation(credential):
    shown = sd_jwt.present(credential, ["city"], WALLET, **ASKED)
    for at in range(8 * len(shown)):
        flipped = bytearray(shown.encode())
        flipped[at // 8] ^= 1 << at % 8
        with pytest.raises(BadDisclosure):
            sd_jwt.verify(flipped.decode("latin-1"), KEYS, **ASKED)


def test_claims_every_verifier_needs_cannot_be_hidden():
    with pytest.raises(BadDisclosure, match="can't be hidden"):
        sd_jwt.issue({}, {"exp": "1"}, ISSUER, WALLET.public)
    with pytest.raises(BadDisclosure, match="not both"):
        sd_jwt.issue({"a": 1}, {"a": "1"}, ISSUER, WALLET.public)


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        {"kty": "RSA"},
        sd_jwt.jwk(WALLET.public) | {"x": "AA"},
        sd_jwt.jwk(WALLET.public) | {"d": "AA"},
    ],
)
def test_a_wallet_without_a_key_gets_none(value):
    with pytest.raises(BadDisclosure):
        sd_jwt.from_jwk(value)


def test_the_standards_own_disclosure():
    """RFC 9901, section 4.2.1 and 4.2.3: this disclosure has this hash."""
    disclosure = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
    assert sd_jwt._digest(disclosure) == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"
    assert sd_jwt._disclosure(disclosure) == ("family_name", "Möbius")


@given(st.text(max_size=80), st.text("abcAB0~.-_", max_size=200))
def test_any_text_is_refused_and_nothing_more(words, letters):
    for text in (words, letters, f"{letters}~{words}"):
        with pytest.raises(BadDisclosure):
            sd_jwt.verify(text, KEYS, **ASKED)
