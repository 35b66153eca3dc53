"""Many at once for one half hour, each with a connection of its own. Run as a module on a database of its own.

Prints JSON: how many won, how many were told that it is taken, and what the database remembers.
"""

from __future__ import annotations

import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta


def race(people: int) -> dict[str, object]:
    from zhoudao.core import clock
    from zhoudao.core.access import VISITOR
    from zhoudao.counter.windows.booking import actions, queries
    from zhoudao.counter.windows.booking.models import Appointment
    from zhoudao.counter.windows.models import Window
    from zhoudao.counter.windows.problems import Conflict
    from zhoudao.counter.windows.tests import many_clients

    many_clients.open_hall(2)
    Window.objects.exclude(number=1).update(withdrawn=True)
    service = Window.objects.get(number=1).services[0]
    point = Window.objects.get(number=1).point
    slot = next(
        each
        for each in queries.free(VISITOR, point, service, clock.now())
        if each.starts > clock.now() + timedelta(hours=3)
    )
    start = threading.Barrier(people)

    def want(number: int) -> str:
        from django.db import connection

        start.wait()
        try:
            wish = actions.Wish(slot.starts, service, mobile=f"128{number:08d}")
            return actions.book(VISITOR, point.code, wish).code
        except Conflict:
            return "taken"
        except Exception as error:
            return repr(error)
        finally:
            connection.close()

    with ThreadPoolExecutor(people) as pool:
        said = list(pool.map(want, range(people)))
    kept = list(Appointment.objects.values_list("code", flat=True))
    return {
        "slot_had": slot.left,
        "won": [each for each in said if each in kept],
        "taken": said.count("taken"),
        "other": [each for each in said if each not in kept and each != "taken"],
        "kept": kept,
    }


if __name__ == "__main__":
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    print(json.dumps(race(int(sys.argv[1]))))  # noqa: T201
