"""A change is proposed by one officer and takes effect when another one approves it."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, VISITOR, Forbidden
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.outbox.models import OutboxMessage
from zhoudao.counter.catalog.models import CatalogVersion, PublishedItem
from zhoudao.counter.places import changes as versions
from zhoudao.counter.places import queries as public
from zhoudao.counter.places.editing import actions, entries
from zhoudao.counter.places.editing.models import Change
from zhoudao.counter.places.editing.problems import (
    AlreadyDecided,
    BadChange,
    ChangedMeanwhile,
    NoLongerFits,
    NotFound,
    NothingToChange,
    NotYours,
    Overtaken,
    OwnChange,
)
from zhoudao.counter.places.editing.rules import Kind, State, Subject, fingerprint
from zhoudao.counter.places.models import Closure, Guide, PhoneEntry, Point
from zhoudao.counter.places.tests import directory as small
from zhoudao.counter.places.tests.editing_cast import (
    GUIDE,
    LONGER,
    P001,
    P005,
    T005,
    Cast,
    cast,
    proposed,
    values_of,
)


@pytest.fixture
def people(directory) -> Cast:
    return cast()


def hours_of(code: str) -> str:
    return Point.objects.get(code=code).hours


def trail() -> list[tuple[str, str]]:
    rows = AuditRow.objects.filter(action__startswith="places.").order_by("sequence")
    return list(rows.values_list("action", "outcome"))


# Proposing -------------------------------------------------------------------------------------------------


def test_a_proposal_changes_nothing_yet(people):
    change = proposed(people.clerk)
    assert change.state == State.PROPOSED
    assert change.before["hours"] == small.OFFICE
    assert change.after["hours"] == LONGER
    assert hours_of("P001") == small.OFFICE
    assert change.proposer_number == "330001"


def test_approved_by_another_it_takes_effect_at_once(people):
    before = versions.version()
    change = actions.approve(people.supervisor, proposed(people.clerk).pk)
    assert change.state == State.APPROVED
    assert change.decider_number == "330002"
    assert hours_of("P001") == LONGER
    assert versions.version() != before, "whatever is kept in memory is read anew"
    page = public.point(VISITOR, "P001")
    assert [(span[0].hour, span[1].hour) for span in page.week[0].hours] == [(8, 17)]


def test_each_step_leaves_one_row_in_the_trail(people):
    start = AuditRow.objects.count()
    change = proposed(people.clerk)
    actions.approve(people.supervisor, change.pk)
    rows = AuditRow.objects.order_by("sequence")[start:]
    assert [(row.action, row.outcome, row.subject) for row in rows] == [
        ("places.propose_change", "done", "point:P001"),
        ("places.decide_change", "done", "point:P001"),
    ]
    assert '"fields":["hours"]' in rows[1].details


def test_the_supervisors_of_the_district_are_told_and_then_the_proposer(people):
    change = proposed(people.clerk)
    keys = list(OutboxMessage.objects.filter(name="places/change_proposed").values_list("key", flat=True))
    told = {people.supervisor, people.second, people.everywhere}
    assert sorted(keys) == sorted(f"change:{change.pk}:proposed:{each.user_id}" for each in told)
    actions.approve(people.supervisor, change.pk)
    decided = OutboxMessage.objects.get(name="places/change_decided")
    assert decided.key == f"change:{change.pk}:approved:{people.clerk.user_id}"


def test_the_same_form_sent_twice_is_one_proposal(people):
    first = proposed(people.clerk, token="once")
    rows = len(trail())
    again = proposed(people.clerk, token="once")
    assert again.pk == first.pk
    assert Change.objects.count() == 1
    assert len(trail()) == rows


def test_proposing_what_it_says_already_is_refused(people):
    with pytest.raises(NothingToChange):
        actions.propose(people.clerk, P001, values_of(P001), reason="没有变化", token="same")
    assert not Change.objects.exists()


def test_a_form_filled_in_over_an_older_state_is_refused(people):
    seen = fingerprint(entries.read(P001).values)
    Point.objects.filter(code="P001").update(phone="0580-1200099")
    with pytest.raises(ChangedMeanwhile) as refused:
        actions.propose(
            people.clerk, P001, values_of(P001, hours=LONGER), reason="改时间", token="late", seen=seen
        )
    assert refused.value.now["phone"] == "0580-1200099"


@pytest.mark.parametrize(
    ("subject", "wrong", "field"),
    [
        (P001, {"hours": "every day"}, "hours"),
        (P001, {"phone": "call us"}, "phone"),
        (P001, {"name_zh": ""}, "name_zh"),
        (P001, {"name_en": "=cmd()"}, "name_en"),
        (P001, {"longitude": 10.0}, "longitude"),
        (P001, {"services": ["coffee"]}, "services"),
        (P001, {"kind": "cafe"}, "kind"),
        (T005, {"phone": ""}, "phone"),
        (T005, {"point": "P005"}, "point"),  # another district's
        (GUIDE, {"hours": "Mo-"}, "hours"),
        (GUIDE, {"note_zh": "长" * 501}, "note_zh"),
    ],
)
def test_a_bad_value_is_refused_by_field(people, subject, wrong, field):
    with pytest.raises(BadChange) as refused:
        actions.propose(people.clerk, subject, values_of(subject, **wrong), reason="改", token="bad")
    assert {problem.field for problem in refused.value.problems} == {field}
    assert not Change.objects.exists()


def test_a_change_needs_a_reason(people):
    with pytest.raises(BadChange) as refused:
        actions.propose(people.clerk, P001, values_of(P001, hours=LONGER), reason="  ", token="no-reason")
    assert refused.value.problems[0].field == "reason"


# Who may ---------------------------------------------------------------------------------------------------


def test_another_districts_officer_may_neither_propose_nor_decide(people):
    with pytest.raises(Forbidden):
        proposed(people.elsewhere)
    change = proposed(people.clerk)
    for decide in (
        lambda: actions.approve(people.elsewhere, change.pk),
        lambda: actions.refuse(people.elsewhere, change.pk, "不同意"),
    ):
        with pytest.raises(Forbidden):
            decide()
    assert trail()[-1] == ("places.decide_change", "refused")
    assert hours_of("P001") == small.OFFICE


def test_a_clerk_may_not_decide(people):
    change = proposed(people.supervisor)
    with pytest.raises(Forbidden):
        actions.approve(people.clerk, change.pk)


def test_neither_visitors_nor_commands_propose(people):
    with pytest.raises(Forbidden):
        proposed(VISITOR)
    with pytest.raises(Forbidden):
        proposed(SYSTEM)
    change = proposed(people.clerk)
    with pytest.raises(Forbidden):
        actions.approve(SYSTEM, change.pk)


def test_the_proposer_may_not_decide_their_own(people):
    change = proposed(people.supervisor)
    with pytest.raises(OwnChange):
        actions.approve(people.supervisor, change.pk)
    with pytest.raises(OwnChange):
        actions.refuse(people.supervisor, change.pk, "算了")
    assert Change.objects.get().state == State.PROPOSED
    assert trail()[-1] == ("places.decide_change", "refused")


def test_nor_may_the_same_person_with_another_account(people):
    change = proposed(people.clerk)
    with pytest.raises(OwnChange):
        actions.approve(people.same_person, change.pk)


@pytest.mark.parametrize("who", ["supervisor", "same_person"])
def test_the_database_refuses_it_too(people, who):
    change = proposed(people.supervisor if who == "supervisor" else people.clerk)
    decider = getattr(people, who)
    number = "330002" if who == "supervisor" else "330001"
    with pytest.raises(IntegrityError, match="change_is_decided_by_another"), transaction.atomic():
        Change.objects.filter(pk=change.pk).update(
            state=State.APPROVED,
            decider_id=decider.user_id,
            decider_number=number,
            decided_at=clock.now(),
            effective_at=clock.now(),
        )


def test_the_database_keeps_no_decision_without_a_decider(people):
    change = proposed(people.clerk)
    with pytest.raises(IntegrityError, match="change_decided_names_the_decider"), transaction.atomic():
        Change.objects.filter(pk=change.pk).update(state=State.APPROVED, effective_at=clock.now())


def test_the_citys_own_phones_need_an_officer_of_the_whole_city(people):
    city_line = Subject(Kind.PHONE, "T001")
    with pytest.raises(Forbidden):
        proposed(people.clerk, city_line, phone="0580-1200077")
    change = proposed(people.everywhere, city_line, phone="0580-1200077")
    with pytest.raises(Forbidden):
        actions.approve(people.supervisor, change.pk)


# Deciding --------------------------------------------------------------------------------------------------


def test_pressed_twice_it_is_approved_once(people):
    change = proposed(people.clerk)
    actions.approve(people.supervisor, change.pk)
    rows, stamp, moment = len(trail()), versions.version(), Point.objects.get(code="P001").changed_at
    assert actions.approve(people.supervisor, change.pk).state == State.APPROVED
    assert (len(trail()), versions.version()) == (rows, stamp)
    assert Point.objects.get(code="P001").changed_at == moment


def test_the_second_officer_to_decide_is_told_so(people):
    change = proposed(people.clerk)
    actions.approve(people.supervisor, change.pk)
    with pytest.raises(AlreadyDecided):
        actions.approve(people.second, change.pk)
    with pytest.raises(AlreadyDecided):
        actions.refuse(people.second, change.pk, "不同意")
    assert Change.objects.get().decider_number == "330002"


def test_refused_with_a_reason_nothing_changes(people):
    change = proposed(people.clerk)
    with pytest.raises(BadChange):
        actions.refuse(people.supervisor, change.pk, " ")
    refused = actions.refuse(people.supervisor, change.pk, "时间写反了")
    assert (refused.state, refused.decision_reason) == (State.REFUSED, "时间写反了")
    assert hours_of("P001") == small.OFFICE
    rows = len(trail())
    assert actions.refuse(people.supervisor, change.pk, "时间写反了").pk == change.pk
    assert len(trail()) == rows


def test_only_the_proposer_takes_a_proposal_back(people):
    change = proposed(people.clerk)
    with pytest.raises(NotYours):
        actions.withdraw(people.supervisor, change.pk)
    assert actions.withdraw(people.clerk, change.pk).state == State.WITHDRAWN
    rows = len(trail())
    assert actions.withdraw(people.clerk, change.pk).state == State.WITHDRAWN
    assert len(trail()) == rows
    with pytest.raises(AlreadyDecided):
        actions.approve(people.supervisor, change.pk)


def test_a_change_nobody_made_is_not_found(people):
    with pytest.raises(NotFound):
        actions.approve(people.supervisor, 404)


# Overtaken -------------------------------------------------------------------------------------------------


def test_an_overtaken_change_does_not_take_effect(people):
    change = proposed(people.clerk)
    other = proposed(people.clerk, token="form-2", phone="0580-1200088")
    actions.approve(people.supervisor, other.pk)
    with pytest.raises(Overtaken) as refused:
        actions.approve(people.second, change.pk)
    assert refused.value.http_status == 409
    assert refused.value.now["phone"] == "0580-1200088"
    assert hours_of("P001") == small.OFFICE
    assert Change.objects.get(pk=change.pk).state == State.PROPOSED
    assert trail()[-1] == ("places.decide_change", "failed")


def test_proposed_again_it_keeps_what_came_between(people):
    change = proposed(people.clerk)
    actions.approve(people.supervisor, proposed(people.clerk, token="form-2", phone="0580-1200088").pk)
    again = actions.propose_again(people.clerk, change.pk, "form-3")
    assert (again.replaces_id, again.after["phone"], again.after["hours"]) == (
        change.pk,
        "0580-1200088",
        LONGER,
    )
    assert Change.objects.get(pk=change.pk).state == State.REPLACED
    assert actions.propose_again(people.clerk, change.pk, "form-3").pk == again.pk
    actions.approve(people.supervisor, again.pk)
    point = Point.objects.get(code="P001")
    assert (point.hours, point.phone) == (LONGER, "0580-1200088")


def test_what_fits_no_longer_is_not_let_through(people):
    change = proposed(people.clerk, GUIDE, note_zh="三楼办理")
    small_item = small.ITEMS[0].code

    PublishedItem.objects.filter(code=small_item).update(withdrawn=True)
    CatalogVersion.objects.update(fingerprint=1234567)
    with pytest.raises(NoLongerFits):
        actions.approve(people.supervisor, change.pk)
    assert Guide.objects.get(point__code="P001").note_zh == "二楼3号窗口。"


# Every kind of entry ---------------------------------------------------------------------------------------


def test_a_point_that_moved_has_the_network_built_anew(people):
    def asked() -> int:
        return OutboxMessage.objects.filter(name=versions.BUILD_NETWORK).count()

    before = asked()
    actions.approve(people.supervisor, proposed(people.clerk).pk)
    assert asked() == before, "hours need no new network"
    longitude = values_of(P001)["longitude"] + 0.002
    actions.approve(people.supervisor, proposed(people.clerk, token="move", longitude=longitude).pk)
    assert asked() == before + 1
    assert Point.objects.get(code="P001").longitude == pytest.approx(longitude)


def test_a_phone_and_a_guide_are_changed_alike(people):
    actions.approve(people.supervisor, proposed(people.clerk, T005, phone="0580-1200012").pk)
    assert PhoneEntry.objects.get(code="T005").phone == "0580-1200012"
    actions.approve(people.supervisor, proposed(people.clerk, GUIDE, "form-2", note_zh="三楼办理").pk)
    assert public.guide(VISITOR, "P001", "id-card-replacement").note["zh"] == "三楼办理"


def test_an_entry_is_added_and_taken_out_by_two(people):
    here = small.districts()[0]
    new = Subject(Kind.PHONE, "T900")
    values = {
        "name_zh": "值班",
        "name_en": "Duty",
        "kind": "duty",
        "phone": "0580-1200900",
        "point": "P001",
        "hours": "",
    }
    change = actions.propose(people.clerk, new, values, reason="新装电话", token="new", district=here)
    assert change.before is None
    actions.approve(people.supervisor, change.pk)
    assert PhoneEntry.objects.get(code="T900").point.code == "P001"
    gone = actions.propose(people.clerk, new, None, reason="拆机", token="gone")
    assert gone.after is None
    actions.approve(people.supervisor, gone.pk)
    assert not PhoneEntry.objects.filter(code="T900").exists()


def test_a_point_taken_out_is_kept_and_can_come_back(people):
    was = values_of(P001)
    actions.approve(
        people.supervisor, actions.propose(people.clerk, P001, None, reason="撤销", token="gone").pk
    )
    assert Point.objects.get(code="P001").withdrawn
    with pytest.raises(public.NotInDirectory):
        public.point(VISITOR, "P001")
    back = actions.propose(people.clerk, P001, was, reason="恢复", token="back")
    actions.approve(people.supervisor, back.pk)
    assert public.point(VISITOR, "P001").place.point.hours == small.OFFICE


def test_a_bad_code_names_no_new_entry(people):
    bad = Subject(Kind.POINT, "point one")
    with pytest.raises(BadChange):
        actions.propose(
            people.clerk, bad, values_of(P001), reason="新", token="bad-code", district=small.districts()[0]
        )


def test_a_new_entry_of_another_district_is_refused(people):
    new = Subject(Kind.POINT, "P900")
    with pytest.raises(Forbidden):
        actions.propose(
            people.clerk, new, values_of(P005), reason="新", token="other", district=small.districts()[1]
        )


def test_a_planned_closure_waits_and_then_shows(people):
    planned = Subject(Kind.CLOSURE, "P001/new")
    values = {
        "starts_at": "2026-12-01T08:30:00+08:00",
        "ends_at": "2026-12-01T12:00:00+08:00",
        "reason_zh": "系统升级",
        "reason_en": "System upgrade",
    }
    change = actions.propose(people.clerk, planned, values, reason="升级", token="close")
    assert not Closure.objects.exists()
    approved = actions.approve(people.supervisor, change.pk)
    closure = Closure.objects.get()
    assert approved.key == f"P001/{closure.pk}"
    there = Subject(Kind.CLOSURE, approved.key)
    longer = actions.propose(
        people.clerk,
        there,
        values_of(there, ends_at="2026-12-01T18:00:00+08:00"),
        reason="延长",
        token="longer",
    )
    actions.approve(people.supervisor, longer.pk)
    assert Closure.objects.get().ends_at.isoformat() == "2026-12-01T10:00:00+00:00"
    actions.approve(
        people.supervisor, actions.propose(people.clerk, there, None, reason="不停了", token="open").pk
    )
    assert not Closure.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends_at": "2026-12-01T08:00:00+08:00"},
        {"starts_at": "2026-12-01T08:30:00"},
        {"starts_at": "soon"},
        {"reason_zh": " "},
        {"reason_en": "x" * 241},
    ],
)
def test_a_closure_that_cannot_be_is_refused(people, wrong):
    values = {
        "starts_at": "2026-12-01T08:30:00+08:00",
        "ends_at": "2026-12-01T12:00:00+08:00",
        "reason_zh": "系统升级",
        "reason_en": "System upgrade",
    }
    with pytest.raises(BadChange):
        actions.propose(
            people.clerk, Subject(Kind.CLOSURE, "P001/new"), {**values, **wrong}, reason="停", token="bad"
        )
