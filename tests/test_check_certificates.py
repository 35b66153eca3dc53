"""`zhoudao check` says whether certificates can be signed, and whether verifiers have a list they can trust."""

from datetime import timedelta

import pytest

from zhoudao import health
from zhoudao.core import clock
from zhoudao.core.access import SYSTEM
from zhoudao.counter.credentials import actions
from zhoudao.engines.seals.signing import Unavailable


def certificates() -> health.Result:
    return next(result for result in health.checks() if result.name == "certificates")


@pytest.mark.django_db
def test_it_signs_and_the_list_is_fresh():
    assert certificates().ok, "before the first list too"
    actions.publish_list(SYSTEM)
    assert "list 1 is trusted until 2026-12-01" in certificates().detail
    with clock.at(clock.now() + timedelta(days=8)):
        late = certificates()
    assert not late.ok
    assert "zhoudao credential publish" in late.detail


@pytest.mark.django_db
def test_a_machine_that_cannot_sign_says_so(settings, monkeypatch):
    def missing() -> None:
        raise Unavailable("SM2 needs OpenSSL 3")

    settings.CERTIFICATE_ALGORITHM = "SM2"
    assert certificates().ok
    monkeypatch.setattr("zhoudao.engines.seals.sm2.generate", missing)
    assert "SM2 needs OpenSSL 3" in certificates().detail
