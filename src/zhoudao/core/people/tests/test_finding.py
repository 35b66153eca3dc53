"""A resident is found by number only for a purpose, only in one's districts, and every look is written
down.
"""

from __future__ import annotations

import pytest

from zhoudao.core.access import Actor, Forbidden, Role
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.city.tests.here import DISTRICT, OTHER_DISTRICT
from zhoudao.core.people import actions, queries
from zhoudao.core.people.rules.bad_input import BadInput
from zhoudao.core.people.tests.cast import identity_number

CLERK = Actor("user:7", Role.CLERK, frozenset({DISTRICT}), user_id=7)
STRANGER = Actor("user:8", Role.CLERK, frozenset({OTHER_DISTRICT}), user_id=8)


def test_finds_by_the_blind_index_however_it_was_typed(carol):
    for typed in (
        identity_number(1),
        identity_number(1).lower(),
        " 3399 9919 8002 29 " + identity_number(1)[14:],
    ):
        assert actions.find_resident(CLERK, typed, "application A1") == carol
    assert actions.find_resident(CLERK, identity_number(2), "application A1") is None


def test_needs_a_purpose_and_a_number(carol):
    with pytest.raises(BadInput, match="purpose"):
        actions.find_resident(CLERK, identity_number(1), " ")
    with pytest.raises(BadInput):
        actions.find_resident(CLERK, "12345", "application A1")


def test_only_in_ones_districts(carol):
    with pytest.raises(Forbidden):
        actions.find_resident(STRANGER, identity_number(1), "curiosity")
    for role in set(Role) - {Role.CLERK, Role.REVIEWER, Role.SUPERVISOR, Role.SYSTEM}:
        with pytest.raises(Forbidden):
            actions.find_resident(Actor("user:9", role, frozenset({"*"})), identity_number(1), "curiosity")


def test_every_look_is_written_down_without_the_number(carol):
    before = AuditRow.objects.count()
    actions.find_resident(CLERK, identity_number(1), "application A1")
    actions.find_resident(CLERK, identity_number(2), "application A2")
    with pytest.raises(Forbidden):
        actions.find_resident(STRANGER, identity_number(1), "curiosity")
    rows = list(AuditRow.objects.order_by("sequence"))[before:]
    assert [(row.action, row.purpose, row.outcome) for row in rows] == [
        ("people.find_resident", "application A1", "done"),
        ("people.find_resident", "application A2", "done"),
        ("people.find_resident", "curiosity", "refused"),
    ]
    written = "".join(str(vars(row)) for row in rows)
    assert identity_number(1) not in written
    assert identity_number(2) not in written


def test_a_summary_is_masked(carol):
    summary = queries.resident_summary(CLERK, carol.pk)
    assert (summary.name, summary.mobile) == ("张*三", "12******001")
    assert summary.document == identity_number(1)[:4] + "*" * 10 + identity_number(1)[-4:]
    with pytest.raises(Forbidden):
        queries.resident_summary(STRANGER, carol.pk)
    assert queries.resident_summary(CLERK, carol.pk + 1) is None


def test_a_list_of_summaries_leaves_out_other_districts(carol, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert list(queries.resident_summaries(CLERK, [carol.pk, carol.pk + 1])) == [carol.pk]
    assert queries.resident_summaries(STRANGER, [carol.pk]) == {}


def test_a_resident_sees_what_is_kept_about_them(carol):
    actor = carol.user.as_actor()
    assert queries.own_details(actor) == carol
    assert queries.own_details(Actor("user:99", Role.RESIDENT, user_id=99)) is None
    with pytest.raises(Forbidden):
        queries.own_details(CLERK)
