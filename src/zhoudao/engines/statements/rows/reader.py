"""Reads the records of one sheet by its plan: whole columns in compiled code, odd lines one by one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from zhoudao.engines.statements.layouts.plan import Plan
from zhoudao.engines.statements.reading.cells import Cells
from zhoudao.engines.statements.values import columns as kernels
from zhoudao.engines.statements.values import status as statuses
from zhoudao.engines.statements.values.accounts import read_accounts
from zhoudao.engines.statements.values.words import (
    CURRENCIES,
    IN,
    MINOR_DIGITS,
    NEUTRAL,
    NO,
    OUT,
    UNKNOWN,
    Words,
    cash,
    currency,
    direction,
    succeeded,
)

NO_BALANCE = np.int64(-(2**63))
TEXTS = (
    "source_name", "target_name", "source_holder_id", "target_holder_id",
    "channel", "memo", "branch", "teller", "ip", "mac", "bank_serial",
)  # fmt: skip
FAILED, REVERSAL, OWN, IS_CASH, NOT_CASH, SAYS_STATUS = 1, 2, 4, 8, 16, 32
REASON_OF_AMOUNT = {
    statuses.SCIENTIFIC: "amount_scientific",
    statuses.BELOW_MINOR: "amount_below_minor_unit",
    statuses.TOO_LARGE: "amount_too_large",
}


@dataclass
class Numbers:
    """Accounts of one column, cleaned: a stretch of ``data`` a record."""

    data: NDArray[np.uint8]
    start: NDArray[np.int64]
    length: NDArray[np.int32]
    hash: NDArray[np.uint64]
    status: NDArray[np.uint8]


@dataclass
class Parsed:
    """All records of a block, read or not; what belongs together has one place. ``good``: those that can be kept."""

    cells: Cells
    good: NDArray[np.bool_]
    field_count_bad: NDArray[np.int8]
    time: NDArray[np.int64]
    time_status: NDArray[np.uint8]
    precision: NDArray[np.uint8]
    amount: NDArray[np.int64]
    amount_status: NDArray[np.uint8]
    direction: NDArray[np.int8]
    balance: NDArray[np.int64]
    other_balance: NDArray[np.int64] | None
    serial: NDArray[np.uint64] | None
    currency: NDArray[np.int8] | None
    flags: NDArray[np.uint8]
    own: list[Numbers]
    other: list[Numbers]
    repairs: dict[str, int]


class SheetReader:
    """``parse`` may run on any thread, one block at a time; it changes nothing but its own word lists."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._direction, self._status = Words(direction), Words(succeeded)
        self._cash, self._currency = Words(cash), Words(currency)

    def parse(self, cells: Cells) -> Parsed:
        plan, rows = self.plan, len(cells)
        flags = np.zeros(rows, np.uint8)
        red = np.zeros(rows, np.bool_)
        time, time_status, precision = self._times(cells, rows)
        kinds = self._currencies(cells, rows)
        amount, amount_status, way = self._money(cells, rows, red)
        (balance, lost_balance), other_balance = self._balance(cells, rows), None
        if "other_balance" in plan.columns:
            other_balance = self._amounts(cells, rows, "other_balance", plan.balance_power)[0]
        if kinds is not None:
            self._whole_units(kinds, amount, amount_status, balance)
        own, other = self._accounts(cells, rows, way)
        flags[red] |= REVERSAL
        self._marks(cells, rows, flags)
        serial = None
        if "serial" in plan.columns:
            serial = np.empty(rows, np.uint64)
            kernels.hash_cells(*_where(cells), plan.columns["serial"], rows, False, serial)
        widths = np.diff(cells.first)
        bad_width = np.zeros(rows, np.int8)
        if plan.strict and plan.width:
            bad_width[widths < plan.width] = -1
        most = max(plan.width, len(plan.headers))
        for row in np.flatnonzero(widths > most).tolist():
            if any(text.strip() for text in cells.texts(row)[most:]):
                bad_width[row] = 1
        good = (
            (time_status == statuses.OK)
            & (amount_status == statuses.OK)
            & (way != UNKNOWN)
            & (bad_width == 0)
        )
        for numbers in other:
            good &= numbers.status != statuses.RUINED
        for numbers in own:
            good &= numbers.status != statuses.RUINED
        if own:
            good &= np.any([numbers.length > 0 for numbers in own], axis=0) | (
                bool(plan.account) & np.all([numbers.status == statuses.EMPTY for numbers in own], axis=0)
            )
        if kinds is not None:
            good &= kinds >= 0
        repairs = {
            "balance_left_out": int((lost_balance & good).sum()),
            "red_letter_amount": int((red & good).sum()),
        }
        return Parsed(
            cells, good, bad_width, time, time_status, precision, amount, amount_status, way,
            balance, other_balance, serial, kinds, flags, own, other, repairs,
        )  # fmt: skip

    def _times(self, cells: Cells, rows: int) -> tuple[NDArray, NDArray, NDArray]:
        time, status, precision = np.empty(rows, np.int64), np.empty(rows, np.uint8), np.empty(rows, np.uint8)
        kernels.read_times(
            *_where(cells), self.plan.columns["time"], rows, self.plan.order, time, status, precision
        )
        if "clock" in self.plan.columns:
            kernels.add_clocks(
                *_where(cells),
                self.plan.columns["clock"],
                rows,
                self.plan.pads_clocks,
                time,
                status,
                precision,
            )
        return time, status, precision

    def _amounts(self, cells: Cells, rows: int, role: str, power: int) -> tuple[NDArray, NDArray, NDArray]:
        values, status, marks = np.empty(rows, np.int64), np.empty(rows, np.uint8), np.empty(rows, np.uint8)
        kernels.read_amounts(*_where(cells), self.plan.columns[role], rows, power, values, status, marks)
        return values, status, marks

    def _money(self, cells: Cells, rows: int, red: NDArray) -> tuple[NDArray, NDArray, NDArray]:
        """Amounts (0 or more), how they were read, and which way they went."""
        known = self.plan.columns
        if "amount" not in known:
            return self._two_columns(cells, rows, red)
        amount, status, marks = self._amounts(cells, rows, "amount", self.plan.power)
        if "direction" in known:
            way = self._direction.of(cells, known["direction"], rows)
            if self.plan.flipped:
                way = np.where(way == OUT, IN, np.where(way == IN, OUT, way)).astype(np.int8)
        elif "payer_account" in known and "payee_account" in known:
            way = np.full(rows, OUT, np.int8)
        else:
            way = np.where(amount < 0, OUT, IN).astype(np.int8)
            way[marks == 1], way[marks == 2] = OUT, IN
        way[(way == UNKNOWN) & (marks == 1)] = OUT
        way[(way == UNKNOWN) & (marks == 2)] = IN
        negative = amount < 0
        if ("direction" in known or "payer_account" in known) and not self.plan.same_signs and negative.any():
            red |= negative & (way != NEUTRAL)
            way = np.where(red & (way == OUT), IN, np.where(red & (way == IN), OUT, way)).astype(np.int8)
        return np.abs(amount), status, way

    def _two_columns(self, cells: Cells, rows: int, red: NDArray) -> tuple[NDArray, NDArray, NDArray]:
        known, power = self.plan.columns, self.plan.debit_power
        empty = np.zeros(rows, np.int64), np.full(rows, statuses.EMPTY, np.uint8), None
        out, out_status, _ = self._amounts(cells, rows, "debit", power) if "debit" in known else empty
        into, in_status, _ = self._amounts(cells, rows, "credit", power) if "credit" in known else empty
        takes_in = (into != 0) & (in_status == statuses.OK)
        both = takes_in & (out != 0) & (out_status == statuses.OK)
        use_in = takes_in | ((in_status == statuses.OK) & (out_status == statuses.EMPTY))
        value = np.where(use_in, into, out)
        status = np.where(use_in, in_status, out_status).astype(np.uint8)
        broken_in = (in_status != statuses.OK) & (in_status != statuses.EMPTY)
        broken_out = (out_status != statuses.OK) & (out_status != statuses.EMPTY)
        status[broken_in] = in_status[broken_in]
        status[broken_out] = out_status[broken_out]
        status[both] = statuses.BAD
        way = np.where(use_in, IN, OUT)
        if not ("debit" in known and (out < 0).sum() * 2 > (out != 0).sum()):
            red |= value < 0
            way = np.where(red, IN + OUT - way, way)  # a red letter takes it back
        return np.abs(value), status, way.astype(np.int8)

    def _balance(self, cells: Cells, rows: int) -> tuple[NDArray, NDArray]:
        """Balances, and where one is written that can't be read."""
        if "balance" not in self.plan.columns:
            return np.full(rows, NO_BALANCE, np.int64), np.zeros(rows, np.bool_)
        balance, status, marks = self._amounts(cells, rows, "balance", self.plan.balance_power)
        balance[marks == 1] *= -1
        lost = (status != statuses.OK) & (status != statuses.EMPTY)
        balance[status != statuses.OK] = NO_BALANCE
        return balance, lost

    def _currencies(self, cells: Cells, rows: int) -> NDArray | None:
        if "currency" not in self.plan.columns:
            return None
        column = self.plan.columns["currency"]
        kinds = self._currency.of(cells, column, rows)
        lengths = _lengths(cells, column, rows)
        default = CURRENCIES.index(self.plan.currency)
        # 0: the cell is empty, or says what we don't know.
        return np.where(kinds > 0, kinds - 1, np.where(lengths == 0, default, -1)).astype(np.int8)

    def _whole_units(self, kinds: NDArray, amount: NDArray, status: NDArray, balance: NDArray) -> None:
        """Amounts of a currency without hundredths: read as hundredths, they must be whole."""
        for code, digits in MINOR_DIGITS.items():
            rows = kinds == CURRENCIES.index(code)
            if rows.any():
                scale = 10 ** (2 - digits)
                status[rows & (status == statuses.OK) & (amount % scale != 0)] = statuses.BELOW_MINOR
                amount[rows] //= scale
                known = rows & (balance != NO_BALANCE)
                balance[known] //= scale

    def _accounts(self, cells: Cells, rows: int, way: NDArray) -> tuple[list[Numbers], list[Numbers]]:
        known = self.plan.columns
        own = [self._numbers(cells, rows, known[role]) for role in ("card", "account") if role in known]
        other = [
            self._numbers(cells, rows, known[role])
            for role in ("other_card", "other_account")
            if role in known
        ]
        if not own and "payer_account" in known:
            own = [self._numbers(cells, rows, known["payer_account"])]
        if not other and "payee_account" in known:
            other = [self._numbers(cells, rows, known["payee_account"])]
        return own, other

    def _numbers(self, cells: Cells, rows: int, column: int) -> Numbers:
        data = np.empty(_room(cells, column, rows) + 128, np.uint8)
        start, length = np.empty(rows, np.int64), np.empty(rows, np.int32)
        hashes, status = np.empty(rows, np.uint64), np.empty(rows, np.uint8)
        read_accounts(*_where(cells), column, rows, data, start, length, hashes, status)
        return Numbers(data, start, length, hashes, status)

    def _marks(self, cells: Cells, rows: int, flags: NDArray) -> None:
        known = self.plan.columns
        if "status" in known:
            failed = self._status.of(cells, known["status"], rows) == NO
            flags[failed] |= FAILED
            flags |= SAYS_STATUS
        if "cash" in known:
            kinds = self._cash.of(cells, known["cash"], rows)
            flags[kinds == 1] |= IS_CASH
            flags[kinds == 2] |= NOT_CASH
        taken_back, fixed = np.zeros(rows, np.bool_), np.zeros(rows, np.bool_)
        for role in ("memo", "kind", "remark"):
            if role in known:
                kernels.mark_words(*_where(cells), known[role], rows, kernels.REVERSALS, taken_back)
                kernels.mark_words(*_where(cells), known[role], rows, kernels.FIXED_DEPOSITS, fixed)
        flags[taken_back] |= REVERSAL
        flags[fixed] |= OWN
        if "own_id" in known and "other_id" in known:
            one, two = np.empty(rows, np.uint64), np.empty(rows, np.uint64)
            kernels.hash_cells(*_where(cells), known["own_id"], rows, False, one)
            kernels.hash_cells(*_where(cells), known["other_id"], rows, False, two)
            flags[(one == two) & (one != 0)] |= OWN

    def reason(self, parsed: Parsed, row: int) -> tuple[str, str]:
        """``(field, reason)`` of a record that is refused."""
        known = self.plan.columns
        for numbers in parsed.own:
            if numbers.status[row] == statuses.RUINED:
                return "account", "account_ruined"
        if not parsed.own and self.plan.account_ruined and not self.plan.account:
            return "account", "account_ruined"
        for numbers in parsed.other:
            if numbers.status[row] == statuses.RUINED:
                return "other_account", "counterparty_ruined"
        if parsed.field_count_bad[row] < 0:
            return "", "row_cut_short"
        if parsed.field_count_bad[row] > 0:
            return "", "too_many_cells"
        if parsed.time_status[row] != statuses.OK:
            ambiguous = parsed.time_status[row] == statuses.AMBIGUOUS
            return "time", "time_ambiguous" if ambiguous else "time_unreadable"
        if parsed.amount_status[row] != statuses.OK:
            field = "amount" if "amount" in known else "debit"
            return field, REASON_OF_AMOUNT.get(int(parsed.amount_status[row]), "amount_unreadable")
        if parsed.direction[row] == UNKNOWN:
            return "direction", "direction_unreadable"
        if parsed.currency is not None and parsed.currency[row] < 0:
            return "currency", "currency_unreadable"
        if parsed.own and all(numbers.status[row] == statuses.EMPTY for numbers in parsed.own):
            return "account", "account_missing"
        return "account", "account_unreadable" if parsed.own else "account_missing"

    def texts(self, parsed: Parsed, records: NDArray[np.int64]) -> pa.RecordBatch:
        """What is written as it stands, of the kept records."""
        known, cells = self.plan.columns, parsed.cells
        incoming = parsed.direction[records] == IN
        never = np.zeros(len(records), np.bool_)
        own_name, other_name = known.get("own_name", -1), known.get("other_name", -1)
        if own_name < 0:
            own_name = known.get("payer_name", -1)
        if other_name < 0:
            other_name = known.get("payee_name", -1)
        memo, kind = known.get("memo", -1), known.get("kind", known.get("remark", -1))
        no_memo = never
        if memo >= 0 and kind >= 0:
            no_memo = (_lengths(cells, memo, len(cells)) == 0)[records]
        pairs = {
            "source_name": (own_name, other_name, incoming),
            "target_name": (other_name, own_name, incoming),
            "source_holder_id": (known.get("own_id", -1), known.get("other_id", -1), incoming),
            "target_holder_id": (known.get("other_id", -1), known.get("own_id", -1), incoming),
            "memo": (memo if memo >= 0 else kind, kind, no_memo),
            "branch": (known.get("branch", known.get("place", -1)), -1, never),
            "bank_serial": (known.get("serial", known.get("other_serial", -1)), -1, never),
        }
        arrays = [
            _text_array(cells, records, *pairs.get(name, (known.get(name, -1), -1, never))) for name in TEXTS
        ]
        return pa.RecordBatch.from_arrays(arrays, names=list(TEXTS))


