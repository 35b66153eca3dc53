"""The ledger's questions against the same answers worked out in plain Python, and what may stand in an address."""

from __future__ import annotations

import html
import re
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhoudao.core.audit.models import AuditRow
from zhoudao.core.audit.tests.acting import client_of
from zhoudao.core.clock import local
from zhoudao.desk.evidence import queries
from zhoudao.desk.evidence.ledger import filters as asking
from zhoudao.desk.evidence.ledger.filters import Filters, Rows
from zhoudao.desk.evidence.tests.made import FAR, HEADER, IDS, LI, NAMES, PREAMBLE, SHOP, WANG, transfers

TRUTH = transfers()


def counted(row) -> bool:
    return row["succeeded"] and not row["reversed"] and not row["own_account"]


@pytest.fixture
def refs(ledger, case, mei) -> dict[str, str]:
    """Account number → its reference in this case."""
    page = queries.accounts_page(mei, case.number, "")
    return {each["account"]: each["ref"] for each in page.accounts}


def ask(mei, case, **query) -> queries.LedgerPage:
    return queries.ledger_page(mei, case.number, {name: str(value) for name, value in query.items()})


def all_ids(mei, case, **query) -> list[str]:
    """Every page to the end, forwards."""
    found, after = [], ""
    while True:
        page = ask(mei, case, **query, after=after)
        found += [row["transfer_id"] for row in page.page.rows]
        if not page.page.more_after:
            return found
        after = found[-1]


@pytest.mark.django_db
class TestSums:
    def test_failed_reversed_and_own_rows_are_listed_and_not_summed(self, ledger, case, mei):
        sums = ask(mei, case).sums
        assert sums.listed == 200
        yuan = next(each for each in sums.by_currency if each.currency == "CNY")
        kept = [row for row in TRUTH if counted(row) and row["currency"] == "CNY"]
        assert (yuan.count, yuan.amount) == (len(kept), sum(row["amount"] for row in kept))
        assert sums.failed == sum(not row["succeeded"] for row in TRUTH)
        assert sums.reversed == 2

    def test_the_switch_counts_own_accounts_too(self, ledger, case, mei):
        kept = [row for row in TRUTH if row["succeeded"] and not row["reversed"] and row["currency"] == "CNY"]
        assert ask(mei, case, own=1).sums.by_currency[0].amount == sum(row["amount"] for row in kept)

    def test_currencies_are_never_added_up(self, ledger, case, mei):
        assert {each.currency: each.count for each in ask(mei, case).sums.by_currency} == {
            "CNY": sum(counted(row) and row["currency"] == "CNY" for row in TRUTH),
            "USD": 1,
        }

    def test_a_sum_opens_exactly_the_rows_it_is_made_of(self, ledger, case, mei, refs):
        query = {"account": refs[LI], "rows": "counted", "direction": "in", "currency": "CNY"}
        ids = set(all_ids(mei, case, **query))
        expected = {
            row["transfer_id"]
            for row in TRUTH
            if counted(row) and row["target_account"] == LI and row["currency"] == "CNY"
        }
        assert ids == expected
        side = ask(mei, case, account=refs[LI]).sums.by_currency[0]
        assert side.into == sum(row["amount"] for row in TRUTH if row["transfer_id"] in expected)


@pytest.mark.django_db
class TestPages:
    @pytest.mark.parametrize(
        "order", ["time", "-time", "amount", "-amount", "source", "-target", "memo", "channel"]
    )
    def test_turning_pages_shows_every_row_once_in_order(self, ledger, case, mei, order):
        ids = all_ids(mei, case, order=order)
        assert sorted(ids) == sorted(row["transfer_id"] for row in TRUTH)
        by_id = {row["transfer_id"]: row for row in TRUTH}
        key = {"source": "source_name", "target": "target_name"}.get(order.lstrip("-"), order.lstrip("-"))
        keys = [by_id[each][key] for each in ids]
        assert keys == sorted(keys, reverse=order.startswith("-"))

    def test_turning_back_comes_to_the_same_page(self, ledger, case, mei):
        first = ask(mei, case, order="-amount")
        second = ask(mei, case, order="-amount", after=first.page.rows[-1]["transfer_id"])
        back = ask(mei, case, order="-amount", before=second.page.rows[0]["transfer_id"])
        assert [row["transfer_id"] for row in back.page.rows] == [
            row["transfer_id"] for row in first.page.rows
        ]
        assert not back.page.more_before


