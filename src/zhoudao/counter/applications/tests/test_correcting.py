"""An officer puts an obvious slip right, as the applicant says: what stood there is kept, and the applicant is told."""

import json

import pytest

from zhoudao.core import clock
from zhoudao.core.access import Forbidden
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.outbox.models import OutboxMessage
from zhoudao.counter.applications import actions
from zhoudao.counter.applications.models import Application, Event, Submission
from zhoudao.counter.applications.problems import Conflict, Unusable
from zhoudao.counter.applications.queries import own
from zhoudao.counter.applications.queries.contents import latest_answers
from zhoudao.counter.applications.rules import Status, Verb
from zhoudao.counter.applications.tests import life
from zhoudao.counter.applications.tests.life import MONDAY

pytestmark = pytest.mark.django_db
SLIP = {"school": "海岛职业学校"}
WHY = "学校名称漏写了职业二字"


@pytest.fixture
def world():
    return life.build()


@pytest.fixture(autouse=True)
def monday():
    with clock.at(MONDAY):
        yield


def test_before_it_is_accepted_a_clerk_does_and_afterwards_a_reviewer(world):
    number = life.submitted(world).number
    due = Application.objects.get(number=number).due_at
    actions.correct(world.clerk, number, 1, SLIP, "window", WHY)
    application = Application.objects.get(number=number)
    assert (application.status, application.version, application.due_at) == (Status.SUBMITTED, 2, due)
    assert latest_answers(application)["school"] == SLIP["school"]
    actions.accept(world.clerk, number, 2)
    with pytest.raises(Forbidden):
        actions.correct(world.clerk, number, 3, {"school": "另一所学校"}, "window", WHY)
    actions.correct(world.reviewer, number, 3, {"phone": "12800990002"}, "phone", WHY)
    assert status_and_answers(number) == (Status.RECEIVED, SLIP["school"], "12800990002")


def status_and_answers(number):
    application = Application.objects.get(number=number)
    answers = latest_answers(application)
    return application.status, answers["school"], answers["phone"]


def test_what_stood_there_is_kept_and_the_applicant_sees_it(world):
    number = life.submitted(world).number
    actions.correct(world.clerk, number, 1, SLIP, "window", WHY)
    first = Submission.objects.order_by("pk").first()
    assert json.loads(first.answers)["school"] == life.ANSWERS["school"]
    event = own.page(world.resident, number).events[-1]
    assert (event.verb, event.about) == (Verb.CORRECT, ["school"])
    assert event.words == f"海岛学校 → 海岛职业学校\n{WHY}"
    assert OutboxMessage.objects.filter(name="applications/corrected").count() >= 1
    row = AuditRow.objects.filter(action="applications.handle", outcome="done").latest("pk")
    details = json.loads(row.details)
    assert (details["verb"], details["questions"], details["agreed"]) == (
        "correct",
        ["school"],
        "window",
    )
    assert "海岛" not in row.details


def test_sent_twice_it_is_done_once(world):
    number = life.submitted(world).number
    for _ in range(2):
        actions.correct(world.clerk, number, 1, SLIP, "window", WHY)
    assert Event.objects.filter(verb=Verb.CORRECT).count() == 1
    assert Submission.objects.count() == 2
    with pytest.raises(Conflict):
        actions.correct(world.clerk, number, 1, {"school": "另一所学校"}, "window", WHY)
    with pytest.raises(Conflict):
        actions.correct(world.supervisor, number, 1, SLIP, "window", WHY)


@pytest.mark.parametrize(
    ("changes", "agreed", "why"),
    [
        (SLIP, "", WHY),
        (SLIP, "nobody asked", WHY),
        (SLIP, "window", "  "),
        ({}, "window", WHY),
        ({"school": life.ANSWERS["school"]}, "window", WHY),
        ({"basis": "work"}, "window", WHY),
        ({"nothing": "asks this"}, "window", WHY),
        ({"phone": "not a number"}, "window", WHY),
        ({"school": ""}, "window", WHY),
    ],
)
def test_nothing_else_is_changed_so(world, changes, agreed, why):
    number = life.submitted(world).number
    with pytest.raises(Unusable):
        actions.correct(world.clerk, number, 1, changes, agreed, why)
    assert Application.objects.get(number=number).version == 1
    assert Submission.objects.count() == 1


def test_not_while_it_waits_for_the_applicant_nor_when_it_is_decided(world):
    number = life.submitted(world).number
    actions.ask(world.clerk, number, 1, "请写学校全称", ["school"])
    with pytest.raises(Conflict):
        actions.correct(world.clerk, number, 2, SLIP, "window", WHY)
    other = life.accepted(world)
    actions.approve(world.reviewer, other, 2)
    with pytest.raises(Conflict):
        actions.correct(world.supervisor, other, 3, SLIP, "window", WHY)


def test_another_districts_officer_cannot(world):
    number = life.accepted(world)
    with pytest.raises(Forbidden):
        actions.correct(world.other, number, 2, SLIP, "window", WHY)
