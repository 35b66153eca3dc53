"""What each sheet is and what each column was taken for, before anything is read: what an analyst confirms."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from zhoudao.engines.statements.layouts.guessing import guess
from zhoudao.engines.statements.layouts.model import Layout
from zhoudao.engines.statements.layouts.plan import CONFIRMED, LOOKED_AT, NAMED, Plan, plan_of
from zhoudao.engines.statements.reading.cells import Cells
from zhoudao.engines.statements.reading.delimited import RecordTooLong
from zhoudao.engines.statements.reading.files import RawFile, files_under
from zhoudao.engines.statements.reading.opening import BadFile, sheets_of
from zhoudao.engines.statements.values.accounts import read_account
from zhoudao.engines.statements.values.amounts import read_amount
from zhoudao.engines.statements.values.status import OK
from zhoudao.engines.statements.values.times import read_clock, read_time
from zhoudao.engines.statements.values.words import currency, direction

SAMPLES = 4
LAYOUT, HEADER, VALUES, NOTHING = "layout", "header", "values", ""
"""What told a column's role."""


@dataclass(frozen=True)
class Column:
    """``place``: from 1. ``role``: empty where nothing told one. ``reads`` of ``filled`` values can be read as
    that role; ``confidence`` is what told the role, times that share."""

    place: int
    header: str
    samples: tuple[str, ...]
    role: str
    told_by: str
    confidence: float
    reads: int
    filled: int


@dataclass(frozen=True)
class Recognised:
    """One sheet: its plan, and every column of it with values."""

    file: str
    sheet: str
    plan: Plan
    columns: tuple[Column, ...]


def recognise(path: Path, layouts: Sequence[Layout] = ()) -> list[tuple[str, str, Plan]]:
    """``(file, sheet, plan)`` of every sheet under ``path``, from its first records."""
    return [(raw.name, sheet, plan) for raw, sheet, plan, _ in _plans(path, layouts, {})]


def examine(
    path: Path, layouts: Sequence[Layout] = (), names: Mapping[Path, str] | None = None
) -> list[Recognised]:
    """Every sheet under ``path`` with its columns, their first values and what told their roles."""
    return [
        Recognised(raw.name, sheet, plan, tuple(_columns(plan, rows)))
        for raw, sheet, plan, rows in _plans(path, layouts, names or {})
    ]


def plan_from(first: Cells, layouts: Sequence[Layout], names: Sequence[str]) -> Plan:
    """The plan of a sheet from its first block. ``names``: of the sheet and the file."""
    return plan_of(_texts(first), layouts, names)


def _texts(first: Cells) -> list[list[str]]:
    return [first.texts(record) for record in range(min(LOOKED_AT, len(first)))]


def _plans(
    path: Path, layouts: Sequence[Layout], names: Mapping[Path, str]
) -> Iterator[tuple[RawFile, str, Plan, list[list[str]]]]:
    with tempfile.TemporaryDirectory() as scratch:
        for raw in files_under([path], Path(scratch), names):
            if raw.refused:
                continue
            try:
                with raw.open() as file:
                    for name, blocks in sheets_of(file, raw.size):
                        first = next(iter(blocks), None)
                        if first is not None:
                            rows = _texts(first)
                            yield raw, name, plan_of(rows, layouts, (name, raw.called or raw.name)), rows
            except (BadFile, RecordTooLong):
                continue


def _columns(plan: Plan, rows: Sequence[list[str]]) -> Iterator[Column]:
    records = rows[plan.header :]
    width = max([len(plan.headers), *(len(row) for row in records)], default=0)
    roles = {at: role for role, at in plan.columns.items()}
    guessed = guess(records, Plan)
    free = {at: role for role, at in guessed.columns.items() if role not in plan.columns}
    for at in range(width):
        filled = [row[at].strip() for row in records if len(row) > at and row[at].strip()]
        role, told_by, sure = NOTHING, NOTHING, 0.0
        if at in roles:
            role, sure = roles[at], plan.confidence.get(roles[at], NAMED)
            told_by = LAYOUT if sure >= CONFIRMED else HEADER if sure >= NAMED else VALUES
        elif at in free:
            role, told_by, sure = free[at], VALUES, guessed.confidence[free[at]]
        header = plan.headers[at] if at < len(plan.headers) else f"#{at + 1}"
        if not filled and not header.strip():
            continue
        reads = sum(map(READS.get(role, bool), filled))
        share = reads / len(filled) if filled else 1.0
        samples = tuple(dict.fromkeys(filled))[:SAMPLES]
        yield Column(at + 1, header, samples, role, told_by, round(sure * share, 2), reads, len(filled))


def _time(text: str) -> bool:
    return read_time(text)[1] == OK


def _clock(text: str) -> bool:
    return read_clock(text)[1] == OK


def _amount(text: str) -> bool:
    return read_amount(text)[1] == OK


def _account(text: str) -> bool:
    return read_account(text.strip("=\"'\t "))[1] == OK


def _mark(text: str) -> bool:
    return bool(direction(text))


def _currency(text: str) -> bool:
    return bool(currency(text))


def _ip(text: str) -> bool:
    return bool(re.fullmatch(r"[\d.]{7,15}|[0-9A-Fa-f:.]{3,45}", text))


READS: dict[str, Callable[[str], bool]] = {
    "time": _time, "date": _time, "clock": _clock, "direction": _mark, "currency": _currency, "ip": _ip,
    **dict.fromkeys(("amount", "debit", "credit", "balance", "other_balance", "fee"), _amount),
    **dict.fromkeys(("card", "account", "other_account", "other_card", "payer_account", "payee_account"), _account),
}  # fmt: skip
"""How a role's values are tried; of any other role every text is one."""
