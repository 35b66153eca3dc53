"""A catch that was never landed: "processors" of squid without people or power invoice two exporters, and the money
comes back in small sums by many private accounts. Kept out of all tuning, to see how a shape nobody expected fares.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from zhoudao.sample.trade.books import DAY, Books, text, to_weekday
from zhoudao.sample.trade.economy import Account, Kind
from zhoudao.sample.trade.goods import GOODS
from zhoudao.sample.trade.honest import LAST_DAY
from zhoudao.sample.trade.schemes.common import (
    Plan,
    Truth,
    close,
    issue,
    pass_on,
    plan,
    quiet_exporter,
    shells,
)
from zhoudao.sample.trade.schemes.moves import Shipping, ship, somebody_elses

LINE = 5_000_000
"""Fen: sums in cash from here on are reported, so none reaches it."""


def hide(books: Books, chance: np.random.Generator) -> Truth:
    draw, economy = books.economy.names, books.economy
    truth = Truth("catch")
    exporters = list({quiet_exporter(books, chance, 5_000_000, 300_000_000, None) for _ in range(2)})
    owners = [economy.firms[number].head for number in exporters]
    heads = [draw.person() for _ in range(int(chance.integers(3, 6)))]
    private = [draw.person() for _ in range(int(chance.integers(8, 15)))]
    truth.exporters, truth.suspects = exporters, {*owners, *heads, *private}
    truth.issuers = shells(
        books, chance, heads, int(chance.integers(5, 11)), ["冷冻鱿鱼", "鱼糜"], Kind.MAKER,
        date(2024, 12, 10), date(2026, 1, 20),
    )  # fmt: skip
    small = [draw.account(person, date(2024, 10, 1)) for person in private]
    bosses = [draw.account(person, date(2017, 4, 1)) for person in owners]
    truth.accounts = {each.number for each in (*small, *bosses)}
    plans = plan(
        books,
        chance,
        truth.issuers,
        int(chance.integers(1_000_000_000, 4_000_000_000)),
        (4, 8),
        (70_000, 180_000),
    )
    for place, exporter in enumerate(exporters):
        mine = plans[place :: len(exporters)]
        issued = [(one, *issue(books, chance, one, exporter)) for one in mine]
        _pay_in_small_sums(books, chance, exporter, bosses[place], small, mine)
        how = Shipping(somebody_elses("冷冻鱿鱼"), "青岛港", economy.firms[truth.issuers[0]].region)
        ship(books, chance, exporter, issued, how, None)
    for number in truth.issuers:
        close(chance, economy.firms[number], max(one.day for one in plans if one.seller == number))
    return truth


def _pay_in_small_sums(
    books: Books,
    chance: np.random.Generator,
    exporter: int,
    boss: Account,
    small: list[Account],
    plans: list[Plan],
) -> None:
    firms = books.economy.firms
    for one in plans:
        total = one.net + round(one.net * GOODS[one.good].rate / 10_000)
        day = int(to_weekday(np.array([one.day + int(chance.integers(1, 9))]))[0])
        if day > LAST_DAY - 4:
            continue
        at = day * DAY + int(chance.integers(9 * 3600, 14 * 3600))
        payer, issuer = firms[exporter].account, firms[one.seller].account
        assert payer is not None
        assert issuer is not None
        books.transfers.add(source=books.account(payer), target=books.account(issuer), at=at, amount=total,
                            memo=text(["鱼货款"]))  # fmt: skip
        left, later = int(total * float(chance.uniform(0.93, 0.97))), at
        while left > 100_00:
            part = min(left, int(LINE * float(chance.uniform(0.82, 0.995))))
            later += int(chance.integers(200, 4000))
            by = small[int(chance.integers(len(small)))]
            pass_on(books, chance, [issuer, by, boss], part, later, 0.004, 20, ("收购款", "往来"))
            left -= part
