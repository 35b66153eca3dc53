"""Who has too much in hand, what will be late, and the figures of promised and kept."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhoudao.core import clock
from zhoudao.core.access import Forbidden
from zhoudao.counter.applications import actions, load
from zhoudao.counter.applications.models import Application
from zhoudao.counter.applications.queries import performance as performance_queries
from zhoudao.counter.applications.queries import team as queries
from zhoudao.counter.applications.queries.performance import middle
from zhoudao.counter.applications.tests import life


@given(st.dictionaries(st.integers(0, 30), st.integers(1, 40), max_size=8), st.floats(0.1, 20))
def test_falls_behind_is_the_first_day_that_working_by_deadline_misses(due, steps_a_day):
    done, missed = 0.0, None
    waiting = sorted(day for day, count in due.items() for _ in range(count))
    for place, day in enumerate(waiting, 1):
        done = place / steps_a_day  # working days needed for the first ``place`` steps
        if done > day + 1 + 1e-9 and missed is None:
            missed = day
    found = load.falls_behind(due, steps_a_day)
    exact = any(abs(place / steps_a_day - day - 1) < 1e-6 for place, day in enumerate(waiting, 1))
    assert exact or found == missed


def test_a_new_officer_is_measured_by_the_colleague_in_the_middle():
    assert load.usual_pace([0, 2, 4, 9]) == 4
    assert load.usual_pace([0, 0]) == 1


@given(st.lists(st.integers(0, 60), min_size=1, max_size=50))
def test_middle_is_reached_by_half(values):
    found = middle(Counter(values))
    assert sorted(values)[(len(values) - 1) // 2] == found


@pytest.fixture
def world(db):
    with clock.at(life.MONDAY):
        yield life.build()


def test_what_is_late_and_will_be(world):
    first, second = life.accepted(world), life.accepted(world)
    life.submitted(world)
    actions.assign(world.supervisor, first, world.reviewer.user_id)
    Application.objects.filter(number=first).update(due_at=life.MONDAY - timedelta(days=1))
    Application.objects.filter(number=second).update(due_at=life.TUESDAY)
    Application.objects.exclude(number__in=[first, second]).update(due_at=life.MONDAY + timedelta(days=9))
    found = queries.team(world.supervisor, life.DISTRICT)
    assert (found.late, found.by_tomorrow, found.of_nobody) == (1, 1, 2)
    assert [row.number for row in found.urgent] == [first, second]
    officer = next(each for each in found.officers if each.pk == world.reviewer.user_id)
    assert (officer.in_hand, officer.late, officer.by_tomorrow, officer.overloaded) == (1, 1, 0, False)
    assert world.other.user_id not in {each.pk for each in found.officers}
    with pytest.raises(Forbidden):
        queries.team(world.supervisor, life.OTHER_DISTRICT)


def test_days_without_a_step_make_nobody_slow():
    assert (load.pace([4, 6]), load.pace([])) == (5.0, 0.0)


def test_somebody_with_too_much_stands_first(world):
    actions.accept(world.reviewer, life.submitted(world).number, 1)
    for _ in range(4):
        number = life.accepted(world)
        actions.assign(world.supervisor, number, world.second.user_id)
    Application.objects.filter(assignee=world.second.user_id).update(
        due_at=life.MONDAY + timedelta(hours=6)
    )
    first = queries.team(world.supervisor, life.DISTRICT).officers[0]
    assert (first.pk, first.falls_behind, first.by_tomorrow) == (world.second.user_id, 0, 4)


def test_promised_and_kept(world):
    number = life.accepted(world)
    with clock.at(life.TUESDAY):
        actions.approve(world.reviewer, number, 2)
    late = life.accepted(world)
    with clock.at(life.MONDAY + timedelta(days=14)):
        actions.refuse(world.reviewer, late, 2, "half_year", "没有住满半年")
    with clock.at(life.MONDAY + timedelta(days=15)):
        found = performance_queries.performance(world.supervisor, 2026)
    [line] = found.by_item
    assert (line.code, line.issued, line.decided, line.worst) == (life.PERMIT, 1, 2, 10)
    assert (line.promised, line.median, line.kept, line.change) == (2, 1, 1, None)
    assert [each.code for each in found.by_district] == [life.DISTRICT]
    assert found.whole.issued == 1
