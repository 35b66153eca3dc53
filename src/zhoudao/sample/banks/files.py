"""Each bank's files, as messy as its style; the truth beside them, never inside."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
from numpy.typing import NDArray

from zhoudao.sample.banks.books import books
from zhoudao.sample.banks.holders import holders
from zhoudao.sample.banks.styles import STYLES, Style
from zhoudao.sample.banks.transfers import FIRST_DAY, MEMOS, transfers

SIZES = {"small": (1_000, 12_000), "city": (200_000, 3_000_000)}
"""Accounts, and transfers in the year."""
CHINA = timezone(timedelta(hours=8))
SHEET_ROWS = 200_000
WIDE = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")


class Making:
    def __init__(self, seed: int, size: str) -> None:
        accounts, count = SIZES[size]
        self.known = holders(seed, accounts, [style.share for style in STYLES])
        self.made = transfers(seed, self.known, count)
        self.books = books(seed, self.known, self.made)
        self.records: dict[str, int] = {}


def make(seed: int, size: str, out: Path, truth: Path, told: Callable[[str], None]) -> dict[str, Any]:
    """Write the files into ``out`` and the truth to ``truth`` (Parquet, its counts as JSON beside it).

    Raises ValueError where ``truth`` is inside ``out``, or ``out`` holds something already.
    """
    if truth.resolve().is_relative_to(out.resolve()):
        raise ValueError(f"{truth}: inside {out}; expected a place beside it, so that no reader can see it")
    if out.exists() and any(out.iterdir()):
        raise ValueError(f"{out}: holds something already; expected a new or an empty folder")
    out.mkdir(parents=True, exist_ok=True)
    making = Making(seed, size)
    for bank, style in enumerate(STYLES):
        told(style.name)
        _bank(making, bank, style, out)
    counts = _truth(making, truth)
    counts["records"] = making.records
    truth.with_suffix(".json").write_text(json.dumps(counts, ensure_ascii=False, indent=1), encoding="utf-8")
    return counts


def _bank(making: Making, bank: int, style: Style, out: Path) -> None:
    rows = making.books.of_bank(making.known, bank)
    exports = [("", rows)]
    if style.halves:
        day = making.books.second[rows] // 86_400
        exports = [("上", rows[day < 212]), ("下", rows[day >= 151])]  # June and July are in both
    for part, chosen in exports:
        order = chosen[::-1] if style.newest_first else chosen
        name = f"{style.name}{part}.{ {'zip': 'csv'}.get(style.kind, style.kind) }"
        count = [0]
        lines = _lines(making, style, order, count)
        if style.kind == "xlsx":
            _workbooks(making, bank, style, lines, out / name)
        else:
            _text(style, lines, out / name)
        making.records[name] = count[0]


def _text(style: Style, lines: Iterator[list[str]], path: Path) -> None:
    def write(file: io.TextIOBase) -> None:
        csv.writer(file, delimiter=style.delimiter, lineterminator="\r\n").writerows(lines)

    with path.open("w", encoding=style.encoding, newline="") as file:
        write(file)
    if style.kind == "zip":
        with zipfile.ZipFile(path.with_suffix(".zip"), "w", zipfile.ZIP_DEFLATED) as archive:
            member = zipfile.ZipInfo(f"反馈/{path.name}", (2026, 1, 5, 9, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            with path.open("rb") as source, archive.open(member, "w", force_zip64=True) as target:
                shutil.copyfileobj(source, target, 1 << 20)
        path.unlink()


def _workbooks(making: Making, bank: int, style: Style, lines: Iterator[list[str]], path: Path) -> None:
    """The police query return: sheets 任务, 账户, 交易明细. A new workbook after SHEET_ROWS records."""
    heading = next(lines)
    done, part = False, 0
    while not done:
        part += 1
        target = path if part == 1 else path.with_name(f"{path.stem}-{part}.xlsx")
        with xlsxwriter.Workbook(str(target), {"constant_memory": True, "strings_to_numbers": False}) as book:
            book.add_worksheet("任务").write_row(0, 0, ["任务编号", "查询对象数"])
            accounts = book.add_worksheet("账户")
            accounts.write_row(0, 0, ["卡号", "账号", "户名", "证件号码"])
            for place, account in enumerate(np.flatnonzero(making.known.bank == bank)[:SHEET_ROWS].tolist()):
                number = making.known.number[account]
                accounts.write_row(
                    place + 1,
                    0,
                    [number, "9" + number[4:], making.known.name[account], making.known.identity[account]],
                )
            sheet = book.add_worksheet("交易明细")
            sheet.write_row(0, 0, heading)
            for place in range(SHEET_ROWS):
                line = next(lines, None)
                if line is None:
                    done = True
                    break
                sheet.write_row(place + 1, 0, line)


def _lines(making: Making, style: Style, rows: NDArray, count: list[int]) -> Iterator[list[str]]:
    headers = [header for header, _ in style.columns]
    if style.kind != "xlsx":
        yield [f"{style.name}客户交易明细"]
        yield ["打印日期：2026-01-05", "", "币种：人民币"]
    if not style.blocks:
        yield headers
    records = _Records(making, style)
    account = -1
    for place, row in enumerate(rows.tolist()):
        if style.blocks and records.account(row) != account:
            account = records.account(row)
            yield []
            yield [f"账号：{making.known.number[account]}", f"户名：{making.known.name[account]}"]
            yield headers
        elif style.pages and place and place % style.pages == 0:
            yield ["本页合计", "", "", f"{style.pages}笔"]
            yield [f"第{place // style.pages}页"]
            yield headers
            if style.repeated:  # the last record of a page stands on the next one again
                count[0] += 1
                yield records.line(int(rows[place - 1]))
        count[0] += 1
        yield records.line(row)
    if style.kind != "xlsx":
        yield ["合计", "", "", f"{len(rows)}笔"]
        yield ["注：本明细仅供参考"]


class _Records:
    """One record as its bank writes it."""

    def __init__(self, making: Making, style: Style) -> None:
        self.known, self.made, self.books, self.style = making.known, making.made, making.books, style
        self.fields = [field for _, field in style.columns]

    def account(self, row: int) -> int:
        return int(self.books.account[row])

    def line(self, row: int) -> list[str]:
        known, style, book = self.known, self.style, self.books
        transfer, incoming = int(book.transfer[row]), bool(book.incoming[row])
        moment = (FIRST_DAY + timedelta(seconds=int(book.second[row]))).astimezone(CHINA)
        amount = self._money(int(self.made.amount[transfer]))
        other = known.number[int(book.other[row])]
        if book.ruined[row]:
            other = f"{float(other):.2E}"
        account = self.account(row)
        said = {
            "account": self._number(known.number[account]),
            "name": known.name[account],
            "identity": known.identity[account],
            "date": moment.strftime("%Y%m%d"),
            "clock": moment.strftime("%H%M%S").lstrip("0") or "0",
            "time": moment.strftime(style.when),
            "mark": style.marks[incoming],
            "amount": amount,
            "signed": self._money(int(self.made.amount[transfer]) * (1 if incoming else -1)),
            "debit": "" if incoming else amount,
            "credit": amount if incoming else "",
            "balance": self._money(int(book.balance[row])),
            "other": other if book.ruined[row] else self._number(other),
            "other_name": known.name[int(book.other[row])],
            "memo": MEMOS[self.made.memo[transfer]],
            "serial": f"{'ABCDEF'[int(known.bank[account])]}{transfer:010d}{int(incoming)}",
            "status": "失败" if self.made.failed[transfer] else "成功",
            "currency": "人民币",
        }
        return [said[field] for field in self.fields]

    def _money(self, fen: int) -> str:
        sign, yuan = ("-" if fen < 0 else ""), abs(fen)
        text = (
            f"{sign}{yuan // 100:,}.{yuan % 100:02d}"
            if self.style.thousands
            else f"{sign}{yuan // 100}.{yuan % 100:02d}"
        )
        return text.translate(WIDE) if self.style.wide else text

    def _number(self, number: str) -> str:
        return f'="{number}"' if self.style.wrapped else f"\t{number}" if self.style.kind == "csv" else number


def _truth(making: Making, path: Path) -> dict[str, Any]:
    """Every true transfer; ``received``: when the receiver's bank says it came; ``unreadable``: in every
    record of it a spreadsheet spoilt a number."""
    made, book = making.made, making.books
    records = np.bincount(book.transfer, minlength=len(made))
    spoilt = np.bincount(book.transfer, weights=book.ruined, minlength=len(made)).astype(np.int64)
    start = np.datetime64(FIRST_DAY.replace(tzinfo=None), "us").astype(np.int64)
    received = made.second.copy()
    received[book.transfer[book.incoming]] = book.second[book.incoming]
    reversed_ = made.reverses >= 0
    reversed_[made.reverses[made.reverses >= 0]] = True
    numbers = pa.array(making.known.number)
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.table(
        {
            "time": pa.array(start + made.second * 1_000_000).cast(pa.timestamp("us", tz="UTC")),
            "received": pa.array(start + received * 1_000_000).cast(pa.timestamp("us", tz="UTC")),
            "source_account": numbers.take(pa.array(made.source)),
            "target_account": numbers.take(pa.array(made.target)),
            "amount": pa.array(made.amount),
            "succeeded": pa.array(~made.failed),
            "reversed": pa.array(reversed_),
            "unreadable": pa.array(spoilt >= records),
        }
    )
    pq.write_table(table, path)
    return {
        "transfers": len(made),
        "unreadable": int((spoilt >= records).sum()),
        "accounts": len(making.known),
    }
