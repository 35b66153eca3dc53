"""A certificate issued in the place of another ends that one: in one transaction, with its audit row, once."""

from dataclasses import replace

import pytest

from zhoudao.core.access import SYSTEM, Forbidden
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.city.tests.here import DISTRICT
from zhoudao.counter.applications.ports import Grant
from zhoudao.counter.credentials import actions
from zhoudao.counter.credentials.actions import NotNow, issuing
from zhoudao.counter.credentials.models import Credential
from zhoudao.counter.credentials.tests.conftest import ELSEWHERE, LICENCE, PERMIT, REVIEWER, SUPERVISOR

pytestmark = pytest.mark.django_db
IN_ITS_PLACE = replace(PERMIT, replaces=True)


def test_the_one_before_is_revoked_because_it_was_replaced(permit, verdict_on):
    old, new = permit("A1"), permit("A2", IN_ITS_PLACE)
    old.refresh_from_db()
    assert (old.state, old.why, new.state) == ("revoked", "replaced", "valid")
    actions.publish_list(SYSTEM)
    assert (verdict_on(old), verdict_on(new)) == ("revoked", "valid")
    row = AuditRow.objects.get(action="credentials.replace", outcome="done")
    assert row.subject == f"credential:{old.number}"
    assert new.number in row.details
    with pytest.raises(NotNow):
        actions.reinstate(SUPERVISOR, old.number, "it was found again")


def test_asked_twice_it_ends_nothing_more(permit):
    permit("A1")
    first, second = permit("A2", IN_ITS_PLACE), permit("A2", IN_ITS_PLACE)
    assert first == second
    assert first.state == "valid"
    assert AuditRow.objects.filter(action="credentials.replace").count() == 1


def test_a_suspended_one_ends_too_and_a_revoked_one_keeps_its_reason(permit):
    revoked, suspended = permit("A1"), permit("A2")
    actions.revoke(SUPERVISOR, revoked.number, "以虚假材料取得")
    actions.suspend(REVIEWER, suspended.number, "报失，等待补领")
    permit("A3", IN_ITS_PLACE)
    revoked.refresh_from_db(), suspended.refresh_from_db()
    assert (revoked.why, str(revoked.reason)) == ("by_officer", "以虚假材料取得")
    assert (suspended.state, suspended.why) == ("revoked", "replaced")


def test_other_kinds_other_holders_and_what_does_not_replace_leave_it_alone(permit, firm):
    held = permit("A1")
    permit("A2", replace(LICENCE, replaces=True))
    permit("A3")
    theirs = Grant("A4", DISTRICT, organisation_id=firm.pk)
    actions.issue(REVIEWER, theirs, IN_ITS_PLACE)
    held.refresh_from_db()
    assert held.state == "valid"


def test_when_the_old_one_cannot_be_ended_no_new_one_is_issued(permit, monkeypatch):
    old = permit("A1")

    def broken(name: str) -> None:
        raise RuntimeError(name)

    monkeypatch.setattr(issuing, "enqueue_job", broken)
    with pytest.raises(RuntimeError):
        permit("A2", IN_ITS_PLACE)
    old.refresh_from_db()
    assert old.state == "valid"
    assert not Credential.objects.filter(application="A2").exists()


def test_an_officer_of_another_district_ends_nothing(permit, carol):
    old = permit("A1")
    with pytest.raises(Forbidden):
        actions.issue(ELSEWHERE, Grant("A2", DISTRICT, resident_id=carol.pk), IN_ITS_PLACE)
    old.refresh_from_db()
    assert old.state == "valid"
