"""A run finds what is there, keeps how it was found, and can be stopped; what was decided before stays decided."""

from __future__ import annotations

import pyarrow as pa
import pytest

from zhoudao.core.access import Forbidden, Role
from zhoudao.core.audit.tests.acting import client_of
from zhoudao.core.outbox.delivery import deliver_next
from zhoudao.desk.cases import actions as cases
from zhoudao.desk.cases import gate
from zhoudao.desk.cases.rules import Duty, Purpose
from zhoudao.desk.evidence import queries as evidence
from zhoudao.desk.evidence.tests.made import LI, transfers
from zhoudao.desk.findings import actions, queries, searching
from zhoudao.desk.findings.models import Finding, Run
from zhoudao.desk.findings.rules import JobState, Verdict
from zhoudao.engines.detection import BadParams, Batch, Context, Detector, Text, detectors

pytestmark = pytest.mark.django_db(transaction=True)
ROUND = "ledgers.round_amounts"
PARAMS = {"step": 100_000, "share": 0.1, "transfers": 5}


def run_it(mei, case, name=ROUND, **params) -> Run:
    asked = actions.start_run(mei, case.number, detectors()[name], params or PARAMS)
    searching.run(asked.pk)
    return Run.objects.get(pk=asked.pk)


def test_a_run_finds_what_is_there_and_says_how(ledger, case, mei):
    done = run_it(mei, case)
    assert done.state == JobState.DONE
    assert done.params == {"step": 100_000, "share": 0.1, "transfers": 5}
    assert done.input_hashes == {"ledger": ledger.ledger_sha256}
    assert len(done.run_id) == 24
    found = {
        finding.subjects[0]["id"]: finding
        for finding in Finding.objects.filter(run=done)
        if finding.subjects[0]["role"] == "round out"
    }
    whole = [
        row
        for row in transfers()
        if row["source_account"] == LI
        and row["amount"] % 100_000 == 0
        and row["currency"] == "CNY"
        and row["succeeded"]
        and not row["reversed"]
        and not row["own_account"]
    ]
    assert (found[LI].rows, found[LI].amount) == (len(whole), sum(row["amount"] for row in whole))


def test_the_worker_does_it_from_the_outbox(ledger, case, mei):
    asked = actions.start_run(mei, case.number, detectors()[ROUND], PARAMS)
    while deliver_next():
        pass
    assert Run.objects.get(pk=asked.pk).state == JobState.DONE


def test_every_figure_of_a_finding_opens_its_rows(ledger, case, mei):
    done = run_it(mei, case)
    finding = Finding.objects.filter(run=done).first()
    page = evidence.ledger_page(
        mei, case.number, {"ledger": "1", "run": str(done.pk), "finding": finding.finding_id}
    )
    assert page.sums.listed == finding.rows
    assert sum(each.amount for each in page.sums.by_currency) == finding.amount
    sheet = client_of(mei).get(f"/desk/cases/{case.number}/findings/{finding.pk}/").content.decode()
    assert f"finding={finding.finding_id}" in sheet
    assert "的整数倍" in sheet


def test_the_same_run_under_way_is_given_back(ledger, case, mei):
    first = actions.start_run(mei, case.number, detectors()[ROUND], PARAMS)
    assert actions.start_run(mei, case.number, detectors()[ROUND], PARAMS) == first


def test_a_run_that_nobody_wants_stops(ledger, case, mei, monkeypatch):
    asked = actions.start_run(mei, case.number, detectors()[ROUND], PARAMS)
    actions.cancel_run(mei, case.number, asked.pk)
    assert Run.objects.get().state == JobState.CANCELLED
    searching.run(asked.pk)
    assert not Finding.objects.exists()

    def slow(tables, params, context: Context):
        Run.objects.filter(state=JobState.RUNNING.value).update(cancel_asked=True)
        context.report(0.5, "half")
        yield Batch(pa.table({}), pa.table({}))

    slow_one = Detector(
        "test.slow", "1", Text("慢", "slow"), Text("慢", "slow"), {"ledger": ("amount",)}, slow
    )
    monkeypatch.setattr(searching, "detectors", lambda: {"test.slow": slow_one})
    asked = actions.start_run(mei, case.number, slow_one, {})
    searching.run(asked.pk)
    assert Run.objects.get(pk=asked.pk).state == JobState.CANCELLED


def test_a_run_that_fails_says_so_and_is_not_tried_again(ledger, case, mei, monkeypatch):
    def broken(tables, params, context):
        raise RuntimeError("the ledger is too odd")
        yield

    one = Detector(
        "test.broken", "1", Text("坏", "broken"), Text("坏", "broken"), {"ledger": ("amount",)}, broken
    )
    monkeypatch.setattr(searching, "detectors", lambda: {"test.broken": one})
    asked = actions.start_run(mei, case.number, one, {})
    searching.run(asked.pk)
    failed = Run.objects.get(pk=asked.pk)
    assert (failed.state, str(failed.problem)) == (JobState.FAILED, "the ledger is too odd")


def test_parameters_are_checked_before_anything_runs(ledger, case, mei):
    for params in ({"share": "2"}, {"step": "0.5"}, {"nonsense": 1}):
        with pytest.raises(BadParams):
            actions.start_run(mei, case.number, detectors()[ROUND], params)
    page = client_of(mei).post(f"/desk/cases/{case.number}/findings/search/{ROUND}/", {"share": "2"})
    assert page.status_code == 400
    assert not Run.objects.exists()


def test_amounts_are_asked_in_yuan(ledger, case, mei):
    client_of(mei).post(
        f"/desk/cases/{case.number}/findings/search/{ROUND}/", {"step": "1,000", "share": "0.1"}
    )
    assert Run.objects.get().params["step"] == 100_000


def test_what_was_decided_before_is_decided_in_the_next_run(ledger, case, mei):
    first = Finding.objects.filter(run=run_it(mei, case)).first()
    actions.decide(mei, case.number, first.pk, Verdict.DISMISSED, "已核实，正常经营")
    again = Finding.objects.get(run=run_it(mei, case), finding_id=first.finding_id)
    assert (again.verdict, str(again.why)) == (Verdict.DISMISSED, "已核实，正常经营")


def test_who_may_not_run_does_not(ledger, case, mei, officer):
    tao = officer("tao", Role.TAX_OFFICER)
    cases.add_member(mei, case.number, "tao", Duty.TAX_OFFICER)
    cases.enter(tao, case.number, Purpose.REVIEW)
    with pytest.raises(Forbidden):
        actions.start_run(tao, case.number, detectors()[ROUND], {})
    cases.close(mei, case.number)
    with pytest.raises(gate.CaseRefuses):
        actions.start_run(mei, case.number, detectors()[ROUND], {})


def test_without_a_ledger_nothing_runs(case, mei):
    with pytest.raises(evidence.NoLedger):
        actions.start_run(mei, case.number, detectors()[ROUND], {})


def test_the_list_shows_what_is_to_be_decided_first(ledger, case, mei):
    run_it(mei, case)
    found = queries.list_page(mei, case.number, Verdict.OPEN, None, 1)
    scores = [each.score for each in found.page]
    assert scores == sorted(scores, reverse=True) != []
    assert client_of(mei).get(f"/desk/cases/{case.number}/findings/").status_code == 200
    assert client_of(mei).get(f"/desk/cases/{case.number}/findings/search/").status_code == 200
