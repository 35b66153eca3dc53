"""Each verdict, and which one comes first when several would be true."""

import base64
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhoudao.engines.seals import checking, cose, keyset, sm2, status
from zhoudao.engines.seals.checking import BadList, Reason, Verdict
from zhoudao.engines.seals.keyset import BadKeySet, KeyStatus
from zhoudao.engines.seals.signing import Algorithm, Unavailable
from zhoudao.engines.seals.status import Standing
from zhoudao.engines.seals.tests import papers
from zhoudao.engines.seals.tests.papers import DAY, NOW, PERMIT


def found(certificate=PERMIT, keys=None, statuses=None, now=NOW, by=None):
    finding = checking.check(
        papers.text(certificate, by), keys or papers.keys(), statuses or papers.statuses(), now
    )
    return finding.verdict, finding.reason


@pytest.mark.parametrize("algorithm", Algorithm)
def test_valid(algorithm):
    signer = papers.signer(algorithm)
    assert found(by=signer, keys=papers.keys(papers.key(signer))) == (Verdict.VALID, Reason.IN_FORCE)


def test_it_says_what_the_certificate_says_only_when_the_signature_is_good():
    assert checking.check(papers.text(), papers.keys(), papers.statuses(), NOW).certificate == PERMIT
    other = papers.keys(papers.key(papers.signer(number=9)))
    assert checking.check(papers.text(), other, papers.statuses(), NOW).certificate is None


def test_expired():
    last = PERMIT.valid_until - papers.timedelta(seconds=1)
    fresh = papers.statuses(issued=last - DAY, expires=last + DAY)
    endorsed = replace(PERMIT, endorsed_until=None)
    assert found(endorsed, statuses=fresh, now=last)[0] is Verdict.VALID
    assert found(endorsed, statuses=fresh, now=PERMIT.valid_until) == (Verdict.EXPIRED, Reason.PAST_ITS_END)


def test_suspended_by_the_issuer():
    listed = papers.with_standing(Standing.SUSPENDED)
    assert found(statuses=listed) == (Verdict.SUSPENDED, Reason.SUSPENDED_BY_ISSUER)


def test_suspended_because_it_was_not_endorsed_in_time():
    """Without asking anybody: the certificate itself says by when."""
    late = replace(PERMIT, endorsed_until=NOW)
    assert found(late) == (Verdict.SUSPENDED, Reason.ENDORSEMENT_LATE)


def test_revoked():
    listed = papers.with_standing(Standing.REVOKED)
    assert found(statuses=listed) == (Verdict.REVOKED, Reason.REVOKED_BY_ISSUER)
    assert found(statuses=listed, now=PERMIT.valid_until)[0] is Verdict.REVOKED, "before expired"


def test_not_yet_valid_but_for_clocks_that_differ():
    early = replace(PERMIT, valid_from=NOW + papers.timedelta(minutes=5))
    assert found(early)[0] is Verdict.VALID
    early = replace(PERMIT, valid_from=NOW + papers.timedelta(minutes=5, seconds=1))
    assert found(early) == (Verdict.NOT_YET_VALID, Reason.BEFORE_ITS_BEGIN)


def test_unknown_key():
    stranger = papers.keys(papers.key(papers.signer(number=9)))
    assert found(keys=stranger) == (Verdict.UNKNOWN_KEY, Reason.KEY_NOT_LISTED)
    later = papers.keys(papers.key(not_before=NOW))
    assert found(keys=later) == (Verdict.UNKNOWN_KEY, Reason.KEY_NOT_IN_USE_THEN)
    elsewhere = replace(PERMIT, issuer="elsewhere")
    assert found(elsewhere) == (Verdict.UNKNOWN_KEY, Reason.OTHER_ISSUER)


def test_a_retired_key_counts_for_what_it_signed_in_its_time():
    retired = papers.keys(papers.key(status=KeyStatus.RETIRED, not_after=NOW - DAY))
    assert found(keys=retired)[0] is Verdict.VALID
    before = papers.keys(papers.key(status=KeyStatus.RETIRED, not_after=PERMIT.issued - DAY))
    assert found(keys=before)[0] is Verdict.UNKNOWN_KEY


def test_nothing_counts_that_a_withdrawn_key_signed():
    withdrawn = papers.keys(papers.key(status=KeyStatus.WITHDRAWN))
    assert found(keys=withdrawn) == (Verdict.REVOKED, Reason.KEY_WITHDRAWN)


def test_list_too_old():
    assert found(now=NOW + 6 * DAY) == (Verdict.LIST_TOO_OLD, Reason.LIST_PAST_ITS_END)
    assert checking.check(papers.text(), papers.keys(), None, NOW).reason is Reason.NO_LIST
    missing = papers.statuses(size=5, bits=status.bits_of(5, {}))
    assert found(statuses=missing) == (Verdict.LIST_TOO_OLD, Reason.NOT_ON_LIST)


def test_a_certificate_younger_than_the_list_is_valid():
    young = replace(PERMIT, index=30_000, issued=NOW)
    assert found(young)[0] is Verdict.VALID


def test_what_an_old_list_says_still_stands():
    for standing, verdict in ((Standing.REVOKED, Verdict.REVOKED), (Standing.SUSPENDED, Verdict.SUSPENDED)):
        assert found(statuses=papers.with_standing(standing), now=NOW + 30 * DAY)[0] is verdict


