"""The year at a glance, and changing a day on it."""

import pytest

from zhoudao.core.access import SYSTEM, VISITOR, Actor, Role
from zhoudao.core.audit.tests.acting import client_of, middleware
from zhoudao.core.workdays import actions, queries
from zhoudao.core.workdays.models import Version

pytestmark = pytest.mark.django_db
ADMINISTRATOR = Actor("user:1", Role.ADMINISTRATOR)
CLERK = Actor("user:2", Role.CLERK)
PAGE = "/staff/workdays/"
TYPHOON = {
    "day": "2026-11-25",
    "kind": "rest",
    "name_zh": "台风停课停工",
    "name_en": "Typhoon",
    "reason": "Typhoon notice 12",
}


@pytest.fixture(autouse=True)
def _seeded(settings):
    settings.MIDDLEWARE = middleware()
    queries.forget_cached()
    actions.seed(SYSTEM)
    yield
    queries.forget_cached()


def test_holidays_and_make_up_days_are_marked_in_words():
    page = client_of(CLERK).get(PAGE, {"year": "2026"}).content.decode()
    assert page.count("day holiday") > 30
    assert (
        '<span class="day make-up" title="春节调休">14<span class="visually-hidden"> 春节调休</span></span>'
        in page
    )
    assert "待确认" not in page


def test_a_year_beyond_the_table_is_unconfirmed():
    page = client_of(CLERK).get(PAGE, {"year": "2027"}).content.decode()
    assert "待确认" in page
    assert "2027.csv" in page


@pytest.mark.parametrize("year", ["", "x", "1066", "²"])
def test_a_year_that_makes_no_sense_is_this_year(year):
    assert "2026" in client_of(CLERK).get(PAGE, {"year": year}).content.decode()


def test_an_administrator_changes_a_day():
    answer = client_of(ADMINISTRATOR).post(PAGE, TYPHOON, follow=True)
    assert "台风停课停工" in answer.content.decode()
    assert Version.objects.count() == 2
    assert Version.objects.get(number=2).reason == "Typhoon notice 12"


@pytest.mark.parametrize(
    "wrong", [{"reason": ""}, {"day": "2026-02-30"}, {"day": "2031-01-01"}, {"kind": "x"}]
)
def test_what_cannot_be_published_is_said_beside_the_field(wrong):
    answer = client_of(ADMINISTRATOR).post(PAGE, TYPHOON | wrong)
    assert answer.status_code == 400
    assert Version.objects.count() == 1
    assert TYPHOON["name_zh"] in answer.content.decode(), "what was typed is kept"


def test_others_look_and_cannot_change():
    assert (
        "<form"
        not in client_of(CLERK).get(PAGE).content.decode().partition("<main")[2].partition("</main")[0]
    )
    assert client_of(CLERK).post(PAGE, TYPHOON).status_code == 403
    assert client_of(VISITOR).get(PAGE).status_code in (302, 401, 403)
    assert Version.objects.count() == 1
