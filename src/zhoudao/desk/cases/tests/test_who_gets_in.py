"""Nothing opens outside a case, and inside only what the member's duty reaches; every look is in the trail."""

from datetime import UTC, datetime, timedelta

import pytest

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, Forbidden, Role
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.audit.tests.acting import client_of
from zhoudao.core.look.refusals import Conflict, Unusable
from zhoudao.desk.cases import actions, gate, queries
from zhoudao.desk.cases.models import Member, Sitting
from zhoudao.desk.cases.rules import EVERY_DUTY, LOOK, MANAGE, WORKING, Duty, Purpose

pytestmark = pytest.mark.django_db
LATER = datetime(2027, 1, 2, tzinfo=UTC)


def last_row() -> AuditRow:
    return AuditRow.objects.order_by("-sequence").first()


def test_a_member_is_asked_what_for_before_anything_opens(opened, mei):
    with pytest.raises(gate.NotEntered):
        gate.look(mei, opened.number, seeing="overview")
    actions.enter(mei, opened.number, Purpose.TRACE)
    gate.look(mei, opened.number, seeing="overview")
    row = last_row()
    assert (row.action, row.subject, row.purpose) == ("cases.look", f"case:{opened.number}", "trace")
    assert "overview" in str(row.details)


def test_to_an_outsider_a_case_looks_like_one_that_is_not_there(case, officer):
    outsider = officer("lin")
    for number in (case.number, "2026-9999"):
        with pytest.raises(gate.NoSuchCase):
            gate.look(outsider, number, seeing="overview")
        assert last_row().outcome == "failed"
        assert client_of(outsider).get(f"/desk/cases/{number}/").status_code == 404


@pytest.mark.parametrize("role", [Role.COMMANDER, Role.AUDITOR, Role.ADMINISTRATOR, Role.CLERK])
def test_no_other_role_looks_into_a_case(case, officer, role):
    stranger = officer(f"{role}.x", role)
    with pytest.raises(Forbidden):
        gate.look(stranger, case.number, seeing="overview")
    assert last_row().outcome == "refused"


def test_the_platform_itself_is_no_member(case):
    with pytest.raises(gate.NoSuchCase):
        gate.look(SYSTEM, case.number, seeing="overview")


@pytest.mark.parametrize("duty", sorted(EVERY_DUTY))
def test_a_duty_reaches_as_far_as_it_reaches(case, mei, officer, duty):
    role = Role.TAX_OFFICER if duty is Duty.TAX_OFFICER else Role.ANALYST
    actor = officer("wang", role)
    actions.add_member(mei, case.number, "wang", duty)
    actions.enter(actor, case.number, Purpose.REVIEW)
    gate.look(actor, case.number, seeing="overview")
    permission = LOOK  # held by every desk role, so that only the duty decides
    if duty in WORKING:
        gate.look(actor, case.number, permission, duties=WORKING, seeing="work")
    else:
        with pytest.raises(Forbidden):
            gate.look(actor, case.number, permission, duties=WORKING, seeing="work")


def test_only_a_lead_handler_manages(case, mei, officer):
    lin = officer("lin")
    actions.add_member(mei, case.number, "lin", Duty.ANALYST)
    actions.enter(lin, case.number, Purpose.TRACE)
    with pytest.raises(Forbidden):
        actions.close(lin, case.number)
    assert client_of(lin).get(f"/desk/cases/{case.number}/manage/").status_code == 403


def test_a_tax_officer_is_a_member_as_tax_officer_only(case, mei, officer):
    officer("tao", Role.TAX_OFFICER)
    with pytest.raises(Unusable):
        actions.add_member(mei, case.number, "tao", Duty.ANALYST)
    officer("clerk1", Role.CLERK)
    with pytest.raises(Unusable):
        actions.add_member(mei, case.number, "clerk1", Duty.VIEWER)


