"""Columns of a sheet without a header row that names them, told from their values; always to be confirmed by a
person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from zhoudao.engines.statements.layouts.model import fingerprint_of
from zhoudao.engines.statements.values.amounts import read_amount
from zhoudao.engines.statements.values.status import OK
from zhoudao.engines.statements.values.times import read_time
from zhoudao.engines.statements.values.words import currency, direction

if TYPE_CHECKING:
    from zhoudao.engines.statements.layouts.plan import Plan

MOSTLY = 0.9
GUESSED = 0.6
_IP = re.compile(r"\d{1,3}(\.\d{1,3}){3}$")
_MAC = re.compile(r"[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}$")
_ID = re.compile(r"\d{17}[\dXx]$")
_CARD = re.compile(r"\d{12,25}$")
_NAME = re.compile(r"[\u4e00-\u9fff·]{2,30}$")


def guess(rows: Sequence[list[str]], plan: type[Plan]) -> Plan:
    """A plan with no known header: roles of columns whose values are mostly of one kind.

    The line above the first record is its header where it is one, whatever it says; else columns are called
    ``#1``, ``#2``, and the sheet is known again by the shape of its columns.
    """
    begin = _first_record(rows)
    above = _names_above(rows, begin)
    rows = rows[begin:]
    width = max((len(row) for row in rows), default=0)
    found: dict[str, int] = {}
    confidence: dict[str, float] = {}

    def take(role: str, column: int, sure: float) -> None:
        found[role], confidence[role] = column, round(GUESSED * sure, 2)

    columns = [[row[at].strip() for row in rows if len(row) > at] for at in range(width)]
    for at, cells in enumerate(columns):
        filled = [cell.strip("=\"'\t ") for cell in cells if cell]
        if len(filled) < 2:
            continue

        def share(test: object, cells: list[str] = filled) -> float:
            return sum(bool(test(cell)) for cell in cells) / len(cells)  # type: ignore[operator]

        if "direction" not in found and share(direction) >= MOSTLY:
            take("direction", at, share(direction))
        elif "currency" not in found and not share(str.isdigit) and share(currency) >= MOSTLY:
            take("currency", at, share(currency))
        elif share(_IP.match) >= MOSTLY:
            take("ip", at, share(_IP.match))
        elif share(_MAC.match) >= MOSTLY:
            take("mac", at, share(_MAC.match))
        elif share(_ID.match) >= MOSTLY and max(len(cell) for cell in filled) == 18:
            take("own_id" if len(set(filled)) * 2 < len(filled) else "other_id", at, share(_ID.match))
        elif "time" not in found and share(_is_time) >= MOSTLY:
            take("time", at, share(_is_time))
        elif share(_CARD.match) >= MOSTLY and not share(_is_time) >= MOSTLY:
            few = len(set(filled)) <= max(1, len(filled) // 3)
            role = "account" if few and "account" not in found else "other_account"
            take(role if role not in found else "serial", at, share(_CARD.match))
        elif share(_is_amount) >= MOSTLY and any("." in cell for cell in filled):
            take("amount" if "amount" not in found else "balance", at, share(_is_amount))
        elif share(_NAME.match) >= MOSTLY and "other_name" not in found and len(set(filled)) > 2:
            take("other_name", at, share(_NAME.match))
    kind = "transactions" if {"time", "amount"} <= set(found) else "unknown"
    return plan(
        kind,
        columns=found,
        confidence=confidence,
        headers=above or [f"#{at + 1}" for at in range(width)],
        header=begin,
        header_rows=1 if above else 0,
        fingerprint=fingerprint_of(above or ["headerless", *map(_shape, columns)]),
    )


def _first_record(rows: Sequence[list[str]]) -> int:
    """The first line with a time and another number; 0 where there is none."""
    for place, row in enumerate(rows):
        cells = [cell.strip("=\"'\t ") for cell in row]
        times = [cell for cell in cells if cell and _is_time(cell)]
        if times and any(cell and cell not in times and _is_amount(cell) for cell in cells):
            return place
    return 0


def _names_above(rows: Sequence[list[str]], begin: int) -> list[str]:
    """The header row right above the records: as wide as they are, each cell a word."""
    if not begin:
        return []
    names = [cell.strip() for cell in rows[begin - 1]]
    filled = [name for name in names if name]
    is_header = len(filled) >= 3 and len(filled) * 10 >= len(rows[begin]) * 6
    return names if is_header and not any(_is_amount(name) or _is_time(name) for name in filled) else []


def _shape(cells: Sequence[str]) -> str:
    """What a column's values are: the same in every file of one headerless layout, whatever it holds."""
    filled = [cell.strip("=\"'\t ") for cell in cells if cell.strip("=\"'\t ")]
    for name, test in (("time", _is_time), ("account", _CARD.match), ("amount", _is_amount)):
        if filled and sum(bool(test(cell)) for cell in filled) >= MOSTLY * len(filled):
            return name
    return "words"


def _is_time(cell: str) -> bool:
    return len(cell) >= 8 and read_time(cell)[1] == OK


def _is_amount(cell: str) -> bool:
    return read_amount(cell)[1] == OK
