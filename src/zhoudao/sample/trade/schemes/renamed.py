"""Renamed goods (变票): gold is really bought, its invoices turn into invoices for electronics on the way, and gold is
sold for cash. Two layers of firms stand between the gold and the exporter."""

from __future__ import annotations

from datetime import date

import numpy as np

from zhoudao.sample.trade.books import DAY, Books, invoice, office_second, text
from zhoudao.sample.trade.economy import Account, Kind
from zhoudao.sample.trade.goods import BY_NAME, GOODS
from zhoudao.sample.trade.honest import PRICE
from zhoudao.sample.trade.schemes.common import Plan, Truth, close, issue, plan, quiet_exporter, shells
from zhoudao.sample.trade.schemes.moves import Route, Shipping, pay_round, ship


def hide(books: Books, chance: np.random.Generator) -> Truth:
    draw, economy = books.economy.names, books.economy
    truth = Truth("renamed")
    exporter = quiet_exporter(books, chance, 10_000_000, 500_000_000, None)
    firm = economy.firms[exporter]
    heads = [draw.person() for _ in range(int(chance.integers(3, 7)))]
    truth.exporters, truth.suspects = [exporter], {firm.head, *heads}
    window = (date(2024, 12, 1), date(2026, 1, 15))
    sold = ["集成电路", "手机配件"]
    renamers = shells(books, chance, heads, int(chance.integers(2, 5)), sold, Kind.TRADER, *window)
    middle = shells(books, chance, heads[::-1], int(chance.integers(3, 6)), sold, Kind.TRADER, *window)
    truth.issuers = [*renamers, *middle]
    total = int(chance.integers(2_000_000_000, 9_000_000_000))
    plans = plan(books, chance, middle, total, (4, 8), (90_000, 900_000))
    issued = [(one, *issue(books, chance, one, exporter)) for one in plans]
    earlier = [_earlier(books, chance, one, renamers) for one in plans]
    for one, buyer in earlier:
        issue(books, chance, one, buyer)
        _buy_gold(books, chance, one)
    for number in truth.issuers:
        mine = [one.day for one in (*plans, *(one for one, _ in earlier)) if one.seller == number]
        close(chance, economy.firms[number], max(mine, default=plans[-1].day))
    boss = draw.account(firm.head, date(2018, 7, 7))
    cash = [draw.account(person, date(2024, 11, 18)) for person in heads]
    truth.accounts = {each.number for each in (boss, *cash)}
    assert firm.account is not None

    def out(chance: np.random.Generator) -> list[Account]:
        account = economy.firms[renamers[int(chance.integers(len(renamers)))]].account
        assert account is not None
        return [account, cash[int(chance.integers(len(cash)))]]

    pay_round(books, chance, exporter, plans, Route(out, lambda chance: [boss], hours=8, price=(0.93, 0.97)))
    how = Shipping(lambda books, chance: firm.name, "深圳港", "449999", dearer=(1.02, 1.1), one_customer=True)
    ship(books, chance, exporter, issued, how, None)
    return truth


def _earlier(books: Books, chance: np.random.Generator, one: Plan, renamers: list[int]) -> tuple[Plan, int]:
    """The invoice before one of a middle firm's: from a renamer to it, for a little less."""
    seller = renamers[int(chance.integers(len(renamers)))]
    day = max(one.day - int(chance.integers(0, 3)), 0)
    return Plan(seller, day, int(one.net * float(chance.uniform(0.985, 0.997))), one.good), one.seller


def _buy_gold(books: Books, chance: np.random.Generator, one: Plan) -> None:
    """The renamer's own purchase: real gold from an honest seller, really paid for."""
    good = BY_NAME["黄金"]
    sources = books.economy.sellers_of(good)
    if not sources:
        return
    seller = sources[int(chance.integers(len(sources)))]
    net = int(one.net * float(chance.uniform(0.97, 0.99)))
    at = (one.day - int(chance.integers(0, 4))) * DAY + int(office_second(chance, 1)[0])
    invoice(books, seller, one.seller, at, good, net, round(net / float(PRICE[good]), 3), GOODS[good].rate)
    firms = books.economy.firms
    books.transfers.add(
        source=books.account(firms[one.seller].account), target=books.account(firms[seller].account),
        at=at + 3600, amount=net + round(net * 0.13), memo=text(["货款"]),
    )  # fmt: skip
