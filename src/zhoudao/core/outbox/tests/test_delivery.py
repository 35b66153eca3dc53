"""Delivered at least once, tried again with pauses, and given up where an administrator sees it."""

from datetime import UTC, datetime, timedelta

import pytest

from zhoudao.core import clock
from zhoudao.core.outbox import delivery, jobs, queries
from zhoudao.core.outbox.actions import enqueue_job
from zhoudao.core.outbox.models import OutboxMessage
from zhoudao.core.outbox.rules import LEASE, TRIES
from zhoudao.core.outbox.tests.messages import NUMBER, notice

pytestmark = pytest.mark.django_db
NINE = datetime(2026, 11, 24, 1, tzinfo=UTC)


@pytest.fixture
def worked(monkeypatch):
    """A job that notes its calls and fails while told to."""
    calls = []

    def work(number):
        calls.append(number)
        if number < 0:
            raise ValueError(f"no negative numbers, and nothing about {NUMBER}")

    monkeypatch.setitem(jobs._jobs, "test.work", jobs.Job("test.work", work, None, LEASE))
    return calls


def only():
    return OutboxMessage.objects.get()


def test_a_job_runs_once(worked):
    enqueue_job("test.work", {"number": 7})
    assert delivery.deliver_next() is True
    assert delivery.deliver_next() is False
    assert (worked, only().state, only().tries) == ([7], "delivered", 1)


def test_not_before_it_is_due(worked):
    with clock.at(NINE):
        enqueue_job("test.work", {"number": 7}, run_at=NINE + timedelta(hours=1))
        assert delivery.deliver_next() is False
    with clock.at(NINE + timedelta(hours=1)):
        assert delivery.deliver_next() is True


def test_a_failure_is_tried_again_later_and_given_up_in_the_end(worked):
    moment = NINE
    with clock.at(moment):
        enqueue_job("test.work", {"number": -1})
    pauses = []
    for _ in range(TRIES):
        with clock.at(moment):
            assert delivery.deliver_next() is True
            assert delivery.deliver_next() is False
        pauses.append(only().due_at - moment)
        moment = only().due_at
    assert len(worked) == TRIES
    assert pauses[0] < pauses[1] < pauses[2] < timedelta(minutes=1)
    assert timedelta(minutes=40) < pauses[-2] < timedelta(minutes=75)
    assert only().state == "given_up"
    with clock.at(moment + timedelta(days=1)):
        assert delivery.deliver_next() is False
        assert queries.health().given_up == 1


def test_an_errors_own_words_are_not_kept(worked):
    enqueue_job("test.work", {"number": -1})
    delivery.deliver_next()
    assert only().last_error.startswith("ValueError in work (test_delivery.py:")
    assert NUMBER not in only().last_error


def test_a_message_that_takes_its_worker_down_is_given_up_too(worked):
    moment = NINE
    with clock.at(moment):
        enqueue_job("test.work", {"number": 7})
    for _ in range(TRIES):
        with clock.at(moment):
            assert delivery.claim() is not None  # and the worker is gone
        moment += LEASE
    with clock.at(moment):
        assert delivery.claim() is None
    assert (only().state, only().last_error) == ("given_up", "no worker came back from it")


def test_a_lost_lease_goes_to_another_worker_and_the_first_cannot_finish_it(worked):
    with clock.at(NINE):
        enqueue_job("test.work", {"number": 7})
        first = delivery.claim()
        assert delivery.claim() is None
    with clock.at(NINE + LEASE):
        second = delivery.claim()
    assert second.pk == first.pk
    delivery._finish(first, state="delivered")
    assert (only().state, only().claim) == ("claimed", second.claim)


def test_what_it_said_is_wiped_when_it_is_delivered(settings):
    settings.NOTICE_ADAPTERS = ["file"]
    notice()
    delivery.deliver_next()
    assert (only().state, only().letter) == ("delivered", "")


def test_a_notice_is_written_in_the_recipients_language(settings, tmp_path):
    settings.NOTICE_ADAPTERS = ["file"]
    moment = datetime(2026, 11, 24, 9, tzinfo=UTC)
    notice(key="chinese", values={"name": "阿丽娅·买买提", "moment": moment.isoformat()})
    notice(key="english", language="en")
    notice(key="french", language="fr")
    while delivery.deliver_next():
        pass
    chinese = (tmp_path / "notices" / "chinese.txt").read_text()
    assert "Subject: 你好，阿丽娅·买买提\n\n阿丽娅·买买提：您的“申请”已收到 & 正在办理。" in chinese
    assert (
        'Subject: Hello, 艾丽丝\n\n艾丽丝: your "application" has arrived & is'
        in (tmp_path / "notices" / "english.txt").read_text()
    )
    assert "Subject: 你好" in (tmp_path / "notices" / "french.txt").read_text()


def test_a_job_that_was_taken_out_of_the_house(worked):
    enqueue_job("test.work", {"number": 7})
    jobs._jobs.pop("test.work")
    delivery.deliver_next()
    assert only().last_error.startswith("LookupError in find")