def test_something_else_is_no_certificate():
    for text in ("", "https://example.invalid/", "HC1:6BF", "zd1:"):
        assert checking.check(text, papers.keys(), None, NOW).verdict is Verdict.NO_CERTIFICATE


def test_without_sm2_it_says_that_it_cannot_check(monkeypatch):
    def missing(_point):
        raise Unavailable("SM2 needs the system's OpenSSL")

    signer = papers.signer(Algorithm.SM2)
    monkeypatch.setattr(sm2, "load_verifier", missing)
    verdict = found(by=signer, keys=papers.keys(papers.key(signer)))
    assert verdict == (Verdict.CANNOT_CHECK, Reason.ALGORITHM_MISSING)


# The list and the key set -----------------------------------------------------------------------------


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_list_goes_through_its_text(algorithm):
    signer = papers.signer(algorithm)
    listed = papers.with_standing(Standing.SUSPENDED)
    assert checking.open_list(status.seal(listed, signer), papers.keys(papers.key(signer))) == listed


def test_every_bit_of_a_list():
    small = papers.statuses(size=9, bits=status.bits_of(9, {3: Standing.REVOKED, 8: Standing.SUSPENDED}))
    text = status.seal(small, papers.signer())
    for at in range(8 * len(text)):
        flipped = bytearray(text.encode())
        flipped[at // 8] ^= 1 << at % 8
        changed = flipped.decode("latin-1")
        if changed.strip() != text:
            with pytest.raises(BadList):
                checking.open_list(changed, papers.keys())


def test_lists_that_do_not_count():
    text = status.seal(papers.statuses(), papers.signer())
    for keys, why in (
        (papers.keys(papers.key(papers.signer(number=9))), "isn't one of those that count"),
        (papers.keys(papers.key(status=KeyStatus.WITHDRAWN)), "isn't one of those that count"),
        (papers.keys(papers.key(not_before=NOW)), "wasn't in use"),
        (replace(papers.keys(), issuer="elsewhere"), "expected that of elsewhere"),
    ):
        with pytest.raises(BadList, match=why):
            checking.open_list(text, keys)
    with pytest.raises(BadList, match="not a status list"):
        checking.open_list(papers.text(), papers.keys())


def test_a_million_certificates_make_a_list_of_some_kilobytes():
    others = {index * 97 % 1_000_000: Standing.SUSPENDED for index in range(10_000)}
    size = 1_000_000
    text = status.seal(papers.statuses(size=size, bits=status.bits_of(size, others)), papers.signer())
    assert len(text) < 60_000
    listed = checking.open_list(text, papers.keys())
    assert sum(listed.standing(index) is Standing.SUSPENDED for index in others) == 10_000


def test_a_certificate_beyond_the_list_cannot_be_put_on_it():
    with pytest.raises(ValueError, match="isn't below"):
        status.bits_of(4, {4: Standing.REVOKED})


def test_a_key_set_goes_through_json():
    both = (papers.key(), papers.key(papers.signer(Algorithm.SM2), status=KeyStatus.RETIRED))
    keys = replace(papers.keys(*both), names={"putuo": {"en": "Putuo"}}, status_list="ZDL1:x")
    assert keyset.parse(json.dumps(keyset.dump(keys))) == keys


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda d: d.pop("issuer"), "issuer"),
        (lambda d: d.update(format="zhoudao-keys-9"), "format"),
        (lambda d: d["keys"][0].update(kid="0" * 16), "keys.0.kid"),
        (lambda d: d["keys"][0].update(x="AAAA"), "keys.0"),
        (lambda d: d["keys"][0].update(y=d["keys"][0]["x"]), "keys.0"),
        (lambda d: d["keys"][0].update(crv="SM2"), "keys.0.crv"),
        (lambda d: d["keys"][0].update(status="lost"), "keys.0.status"),
        (lambda d: d["keys"][0].update(not_after="2030-01-01"), "keys.0.not_after"),
    ],
)
def test_a_key_set_that_cannot_be_used_says_where(change, where):
    document = keyset.dump(papers.keys())
    change(document)
    with pytest.raises(BadKeySet, match=where):
        keyset.parse(json.dumps(document))
    with pytest.raises(BadKeySet):
        keyset.parse("[]")


def test_the_fingerprint_changes_with_the_keys_alone():
    keys = papers.keys()
    assert keyset.fingerprint(replace(keys, version=9)) == keyset.fingerprint(keys)
    assert keyset.fingerprint(papers.keys(papers.key(papers.signer(number=9)))) != keyset.fingerprint(keys)


@given(st.text(max_size=60), st.binary(max_size=120))
def test_any_list_and_any_key_set_is_refused_and_nothing_more(words, data):
    body = base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    signed = base64.urlsafe_b64encode(cose.sign(data, papers.signer(), status.KIND)).rstrip(b"=").decode()
    for text in (words, status.PREFIX + words, status.PREFIX + body, status.PREFIX + signed):
        with pytest.raises(BadList):
            checking.open_list(text, papers.keys())
    for text in (words, data.decode("latin-1"), json.dumps({"format": words, "keys": [words]})):
        with pytest.raises(BadKeySet):
            keyset.parse(text)
