"""The worker: delivers what is due and starts recurring jobs, until it is told to stop."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import close_old_connections, connection, transaction

from zhoudao.core import clock
from zhoudao.core.outbox import delivery, jobs, living
from zhoudao.core.outbox.actions import enqueue_job
from zhoudao.core.outbox.models import RecurringRun
from zhoudao.core.outbox.rules import is_new_slot, slot

THREADS = 2
"""One slow gateway or long job doesn't hold up the rest."""
IDLE_SECONDS = 1.0
STOP_SECONDS = 1.5
"""How long work in hand may take to end; what doesn't is taken back by the next worker."""

log = logging.getLogger(__name__)


def run(stop: threading.Event) -> None:
    """Work until ``stop`` is set; returns within two seconds of it."""
    with living.living(_folder()) as mark:
        steps = [enqueue_recurring, take_back, *[partial(delivery.deliver_next, mark)] * THREADS]
        threads = [threading.Thread(target=_repeat, args=(step, stop), daemon=True) for step in steps]
        for thread in threads:
            thread.start()
        stop.wait()
        end = time.monotonic() + STOP_SECONDS
        for thread in threads:
            thread.join(max(0.0, end - time.monotonic()))


def _folder() -> Path:
    return Path(settings.VAR) / "workers"


def take_back() -> bool:
    """Put back what workers of this machine that ended had in hand; False, since there is never more at once."""
    for mark in living.ended(_folder()):
        delivery.take_back(mark)
        living.forget(_folder(), mark)
    return False


def _repeat(step: Callable[[], bool], stop: threading.Event) -> None:
    """Take the step again and again; wait a moment when there was nothing to do, or when it failed."""
    while not stop.is_set():
        close_old_connections()
        try:
            busy = step()
        except Exception as error:  # the database went away, say: the worker outlives it
            log.error("worker: %s", type(error).__name__)
            busy = False
        if not busy:
            stop.wait(IDLE_SECONDS)
    connection.close()


def enqueue_recurring() -> bool:
    """Enqueue every recurring job whose interval has begun; whether there was one."""
    now = clock.now()
    enqueued = 0
    for job in jobs.recurring():
        assert job.interval is not None
        enqueued += _enqueue_once(job, slot(now, job.interval))
    return enqueued > 0


def _enqueue_once(job: jobs.Job, current: int) -> bool:
    run, _ = RecurringRun.objects.get_or_create(name=job.name)
    if not is_new_slot(current, run.slot):
        return False
    with transaction.atomic():
        # Of several workers, the one whose update finds the slot unchanged enqueues the job.
        unchanged = {"slot__isnull": True} if run.slot is None else {"slot": run.slot}
        if not RecurringRun.objects.filter(pk=run.pk, **unchanged).update(slot=current):
            return False
        enqueue_job(job.name)
    return True
