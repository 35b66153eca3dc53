"""A view is saved into the case as it stands, opened again as it was, and goes with the case."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection

from zhoudao.core.access import Forbidden, Role
from zhoudao.core.audit.tests.acting import client_of
from zhoudao.core.look.refusals import Unusable
from zhoudao.desk.cases import actions as cases
from zhoudao.desk.cases import ports
from zhoudao.desk.cases.rules import Duty, Purpose
from zhoudao.desk.money import actions
from zhoudao.desk.money.asking import GraphState
from zhoudao.desk.money.models import View
from zhoudao.desk.money.rules import ViewKind
from zhoudao.desk.money.tests.made import AN, BO, DE

pytestmark = pytest.mark.django_db


def save(actor, case, title="夜间回环", kind=ViewKind.GRAPH, query="", state=None) -> View:
    return actions.save_view(actor, case.number, kind, title, query, state or GraphState())


def test_a_graph_opens_with_just_the_accounts_that_were_there_where_they_stood(refs, case, mei):
    state = {
        "places": {refs[AN]: [0, 1.5], refs[BO]: [2, -1]},
        "groups": [{"name": "两户", "members": [refs[AN], refs[BO]]}],
        "brush": ["2026-05-04", "2026-05-05"],
    }
    browser = client_of(mei)
    saved = browser.post(
        f"/desk/cases/{case.number}/money/views/save/",
        {"kind": "graph", "title": "夜间回环", "query": f"account={refs[AN]}&evil=1", "state": json.dumps(state)},
    )
    opened = browser.get(saved["Location"])
    query = parse_qs(urlsplit(opened["Location"]).query)
    assert query["account"] == [refs[AN]]
    assert "evil" not in query
    page = browser.get(opened["Location"]).content.decode()
    told = json.loads(page.split('id="graph-state" type="application/json">')[1].split("</script>")[0])
    assert told == state
    data = json.loads(page.split('id="graph-data" type="application/json">')[1].split("</script>")[0])
    assert {node["ref"] for node in data["nodes"]} == {refs[AN], refs[BO]}
    assert refs[DE] not in json.dumps(data)


def test_titles_lie_sealed_in_the_database(refs, case, mei):
    view = save(mei, case, "写给检察院看的")
    with connection.cursor() as raw:
        raw.execute("SELECT title, told FROM money_view WHERE id = %s", [view.pk])
        assert "检察院" not in str(raw.fetchone())


def test_a_trace_leads_back_to_its_question(refs, case, mei):
    browser = client_of(mei)
    saved = browser.post(
        f"/desk/cases/{case.number}/money/views/save/",
        {"kind": "trace", "title": "去向", "query": f"from={refs[AN]}&rule=libr"},
    )
    assert browser.get(saved["Location"])["Location"].endswith(f"/money/trace/?from={refs[AN]}&rule=libr")


@pytest.mark.parametrize("title", ["", "  ", "长" * 81])
def test_a_title_is_asked_for(refs, case, mei, title):
    with pytest.raises(Unusable):
        save(mei, case, title)
    assert not View.objects.exists()


def test_a_tax_officer_saves_and_a_viewer_does_not(refs, case, mei, officer):
    tax, viewer = officer("tao", Role.TAX_OFFICER), officer("wen")
    for who, name, duty in ((tax, "tao", Duty.TAX_OFFICER), (viewer, "wen", Duty.VIEWER)):
        cases.add_member(mei, case.number, name, duty)
        cases.enter(who, case.number, Purpose.REVIEW)
    assert save(tax, case)
    with pytest.raises(Forbidden):
        save(viewer, case)


def test_it_is_removed_and_the_page_says_so(refs, case, mei):
    view = save(mei, case)
    browser = client_of(mei)
    assert "夜间回环" in browser.get(f"/desk/cases/{case.number}/money/").content.decode()
    browser.post(f"/desk/cases/{case.number}/money/views/{view.pk}/remove/")
    assert not View.objects.exists()
    assert browser.get(f"/desk/cases/{case.number}/money/views/{view.pk}/").status_code == 404


def test_views_go_when_the_case_goes(refs, case, mei):
    save(mei, case)
    assert ports.forget_everywhere(case.pk)["money.views"] == 1
    assert not View.objects.exists()
