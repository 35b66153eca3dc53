"""How the banks tell it: each in a layout and with the bad habits of its own.

Bank 甲: CSV in GB 18030, a preamble, amounts with thousands, a total at the end, one account a file, and
one of them exported
twice with overlapping periods. Bank 乙: one workbook for both accounts, the header repeated as on printed
pages, one card number
ruined by a spreadsheet. Bank 丙: tab-separated UTF-16 in a zipped folder, newest first.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime

import xlsxwriter

from zhoudao.core.clock import local
from zhoudao.sample.case.story import Account, Story, Transfer

OPENING = 2_000_000
"""Fen in every account when the story begins."""
FIXED = datetime(2026, 11, 20, tzinfo=UTC)
PAGE = 60
"""Rows of a printed page, whose header a lazy export keeps."""


def make(story: Story) -> dict[str, bytes]:
    """Every bank's answer by file name."""
    own = {account.number: list(_statement(story, account)) for account in story.asked}
    first, second, third, fourth, boss = story.asked
    files = {
        f"样例甲银行/{first.name}_{first.number[-4:]}.csv": _bank_a(first, own[first.number]),
        f"样例甲银行/{second.name}_{second.number[-4:]}.csv": _bank_a(second, own[second.number]),
        f"样例甲银行/{first.name}_{first.number[-4:]}_补充.csv": _bank_a(first, own[first.number][-120:]),
        "样例乙银行 调证回复.xlsx": _bank_b([(third, own[third.number]), (fourth, own[fourth.number])]),
    }
    files["样例丙银行.zip"] = zipped({f"回复/{boss.name}.txt": _bank_c(boss, own[boss.number])})
    return files


def zipped(files: dict[str, bytes]) -> bytes:
    """The same bytes for the same files: every member has one fixed time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, FIXED.timetuple()[:6]), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


Row = tuple[Transfer, bool, int]
"""A transfer, whether it arrives, and the balance after it."""


def _statement(story: Story, account: Account) -> Iterable[Row]:
    """Failed transfers stand in a statement too, and change no balance."""
    balance = OPENING
    for each in story.transfers:
        if account not in (each.source, each.target):
            continue
        arrives = each.target == account
        if not each.failed:
            balance += each.fen if arrives else -each.fen
        yield each, arrives, balance


def _yuan(fen: int, thousands: bool = False) -> str:
    return f"{fen / 100:,.2f}" if thousands else f"{fen / 100:.2f}"


def _other(each: Transfer, arrives: bool) -> Account:
    return each.source if arrives else each.target


def _bank_a(account: Account, rows: list[Row]) -> bytes:
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow(["样例甲银行股份有限公司 交易明细清单"])
    lines.writerow([f"户名：{account.name}", f"账号：{account.number}", f"证件号码：{account.holder_id}"])
    lines.writerow([])
    lines.writerow(
        [
            "交易时间",
            "账号",
            "户名",
            "借贷标志",
            "交易金额",
            "余额",
            "对方账号",
            "对方户名",
            "摘要",
            "交易渠道",
            "是否成功",
        ]
    )
    for each, arrives, balance in rows:
        other = _other(each, arrives)
        lines.writerow(
            [
                f"{local(each.time):%Y-%m-%d %H:%M:%S}",
                account.number + "\t",
                account.name,
                "贷" if arrives else "借",
                _yuan(each.fen, thousands=True),
                _yuan(balance, thousands=True),
                other.number + "\t",
                other.name,
                each.memo,
                each.channel,
                "失败" if each.failed else "成功",
            ]
        )
    moved = [each.fen for each, _arrives, _balance in rows if not each.failed]
    lines.writerow(["合计", "", "", "", _yuan(sum(moved), thousands=True), "", "", "", f"共{len(rows)}笔"])
    return out.getvalue().encode("gb18030")


HEAD_B = [
    "交易卡号",
    "交易户名",
    "交易证件号",
    "交易时间",
    "交易金额",
    "交易余额",
    "收付标志",
    "对手账号",
    "对手户名",
    "对手证件号",
    "摘要",
    "现金标志",
    "是否成功",
    "流水号",
    "币种",
]


def _bank_b(statements: list[tuple[Account, list[Row]]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": FIXED.replace(tzinfo=None)})
    sheet = book.add_worksheet("交易明细")
    at = 0
    ruined = 40  # the row whose counterparty a spreadsheet has made a number of
    for account, rows in statements:
        for place, (each, arrives, balance) in enumerate(rows):
            if place % PAGE == 0:
                sheet.write_row(at, 0, HEAD_B)
                at += 1
            other = _other(each, arrives)
            number = (
                f"{float(other.number):.2E}"
                if place == ruined and account is statements[0][0]
                else other.number
            )
            cells = [
                account.number, account.name, account.holder_id, f"{local(each.time):%Y%m%d%H%M%S}",
                _yuan(each.fen), _yuan(balance), "进" if arrives else "出", number, other.name,
                other.holder_id, each.memo, "现金" if each.cash else "转账",
                "失败" if each.failed else "成功", f"B{at:08d}", "人民币",
            ]  # fmt: skip
            for column, cell in enumerate(cells):
                sheet.write_string(at, column, cell)
            at += 1
    book.close()
    return out.getvalue()


def _bank_c(account: Account, rows: list[Row]) -> bytes:
    head = [
        "交易日期",
        "交易时刻",
        "本方账号",
        "本方户名",
        "收入",
        "支出",
        "账户余额",
        "对手账号",
        "对手户名",
        "用途",
        "现转标志",
        "交易状态",
    ]
    lines = ["\t".join(head)]
    for each, arrives, balance in reversed(rows):
        other, fen = _other(each, arrives), _yuan(each.fen)
        when = local(each.time)
        cells = [
            f"{when:%Y/%m/%d}", f"{when:%H:%M:%S}", account.number, account.name, fen if arrives else "",
            "" if arrives else fen, _yuan(balance), other.number, other.name, each.memo,
            "现金" if each.cash else "转账", "失败" if each.failed else "成功",
        ]  # fmt: skip
        lines.append("\t".join(cells))
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode("utf-16-le")
