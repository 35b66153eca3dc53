"""What honest firms write down: invoices, payments and tax returns. Their exports are in ``exports``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhoudao.sample.trade.books import (
    CONSUMER,
    DAY,
    FIRST_DAY,
    RED,
    VALID,
    VOID,
    Books,
    day_number,
    office_second,
    text,
    to_weekday,
)
from zhoudao.sample.trade.economy import ENDS, MONTHS, Economy, Kind
from zhoudao.sample.trade.goods import GOODS

PRICE = np.array([good.price for good in GOODS], dtype=float)
RATE = np.array([good.rate for good in GOODS])
CONSUMER_SHARE = 0.12
"""Of invoices: ordinary ones to consumers."""
VOID_SHARE, RED_SHARE = 0.012, 0.008
UNPAID_SHARE, SPLIT_SHARE, RETURNED_SHARE = 0.06, 0.05, 0.004
"""Of invoices: not paid by bank, paid in two parts, paid and sent back within days (a wrong account, a return)."""
LAST_DAY = day_number(ENDS)


@dataclass(frozen=True)
class Sold:
    """Honest sales between firms, as columns: the ground for payments and exports."""

    invoice: np.ndarray
    seller: np.ndarray
    buyer: np.ndarray
    good: np.ndarray
    day: np.ndarray
    net: np.ndarray
    quantity: np.ndarray
    state: np.ndarray


def write(books: Books, chance: np.random.Generator, invoices: int) -> Sold:
    """About so many invoices over two years, what is paid for them, and the returns that declare them."""
    sold = _sales(books, chance, round(invoices * (1 - CONSUMER_SHARE)))
    _to_consumers(books, chance, round(invoices * CONSUMER_SHARE))
    _red_letters(books, chance, sold)
    _payments(books, chance, sold)
    _wages_and_loans(books, chance)
    return sold


def _sales(books: Books, chance: np.random.Generator, wanted: int) -> Sold:
    economy = books.economy
    firms = economy.firms
    begins = np.array([day_number(firm.begins_on) for firm in firms])
    ends = np.array([min(day_number(firm.ends_on), LAST_DAY) for firm in firms])
    seller = np.array([edge.seller for edge in economy.edges])
    buyer = np.array([edge.buyer for edge in economy.edges])
    good = np.array([edge.good for edge in economy.edges])
    monthly = np.array([edge.monthly for edge in economy.edges])
    since = np.maximum(begins[seller], begins[buyer])
    until = np.minimum(ends[seller], ends[buyer])
    months = np.maximum(until - since, 0) / 30.4
    # Trade that is larger goes on more invoices, and larger ones.
    weight = np.where(months > 0, months * monthly**0.55, 0)
    count = chance.poisson(weight * wanted / weight.sum())
    edge = np.repeat(np.arange(len(count)), count)
    spread = (until - since)[edge]
    day = to_weekday(since[edge] + (spread * _when(chance, len(edge))).astype(np.int64))
    day = np.minimum(day, LAST_DAY)
    share = chance.lognormal(0, 0.55, len(edge))
    mean = (monthly * months / np.maximum(count, 1))[edge]
    net = np.maximum(np.round(mean * share / np.exp(0.55**2 / 2) * 100), 5_000).astype(np.int64)
    price = (
        PRICE[good[edge]] * chance.lognormal(0, 0.13, len(count))[edge] * chance.lognormal(0, 0.03, len(edge))
    )
    quantity = np.maximum(np.round(net / price, 2), 0.01)
    rate = RATE[good[edge]]
    tax = np.round(net * rate / 10_000).astype(np.int64)
    special = chance.random(len(edge)) < 0.86
    month_end = (day % 30) > 26
    void = chance.random(len(edge)) < VOID_SHARE * np.where(month_end, 2.5, 0.75)
    state = np.where(void, VOID, VALID)
    number = books.invoices.add(
        seller=seller[edge], buyer=buyer[edge], at=day * DAY + office_second(chance, len(edge)), net=net, tax=tax,
        special=special, state=state, red_of=-1,
    )  # fmt: skip
    books.lines.add(invoice=number, line=1, good=good[edge], net=net, tax=tax, rate=rate, quantity=quantity)
    return Sold(number, seller[edge], buyer[edge], good[edge], day, net, quantity, state)


def _when(chance: np.random.Generator, count: int) -> np.ndarray:
    """When in the time two firms trade, as a share of it: a little more towards the end."""
    return chance.beta(1.15, 1.0, count)


def _to_consumers(books: Books, chance: np.random.Generator, wanted: int) -> None:
    """Shops' ordinary invoices to people without a code."""
    firms = books.economy.firms
    shops = np.array(
        [number for number, firm in enumerate(firms) if firm.kind is Kind.SHOP and firm.monthly > 0]
    )
    begins = np.array([day_number(firms[number].begins_on) for number in shops])
    ends = np.array([min(day_number(firms[number].ends_on), LAST_DAY) for number in shops])
    weight = np.maximum(ends - begins, 0) * np.array([firms[number].monthly for number in shops]) ** 0.6
    at = chance.choice(len(shops), wanted, p=weight / weight.sum())
    day = begins[at] + (np.maximum(ends - begins, 0)[at] * chance.random(wanted)).astype(np.int64)
    seller = shops[at]
    good = np.array([firms[number].goods[int(place)] for number, place in zip(
        seller.tolist(), (chance.random(wanted) * [len(firms[n].goods) for n in seller.tolist()]).tolist(), strict=True
    )])  # fmt: skip
    monthly = np.array([firm.monthly for firm in firms])[seller]
    net = np.maximum(
        np.round(monthly * MONTHS * 100 * len(shops) / wanted * chance.lognormal(-0.3, 0.8, wanted)), 500
    )
    net = net.astype(np.int64)
    tax = np.round(net * RATE[good] / 10_000).astype(np.int64)
    number = books.invoices.add(
        seller=seller, buyer=CONSUMER, at=day * DAY + office_second(chance, wanted), net=net, tax=tax, special=False,
        state=VALID, red_of=-1,
    )  # fmt: skip
    quantity = np.maximum(np.round(net / PRICE[good], 2), 0.01)
    books.lines.add(invoice=number, line=1, good=good, net=net, tax=tax, rate=RATE[good], quantity=quantity)


