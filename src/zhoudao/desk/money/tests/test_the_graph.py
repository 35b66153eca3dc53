"""The money graph against sums worked out in plain Python; every figure opens the rows it is made of."""

from __future__ import annotations

import json
from datetime import date
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from zhoudao.core.audit.models import AuditRow
from zhoudao.core.audit.tests.acting import client_of
from zhoudao.desk.cases.gate import NoSuchCase
from zhoudao.desk.evidence import queries as evidence
from zhoudao.desk.money import telling
from zhoudao.desk.money.asking import GraphAsk
from zhoudao.desk.money.queries.network import link_page, network
from zhoudao.desk.money.tests.made import AN, BO, CE, DE, FAR, FLOW, NAMES, STATED

pytestmark = pytest.mark.django_db


def sums(found) -> dict[tuple[str, str], tuple[int, int]]:
    return {(link.payer.account, link.payee.account): (link.count, link.amount) for link in found.links}


def truth(among) -> dict[tuple[str, str], tuple[int, int]]:
    told: dict[tuple[str, str], tuple[int, int]] = {}
    for _hours, payer, payee, fen in FLOW:
        if payer in among and payee in among:
            count, amount = told.get((payer, payee), (0, 0))
            told[payer, payee] = (count + 1, amount + fen)
    return told


def test_an_account_comes_with_its_neighbours_and_what_went_between_all_of_them(refs, case, mei):
    found = network(mei, case.number, GraphAsk((refs[AN],)))
    assert {node.account.account for node in found.nodes} == {AN, BO, CE, DE, FAR}
    assert sums(found) == truth({AN, BO, CE, DE, FAR})  # failed, reversed and dollars are not in it
    assert [node.account.account for node in found.nodes if node.is_opened] == [AN]
    assert found.currencies == ["CNY", "USD"]


def test_only_the_largest_neighbours_come_and_the_others_are_counted(refs, case, mei):
    found = network(mei, case.number, GraphAsk((refs[AN],), most=2))
    assert {node.account.account for node in found.nodes} == {AN, FAR, BO}
    assert found.nodes[0].hidden == 2
    assert sums(found) == truth({AN, FAR, BO})


def test_days_and_amounts_narrow_it(refs, case, mei):
    found = network(mei, case.number, GraphAsk((refs[AN],), first=date(2026, 5, 5), last=date(2026, 5, 5)))
    assert sums(found) == {(AN, DE): (1, 4_000_000), (AN, FAR): (1, 500_000)}
    found = network(mei, case.number, GraphAsk((refs[AN],), least=8_000_000))
    assert sums(found) == {(FAR, AN): (1, 10_000_000), (AN, BO): (1, 9_000_000)}


def test_another_currency_is_another_graph(refs, case, mei):
    assert sums(network(mei, case.number, GraphAsk((refs[AN],), currency="USD"))) == {(AN, BO): (1, 123_456)}


def test_days_add_up_to_each_sum(refs, case, mei):
    found = network(mei, case.number, GraphAsk((refs[AN], refs[BO])))
    assert found.begin == date(2026, 5, 4)
    for link in found.links:
        assert sum(count for _day, count, _fen in link.bins) == link.count
        assert sum(fen for _day, _count, fen in link.bins) == link.amount


def test_every_sum_opens_exactly_its_rows_in_the_ledger(refs, case, mei):
    found = network(mei, case.number, GraphAsk((refs[AN], refs[BO]), least=200_000))
    assert len(found.links) > 4
    for link in found.links:
        query = dict(parse_qsl(urlsplit(telling.ledger_url(case.number, link, found)).query))
        opened = evidence.ledger_page(mei, case.number, query)
        assert opened.sums.listed == link.count
        assert opened.sums.by_currency[0].amount == link.amount


def test_an_edge_between_groups_lists_the_transfers_of_all_pairs(refs, case, mei):
    page = link_page(mei, case.number, GraphAsk(), [refs[AN], refs[BO]], [refs[DE], refs[CE]])
    assert page is not None
    assert [row["amount"] for row in page.rows] == [8_000_000, 4_000_000, 900_000]
    assert (page.count, page.amount) == (3, 12_900_000)
    assert link_page(mei, case.number, GraphAsk(), ["r" + "0" * 16], [refs[DE]]) is None


def test_accounts_without_a_statement_are_marked(refs, case, mei):
    found = network(mei, case.number, GraphAsk((refs[AN],)))
    assert {node.account.account for node in found.nodes if node.account.stated} == set(STATED)
    page = client_of(mei).get(f"/desk/cases/{case.number}/money/graph/?account={refs[AN]}").content.decode()
    assert page.count("未调单") > 2


def test_no_address_of_the_page_holds_an_account_or_a_name(refs, case, mei):
    page = client_of(mei).get(f"/desk/cases/{case.number}/money/graph/?account={refs[AN]}").content.decode()
    addresses = [part.split('"')[0] for part in page.split('href="')[1:]]
    assert any("/money/" in each for each in addresses)
    for secret in (*NAMES, *NAMES.values()):
        assert not any(secret in each for each in addresses)


def test_every_look_is_in_the_trail_with_no_account_in_it(refs, case, mei):
    before = AuditRow.objects.count()
    network(mei, case.number, GraphAsk((refs[AN],)))
    row = AuditRow.objects.order_by("-pk").first()
    assert AuditRow.objects.count() == before + 1
    assert row is not None
    assert "money graph" in str(row.payload if hasattr(row, "payload") else vars(row))
    assert AN not in str(vars(row))


def test_to_somebody_who_is_no_member_the_case_is_not_there(refs, case, officer):
    with pytest.raises(NoSuchCase):
        network(officer("stranger"), case.number, GraphAsk((refs[AN],)))


def test_a_picture_has_the_readers_places_and_the_ledgers_sums(refs, case, mei):
    state = {"places": {refs[AN]: [0, 0], refs[BO]: [1, 1]}, "groups": []}
    answer = client_of(mei).post(
        f"/desk/cases/{case.number}/money/graph/picture/svg/",
        {"account": refs[AN], "state": json.dumps(state), "title": "两个账户"},
    )
    svg = answer.content.decode()
    assert answer["Content-Disposition"].startswith("attachment")
    assert "两个账户" in svg
    assert "9 万元" in svg
    assert NAMES[AN] in svg
    assert NAMES[DE] not in svg  # it was not on the screen
    assert case.number in svg


@pytest.mark.parametrize("state", ["{}", "[1]", '{"places": {"x": [1, 2]}, "groups": []}', "no json"])
def test_a_state_this_page_never_sent_is_refused(refs, case, mei, state):
    answer = client_of(mei).post(
        f"/desk/cases/{case.number}/money/graph/picture/svg/", {"account": refs[AN], "state": state}
    )
    assert answer.status_code == 400


def test_opening_one_more_account_is_an_address(refs, case, mei):
    ask = GraphAsk((refs[AN],))
    query = parse_qs(urlsplit(telling.opened_with(case.number, ask, refs[BO])).query)
    assert query["account"] == [refs[AN], refs[BO]]
    closed = urlsplit(telling.opened_with(case.number, ask.but(accounts=(refs[AN], refs[BO])), refs[AN])).query
    assert parse_qs(closed)["account"] == [refs[BO]]
