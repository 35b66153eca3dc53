"""How often pages, items and points are looked at, without following anyone.

A web process counts in memory and puts what it counted into a file of its own now and then; a job adds the files up
into one number a day, kind and code. No address, no cookie, no order of events is ever kept.
"""

from __future__ import annotations

import atexit
import json
import os
import threading
import time
from collections import Counter
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F, Sum

from zhoudao.core import clock
from zhoudao.core.access import Actor, require
from zhoudao.counter.places.journeys.rules import COUNT_VISITS, SEE_VISITS
from zhoudao.counter.places.models import Visit

PAGE, ITEM, POINT = "page", "item", "point"
WRITE_EVERY = 10.0
"""Seconds between two files of a process; what a process that is killed had counted since is lost."""
MOST_COUNTERS = 5000
"""Counters a process keeps at most before it writes them out."""

_counted: Counter[tuple[date, str, str]] = Counter()
_written_at = time.monotonic()
_counting = threading.Lock()


def count(kind: str, code: str) -> None:
    """One look at a page, an item or a point. Quick: memory, and every ten seconds one small file."""
    global _written_at
    with _counting:
        _counted[clock.local(clock.now()).date(), kind, code] += 1
        if time.monotonic() - _written_at < WRITE_EVERY and len(_counted) < MOST_COUNTERS:
            return
        _written_at = time.monotonic()
    write_out()


def write_out() -> None:
    """Put what this process has counted into a file for the job."""
    with _counting:
        rows = [[day.isoformat(), kind, code, number] for (day, kind, code), number in _counted.items()]
        _counted.clear()
    if not rows or not Path(settings.VAR).is_dir():
        return
    spool = _spool()
    spool.mkdir(exist_ok=True)
    name = f"{os.getpid()}-{time.time_ns()}"
    coming = spool / f".{name}"
    coming.write_text(json.dumps(rows), encoding="utf-8")
    coming.rename(spool / f"{name}.json")


atexit.register(write_out)


def gather(actor: Actor) -> int:
    """Add the files of all processes up; returns how many visits that were. Raises Forbidden."""
    require(actor, COUNT_VISITS)
    spool = _spool()
    files = sorted(spool.glob("*.json")) if spool.is_dir() else []
    total: Counter[tuple[str, str, str]] = Counter()
    for file in files:
        for day, kind, code, number in json.loads(file.read_text(encoding="utf-8")):
            total[day, kind, code] += number
    with transaction.atomic():
        for (day, kind, code), number in total.items():
            visit, is_new = Visit.objects.get_or_create(
                day=day, kind=kind, code=code, defaults={"count": number}
            )
            if not is_new:
                Visit.objects.filter(pk=visit.pk).update(count=F("count") + number)
        # Inside the transaction: if a file can't be taken away, it is not counted either.
        for file in files:
            file.unlink()
    return total.total()


def most(actor: Actor, kind: str, first: date, last: date, limit: int = 50) -> list[tuple[str, int]]:
    """What was looked at most from ``first`` to ``last``, both included: codes and how often. Raises Forbidden."""
    require(actor, SEE_VISITS)
    found = (
        Visit.objects.filter(kind=kind, day__range=(first, last))
        .values("code")
        .annotate(total=Sum("count"))
        .order_by("-total", "code")
    )
    return [(row["code"], row["total"]) for row in found[:limit]]


def _spool() -> Path:
    return Path(settings.VAR) / "visits"
