"""The register of retrievals: what was asked, what came back, what is missing; freezing only in a filed case."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhoudao.core.audit.tests.acting import client_of
from zhoudao.core.look.refusals import Conflict, Unusable
from zhoudao.desk.cases import actions, gate, queries, rules
from zhoudao.desk.cases.actions import Paper
from zhoudao.desk.cases.actions.requests import Asked, read_coverage
from zhoudao.desk.cases.rules import Gap, Measure, Period

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
days = st.dates(date(2025, 12, 1), date(2027, 1, 31))


def asked(measure: Measure = Measure.QUERY) -> Asked:
    return Asked(measure, "样例银行舟山分行", ["62220001", "62220002", "62220001", " "], YEAR)


@pytest.mark.django_db
def test_a_request_its_sending_and_its_answer_with_gaps(case, mei):
    actions.register_request(mei, case.number, asked(), Paper("样公调证字〔2026〕7号"))
    actions.register_sending(mei, case.number, 1, date(2026, 11, 3))
    covered = read_coverage("62220001 2026-01-01 2026-06-30\n62220001 2026-08-01 2026-12-31\n")
    actions.register_answer(mei, case.number, 1, date(2026, 11, 20), covered)
    _here, [row] = queries.retrievals(mei, case.number)
    assert row.accounts == ["62220001", "62220002"]
    assert row.gaps == [
        Gap("62220001", date(2026, 7, 1), date(2026, 7, 31)),
        Gap("62220002", date(2026, 1, 1), date(2026, 12, 31)),
    ]
    page = client_of(mei).get(f"/desk/cases/{case.number}/requests/1/").content.decode()
    assert "62220002" in page
    assert "2026-07-01" in page


@pytest.mark.django_db
def test_freezing_needs_a_filed_case(case, mei):
    with pytest.raises(gate.CaseRefuses) as refused:
        actions.register_request(mei, case.number, asked(Measure.FREEZE), Paper("样公冻字〔2026〕1号"))
    assert refused.value.why == "not_filed"
    actions.file_case(mei, case.number, date(2027, 1, 31), Paper("样公立案字〔2026〕3号"))
    actions.register_request(mei, case.number, asked(Measure.FREEZE), Paper("样公冻字〔2026〕1号"))
    with pytest.raises(Conflict):
        actions.file_case(mei, case.number, date(2027, 1, 31), Paper("样公立案字〔2026〕3号"))


@pytest.mark.django_db
def test_an_answer_comes_after_the_sending(case, mei):
    actions.register_request(mei, case.number, asked(), Paper("样公调证字〔2026〕7号"))
    with pytest.raises(Unusable):
        actions.register_answer(mei, case.number, 1, date(2026, 11, 20), [])
    actions.register_sending(mei, case.number, 1, date(2026, 11, 3))
    with pytest.raises(Unusable):
        actions.register_answer(mei, case.number, 1, date(2026, 11, 2), [])


def test_a_line_of_coverage_that_cannot_be_read_is_named():
    with pytest.raises(Unusable, match="2"):
        read_coverage("62220001 2026-01-01 2026-06-30\n62220002 gestern")


@given(days, days, st.lists(st.tuples(days, days), max_size=5))
def test_gaps_are_exactly_the_days_not_covered(one, two, answers):
    period = Period(min(one, two), max(one, two))
    covered = [("a", Period(min(pair), max(pair))) for pair in answers]
    inside = {
        period.first + timedelta(days=at)
        for at in range((period.last - period.first).days + 1)
        if not any(each.first <= period.first + timedelta(days=at) <= each.last for _a, each in covered)
    }
    told = [
        gap.first + timedelta(days=at)
        for gap in rules.gaps(["a"], period, covered)
        for at in range((gap.last - gap.first).days + 1)
    ]
    assert sorted(told) == sorted(inside)
    assert len(told) == len(set(told))
