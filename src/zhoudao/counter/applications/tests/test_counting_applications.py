"""Figures by item, month and district: right at the edges of a year, and only of one's own districts."""

from datetime import timedelta

import pytest

from zhoudao.core import clock
from zhoudao.core.access import STAFF_ROLES, VISITOR, Forbidden, Role
from zhoudao.counter.applications.queries import counting as queries
from zhoudao.counter.applications.tests.conftest import NOW, actor_of
from zhoudao.counter.catalog import ports


@pytest.fixture
def two_years(received, items, districts):
    a, b = items[:2]
    first, second = districts[:2]
    received(
        (a, first, "2025-12-31T23:59:59+08:00"),
        (a, first, "2026-01-01T00:00:00+08:00"),
        (a, first, "2026-11-20T10:00:00+08:00"),
        (b, second, "2026-11-20T23:30:00+08:00"),
        (b, second, "2026-11-21T10:00:00+08:00"),
        (b, first, "2026-10-31T23:59:59+08:00"),
    )
    return a, b, first, second


def test_a_year_by_item_and_district(two_years, districts):
    a, b, first, second = two_years
    figures = queries.year_figures(actor_of(Role.COMMANDER, "*"), 2026)
    assert figures.districts == districts
    assert [(row.item, row.total) for row in figures.items] == [(b, 3), (a, 2)]
    assert (figures.items[0].by_district[first], figures.items[0].by_district[second]) == (1, 2)
    assert (figures.by_district[first], figures.by_district[second], figures.total) == (3, 2, 5)


def test_months_are_the_citys_own(two_years):
    commander = actor_of(Role.COMMANDER, "*")
    assert queries.month_counts(commander, 2026) == [1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 0]
    assert queries.month_counts(commander, 2025) == [0] * 11 + [1]
    assert sum(queries.month_counts(commander, 2026)) == queries.year_figures(commander, 2026).total


def test_a_supervisor_sees_their_own_district_only(two_years):
    _, b, _, second = two_years
    supervisor = actor_of(Role.SUPERVISOR, second)
    figures = queries.year_figures(supervisor, 2026)
    assert (figures.districts, figures.total) == ([second], 2)
    assert [row.item for row in figures.items] == [b]
    assert sum(queries.month_counts(supervisor, 2026)) == 2
    assert queries.years(supervisor) == [2026]


def test_years_are_those_with_applications(two_years, received):
    assert queries.years(actor_of(Role.COMMANDER, "*")) == [2026, 2025]


@pytest.mark.django_db
def test_with_nothing_received_this_year_is_shown():
    with clock.at(NOW):
        assert queries.years(actor_of(Role.COMMANDER, "*")) == [2026]
    assert queries.year_figures(actor_of(Role.COMMANDER, "*"), 2026).total == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", [queries.year_figures, queries.month_counts, lambda actor, _: queries.years(actor)]
)
def test_who_may_see_figures(query):
    may = {Role.SUPERVISOR, Role.REVIEWER, Role.COMMANDER}
    for role in STAFF_ROLES:
        if role in may:
            query(actor_of(role, "*"), 2026)
        else:
            with pytest.raises(Forbidden):
                query(actor_of(role, "*"), 2026)
    for actor in (VISITOR, actor_of(Role.RESIDENT), actor_of(Role.SUPERVISOR)):
        with pytest.raises(Forbidden):
            query(actor, 2026)


def test_what_is_asked_for_most(two_years):
    a, b, *_ = two_years
    assert queries.popular_items(VISITOR, NOW - timedelta(days=400), 5) == [(a, 3), (b, 3)]
    assert queries.popular_items(VISITOR, NOW - timedelta(days=30), 5) == [(b, 3), (a, 1)]
    assert queries.popular_items(VISITOR, NOW - timedelta(days=30), 1) == [(b, 3)]


def test_the_catalogue_asks_this_room(two_years):
    a, b, *_ = two_years
    with clock.at(NOW):
        assert ports.popular(VISITOR, 5) == [b, a]


def test_each_question_is_one_query(two_years, django_assert_num_queries):
    commander = actor_of(Role.COMMANDER, "*")
    for ask in (
        lambda: queries.year_figures(commander, 2026),
        lambda: queries.month_counts(commander, 2026),
        lambda: queries.years(commander),
        lambda: queries.popular_items(VISITOR, NOW, 5),
    ):
        with django_assert_num_queries(1):
            ask()
