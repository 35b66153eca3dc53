"""Whose turn it is, in which order, and that no list tells more than one may see."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhoudao.core import clock
from zhoudao.core.access import Forbidden, Role
from zhoudao.core.audit.models import AuditRow
from zhoudao.counter.applications import actions
from zhoudao.counter.applications.actions.stepping import program_of, put_in_line
from zhoudao.counter.applications.models import Application, PaperState
from zhoudao.counter.applications.problems import Conflict, NotFound, Unusable
from zhoudao.counter.applications.queries import worklist
from zhoudao.counter.applications.queries.worklist import Part
from zhoudao.counter.applications.rules import Verb
from zhoudao.counter.applications.tests import life
from zhoudao.counter.catalog.program import Lane

NAME_CHANGE = {
    "new_name": "丙测试", "adult": "yes", "reason": "重名", "debts": "no", "phone": "12800990001",
}  # fmt: skip
LOSS = "id-card-loss-report"


@pytest.fixture
def world(db):
    with clock.at(life.MONDAY):
        yield life.build()


def numbers(actor, part=Part.TO_DO, **narrowed) -> list[str]:
    return [row.number for row in worklist.page(actor, part, **narrowed).rows]


def test_an_application_goes_from_list_to_list(world):
    number = life.submitted(world).number
    assert (numbers(world.clerk), numbers(world.reviewer)) == ([number], [])
    actions.accept(world.clerk, number, 1)
    assert (numbers(world.clerk), numbers(world.reviewer)) == ([], [number])
    actions.ask(world.reviewer, number, 2, "哪一年毕业", ["school"])
    assert numbers(world.reviewer) == []
    assert numbers(world.reviewer, Part.APPLICANT) == [number]
    actions.answer(world.resident, number, 3, {"school": "海岛学院"}, key="an-answer")
    actions.refuse(world.reviewer, number, 4, "half_year", "证明不符")
    assert numbers(world.reviewer, Part.ALL) == []
    assert numbers(world.reviewer, Part.REFUSED) == [number]


def test_another_district_sees_nothing(world):
    life.accepted(world)
    assert numbers(world.other) == numbers(world.other, Part.ALL) == []
    with pytest.raises(Forbidden):
        worklist.page(world.other, Part.ALL, district=life.DISTRICT)
    with pytest.raises(Forbidden):
        worklist.page(world.resident, Part.ALL)


def test_late_first_then_enterprises_as_they_came_then_by_deadline(world):
    made = [life.accepted(world) for _ in range(5)]
    day = timedelta(days=1)
    received = life.MONDAY
    for number, lane, came, due in [
        (made[0], Lane.ORDINARY, received, received + 4 * day),
        (made[1], Lane.ENTERPRISE, received - day, received + 9 * day),
        (made[2], Lane.ORDINARY, received, received + 2 * day),
        (made[3], Lane.ORDINARY, received - 9 * day, received - 5 * day),
        (made[4], Lane.URGENT, received, received + 30 * day),
    ]:
        row = Application.objects.get(number=number)
        row.lane, row.received_at, row.due_at = lane.value, came, due
        put_in_line(row, program_of(row)[1])
        row.save()
    assert numbers(world.reviewer) == [made[3], made[1], made[4], made[2], made[0]]


def test_pages_go_on_where_the_last_one_ended(world, monkeypatch):
    monkeypatch.setattr(worklist, "PAGE_ROWS", 2)
    made = [life.accepted(world) for _ in range(5)]
    city_wide = replace(world.reviewer, districts=frozenset({"*"}))
    for actor in (world.reviewer, city_wide):
        for part in (Part.TO_DO, Part.ALL):
            seen, after = [], None
            while True:
                page = worklist.page(actor, part, after=after)
                seen += [row.number for row in page.rows]
                after = page.after
                if after is None:
                    break
            assert seen == made


def test_those_over_come_newest_first_and_in_pages(world, monkeypatch):
    monkeypatch.setattr(worklist, "PAGE_ROWS", 2)
    made = [life.submitted(world).number for _ in range(3)]
    for number in made:
        actions.ask(world.clerk, number, 1, "哪一年毕业", ["school"])
    first = worklist.page(world.clerk, Part.APPLICANT)
    rest = worklist.page(world.clerk, Part.APPLICANT, after=first.after)
    assert [row.number for row in (*first.rows, *rest.rows)] == made[::-1]
    assert rest.after is None


def test_what_one_has_in_hand_is_on_nobody_elses_list(world):
    first, second = life.accepted(world), life.accepted(world)
    assert actions.take_next(world.reviewer).number == first
    assert numbers(world.reviewer) == [first, second]
    assert numbers(world.reviewer, Part.MINE) == [first]
    assert numbers(world.second) == [second]
    assert actions.take_next(world.second).number == second
    assert actions.take_next(world.second) is None
    assert worklist.page(world.second, Part.TO_DO).counts == {Part.TO_DO: 1, Part.MINE: 1, Part.ALL: 2}


def test_what_was_sent_back_goes_to_who_proposed_it(world):
    papers = {code: life.Handed(PaperState.SEEN) for code in ("household-book", "id-card", "statement")}
    asked = life.request(world, NAME_CHANGE, "name-change", papers=papers)
    number = actions.submit(world.clerk, asked, key="one-name-change").number
    actions.accept(world.clerk, number, 1)
    actions.propose(world.reviewer, number, 2, Verb.PROPOSE_APPROVAL)
    assert numbers(world.reviewer, Part.MINE) == []
    actions.send_back(world.supervisor, number, 3, "还缺一份说明")
    assert numbers(world.reviewer, Part.MINE) == [number]


def test_an_officer_with_duties_sees_those_items(world):
    permit = life.accepted(world)
    actions.give_duties(world.supervisor, life.DISTRICT, world.reviewer.user_id, [LOSS])
    assert numbers(world.reviewer) == []
    assert actions.take_next(world.reviewer) is None
    actions.give_duties(world.supervisor, life.DISTRICT, world.reviewer.user_id, [LOSS, life.PERMIT])
    assert numbers(world.reviewer) == [permit]
    actions.give_duties(world.supervisor, life.DISTRICT, world.reviewer.user_id, [])
    assert numbers(world.reviewer) == [permit]


def test_a_list_takes_a_bounded_number_of_queries(world):
    def queries_of(count: int) -> int:
        for _ in range(count):
            life.accepted(world)
        worklist.page(world.reviewer, Part.TO_DO)
        with CaptureQueriesContext(connection) as seen:
            worklist.page(world.reviewer, Part.TO_DO)
        return len(seen)

    actions.give_duties(world.supervisor, life.DISTRICT, world.reviewer.user_id, [LOSS, life.PERMIT])
    assert queries_of(1) == queries_of(9) == 5


def test_a_supervisor_gives_it_to_an_officer(world):
    number = life.accepted(world)
    actions.assign(world.supervisor, number, world.second.user_id)
    assert numbers(world.second, Part.MINE) == [number]
    assert actions.hand_over_all(world.supervisor, life.DISTRICT, world.second.user_id, world.reviewer.user_id) == 1
    assert numbers(world.reviewer, Part.MINE) == [number]
    assert AuditRow.objects.filter(action="applications.assign").count() == 2
    actions.assign(world.supervisor, number, None)
    assert numbers(world.reviewer, Part.MINE) == []


def test_not_to_somebody_who_may_not_take_it(world):
    number = life.accepted(world)
    with pytest.raises(Unusable):
        actions.assign(world.supervisor, number, world.clerk.user_id)
    with pytest.raises(NotFound):
        actions.assign(world.supervisor, number, world.other.user_id)
    with pytest.raises(Forbidden):
        actions.assign(world.reviewer, number, world.reviewer.user_id)
    with pytest.raises(Forbidden):
        actions.assign(life.officer(Role.SUPERVISOR, life.OTHER_DISTRICT), number, world.other.user_id)
    actions.ask(world.reviewer, number, 2, "哪一年毕业", ["school"])
    with pytest.raises(Conflict):
        actions.assign(world.supervisor, number, world.second.user_id)
