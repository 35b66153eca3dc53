"""How one sheet is to be read: which column is which role, found by a layout, by its headers or by its values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from zhoudao.engines.statements.layouts.guessing import guess
from zhoudao.engines.statements.layouts.model import (
    UNITS,
    Layout,
    fingerprint_of,
    plain,
    role_of_name,
    shipped,
)
from zhoudao.engines.statements.values.accounts import read_account
from zhoudao.engines.statements.values.amounts import read_amount
from zhoudao.engines.statements.values.status import OK
from zhoudao.engines.statements.values.times import DAY_FIRST, MONTH_FIRST, YEAR_FIRST, read_clock, read_time
from zhoudao.engines.statements.values.words import OUT, direction

TRANSACTIONS, ACCOUNTS, OTHER, UNKNOWN = "transactions", "accounts", "other", "unknown"
LOOKED_AT = 400
"""Records of a sheet that its plan is made from."""
NAMED, CONFIRMED = 0.95, 1.0
"""Confidence of a role that a header names, and of one that a layout or an analyst gives."""
ACCOUNT_LABEL = re.compile(
    r"(?:账号|帐号|卡号|账户号|支付宝账户|支付宝账号|微信号|账\(卡\)号|账户|帐户|微信昵称)\s*[\]】]?\s*[:：]?\s*"
    r"\[?([0-9A-Za-z@._*\- ]{5,40}|\[[^\]]+\])"
)
NAME_LABEL = re.compile(r"(?:户名|账户名称|客户名称|姓名|客户姓名|账户名)\s*[:：]\s*([^\s,，;；:：]{2,40})")
CURRENCY_LABEL = re.compile(r"币种\s*[:：]\s*([^\s,，;；]{1,10})")
UNIT_LABEL = re.compile(r"单位\s*[:：]\s*(?:人民币)?\s*(万元|千元|元|分|角)")
LONG_NUMBER = re.compile(r"(?<![\da-f])(\d{12,32})(?![\da-f])")
"""An account in a file's name; not a run of digits in a hash."""


@dataclass
class Plan:
    """``columns``: role to column, from 0. ``header``: records before the first data record."""

    kind: str
    columns: dict[str, int] = field(default_factory=dict)
    confidence: dict[str, float] = field(default_factory=dict)
    headers: list[str] = field(default_factory=list)
    header: int = 0
    header_rows: int = 0
    layout: str = ""
    fingerprint: str = ""
    power: int = 2
    debit_power: int = 2
    balance_power: int = 2
    order: int = YEAR_FIRST
    signs: str = "auto"
    same_signs: bool = False
    flipped: bool = False
    pads_clocks: bool = False
    width: int = 0
    strict: bool = False
    account: str = ""
    account_ruined: bool = False
    name: str = ""
    currency: str = "CNY"

    @property
    def has_direction(self) -> bool:
        known = self.columns
        return (
            "direction" in known
            or "debit" in known
            or ("payer_account" in known and "payee_account" in known)
        )

    def lacks(self) -> list[str]:
        """Roles without which no record can be kept."""
        missing = []
        if not {"time", "date"} & set(self.columns):
            missing.append("time")
        if not {"amount", "debit", "credit"} & set(self.columns):
            missing.append("amount")
        if not {"card", "account", "payer_account"} & set(self.columns) and not self.account:
            missing.append("account")
        return missing


def plan_of(rows: Sequence[list[str]], layouts: Sequence[Layout], names: Sequence[str]) -> Plan:
    """The plan of a sheet from its first records. ``names``: of the sheet and the file, where an account may stand."""
    place, found = _header(rows)
    plan = _named(rows, place, found, layouts) if found else _unnamed(rows, layouts)
    _context(plan, rows, names)
    if plan.kind == TRANSACTIONS:
        _habits(plan, rows[plan.header :])
    return plan


def _roles(cells: Sequence[str]) -> dict[str, int]:
    known = role_of_name()
    found: dict[str, int] = {}
    for column, cell in enumerate(cells):
        role = known.get(plain(cell)[0]) if len(cell) <= 40 else None
        if role and role != "ignored":
            found.setdefault(role, column)
    return found


def _header(rows: Sequence[list[str]]) -> tuple[int, dict[str, int]]:
    """The first row that names most roles, where that is two or more."""
    best, best_found = 0, dict[str, int]()
    for place, row in enumerate(rows[:120]):
        found = _roles(row)
        if len(found) > len(best_found) and len(found) >= 2:
            best, best_found = place, found
    return best, best_found


