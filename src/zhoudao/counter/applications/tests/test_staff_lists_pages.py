"""The officers' list, the team and the figures of promised and kept, as pages."""

import csv
import io

import pytest

from zhoudao.core import clock
from zhoudao.core.access import Role
from zhoudao.counter.applications import actions
from zhoudao.counter.applications.models import Application
from zhoudao.counter.applications.tests import life

CASES, TEAM, KEPT = (
    "/staff/applications/cases/",
    "/staff/applications/team/",
    "/staff/applications/performance/",
)


@pytest.fixture
def world(db):
    with clock.at(life.MONDAY):
        yield life.build()


def test_the_next_is_taken_and_opened(world, visit):
    number = life.accepted(world)
    browser = visit(Role.REVIEWER, life.DISTRICT)
    assert number in browser.get(CASES).content.decode()
    answer = browser.post("/staff/applications/next/")
    assert answer["Location"].endswith(f"/cases/{number}/")
    assert Application.objects.get(number=number).assignee_id is not None
    assert browser.post("/staff/applications/next/")["Location"] == CASES


@pytest.mark.parametrize("part", ["to-do", "mine", "all", "applicant", "finished", "refused", "nonsense"])
@pytest.mark.parametrize("after", ["", "2026-11-23T10:00:00+08:00~5", "nonsense", "2026-11-23T10:00:00~5", "~"])
def test_every_list_opens_from_any_place(world, visit, part, after):
    life.accepted(world)
    address = f"{CASES}?part={part}&item=residence-permit&district=nowhere"
    assert visit(Role.REVIEWER, life.DISTRICT).get(address, {"after": after}).status_code == 200


def test_a_supervisor_moves_work(world, visit):
    number = life.accepted(world)
    browser = visit(Role.SUPERVISOR, life.DISTRICT)
    assert f"{TEAM}{life.OTHER_DISTRICT}/" not in browser.get(TEAM, {"district": life.OTHER_DISTRICT}).content.decode()
    assert browser.post(f"{TEAM}assign/{number}/", {"officer": world.second.user_id}).status_code == 302
    assert Application.objects.get(number=number).assignee_id == world.second.user_id
    browser.post(f"{TEAM}{life.DISTRICT}/{world.second.user_id}/all/", {"officer": ""})
    assert Application.objects.get(number=number).assignee_id is None
    browser.post(f"{TEAM}{life.DISTRICT}/{world.second.user_id}/items/", {"items": ["residence-permit"]})
    assert "selected" in browser.get(TEAM).content.decode()
    assert browser.post(f"{TEAM}assign/{number}/", {"officer": "nobody"}).status_code == 400
    assert visit(Role.CLERK, life.DISTRICT).get(TEAM).status_code == 403


def test_promised_and_kept_as_page_and_file(world, visit):
    number = life.accepted(world)
    with clock.at(life.TUESDAY):
        actions.approve(world.reviewer, number, 2)
    browser = visit(Role.SUPERVISOR, life.DISTRICT)
    with clock.at(life.TUESDAY.replace(hour=16)):
        assert "<svg" in browser.get(KEPT).content.decode()
        file = browser.get("/staff/applications/performance.csv").content.decode()
        rows = list(csv.reader(io.StringIO(file)))
    _kind, code, _name, issued, before, change, decided, promised, median, worst, kept = rows[1]
    assert (code, issued, before, change, decided) == ("residence-permit", "1", "0", "", "1")
    assert (promised, median, worst, kept) == ("2", "1", "1", "100.0")
    assert len(rows) == 4