def test_an_expired_basis_stops_looking_until_it_is_renewed(case, mei):
    with clock.at(LATER):
        with pytest.raises(gate.CaseRefuses):
            gate.look(mei, case.number, seeing="overview")
        answer = client_of(mei).get(f"/desk/cases/{case.number}/")
        assert answer.status_code == 403
        assert "依据已到期" in answer.content.decode()
        actions.extend(
            mei, case.number, LATER.date() + timedelta(days=30), actions.Paper("样公延字〔2027〕1号")
        )
        gate.look(mei, case.number, seeing="overview")


def test_a_basis_is_not_extended_into_the_past_or_past_a_year(case, mei):
    for day in (datetime(2026, 11, 23).date(), datetime(2027, 11, 26).date()):  # noqa: DTZ001  a day
        with pytest.raises(Unusable):
            actions.extend(mei, case.number, day, actions.Paper("样公延字〔2026〕2号"))


def test_a_closed_case_is_read_and_not_changed(case, mei, officer):
    actions.close(mei, case.number)
    queries.overview(mei, case.number)
    officer("lin")
    for change in (
        lambda: actions.add_member(mei, case.number, "lin", Duty.VIEWER),
        lambda: actions.close(mei, case.number),
    ):
        with pytest.raises(gate.CaseRefuses) as refused:
            change()
        assert refused.value.why == "closed"


def test_a_sitting_ends_by_leaving_or_by_going_quiet(case, mei, settings):
    actions.leave(mei, case.number)
    with pytest.raises(gate.NotEntered):
        gate.look(mei, case.number, seeing="overview")
    actions.enter(mei, case.number, Purpose.TRACE)
    quiet = clock.machine_now() - timedelta(minutes=settings.SITTING_MINUTES + 1)
    Sitting.objects.filter(left_at=None).update(seen_at=quiet)
    with pytest.raises(gate.NotEntered):
        gate.look(mei, case.number, seeing="overview")


def test_who_is_taken_out_of_a_case_is_out_at_once(case, mei, officer):
    lin = officer("lin")
    member = actions.add_member(mei, case.number, "lin", Duty.ANALYST)
    actions.enter(lin, case.number, Purpose.TRACE)
    actions.remove_member(mei, case.number, member.pk)
    with pytest.raises(gate.NoSuchCase):
        gate.look(lin, case.number, seeing="overview")


def test_a_case_never_loses_its_last_lead(case, mei):
    own = Member.objects.get(case=case)
    with pytest.raises(Conflict):
        actions.remove_member(mei, case.number, own.pk)
    with pytest.raises(Conflict):
        actions.change_duty(mei, case.number, own.pk, Duty.VIEWER)


def test_the_page_asks_what_for_and_leads_back(opened, mei):
    browser = client_of(mei)
    asked = browser.get(f"/desk/cases/{opened.number}/requests/")
    assert asked.status_code == 302
    assert asked["Location"].startswith(f"/desk/cases/{opened.number}/enter/?next=")
    entered = browser.post(asked["Location"], {"purpose": "trace"})
    assert entered["Location"] == f"/desk/cases/{opened.number}/requests/"
    assert browser.get(entered["Location"]).status_code == 200
    assert browser.post(
        f"/desk/cases/{opened.number}/enter/?next=https://elsewhere.example/", {"purpose": "trace"}
    )["Location"] == (f"/desk/cases/{opened.number}/")


def test_opening_the_same_form_twice_opens_one_case(mei):
    form = {
        "title": "一案",
        "offence": "fraud",
        "basis": "filed",
        "document_number": "样公立案字〔2026〕1号",
        "expires_on": "2026-12-31",
        "purpose": "查清",
        "token": "a" * 32,
    }
    browser = client_of(mei)
    first, second = (browser.post("/desk/cases/new/", form) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert len(queries.cases_of(mei)) == 1


def test_holding_the_permission_for_managing_is_not_enough_without_membership(case, officer):
    with pytest.raises(gate.NoSuchCase):
        gate.look(officer("lin"), case.number, MANAGE, seeing="manage")