@pytest.mark.django_db
class TestFilters:
    @pytest.mark.parametrize(
        ("query", "holds"),
        [
            (
                {"first": "2026-03-10", "last": "2026-03-12"},
                lambda r: 10 <= local(r["time"]).day <= 12 and local(r["time"]).month == 3,
            ),
            ({"least": "1000", "most": "5000"}, lambda r: 100_000 <= r["amount"] <= 500_000),
            ({"channel": "ATM"}, lambda r: r["channel"] == "ATM"),
            ({"month": "2026-04"}, lambda r: f"{local(r['time']):%Y-%m}" == "2026-04"),
            ({"weekday": "7"}, lambda r: local(r["time"]).isoweekday() == 7),
            ({"hour": "3"}, lambda r: local(r["time"]).hour == 3 and r["time_precision"] != "day"),
            ({"multiple": "1000"}, lambda r: r["amount"] % 100_000 == 0),
            ({"cash": "1"}, lambda r: r["cash"]),
            ({"currency": "USD"}, lambda r: r["currency"] == "USD"),
            ({"rows": "failed"}, lambda r: not r["succeeded"]),
            ({"rows": "counted"}, counted),
        ],
    )
    def test_what_is_listed_is_what_was_asked_for(self, ledger, case, mei, query, holds):
        expected = [row["transfer_id"] for row in TRUTH if holds(row)]
        assert expected
        assert sorted(all_ids(mei, case, **query)) == sorted(expected)

    def test_words_are_found_in_memo_names_and_numbers(self, ledger, case, mei):
        for words, holds in (
            ("货款", lambda r: "货款" in r["memo"]),
            ("远方", lambda r: FAR in (r["source_account"], r["target_account"])),
            (SHOP[-6:], lambda r: SHOP in (r["source_account"], r["target_account"])),
        ):
            ids = all_ids(mei, case, words=queries.seal_words(words))
            assert sorted(ids) == sorted(row["transfer_id"] for row in TRUTH if holds(row))

    def test_a_counterparty_narrows_an_account(self, ledger, case, mei, refs):
        ids = all_ids(mei, case, account=refs[LI], counterparty=refs[SHOP], direction="out")
        assert sorted(ids) == sorted(row["transfer_id"] for row in TRUTH if row["target_account"] == SHOP)

    @pytest.mark.parametrize(
        "query",
        [
            "account=6299000000000001",
            "first=gestern",
            "least=-1",
            "least=1e999",
            "least=0.001",
            "rows=many",
            "hour=24",
            "month=2026-13",
            "words=abc",
            "finding=x",
            "currency=yuan",
            "first=0001-01-01",
        ],
    )
    def test_a_question_that_cannot_be_read_is_refused_by_name(self, ledger, case, mei, query):
        answer = client_of(mei).get(f"/desk/cases/{case.number}/ledger/?{query}")
        assert answer.status_code == 400
        assert query.partition("=")[0] in answer.content.decode()

    def test_a_reference_of_another_case_finds_nothing(self, ledger, case, mei):
        assert ask(mei, case, account="r0123456789abcdef").sums.listed == 0


