"""Supervisors' boards: now, today and a month; by window, officer and item; when people come; and as a file."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.urls import reverse

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, VISITOR, Forbidden, Role
from zhoudao.core.audit.models import AuditRow
from zhoudao.counter.windows import actions
from zhoudao.counter.windows.figures import actions as figures
from zhoudao.counter.windows.figures import queries
from zhoudao.counter.windows.figures.rules import Visit, heat, month_of
from zhoudao.counter.windows.problems import Unusable
from zhoudao.counter.windows.tests.conftest import NOON

pytestmark = pytest.mark.django_db
TODAY, TOMORROW = date(2026, 11, 24), date(2026, 11, 25)


@pytest.fixture(autouse=True)
def _morning():
    with clock.at(NOON):
        yield


@pytest.fixture
def lived(hall, clerk):
    """Four came at ten: two were served by the first clerk, ten minutes each, one never came, one waits."""
    one = clerk(1)
    actions.sit(one, hall.code, 1)
    tickets = [actions.take(VISITOR, hall.code, service="id-card") for _ in range(4)]
    for number in range(2):
        with clock.at(NOON + timedelta(minutes=10 * number)):
            actions.call_next(one)
        with clock.at(NOON + timedelta(minutes=10 * (number + 1))):
            actions.close(one, tickets[number].code)
    with clock.at(NOON + timedelta(minutes=20)):
        missed = actions.call_next(one)
        actions.recall(one, missed.code)
        actions.no_show(one, missed.code)
    return hall


def test_a_day_by_window_officer_and_item(lived):
    found = queries.figures(SYSTEM, lived, TODAY, TOMORROW)
    assert (found.whole.tickets, found.whole.served, found.whole.no_shows) == (4, 2, 1)
    assert (found.whole.mean_wait, found.whole.mean_served) == (10.0, 10.0)
    assert [(each.code, each.tickets) for each in found.by_window] == [("1", 3)]
    assert [(each.code, each.tickets, each.served) for each in found.by_officer] == [("120001", 3, 2)]
    assert [(each.code, each.tickets) for each in found.by_item] == [("id-card", 4)]
    assert (found.heat.hours, found.heat.rows) == ((10,), {1: (4.0,)})
    assert queries.figures(SYSTEM, lived, TOMORROW, TOMORROW + timedelta(days=1)).whole.tickets == 0


def test_arrivals_are_averaged_over_the_days_there_were():
    monday = NOON - timedelta(days=1)
    came = [
        Visit("x", 1, "", "served", at, 0.0, 1.0) for at in (monday, monday, monday.replace(hour=12), NOON)
    ]
    days = [monday.date(), monday.date() - timedelta(days=7), NOON.date()]
    found = heat(came, days)
    assert found.hours == (10, 11, 12)
    assert found.rows == {0: (1.0, 0.0, 0.5), 1: (1.0, 0.0, 0.0)}
    assert heat([], []).hours == ()


def test_months_end_where_the_next_begin():
    assert month_of(date(2026, 12, 24)) == (date(2026, 12, 1), date(2027, 1, 1))
    assert month_of(date(2026, 2, 1)) == (date(2026, 2, 1), date(2026, 3, 1))


def test_now_tells_who_sits_where_and_who_waits_longest(lived, clerk):
    with clock.at(NOON + timedelta(minutes=30)):
        actions.call_next(clerk(1))
        actions.take(VISITOR, lived.code, service="residence")
    with clock.at(NOON + timedelta(minutes=35)):
        found = queries.now(SYSTEM, lived)
    assert [(each.window.number, each.officer, each.for_minutes) for each in found.manned] == [
        (1, "120001", 5.0)
    ]
    assert found.waiting == [("residence", 1, 5.0)]
    assert [(each.open, each.windows, each.waiting, each.longest) for each in found.halls] == [(1, 3, 1, 5.0)]


def test_figures_are_those_of_ones_own_districts(lived, clerk):
    own, other = clerk(5, Role.SUPERVISOR), clerk(6, Role.SUPERVISOR, own="elsewhere")
    assert queries.points(own) == [lived]
    assert queries.points(other) == []
    for actor in (other, clerk(1), VISITOR):
        with pytest.raises(Forbidden):
            queries.figures(actor, lived, TODAY, TOMORROW)
        with pytest.raises(Forbidden):
            queries.now(actor, lived)
        with pytest.raises(Forbidden):
            figures.take(actor, lived, TODAY, TOMORROW, "for the weekly meeting")


def test_boards_cost_few_queries(lived, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        queries.figures(SYSTEM, lived, date(2026, 11, 1), date(2026, 12, 1))
    with django_assert_max_num_queries(5):
        queries.now(SYSTEM, lived)


def test_a_file_is_taken_for_a_reason_that_the_trail_keeps(lived, clerk):
    supervisor = clerk(5, Role.SUPERVISOR)
    with pytest.raises(Unusable):
        figures.take(supervisor, lived, TODAY, TOMORROW, "why")
    taken = figures.take(supervisor, lived, TODAY, TOMORROW, "for the weekly meeting")
    assert (taken.by, taken.figures.whole.tickets) == ("120005", 4)
    kept = AuditRow.objects.filter(action="windows.take_figures", outcome="done")
    assert [each.purpose for each in kept] == ["for the weekly meeting"]


def test_the_pages_show_now_today_and_the_month(lived, clerk, visit):
    browser = visit(clerk(5, Role.SUPERVISOR))
    page = reverse("windows:boards")
    assert "120001" in browser.get(page).content.decode()
    assert "<html" not in browser.get(page, {"view": "now", "part": "1"}).content.decode()
    for view in ("today", "month"):
        shown = browser.get(page, {"view": view, "point": lived.code}).content.decode()
        assert "heat-5" in shown
        assert "120001" in shown
    assert browser.get(page, {"view": "month", "month": "2026-10"}).status_code == 200
    for wrong in ({"view": "tomorrow"}, {"view": "month", "month": "soon"}):
        assert browser.get(page, wrong).status_code == 400
    assert browser.get(page, {"point": "NOWHERE"}).status_code == 404


def test_the_file_has_a_marked_row_for_each_line(lived, clerk, visit):
    browser = visit(clerk(5, Role.SUPERVISOR))
    asked = {"point": lived.code, "view": "today", "reason": "for the weekly meeting"}
    answered = browser.post(reverse("windows:take_figures"), asked)
    rows = list(csv.reader(io.StringIO(answered.content.decode("utf-8-sig"))))
    assert {row[0] for row in rows[1:]} == {"合计", "窗口", "民警", "事项", "每小时取号"}
    assert all("120005" in row[-1] for row in rows[1:])
    assert browser.post(reverse("windows:take_figures"), {**asked, "reason": "-"}).status_code == 400
