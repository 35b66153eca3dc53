"""Sent a hundred times, by many at once: one application and one receipt."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from zhoudao.core import clock
from zhoudao.counter.applications import actions
from zhoudao.counter.applications.models import Application, NumberCounter, Submission
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
def test_twins_at_the_same_moment():
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
        numbers = set(pool.map(send, range(24)))
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
