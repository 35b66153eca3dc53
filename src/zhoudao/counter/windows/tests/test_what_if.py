"""Staffing what-if: a past day played again gives its own waits, and shorter ones with one more window."""

import json
from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from django.urls import reverse

from zhoudao.core import clock
from zhoudao.core.access import ALL_DISTRICTS, SYSTEM, VISITOR, Forbidden, Role
from zhoudao.counter.windows.commands import windows
from zhoudao.counter.windows.models import Sitting, Ticket
from zhoudao.counter.windows.problems import NotFound
from zhoudao.counter.windows.rules import WindowKind
from zhoudao.counter.windows.tests.conftest import NOON
from zhoudao.counter.windows.whatif import queries
from zhoudao.counter.windows.whatif.queries import NoHistory, what_if
from zhoudao.counter.windows.whatif.rules import Change, More, read_more

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)
NINE = NOON.replace(day=23, hour=9)
TAKES, BETWEEN = timedelta(minutes=10), timedelta(seconds=12)


@pytest.fixture(autouse=True)
def _next_morning():
    with clock.at(NOON):
        yield


@pytest.fixture
def busy(hall):
    """Six people come to window 1 within six minutes, the fourth for a firm; one more gives up after half an hour."""
    window = hall.windows.get(number=1)
    Sitting.objects.create(
        window=window, opened_at=NINE.replace(hour=8, minute=30), closed_at=NINE.replace(hour=17)
    )
    called = NINE
    for number in range(6):
        joined = NINE + timedelta(minutes=number)
        called = max(called, joined)
        put(
            hall,
            number,
            joined,
            called,
            called + TAKES,
            window,
            lane="enterprise" if number == 3 else "ordinary",
        )
        called += TAKES + BETWEEN
    put(hall, 6, NINE + timedelta(minutes=6), None, NINE + timedelta(minutes=36), None)
    return hall


def put(hall, number, joined, called, ended, window, lane="ordinary"):
    Ticket.objects.create(
        code=f"W{number}", point=hall, day=DAY, number=f"A{number:03d}", service="id-card", lane=lane, channel="door",
        taken_at=joined, joined_at=joined, first_called_at=called, called_at=called, ended_at=ended,
        state="served" if called else "left", window=window,
    )  # fmt: skip


def test_a_day_played_as_it_was_gives_its_own_waits(busy):
    found = what_if(SYSTEM, busy.code, DAY, DAY)
    assert found.now == found.measured == found.then
    everybody, firms, ordinary = found.now
    assert (everybody.people, everybody.not_called, firms.people, ordinary.people) == (7, 1, 1, 6)
    assert firms.mean == pytest.approx(3 * 9.2, abs=0.1)
    assert [(each.number, each.called) for each in found.worked_now] == [(1, 6)]
    assert found.better_on == 0


def test_one_more_window_for_enterprises_takes_the_firm_first_and_then_the_others(busy):
    found = what_if(SYSTEM, busy.code, DAY, DAY, Change((More(WindowKind.ENTERPRISE),)))
    assert found.better_on == 1
    everybody, _firms, _ = found.then
    assert everybody.mean < found.now[0].mean / 2
    assert everybody.not_called == 0, "who gave up is called before their half hour is over"
    assert [(each.number, each.kind, each.called) for each in found.worked_then] == [
        (1, "general", 4), (2, "enterprise", 3),
    ]  # fmt: skip


def test_without_its_only_window_nobody_is_called(busy):
    found = what_if(SYSTEM, busy.code, DAY, DAY, Change(without=frozenset({1})))
    assert found.then[0].not_called == 7
    assert found.then[0].mean == 0.0


def test_a_window_turned_for_enterprises_calls_the_firm_before_those_who_came_earlier(busy):
    found = what_if(SYSTEM, busy.code, DAY, DAY, Change(turned=frozenset({1})))
    assert found.then[1].lane == "enterprise"
    assert found.then[1].mean == pytest.approx(7.2, abs=0.1), "second to be called, not fourth"


