"""What a holder shows of a certificate by a code: good for who asked, for five minutes, and for nobody else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from zhoudao.engines.seals import base45, packing, sd_jwt, showing
from zhoudao.engines.seals.checking import Reason, Verdict
from zhoudao.engines.seals.keyset import KeyStatus
from zhoudao.engines.seals.tests import papers
from zhoudao.engines.seals.tests.papers import DAY, NOW, QUESTION

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("keys", "now", "question", "verdict", "reason"),
    [
        ({}, NOW, QUESTION, Verdict.VALID, Reason.SHOWN_TO_YOU),
        ({}, NOW, None, Verdict.VALID, Reason.SHOWN_TO_ANYONE),
        ({}, NOW, "000000", Verdict.NOT_FOR_YOU, Reason.SHOWN_TO_OTHERS),
        ({}, NOW + 6 * MINUTE, QUESTION, Verdict.EXPIRED, Reason.PROOF_PAST_ITS_END),
        ({}, NOW + 7 * DAY, QUESTION, Verdict.EXPIRED, Reason.WALLET_PAST_ITS_END),
        ({}, NOW - 6 * MINUTE, QUESTION, Verdict.NOT_YET_VALID, Reason.BEFORE_ITS_BEGIN),
        ({"status": KeyStatus.WITHDRAWN}, NOW, QUESTION, Verdict.REVOKED, Reason.KEY_WITHDRAWN),
        ({"not_before": NOW + DAY}, NOW, QUESTION, Verdict.UNKNOWN_KEY, Reason.KEY_NOT_IN_USE_THEN),
    ],
)
def test_verdicts(keys, now, question, verdict, reason):
    found = showing.check(papers.shown(), papers.keys(papers.key(**keys)), now, question)
    assert (found.verdict, found.reason) == (verdict, reason)


def test_who_did_not_issue_it_is_told():
    text = papers.shown()
    unknown = papers.keys(papers.key(papers.signer(number=9)))
    assert showing.check(text, unknown, NOW).verdict is Verdict.UNKNOWN_KEY
    others = replace(papers.keys(), issuer="elsewhere")
    assert showing.check(text, others, NOW).reason is Reason.OTHER_ISSUER


def test_it_shows_what_was_chosen_and_no_more():
    found = showing.check(papers.shown(["district"]), papers.keys(), NOW)
    assert set(found.claims) == {"iss", "vct", "nbf", "exp", "district"}
    assert set(showing.check(papers.shown(), papers.keys(), NOW).claims) == {"iss", "vct", "nbf", "exp"}


def test_a_code_with_everything_fits_a_phone():
    assert len(papers.shown(list(papers.HIDDEN))) <= 1853, "the most of a QR code of version 25 at level L"


def test_another_text_is_none():
    assert showing.check("https://example.invalid/", papers.keys(), NOW).verdict is Verdict.NO_CERTIFICATE
    for text in ("ZDS1:", "ZDS1:abc", "ZDS1:" + base45.encode(packing.pack(b"\xff~"))):
        assert showing.check(text, papers.keys(), NOW).reason is Reason.ENCODING_WRONG


def test_every_bit_of_what_was_signed():
    """Flipped under the packing, since a stream has many forms for one content."""
    shown = showing.read(papers.shown(["name"])).encode()
    for bit in range(8 * len(shown)):
        flipped = bytearray(shown)
        flipped[bit // 8] ^= 1 << bit % 8
        text = showing.PREFIX + base45.encode(packing.pack(bytes(flipped)))
        assert showing.check(text, papers.keys(), NOW, QUESTION).verdict is not Verdict.VALID, bit


def test_the_longest_that_is_unpacked():
    bomb = showing.PREFIX + base45.encode(packing.pack(b"a" * (sd_jwt.LONGEST + 1)))
    assert showing.check(bomb, papers.keys(), NOW).reason is Reason.ENCODING_WRONG