def _red_letters(books: Books, chance: np.random.Generator, sold: Sold) -> None:
    """Sales taken back: an invoice of the negative amount that names the first."""
    taken = np.flatnonzero((sold.state == VALID) & (chance.random(len(sold.invoice)) < RED_SHARE))
    day = np.minimum(to_weekday(sold.day[taken] + chance.integers(1, 60, len(taken))), LAST_DAY)
    tax = books.invoices["tax"][sold.invoice[taken]]
    number = books.invoices.add(
        seller=sold.seller[taken], buyer=sold.buyer[taken], at=day * DAY + office_second(chance, len(taken)),
        net=-sold.net[taken], tax=-tax, special=True, state=RED, red_of=sold.invoice[taken],
    )  # fmt: skip
    books.lines.add(
        invoice=number, line=1, good=sold.good[taken], net=-sold.net[taken], tax=-tax, rate=RATE[sold.good[taken]],
        quantity=-sold.quantity[taken],
    )  # fmt: skip


def _payments(books: Books, chance: np.random.Generator, sold: Sold) -> None:
    account = books.firm_accounts()
    paid = np.flatnonzero((sold.state == VALID) & (chance.random(len(sold.invoice)) >= UNPAID_SHARE))
    total = sold.net[paid] + books.invoices["tax"][sold.invoice[paid]]
    # Each pair of firms has its own terms.
    terms = 4 + (sold.seller[paid] * 7919 + sold.buyer[paid] * 104_729) % 70
    day = to_weekday(sold.day[paid] + chance.gamma(4.0, terms / 4.0).astype(np.int64))
    at = day * DAY + office_second(chance, len(paid))
    source, target = account[sold.buyer[paid]], account[sold.seller[paid]]
    split = chance.random(len(paid)) < SPLIT_SHARE
    first = np.where(split, (total * chance.uniform(0.3, 0.7, len(paid))).astype(np.int64), total)
    inside = day <= LAST_DAY
    memo = text(["货款"])
    books.transfers.add(
        source=source[inside], target=target[inside], at=at[inside], amount=first[inside], memo=memo
    )
    rest = np.flatnonzero(split & (day + 20 <= LAST_DAY))
    later = at[rest] + chance.integers(3, 20, len(rest)) * DAY
    books.transfers.add(
        source=source[rest], target=target[rest], at=later, amount=(total - first)[rest], memo=text(["尾款"])
    )
    back = np.flatnonzero((chance.random(len(paid)) < RETURNED_SHARE) & ~split & (day + 10 <= LAST_DAY))
    again = at[back] + chance.integers(3600, 9 * DAY, len(back))
    books.transfers.add(
        source=target[back], target=source[back], at=again, amount=total[back], memo=text(["退款"])
    )


