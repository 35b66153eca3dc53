"""Statements that are composed once say what the ORM says, and come back as it gives them."""

from datetime import date

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from zhoudao.core import clock
from zhoudao.core.outbox.models import Letter, OutboxMessage
from zhoudao.core.people.models import Agency, Organisation, Resident
from zhoudao.core.statements import ask, change, insert, prepare, read, together

pytestmark = pytest.mark.django_db
LETTERS = Letter._meta.db_table


def message(key: str, letter: str = "给王小明的信") -> OutboxMessage:
    return OutboxMessage(
        key=key, kind="notice", name="n", payload={"b": [1, "二"], "a": None}, letter=letter,
        enqueued_at=clock.now(), due_at=clock.now(),
    )  # fmt: skip


def letter(key: str) -> Letter:
    return Letter(key=key, recipient="user:1", subject="%s; DROP", text="正文", arrived_at=clock.now())


def test_what_is_inserted_is_read_as_the_orm_wrote_it():
    ours, theirs = message("one"), message("two")
    insert(ours)
    theirs.save()
    assert ours.pk is not None
    assert not ours._state.adding
    names = [field.name for field in OutboxMessage._meta.fields if field.name not in ("id", "key")]
    [first, second] = OutboxMessage.objects.order_by("key").values(*names)
    assert first == second
    assert first["payload"] == {"b": [1, "二"], "a": None}


def test_sealed_fields_are_sealed_in_the_table_and_opened_when_read():
    insert(message("one"))
    [[kept]] = ask(f"SELECT letter FROM {OutboxMessage._meta.db_table}")
    assert kept.startswith("k1:")
    [row] = read(OutboxMessage, ("pk", "letter", "due_at", "finished_at"), "WHERE key = %s", ["one"])
    assert row == OutboxMessage.objects.values_list("pk", "letter", "due_at", "finished_at").get()
    assert row[1] == "给王小明的信"
    assert repr(row[1]) == "'•••'"


def test_several_rows_are_given_their_own_keys():
    rows = [letter(f"letter-{number}") for number in range(5)]
    insert(*rows)
    assert {row.pk: row.key for row in rows} == dict(Letter.objects.values_list("pk", "key"))


def test_a_row_that_is_there_stays_as_it_is_and_gives_its_key():
    first, again = message("one"), message("one", "another letter")
    insert(first, known_by="key")
    insert(again, known_by="key")
    assert again.pk == first.pk
    assert OutboxMessage.objects.get().letter == "给王小明的信"


def test_without_it_the_database_refuses():
    insert(letter("one"))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(letter("one"))


def test_what_is_sent_together_is_written_in_its_order_and_has_its_keys_afterwards():
    first, second = letter("one"), letter("two")
    with together():
        insert(first)
        change(f"UPDATE {LETTERS} SET recipient = %s WHERE key IN (%s, %s)", ["role:auditor", "one", "two"])
        insert(second)
        assert (first.pk, second.pk) == (None, None)
    kept = dict(Letter.objects.values_list("pk", "recipient"))
    assert kept == {first.pk: "role:auditor", second.pk: "user:1"}


def test_postgresql_is_sent_one_message():
    with CaptureQueriesContext(connection) as sent, together():
        insert(letter("one"))
        with together():
            insert(message("two"))
        change(f"DELETE FROM {LETTERS} WHERE key = %s", ["one"])
    assert len(sent) == (1 if connection.vendor == "postgresql" else 3)
    assert not Letter.objects.exists()


def test_a_row_may_refer_to_one_that_is_sent_before_it():
    people = [
        Resident(
            name=f"某{number}", name_index="n", document_kind="resident_id", document_number="339999199001010011",
            document_index=f"document-{number}",
        )
        for number in range(2)
    ]  # fmt: skip
    firm = Organisation(name="舟", credit_code="91330900MA2A0000X1")
    agencies = [Agency(person=each, organisation=firm, valid_from=date(2026, 1, 1)) for each in people]
    rows = [prepare(each) for each in (*people, firm, *agencies)]
    with together():
        for row in rows:
            row.send()
    assert set(Agency.objects.values_list("pk", "person", "organisation")) == {
        (agency.pk, person.pk, firm.pk) for agency, person in zip(agencies, people, strict=True)
    }
    assert [agency.person_id for agency in agencies] == [person.pk for person in people]


def test_what_is_known_late_is_put_in_when_it_is_sent():
    row = prepare(letter("one"))
    row.send(recipient="role:auditor", subject="后来")
    assert Letter.objects.values_list("recipient", "subject").get() == ("role:auditor", "后来")


def test_what_fails_before_its_end_sends_nothing():
    def half_way() -> None:
        with together():
            insert(letter("one"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_way()
    insert(letter("two"))
    assert list(Letter.objects.values_list("key", flat=True)) == ["two"]


def test_a_field_that_is_none_is_named():
    with pytest.raises(FieldDoesNotExist, match="nothing"):
        read(Letter, ("nothing",), "")