def test_hours_and_services_of_an_added_window_count(busy):
    late = Change((read_more("general:id-card@Mo-Fr 09:30-12:00"),))
    found = what_if(SYSTEM, busy.code, DAY, DAY, late)
    assert [each.called for each in found.worked_then] == [4, 2], "who gave up had gone"
    elsewhere = Change((read_more("general:residence"),))
    assert what_if(SYSTEM, busy.code, DAY, DAY, elsewhere).then == found.now


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Change(without=frozenset({9})), "no window 9"),
        (Change((More(WindowKind.GENERAL, ("fishing",)),)), "fishing"),
        (Change((More(WindowKind.GENERAL, hours="sometimes"),)), "opening hours"),
    ],
)
def test_what_cannot_be_is_said(busy, change, said):
    with pytest.raises(ValueError, match=said):
        what_if(SYSTEM, busy.code, DAY, DAY, change)


def test_days_without_a_record_of_who_sat_where_are_not_played(busy):
    Sitting.objects.all().delete()
    with pytest.raises(NoHistory):
        what_if(SYSTEM, busy.code, DAY, DAY)
    with pytest.raises(ValueError, match="62 days"):
        what_if(SYSTEM, busy.code, DAY, DAY + timedelta(days=62))
    with pytest.raises(NotFound):
        what_if(SYSTEM, "NOWHERE", DAY, DAY)


def test_supervisors_ask_in_their_own_districts_only(busy, clerk):
    own, other = clerk(1, Role.SUPERVISOR), clerk(2, Role.SUPERVISOR, own="elsewhere")
    assert what_if(own, busy.code, DAY, DAY).point == busy
    assert queries.points(own) == [busy]
    assert queries.points(other) == []
    for actor in (other, clerk(3), VISITOR):
        with pytest.raises(Forbidden):
            what_if(actor, busy.code, DAY, DAY)
    with pytest.raises(Forbidden):
        queries.points(clerk(3))
    assert queries.points(clerk(4, Role.COMMANDER, own=ALL_DISTRICTS)) == [busy]


def test_as_many_queries_for_a_week_as_for_a_day(busy, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        what_if(SYSTEM, busy.code, DAY - timedelta(days=6), DAY)


def test_the_page_answers_the_usual_question_and_any_other(busy, clerk, visit):
    browser = visit(clerk(1, Role.SUPERVISOR))
    page = reverse("windows:what_if")
    assert "wait-chart" in browser.get(page).content.decode()
    assert browser.get(page).context["found"].change == Change((More(WindowKind.ENTERPRISE),))
    asked = browser.get(
        page, {"point": busy.code, "last": "2026-11-23", "span": "1", "enterprise": "0", "without": "1"}
    )
    assert asked.context["found"].then[0].not_called == 7
    for wrong in ({"span": "9"}, {"without": "x"}, {"last": "yesterday"}, {"turn": "77"}):
        assert browser.get(page, {"point": busy.code, **wrong}).status_code == 400
    Sitting.objects.all().delete()
    assert "wait-chart" not in browser.get(page).content.decode()
    Ticket.objects.all().delete()
    assert browser.get(page).status_code == 200


def test_the_command_prints_a_table_or_a_document(busy):
    run = CliRunner().invoke(windows, ["what-if", busy.code, "--add", "enterprise"])
    assert run.exit_code == 0, run.output
    assert "enterprise" in run.output
    document = CliRunner().invoke(windows, ["what-if", busy.code, "--from", "2026-11-23", "--json"])
    assert json.loads(document.output)["days"] == ["2026-11-23"]
    for wrong in (
        [busy.code, "--add", "royal"],
        [busy.code, "--without", "9"],
        ["NOWHERE"],
        [busy.code, "--from", "2020-01-01"],
    ):
        assert CliRunner().invoke(windows, ["what-if", *wrong]).exit_code == 2
