"""Numbers of applications: one row a day, counted under its lock, so that no two are alike and none is left out."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from zhoudao.core import clock
from zhoudao.counter.applications.models import NumberCounter


def next_number(now: datetime) -> str:
    """``A20261124-00017``: the day, and a count within it. In the caller's transaction."""
    day = clock.local(now).date()
    if not NumberCounter.objects.filter(day=day).update(last=F("last") + 1):
        NumberCounter.objects.get_or_create(day=day)
        NumberCounter.objects.filter(day=day).update(last=F("last") + 1)
    return f"A{day:%Y%m%d}-{NumberCounter.objects.values_list('last', flat=True).get(day=day):05d}"
