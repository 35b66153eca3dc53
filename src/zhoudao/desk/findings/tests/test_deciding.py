"""A person decides, with a reason; the decision is kept, taken back, and never made twice by two."""

from __future__ import annotations

from datetime import date

import pytest

from zhoudao.core.access import Forbidden, Role
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.audit.tests.acting import client_of
from zhoudao.core.look.refusals import Conflict, Unusable
from zhoudao.desk.cases import actions as cases
from zhoudao.desk.cases.models import Member
from zhoudao.desk.cases.rules import Basis, Duty, Offence, Purpose
from zhoudao.desk.findings import actions
from zhoudao.desk.findings.models import Finding, Note
from zhoudao.desk.findings.rules import Verdict
from zhoudao.desk.findings.tests.test_searching import run_it

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def finding(ledger, case, mei) -> Finding:
    return Finding.objects.filter(run=run_it(mei, case)).first()


def test_accepting_needs_a_reason_and_keeps_it(finding, case, mei):
    with pytest.raises(Unusable):
        actions.decide(mei, case.number, finding.pk, Verdict.ACCEPTED, "  ")
    decided = actions.decide(mei, case.number, finding.pk, Verdict.ACCEPTED, "与口供一致")
    assert (decided.verdict, str(decided.why), decided.decided_by) == ("accepted", "与口供一致", mei.key)
    row = AuditRow.objects.order_by("-sequence").first()
    assert row.action == "findings.decide"
    assert "与口供一致" not in str(row.details)


def test_a_decision_is_taken_back_before_another_is_made(finding, case, mei, officer):
    lin = officer("lin")
    cases.add_member(mei, case.number, "lin", Duty.ANALYST)
    cases.enter(lin, case.number, Purpose.REVIEW)
    actions.decide(mei, case.number, finding.pk, Verdict.ACCEPTED, "与口供一致")
    actions.decide(mei, case.number, finding.pk, Verdict.ACCEPTED, "与口供一致")
    with pytest.raises(Conflict):
        actions.decide(lin, case.number, finding.pk, Verdict.DISMISSED, "正常经营")
    actions.decide(lin, case.number, finding.pk, Verdict.OPEN, "")
    decided = actions.decide(lin, case.number, finding.pk, Verdict.DISMISSED, "正常经营")
    assert decided.decided_by == lin.key


def test_a_tax_officer_writes_notes_and_decides_nothing(finding, case, mei, officer):
    tao = officer("tao", Role.TAX_OFFICER)
    cases.add_member(mei, case.number, "tao", Duty.TAX_OFFICER)
    cases.enter(tao, case.number, Purpose.REVIEW)
    actions.note(tao, case.number, finding.pk, "该户上月申报为零")
    assert str(Note.objects.get().text) == "该户上月申报为零"
    with pytest.raises(Forbidden):
        actions.decide(tao, case.number, finding.pk, Verdict.ACCEPTED, "可疑可疑")
    with pytest.raises(Unusable):
        actions.note(tao, case.number, finding.pk, " ")


def test_a_viewer_only_looks(finding, case, mei, officer):
    lin = officer("lin")
    cases.add_member(mei, case.number, "lin", Duty.VIEWER)
    cases.enter(lin, case.number, Purpose.REVIEW)
    assert client_of(lin).get(f"/desk/cases/{case.number}/findings/{finding.pk}/").status_code == 200
    with pytest.raises(Forbidden):
        actions.note(lin, case.number, finding.pk, "看过")


def test_only_members_are_given_a_finding(finding, case, mei, officer):
    own = Member.objects.get(case=case)
    assert actions.assign(mei, case.number, finding.pk, own.pk).assigned_to_id == mei.user_id
    assert actions.assign(mei, case.number, finding.pk, None).assigned_to_id is None
    with pytest.raises(Unusable):
        actions.assign(mei, case.number, finding.pk, own.pk + 1000)


def test_the_page_decides_and_shows_an_error_beside_the_reason(finding, case, mei):
    browser = client_of(mei)
    address = f"/desk/cases/{case.number}/findings/{finding.pk}/decide/"
    refused = browser.post(address, {"verdict": "accepted", "why": ""})
    assert refused.status_code == 400
    assert browser.post(address, {"verdict": "dismissed", "why": "正常经营"}).status_code == 302
    assert Finding.objects.get(pk=finding.pk).verdict == Verdict.DISMISSED


def test_a_finding_of_another_case_is_not_there(finding, mei):
    other = cases.open_case(
        mei,
        title="另案",
        offence=Offence.FRAUD,
        basis=Basis.ACCEPTED,
        purpose="x",
        expires_on=date(2026, 12, 31),
        paper=cases.Paper("另1号"),
    )
    cases.enter(mei, other.number, Purpose.TRACE)
    assert client_of(mei).get(f"/desk/cases/{other.number}/findings/{finding.pk}/").status_code == 404
    with pytest.raises(Finding.DoesNotExist):
        actions.decide(mei, other.number, finding.pk, Verdict.ACCEPTED, "不应可见")
    assert AuditRow.objects.order_by("-sequence").first().outcome == "failed"
