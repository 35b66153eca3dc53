"""One row an action, written with it or not at all."""

import json

import pytest
from django.db import DatabaseError, connection, transaction

from zhoudao.core.access import SYSTEM, Actor, Forbidden, Permission, Role
from zhoudao.core.audit import guard
from zhoudao.core.audit.actions import act, record_refusal
from zhoudao.core.audit.models import AuditHead, AuditRow, PseudonymKey
from zhoudao.core.audit.queries import verify
from zhoudao.core.city.tests.here import DISTRICT

DO = Permission("test.do", "do something in a test", {Role.CLERK})
DO_MORE = Permission("test.do_more", "do something inside it", {Role.CLERK, Role.REVIEWER})
NOBODY = Permission("test.nobody", "what nobody may do", set())
ALICE = Actor("user:12", Role.CLERK, frozenset({DISTRICT}), origin="192.0.2.77")


def rows():
    return list(AuditRow.objects.order_by("sequence"))


@pytest.mark.django_db
def test_an_action_leaves_one_row():
    with act(ALICE, DO, subject="point:P001", purpose="asked for") as entry:
        entry.note(changed=["phone"], count=2)
    (row,) = rows()
    assert (row.sequence, row.action, row.subject, row.outcome, row.role) == (
        1,
        "test.do",
        "point:P001",
        "done",
        "clerk",
    )
    assert (row.purpose, row.origin, row.details) == (
        "asked for",
        "192.0.2.0/24",
        '{"changed":["phone"],"count":2}',
    )
    assert AuditHead.objects.get().hash == row.hash


@pytest.mark.django_db
def test_persons_stand_in_it_as_pseudonyms():
    for subject in ("resident:7", "user:12"):
        with act(ALICE, DO, subject=subject) as entry:
            entry.note(checked_by="user:12", point="P001")
    with act(SYSTEM, DO, subject="device:3"):
        pass
    first, second, third = rows()
    assert first.actor == second.actor == second.subject == json.loads(first.details)["checked_by"]
    assert first.subject.startswith("resident#")
    assert (third.actor, third.subject) == ("system", "device:3")
    assert not any(":12" in str(vars(row)) or ":7'" in str(vars(row)) for row in rows())
    assert PseudonymKey.objects.count() == 2


@pytest.mark.django_db
def test_a_failure_rolls_the_business_back_and_leaves_its_own_row():
    def fail():
        with act(ALICE, DO) as entry:
            PseudonymKey.objects.create(person="user:99", secret="00")
            entry.note(seen=3)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    (row,) = rows()
    assert (row.outcome, row.details) == ("failed", '{"error":"RuntimeError","seen":3}')
    assert not PseudonymKey.objects.filter(person="user:99").exists()


@pytest.mark.django_db
def test_a_refusal_leaves_its_own_row():
    with pytest.raises(Forbidden), act(ALICE, NOBODY, subject="point:P001", district=DISTRICT):
        pytest.fail("not reached")
    (row,) = rows()
    assert (row.outcome, row.action, row.details) == (
        "refused",
        "test.nobody",
        f'{{"district":"{DISTRICT}"}}',
    )


@pytest.mark.django_db
def test_a_querys_refusal_is_recorded_once():
    refusal = Forbidden(ALICE, NOBODY, None)
    record_refusal(refusal)
    record_refusal(refusal)
    with pytest.raises(Forbidden) as caught, act(ALICE, NOBODY):
        pass
    record_refusal(caught.value)
    assert [row.outcome for row in rows()] == ["refused", "refused"]


@pytest.mark.django_db
def test_nested_actions_join_the_outermost():
    with act(ALICE, DO, purpose="one purpose"):
        with act(ALICE, DO_MORE):
            pass
        assert rows() == []
    assert [(row.action, row.purpose) for row in rows()] == [
        ("test.do", "one purpose"),
        ("test.do_more", "one purpose"),
    ]


@pytest.mark.django_db
def test_a_nested_failure_that_is_caught_is_a_row_beside_the_done_one():
    def fail():
        with act(ALICE, DO_MORE):
            with act(ALICE, DO_MORE):
                PseudonymKey.objects.create(person="user:99", secret="00")
            raise RuntimeError

    with act(ALICE, DO):
        with pytest.raises(RuntimeError):
            fail()
        with act(ALICE, DO_MORE):
            pass
    assert [(row.action, row.outcome) for row in rows()] == [
        ("test.do", "done"),
        ("test.do_more", "failed"),
        ("test.do_more", "done"),
    ]
    assert not PseudonymKey.objects.filter(person="user:99").exists()


@pytest.mark.django_db
def test_a_nested_refusal_fails_the_whole():
    def try_both():
        with act(ALICE, DO):
            with act(ALICE, DO_MORE):
                pass
            with act(ALICE, NOBODY):
                pass

    with pytest.raises(Forbidden):
        try_both()
    assert [(row.action, row.outcome) for row in rows()] == [
        ("test.do", "refused"),
        ("test.nobody", "refused"),
    ]


@pytest.mark.django_db
def test_a_note_that_json_cannot_hold_is_refused_where_it_is_made():
    with pytest.raises(TypeError, match="object can't be written as JSON"), act(ALICE, DO) as entry:
        entry.note(bad=object())
    assert [row.outcome for row in rows()] == ["failed"]


@pytest.mark.django_db
def test_the_database_refuses_to_change_or_delete_a_row():
    with act(ALICE, DO):
        pass
    assert guard.present(connection)
    for change in (lambda: AuditRow.objects.update(role="x"), lambda: AuditRow.objects.all().delete()):
        with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
            change()
    assert verify(SYSTEM).whole


@pytest.mark.django_db(transaction=True)
def test_a_real_rollback_leaves_no_done_row():
    with act(ALICE, DO):
        pass
    with pytest.raises(RuntimeError), act(ALICE, DO):
        raise RuntimeError
    assert [(row.sequence, row.outcome) for row in rows()] == [(1, "done"), (2, "failed")]


@pytest.mark.django_db(transaction=True)
def test_what_can_be_read_before_is_read_before_the_transaction():
    seen = []
    with act(ALICE, DO, before=lambda: seen.append(connection.in_atomic_block)):
        seen.append(connection.in_atomic_block)
    assert seen == [False, True]


@pytest.mark.django_db
def test_what_fails_before_is_remembered_and_what_is_refused_is_never_begun():
    with pytest.raises(ValueError, match="not so"), act(ALICE, DO, before=lambda: int("not so")):
        pytest.fail("it was begun")
    with pytest.raises(Forbidden), act(ALICE, NOBODY, before=lambda: pytest.fail("it was begun")):
        pass
    assert [(row.action, row.outcome) for row in rows()] == [
        ("test.do", "failed"),
        ("test.nobody", "refused"),
    ]
