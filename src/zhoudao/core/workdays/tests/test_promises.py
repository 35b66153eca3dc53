"""A promise beyond the table is unconfirmed, and the administrators are told once."""

from datetime import datetime

import pytest

from zhoudao.core.access import SYSTEM, Actor, Role
from zhoudao.core.outbox import delivery
from zhoudao.core.outbox.models import Letter, OutboxMessage
from zhoudao.core.outbox.queries import letters_of
from zhoudao.core.workdays import actions, queries

pytestmark = pytest.mark.django_db
CLERK = Actor("user:2", Role.CLERK)
ADMINISTRATOR = Actor("user:1", Role.ADMINISTRATOR)


@pytest.fixture(autouse=True)
def _seeded():
    queries.forget_cached()
    actions.seed(SYSTEM)
    yield
    queries.forget_cached()


def at(text):
    return datetime.fromisoformat(f"{text}+08:00")


def test_within_the_table_nobody_is_told():
    due = actions.promise(CLERK, at("2026-11-24T10:00"), 5)
    assert (due.at, due.confirmed) == (at("2026-12-01T17:00"), True)
    assert not OutboxMessage.objects.exists()


def test_beyond_the_table_the_administrators_are_told_once():
    for day in ("2026-12-30", "2026-12-31", "2027-01-04"):
        due = actions.promise(CLERK, at(f"{day}T10:00"), 5)
        assert not due.confirmed
    while delivery.deliver_next():
        pass
    assert Letter.objects.count() == 1
    (letter,) = letters_of(ADMINISTRATOR)
    assert letter.subject == "工作日表只到 2026 年底"
    assert "zhoudao workdays set --file 2027.csv" in letter.text
    assert letters_of(CLERK) == []


def test_a_table_that_ends_later_is_a_new_reason_to_tell(tmp_path):
    actions.promise(CLERK, at("2026-12-31T10:00"), 5)
    path = tmp_path / "2027.csv"
    path.write_text("day,is_workday,name_zh,name_en\n2027-02-06,no,春节,Spring Festival\n", encoding="utf-8")
    actions.publish(SYSTEM, actions.table.from_csv(path), "Notice 2026-30")
    assert actions.promise(CLERK, at("2026-12-31T10:00"), 5).confirmed
    actions.promise(CLERK, at("2027-12-31T10:00"), 5)
    assert OutboxMessage.objects.filter(name="workdays/unconfirmed").count() == 2


def test_before_any_table_it_counts_weekdays_and_says_so():
    actions.Version.objects.all().delete()
    queries.forget_cached()
    due = actions.promise(CLERK, at("2026-11-20T10:00"), 1)
    assert (due.at, due.confirmed) == (at("2026-11-23T17:00"), False)
    while delivery.deliver_next():
        pass
    assert Letter.objects.get().subject == "还没有工作日表"
