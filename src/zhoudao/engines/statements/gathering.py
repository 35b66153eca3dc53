"""A run under way: records, texts set aside on disk, refused rows, accounts, counts."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from zhoudao.engines.statements.layouts.plan import Plan, context_of
from zhoudao.engines.statements.reading.cells import Cells
from zhoudao.engines.statements.report import Report, Sheet
from zhoudao.engines.statements.resolving.directory import Directory
from zhoudao.engines.statements.resolving.records import Gathering
from zhoudao.engines.statements.rows.odd import kind_of
from zhoudao.engines.statements.rows.reader import NO_BALANCE, Numbers, Parsed, SheetReader
from zhoudao.engines.statements.staging import Staging
from zhoudao.engines.statements.values import status as statuses
from zhoudao.engines.statements.values.accounts import NONE, Accounts
from zhoudao.engines.statements.values.words import CURRENCIES
from zhoudao.engines.statements.writing import REFUSED

AT_ONCE = 20_000
LONGEST_TEXT = 2_000


class Run:
    """Use as a context manager: its files are in ``scratch`` and closed at the end."""

    def __init__(self, scratch: Path) -> None:
        self.report = Report()
        self.accounts = Accounts()
        self.directory = Directory(self.accounts)
        self.gathered = Gathering()
        self.sheets: list[tuple[Sheet, int]] = []
        self.rows = 0
        self.staging = Staging(scratch / "texts.arrow")
        self._refused = pq.ParquetWriter(scratch / "refused.parquet", REFUSED)
        self._waiting: list[tuple[Sheet, int, str | None, str, str]] = []
        self._known_holders: set[int] = set()
        self._open = True

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end_reading()

    def end_reading(self) -> None:
        if self._open:
            self._open = False
            self.staging.close()
            self._flush()
            self._refused.close()

    # A sheet ----------------------------------------------------------------------------------------------------------

    def start_sheet(self, sheet: Sheet, plan: Plan, place: int) -> None:
        self.sheet, self.plan = sheet, plan
        self.sheets.append((sheet, place))
        self.account = self.accounts.code(plan.account) if plan.account else NONE
        if plan.account and plan.name:
            self.directory.hold(self.account, plan.name, "")
        self._at = 0

    def end_sheet(self) -> None:
        self.staging.settle()
        self.gathered.end_sheet()

    def take(self, reader: SheetReader, parsed: Parsed, pool: Executor) -> None:
        """One block's records: the good ones kept, every other line looked at. Texts are copied on ``pool``."""
        cells, good = parsed.cells, parsed.good
        own, context = self._own(parsed), None
        begin = max(self.plan.header - self._at, 0)
        self._at += len(cells)
        if begin:
            self._preamble(cells, min(begin, len(cells)))
            good[:begin] = False
        if not parsed.own:
            context = np.full(len(cells), self.account, np.int32)
        for row in np.flatnonzero(~good).tolist():
            if row >= begin:
                self._odd(reader, parsed, row, context)
        if context is not None:
            own = context
            for row in np.flatnonzero(good & (own == NONE)).tolist():
                field, reason = reader.reason(parsed, row)
                self.refuse(self.sheet, int(cells.line[row]), field, reason, _line(cells, row))
                self.sheet.rows_in += 1
                good[row] = False
        records = np.flatnonzero(good)
        self.sheet.rows_in += len(records)
        self.sheet.rows_read += len(records)
        self.rows += len(records)
        self.sheet.repairs.update(parsed.repairs)
        if len(records):
            self._keep(reader, parsed, records, own[records], pool)

    def _own(self, parsed: Parsed) -> np.ndarray:
        """The own account of each record: its card, where it gives one, else its account, else the sheet's."""
        columns = [self._codes(numbers) for numbers in parsed.own]
        if len(columns) == 2:
            self.directory.learn_pairs(columns[0][parsed.good], columns[1][parsed.good])
        own = np.full(len(parsed.cells), NONE, np.int32)
        for codes in reversed(columns):
            own = np.where(codes >= 0, codes, own)
        return np.where(own >= 0, own, self.account).astype(np.int32)

    def _codes(self, numbers: Numbers) -> np.ndarray:
        return self.accounts.codes(numbers.data, numbers.start, numbers.length, numbers.hash)

    def _preamble(self, cells: Cells, count: int) -> None:
        for row in range(count):
            texts = cells.texts(row)
            kind = "blank" if not any(text.strip() for text in texts) else "preamble"
            if row >= self.plan.header - self.plan.header_rows and kind != "blank":
                kind = "header"
            self.sheet.lines_skipped[kind] += 1

    def _odd(self, reader: SheetReader, parsed: Parsed, row: int, context: np.ndarray | None) -> None:
        texts = parsed.cells.texts(row)
        timed = bool(parsed.time_status[row] == statuses.OK)
        valued = bool(parsed.amount_status[row] == statuses.OK)
        kind = kind_of(texts, self.plan, timed, valued)
        if kind == "record":
            field, reason = reader.reason(parsed, row)
            self.refuse(self.sheet, int(parsed.cells.line[row]), field, reason, _line(parsed.cells, row))
            self.sheet.rows_in += 1
            return
        self.sheet.lines_skipped[kind] += 1
        if kind == "preamble" and context is not None:
            account, name, _, ruined = context_of(texts)
            if account or ruined:
                self.account = self.accounts.code(account) if account else NONE
                context[row:] = self.account
                if account and name:
                    self.directory.hold(self.account, name, "")

    def _keep(
        self, reader: SheetReader, parsed: Parsed, records: np.ndarray, own: np.ndarray, pool: Executor
    ) -> None:
        other = np.full(len(parsed.cells), NONE, np.int32)
        for numbers in reversed(parsed.other):
            codes = self._codes(numbers)
            other = np.where(codes >= 0, codes, other)
        currency = parsed.currency
        default = CURRENCIES.index(self.plan.currency)
        self.gathered.add(
            {
                "line": parsed.cells.line[records],
                "time": parsed.time[records],
                "precision": parsed.precision[records],
                "own": own,
                "other": other[records],
                "amount": parsed.amount[records],
                "way": parsed.direction[records],
                "balance": parsed.balance[records],
                "serial": np.zeros(len(records), np.uint64)
                if parsed.serial is None
                else parsed.serial[records],
                "currency": np.full(len(records), default) if currency is None else currency[records],
                "flags": parsed.flags[records],
            }
        )
        if parsed.other_balance is not None:
            start = self.gathered.count - len(records)
            known = np.where(parsed.other_balance[records] != 0, parsed.other_balance[records], NO_BALANCE)
            self.gathered.other_balances.append((start, known))
        self._holders(parsed, records, own)
        self.staging.add(pool.submit(reader.texts, parsed, records))

    def _holders(self, parsed: Parsed, records: np.ndarray, own: np.ndarray) -> None:
        """Identity numbers of accounts met for the first time."""
        if "own_id" not in self.plan.columns:
            return
        codes, where = np.unique(own, return_index=True)
        for code, place in zip(codes.tolist(), where.tolist(), strict=True):
            if code not in self._known_holders:
                self._known_holders.add(code)
                cells, row = parsed.cells, int(records[place])
                cell = int(cells.first[row]) + self.plan.columns["own_id"]
                if cell < cells.first[row + 1]:
                    text = (
                        cells.buffer[cells.start[cell] : cells.end[cell]].tobytes().decode("utf-8", "replace")
                    )
                    self.directory.hold(code, "", text.strip(" \t\"'="))

    # What is no transfer --------------------------------------------------------------------------------------

    def learn(self, sheet: Sheet, plan: Plan, rows: Sequence[list[str]]) -> None:
        sheet.lines_skipped["accounts"] += len(rows)
        self.directory.learn_sheet(rows, plan)

    def refuse_unknown(self, sheet: Sheet, plan: Plan, cells: Cells) -> None:
        for row in range(len(cells)):
            texts = cells.texts(row)
            if cells.line[row] <= plan.header or not any(text.strip() for text in texts):
                sheet.lines_skipped["preamble" if any(text.strip() for text in texts) else "blank"] += 1
                continue
            self.refuse(sheet, int(cells.line[row]), "", "layout_unknown", _line(cells, row))
            sheet.rows_in += 1

    def refuse(self, sheet: Sheet, line: int, field: str, reason: str, text: str) -> None:
        sheet.rows_refused += 1
        self.report.refused_by_reason[reason] += 1
        self._waiting.append(
            (sheet, line, field or None, reason, text[:LONGEST_TEXT])
        )
        if len(self._waiting) >= AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            rows = [(sheet.file, sheet.sha256, sheet.sheet or None, *rest) for sheet, *rest in self._waiting]
            columns = list(zip(*rows, strict=True))
            arrays = [pa.array(column, field.type) for column, field in zip(columns, REFUSED, strict=True)]
            self._refused.write_table(pa.table(arrays, schema=REFUSED))
            self._waiting = []


def _line(cells: Cells, row: int) -> str:
    return "\t".join(text.replace("\0", "") for text in cells.texts(row)).encode("utf-8", "replace").decode()
