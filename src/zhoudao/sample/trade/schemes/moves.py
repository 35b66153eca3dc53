"""How a scheme pays for its invoices and gets the money back, and how it makes goods seem to leave the country."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from zhoudao.sample.trade import exports
from zhoudao.sample.trade.books import DAY, Books, text, to_weekday, yuan_per_dollar
from zhoudao.sample.trade.economy import Account
from zhoudao.sample.trade.exports import KILOGRAMS, REFUND_RATE
from zhoudao.sample.trade.goods import BY_NAME, GOODS
from zhoudao.sample.trade.honest import LAST_DAY
from zhoudao.sample.trade.schemes.common import Bank, Plan, pass_on, refunds_paid

OFFSHORE = (
    ("HKG", "Sample Jade Bay Trading Ltd"),
    ("HKG", "Sample Silver Pier Ltd"),
    ("SGP", "Sample Palm Gate Pte Ltd"),
)
Issued = list[tuple[Plan, int, float]]
"""What was planned, its invoice's number, the quantity on it."""


@dataclass(frozen=True)
class Route:
    """The way of the money from an issuer's account back to where it came from."""

    out: Callable[[np.random.Generator], list[Account]]
    """Accounts after the issuer's."""
    back: Callable[[np.random.Generator], list[Account]]
    """Accounts after those; the last is the payer's own, or its head's."""
    hours: float = 5
    """From account to account on the way out."""
    price: tuple[float, float] = (0.96, 0.985)
    """Share of what arrived that is given back."""


def pay_round(books: Books, chance: np.random.Generator, buyer: int, plans: list[Plan], route: Route) -> None:
    """One payment for up to three invoices of one issuer; back in about three days, less the price of the invoices."""
    firms = books.economy.firms
    company = firms[buyer].account
    assert company is not None
    by_issuer: dict[int, list[Plan]] = {}
    for one in plans:
        by_issuer.setdefault(one.seller, []).append(one)
    for issuer, mine in by_issuer.items():
        account = firms[issuer].account
        assert account is not None
        for first in range(0, len(mine), 3):
            together = mine[first : first + 3]
            total = sum(one.net + round(one.net * GOODS[one.good].rate / 10_000) for one in together)
            day = int(to_weekday(np.array([together[-1].day + int(chance.integers(1, 6))]))[0])
            if day > LAST_DAY - 4:
                continue
            at = day * DAY + int(chance.integers(9 * 3600, 15 * 3600))
            path = [company, account, *route.out(chance)]
            arrived, later = pass_on(books, chance, path, total, at, 0.012, route.hours)
            given = int(arrived * float(chance.uniform(*route.price)))
            pass_on(books, chance, [path[-1], *route.back(chance)], given, later, 0.002, 20)


@dataclass(frozen=True)
class Shipping:
    """How goods that were never bought leave the country on paper."""

    shipper: Callable[[Books, np.random.Generator], str]
    port: str
    source_region: str
    dearer: tuple[float, float] = (1.02, 1.12)
    """Declared value over invoiced value."""
    lighter: tuple[float, float] = (0.55, 0.9)
    """Weight over what such goods weigh."""
    one_customer: bool = False
    refunded: int | None = None
    """Fen to be paid in all; None: file everything."""


def ship(
    books: Books, chance: np.random.Generator, exporter: int, issued: Issued, how: Shipping,
    yuan_leg: Callable[[np.random.Generator], list[Account]] | None,
) -> None:  # fmt: skip
    """Declarations for four invoices each. The foreign money comes from somebody offshore, and where there is an
    underground bank, the yuan leg goes to it on the same day."""
    faithful = exports.customer(chance, "HKG")
    for first in range(0, len(issued), 4):
        together = issued[first : first + 4]
        on = int(
            to_weekday(np.array([max(one.day for one, _, _ in together) + int(chance.integers(2, 20))]))[0]
        )
        if on > LAST_DAY - 2:
            continue
        goods = np.array([one.good for one, _, _ in together])
        net = np.array([one.net for one, _, _ in together])
        quantity = np.array([count for _, _, count in together])
        country, remitter = OFFSHORE[int(chance.integers(len(OFFSHORE)))]
        destination = (
            "HKG" if how.one_customer else exports.COUNTRIES[int(chance.integers(len(exports.COUNTRIES)))]
        )
        consignee = faithful if how.one_customer else exports.customer(chance, destination)
        declaration = int(books.declarations.add(
            exporter=exporter, on=on, port=text([how.port if chance.random() < 0.8 else "厦门港"]),
            destination=text([destination]), source_region=text([how.source_region]), consignee=text([consignee]),
            shipper=text([how.shipper(books, chance)]), containers=1,
        )[0])  # fmt: skip
        dollars = float(yuan_per_dollar(on))
        amount = np.round(net * float(chance.uniform(*how.dearer)) / dollars).astype(np.int64)
        lines = np.arange(1, len(together) + 1)
        weight = KILOGRAMS[goods] * quantity * chance.uniform(*how.lighter, len(together))
        books.declared.add(
            declaration=declaration, line=lines, good=goods, amount=amount, quantity=quantity,
            weight=np.round(weight, 2),
        )  # fmt: skip
        _paid_from_abroad(
            books, chance, exporter, declaration, int(amount.sum()), on, remitter, country, yuan_leg
        )
        if how.refunded is None or refunds_paid(books, exporter) < how.refunded:
            numbers = np.array([number for _, number, _ in together])
            exports.refund(books, chance, exporter, declaration, lines, numbers, net, REFUND_RATE[goods], on)


def _paid_from_abroad(
    books: Books, chance: np.random.Generator, exporter: int, declaration: int, cents: int, on: int, remitter: str,
    country: str, yuan_leg: Callable[[np.random.Generator], list[Account]] | None,
) -> None:  # fmt: skip
    day = int(to_weekday(np.array([on + int(chance.integers(3, 25))]))[0])
    exports.receive(books, chance, exporter, declaration, cents, day, remitter, country)
    if yuan_leg is not None and day <= LAST_DAY:
        yuan = int(cents * float(yuan_per_dollar(day)) * float(chance.uniform(0.995, 1.012)))
        pass_on(books, chance, yuan_leg(chance), yuan, day * DAY + 34_000, 0.001, 0.5)


def somebody_elses(name: str) -> Callable[[Books, np.random.Generator], str]:
    """As shipper: a firm whose goods of that name these really are, and which asked for no refund."""

    def draw(books: Books, chance: np.random.Generator) -> str:
        sellers = books.economy.sellers_of(BY_NAME[name])
        return books.economy.firms[sellers[int(chance.integers(len(sellers)))]].name

    return draw


def by_bank(bank: Bank, fronts: list[Account], boss: Account, company: Account) -> Route:
    """Out by a front's account and the bank, back to the head's account, at times on to the firm's own."""

    def out(chance: np.random.Generator) -> list[Account]:
        return [fronts[int(chance.integers(len(fronts)))], *bank.way_in(chance)]

    def back(chance: np.random.Generator) -> list[Account]:
        return [boss, company] if chance.random() < 0.3 else [boss]

    return Route(out, back)
