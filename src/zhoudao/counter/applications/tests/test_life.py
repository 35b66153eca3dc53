"""From handing in to handing over: the steps, who may take them, and what each leaves behind."""

import pytest

from zhoudao.core import clock
from zhoudao.core.access import Forbidden
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.outbox.models import OutboxMessage
from zhoudao.counter.applications import actions, ports
from zhoudao.counter.applications.models import Application, Event
from zhoudao.counter.applications.problems import Conflict, Incomplete, NotFound, Unusable
from zhoudao.counter.applications.queries import cases, own
from zhoudao.counter.applications.rules import Status, Verb
from zhoudao.counter.applications.tests import life
from zhoudao.counter.applications.tests.life import MONDAY, TUESDAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return life.build()


@pytest.fixture(autouse=True)
def monday():
    with clock.at(MONDAY):
        yield


def status_of(number):
    return Application.objects.get(number=number).status


def test_it_is_received_with_a_number_and_a_promise(world):
    receipt = life.submitted(world)
    assert receipt.number == "A20261123-00001"
    assert receipt.due_at.isoformat() == "2026-11-25T17:00:00+08:00", "two working days"
    assert receipt.new
    assert receipt.due_confirmed
    assert status_of(receipt.number) == Status.SUBMITTED
    assert AuditRow.objects.filter(action="applications.enter", outcome="done").count() == 1
    assert OutboxMessage.objects.filter(name="applications/received").exists()


def test_everything_missing_is_told_at_once(world):
    with pytest.raises(Incomplete) as told:
        actions.submit(world.clerk, life.request(world, {"basis": "work"}, papers={}), key="a-first-key")
    assert {bad.question for bad in told.value.answers} == {
        "since",
        "address",
        "employer",
        "work_since",
        "phone",
    }
    assert told.value.papers == ["photo", "proof"]
    assert not Application.objects.exists()


def test_the_whole_way(world):
    number = life.accepted(world)
    application = Application.objects.get(number=number)
    assert application.accepted_at == MONDAY
    assert application.legal_due_at.date().isoformat() == "2026-12-08", "fifteen days"
    assert OutboxMessage.objects.filter(name="applications.ask_registers").count() == 1
    actions.approve(world.reviewer, number, 2)
    assert status_of(number) == Status.APPROVED
    verbs = list(Event.objects.values_list("verb", flat=True))
    assert verbs == ["submit", "accept", "approve"]


def test_asking_stops_the_clock_and_the_answer_moves_the_deadline(world):
    number = life.accepted(world)
    actions.ask(world.reviewer, number, 2, "请补充学校名称", ["school"])
    assert Application.objects.get(number=number).paused_at == MONDAY
    with clock.at(MONDAY.replace(day=27)):
        actions.answer(world.resident, number, 3, {"school": "第二海岛学校"}, key="answer-key-1")
    application = Application.objects.get(number=number)
    assert application.status == Status.RECEIVED
    assert application.paused_at is None
    assert application.due_at.isoformat() == "2026-12-01T09:00:00+00:00", "two working days were left"
    assert cases.case(world.reviewer, number, "审核").answers["school"] == "第二海岛学校"


def test_an_answer_sent_twice_is_answered_once(world):
    number = life.accepted(world)
    actions.ask(world.reviewer, number, 2, "请补充学校名称", ["school"])
    for _ in range(2):
        actions.answer(world.resident, number, 3, {"school": "某校"}, key="answer-key-1")
    with pytest.raises(Conflict):
        actions.answer(world.resident, number, 3, {"school": "另一校"}, key="answer-key-1")
    assert Event.objects.filter(verb="answer").count() == 1


def test_asking_needs_words_and_something_that_is_asked(world):
    number = life.accepted(world)
    for words, about in (("", ["school"]), ("缺", []), ("缺", ["nothing"])):
        with pytest.raises(Unusable):
            actions.ask(world.reviewer, number, 2, words, about)
    assert status_of(number) == Status.RECEIVED


def test_a_refusal_names_a_legal_reason_and_can_be_looked_at_again(world):
    number = life.accepted(world)
    with pytest.raises(Unusable):
        actions.refuse(world.reviewer, number, 2, "because", "不行")
    actions.refuse(world.reviewer, number, 2, "half_year", "登记满五个月")
    assert status_of(number) == Status.REFUSED
    actions.ask_again(world.resident, number, 3, "登记日期有误")
    assert status_of(number) == Status.RECONSIDERING
    with pytest.raises(Forbidden):
        actions.reconsidered(world.reviewer, number, 4, Verb.OVERTURN, "核实后更正")
    actions.reconsidered(world.supervisor, number, 4, Verb.OVERTURN, "核实后更正")
    assert status_of(number) == Status.APPROVED


def test_nobody_looks_again_at_their_own_refusal(world):
    number = life.accepted(world)
    actions.refuse(world.supervisor, number, 2, "half_year", "登记满五个月")
    actions.ask_again(world.resident, number, 3, "登记日期有误")
    with pytest.raises(Conflict):
        actions.reconsidered(world.supervisor, number, 4, Verb.UPHOLD, "维持")


def test_a_refusal_is_not_looked_at_again_after_its_days(world):
    number = life.accepted(world)
    actions.refuse(world.reviewer, number, 2, "half_year", "登记满五个月")
    with clock.at(MONDAY.replace(year=2027, month=2)), pytest.raises(Conflict):
        actions.ask_again(world.resident, number, 3, "登记日期有误")


