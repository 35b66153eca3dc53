"""The queues of the sample: served by the rule of the lanes, at windows that are open, a number once."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

from zhoudao.counter.catalog.schema import Service
from zhoudao.sample import tables
from zhoudao.sample.queues import history
from zhoudao.sample.queues.history import SittingRow, VisitRow


def test_no_number_twice_and_nobody_at_a_window_that_is_taken(made):
    visits = tables.read_as(VisitRow, made.folder / history.VISITS)
    assert len({(each.point, each.day, each.number) for each in visits}) == len(visits) > 1000
    at: dict[tuple[str, int], list[VisitRow]] = {}
    for each in visits:
        if each.window is not None:
            at.setdefault((each.point, each.window), []).append(each)
    for served in at.values():
        served.sort(key=lambda each: each.called_at)
        assert all(one.ended_at <= other.called_at for one, other in pairwise(served))


def test_each_is_served_where_somebody_sits(made):
    sat = {
        (each.point, each.window, each.opened_at.date()): each
        for each in tables.read_as(SittingRow, made.folder / history.SITTINGS)
    }
    for each in tables.read_as(VisitRow, made.folder / history.VISITS):
        if each.window is None or each.called_at is None:
            assert each.state == "left"
            continue
        sitting = sat[each.point, each.window, each.day]
        assert sitting.opened_at <= each.called_at < each.ended_at <= sitting.closed_at


def test_it_ends_before_the_sample_begins_and_mondays_are_busier(made):
    visits = tables.read_as(VisitRow, made.folder / history.VISITS)
    today = made.city.as_of.date()
    assert today - timedelta(days=history.DAYS) <= min(each.day for each in visits)
    assert max(each.day for each in visits) < today
    days = Counter(each.day for each in visits)
    mondays = [count for day, count in days.items() if day.weekday() == 0]
    thursdays = [count for day, count in days.items() if day.weekday() == 3]
    assert sum(mondays) / len(mondays) > 1.1 * sum(thursdays) / len(thursdays)
    assert {each.service for each in visits} <= set(Service)
