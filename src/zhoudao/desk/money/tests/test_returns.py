"""Frozen money goes back by the ministry's rule: the engine's shares, the victims' transfers, a person's decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from zhoudao.core.audit.models import AuditRow
from zhoudao.core.audit.tests.acting import client_of
from zhoudao.core.clock import CITY_ZONE
from zhoudao.desk.money.asking import BadFilter, ReturnAsk, read_return
from zhoudao.desk.money.models import View
from zhoudao.desk.money.queries.returns import return_page
from zhoudao.desk.money.tests.made import BO, CE, DE, FAR

pytestmark = pytest.mark.django_db
FREEZE = datetime(2026, 5, 10, 9, 0, tzinfo=CITY_ZONE)
PAID = f"{0:016x}"  # FAR to AN, a hundred thousand
BACK = f"{7:016x}"  # DE to BO, a thousand


@pytest.fixture
def ask(refs) -> ReturnAsk:
    return ReturnAsk(refs[BO], 200_000, FREEZE, (PAID, BACK))


def address(case, ask: ReturnAsk) -> str:
    return f"/desk/cases/{case.number}/money/return/?{ask.query}"


def test_each_victim_gets_a_share_and_no_fen_is_lost(case, mei, ask):
    found = return_page(mei, case.number, ask)
    assert {each.account.account: each.share.lost for each in found.dues} == {FAR: 10_000_000, DE: 100_000}
    assert 0 < found.due <= ask.frozen
    assert all(0 <= each.share.amount <= each.share.lost for each in found.dues)
    # What DE paid can be FAR's money that went round: times don't tell them apart, so shares go by loss, to the fen.
    assert found.case == 3
    assert found.due == ask.frozen
    assert [each.share.amount for each in found.dues] == [198_020, 1_980]


def test_the_balance_before_the_freeze_stands_beside_the_sum(case, mei, ask, refs):
    assert return_page(mei, case.number, ask).balance == 200_000
    early = return_page(mei, case.number, ReturnAsk(refs[BO], at=datetime(2026, 5, 4, 11, 30, tzinfo=CITY_ZONE)))
    assert early.balance == 9_000_000
    warning = "冻结金额超过账本所知的最后余额"
    assert warning not in client_of(mei).get(address(case, ask)).content.decode()
    assert warning in client_of(mei).get(address(case, replace(ask, frozen=200_001))).content.decode()


def test_only_what_came_before_the_freeze_is_offered(case, mei, refs):
    ids = [row["transfer_id"] for row in return_page(mei, case.number, ReturnAsk(refs[CE])).candidates]
    assert ids[0] == PAID  # its payer's statements were never obtained
    assert f"{6:016x}" not in ids
    nothing = ReturnAsk(refs[CE], at=datetime(2026, 5, 4, 10, 30, tzinfo=CITY_ZONE))
    assert return_page(mei, case.number, nothing).candidates == []
    assert "没有资金转入此账户" in client_of(mei).get(address(case, nothing)).content.decode()


def test_the_page_says_what_it_rests_on_and_that_people_decide(case, mei, ask):
    page = client_of(mei).get(address(case, ask)).content.decode()
    for words in ("银监发〔2016〕41号", "法定", "本页只作测算", "须公告30日", "1,980.20"):
        assert words in page
    assert FAR not in ask.query


def test_before_an_account_is_chosen_it_says_how(case, mei, ledger):
    page = client_of(mei).get(f"/desk/cases/{case.number}/money/return/").content.decode()
    assert "冻结的是哪个账户" in page


@pytest.mark.parametrize(
    ("name", "value"),
    [("frozen", "-1"), ("frozen", "x"), ("at", "tomorrow"), ("at", "1900-01-01T00:00"), ("transfer", "a b")],
)
def test_what_cannot_be_read_is_named(case, mei, ledger, name, value):
    from django.http import QueryDict

    query = QueryDict(mutable=True)
    query[name] = value
    with pytest.raises(BadFilter, match=name):
        read_return(query)
    answer = client_of(mei).get(f"/desk/cases/{case.number}/money/return/?{query.urlencode()}")
    assert answer.status_code == 400


def test_an_ask_survives_its_address(ask):
    from django.http import QueryDict

    assert read_return(QueryDict(ask.query)) == ask


def test_the_table_is_taken_out_by_who_may_and_told(case, mei, ask):
    url = address(case, ask).replace("/return/?", "/return/table/?")
    answer = client_of(mei).get(url)
    lines = b"".join(answer).decode("utf-8-sig").splitlines()
    assert lines[-1].startswith("合计")
    assert lines[-1].split(",")[-2] == "2000"
    assert len(lines) == 4
    told = AuditRow.objects.filter(action="money.export", outcome="done").latest("sequence")
    assert '"seeing":"return of frozen money"' in told.details
    assert FAR not in told.details
    assert client_of(mei).get(f"/desk/cases/{case.number}/money/return/table/").status_code == 400


def test_a_calculation_is_saved_into_the_case(case, mei, ask):
    client = client_of(mei)
    client.post(
        f"/desk/cases/{case.number}/money/views/save/", {"kind": "return", "query": ask.query, "title": "返还测算"}
    )
    view = View.objects.get()
    answer = client.get(f"/desk/cases/{case.number}/money/views/{view.pk}/")
    assert answer.status_code == 302
    assert answer["Location"] == address(case, ask)
