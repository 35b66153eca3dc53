"""A certificate says what was put in, in a code small enough to scan, and only the holder of a key can make one."""

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from zhoudao.engines.seals import base45, certificate, cose
from zhoudao.engines.seals.certificate import PACKED, BadClaims, Certificate
from zhoudao.engines.seals.signing import Algorithm
from zhoudao.engines.seals.tests import papers
from zhoudao.engines.seals.tests.papers import NOW, PERMIT, replace


@pytest.mark.parametrize("algorithm", Algorithm)
@pytest.mark.parametrize("name", papers.ALL)
def test_what_went_in_comes_out(name, algorithm):
    text = papers.text(papers.ALL[name], papers.signer(algorithm))
    signed = certificate.read(text)
    assert signed.is_by(papers.signer(algorithm).public, certificate.KIND)
    assert certificate.open_payload(signed.payload) == papers.ALL[name]


@pytest.mark.parametrize("algorithm", Algorithm)
@pytest.mark.parametrize("name", ["permit", "long name", "rare name"])
def test_a_permit_fits_a_small_code(name, algorithm):
    text = papers.text(papers.ALL[name], papers.signer(algorithm))
    assert len(base45.decode(text[4:])) <= 300
    code = segno.make(text, error="m", boost_error=False)
    assert code.mode == "alphanumeric"
    assert code.version <= 15


def test_claims_are_packed_only_when_that_is_shorter():
    short, long = (certificate.read(papers.text(papers.ALL[name])).payload for name in ("bare", "licence"))
    assert short[0] != PACKED
    assert long[0] == PACKED


def test_the_same_certificate_has_the_same_text():
    assert papers.text() == papers.text()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", "", "field 2"),
        ("name", "a" * 201, "at most 200"),
        ("name", "例\u202eABC", "U+202E"),  # right-to-left override: shows another name than it holds
        ("name", "例\ue000", "U+E000"),  # private use: an old code of a rare character
        ("number", "1\n2", "U+000A"),
        ("index", -1, "index"),
        ("index", True, "index"),
        ("valid_until", PERMIT.valid_from, "ends before"),
        ("valid_until", NOW.replace(tzinfo=None), "time zone"),
        ("facts", {f"f{n}": "x" for n in range(13)}, "1 to 12"),
        ("facts", {"address": ""}, "fact address"),
    ],
)
def test_claims_nobody_may_make_are_refused(field, value, said):
    with pytest.raises(BadClaims, match=said.replace("+", r"\+")):
        papers.text(replace(PERMIT, **{field: value}))


def test_a_code_that_no_qr_holds_is_refused():
    facts = {f"f{n}": "".join(chr(0x4E00 + 97 * n + 61 * i % 20000) for i in range(300)) for n in range(12)}
    with pytest.raises(BadClaims, match="a QR code holds"):
        papers.text(replace(PERMIT, facts=facts))


WORDS = st.text(st.characters(exclude_categories=sorted(certificate.UNREADABLE)), min_size=1, max_size=30)
MOMENTS = st.datetimes(
    min_value=NOW.replace(tzinfo=None, year=2000), max_value=NOW.replace(tzinfo=None, year=2100)
).map(lambda moment: moment.replace(tzinfo=NOW.tzinfo, microsecond=0))


@given(
    WORDS,
    WORDS,
    st.integers(0, 2**30),
    MOMENTS,
    st.dictionaries(WORDS, WORDS, max_size=3),
    st.none() | MOMENTS,
)
def test_any_certificate_goes_through(name, number, index, begin, facts, endorsed):
    held = Certificate(
        "zhoushan",
        "permit",
        number,
        name,
        "",
        "putuo",
        index,
        begin,
        begin,
        begin + papers.DAY,
        endorsed,
        facts,
    )
    assert certificate.open_payload(certificate.read(papers.text(held)).payload) == held


def test_a_list_cannot_be_shown_as_a_certificate():
    """The kind of thing is under the signature: the same bytes signed as something else don't count."""
    payload = certificate.read(papers.text()).payload
    as_list = cose.sign(payload, papers.signer(), b"ZDL1:")
    assert not cose.read(as_list).is_by(papers.signer().public, certificate.KIND)
