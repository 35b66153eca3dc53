"""Bought invoices (虚开骗税): an exporter pays shells for invoices without goods, ships what is not its own, and has
the money returned by an underground bank, which also sends the foreign money.

The reported case has this shape: twelve issuers outside the city, one underground bank, fifteen suspects, a little over
41.05 million yuan of false invoices and 5.7 million refunded. Every other seed draws its own figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from zhoudao.sample.trade.books import Books
from zhoudao.sample.trade.economy import Kind, home
from zhoudao.sample.trade.schemes.common import (
    Truth,
    close,
    issue,
    plan,
    quiet_exporter,
    shells,
    underground_bank,
    unrelated_inputs,
)
from zhoudao.sample.trade.schemes.moves import Shipping, by_bank, pay_round, ship, somebody_elses

SOLD, BOUGHT = ["针织衫", "梭织裤", "羽绒服", "箱包"], ["塑料粒子", "成品油", "咨询服务"]


@dataclass(frozen=True)
class Size:
    """Figures of one case; money in fen."""

    issuers: int
    heads: int
    """People who front the issuers."""
    operators: int
    mules: int
    false_total: int
    refunded: int | None
    """All the exporter is paid; None: whatever comes of it."""


REPORTED = Size(issuers=12, heads=9, operators=2, mules=2, false_total=4_105_276_318, refunded=570_000_000)


def draw_size(chance: np.random.Generator) -> Size:
    issuers = int(chance.integers(6, 15))
    return Size(
        issuers,
        int(chance.integers(max(3, issuers // 2), issuers + 1)),
        int(chance.integers(1, 4)),
        int(chance.integers(1, 5)),
        int(chance.integers(1_200_000_000, 8_000_000_000)),
        None,
    )


def hide(books: Books, chance: np.random.Generator, size: Size) -> Truth:
    draw, economy = books.economy.names, books.economy
    truth = Truth("bought")
    wanted = (105_000_000, 260_000_000) if size.refunded else (20_000_000, 400_000_000)
    exporter = quiet_exporter(books, chance, *wanted, home())
    firm = economy.firms[exporter]
    firm.finance = draw.person(firm.region)
    heads = [draw.person() for _ in range(size.heads)]
    operators = [draw.person() for _ in range(size.operators)]
    mules = [draw.person() for _ in range(size.mules)]
    truth.exporters = [exporter]
    truth.suspects = {firm.head, firm.finance, *heads, *operators, *mules}
    bank = underground_bank(books, chance, operators)
    truth.banks = [bank.hub.number]
    boss = draw.account(firm.head, date(2019, 5, 6))
    fronts = [
        draw.account(person, date(2024, 12, 2)) for person in (*mules, *heads[: max(1, len(heads) // 2)])
    ]
    truth.accounts = {each.number for each in (*bank.accounts, boss, *fronts)}
    truth.issuers = shells(
        books, chance, heads, size.issuers, SOLD, Kind.TRADER, date(2025, 1, 6), date(2026, 1, 20)
    )
    plans = plan(books, chance, truth.issuers, size.false_total, (4, 7))
    for number in truth.issuers:
        unrelated_inputs(books, chance, number, plans, BOUGHT, float(chance.uniform(0.75, 0.95)))
        close(chance, economy.firms[number], max(one.day for one in plans if one.seller == number))
    issued = [(one, *issue(books, chance, one, exporter)) for one in plans]
    assert firm.account is not None
    pay_round(books, chance, exporter, plans, by_bank(bank, fronts, boss, firm.account))
    how = Shipping(somebody_elses(SOLD[0]), "深圳港", "449999", refunded=size.refunded)
    ship(books, chance, exporter, issued, how, lambda chance: [boss, *bank.way_in(chance)])
    return truth
