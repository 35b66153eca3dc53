"""Each layout that comes with Zhoudao, from a file of its bank to the ledger; and the police query return with all its
sheets."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest
import xlsxwriter

from zhoudao.engines import statements

OWN, BOOK, OTHER = "6299000000000012", "90010000000012", "6299000000000034"
MOVED = [(False, 100_50, 8_899_50), (True, 20_000_00, 28_899_50)]
"""Whether it came in, fen, balance after: on the second and the third of March 2026 at 10:00 in China."""
LAYOUTS = [layout for layout in statements.shipped() if layout.kind == "transactions"]


def money(fen: int, header: str) -> str:
    return str(fen) if "分" in header else f"{fen / 100:.2f}"


def cell(layout, role: str, place: int) -> str:
    """What this bank writes there of the record at ``place``."""
    came, fen, balance = MOVED[place]
    header, signed = layout.columns[role], not {"direction", "payer_account"} & set(layout.columns)
    said = {
        "time": f"2026-03-0{place + 2} 10:00:00",
        "date": f"2026-03-0{place + 2}",
        "clock": "100000",
        "card": OWN,
        "account": BOOK if "card" in layout.columns else OWN,
        "own_name": "李样一",
        "amount": money(-fen if signed and not came else fen, header),
        "debit": "" if came else money(fen, header),
        "credit": money(fen, header) if came else "",
        "direction": "贷" if came else "借",
        "balance": money(balance, header),
        "other_account": OTHER,
        "other_name": "王样二",
        "payer_account": OTHER if came else OWN,
        "payee_account": OWN if came else OTHER,
        "payer_name": "王样二" if came else "李样一",
        "payee_name": "李样一" if came else "王样二",
        "memo": "货款",
        "currency": "人民币",
        "status": "成功",
        "serial": f"S20260{place}",
    }
    if header in ("收/支", "借贷类型", "存取标志", "进出", "收付", "收付标志"):
        said["direction"] = {"存取标志": "取存", "进出": "出进", "收付": "付收", "收付标志": "出进"}.get(
            header, ""
        )[came : came + 1] or ("收入" if came else "支出")
    return said.get(role, "")


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_a_bank_s_own_file_becomes_its_transfers(tmp_path, layout):
    lines = [[f"{layout.title}交易明细"], list(layout.columns.values())]
    if not {"card", "account", "payer_account"} & set(layout.columns):
        lines.insert(1, [f"账号：{OWN}", "姓名：李样一"])
    lines += [[cell(layout, role, place) for role in layout.columns] for place in range(len(MOVED))]
    path = tmp_path / "流水.csv"
    path.write_text("\r\n".join(",".join(line) for line in lines), encoding="gb18030")
    report = statements.clean([path], tmp_path / "out")
    [sheet] = report.sheets
    assert sheet.layout == layout.name
    assert (report.rows_in, report.rows_kept, report.rows_refused) == (2, 2, 0)
    assert report.balance["breaks"] == 0
    ledger = sorted(
        pq.read_table(tmp_path / "out" / "ledger.parquet").to_pylist(), key=lambda row: row["time"]
    )
    for row, (came, fen, balance) in zip(ledger, MOVED, strict=True):
        own, other = ("target", "source") if came else ("source", "target")
        assert (row["amount"], row["currency"]) == (fen, "CNY")
        assert row[f"{own}_account"] == OWN
        assert row[f"{other}_name"] == "王样二"
        if "other_account" in layout.columns or "payer_account" in layout.columns:
            assert row[f"{other}_account"] == OTHER
        if "balance" in layout.columns:
            assert row[f"{own}_balance_after"] == balance
        if "memo" in layout.columns:
            assert row["memo"] == "货款"
        if "serial" in layout.columns:
            assert row["bank_serial"].startswith("S20260")
    timed = bool({"time", "clock"} & set(layout.columns))
    assert ledger[0]["time"] == (
        datetime(2026, 3, 2, 2, tzinfo=UTC) if timed else datetime(2026, 3, 1, 16, tzinfo=UTC)
    )
    assert ledger[0]["time_precision"] == ("second" if timed else "day")


def test_at_least_twelve_layouts_come_with_it():
    assert len(LAYOUTS) >= 12


RETURN = [
    "交易卡号", "交易账号", "户名", "证件号", "交易时间", "交易金额", "交易余额", "收付标志", "对手账号", "现金标志",
    "对手户名", "对手证件号", "对手开户行", "摘要", "币种", "网点", "发生地", "是否成功", "传票号", "IP", "MAC",
    "对手余额", "流水号", "日志号", "凭证", "柜员号", "商户", "备注", "反馈结果原因",
]  # fmt: skip
SHEETS = {
    "任务": [["任务编号", "查询单位"], ["RW1", "样例支队"]],
    "人员": [["姓名", "证件号码", "联系电话"], ["李样一", "339999198001010016", "00000000"]],
    "账户": [
        ["卡号", "账号", "户名", "证件号码", "开户网点"],
        [OWN, BOOK, "李样一", "339999198001010016", "样支行"],
    ],
    "子账户": [["账号", "子账户账号", "币种"], [BOOK, "90010000000013", "人民币"]],
    "强制措施": [["账号", "冻结机关名称", "冻结截止日"], [BOOK, "样例法院", "2026-12-31"]],
}


def the_return(path, records):
    with xlsxwriter.Workbook(path) as book:
        for name, rows in {**SHEETS, "交易明细": [RETURN, *records]}.items():
            sheet = book.add_worksheet(name)
            for place, row in enumerate(rows):
                sheet.write_row(place, 0, row)
    return path


def test_the_police_query_return_is_read_with_all_its_sheets(tmp_path):
    whole = {
        "交易卡号": OWN, "交易账号": BOOK, "户名": "李样一", "证件号": "339999198001010016",
        "交易时间": "2026-03-02 10:00:00", "交易金额": "100.50", "交易余额": "8899.50", "收付标志": "出",
        "对手账号": OTHER, "现金标志": "现金", "对手户名": "王样二", "对手证件号": "339999198101010012",
        "对手开户行": "样银行", "摘要": "货款", "币种": "CNY", "网点": "样网点", "发生地": "定海", "是否成功": "成功",
        "传票号": "C1", "IP": "203.0.113.9", "MAC": "00-00-5E-00-53-01", "对手余额": "77.00", "流水号": "S1",
        "日志号": "L1", "凭证": "P1", "柜员号": "T1", "商户": "样商户", "备注": "备注一", "反馈结果原因": "",
    }  # fmt: skip
    failed = whole | {"交易时间": "2026-03-03 10:00:00", "是否成功": "失败", "流水号": "S2"}
    through_the_book = whole | {
        "交易卡号": "", "交易时间": "2026-03-04 10:00:00", "交易余额": "8799.00", "流水号": "S3",
    }  # fmt: skip
    ruined = whole | {"交易时间": "2026-03-05 10:00:00", "对手账号": "6.23E+18", "流水号": "S4"}
    records = [[row[header] for header in RETURN] for row in (whole, failed, through_the_book, ruined)]
    report = statements.clean([the_return(tmp_path / "反馈.xlsx", records)], tmp_path / "out")
    assert [sheet.sheet for sheet in report.sheets] == [*SHEETS, "交易明细"]
    assert report.sheets[-1].layout == "police-return"
    assert (report.rows_in, report.rows_kept, report.rows_refused) == (4, 3, 1)
    assert report.refused_by_reason == {"counterparty_ruined": 1}
    assert sum(report.lines_skipped.values()) == sum(len(rows) for rows in SHEETS.values()) + 1
    ledger = sorted(
        pq.read_table(tmp_path / "out" / "ledger.parquet").to_pylist(), key=lambda row: row["time"]
    )
    first, second, third = ledger
    assert {
        "source_account": OWN, "source_name": "李样一", "source_holder_id": "339999198001010016",
        "target_account": OTHER, "target_name": "王样二", "target_holder_id": "339999198101010012",
        "amount": 100_50, "source_balance_after": 8_899_50, "target_balance_after": 77_00, "cash": True,
        "succeeded": True, "branch": "样网点", "teller": "T1", "ip": "203.0.113.9", "mac": "00-00-5E-00-53-01",
        "bank_serial": "S1", "memo": "货款", "currency": "CNY",
    }.items() <= first.items()  # fmt: skip
    assert (second["succeeded"], second["amount"]) == (False, 100_50)
    assert third["source_account"] == OWN, "the book's account is shown as the one card it has"
    accounts = {
        row["account"]: row for row in pq.read_table(tmp_path / "out" / "accounts.parquet").to_pylist()
    }
    assert OWN in accounts
