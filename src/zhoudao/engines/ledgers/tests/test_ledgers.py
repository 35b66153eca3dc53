"""Each detector finds what was planted, at its edge and not beyond, and nothing in a ledger without it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from zhoudao.engines.detection import Context, detectors, run, say
from zhoudao.engines.ledgers import DETECTORS
from zhoudao.engines.shapes import LEDGER

START = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # noon in the city
YUAN = 100


class Book:
    """Transfers, one after another."""

    def __init__(self) -> None:
        self.rows: list[dict[str, object]] = []

    def pay(self, source: str, target: str, yuan: float, at: datetime, **more: object) -> str:
        key = f"t{len(self.rows)}"
        self.rows.append(
            {
                "transfer_id": key,
                "time": at,
                "source_account": source,
                "target_account": target,
                "amount": round(yuan * YUAN),
                "currency": "CNY",
                "time_precision": "second",
                **more,
            }
        )
        return key

    @property
    def table(self) -> pa.Table:
        names = {name for row in self.rows for name in row}
        return pa.Table.from_pylist(self.rows, schema=pa.schema([f for f in LEDGER if f.name in names]))


def found(name: str, book: Book, **params: object):
    return run(detectors()[name], {"ledger": book.table}, params, Context())


def accounts(done) -> set[str]:
    return {finding["subjects"][0]["id"] for finding in done.findings.to_pylist()}


def rows_of(done, account: str) -> list[str]:
    ids = {f["finding_id"] for f in done.findings.to_pylist() if f["subjects"][0]["id"] == account}
    return [row["transfer_id"] for row in done.rows.to_pylist() if row["finding_id"] in ids]


@pytest.fixture
def passing() -> tuple[Book, list[str]]:
    book = Book()
    planted = []
    for n in range(5):
        at = START + timedelta(hours=2 * n)
        planted.append(book.pay(f"payer{n}", "mule", 10_000, at))
        planted.append(book.pay("mule", "boss", 9_500, at + timedelta(minutes=50)))
    book.pay("payer9", "saver", 50_000, START)
    book.pay("saver", "shop", 50_000, START + timedelta(minutes=61))
    return book, planted


class TestInAndOut:
    def test_finds_what_passes_through_and_its_rows(self, passing):
        book, planted = passing
        done = found("ledgers.in_and_out", book)
        assert accounts(done) == {"mule"}
        assert rows_of(done, "mule") == planted
        [finding] = done.findings.to_pylist()
        assert finding["amount"] == 50_000 * YUAN
        reason = finding["reasons"][0]
        assert "95%" in say(detectors()["ledgers.in_and_out"], reason["code"], dict(reason["values"]), "zh")

    def test_the_window_is_exact(self, passing):
        book, _planted = passing
        assert "saver" in accounts(found("ledgers.in_and_out", book, minutes=61))
        assert "saver" not in accounts(found("ledgers.in_and_out", book, minutes=60))

    def test_what_has_no_hour_is_said_and_not_matched(self, passing):
        book, _planted = passing
        book.rows = [{**row, "time_precision": "day"} for row in book.rows]
        done = found("ledgers.in_and_out", book)
        assert done.findings.num_rows == 0
        assert any("only a day" in said for said in done.record.not_checked)

    @pytest.mark.parametrize("mark", [{"succeeded": False}, {"reversed": True}, {"own_account": True}])
    def test_what_moved_nothing_is_not_counted(self, passing, mark):
        book, _planted = passing
        book.rows = [{**row, **mark} for row in book.rows]
        assert found("ledgers.in_and_out", book).findings.num_rows == 0


def test_night_share_counts_the_citys_clock():
    book = Book()
    for n in range(30):
        night = datetime(2026, 3, 2 + n % 20, 16, 30, tzinfo=UTC)  # 00:30 in the city
        book.pay("owl", f"x{n}", 100 + n, night)
        book.pay("lark", f"y{n}", 100 + n, night + timedelta(hours=10))
    done = found("ledgers.night_share", book)
    assert accounts(done) == {"owl"}
    assert len(rows_of(done, "owl")) == 30


def test_round_amounts_are_told_by_direction():
    book = Book()
    for n in range(12):
        book.pay(f"investor{n}", "fund", 30_000, START + timedelta(days=n))
        book.pay("fund", f"supplier{n}", 1_234.56 + n, START + timedelta(days=n))
    done = found("ledgers.round_amounts", book)
    assert accounts(done) == {"fund"}
    assert [f["subjects"][0]["role"] for f in done.findings.to_pylist()] == ["round in"]


class TestSplitting:
    def book(self, each: float, times: int, cash: bool = True) -> Book:
        book = Book()
        for n in range(times):
            book.pay("splitter", "box", each, START + timedelta(minutes=10 * n), cash=cash)
        return book

    @pytest.mark.parametrize(
        ("each", "times", "hit"),
        [(49_999.99, 3, True), (50_000, 3, False), (40_000, 3, True), (39_999, 3, False), (49_000, 2, False)],
    )
    def test_the_line_is_exact(self, each, times, hit):
        done = found("ledgers.split_below_line", self.book(each, times))
        assert accounts(done) == ({"splitter", "box"} if hit else set())

    def test_transfers_count_only_when_asked_for(self):
        book = self.book(49_000, 3, cash=False)
        assert found("ledgers.split_below_line", book).findings.num_rows == 0
        assert found("ledgers.split_below_line", book, kind="any").findings.num_rows == 2

    def test_a_ledger_that_says_nothing_of_cash_says_so(self):
        book = self.book(49_000, 3)
        for row in book.rows:
            del row["cash"]
        done = found("ledgers.split_below_line", book)
        assert any("cash" in said for said in done.record.not_checked)


def test_a_dormant_account_that_wakes():
    book = Book()
    book.pay("a", "sleeper", 100, START)
    for n in range(12):
        book.pay(f"p{n}", "sleeper", 9_000, START + timedelta(days=91, hours=n))
    for n in range(100):
        book.pay("shop", f"q{n}", 9_000, START + timedelta(days=n))
    done = found("ledgers.dormant_then_busy", book)
    assert accounts(done) == {"sleeper"}
    assert len(rows_of(done, "sleeper")) == 12
    assert found("ledgers.dormant_then_busy", book, quiet=92).findings.num_rows == 0


def test_a_burst_of_new_counterparties_after_the_account_is_known():
    book = Book()
    book.pay("friend", "collector", 100, START)
    for n in range(25):
        book.pay(f"victim{n}", "collector", 500, START + timedelta(days=30, hours=n))
        book.pay(f"early{n}", "newshop", 500, START + timedelta(days=40, hours=n))
    done = found("ledgers.new_counterparties", book)
    assert accounts(done) == {"collector"}
    assert len(rows_of(done, "collector")) == 25


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda each: each.name)
class TestEvery:
    def test_an_empty_ledger_finds_nothing(self, detector):
        done = run(detector, {"ledger": LEDGER.empty_table()}, {}, Context())
        assert done.findings.num_rows == 0

    def test_the_same_ledger_in_another_order_gives_the_same_findings(self, detector, passing):
        book, _planted = passing
        for n in range(40):
            book.pay("busy", f"z{n}", 49_000, START + timedelta(days=95, minutes=n), cash=True)
        book.pay("busy", "z0", 1, START)
        table = book.table
        other = table.take(list(range(len(table)))[::-1])
        one, two = (run(detector, {"ledger": each}, {}, Context()) for each in (table, other))
        key = "finding_id"
        assert sorted(one.findings[key].to_pylist()) == sorted(two.findings[key].to_pylist())

    def test_every_reason_is_said_in_both_languages(self, detector, passing):
        for code, text in detector.reasons.items():
            assert text.zh, code
            assert text.en, code

    def test_a_run_can_be_stopped(self, detector):
        from zhoudao.engines.detection import Cancelled

        with pytest.raises(Cancelled):
            run(detector, {"ledger": LEDGER.empty_table()}, {}, Context(cancelled=lambda: True))
