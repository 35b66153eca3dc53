"""Numbers of applications: one row a day, counted under its lock, so that no two are alike and none is left out."""

from __future__ import annotations

from datetime import datetime

from zhoudao.core import clock
from zhoudao.core.statements import ask
from zhoudao.counter.applications.models import NumberCounter

TABLE = NumberCounter._meta.db_table
NEXT = (
    f"INSERT INTO {TABLE} (day, last) VALUES (%s, 1) "  # noqa: S608  our own table
    f"ON CONFLICT (day) DO UPDATE SET last = {TABLE}.last + 1 RETURNING last"
)
"""Counting and reading in one statement, which the ORM can't say; both databases can."""


def next_number(now: datetime) -> str:
    """``A20261124-00017``: the day, and a count within it. In the caller's transaction, and as late in it as can be:
    until it commits, everybody else of that day waits."""
    day = clock.local(now).date()
    [[last]] = ask(NEXT, [day])
    return f"A{day:%Y%m%d}-{last:05d}"
