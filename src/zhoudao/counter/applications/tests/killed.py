"""Processes that are killed in the middle of an action, and what is there afterwards.

Run as a module, on the database of DATABASE_URL: ``python -m ...killed 30``. It forks a process that hands in,
accepts, approves and issues applications and says each time that it is done; the process sends itself signal 9 just
before a statement of an action, or when it has committed and not yet said so; and another takes up where it fell. What
came of it is printed as JSON.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SEED = 20261124
VERBS = ("submit", "approve", "issue")
MOST_STATEMENTS = 30
"""More than any of the three takes: beyond its last statement it is killed after the commit, before it says so."""


def run(kills: int) -> dict[str, object]:
    from zhoudao.counter.applications.tests import life

    world = life.build()
    keys = [f"killed-application-{number:03d}" for number in range(kills + 1)]
    """One more than can be used up: each kill ends at most one application's step."""
    acknowledged: Counter[tuple[str, str]] = Counter()
    chance = random.Random(SEED)
    killed = 0
    for place in range(kills):
        when = (VERBS[place % len(VERBS)], chance.randrange(MOST_STATEMENTS))
        told, status = _in_a_process(lambda when=when: _work(world, keys, when))
        killed += os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        acknowledged.update(told)
    told, status = _in_a_process(lambda: _work(world, keys, None))
    acknowledged.update(told)
    assert status == 0, "the last one finishes"
    return {"killed": killed, "keys": keys, **_found(keys, acknowledged)}


def _in_a_process(work: Callable[[], None]) -> tuple[list[tuple[str, str]], int]:
    """What a child said it had done before it ended, and how it ended."""
    from django.db import connections

    connections.close_all()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.dup2(writing, 1)
        try:
            work()
            connections.close_all()
            os._exit(0)
        except BaseException as error:
            sys.stderr.write(f"{error!r}\n")
            sys.stderr.flush()
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = [tuple(line.split()) for line in pipe if line.endswith("\n")]
    _, status = os.waitpid(child, 0)
    return said, status  # type: ignore[return-value]


def _work(world, keys: list[str], when: tuple[str, int] | None) -> None:
    """Bring every application to its end, and say of each step that it is done."""
    from zhoudao.core import clock
    from zhoudao.counter.applications import actions
    from zhoudao.counter.applications.models import Application
    from zhoudao.counter.applications.tests import life

    with clock.at(life.MONDAY):
        for key in keys:
            asked = life.request(world, uid=key)
            new = not Application.objects.filter(uid=key).exists()
            with _killed("submit", when if new else None):
                number = actions.submit(world.clerk, asked, key=key).number
            _say("submit", number)
            row = Application.objects.get(number=number)
            if row.status == "submitted":
                actions.accept(world.clerk, number, row.version)
            row.refresh_from_db()
            if row.status == "received":
                with _killed("approve", when):
                    actions.approve(world.reviewer, number, row.version)
                _say("approve", number)
            row.refresh_from_db()
            if row.status == "approved":
                with _killed("issue", when):
                    actions.issue(world.reviewer, number, row.version)
                _say("issue", number)


def _say(verb: str, number: str) -> None:
    os.write(1, f"{verb} {number}\n".encode())


@contextmanager
def _killed(verb: str, when: tuple[str, int] | None) -> Iterator[None]:
    """Kill this process at the n-th statement inside the block, or at its end when it has fewer."""
    from django.db import connection

    if when is None or when[0] != verb:
        yield
        return
    left = when[1]

    def count(execute, sql, params, many, context):
        nonlocal left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield
    os.kill(os.getpid(), signal.SIGKILL)


def _found(keys: list[str], acknowledged: Counter[tuple[str, str]]) -> dict[str, object]:
    from django.apps import apps

    from zhoudao.core.access import SYSTEM
    from zhoudao.core.audit import queries as audit
    from zhoudao.core.audit.models import AuditRow
    from zhoudao.core.outbox.models import OutboxMessage
    from zhoudao.counter.applications.models import Application, Event, Submission

    events = Counter(Event.objects.values_list("verb", "application__number"))
    verified = audit.verify(SYSTEM)
    return {
        "applications": Application.objects.count(),
        "finished": Application.objects.filter(status="finished").count(),
        "submissions": Submission.objects.count(),
        "certificates": apps.get_model("credentials", "Credential").objects.count(),
        "lost": sorted(f"{verb} {number}" for verb, number in acknowledged if not events[verb, number]),
        "doubled": sorted(f"{verb} {number}" for (verb, number), count in events.items() if count != 1),
        "events": len(events),
        "handled": AuditRow.objects.filter(action="applications.handle", outcome="done").count(),
        "entered": AuditRow.objects.filter(action="applications.enter", outcome="done").count(),
        "notices": OutboxMessage.objects.filter(name="applications/issued", channel="letterbox").count(),
        "whole": verified.whole,
    }


if __name__ == "__main__":
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    sys.stdout.write(json.dumps(run(int(sys.argv[1]))))
