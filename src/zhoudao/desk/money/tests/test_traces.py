"""A trace's figures are the engine's, its rule says what it stands on, and every number opens its rows."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree as ET

import pytest

from zhoudao.core.audit.tests.acting import client_of
from zhoudao.desk.cases import vault
from zhoudao.desk.money.asking import TraceAsk
from zhoudao.desk.money.queries.traces import trace_page
from zhoudao.desk.money.tests.made import AN, BO, CE, DE, FAR
from zhoudao.engines.flows.tracing import RULES

pytestmark = pytest.mark.django_db


def kept(found) -> dict[str, int]:
    return {each.account.account: each.kept for each in found.keepers if each.account and each.kept}


def test_who_kept_what_adds_up_to_what_was_put_in(refs, case, mei):
    """The hundred thousand that came first: ninety went on to BO, and so on, until accounts nobody asked about."""
    found = trace_page(mei, case.number, TraceAsk(transfers=(f"{0:016x}",)))
    assert found.trace is not None
    assert found.trace.started == 10_000_000
    assert sum(kept(found).values()) == found.trace.kept_total == 10_000_000
    assert found.listed == found.trace.transfers.size
    assert sum(row["traced"] for row in found.rows) == found.listed_sum


@pytest.mark.parametrize("rule", list(RULES))
def test_every_rule_says_what_it_stands_on(refs, case, mei, rule):
    address = f"/desk/cases/{case.number}/money/trace/?from={refs[AN]}&rule={rule}"
    page = client_of(mei).get(address).content.decode()
    assert "分析假设" in page
    assert RULES[rule].source.split("'")[0] in page


def test_an_account_without_statements_is_never_where_money_stopped(refs, case, mei):
    page = client_of(mei).get(f"/desk/cases/{case.number}/money/trace/?from={refs[AN]}").content.decode()
    assert "未调单：资金可能从那里继续转出" in page
    found = trace_page(mei, case.number, TraceAsk((refs[AN],)))
    assert found.unobtained == 2
    assert found.kept_by_state["not_obtained"] > 0


def test_days_choose_the_transfers_it_starts_with(refs, case, mei):
    ask = TraceAsk((refs[AN],), first=date(2026, 5, 5), last=date(2026, 5, 5))
    found = trace_page(mei, case.number, ask)
    assert found.trace is not None
    assert found.trace.started == 4_500_000


def test_nothing_passes_an_account_that_is_to_stop_it(refs, case, mei):
    free = trace_page(mei, case.number, TraceAsk((refs[AN],)))
    stopped = trace_page(mei, case.number, TraceAsk((refs[AN],), stops=(refs[BO],)))
    assert {CE, DE} <= {each.account.account for each in free.keepers}
    assert CE not in {each.account.account for each in stopped.keepers}
    assert [each.state for each in stopped.keepers if each.account.account == BO] == ["conduit"]


def test_rows_of_one_payer_or_payee_are_told_apart(refs, case, mei):
    whole = trace_page(mei, case.number, TraceAsk((refs[AN],)))
    to_bo = trace_page(mei, case.number, TraceAsk((refs[AN],), payer=refs[AN], payee=refs[BO]))
    assert to_bo.listed == 1 < whole.listed
    assert to_bo.rows[0]["traced"] == to_bo.rows[0]["amount"] == 9_000_000


def test_back_is_where_it_came_from(refs, case, mei):
    found = trace_page(mei, case.number, TraceAsk((refs[DE],), forward=False))
    assert found.trace is not None
    assert FAR in {each.account.account for each in found.keepers}


def test_where_nothing_was_sent_it_says_so(refs, case, mei):
    ask = TraceAsk((refs[AN],), first=date(2027, 1, 1))
    assert trace_page(mei, case.number, ask).empty
    page = client_of(mei).get(f"/desk/cases/{case.number}/money/trace/?{ask.query}").content.decode()
    assert "从那里没有可追踪的资金" in page


@pytest.mark.parametrize(("kind", "head"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_it_is_taken_out_as_a_picture(refs, case, mei, kind, head):
    answer = client_of(mei).get(
        f"/desk/cases/{case.number}/money/trace/picture/{kind}/?from={refs[AN]}"
    )
    assert answer.content.startswith(head)
    assert answer["Content-Disposition"].startswith("attachment")
    if kind == "svg":
        told = "".join(ET.fromstring(answer.content).itertext())
        assert "分析假设" in told
        assert case.number in told
        assert "未调单" in told


def test_its_graph_goes_with_the_opened_vault(refs, case, mei):
    trace_page(mei, case.number, TraceAsk((refs[AN],)))
    opened = vault.of(case).private
    assert list(opened.rglob("graph-CNY"))
    vault.wipe(case.vault)
    assert not opened.exists()
    again = trace_page(mei, case.number, TraceAsk((refs[AN],)))  # made anew
    assert again.trace is not None


@pytest.mark.parametrize("query", ["rule=best", "way=up", "days=0", "days=x", "from=6222", "transfer=a/b", "first=5"])
def test_what_cannot_be_read_is_refused_by_name(refs, case, mei, query):
    answer = client_of(mei).get(f"/desk/cases/{case.number}/money/trace/?{query}")
    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.content.decode()
