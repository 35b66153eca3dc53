"""How long failures lock: as long as enough of them are still young."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as some

from zhoudao.core.people.rules.lockout import locked_until

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
COOLING = timedelta(minutes=15)
minutes = some.integers(0, 40)
failures = some.lists(some.tuples(minutes.map(lambda ago: NOW - timedelta(minutes=ago)), some.integers(1, 9)))


def young(rows, now):
    return sum(count for moment, count in rows if moment + COOLING > now)


@given(failures, some.integers(1, 20))
def test_locked_just_as_long_as_enough_failures_are_young(rows, limit):
    until = locked_until(rows, limit, COOLING, NOW)
    if until is None:
        assert young(rows, NOW) < limit
    else:
        assert young(rows, until - timedelta(microseconds=1)) >= limit > young(rows, until)


def test_the_older_failures_open_it_once_too_few_are_left():
    rows = [(NOW - timedelta(minutes=10), 3), (NOW - timedelta(minutes=1), 2)]
    assert locked_until(rows, 5, COOLING, NOW) == NOW + timedelta(minutes=5)
    assert locked_until(rows, 2, COOLING, NOW) == NOW + timedelta(minutes=14)
    assert locked_until(rows, 6, COOLING, NOW) is None