def test_it_can_be_taken_back_until_it_is_decided(world):
    number = life.accepted(world)
    actions.withdraw(world.resident, number, 2)
    assert status_of(number) == Status.WITHDRAWN
    with pytest.raises(Conflict):
        actions.approve(world.reviewer, number, 3)


def test_two_reviewers_cannot_both_decide(world):
    number = life.accepted(world)
    actions.approve(world.reviewer, number, 2)
    with pytest.raises(Conflict):
        actions.refuse(world.second, number, 2, "half_year", "不满半年")
    assert status_of(number) == Status.APPROVED


def test_another_district_may_not(world):
    number = life.accepted(world)
    with pytest.raises(Forbidden):
        actions.approve(world.other, number, 2)
    with pytest.raises(Forbidden):
        cases.case(world.other, number, "审核")
    assert AuditRow.objects.filter(action="applications.handle", outcome="refused").count() == 1


def test_a_clerk_may_not_review(world):
    number = life.accepted(world)
    with pytest.raises(Forbidden):
        actions.approve(world.clerk, number, 2)


def test_a_neighbour_sees_nothing(world):
    number = life.accepted(world)
    with pytest.raises(NotFound):
        own.page(world.neighbour, number)
    with pytest.raises(NotFound):
        actions.withdraw(world.neighbour, number, 2)
    with pytest.raises(NotFound):
        own.page(world.agent, number)
    assert own.page(world.resident, number).application.number == number


def test_a_look_is_in_the_trail_with_its_purpose(world):
    number = life.accepted(world)
    cases.case(world.reviewer, number, "审核居住证申请")
    row = AuditRow.objects.get(action="applications.see_case")
    assert row.purpose == "审核居住证申请"
    with pytest.raises(ValueError, match="purpose"):
        cases.case(world.reviewer, number, " ")


def test_a_second_pair_of_eyes_is_somebody_elses(world):
    answers = {
        "new_name": "测试新名",
        "adult": "yes",
        "reason": "与他人重名",
        "debts": "no",
        "phone": "12800990001",
    }
    papers = dict.fromkeys(("household-book", "id-card", "statement"), life.PAPERS["photo"])
    asked = life.request(world, answers, "name-change", papers=papers)
    number = actions.submit(world.clerk, asked, key="name-change-1").number
    actions.accept(world.clerk, number, 1)
    with pytest.raises(Conflict):
        actions.approve(world.reviewer, number, 2)
    actions.propose(world.supervisor, number, 2, Verb.PROPOSE_APPROVAL)
    with pytest.raises(Conflict):
        actions.approve(world.supervisor, number, 3)
    another = life.officer(world.supervisor.role)
    actions.send_back(another, number, 3, "请核对同意书")
    actions.propose(world.reviewer, number, 4, Verb.PROPOSE_REFUSAL, "public_order", "名字违背公序良俗")
    actions.approve(life.officer(world.supervisor.role), number, 5)
    assert status_of(number) == Status.APPROVED


def test_a_card_needs_its_serial_number(world, monkeypatch):
    asked = {}

    class Room:
        def issue(self, actor, grant, template):
            asked.update(serial=grant.serial, physical=template.physical, months=template.valid_months)
            return ports.Issued("C-1", TUESDAY, True)

    monkeypatch.setattr(ports, "_certificates", Room())
    answers = {"pending": "renewal", "receipt": "R-2026-1", "home": "yes"}
    papers = {"receipt": life.PAPERS["photo"]}
    number = actions.submit(
        world.clerk, life.request(world, answers, "temporary-id-card", papers=papers), key="temporary-1"
    ).number
    actions.accept(world.clerk, number, 1)
    actions.approve(world.clerk, number, 2)
    with pytest.raises(Unusable):
        actions.issue(world.clerk, number, 3)
    actions.issue(world.clerk, number, 3, serial="LS0001")
    assert asked == {"serial": "LS0001", "physical": True, "months": 3}
    assert Application.objects.get(number=number).certificate == "LS0001"


def test_an_item_of_four_provinces_is_for_their_people(world):
    body = "44999919900101001"
    world.person.document_number = body + "0"
    world.person.save()
    answers = {"pending": "renewal", "receipt": "R-2026-1", "home": "no", "home_office": "某派出所"}
    asked = life.request(world, answers, "temporary-id-card", papers={"receipt": life.PAPERS["photo"]})
    with pytest.raises(Unusable, match="provinces"):
        actions.submit(world.clerk, asked, key="temporary-2")


def test_a_bad_mark_is_answered_by_a_deadline(world):
    number = life.accepted(world)
    with pytest.raises(Conflict):
        actions.rate(world.resident, number, 1)
    actions.refuse(world.reviewer, number, 2, "half_year", "登记满五个月")
    mark = actions.rate(world.resident, number, 1, "说得不清楚")
    assert mark.answer_due_at.isoformat() == "2026-11-30T17:00:00+08:00", "five working days"
    assert actions.rate(world.resident, number, 5).mark == 1, "once"
    with pytest.raises(Forbidden):
        actions.answer_mark(world.reviewer, number, "已改进")
    actions.answer_mark(world.supervisor, number, "已改进告知用语")
    with pytest.raises(Conflict):
        actions.answer_mark(world.supervisor, number, "再答")


def test_a_good_mark_needs_no_answer(world):
    number = life.accepted(world)
    actions.refuse(world.reviewer, number, 2, "half_year", "登记满五个月")
    assert actions.rate(world.resident, number, 4).answer_due_at is None
