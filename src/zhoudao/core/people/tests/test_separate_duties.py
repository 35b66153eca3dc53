"""System, security and audit duties are three accounts of three persons: by rule, and by the database
itself.
"""

from __future__ import annotations

import itertools

import pytest
from django.db import IntegrityError, transaction

from zhoudao.core.access import SEPARATE_DUTIES, STAFF_ROLES, SYSTEM, Role, permissions
from zhoudao.core.people.actions import accounts, import_staff
from zhoudao.core.people.models import User
from zhoudao.core.people.rules.bad_input import BadInput
from zhoudao.core.people.rules.duties import conflicting_duty
from zhoudao.core.people.tests.cast import PASSWORD

PAIRS = list(itertools.permutations(SEPARATE_DUTIES, 2))


@pytest.mark.parametrize(("held", "wanted"), PAIRS)
def test_one_person_is_not_granted_two_of_them(staff, held, wanted):
    staff(held, username="first", staff_number="120001")
    second = staff(Role.CLERK, username="second", staff_number="120001")
    with pytest.raises(BadInput, match="three persons") as problem:
        accounts.grant_role(SYSTEM, second.pk, wanted, [])
    assert problem.value.reason == "separate_duties"
    assert User.objects.get(pk=second.pk).role == Role.CLERK


@pytest.mark.parametrize(("held", "wanted"), PAIRS)
def test_nor_by_a_file(staff, held, wanted):
    staff(held, username="first", staff_number="120001")
    row = {
        "username": "second",
        "role": wanted,
        "staff_number": " 120001 ",
        "display_name": "李四",
        "password": PASSWORD,
    }
    report = import_staff(SYSTEM, [(2, row)])
    assert [(refusal.line, refusal.field) for refusal in report.refused] == [(2, "role")]


@pytest.mark.parametrize(("held", "wanted"), PAIRS)
def test_nor_by_the_database(staff, held, wanted):
    staff(held, username="first", staff_number="120001")
    second = staff(Role.CLERK, username="second", staff_number="120001")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=second.pk).update(role=wanted)


def test_nor_twice_the_same(staff):
    staff(Role.AUDITOR, username="first", staff_number="120001")
    second = staff(Role.CLERK, username="second", staff_number="120001")
    with pytest.raises(BadInput):
        accounts.grant_role(SYSTEM, second.pk, Role.AUDITOR, [])


def test_a_closed_account_makes_room_and_does_not_come_back(staff):
    first = staff(Role.AUDITOR, username="first", staff_number="120001")
    second = staff(Role.CLERK, username="second", staff_number="120001")
    accounts.close_account(SYSTEM, first.pk)
    accounts.grant_role(SYSTEM, second.pk, Role.ADMINISTRATOR, [])
    with pytest.raises(BadInput, match="three persons"):
        accounts.reopen_account(SYSTEM, first.pk)
    assert not User.objects.get(pk=first.pk).is_active


def test_when_two_officers_grant_at_once_the_database_decides(staff, monkeypatch):
    staff(Role.AUDITOR, username="first", staff_number="120001")
    second = staff(Role.CLERK, username="second", staff_number="120001")
    monkeypatch.setattr(accounts, "check_separate_duties", lambda role, user: None)
    with pytest.raises(BadInput, match="three persons"):
        accounts.grant_role(SYSTEM, second.pk, Role.ADMINISTRATOR, [])


def test_other_duties_may_be_one_persons_in_two_accounts(staff):
    staff(Role.AUDITOR, username="first", staff_number="120001")
    staff(Role.CLERK, username="second", staff_number="120001")
    staff(Role.REVIEWER, username="third", staff_number="120001")
    assert conflicting_duty(Role.CLERK, [Role.AUDITOR]) is None


def test_an_account_has_one_known_role(staff):
    user = staff(Role.CLERK)
    for role in ("king", "clerk,auditor", ""):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=user.pk).update(role=role)


@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
def test_staff_have_a_number(db, role):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username="nobody", role=role)


def test_no_permission_is_shared_by_two_of_them_except_to_look():
    shared = [
        permission.name
        for permission in permissions()
        if len(permission.holders & set(SEPARATE_DUTIES)) > 1 and permission.holders < STAFF_ROLES
    ]
    assert "people.see_accounts" in shared
    assert [name for name in shared if not name.partition(".")[2].startswith("see_")] == []