def _wages_and_loans(books: Books, chance: np.random.Generator) -> None:
    """Wages by the bank's payroll account, dividends and expenses to heads, loans between a person's firms."""
    economy, account = books.economy, books.firm_accounts()
    payroll = books.account(economy.payroll)
    firms = economy.firms
    months = np.arange(MONTHS)
    for number, firm in enumerate(firms):
        first, last = day_number(firm.begins_on), min(day_number(firm.ends_on), LAST_DAY)
        days = FIRST_DAY + months * 30.4375 + 14
        days = to_weekday(days[(days >= first) & (days <= last)].astype(np.int64))
        if len(days):
            wages = firm.employees * 700_000 * chance.uniform(0.95, 1.05, len(days))
            books.transfers.add(
                source=account[number], target=payroll, at=days * DAY + 36_000 + chance.integers(0, 7200, len(days)),
                amount=wages.astype(np.int64), memo=text(["代发工资"]),
            )  # fmt: skip
    _to_heads(books, chance, economy)
    _between_sisters(books, chance, economy)
    _private(books, chance, economy)


def _private(books: Books, chance: np.random.Generator, economy: Economy) -> None:
    """People are paid their wages, pay shops, and send each other money."""
    workers = np.array([books.account(each) for each in economy.workers])
    shops = np.array([
        books.account(firm.account) for firm in economy.firms if firm.kind is Kind.SHOP and firm.monthly > 0
    ])  # fmt: skip
    count = len(workers) * 6
    days = chance.integers(FIRST_DAY, LAST_DAY, count)
    who = workers[chance.integers(0, len(workers), count)]
    kind = chance.choice(3, count, p=[0.35, 0.4, 0.25])
    other = workers[chance.integers(0, len(workers), count)]
    payroll = books.account(economy.payroll)
    source = np.where(kind == 0, payroll, who)
    target = np.where(
        kind == 0, who, np.where(kind == 1, shops[chance.integers(0, len(shops), count)], other)
    )
    amount = np.round(chance.lognormal(np.where(kind == 0, 8.7, 6.2), 0.7) * 100).astype(np.int64)
    kept = source != target
    books.transfers.add(
        source=source[kept], target=target[kept], at=(days * DAY + chance.integers(8 * 3600, 22 * 3600, count))[kept],
        amount=amount[kept], memo=text(["工资", "消费", "转账"])[kind][kept],
    )  # fmt: skip


def _to_heads(books: Books, chance: np.random.Generator, economy: Economy) -> None:
    """Expenses and dividends to the person behind a firm, and now and then money lent to it."""
    by_holder = {each.holder_id: each for each in economy.people}
    account = books.firm_accounts()
    for number, firm in enumerate(economy.firms):
        private = by_holder.get(firm.head.number)
        first, last = day_number(firm.begins_on), min(day_number(firm.ends_on), LAST_DAY)
        if private is None or last - first < 30:
            continue
        count = int(chance.poisson(4))
        at = chance.integers(first, last, count) * DAY + office_second(chance, count)
        out = chance.random(count) < 0.8
        there, here = books.account(private), account[number]
        books.transfers.add(
            source=np.where(out, here, there), target=np.where(out, there, here), at=at,
            amount=np.round(chance.lognormal(10.2, 0.8, count) / 100).astype(np.int64) * 10_000,
            memo=text(["备用金", "分红", "报销", "借款"])[chance.integers(0, 4, count)] if count else text([]),
        )  # fmt: skip


