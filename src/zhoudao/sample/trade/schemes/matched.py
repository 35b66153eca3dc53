"""Shipments bought and matched with invoices (买单配票): makers without works issue, strangers' containers are
declared, and the money comes straight back by the issuers' own heads. No underground bank."""

from __future__ import annotations

from datetime import date

import numpy as np

from zhoudao.sample.trade.books import Books
from zhoudao.sample.trade.economy import Account, Kind
from zhoudao.sample.trade.schemes.common import (
    Truth,
    close,
    issue,
    plan,
    quiet_exporter,
    shells,
    unrelated_inputs,
)
from zhoudao.sample.trade.schemes.moves import Route, Shipping, pay_round, ship, somebody_elses


def hide(books: Books, chance: np.random.Generator) -> Truth:
    draw, economy = books.economy.names, books.economy
    truth = Truth("matched")
    exporter = quiet_exporter(books, chance, 10_000_000, 300_000_000, None)
    firm = economy.firms[exporter]
    heads = [draw.person() for _ in range(int(chance.integers(4, 9)))]
    truth.exporters, truth.suspects = [exporter], {firm.head, *heads}
    goods = [["灯具", "家具"], ["玩具", "塑料制品"], ["水泵", "轮胎"]][int(chance.integers(3))]
    truth.issuers = shells(
        books,
        chance,
        heads,
        int(chance.integers(5, 12)),
        goods,
        Kind.MAKER,
        date(2024, 12, 1),
        date(2026, 2, 1),
    )
    boss = draw.account(firm.head, date(2020, 3, 3))
    private = [draw.account(person, date(2024, 11, 20)) for person in heads]
    truth.accounts = {each.number for each in (boss, *private)}
    plans = plan(
        books,
        chance,
        truth.issuers,
        int(chance.integers(800_000_000, 5_000_000_000)),
        (3, 9),
        (60_000, 260_000),
    )
    for number in truth.issuers:
        unrelated_inputs(books, chance, number, plans, ["运输服务", "煤炭"], float(chance.uniform(0.4, 0.9)))
        close(chance, economy.firms[number], max(one.day for one in plans if one.seller == number))
    issued = [(one, *issue(books, chance, one, exporter)) for one in plans]
    assert firm.account is not None
    company = firm.account

    def out(chance: np.random.Generator) -> list[Account]:
        return [private[int(chance.integers(len(private)))]]

    def back(chance: np.random.Generator) -> list[Account]:
        return [company] if chance.random() < 0.5 else [boss]

    pay_round(books, chance, exporter, plans, Route(out, back, hours=18, price=(0.92, 0.96)))
    how = Shipping(
        somebody_elses(goods[0]), "上海港", economy.firms[truth.issuers[0]].region, lighter=(0.6, 1.5)
    )
    ship(books, chance, exporter, issued, how, None)
    return truth
