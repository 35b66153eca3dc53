"""The books of an economy while it is being made: columns of numbers, made into the tables of a case at the end.

Firms, accounts and goods stand in them as numbers, and invoices, declarations and transfers get theirs in the order
they are added. Only at the end are they numbered as offices and banks do, in the order of time: so a number never
tells which part of the generator made the row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from zhoudao.sample.trade.economy import BEGINS, Account, Economy

DAY = 86_400
EPOCH = date(1970, 1, 1)
CONSUMER = -1
"""As buyer: nobody with a code."""
VALID, VOID, RED = 0, 1, 2


def day_number(day: date) -> int:
    return (day - EPOCH).days


FIRST_DAY = day_number(BEGINS)


class Columns:
    """A table that grows: each row has the number it was given when it was added."""

    def __init__(self, *names: str) -> None:
        self._names = names
        self._chunks: dict[str, list[np.ndarray]] = {name: [] for name in names}
        self.count = 0

    def add(self, **columns: object) -> np.ndarray:
        """Rows, a scalar standing for a whole column. Returns their numbers."""
        if set(columns) != set(self._names):
            raise ValueError(f"expected columns {self._names}, got {tuple(columns)}")
        arrays = np.broadcast_arrays(*(np.atleast_1d(np.asarray(value)) for value in columns.values()))
        for name, array in zip(columns, arrays, strict=True):
            self._chunks[name].append(np.array(array))
        first, self.count = self.count, self.count + len(arrays[0])
        return np.arange(first, self.count)

    def __getitem__(self, name: str) -> np.ndarray:
        chunks = self._chunks[name]
        if len(chunks) > 1:
            chunks[:] = [np.concatenate(chunks)]
        return chunks[0] if chunks else np.empty(0, dtype=np.int64)


@dataclass
class Books:
    """Everything that was written down. Times are seconds, days are days, both since 1970 in the city's own time."""

    economy: Economy
    accounts: list[Account] = field(default_factory=list)
    invoices: Columns = field(
        default_factory=lambda: Columns("seller", "buyer", "at", "net", "tax", "special", "state", "red_of")
    )
    lines: Columns = field(
        default_factory=lambda: Columns("invoice", "line", "good", "net", "tax", "rate", "quantity")
    )
    transfers: Columns = field(default_factory=lambda: Columns("source", "target", "at", "amount", "memo"))
    declarations: Columns = field(
        default_factory=lambda: Columns(
            "exporter", "on", "port", "destination", "source_region", "consignee", "shipper", "containers"
        )
    )
    declared: Columns = field(
        default_factory=lambda: Columns("declaration", "line", "good", "amount", "quantity", "weight")
    )
    receipts: Columns = field(
        default_factory=lambda: Columns(
            "exporter", "on", "amount", "remitter", "country", "declaration", "account"
        )
    )
    refunds: Columns = field(
        default_factory=lambda: Columns(
            "exporter", "declaration", "line", "invoice", "basis", "rate", "refund", "filed", "paid"
        )
    )
    notices: Columns = field(default_factory=lambda: Columns("invoice", "on"))
    returns: Columns = field(
        default_factory=lambda: Columns(
            "firm", "period", "sales", "uninvoiced", "output_tax", "input_tax", "paid", "employees", "power"
        )
    )
    _numbers: dict[str, int] = field(default_factory=dict)

    def account(self, account: Account | None) -> int:
        """The number of an account, which is given one when it is first asked for."""
        assert account is not None
        if account.number not in self._numbers:
            self._numbers[account.number] = len(self.accounts)
            self.accounts.append(account)
        return self._numbers[account.number]

    def firm_accounts(self) -> np.ndarray:
        """Of every firm, by its number."""
        return np.array([self.account(firm.account) for firm in self.economy.firms])


def invoice(
    books: Books, seller: int, buyer: int, at: int, good: int, net: int, quantity: float, rate: int
) -> int:
    """One special invoice with one line; its number."""
    tax = round(net * rate / 10_000)
    number = int(
        books.invoices.add(
            seller=seller, buyer=buyer, at=at, net=net, tax=tax, special=True, state=VALID, red_of=-1
        )[0]
    )
    books.lines.add(invoice=number, line=1, good=good, net=net, tax=tax, rate=rate, quantity=quantity)
    return number


def yuan_per_dollar(day: np.ndarray | int) -> np.ndarray:
    """Of a day: a slow wave about 7.15."""
    return 7.15 + 0.12 * np.sin((np.asarray(day) - FIRST_DAY) / 97.0) + 0.03 * np.sin(np.asarray(day) / 11.0)


def office_second(chance: np.random.Generator, count: int) -> np.ndarray:
    """Seconds of the day in office hours, thinner at noon."""
    hours = chance.choice(
        [8, 9, 10, 11, 13, 14, 15, 16, 17], count, p=[0.06, 0.16, 0.17, 0.1, 0.08, 0.14, 0.14, 0.11, 0.04]
    )
    return hours * 3600 + chance.integers(0, 3600, count)


def to_weekday(days: np.ndarray) -> np.ndarray:
    """The day itself, or the Monday after."""
    weekday = (days + 3) % 7  # 1 January 1970 was a Thursday
    return days + np.where(weekday == 5, 2, np.where(weekday == 6, 1, 0))


def text(values: Sequence[str]) -> np.ndarray:
    """Texts as a column."""
    return np.array(values, dtype=object)
