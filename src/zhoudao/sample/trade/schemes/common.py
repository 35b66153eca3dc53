"""What several schemes are made of: a ring of people, shell firms, money that goes round, and an underground bank."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from zhoudao.sample.trade.books import DAY, EPOCH, Books, day_number, invoice, office_second, text, to_weekday
from zhoudao.sample.trade.economy import AWAY, BEGINS, ENDS, Account, Firm, Kind, Person, new_firm
from zhoudao.sample.trade.goods import BY_NAME, GOODS
from zhoudao.sample.trade.honest import LAST_DAY, PRICE

HOUR = 3600


@dataclass
class Truth:
    """What really happened in one case: never written where the police would look."""

    shape: str
    exporters: list[int] = field(default_factory=list)
    issuers: list[int] = field(default_factory=list)
    """Firms that issued false invoices, by number."""
    banks: list[str] = field(default_factory=list)
    """The hub account of each underground bank."""
    suspects: set[Person] = field(default_factory=set)
    """Everyone who controls a guilty firm or account."""
    accounts: set[str] = field(default_factory=set)
    """Accounts of persons that the money went round by."""


def day_of(number: int) -> date:
    return EPOCH + timedelta(days=number)


def add_firm(books: Books, firm: Firm) -> int:
    """Into the economy, with an account; its number."""
    draw = books.economy.names
    firm.account = draw.account(firm, firm.registered_on + timedelta(days=int(draw.chance.integers(3, 12))))
    books.account(firm.account)
    books.economy.firms.append(firm)
    return len(books.economy.firms) - 1


def shells(
    books: Books, chance: np.random.Generator, people: list[Person], count: int, goods: list[str], kind: Kind,
    first: date, last: date,
) -> list[int]:  # fmt: skip
    """Firms outside the city whose offices are all filled from the ring, sharing telephones and machines by twos to
    fours. Registered between ``first`` and ``last``."""
    draw = books.economy.names
    made: list[int] = []
    while len(made) < count:
        together = min(int(chance.integers(2, 5)), count - len(made))
        phone, device, ip = draw.phone(), draw.machine(), draw.ip()
        region = AWAY[int(chance.integers(len(AWAY)))]
        began = first + timedelta(days=int(chance.integers(0, max((last - first).days, 1))))
        for _ in range(together):
            head = people[len(made) % len(people)]
            firm = new_firm(draw, kind, region, began + timedelta(days=int(chance.integers(0, 25))), head)
            others = [person for person in people if person != head] or [head]
            firm.finance = others[int(chance.integers(len(others)))]
            firm.clerk = firm.collector = others[int(chance.integers(len(others)))]
            firm.issuer = firm.collector.name
            firm.phone, firm.device, firm.ip = phone, device, ip
            firm.goods = [BY_NAME[name] for name in goods]
            firm.employees, firm.works = int(chance.integers(1, 3)), False
            firm.status.append(
                ("general_taxpayer", firm.registered_on + timedelta(days=int(chance.integers(3, 20))))
            )
            made.append(add_firm(books, firm))
    return made


@dataclass(frozen=True)
class Plan:
    """One false invoice to be."""

    seller: int
    day: int
    net: int
    good: int


def plan(
    books: Books, chance: np.random.Generator, sellers: list[int], total: int, months: tuple[int, int],
    face: tuple[int, int] = (68_000, 99_900),
) -> list[Plan]:  # fmt: skip
    """False invoices of ``sellers``, all together ``total`` fen with tax: each firm invoices little in its first month,
    then as much as its quota lets it, most of it at the month's end. ``face``: yuan net on one invoice."""
    plans: list[Plan] = []
    shares = chance.dirichlet([9.0] * len(sellers))
    for seller, share in zip(sellers, shares.tolist(), strict=True):
        firm = books.economy.firms[seller]
        start = max(day_number(firm.registered_on) + int(chance.integers(20, 50)), day_number(BEGINS))
        count = int(chance.integers(months[0], months[1] + 1))
        count = max(2, min(count, (LAST_DAY - start) // 30))
        ramp = np.array([0.25, *chance.uniform(0.92, 1.0, count - 1)])
        rate = GOODS[firm.goods[0]].rate
        wanted = ramp / ramp.sum() * share * total / (1 + rate / 10_000)
        firm.quota = int(np.ceil(wanted.max() / 0.985 / 1e6) * 1e6)
        for month, left in enumerate(wanted.tolist()):
            while left > 0:
                net = min(int(chance.uniform(*face) * 100), int(left) + 1)
                day = start + month * 30 + int(30 * chance.beta(4, 1.3))
                day = min(int(to_weekday(np.array([day]))[0]), LAST_DAY)
                good = firm.goods[int(chance.integers(len(firm.goods)))]
                plans.append(Plan(seller, day, net, good))
                left -= net
    return _exactly(sorted(plans, key=lambda one: one.day), total)


def _exactly(plans: list[Plan], total: int) -> list[Plan]:
    """The largest invoice takes the difference, so that all of them make ``total`` to a fen or so."""
    made = sum(one.net + round(one.net * GOODS[one.good].rate / 10_000) for one in plans)
    place = max(range(len(plans)), key=lambda at: plans[at].net)
    one = plans[place]
    rate = 1 + GOODS[one.good].rate / 10_000
    plans[place] = Plan(one.seller, one.day, one.net + round((total - made) / rate), one.good)
    return plans


def issue(books: Books, chance: np.random.Generator, one: Plan, buyer: int) -> tuple[int, float]:
    """Its number and the quantity on it."""
    quantity = round(one.net / (float(PRICE[one.good]) * float(chance.lognormal(0.12, 0.05))), 2)
    at = one.day * DAY + int(office_second(chance, 1)[0])
    return invoice(books, one.seller, buyer, at, one.good, one.net, quantity, GOODS[one.good].rate), quantity


def unrelated_inputs(
    books: Books, chance: np.random.Generator, firm: int, plans: list[Plan], goods: list[str], share: float
) -> None:
    """Invoices to ``firm`` for goods it has no use for, from honest firms whose real customers wanted none: nothing is
    paid for them. Together ``share`` of what it sells."""
    sold = [one for one in plans if one.seller == firm]
    for name in goods:
        good = BY_NAME[name]
        sources = books.economy.sellers_of(good)
        if not sources:
            continue
        seller = sources[int(chance.integers(len(sources)))]
        for one in sold[:: max(1, len(goods))]:
            net = int(one.net * share * float(chance.uniform(0.8, 1.2)))
            quantity = round(net / float(PRICE[good]), 2)
            at = one.day * DAY + int(office_second(chance, 1)[0])
            invoice(books, seller, firm, at, good, net, quantity, GOODS[good].rate)


def close(chance: np.random.Generator, firm: Firm, last_sale: int) -> None:
    """What becomes of a shell: most are left behind, some are cancelled, a few still stand."""
    fate = chance.random()
    when = last_sale + int(chance.integers(20, 75))
    if fate < 0.75 and when <= LAST_DAY:
        firm.status.append(("lost" if fate < 0.55 else "cancelled", day_of(when)))
    firm.ends_on = min(ENDS, day_of(last_sale + 5))


# Money ----------------------------------------------------------------------------------------------------------------


def pass_on(
    books: Books, chance: np.random.Generator, path: list[Account], amount: int, at: int, keep: float, hours: float,
    memos: tuple[str, ...] = ("货款", "往来", "借款", "服务费"),
) -> tuple[int, int]:  # fmt: skip
    """From the first account to the last, each keeping ``keep`` and passing the rest on within about ``hours``.

    Returns what arrived at the end, and when.
    """
    for source, target in pairwise(path):
        books.transfers.add(
            source=books.account(source), target=books.account(target), at=at, amount=amount,
            memo=text([memos[int(chance.integers(len(memos)))]]),
        )  # fmt: skip
        amount -= int(amount * keep * float(chance.uniform(0.6, 1.4)))
        at += int(chance.uniform(0.08, 1.0) * hours * HOUR)
    return amount, at


@dataclass
class Bank:
    """An underground bank (地下钱庄): money in from many, out to many within the hour, nothing left at night."""

    operators: list[Person]
    hub: Account
    satellites: list[Account]

    @property
    def accounts(self) -> list[Account]:
        return [self.hub, *self.satellites]

    def way_in(self, chance: np.random.Generator) -> list[Account]:
        """By a satellite to the hub."""
        return [self.satellites[int(chance.integers(len(self.satellites)))], self.hub]


def underground_bank(books: Books, chance: np.random.Generator, operators: list[Person]) -> Bank:
    """One with a hub account and four to seven satellites, and a trade of its own with people who are no part of
    this."""
    draw, opened = books.economy.names, BEGINS - timedelta(days=int(chance.integers(30, 200)))
    hub = draw.account(operators[0], opened)
    satellites = [
        draw.account(operators[place % len(operators)], opened + timedelta(days=3 * place))
        for place in range(int(chance.integers(4, 8)))
    ]
    bank = Bank(operators, hub, satellites)
    customers = books.economy.people
    chosen = [customers[place] for place in chance.permutation(len(customers))[:90].tolist()]
    for number in range(260):
        giver, taker = (chosen[place] for place in chance.integers(0, len(chosen), 2).tolist())
        amount = int(chance.lognormal(11.3, 0.7)) * 100
        at = int(chance.integers(day_number(BEGINS), LAST_DAY)) * DAY + int(
            chance.integers(8 * HOUR, 20 * HOUR)
        )
        path = [giver, *bank.way_in(chance)]
        if number % 9 == 0:  # a first customer tries the way with small sums
            for small in (1, 5, 10):
                pass_on(books, chance, path, small * 100, at - 2 * HOUR, 0.0, 0.1)
        amount, at = pass_on(books, chance, path, amount, at, 0.0008, 0.4)
        pass_on(
            books,
            chance,
            [hub, satellites[int(chance.integers(len(satellites)))], taker],
            amount,
            at,
            0.0008,
            0.4,
        )
    return bank


def quiet_exporter(books: Books, chance: np.random.Generator, low: int, high: int, region: str | None) -> int:
    """An honest exporter that a scheme takes over: of age, with refunds paid in fen between ``low`` and ``high``, whose
    head has no other firm. The first such in a random order; if none fits, the one that comes nearest."""
    firms = books.economy.firms
    heads: dict[str, int] = {}
    for firm in firms:
        heads[firm.head.number] = heads.get(firm.head.number, 0) + 1
    paid = np.zeros(len(firms), dtype=np.int64)
    counted = books.refunds["paid"] >= 0
    np.add.at(paid, books.refunds["exporter"][counted], books.refunds["refund"][counted])
    fit = [
        number
        for number, firm in enumerate(firms)
        if firm.kind is Kind.EXPORTER
        and (region is None or firm.region == region)
        and firm.registered_on < date(2024, 6, 1)
        and firm.ends_on == ENDS
        and heads[firm.head.number] == 1
        and paid[number] > 0
    ]
    order = chance.permutation(len(fit)).tolist()
    inside = [fit[place] for place in order if low <= paid[fit[place]] <= high]
    return inside[0] if inside else min(fit, key=lambda number: abs(int(paid[number]) - (low + high) // 2))


def refunds_paid(books: Books, exporter: int) -> int:
    """Fen paid to it so far."""
    mine = (books.refunds["exporter"] == exporter) & (books.refunds["paid"] >= 0)
    return int(books.refunds["refund"][mine].sum())


AGENCY = 3
"""Firms outside a case whose books one person keeps, from which on they are an agency and no part of it."""


def only_theirs(books: Books, guilty: list[int]) -> set[Person]:
    """Finance officers of these firms who keep the books of fewer than AGENCY others."""
    kept: dict[Person, set[int]] = {}
    for number, firm in enumerate(books.economy.firms):
        kept.setdefault(firm.finance, set()).add(number)
    officers = {books.economy.firms[number].finance for number in guilty}
    return {officer for officer in officers if len(kept[officer] - set(guilty)) < AGENCY}
