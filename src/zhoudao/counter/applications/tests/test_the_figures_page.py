"""The staff page of figures: for those who may, in both languages, as a table, a chart and a file."""

import csv
import io
import re
from itertools import pairwise

import pytest

from zhoudao.core import city
from zhoudao.core.access import STAFF_ROLES, Role
from zhoudao.counter.applications import chart

PAGE, FILE = "/staff/applications/", "/staff/applications/figures.csv"


@pytest.fixture
def some(received, items, districts):
    received(
        (items[0], districts[0], "2026-03-02T10:00:00+08:00"),
        (items[0], districts[1], "2026-03-03T10:00:00+08:00"),
        (items[1], districts[1], "2026-11-03T10:00:00+08:00"),
        (items[1], districts[1], "2025-11-03T10:00:00+08:00"),
    )
    return items[:2], districts[:2]


def test_a_commander_sees_the_whole_city_in_chinese(visit, some):
    page = visit(Role.COMMANDER, "*").get(PAGE)
    text = page.content.decode()
    assert page.status_code == 200
    assert "2026 年的申请" in text
    for district in city.current().districts:
        assert district.name.zh in text
    assert "共收到 3 件申请" in text


def test_the_same_in_english(visit, some):
    browser = visit(Role.COMMANDER, "*")
    text = browser.get(PAGE, headers={"accept-language": "en"}).content.decode()
    assert "Applications in 2026" in text
    assert "3 applications were received" in text
    assert city.current().districts[0].name.en in text


def test_another_year_is_one_press_away(visit, some):
    browser = visit(Role.COMMANDER, "*")
    assert "?year=2025" in browser.get(PAGE).content.decode()
    text = browser.get(PAGE, {"year": "2025"}, headers={"accept-language": "en"}).content.decode()
    assert "1 application was received" in text


@pytest.mark.parametrize("year", ["1999", "next", "2026; drop", "²"])
def test_a_year_without_applications_is_told(visit, some, year):
    answer = visit(Role.COMMANDER, "*").get(PAGE, {"year": year}, headers={"accept-language": "en"})
    assert answer.status_code == 400
    assert "Choose one of 2026, 2025" in answer.content.decode()


def test_a_supervisor_sees_their_own_district(visit, some):
    _, districts = some
    browser = visit(Role.SUPERVISOR, districts[0])
    text = browser.get(PAGE).content.decode()
    assert city.current().district(districts[0]).name.zh in text
    assert city.current().district(districts[1]).name.zh not in re.sub(r"<nav.*?</nav>", "", text, flags=re.S)


@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
@pytest.mark.parametrize("address", [PAGE, FILE])
def test_who_may_open_it(visit, role, address):
    may = role in (Role.SUPERVISOR, Role.REVIEWER, Role.COMMANDER)
    assert visit(role, "*").get(address).status_code == (200 if may else 403)


@pytest.mark.django_db
@pytest.mark.parametrize("address", [PAGE, FILE])
def test_visitors_are_refused_and_nothing_is_changed_by_asking(client, address):
    assert client.get(address).status_code in (302, 401, 403)
    assert client.post(address).status_code in (302, 401, 403, 405)


def test_the_chart_is_drawn_without_script_or_style(visit, some):
    text = visit(Role.COMMANDER, "*").get(PAGE).content.decode()
    drawings = re.findall(r"<svg class=\"month-chart.*?</svg>", text, re.S)
    for drawing, side in zip(drawings, ("height", "width"), strict=True):
        bars = [float(size) for size in re.findall(rf'class="month-bar"[^>]* {side}="([0-9.]+)"', drawing)]
        assert len(bars) == 12
        assert bars[2] == max(bars) > bars[10] > bars[0] == 0
        assert "style=" not in drawing
        assert "<script" not in drawing


def test_the_file_says_what_the_page_says(visit, some):
    items, _ = some
    answer = visit(Role.COMMANDER, "*").get(FILE, headers={"accept-language": "en"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert 'attachment; filename="applications-2026.csv"' in answer["Content-Disposition"]
    text = answer.content.decode("utf-8")
    assert text.startswith("\ufeff")  # spreadsheets need it
    header, *rows, total = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert header == ["Code", "Item", *(district.name.en for district in city.current().districts), "Total"]
    assert [row[0] for row in rows] == [items[0], items[1]]
    assert [row[-1] for row in rows] == ["2", "1"]
    assert total[-1] == "3"


def test_an_empty_year_says_so(visit):
    text = visit(Role.COMMANDER, "*").get(PAGE, headers={"accept-language": "en"}).content.decode()
    assert "No applications in this year" in text
    assert "figures.csv" not in text


def test_it_is_in_the_staff_navigation(visit):
    text = visit(Role.REVIEWER, "*").get(PAGE, headers={"accept-language": "en"}).content.decode()
    assert 'href="/staff/applications/"' in text


def test_the_page_costs_as_many_queries_however_much_there_is(
    visit, some, received, items, django_assert_max_num_queries
):
    browser = visit(Role.COMMANDER, "*")
    browser.get(PAGE)
    with django_assert_max_num_queries(14):
        browser.get(PAGE)


def test_upright_bars_fill_the_drawing_and_stand_side_by_side():
    drawn = chart.upright(["a", "b", "c"], [0, 5, 10])
    bars = drawn.bars
    assert [bar.height for bar in bars] == [0, bars[2].height / 2, drawn.height - 52]
    assert all(left.x + left.width < right.x for left, right in pairwise(bars))
    assert bars[-1].x + bars[-1].width <= drawn.width
    assert all(0 < bar.count_at[1] <= bar.y for bar in bars)
    assert chart.upright(["a"], [0]).bars[0].height == 0


def test_lying_bars_fill_the_drawing_and_lie_one_under_another():
    drawn = chart.lying(["a", "b", "c"], [0, 5, 10])
    bars = drawn.bars
    assert [bar.width for bar in bars] == [0, bars[2].width / 2, bars[2].width]
    assert all(over.y + over.height < under.y for over, under in pairwise(bars))
    assert bars[-1].y + bars[-1].height <= drawn.height
    assert all(bar.x + bar.width < bar.count_at[0] < drawn.width - 40 for bar in bars)
