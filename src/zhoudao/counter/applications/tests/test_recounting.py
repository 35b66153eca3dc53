"""A promise into a year whose holidays were not known, once they are."""

from datetime import date, datetime

import pytest

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, Forbidden
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.workdays import actions as workdays
from zhoudao.core.workdays.rules import Named
from zhoudao.core.workdays.table import Table
from zhoudao.counter.applications import actions
from zhoudao.counter.applications.actions.recounting import recount
from zhoudao.counter.applications.models import Application
from zhoudao.counter.applications.tests import life

pytestmark = pytest.mark.django_db
LAST_DAYS = datetime.fromisoformat("2026-12-31T10:00:00+08:00")
"""A Thursday: two working days on is the Monday, as far as one knows."""
NEXT_YEAR = Table(
    date(2027, 1, 1), date(2027, 12, 31),
    {date(2027, 1, 1): Named(False, "元旦", "New Year"), date(2027, 1, 4): Named(False, "样例", "Sample")}, "a test",
)  # fmt: skip


@pytest.fixture
def world():
    with clock.at(LAST_DAYS):
        yield life.build()


def only() -> Application:
    return Application.objects.get()


def test_it_stays_uncertain_until_the_calendar_reaches_it_and_then_is_counted_once(world):
    receipt = life.submitted(world)
    assert not receipt.due_confirmed
    assert recount(SYSTEM) == 0
    assert not AuditRow.objects.filter(action="applications.recount").exists(), "nothing to look at"
    workdays.publish(SYSTEM, NEXT_YEAR, "the State Council's notice for 2027")
    version, turn = only().version, only().turn_at
    assert recount(SYSTEM) == 1
    found = only()
    assert found.due_confirmed
    assert found.due_at.date() > receipt.due_at.date(), "the Monday turned out to be a holiday"
    assert (found.version, found.status) == (version, "submitted"), "an officer who has it open loses nothing"
    assert found.turn_at != turn
    assert recount(SYSTEM) == 0
    rows = AuditRow.objects.filter(action="applications.recount", outcome="done")
    assert ['"confirmed":true' in each.details and '"moved":true' in each.details for each in rows] == [True]


def test_what_is_decided_already_is_left_alone(world):
    receipt = life.submitted(world)
    actions.withdraw(world.resident, receipt.number, 1)
    workdays.publish(SYSTEM, NEXT_YEAR, "the State Council's notice for 2027")
    assert recount(SYSTEM) == 0
    assert not only().due_confirmed


def test_only_the_platform_counts_again(world):
    with pytest.raises(Forbidden):
        recount(world.supervisor)
