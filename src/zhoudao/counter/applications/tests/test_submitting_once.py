"""Sent a hundred times, by many at once: one application and one receipt."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from zhoudao.core import clock
from zhoudao.counter.applications import actions
from zhoudao.counter.applications.models import Application, Event, NumberCounter, Submission
from zhoudao.counter.applications.problems import Conflict, Unusable
from zhoudao.counter.applications.tests import life

KEY = "the-key-of-this-form"


@pytest.mark.django_db
def test_a_hundred_identical_submits_make_one():
    with clock.at(life.MONDAY):
        world = life.build()
        asked = life.request(world)
        receipts = [actions.submit(world.clerk, asked, key=KEY) for _ in range(100)]
    assert {receipt.number for receipt in receipts} == {"A20261123-00001"}
    assert [receipt.new for receipt in receipts].count(True) == 1
    assert (Application.objects.count(), Submission.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_a_submit_asks_the_database_a_bounded_number_of_times():
    """Within the transaction, while others wait, only what must be: everything else is read before."""
    with clock.at(life.MONDAY):
        world = life.build()
        actions.submit(world.clerk, life.request(world), key=life.new_uid())
        asked = life.request(world)
        with CaptureQueriesContext(connection) as seen:
            actions.submit(world.clerk, asked, key=life.new_uid())
    statements = [query["sql"] for query in seen.captured_queries]
    began = next(number for number, sql in enumerate(statements) if "applications_paper" in sql)
    inside = [sql for sql in statements[began:] if "SAVEPOINT" not in sql]
    assert len(inside) <= 11
    assert [sql.split()[0] for sql in inside].count("SELECT") == 1  # the trail's head


@pytest.mark.django_db
def test_the_same_key_with_another_body_is_a_conflict():
    with clock.at(life.MONDAY):
        world = life.build()
        actions.submit(world.clerk, life.request(world), key=KEY)
        with pytest.raises(Conflict):
            actions.submit(world.clerk, life.request(world, {**life.ANSWERS, "school": "另一校"}), key=KEY)
    assert Application.objects.count() == 1


@pytest.mark.django_db
def test_keys_of_two_senders_never_meet():
    with clock.at(life.MONDAY):
        world = life.build()
        numbers = {
            actions.submit(clerk, life.request(world), key=KEY).number
            for clerk in (world.clerk, life.officer(world.clerk.role))
        }
    assert len(numbers) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "short", "x" * 101, "钥匙钥匙钥匙钥匙", "a b\nc defgh"])
def test_a_key_that_is_none_is_refused(key):
    world = life.build()
    with pytest.raises(Unusable):
        actions.submit(world.clerk, life.request(world), key=key)


@pytest.mark.django_db(transaction=True)
def test_a_hundred_twins_at_the_same_moment():
    if connection.vendor == "sqlite" and connection.settings_dict["NAME"].startswith("file:memory"):
        pytest.skip("an in-memory database has one connection only")
    world = life.build()
    asked = life.request(world)

    def send(_: int) -> str:
        try:
            return actions.submit(world.clerk, asked, key=KEY).number
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        numbers = set(pool.map(send, range(100)))
    assert len(numbers) == 1
    assert Application.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_numbers_of_a_day_are_counted_without_gaps():
    if connection.vendor == "sqlite" and connection.settings_dict["NAME"].startswith("file:memory"):
        pytest.skip("an in-memory database has one connection only")
    world = life.build()

    def send(place: int) -> str:
        try:
            return actions.submit(world.clerk, life.request(world), key=f"application-{place}").number
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        numbers = sorted(pool.map(send, range(18)))
    assert [number[-5:] for number in numbers] == [f"{count:05d}" for count in range(1, 19)]
    assert NumberCounter.objects.get().last == 18


@pytest.mark.django_db(transaction=True)
def test_of_two_reviewers_who_decide_at_once_one_decides():
    if connection.vendor == "sqlite" and connection.settings_dict["NAME"].startswith("file:memory"):
        pytest.skip("an in-memory database has one connection only")
    world = life.build()
    gate = Barrier(2)

    def decide(number: str, reviewer) -> str:
        gate.wait()
        try:
            if reviewer is world.reviewer:
                actions.approve(reviewer, number, 2)
            else:
                actions.refuse(reviewer, number, 2, "half_year", "没有住满半年")
            return "decided"
        except Conflict:
            return "conflict"
        finally:
            connections.close_all()

    for _ in range(8):
        number = life.accepted(world)
        with ThreadPoolExecutor(2) as pool:
            told = list(pool.map(decide, [number] * 2, [world.reviewer, world.second]))
        assert sorted(told) == ["conflict", "decided"]
        assert Event.objects.filter(application__number=number, verb__in=["approve", "refuse"]).count() == 1
