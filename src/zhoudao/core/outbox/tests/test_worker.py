"""Real worker processes on a real database: each message arrives, each slot runs once, and they stop when
told.
"""

import json
import signal
import socket
import threading
import time

import pytest
from django.db import DatabaseError

from zhoudao.core import clock
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.outbox import delivery, jobs, living, worker
from zhoudao.core.outbox.actions import enqueue_job
from zhoudao.core.outbox.adapters.demo_gateway import Gateway
from zhoudao.core.outbox.models import OutboxMessage, RecurringRun
from zhoudao.core.outbox.tests.house import House
from zhoudao.core.outbox.tests.messages import notice

NOTICES = 60
LONG_ENOUGH = 60
"""Seconds: a bound on a machine that is busy with everybody's tests; nothing asserts how fast it is."""


def until(done):
    end = time.monotonic() + LONG_ENOUGH
    while not (found := done()):
        assert time.monotonic() < end, "it didn't happen"
        time.sleep(0.05)
    return found


@pytest.mark.django_db(transaction=True)
def test_two_workers_deliver_everything_once_and_stop_on_sigterm(tmp_path):
    with Gateway() as gateway, House(tmp_path, ZHOUDAO_NOTICES="sms", ZHOUDAO_SMS_URL=gateway.url) as house:
        threading.Thread(target=gateway.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        house.fill(NOTICES)
        workers = [house.worker(), house.worker()]
        until(lambda: len(gateway.taken) == NOTICES)
        until(lambda: set(house.states()) == {"delivered"})
        for process in workers:
            process.send_signal(signal.SIGTERM)
        assert [process.wait(LONG_ENOUGH) for process in workers] == [0, 0]
        gateway.shutdown()
        assert gateway.requests == NOTICES, "nothing was delivered twice"
        # One of the jobs writes a letter of its own: this house has no working days, and says so to the administrators.
        alarms = 1
        assert house.states() == {"delivered": NOTICES + len(jobs.recurring()) + alarms}, (
            "and each job ran once"
        )
    heads = (tmp_path / "audit-heads" / "2026-11-24.jsonl").read_text().splitlines()
    assert len([json.loads(head) for head in heads]) == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_stops_though_a_gateway_never_answers(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with House(tmp_path, ZHOUDAO_NOTICES="sms", ZHOUDAO_SMS_URL=address) as house:
            house.fill(1)
            process = house.worker()
            silent.settimeout(LONG_ENOUGH)
            connection, _ = silent.accept()  # the worker is waiting for an answer now
            process.send_signal(signal.SIGTERM)
            assert process.wait(LONG_ENOUGH) == 0
            connection.close()
            assert house.states()["claimed"] == 1, "the next worker takes it back"


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_worker_had_in_hand_is_tried_again_long_before_its_lease_ends(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        # A pause passes only on a clock that runs; the suite's stands still.
        with House(tmp_path, ZHOUDAO_NOTICES="sms", ZHOUDAO_SMS_URL=address, ZHOUDAO_CLOCK="real") as house:
            house.fill(1)
            process, other = house.worker(), house.worker()
            silent.settimeout(LONG_ENOUGH)
            connection, _ = silent.accept()
            for each in (process, other):  # either has it in hand
                each.kill()
                each.wait()
            connection.close()
            assert house.states()["claimed"] == 1
            house.worker()
            silent.accept()[0].close()
            assert len(list((tmp_path / "workers").iterdir())) == 1, "those that ended are forgotten"


@pytest.mark.django_db
def test_what_a_living_worker_has_in_hand_stays_with_it(tmp_path, settings):
    settings.VAR = tmp_path
    with living.living(tmp_path / "workers") as mark:
        enqueue_job("outbox.prune")
        OutboxMessage.objects.update(state="claimed", claim=f"{mark}ff")
        assert worker.take_back() is False
        assert OutboxMessage.objects.get().state == "claimed"
    worker.take_back()
    held = OutboxMessage.objects.get()
    assert (held.state, held.claim, held.last_error) == ("waiting", "", "its worker ended")
    assert held.due_at > clock.now(), "after a pause: it may be what killed it"
    assert list((tmp_path / "workers").iterdir()) == []


@pytest.mark.django_db
def test_a_recurring_job_is_enqueued_once_a_slot():
    assert worker.enqueue_recurring() is True
    assert worker.enqueue_recurring() is False
    enqueued = sorted(OutboxMessage.objects.values_list("name", flat=True))
    assert enqueued == [job.name for job in jobs.recurring()]
    assert {"audit.sign_head", "outbox.prune"} <= set(enqueued)


@pytest.mark.django_db
def test_another_worker_that_saw_the_same_slot_enqueues_nothing(monkeypatch):
    worker.enqueue_recurring()
    RecurringRun.objects.update(slot=0)
    stale = {run.name: run for run in RecurringRun.objects.all()}
    worker.enqueue_recurring()
    monkeypatch.setattr(
        RecurringRun.objects, "get_or_create", lambda name: (stale[name], False), raising=True
    )
    assert worker.enqueue_recurring() is False
    assert OutboxMessage.objects.count() == 2 * len(jobs.recurring())


@pytest.mark.django_db
def test_the_house_signs_the_audit_trails_head(tmp_path):
    worker.enqueue_recurring()
    while delivery.deliver_next():
        pass
    assert AuditRow.objects.filter(action="audit.sign_head").count() == 1
    assert (tmp_path / "heads" / "2026-11-24.jsonl").exists()


@pytest.mark.django_db
def test_old_messages_are_forgotten_and_stuck_ones_kept():
    old = notice(key="old")
    stuck = notice(key="stuck")
    long_ago = "2026-01-01T00:00:00+00:00"
    OutboxMessage.objects.filter(pk=old.pk).update(state="delivered", finished_at=long_ago)
    OutboxMessage.objects.filter(pk=stuck.pk).update(state="given_up", finished_at=long_ago)
    worker.enqueue_recurring()
    while delivery.deliver_next():
        pass
    assert not OutboxMessage.objects.filter(pk=old.pk).exists()
    assert OutboxMessage.objects.filter(pk=stuck.pk).exists()


@pytest.mark.django_db
def test_a_step_that_fails_does_not_end_the_worker(monkeypatch):
    stop, calls = threading.Event(), []

    def step():
        calls.append(1)
        if len(calls) == 1:
            raise DatabaseError("gone for a moment")
        stop.set()
        return True

    monkeypatch.setattr(worker, "IDLE_SECONDS", 0.0)
    thread = threading.Thread(target=worker._repeat, args=(step, stop))
    thread.start()
    thread.join(LONG_ENOUGH)
    assert len(calls) == 2
