"""Deleting a person's key erases the person; the chain stays whole."""

import pytest

from zhoudao.core.access import SYSTEM, Actor, Forbidden, Role
from zhoudao.core.audit import actions, queries
from zhoudao.core.audit.models import AuditRow, PseudonymKey
from zhoudao.core.audit.tests.trails import ALICE, DO, grow
from zhoudao.core.audit.trail import pseudonyms_of

pytestmark = pytest.mark.django_db
SECURITY = Actor("user:3", Role.SECURITY_OFFICER)


def pseudonyms(rows):
    return {name for row in rows for name in (row.actor, row.subject) if "#" in name}


def test_the_chain_stays_whole_and_nobody_can_say_who_it_was():
    grow(2)
    (before,) = pseudonyms(AuditRow.objects.all())
    assert before == pseudonyms_of(["user:12"])["user:12"]
    assert actions.erase_person(SECURITY, "user:12") is True
    assert queries.verify(SYSTEM).whole
    assert not PseudonymKey.objects.filter(person="user:12").exists()
    assert AuditRow.objects.last().subject == before
    grow(1)
    assert AuditRow.objects.last().actor != before


def test_erasing_inside_another_action_leaves_no_new_key_behind():
    grow(1)
    with actions.act(ALICE, DO, subject="user:12"):
        actions.erase_person(SYSTEM, "user:12")
    assert not PseudonymKey.objects.filter(person="user:12").exists()
    assert len(pseudonyms(AuditRow.objects.all())) == 1


def test_an_erasure_that_is_rolled_back_erases_nothing():
    grow(1)

    def fail():
        with actions.act(ALICE, DO):
            actions.erase_person(SYSTEM, "user:12")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert PseudonymKey.objects.filter(person="user:12").exists()


def test_somebody_unknown():
    assert actions.erase_person(SECURITY, "resident:404") is False
    with pytest.raises(ValueError, match="'P001' names no person; expected one of user, resident"):
        actions.erase_person(SECURITY, "P001")
    with pytest.raises(Forbidden):
        actions.erase_person(ALICE, "user:12")


def test_the_key_is_sealed_in_the_database():
    grow(1)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM audit_pseudonymkey")
        assert PseudonymKey.objects.get().secret not in cursor.fetchone()[0]
