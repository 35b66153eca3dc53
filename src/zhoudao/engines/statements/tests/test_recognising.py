"""What each column is: told by its header and its values, with a confidence, or by what an analyst confirmed."""

from __future__ import annotations

import pyarrow.parquet as pq
import pytest

from zhoudao.engines import statements

OWN, OTHER = "6299000000000012", "62990000000000{:02d}"
RECORDS = [
    ["2026-03-02 09:15:00", OWN, "支出" if place % 3 else "收入", f"{place}00.50", f"{9000 - place}.00",
     OTHER.format(place), "甲乙丙丁"[place % 4] * 2]
    for place in range(1, 13)
]  # fmt: skip


def write(path, header, records=RECORDS):
    lines = [*([header] if header else []), *records]
    path.write_text("\n".join(",".join(line) for line in lines) + "\n", encoding="utf-8")
    return path


def roles_of(sheet):
    return {column.place: column.role for column in sheet.columns}


def test_a_header_and_its_values_together_say_how_sure(tmp_path):
    """``金额`` names the amount; half its values can't be read as one."""
    records = [[*row[:3], row[3] if place % 2 else "见附件", *row[4:]] for place, row in enumerate(RECORDS)]
    header = ["交易时间", "账号", "收支", "金额", "余额", "对方账号", "对方户名"]
    [sheet] = statements.examine(write(tmp_path / "a.csv", header, records))
    told = {column.role: column for column in sheet.columns}
    assert told["time"].confidence == 0.95
    assert told["amount"].told_by == "header"
    assert (told["amount"].reads, told["amount"].filled, told["amount"].confidence) == (6, 12, 0.47)
    assert told["other_account"].samples[0] == OTHER.format(1)


@pytest.mark.parametrize("header", [None, ["甲列", "乙列", "丙列", "丁列", "戊列", "己列", "庚列"]])
def test_a_sheet_whose_header_says_nothing_is_told_by_its_values(tmp_path, header):
    [sheet] = statements.examine(write(tmp_path / "a.csv", header))
    assert roles_of(sheet) == {
        1: "time", 2: "account", 3: "direction", 4: "amount", 5: "balance", 6: "other_account", 7: "other_name",
    }  # fmt: skip
    assert all(column.told_by == "values" and column.confidence <= 0.6 for column in sheet.columns)
    assert [column.header for column in sheet.columns] == (header or [f"#{at}" for at in range(1, 8)])


@pytest.mark.parametrize("header", [None, ["甲列", "乙列", "丙列", "丁列", "戊列", "己列", "庚列"]])
def test_what_was_confirmed_is_read_and_so_is_the_next_file_of_its_kind(tmp_path, header):
    first, second = write(tmp_path / "a.csv", header), write(tmp_path / "b.csv", header, RECORDS[:9])
    [sheet] = statements.examine(first)
    guessed = statements.clean([first], tmp_path / "guessed")
    assert guessed.refused_by_reason == {"layout_unknown": 12}
    columns = {column.role: f"#{column.place}" for column in sheet.columns}
    layout = statements.layout_of(
        {"name": "confirmed", "fingerprint": sheet.plan.fingerprint, "columns": columns}, "test"
    )
    report = statements.clean([second], tmp_path / "out", [layout])
    assert (report.rows_in, report.rows_kept, report.rows_refused) == (9, 9, 0)
    ledger = pq.read_table(tmp_path / "out" / "ledger.parquet").to_pylist()
    assert {row["amount"] for row in ledger} == {place * 10_000 + 50 for place in range(1, 10)}
    assert {OWN} <= {account for row in ledger for account in (row["source_account"], row["target_account"])}


def test_a_column_left_out_is_read_by_nobody(tmp_path):
    header = ["交易时间", "账号", "收支", "金额", "余额", "对方账号", "摘要"]
    path = write(tmp_path / "a.csv", header)
    [sheet] = statements.examine(path)
    layout = statements.layout_of(
        {
            "columns": {"time": "交易时间", "amount": "金额"},
            "ignored": ["#7"],
            "fingerprint": sheet.plan.fingerprint,
        },
        "x",
    )
    [told] = statements.examine(path, [layout])
    assert "memo" not in told.plan.columns
    assert told.plan.columns["balance"] == 4


def test_a_confirmed_order_of_days_reads_what_the_file_leaves_open(tmp_path):
    records = [[f"0{place % 9 + 1}/03/2026 10:00:00", *row[1:]] for place, row in enumerate(RECORDS)]
    header = ["交易时间", "账号", "收支", "金额", "余额", "对方账号", "对方户名"]
    path = write(tmp_path / "a.csv", header, records)
    # the third of March is the third of March both ways
    assert statements.clean([path], tmp_path / "one").refused_by_reason == {"time_ambiguous": 10}
    [sheet] = statements.examine(path)
    data = {"columns": {"time": "#1"}, "date_order": "day", "fingerprint": sheet.plan.fingerprint}
    statements.clean([path], tmp_path / "two", [statements.layout_of(data, "x")])
    times = pq.read_table(tmp_path / "two" / "ledger.parquet")["time"].to_pylist()
    assert {time.month for time in times} == {3}


def test_the_account_may_stand_in_the_name_a_file_came_with_never_in_its_hash(tmp_path):
    header = ["交易时间", "收支", "金额", "余额", "对方账号", "对方户名"]
    records = [[row[0], *row[2:]] for row in RECORDS]
    hashed = "ab" * 12 + "1234567890123456" + "cd" * 12
    path = write(tmp_path / f"{hashed}.csv", header, records)
    [unknown] = statements.examine(path)
    assert unknown.plan.account == ""
    [told] = statements.examine(path, names={path: f"某行/{OWN}_流水.csv"})
    assert told.plan.account == OWN


def test_ignored_has_to_be_a_list():
    with pytest.raises(statements.BadLayout, match="ignored: expected a list"):
        statements.layout_of({"columns": {"time": "a"}, "ignored": "b"}, "x")
