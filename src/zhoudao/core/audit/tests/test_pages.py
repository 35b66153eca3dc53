"""What the auditor sees, and that nobody else does."""

import csv
import io
from datetime import datetime, timedelta

import pytest

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, VISITOR, Actor, Forbidden, Role
from zhoudao.core.audit import actions, queries
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.audit.tests.trails import ALICE, DO, grow, tamper

pytestmark = pytest.mark.django_db
AUDITOR = Actor("user:9", Role.AUDITOR)
NINE = datetime.fromisoformat("2026-11-24T09:00:00+08:00")


def sequences(page):
    return [row.sequence for row in page.rows]


def test_the_list_is_paged_by_row_in_one_query(django_assert_num_queries):
    grow(queries.PAGE + 5)
    with django_assert_num_queries(1):
        first = queries.page(AUDITOR, queries.Filter())
    assert sequences(first) == list(range(55, 5, -1))
    second = queries.page(AUDITOR, queries.Filter(), first.older)
    assert sequences(second) == [5, 4, 3, 2, 1]
    assert second.older is None


def test_an_exactly_full_page_has_no_older_one():
    grow(queries.PAGE)
    assert queries.page(AUDITOR, queries.Filter()).older is None


def test_filters():
    with clock.at(NINE):
        grow(1)
    with clock.at(NINE + timedelta(days=1)):
        actions.sign_head(SYSTEM)

    def found(**wanted):
        return sequences(queries.page(AUDITOR, queries.Filter(**wanted)))

    assert found(action="test.do") == [1]
    assert found(role="system") == [2]
    assert found(outcome="refused") == []
    assert found(since=NINE + timedelta(hours=1)) == [2]
    assert found(until=NINE + timedelta(days=1)) == [1]


def test_the_page_shows_pseudonyms_and_words(acting):
    grow(2)
    page = acting(AUDITOR).get("/staff/audit/").content.decode()
    assert "审计日志" in page
    assert "user#" in page
    assert "user:12" not in page
    assert "<td" in page
    assert "192.0.2.0/24" in page
    assert "192.0.2.77" not in page
    english = acting(AUDITOR)
    english.cookies["django_language"] = "en"
    assert "Audit trail" in english.get("/staff/audit/").content.decode()


def test_the_days_of_the_form_are_the_citys(acting):
    with clock.at(datetime.fromisoformat("2026-11-23T16:30:00+00:00")):  # half past midnight on the 24th
        grow(1)
    for day, rows in (("2026-11-23", 0), ("2026-11-24", 1)):
        page = acting(AUDITOR).get("/staff/audit/", {"since": day, "until": day, "action": "test.do"})
        assert page.content.decode().count('<td class="row-title number"') == rows


def test_older_and_newest_keep_the_conditions(acting):
    grow(queries.PAGE + 1)
    page = acting(AUDITOR).get("/staff/audit/", {"outcome": "done"}).content.decode()
    assert "?outcome=done&amp;before=2" in page
    older = acting(AUDITOR).get("/staff/audit/", {"outcome": "done", "before": "2"}).content.decode()
    assert 'href="?outcome=done"' in older


def test_a_condition_that_makes_no_sense_is_said(acting):
    page = acting(AUDITOR).get("/staff/audit/", {"since": "yesterday", "before": "x"})
    assert page.status_code == 200
    assert "error" in page.content.decode()


def test_the_verify_button(acting):
    grow(3)
    actions.sign_head(SYSTEM)
    page = acting(AUDITOR).post("/staff/audit/verify").content.decode()
    assert "日志完整" in page
    assert AuditRow.objects.order_by("sequence").last().action == "audit.verify_trail"
    tamper("UPDATE audit_auditrow SET role = 'x' WHERE sequence = 2")
    page = acting(AUDITOR).post("/staff/audit/verify").content.decode()
    assert "日志不完整" in page
    assert "row 2 was edited" in page
    assert acting(AUDITOR).get("/staff/audit/verify").status_code == 405


@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous iterators")
def test_the_table_holds_every_row_that_matches(acting):
    with actions.act(ALICE, DO, purpose="=1+1"):
        pass
    grow(2)
    response = acting(AUDITOR).get("/staff/audit/table.csv", {"action": "test.do"})
    content = b"".join(response)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row["sequence"] for row in rows] == ["1", "2", "3"]
    assert rows[0]["purpose"] == "'=1+1"
    assert rows[1]["hash"] == AuditRow.objects.get(sequence=2).hash
    assert AuditRow.objects.order_by("sequence").last().action == "audit.export_trail"


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.AUDITOR, Role.SYSTEM}))
def test_nobody_but_the_auditor(role):
    somebody = Actor("user:5", role)
    for attempt in (
        lambda: queries.page(somebody, queries.Filter()),
        lambda: queries.rows_after(somebody, queries.Filter(), 0),
        lambda: actions.begin_table(somebody, queries.Filter()),
        lambda: actions.verify(somebody),
    ):
        with pytest.raises(Forbidden):
            attempt()


def test_a_visitor_is_sent_away(acting):
    for path in ("/staff/audit/", "/staff/audit/table.csv"):
        assert acting(VISITOR).get(path).status_code in (302, 401, 403)
