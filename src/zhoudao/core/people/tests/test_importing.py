"""Whole files are read: every row is kept or refused with its line and field, and nothing is half-written."""

from __future__ import annotations

import pytest

from zhoudao.core.access import SYSTEM, Actor, Forbidden, Role
from zhoudao.core.city.tests.here import DISTRICT, OTHER_DISTRICT
from zhoudao.core.people import actions
from zhoudao.core.people.models import Agency, Authenticator, Organisation, Resident, User
from zhoudao.core.people.tests.cast import PASSWORD, SECRET, credit_code, identity_number

pytestmark = pytest.mark.django_db


def person(serial: int, **more: str) -> dict[str, str]:
    return {
        "name": "张小三",
        "document_number": identity_number(serial),
        "mobile": "",
        "home_district": OTHER_DISTRICT,
        **more,
    }


def account(**more: str) -> dict[str, str]:
    return {
        "username": "alice",
        "role": "clerk",
        "districts": f"{DISTRICT}|{OTHER_DISTRICT}",
        "staff_number": "120001",
        "display_name": "欧阳小明",
        "password": PASSWORD,
        "totp_secret": SECRET,
        **more,
    }


def test_keeps_good_rows_and_refuses_the_others_by_line_and_field():
    rows = [
        (2, person(1)),
        (3, person(2, name="张3")),
        (4, person(3, mobile="110")),
        (5, person(1)),
        (7, person(4, home_district="atlantis")),
        (8, person(5, document_kind="passport", document_number="E 1234567")),
    ]
    report = actions.import_residents(SYSTEM, rows)
    assert (report.kept, report.rows) == (2, len(rows))
    assert [(refusal.line, refusal.field) for refusal in report.refused] == [
        (3, "name"), (4, "mobile"), (5, "document_number"), (7, "home_district"),
    ]  # fmt: skip
    assert str(report.refused[2]) == "5 document_number: the same as on line 2"
    assert {resident.document_number for resident in Resident.objects.all()} == {
        identity_number(1),
        "E1234567",
    }


def test_a_second_time_keeps_nothing_twice():
    rows = [(line, person(line)) for line in range(2, 1203)]
    assert actions.import_residents(SYSTEM, rows).kept == 1201
    again = actions.import_residents(SYSTEM, rows)
    assert (again.kept, len(again.refused)) == (0, 1201)
    assert again.refused[0].problem == "registered already"


def test_a_failure_in_the_middle_keeps_nothing(monkeypatch):
    def rows():
        yield 2, person(1)
        raise OSError("the disk went away")

    with pytest.raises(OSError, match="went away"):
        actions.import_residents(SYSTEM, rows())
    assert Resident.objects.count() == 0


def test_organisations_and_who_acts_for_them():
    firms = [
        (2, {"credit_code": credit_code(1), "name": "甲", "district": DISTRICT, "phone": "0580-1226011"}),
        (3, {"credit_code": credit_code(1)[:-1] + "O", "name": "乙"}),
        (4, {"credit_code": credit_code(2), "name": ""}),
    ]
    report = actions.import_organisations(SYSTEM, firms)
    assert [(refusal.line, refusal.field) for refusal in report.refused] == [(3, "credit_code"), (4, "name")]
    assert Organisation.objects.get().phone == "0580-1226011"
    actions.import_residents(SYSTEM, [(2, person(1))])
    authority = {
        "document_number": identity_number(1),
        "credit_code": credit_code(1),
        "valid_from": "2026-01-01",
    }
    report = actions.import_agents(
        SYSTEM,
        [
            (2, authority),
            (3, authority),
            (4, {**authority, "document_number": identity_number(9)}),
            (5, {**authority, "credit_code": credit_code(9)}),
            (6, {**authority, "valid_from": "1.1.2026"}),
            (7, {**authority, "valid_until": "2025-01-01"}),
        ],
    )
    assert report.kept == Agency.objects.count() == 1
    assert [(refusal.line, refusal.field) for refusal in report.refused] == [
        (3, "credit_code"), (4, "document_number"), (5, "credit_code"), (6, "valid_from"), (7, "valid_until"),
    ]  # fmt: skip


def test_accounts_with_password_and_second_factor():
    assert actions.import_staff(SYSTEM, [(2, account())]).kept == 1
    user = User.objects.get()
    assert user.check_password(PASSWORD)
    assert user.password.startswith("argon2")
    assert (user.districts, user.display_name, user.must_change_password) == (
        [DISTRICT, OTHER_DISTRICT],
        "欧阳小明",
        False,
    )
    assert Authenticator.objects.get().secret == SECRET


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", "a b"),
        ("username", identity_number()),
        ("role", "king"),
        ("role", "system"),
        ("staff_number", ""),
        ("display_name", ""),
        ("districts", "atlantis"),
        ("password", "short"),
        ("password", "password1234"),
        ("totp_secret", "not base32!"),
        ("totp_secret", "JBSWY3DP"),
        ("document_number", identity_number(9)),
    ],
)
def test_a_bad_account_is_refused_by_field(field, value):
    report = actions.import_staff(SYSTEM, [(2, account(**{field: value}))])
    assert [(refusal.line, refusal.field) for refusal in report.refused] == [(2, field)]
    assert (User.objects.count(), Authenticator.objects.count()) == (0, 0)


def test_a_user_name_is_given_once():
    rows = [(2, account()), (3, account(username="ALICE", staff_number="120002"))]
    assert [refusal.field for refusal in actions.import_staff(SYSTEM, rows).refused] == ["username"]


def test_is_the_platforms_own():
    for role in set(Role) - {Role.SYSTEM}:
        for action in (actions.import_residents, actions.import_agents, actions.import_staff):
            with pytest.raises(Forbidden):
                action(Actor("user:1", role, frozenset({"*"})), [])
