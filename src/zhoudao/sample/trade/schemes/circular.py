"""Goods that go round (循环出口): the same parts leave at many times their price and come back without papers."""

from __future__ import annotations

from datetime import date

import numpy as np

from zhoudao.sample.trade.books import Books
from zhoudao.sample.trade.economy import Kind
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
from zhoudao.sample.trade.schemes.moves import Shipping, by_bank, pay_round, ship


def hide(books: Books, chance: np.random.Generator) -> Truth:
    draw, economy = books.economy.names, books.economy
    truth = Truth("circular")
    exporter = quiet_exporter(books, chance, 5_000_000, 400_000_000, None)
    firm = economy.firms[exporter]
    heads = [draw.person() for _ in range(int(chance.integers(3, 7)))]
    operators = [draw.person() for _ in range(int(chance.integers(1, 3)))]
    truth.exporters, truth.suspects = [exporter], {firm.head, *heads, *operators}
    bank = underground_bank(books, chance, operators)
    truth.banks = [bank.hub.number]
    boss = draw.account(firm.head, date(2019, 9, 9))
    fronts = [draw.account(person, date(2024, 12, 2)) for person in heads]
    truth.accounts = {each.number for each in (*bank.accounts, boss, *fronts)}
    truth.issuers = shells(
        books, chance, heads, int(chance.integers(4, 8)), ["集成电路", "充电器"], Kind.TRADER,
        date(2024, 12, 15), date(2026, 2, 1),
    )  # fmt: skip
    plans = plan(
        books,
        chance,
        truth.issuers,
        int(chance.integers(1_500_000_000, 7_000_000_000)),
        (4, 9),
        (80_000, 400_000),
    )
    for number in truth.issuers:
        unrelated_inputs(
            books, chance, number, plans, ["电路板", "咨询服务"], float(chance.uniform(0.5, 0.9))
        )
        close(chance, economy.firms[number], max(one.day for one in plans if one.seller == number))
    issued = [(one, *issue(books, chance, one, exporter)) for one in plans]
    dear = float(chance.uniform(4.0, 8.0))  # few pieces, each at many times its price
    issued = [(one, number, max(1.0, round(quantity / dear, 0))) for one, number, quantity in issued]
    for _, number, quantity in issued:
        books.lines["quantity"][books.lines["invoice"] == number] = quantity
    assert firm.account is not None
    pay_round(books, chance, exporter, plans, by_bank(bank, fronts, boss, firm.account))
    how = Shipping(
        lambda books, chance: firm.name,
        "深圳港",
        "449999",
        dearer=(1.03, 1.2),
        lighter=(0.9, 1.1),
        one_customer=True,
    )
    ship(books, chance, exporter, issued, how, lambda chance: [boss, *bank.way_in(chance)])
    return truth
