"""Residents and organisations are registered once, in their one form, by clerks of the district."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError

from zhoudao.core.access import SYSTEM, Actor, Forbidden, Role
from zhoudao.core.city.tests.here import DISTRICT, OTHER_DISTRICT
from zhoudao.core.people import actions
from zhoudao.core.people.models import Agency, Resident
from zhoudao.core.people.rules.bad_input import BadInput
from zhoudao.core.people.tests.cast import credit_code, identity_number

pytestmark = pytest.mark.django_db
CLERK = Actor("user:7", Role.CLERK, frozenset({DISTRICT}), user_id=7)


def register(actor: Actor = CLERK, **more: str) -> Resident:
    values = {
        "name": "张小三",
        "document_kind": "resident_id",
        "document_number": identity_number(),
        "mobile": "120 0000 0001",
        "home_district": DISTRICT,
    }
    return actions.register_resident(actor, **{**values, **more})


def test_keeps_one_form_of_what_was_typed():
    made = register(
        name=" 阿卜杜拉•买买提 ", document_number=identity_number().lower(), mobile="+86 120-0000-0001"
    )
    found = Resident.objects.get(pk=made.pk)
    assert (found.name, found.document_number, found.mobile) == (
        "阿卜杜拉·买买提",
        identity_number(),
        "12000000001",
    )


@pytest.mark.parametrize(
    ("kind", "number", "kept"),
    [
        ("passport", "e 1234567", "E1234567"),
        ("taiwan", "0123-4567", "01234567"),
        ("permanent_residence", "911124198108030024", "911124198108030024"),
    ],
)
def test_foreigners_come_with_other_documents(kind, number, kept):
    made = register(name="Maria Santos", document_kind=kind, document_number=number)
    assert Resident.objects.get(pk=made.pk).document_number == kept


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("name", "张3", "name_character"),
        ("document_kind", "library_card", "document_kind"),
        ("document_number", identity_number()[:-1] + "#", "identity_characters"),
        ("document_number", identity_number(birth="20270101"), "identity_date"),
        ("mobile", "110", "mobile"),
        ("home_district", "atlantis", "district"),
    ],
)
def test_names_the_field_that_is_wrong_and_keeps_nothing(field, value, reason):
    with pytest.raises(BadInput) as problem:
        register(**{field: value})
    assert (problem.value.field, problem.value.reason) == (field, reason)
    assert Resident.objects.count() == 0


def test_a_document_is_registered_once():
    register()
    with pytest.raises(BadInput, match="registered already") as problem:
        register(name="李四")
    assert problem.value.field == "document_number"
    register(
        document_kind="passport", document_number=identity_number()
    )  # the same characters, another document
    assert Resident.objects.count() == 2


def test_the_database_itself_keeps_documents_apart():
    first = register()
    with pytest.raises(IntegrityError):
        Resident.objects.create(
            name="李四", document_number="x", document_index=first.document_index, document_kind="other"
        )


def test_is_the_clerks_of_the_district():
    with pytest.raises(Forbidden):
        register(home_district=OTHER_DISTRICT)
    for role in set(Role) - {Role.CLERK, Role.SYSTEM}:
        with pytest.raises(Forbidden):
            register(Actor("user:8", role, frozenset({"*"})))
    assert register(home_district="").home_district == ""  # from outside the city: any clerk


def test_an_organisation_is_registered_once(firm):
    assert (firm.credit_code, firm.name) == (credit_code(1), "舟山东海保安服务有限公司")
    with pytest.raises(BadInput, match="registered already"):
        actions.register_organisation(CLERK, credit_code=credit_code(1), name="另一家", district=DISTRICT)
    with pytest.raises(BadInput) as problem:
        actions.register_organisation(CLERK, credit_code=credit_code(2), name=" ", district=DISTRICT)
    assert problem.value.field == "name"


def test_authority_is_given_once_and_withdrawn(firm):
    person = register()
    agency = actions.appoint_agent(CLERK, person, firm, date(2026, 1, 1), date(2026, 12, 31))
    with pytest.raises(BadInput, match="already"):
        actions.appoint_agent(CLERK, person, firm, date(2026, 2, 1))
    actions.withdraw_agency(CLERK, agency)
    actions.appoint_agent(CLERK, person, firm, date(2026, 2, 1))
    assert Agency.objects.filter(withdrawn_at=None).count() == 1
    with pytest.raises(BadInput, match="ends after it begins"):
        actions.appoint_agent(
            SYSTEM, register(document_number=identity_number(2)), firm, date(2026, 2, 2), date(2026, 2, 1)
        )