def _where(cells: Cells) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    return cells.buffer, cells.first, cells.start, cells.end


def _lengths(cells: Cells, column: int, rows: int) -> NDArray[np.int32]:
    """Bytes of each record's cell in a column; 0 where the record is shorter."""
    found = np.empty(rows, np.int32)
    kernels.lengths(cells.first, cells.start, cells.end, column, rows, found)
    return found


def _room(cells: Cells, column: int, rows: int) -> int:
    """Bytes of a column."""
    return int(kernels.lengths(cells.first, cells.start, cells.end, column, rows, np.empty(rows, np.int32)))


def _text_array(cells: Cells, records: NDArray, column: int, other: int, choose: NDArray) -> pa.Array:
    count = len(records)
    if column < 0 and (other < 0 or not choose.any()):
        return pa.nulls(count, pa.string())
    room = 64
    for used in {column, other} - {-1}:
        room += _room(cells, used, len(cells))
    offsets, data = np.empty(count + 1, np.int32), np.empty(room, np.uint8)
    present = np.zeros(count // 8 + 1, np.uint8)
    _, nothing = kernels.copy_texts(
        *_where(cells), cells.escaped, column, other, choose, records, offsets, data, present
    )
    data = data[: offsets[-1]] if offsets[-1] * 2 > room else data[: offsets[-1]].copy()
    return pa.StringArray.from_buffers(
        count, pa.py_buffer(offsets), pa.py_buffer(data), pa.py_buffer(present), nothing
    )