def _between_sisters(books: Books, chance: np.random.Generator, economy: Economy) -> None:
    """Firms of one owner lend to each other and are paid back, sometimes within days."""
    account = books.firm_accounts()
    owned: dict[str, list[int]] = {}
    for number, firm in enumerate(economy.firms):
        owned.setdefault(firm.head.number, []).append(number)
    for group in (numbers for numbers in owned.values() if len(numbers) > 1):
        for _ in range(int(chance.poisson(3))):
            lender, borrower = (group[place] for place in chance.permutation(len(group))[:2].tolist())
            first = max(day_number(economy.firms[each].begins_on) for each in (lender, borrower))
            if first >= LAST_DAY - 90:
                continue
            at = int(chance.integers(first, LAST_DAY - 80)) * DAY + 40_000
            amount = int(chance.lognormal(12, 0.8)) // 100 * 10_000
            back = at + int(chance.integers(1, 75)) * DAY
            books.transfers.add(
                source=[account[lender], account[borrower]], target=[account[borrower], account[lender]],
                at=[at, back], amount=amount, memo=text(["往来款", "还款"]),
            )  # fmt: skip


def declare(books: Books, chance: np.random.Generator) -> None:
    """A tax return a quarter for every firm: from its invoices, with people and electricity that fit its trade.

    Called last, when crimes have been added too: false invoices are declared like all others.
    """
    firms = books.economy.firms
    quarter = _quarter(books.invoices["at"])
    counted = books.invoices["state"] != VOID
    seller, buyer = books.invoices["seller"], books.invoices["buyer"]
    shape = (len(firms), MONTHS // 3)
    sales, output, inputs = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    np.add.at(sales, (seller[counted], quarter[counted]), books.invoices["net"][counted])
    np.add.at(output, (seller[counted], quarter[counted]), books.invoices["tax"][counted])
    bought = counted & (buyer != CONSUMER) & books.invoices["special"].astype(bool)
    np.add.at(inputs, (buyer[bought], quarter[bought]), books.invoices["tax"][bought])
    power = np.array([_power(firm.kind) if firm.works else 0.0 for firm in firms])
    for number, firm in enumerate(firms):
        first = max(0, (day_number(firm.registered_on) - FIRST_DAY) // 92)
        last = min(shape[1] - 1, (day_number(firm.ends_on) - FIRST_DAY) // 92)
        when = np.arange(first, last + 1)
        if not len(when):
            continue
        uninvoiced = np.where(
            chance.random(len(when)) < 0.12, sales[number, when] * chance.uniform(0.01, 0.1), 0
        )
        owed = np.maximum(output[number, when] - inputs[number, when], 0)
        books.returns.add(
            firm=number, period=when, sales=sales[number, when].astype(np.int64),
            uninvoiced=uninvoiced.astype(np.int64), output_tax=output[number, when].astype(np.int64),
            input_tax=inputs[number, when].astype(np.int64), paid=owed.astype(np.int64),
            employees=firm.employees,
            power=np.round(sales[number, when] / 1e6 * power[number] * chance.lognormal(0, 0.25, len(when))
                           + firm.employees * 180.0 * (power[number] > 0), 1),
        )  # fmt: skip


def _quarter(at: np.ndarray) -> np.ndarray:
    return np.clip((at // DAY - FIRST_DAY) // 92, 0, MONTHS // 3 - 1)


def _power(kind: Kind) -> float:
    """Kilowatt-hours for ten thousand yuan sold."""
    return {Kind.MAKER: 420.0, Kind.SERVICE: 40.0}.get(kind, 12.0)
