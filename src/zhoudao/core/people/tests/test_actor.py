"""Every request has an actor: found in one query, a visitor when nobody is signed in, an agent for one firm
at a time.
"""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, Role
from zhoudao.core.city.tests.here import DISTRICT, OTHER_DISTRICT
from zhoudao.core.people import actions, queries
from zhoudao.core.people.models import Agency, Resident, User
from zhoudao.core.people.tests.cast import PASSWORD, credit_code, identity_number


@pytest.fixture
def dora(db) -> Resident:
    """Somebody with an agent's account."""
    person = actions.register_resident(
        SYSTEM,
        name="李四",
        document_kind="resident_id",
        document_number=identity_number(5),
        mobile="12000000005",
    )
    row = {
        "username": "dora",
        "role": "agent",
        "display_name": "李四",
        "password": PASSWORD,
        "document_number": identity_number(5),
    }
    assert actions.import_staff(SYSTEM, [(2, row)]).kept == 1
    person.refresh_from_db()
    return person


def actor_after(client, path: str = "/account/"):
    return client.get(path).wsgi_request.actor


def test_a_visitor_when_nobody_is_signed_in(db, client):
    actor = client.get(reverse("people:sign_in")).wsgi_request.actor
    assert (actor.role, actor.key, actor.origin, actor.user_id) == (
        Role.VISITOR,
        "visitor",
        "127.0.0.1",
        None,
    )


def test_a_visitor_costs_no_query(db, client, django_assert_num_queries):
    client.get(reverse("people:sign_in"))
    with django_assert_num_queries(0):
        client.get(reverse("people:sign_in"))


def test_an_account_with_its_role_and_districts(staff, signed_in, visit):
    expected = signed_in(Role.CLERK, districts=f"{DISTRICT}|{OTHER_DISTRICT}")
    actor = actor_after(visit.client)
    assert actor == expected
    assert actor.key == f"user:{actor.user_id}"
    assert actor.districts == {DISTRICT, OTHER_DISTRICT}


@pytest.mark.parametrize("role", [Role.CLERK, Role.RESIDENT])
def test_costs_few_queries_whatever_the_page(carol, signed_in, visit, role):
    signed_in(role) if role is Role.CLERK else visit.sign_in("carol")
    visit.client.get(reverse("people:change_password"))
    with CaptureQueriesContext(connection) as captured:
        visit.client.get(reverse("people:change_password"))
    tables = [query["sql"].split('FROM "')[-1].split('"')[0] for query in captured.captured_queries]
    second_factor = ["people_authenticator"] if role is Role.CLERK else []
    assert tables == ["django_session", "people_user", *second_factor]


def test_an_agent_acts_for_a_firm_while_the_authority_stands(dora, firm, visit):
    agency = actions.appoint_agent(SYSTEM, dora, firm, date(2026, 11, 1), date(2026, 11, 24))
    visit.sign_in("dora")
    assert actor_after(visit.client).organisation_id == firm.pk
    for moment, stands in (
        ("2026-10-31T23:59", False),
        ("2026-11-01T00:00", True),
        ("2026-11-24T23:59", True),
        ("2026-11-25T00:00", False),
    ):
        with clock.at(datetime.fromisoformat(f"{moment}+08:00")):
            assert (actor_after(visit.client).organisation_id == firm.pk) is stands
    actions.withdraw_agency(SYSTEM, agency)
    assert actor_after(visit.client).organisation_id is None


def test_an_agent_of_two_firms_chooses(dora, firm, visit):
    other = actions.register_organisation(SYSTEM, credit_code=credit_code(2), name="另一家", district=OTHER_DISTRICT)
    stranger = actions.register_organisation(
        SYSTEM, credit_code=credit_code(3), name="别家", district=OTHER_DISTRICT
    )
    actions.appoint_agent(SYSTEM, dora, firm, date(2026, 1, 1))
    actions.appoint_agent(SYSTEM, dora, other, date(2026, 2, 1))
    visit.sign_in("dora")
    assert actor_after(visit.client).organisation_id == firm.pk
    choose = reverse("people:act_for")
    assert visit.client.post(choose, {"organisation": other.pk}).status_code == 302
    assert actor_after(visit.client).organisation_id == other.pk
    for nonsense in (stranger.pk, "x", "", "99999999999999999999"):
        assert visit.client.post(choose, {"organisation": nonsense}).status_code == 404
    assert actor_after(visit.client).organisation_id == other.pk
    Agency.objects.filter(organisation=other).update(withdrawn_at=clock.now())
    assert actor_after(visit.client).organisation_id == firm.pk


def test_others_act_for_no_firm(carol, firm, visit):
    actions.appoint_agent(SYSTEM, carol, firm, date(2026, 1, 1))
    assert queries.actor_of(User.objects.get(username="carol"), "").organisation_id is None
    visit.sign_in("carol")
    assert visit.client.post(reverse("people:act_for"), {"organisation": firm.pk}).status_code == 403
