"""Many clients at once, each with a connection of its own: half draw tickets, half call them.

The suite's SQLite is one shared memory database, which real clients never meet. Run as a module, this makes a file
database of its own (DATABASE_URL), says each acknowledged ticket on its own line as it comes, and ends with what came
of it as JSON. Killed in the middle, it can be asked afterwards (``--check``) what the database remembers.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

POINT = "P900"
SERVICES = ("id-card", "residence")


def meet(clients: int, turns: int, seconds: float, say=lambda line: None) -> dict[str, object]:
    """``clients`` each take ``turns`` turns, or as many as fit into ``seconds`` (0: no limit)."""
    clerks = open_hall(clients // 2)
    end = time.monotonic() + seconds if seconds else None
    errors: list[str] = []
    lock = threading.Lock()

    def told(line: str) -> None:
        with lock:
            say(line)

    def work(number: int) -> None:
        from django.db import connection

        step = _caller(clerks[number // 2]) if number % 2 else _drawer(number, told)
        try:
            done = 0
            while (end is None or time.monotonic() < end) and (end is not None or done < turns):
                step()
                done += 1
        except Exception as error:
            errors.append(repr(error))
        finally:
            connection.close()

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(work, range(clients)))
    return {"errors": errors, **found()}


def found() -> dict[str, object]:
    """What the database remembers, and what of it is wrong."""
    from zhoudao.core.access import SYSTEM
    from zhoudao.core.audit import queries
    from zhoudao.counter.windows.models import Ticket, TicketEvent

    numbers = list(Ticket.objects.values_list("number", flat=True))
    calls = Counter(TicketEvent.objects.filter(verb="call").values_list("ticket_id", flat=True))
    return {
        "tickets": len(numbers),
        "called": len(calls),
        "repeated": len(numbers) - len(set(numbers)),
        "called_twice": sum(count > 1 for count in calls.values()),
        "out_of_order": _out_of_order(),
        "whole": queries.verify(SYSTEM).whole,
    }


def _out_of_order() -> int:
    """Every call again, from the events alone: whom the published rule would have called, and whether it was them."""
    from zhoudao.counter.windows.models import TicketEvent
    from zhoudao.counter.windows.queries.lines import as_desk, as_waiting
    from zhoudao.counter.windows.rules import next_in_line, passes_over

    waiting: dict[int, object] = {}
    wrong = 0
    for event in TicketEvent.objects.select_related("ticket", "window").order_by("pk"):
        if event.verb == "take":
            waiting[event.ticket_id] = replace(as_waiting(event.ticket), passed_over=0, window=None)
        elif event.verb == "call":
            desk = as_desk(event.window)
            chosen = next_in_line(desk, waiting.values(), event.at)
            wrong += chosen is None or chosen.ticket != event.ticket_id
            for passed in passes_over(desk, waiting.values(), waiting[event.ticket_id]):
                waiting[passed.ticket] = replace(passed, passed_over=passed.passed_over + 1)
            del waiting[event.ticket_id]
    return wrong


def open_hall(windows: int) -> list:
    """A point that is always open, and a clerk at each of its windows."""
    from zhoudao.core import city
    from zhoudao.core.access import SYSTEM
    from zhoudao.core.people.models import User
    from zhoudao.core.workdays import actions as workdays
    from zhoudao.counter.places.models import Point
    from zhoudao.counter.windows import actions
    from zhoudao.counter.windows.models import Window

    workdays.seed(SYSTEM)
    district = city.current().districts[0].code
    point = Point.objects.create(
        code=POINT, name_zh="样例", name_en="Sample", kind="counter", district=district,
        address_zh="样例路1号", address_en="1 Sample Road", longitude=122.2, latitude=30.0, hours="24/7",
        phone="", step_free=True, services=list(SERVICES), changed_at=datetime.fromisoformat("2026-11-24T08:00+08:00"),
    )  # fmt: skip
    clerks = []
    for number in range(1, windows + 1):
        kind = "enterprise" if number % 3 == 0 else "general"
        served = list(SERVICES) if number % 2 else [SERVICES[0]]
        Window.objects.create(point=point, number=number, kind=kind, services=served)
        user = User.objects.create(
            username=f"many{number}", role="clerk", districts=[district], staff_number=f"13{number:04d}"
        )
        actions.sit(user.as_actor("127.0.0.1"), POINT, number)
        clerks.append(user.as_actor("127.0.0.1"))
    return clerks


def _drawer(number: int, told):
    from zhoudao.core.access import VISITOR, Actor, Role
    from zhoudao.counter.windows import actions
    from zhoudao.counter.windows.rules import Ground

    who = Actor("visitor", Role.AGENT) if number % 8 == 0 else VISITOR
    ground = Ground.ELDERLY if number % 8 == 4 else None

    def draw() -> None:
        ticket = actions.take(who, POINT, service=SERVICES[number // 2 % 2], ground=ground)
        told(ticket.code)

    return draw


def _caller(clerk):
    from zhoudao.counter.windows import actions

    def call() -> None:
        ticket = actions.call_next(clerk)
        if ticket is not None:
            actions.close(clerk, ticket.code)

    return call


if __name__ == "__main__":
    import django
    from django.core.management import call_command

    django.setup()
    if sys.argv[1] == "--check":
        from zhoudao.counter.windows.models import Ticket

        codes = list(Ticket.objects.values_list("code", flat=True))
        sys.stdout.write(json.dumps({**found(), "codes": codes}))
    else:
        call_command("migrate", verbosity=0)

        def say(line: str) -> None:
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()

        clients, turns, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
        sys.stdout.write(json.dumps(meet(clients, turns, seconds, say)))
