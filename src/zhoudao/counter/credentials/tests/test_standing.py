"""Suspended, reinstated, revoked: by whom, with a reason, and every verifier hears of it with the next list."""

from datetime import timedelta

import pytest

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, VISITOR, Forbidden, Role
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.outbox import jobs
from zhoudao.core.outbox.models import OutboxMessage
from zhoudao.counter.credentials import actions, queries
from zhoudao.counter.credentials.actions import NotNow
from zhoudao.counter.credentials.models import Credential, KeySetVersion, PublishedList, SigningKey
from zhoudao.counter.credentials.rules import KEY_SIGNS_FOR, LIST_LASTS, LISTS_KEPT
from zhoudao.counter.credentials.tests.conftest import ELSEWHERE, REVIEWER, SECURITY, SUPERVISOR

pytestmark = pytest.mark.django_db


def test_suspended_then_in_force_again_then_revoked(permit, verdict_on):
    credential = permit()
    for verb, actor, expected in (
        (actions.suspend, REVIEWER, "suspended"),
        (actions.reinstate, REVIEWER, "valid"),
        (actions.revoke, SUPERVISOR, "revoked"),
    ):
        verb(actor, credential.number, "a reason that says something")
        assert OutboxMessage.objects.filter(name="credentials.publish_list").exists()
        jobs.find("credentials.publish_list").function()
        assert verdict_on(credential) == expected
    for verb in (actions.suspend, actions.reinstate, actions.revoke):
        with pytest.raises(NotNow):
            verb(SYSTEM, credential.number, "revoked is for good")


def test_twice_the_same_changes_nothing(permit):
    credential = permit()
    actions.suspend(REVIEWER, credential.number, "reported lost")
    with pytest.raises(NotNow, match="suspended"):
        actions.suspend(REVIEWER, credential.number, "reported lost")
    assert OutboxMessage.objects.filter(name="credentials/suspended").count() == 1


def test_a_change_needs_a_reason_and_keeps_it(permit):
    credential = permit()
    with pytest.raises(ValueError, match="reason"):
        actions.suspend(REVIEWER, credential.number, "  x ")
    credential.refresh_from_db()
    assert credential.state == "valid"
    actions.suspend(REVIEWER, credential.number, "reported lost")
    assert (
        AuditRow.objects.filter(action="credentials.suspend", outcome="done").get().purpose == "reported lost"
    )


def test_who_may_not(permit):
    number = permit().number
    for actor, verb in (
        (ELSEWHERE, actions.suspend),
        (VISITOR, actions.suspend),
        (REVIEWER, actions.revoke),
        (SECURITY, actions.revoke),
    ):
        with pytest.raises(Forbidden):
            verb(actor, number, "a reason that says something")
    assert Credential.objects.get(number=number).state == "valid"
    with pytest.raises(Credential.DoesNotExist):
        actions.revoke(SUPERVISOR, "0", "a reason that says something")


def test_a_late_one_is_endorsed_not_reinstated(permit):
    credential = permit()
    with clock.at(credential.endorsed_until):
        assert actions.suspend_late(SYSTEM) == 1
        assert actions.suspend_late(SYSTEM) == 0
        with pytest.raises(NotNow, match="endorse it instead"):
            actions.reinstate(REVIEWER, credential.number, "came by today")


def test_what_the_job_has_not_reached_yet_shows_as_suspended(permit, carol):
    credential = permit()
    holder = carol.user.as_actor()
    with clock.at(credential.endorsed_until):
        assert queries.one_of_mine(holder, credential.number).standing == "suspended"
    with clock.at(credential.valid_until):
        assert queries.one_of_mine(holder, credential.number).standing == "expired"


# Lists and keys -------------------------------------------------------------------------------------


def test_each_list_has_the_next_number_and_old_ones_go(permit, monkeypatch):
    permit()
    monkeypatch.setattr("zhoudao.counter.credentials.actions.signing.LISTS_KEPT", 3)
    assert LISTS_KEPT > 3
    for _ in range(5):
        actions.publish_list(SYSTEM)
    assert list(PublishedList.objects.order_by("sequence").values_list("sequence", flat=True)) == [3, 4, 5]


def test_a_list_says_nothing_after_a_week(permit, verdict_on):
    credential = permit()
    actions.publish_list(SYSTEM)
    assert verdict_on(credential, LIST_LASTS - timedelta(seconds=1)) == "valid"
    assert verdict_on(credential, LIST_LASTS) == "list_too_old"


def test_a_rotated_key_goes_on_counting(permit, verdict_on):
    credential = permit()
    old = SigningKey.objects.get()
    versions = KeySetVersion.objects.count()
    with clock.at(clock.now() + timedelta(hours=1)):
        new = actions.rotate_key(SECURITY)
        actions.publish_list(SYSTEM)
        assert verdict_on(credential) == "valid"
        assert permit("A2").key == new
        assert verdict_on(permit("A2")) == "valid"
    old.refresh_from_db()
    assert old.status == "retired"
    assert KeySetVersion.objects.count() == versions + 1


def test_nothing_counts_that_a_withdrawn_key_signed(permit, verdict_on):
    credential = permit()
    with clock.at(clock.now() + timedelta(hours=1)):
        with pytest.raises(ValueError, match="reason"):
            actions.withdraw_key(SECURITY, credential.key.key_id, " ")
        actions.withdraw_key(SECURITY, credential.key.key_id, "its file was copied")
        actions.publish_list(SYSTEM)
        assert verdict_on(credential) == "revoked"
        assert verdict_on(permit("A2")) == "valid", "a new key signs"


def test_a_key_is_renewed_before_it_ends(permit):
    permit()
    with clock.at(clock.now() + KEY_SIGNS_FOR - timedelta(days=10)):
        actions.publish_list(SYSTEM)
    assert list(SigningKey.objects.values_list("status", flat=True)) == ["retired", "active"]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SECURITY_OFFICER, Role.SYSTEM}))
def test_only_the_security_officer_changes_keys(role):
    from zhoudao.core.access import Actor

    with pytest.raises(Forbidden):
        actions.rotate_key(Actor("user:1", role, frozenset({"*"}), user_id=1))


def test_sm2_signs_when_the_city_says_so(settings, permit, verdict_on):
    settings.CERTIFICATE_ALGORITHM = "SM2"
    credential = permit()
    actions.publish_list(SYSTEM)
    assert credential.key.algorithm == "SM2"
    assert verdict_on(credential) == "valid"


def test_the_key_set_is_made_in_a_bounded_number_of_queries(permit, django_assert_max_num_queries):
    for number in range(4):
        permit(f"A{number}")
    actions.publish_list(SYSTEM)
    with django_assert_max_num_queries(4):
        queries.key_set(VISITOR)
