"""In every Python of the house of `city_day.py` (as its `sitecustomize`): a clock that can jump, and what shows causes.

``CITY_DAY`` names the folder that holds ``offset``, seconds by which the machine's clock is off, read anew at each
look. Transactions that lasted are written to ``transactions`` there, each with where it was begun: on SQLite everybody
who writes waits for them. On SIGUSR1 each process writes where its threads stand.
"""

import faulthandler
import os
import signal
import time
import traceback
from datetime import timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from zhoudao.core import clock

FOLDER = Path(os.environ["CITY_DAY"])
LONG_SECONDS = 1.0

_time, _machine_now, _now = time.time, clock.machine_now, timezone.now  # noqa: TID251  the clock that jumps
_enter, _leave = transaction.Atomic.__enter__, transaction.Atomic.__exit__


def offset():
    try:
        return float((FOLDER / "offset").read_text())
    except (OSError, ValueError):
        return 0.0


def enter(atomic):
    outermost = not transaction.get_connection(atomic.using).in_atomic_block
    _enter(atomic)
    if outermost:
        transaction.get_connection(atomic.using).day_began = time.monotonic()


def leave(atomic, *problem):
    _leave(atomic, *problem)
    connection = transaction.get_connection(atomic.using)
    took = time.monotonic() - getattr(connection, "day_began", time.monotonic())
    if took > LONG_SECONDS and not connection.in_atomic_block:
        ours = [each for each in traceback.extract_stack() if "/zhoudao/" in each.filename]
        where = " < ".join(
            f"{each.name} ({Path(each.filename).name}:{each.lineno})" for each in ours[-1:-5:-1]
        )
        with (FOLDER / "transactions").open("a") as file:
            file.write(f"{took:.1f} {where}\n")


faulthandler.register(signal.SIGUSR1)
time.time = lambda: _time() + offset()
clock.machine_now = lambda: _machine_now() + timedelta(seconds=offset())
timezone.now = lambda: _now() + timedelta(seconds=offset())  # noqa: TID251
transaction.Atomic.__enter__, transaction.Atomic.__exit__ = enter, leave