def _named(rows: Sequence[list[str]], place: int, found: dict[str, int], layouts: Sequence[Layout]) -> Plan:
    headers = list(rows[place])
    header_rows = 1
    if place + 1 < len(rows) and _is_second_header(rows[place + 1]):
        headers = _joined(headers, rows[place + 1])
        found = {**_roles(rows[place + 1]), **_roles(headers)} | {
            role: column for role, column in found.items() if role not in ("amount", "balance")
        }
        header_rows = 2
    plan = Plan(UNKNOWN, headers=headers, header=place + header_rows, header_rows=header_rows)
    plan.fingerprint = fingerprint_of(headers)
    plan.columns = found
    plan.confidence = dict.fromkeys(found, NAMED)
    layout = _layout(headers, plan.fingerprint, layouts)
    if layout is not None:
        _apply(plan, layout)
    timed = bool({"time", "date"} & set(plan.columns))
    valued = bool({"amount", "debit", "credit"} & set(plan.columns))
    if timed and valued:
        plan.kind = TRANSACTIONS
    elif {"card", "account", "sub_account"} & set(plan.columns) and not valued:
        plan.kind = ACCOUNTS
    elif not timed and not valued:
        plan.kind = OTHER
    else:
        guessed = guess(rows[plan.header :], Plan)
        for role, column in guessed.columns.items():
            if role not in plan.columns and column not in plan.columns.values():
                plan.columns[role], plan.confidence[role] = column, guessed.confidence[role]
        plan.kind = TRANSACTIONS if not set(plan.lacks()) & {"time", "amount"} else OTHER
    _units(plan, layout)
    return plan


def _unnamed(rows: Sequence[list[str]], layouts: Sequence[Layout]) -> Plan:
    """No header says a role: told by the values, unless an analyst has confirmed what this sheet's columns are."""
    plan = guess(rows, Plan)
    layout = _layout(plan.headers, plan.fingerprint, layouts)
    if layout is not None:
        _apply(plan, layout)
        plan.kind = TRANSACTIONS if not set(plan.lacks()) & {"time", "amount"} else OTHER
    _units(plan, layout)
    return plan


def _is_second_header(row: Sequence[str]) -> bool:
    filled = [cell for cell in row if cell.strip()]
    return (
        bool(filled)
        and len(_roles(row)) >= 1
        and not any(character.isdigit() for cell in filled for character in cell)
    )


def _joined(upper: list[str], lower: Sequence[str]) -> list[str]:
    """Two header rows as one: a merged upper cell goes with each lower one under it."""
    joined, above = [], ""
    for column in range(max(len(upper), len(lower))):
        top = upper[column].strip() if column < len(upper) else ""
        below = lower[column].strip() if column < len(lower) else ""
        above = top or above
        if not below:
            joined.append(top)
        elif plain(below)[0] in role_of_name() or top == below:
            joined.append(below)
        else:
            joined.append(above + below)
    return joined


def _layout(headers: list[str], fingerprint: str, layouts: Sequence[Layout]) -> Layout | None:
    """The confirmed layout of this very header row, else the shipped one whose every column is there."""
    there = {plain(header)[0] for header in headers}
    for layout in layouts:
        if layout.fingerprint == fingerprint or (
            not layout.fingerprint and all(plain(header)[0] in there for header in layout.columns.values())
        ):
            return layout
    for layout in shipped():
        if all(plain(header)[0] in there for header in layout.columns.values()):
            return layout
    return None


def _apply(plan: Plan, layout: Layout) -> None:
    """The layout's columns, and of the others those it doesn't leave out."""
    found = {role: _column(plan.headers, header) for role, header in layout.columns.items()}
    given = {role: at for role, at in found.items() if at is not None}
    taken = set(given.values()) | {_column(plan.headers, header) for header in layout.ignored}
    plan.columns = {
        role: at for role, at in plan.columns.items() if at not in taken and role not in given
    } | given
    plan.confidence = {
        role: CONFIRMED if role in given else plan.confidence.get(role, NAMED) for role in plan.columns
    }
    plan.layout, plan.flipped = layout.name, layout.flipped
    plan.signs, plan.same_signs = layout.signs, layout.signs == "same"
    plan.order = {"day": DAY_FIRST, "month": MONTH_FIRST}.get(layout.date_order, plan.order)


def _column(headers: Sequence[str], header: str) -> int | None:
    """Where a header stands, from 0; ``#3`` is the third column, whatever stands above it."""
    numbered = re.fullmatch(r"#(\d{1,4})", header)
    if numbered and 1 <= int(numbered[1]) <= len(headers):
        return int(numbered[1]) - 1
    wanted = plain(header)[0]
    return next((at for at, there in enumerate(headers) if plain(there)[0] == wanted), None)


def _units(plan: Plan, layout: Layout | None) -> None:
    def power(role: str) -> int:
        column = plan.columns.get(role)
        unit = plain(plan.headers[column])[1] if column is not None and column < len(plan.headers) else ""
        return UNITS[unit] if unit else (layout.power if layout else 2)

    plan.power = power("amount")
    plan.debit_power = power("debit" if "debit" in plan.columns else "credit")
    plan.balance_power = power("balance")