@pytest.mark.django_db
class TestAddresses:
    """No account, name or identity number stands in an address or in the trail."""

    def test_what_was_typed_becomes_a_token(self, ledger, case, mei):
        answer = client_of(mei).post(
            f"/desk/cases/{case.number}/ledger/ask/", {"words": "李样一", "least": "500"}
        )
        assert answer.status_code == 302
        query = parse_qs(urlsplit(answer["Location"]).query)
        assert query["least"] == ["500"]
        assert queries.open_words(query["words"][0]) == "李样一"

    @pytest.mark.parametrize(
        "path", ["ledger/", "ledger/pivot/", "ledger/accounts/", "ledger/next-round/", "evidence/"]
    )
    def test_no_link_of_a_page_names_anybody(self, ledger, case, mei, path):
        page = client_of(mei).get(f"/desk/cases/{case.number}/{path}").content.decode()
        links = [part.split('"')[0] for part in page.split('href="')[1:]]
        assert links
        for secret in (*NAMES, *NAMES.values(), *IDS.values()):
            assert not [link for link in links if secret in link]

    def test_the_trail_keeps_which_filters_and_not_their_values(self, ledger, case, mei, refs):
        ask(mei, case, words=queries.seal_words("李样一"), account=refs[LI], least="500")
        row = AuditRow.objects.order_by("-sequence").first()
        assert (row.action, row.purpose) == ("evidence.look", "trace")
        told = str(row.details)
        assert "words" in told
        for secret in ("李样一", LI, refs[LI]):
            assert secret not in told

    @given(
        st.builds(
            Filters,
            account=st.sampled_from(["", "r0123456789abcdef"]),
            first=st.none()
            | st.dates(
                min_value=date(1980, 1, 1),
                max_value=date(2100, 1, 1),
            ),
            least=st.none() | st.integers(0, 10**12),
            words=st.text(max_size=20).map(str.strip),
            rows=st.sampled_from(Rows),
            own=st.booleans(),
            hour=st.none() | st.integers(0, 23),
        )
    )
    def test_filters_come_back_from_an_address_as_they_went(self, filters):
        query = parse_qs(asking.write(filters, queries.seal_words))
        assert asking.read({name: value[0] for name, value in query.items()}, queries.open_words) == filters


@pytest.mark.django_db
class TestTheRawLine:
    def test_a_row_opens_its_line_in_its_file(self, ledger, case, mei):
        row = TRUTH[100]
        found = queries.row_page(mei, case.number, row["transfer_id"])
        [stand] = found.stands
        wanted = next(line for line in stand.lines if line.wanted)
        assert wanted.number == stand.row == 104
        expected = (
            f"{row['time']:%Y-%m-%d %H:%M:%S},{row['target_account']},{row['amount'] / 100:.2f},{row['memo']}"
        )
        assert wanted.cells == [expected]
        page = (
            client_of(mei).get(f"/desk/cases/{case.number}/ledger/row/{row['transfer_id']}/").content.decode()
        )
        assert "<mark>" in page
        assert stand.sha256 in page

    def test_the_first_lines_have_their_preamble_beside_them(self, ledger, case, mei):
        [stand] = queries.row_page(mei, case.number, TRUTH[0]["transfer_id"]).stands
        assert [line.cells[0] + "\n" for line in stand.lines[:3]] == [
            *PREAMBLE.splitlines(keepends=True),
            HEADER,
        ]

    def test_a_transfer_that_is_not_there_is_404(self, ledger, case, mei):
        assert client_of(mei).get(f"/desk/cases/{case.number}/ledger/row/nothing/").status_code == 404


