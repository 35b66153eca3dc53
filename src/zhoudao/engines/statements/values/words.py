"""Words of few kinds: which way the money went, whether it went at all, cash, currency. Each distinct cell is
read once."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from zhoudao.engines.statements.reading.cells import Cells
from zhoudao.engines.statements.values.columns import hash_cells, look_up, trimmed

UNKNOWN = 0
OUT, IN, NEUTRAL = 1, 2, 3
YES, NO = 1, 2

_OUT = {"借", "借方", "支", "支出", "出", "出账", "付", "付款", "支付", "转出", "往", "支取", "取",
        "d", "dr", "debit", "out", "-", "借记", "出金", "付方", "借出", "汇出", "出帐", "扣款",
        "支出(借)", "借(支出)", "借-支出"}  # fmt: skip
_IN = {"贷", "贷方", "收", "收入", "进", "入", "入账", "收款", "转入", "来", "存入", "存",
       "c", "cr", "credit", "in", "+",
       "贷记", "入金", "收方", "汇入", "进账", "入帐", "收入(贷)", "贷(收入)", "贷-收入"}  # fmt: skip
_NEUTRAL = {"不计收支", "中性交易", "其他", "其它", "/", "中性", "不计", "资金转移"}
_NO = {"失败", "否", "0", "n", "no", "false", "f", "不成功", "未成功", "交易失败", "支付失败",
       "fail", "failed", "failure",
       "转账失败", "已撤销", "交易关闭", "已关闭", "处理失败", "02", "作废", "未到账"}  # fmt: skip
_CASH = {"现金", "现", "是", "y", "yes", "1", "true", "cash", "钞", "现钞", "01"}
_NOT_CASH = {
    "转账",
    "转",
    "否",
    "n",
    "no",
    "0",
    "false",
    "transfer",
    "汇",
    "非现金",
    "00",
    "02",
    "2",
    "其他",
    "转帐",
}
CURRENCIES = (
    "CNY",
    "USD",
    "HKD",
    "EUR",
    "JPY",
    "GBP",
    "AUD",
    "CAD",
    "SGD",
    "KRW",
    "CHF",
    "NZD",
    "THB",
    "MOP",
    "RUB",
    "TWD",
    "VND",
)
_CURRENCY = {
    "人民币": "CNY", "人民币元": "CNY", "rmb": "CNY", "cny": "CNY", "01": "CNY", "1": "CNY", "156": "CNY", "cnh": "CNY",
    "元": "CNY", "本币": "CNY", "￥": "CNY", "¥": "CNY", "001": "CNY", "10": "CNY", "cn": "CNY",
    "美元": "USD", "美金": "USD", "usd": "USD", "840": "USD", "$": "USD", "14": "USD", "014": "USD", "us$": "USD",
    "港币": "HKD", "港元": "HKD", "hkd": "HKD", "344": "HKD", "13": "HKD", "013": "HKD",
    "欧元": "EUR", "eur": "EUR", "978": "EUR", "€": "EUR", "38": "EUR", "038": "EUR",
    "日元": "JPY", "日圆": "JPY", "jpy": "JPY", "392": "JPY", "27": "JPY", "027": "JPY",
    "英镑": "GBP", "gbp": "GBP", "826": "GBP", "£": "GBP", "12": "GBP", "012": "GBP",
    "澳元": "AUD", "澳大利亚元": "AUD", "aud": "AUD", "036": "AUD", "加元": "CAD", "加拿大元": "CAD", "cad":
    "CAD", "124": "CAD",
    "新加坡元": "SGD", "sgd": "SGD", "702": "SGD", "韩元": "KRW", "韩国元": "KRW", "krw": "KRW", "410": "KRW",
    "瑞士法郎": "CHF", "chf": "CHF", "756": "CHF", "新西兰元": "NZD", "nzd": "NZD", "泰铢": "THB", "thb": "THB",
    "澳门元": "MOP", "mop": "MOP", "卢布": "RUB", "rub": "RUB", "新台币": "TWD", "twd": "TWD", "越南盾": "VND",
    "vnd": "VND",
}  # fmt: skip
"""Names, ISO 4217 letters and numbers, and the two- and three-digit codes of Chinese core banking systems."""
MINOR_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0}
"""Decimals of a currency where they are not two (ISO 4217)."""


def _fold(text: str) -> str:
    wide = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    return text.translate(wide).strip().strip("[]()【】 ").lower()


def direction(text: str) -> int:
    word = _fold(text)
    if word in _OUT or word[:2] in ("借-", "借(", "d-", "出-"):
        return OUT
    if word in _IN or word[:2] in ("贷-", "贷(", "c-", "进-"):
        return IN
    return NEUTRAL if word in _NEUTRAL else UNKNOWN


def succeeded(text: str) -> int:
    """NO only where a status says so; any other word is a success or says nothing."""
    word = _fold(text)
    return NO if word in _NO or "失败" in word or "未成功" in word or "不成功" in word else YES


def cash(text: str) -> int:
    word = _fold(text)
    return (
        YES
        if word in _CASH or word.startswith("现金")
        else NO
        if word in _NOT_CASH or "转" in word
        else UNKNOWN
    )


def currency(text: str) -> int:
    """1 and more: its place in CURRENCIES plus one; 0 for none we know."""
    word = _fold(text)
    known = _CURRENCY.get(word) or next(
        (code for name, code in _CURRENCY.items() if len(name) > 1 and not name.isdigit() and name in word),
        None,
    )
    return CURRENCIES.index(known) + 1 if known else UNKNOWN


class Words:
    """The meaning of each distinct cell of one column, asked once of ``read`` and then looked up."""

    def __init__(self, read: Callable[[str], int]) -> None:
        self._read = read
        self._known = 0
        self._table = np.zeros(256, np.uint64)
        self._meanings = np.zeros(256, np.int8)
        self.seen: dict[str, int] = {}
        self._lock = threading.Lock()

    def of(self, cells: Cells, column: int, rows: int) -> NDArray[np.int8]:
        """The meaning of each record's cell; 0 where it is empty."""
        hashes = np.empty(rows, np.uint64)
        hash_cells(cells.buffer, cells.first, cells.start, cells.end, column, rows, True, hashes)
        values = np.empty(rows, np.int8)
        with self._lock:
            if look_up(hashes, self._table, self._meanings, values):
                unknown, where = np.unique(hashes[values < 0], return_index=True)
                places = np.flatnonzero(values < 0)[where]
                for key, row in zip(unknown.tolist(), places.tolist(), strict=True):
                    self._add(key, self._text(cells, column, row))
                look_up(hashes, self._table, self._meanings, values)
        return values

    def _text(self, cells: Cells, column: int, row: int) -> str:
        cell = int(cells.first[row]) + column
        if cell >= cells.first[row + 1]:
            return ""
        low, high = trimmed(cells.buffer, int(cells.start[cell]), int(cells.end[cell]))
        return cells.buffer[low:high].tobytes().decode("utf-8", "replace")

    def _meaning(self, text: str) -> int:
        if text not in self.seen:
            self.seen[text] = self._read(text)
        return self.seen[text]

    def _add(self, key: int, text: str) -> None:
        if (self._known + 1) * 2 > len(self._table):
            old = [(int(k), int(m)) for k, m in zip(self._table, self._meanings, strict=True) if k]
            self._table = np.zeros(len(self._table) * 4, np.uint64)
            self._meanings = np.zeros(len(self._table), np.int8)
            for known, meaning in old:
                self._put(known, meaning)
        self._put(key, self._meaning(text))
        self._known += 1

    def _put(self, key: int, meaning: int) -> None:
        slot = key & (len(self._table) - 1)
        while self._table[slot]:
            slot = (slot + 1) & (len(self._table) - 1)
        self._table[slot] = key
        self._meanings[slot] = meaning
