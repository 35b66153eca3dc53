"""Of two who publish at once, the second builds on the first: no change is lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection

from zhoudao.core.access import SYSTEM, Actor, Role
from zhoudao.core.workdays import actions, queries
from zhoudao.core.workdays.rules import DayKind, Named

PUBLISHERS = 5
FIRST = date(2026, 11, 2)


def take_off(number):
    try:
        day = FIRST + timedelta(days=number)
        return actions.change_day(
            Actor(f"user:{number}", Role.ADMINISTRATOR), day, Named(False), "a typhoon"
        ).number
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    "connection.vendor == 'sqlite'", reason="SQLite has one writer, and the suite's is in memory"
)
def test_no_change_is_lost():
    queries.forget_cached()
    actions.seed(SYSTEM)
    with ThreadPoolExecutor(PUBLISHERS) as pool:
        numbers = sorted(pool.map(take_off, range(PUBLISHERS)))
    assert numbers == list(range(2, PUBLISHERS + 2))
    queries.forget_cached()
    kind = queries.day_kinds(SYSTEM)
    assert {kind(FIRST + timedelta(days=number)) for number in range(PUBLISHERS)} == {DayKind.HOLIDAY}