@pytest.mark.django_db
class TestPivotAndProfile:
    def test_a_cross_table_adds_up_and_each_cell_is_its_rows(self, ledger, case, mei):
        found = queries.pivot_page(mei, case.number, {}, "channel", "month", "sum")
        kept = [row for row in TRUTH if counted(row) and row["currency"] == "CNY"]
        assert found.pivot.total == sum(row["amount"] for row in kept)
        assert sum(found.pivot.cells.values()) == found.pivot.total
        for head in found.pivot.rows:
            assert head.total == sum(row["amount"] for row in kept if row["channel"] == head.value)
        page = client_of(mei).get(f"/desk/cases/{case.number}/ledger/pivot/?down=channel&across=month")
        assert page.status_code == 200

    def test_a_profile_tells_what_the_rows_tell(self, ledger, case, mei, refs):
        told = queries.profile_page(mei, case.number, "account", refs[LI], {}).profile
        kept = [row for row in TRUTH if counted(row) and row["currency"] == "CNY"]
        into = [row for row in kept if row["target_account"] == LI]
        out = [row for row in kept if row["source_account"] == LI]
        assert (told.into, told.in_count) == (sum(row["amount"] for row in into), len(into))
        assert (told.out, told.out_count) == (sum(row["amount"] for row in out), len(out))
        assert told.counterparties == 3
        assert told.sources[0].amount == max(
            sum(row["amount"] for row in into if row["source_account"] == other)
            for other in (WANG, SHOP, FAR)
        )
        assert sum(told.hours.values()) + told.without_hour == len(into) + len(out)
        assert sum(each["came"] for each in told.months) == told.into
        assert told.rounds[1][1] == sum(row["amount"] % 100_000 == 0 for row in into + out)
        assert [at for at, _balance in told.balances] == sorted(at for at, _balance in told.balances)

    def test_a_person_is_all_accounts_of_one_identity_number(self, ledger, case, mei):
        accounts = queries.accounts_page(mei, case.number, "").accounts
        person = next(each["person"] for each in accounts if each["account"] == LI)
        answer = client_of(mei).get(f"/desk/cases/{case.number}/ledger/person/{person}/")
        assert answer.status_code == 200
        assert NAMES[LI] in answer.content.decode()

    def test_every_figure_of_a_profile_opens_its_rows(self, ledger, case, mei, refs):
        browser = client_of(mei)
        shown = browser.get(f"/desk/cases/{case.number}/ledger/account/{refs[LI]}/").content.decode()
        tally = re.search(r'<dl class="tally">(.*?)</dl>', shown, re.DOTALL)[1]
        figures = re.findall(r"<dd>(.*?)</dd>", tally, re.DOTALL)
        assert len(figures) >= 7
        for figure in figures:
            if figure == "0":
                continue
            address = html.unescape(re.search(r'href="([^"]+)"', figure)[1])
            answer = browser.get(address if address[0] == "/" else f"/desk/cases/{case.number}/ledger/{address}")
            assert answer.status_code == 200, address
            assert "<tbody>" in answer.content.decode(), address

    @pytest.mark.parametrize(
        "path", ["account/r0123456789abcdef", "person/r0123456789abcdef", "thing/r0123456789abcdef"]
    )
    def test_a_profile_of_nobody_is_404(self, ledger, case, mei, path):
        assert client_of(mei).get(f"/desk/cases/{case.number}/ledger/{path}/").status_code == 404


@pytest.mark.django_db
class TestTakingOut:
    def test_rows_come_out_whole_and_no_cell_is_a_formula(self, ledger, case, mei):
        answer = client_of(mei).get(f"/desk/cases/{case.number}/ledger/rows.csv")
        lines = b"".join(answer).decode("utf-8-sig").splitlines()
        assert len(lines) == 201
        assert "=HYPERLINK" not in {cell for line in lines for cell in line.split(",")}
        assert any("'=HYPERLINK" in line for line in lines)
        row = AuditRow.objects.order_by("-sequence").first()
        assert (row.action, row.outcome) == ("evidence.export", "done")

    def test_the_next_round_leaves_out_who_was_asked_and_whose_statement_is_here(self, ledger, case, mei):
        accounts = [each["account"] for each in queries.next_round(mei, case.number, 0).accounts]
        assert LI not in accounts  # its balances are in the ledger: we have its statement
        assert set(accounts) == {WANG, SHOP, FAR}
        out = b"".join(client_of(mei).get(f"/desk/cases/{case.number}/ledger/next-round.csv?least=0"))
        assert FAR in out.decode("utf-8-sig")


@pytest.mark.django_db
def test_without_a_ledger_the_page_says_how_to_get_one(case, mei):
    answer = client_of(mei).get(f"/desk/cases/{case.number}/ledger/")
    assert answer.status_code == 404
    assert f"/desk/cases/{case.number}/evidence/" in answer.content.decode()


@pytest.mark.django_db
def test_a_ledger_page_asks_the_records_a_bounded_number_of_questions(
    ledger, case, mei, django_assert_max_num_queries
):
    browser = client_of(mei)
    browser.get(f"/desk/cases/{case.number}/ledger/")
    with django_assert_max_num_queries(22):
        browser.get(f"/desk/cases/{case.number}/ledger/")