def context_of(cells: Sequence[str]) -> tuple[str, str, str, bool]:
    """``(account, name, currency, ruined)`` that a line above the records tells, each empty where it doesn't."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    line = " ".join(
        cell if cell.endswith((":", "：")) or not re.fullmatch(r"[^\d:：]{2,12}", cell) else f"{cell}："
        for cell in filled
    ).replace("：：", "：")
    account, ruined = "", False
    if found := ACCOUNT_LABEL.search(line):
        text, status = read_account(found[1].strip("[] ").replace(" ", ""))
        ruined = bool(re.match(r"\d(\.\d+)?[eE]\+?\d+$", found[1].strip())) or bool(
            re.search(r"号\s*[:：]?\s*\d\.\d+E\+\d+", line)
        )
        account = (text if status == OK else found[1].strip("[] ")) if not ruined else ""
    name = NAME_LABEL.search(line)
    currency = CURRENCY_LABEL.search(line)
    return account, name[1] if name else "", currency[1] if currency else "", ruined


def _context(plan: Plan, rows: Sequence[list[str]], names: Sequence[str]) -> None:
    from zhoudao.engines.statements.values.words import CURRENCIES
    from zhoudao.engines.statements.values.words import currency as currency_in

    for row in rows[: max(plan.header - plan.header_rows, 0)]:
        account, name, currency, ruined = context_of(row)
        plan.account = plan.account or account
        plan.account_ruined = plan.account_ruined or ruined
        plan.name = plan.name or name
        if currency and currency_in(currency):
            plan.currency = CURRENCIES[currency_in(currency) - 1]
        unit = UNIT_LABEL.search(" ".join(row))
        if unit:
            for role, attribute in (
                ("amount", "power"),
                ("debit", "debit_power"),
                ("balance", "balance_power"),
            ):
                column = plan.columns.get(role)
                if column is None or not plain(plan.headers[column])[1]:
                    setattr(plan, attribute, UNITS[unit[1]])
    if (
        not plan.account
        and not plan.account_ruined
        and not {"card", "account", "payer_account"} & set(plan.columns)
    ):
        for name in names:
            if found := LONG_NUMBER.search(name):
                plan.account = found[1]
                break


def _habits(plan: Plan, rows: Sequence[list[str]]) -> None:
    """What the first records tell: date and time columns, order of days and months, signs, cells a row."""
    columns = plan.columns

    def cells(role: str) -> list[str]:
        at = columns[role]
        return [row[at].strip() for row in rows if len(row) > at and row[at].strip()]

    if "time" in columns and "date" in columns:
        texts = cells("time")
        whole = sum(read_time(text)[1] == OK for text in texts)
        if (
            texts
            and whole * 2 < len(texts)
            and sum(read_clock(text)[1] == OK for text in texts) * 2 > len(texts)
        ):
            columns.setdefault("clock", columns["time"])
            del columns["time"]
    if "time" not in columns:
        columns["time"] = columns.pop("date")
        plan.confidence.setdefault("time", plan.confidence.get("date", NAMED))
    else:
        columns.pop("date", None)
        if "clock" in columns and all(read_time(text)[2] == 0 for text in cells("time")[:50]):
            del columns["clock"]
    if "clock" in columns:
        plan.pads_clocks = any(re.fullmatch(r"\d{5,6}", text) for text in cells("clock"))
    dates = [re.match(r"[\"=']*(\d{1,2})[-/.](\d{1,2})[-/.]\d{4}", text) for text in cells("time")]
    pairs = [(int(found[1]), int(found[2])) for found in dates if found]
    if any(first > 12 for first, _ in pairs):
        plan.order = DAY_FIRST
    elif any(second > 12 for _, second in pairs):
        plan.order = MONTH_FIRST
    if "direction" in columns and "amount" in columns and plan.signs == "auto":
        out = [
            read_amount(row[columns["amount"]])[0]
            for row in rows
            if len(row) > max(columns["direction"], columns["amount"])
            and direction(row[columns["direction"]]) == OUT
        ]
        plan.same_signs = bool(out) and sum(value < 0 for value in out) * 2 > len(out)
    if "direction" in columns and "amount" in columns:
        columns.pop("debit", None)
        columns.pop("credit", None)
    elif "debit" in columns or "credit" in columns:
        columns.pop("amount", None)
    widths = Counter(len(row) for row in rows if len(row) * 2 > len(plan.headers))
    if widths:
        plan.width, often = widths.most_common(1)[0]
        plan.strict = often * 100 >= sum(widths.values()) * 90
    plan.confidence = {role: plan.confidence.get(role, NAMED) for role in columns}
