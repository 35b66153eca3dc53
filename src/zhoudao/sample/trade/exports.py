"""What honest exporters do: declare what they bought, ship it, are paid for it from abroad, and file for the refund."""

from __future__ import annotations

import numpy as np

from zhoudao.core import city as packs
from zhoudao.sample.trade.books import DAY, VALID, Books, text, to_weekday, yuan_per_dollar
from zhoudao.sample.trade.economy import Firm, Kind
from zhoudao.sample.trade.goods import GOODS
from zhoudao.sample.trade.honest import LAST_DAY, Sold

COUNTRIES = ("USA", "VNM", "DEU", "ARE", "RUS", "BRA", "ZAF", "IDN", "JPN", "MEX", "GBR", "NGA")
_OTHER_PORTS = ("上海港", "深圳港", "厦门港", "青岛港")
_NEAREST = {"319999": 1, "329999": 1, "349999": 0, "359999": 3, "369999": 2, "419999": 4, "429999": 1,
            "449999": 2, "519999": 2}  # fmt: skip
KILOGRAMS = np.array([good.kilograms for good in GOODS])
REFUND_RATE = np.array([good.refund for good in GOODS])
OTHER_REMITTER_SHARE, OTHER_SHIPPER_SHARE, LATE_INVOICE_SHARE, MISCOUNT_SHARE = 0.04, 0.03, 0.03, 0.015
"""Of honest exports: paid by a buyer's agent or affiliate, shipped in a forwarder's name, invoiced after the goods
left, declared with another quantity than was invoiced."""
_WORDS = (
    "Harbor",
    "Summit",
    "Delta",
    "Orchid",
    "Beacon",
    "Granite",
    "Willow",
    "Cobalt",
    "Meridian",
    "Juniper",
)
_FORMS = {
    "USA": "Imports Inc.",
    "DEU": "Handels GmbH",
    "GBR": "Trading Ltd",
    "JPN": "Shoji K.K.",
    "ARE": "General Trading FZE",
}


def customer(chance: np.random.Generator, country: str) -> str:
    """The name of a firm abroad; "Sample" keeps it from being anybody's."""
    word = " ".join(_WORDS[place] for place in chance.choice(len(_WORDS), 2, replace=False).tolist())
    return f"Sample {word} {_FORMS.get(country, 'Trading Co., Ltd.')}"


def ports() -> tuple[str, ...]:
    """Where goods leave the country: the city's own port, then others."""
    return (packs.current().export_port.zh, *_OTHER_PORTS)


class Abroad:
    """An exporter's customers: one to five countries, a firm or two in each."""

    def __init__(self, chance: np.random.Generator, countries: int) -> None:
        self.chance = chance
        chosen = chance.choice(len(COUNTRIES), countries, replace=False).tolist()
        self.customers = [
            (COUNTRIES[place], customer(chance, COUNTRIES[place]))
            for place in chosen
            for _ in range(int(chance.integers(1, 3)))
        ]

    def draw(self) -> tuple[str, str]:
        """Country and name of one of them."""
        return self.customers[int(self.chance.integers(len(self.customers)))]


def write(books: Books, chance: np.random.Generator, sold: Sold) -> None:
    """Everything exporters bought and were invoiced for properly leaves the country and is filed for."""
    firms = books.economy.firms
    for number, firm in enumerate(firms):
        if firm.kind is not Kind.EXPORTER:
            continue
        bought = np.flatnonzero(
            (sold.buyer == number)
            & (sold.state == VALID)
            & (REFUND_RATE[sold.good] > 0)
            & books.invoices["special"][sold.invoice].astype(bool)
        )
        if len(bought):
            abroad = Abroad(chance, int(chance.integers(1, 6)))
            export(books, chance, number, bought, sold, abroad)


def export(
    books: Books, chance: np.random.Generator, exporter: int, bought: np.ndarray, sold: Sold, abroad: Abroad
) -> None:
    """Declarations of half a month's purchases each, at most five goods on one."""
    firm = books.economy.firms[exporter]
    bought = bought[np.argsort(sold.day[bought], kind="stable")]
    batch = sold.day[bought] // 15
    for when in np.unique(batch):
        together = bought[batch == when]
        for first in range(0, len(together), 5):
            _declare(books, chance, exporter, firm, together[first : first + 5], sold, abroad)


def _declare(
    books: Books,
    chance: np.random.Generator,
    exporter: int,
    firm: Firm,
    invoices: np.ndarray,
    sold: Sold,
    abroad: Abroad,
) -> None:
    firms, harbours = books.economy.firms, ports()
    last = int(sold.day[invoices].max())
    late = chance.random() < LATE_INVOICE_SHARE
    on = int(
        to_weekday(
            np.array([last + (-int(chance.integers(2, 12)) if late else int(chance.integers(3, 35)))])
        )[0]
    )
    if on > LAST_DAY:
        return
    country, consignee = abroad.draw()
    source = firms[int(sold.seller[invoices[0]])].region
    by_forwarder = chance.random() < OTHER_SHIPPER_SHARE
    margin = float(chance.uniform(1.03, 1.18))
    dollars = float(yuan_per_dollar(on))
    weight = (
        KILOGRAMS[sold.good[invoices]] * sold.quantity[invoices] * chance.uniform(0.97, 1.06, len(invoices))
    )
    nearest = _NEAREST.get(source, 0)
    declaration = int(books.declarations.add(
        exporter=exporter, on=on,
        port=text([harbours[nearest if chance.random() < 0.85 else int(chance.integers(len(harbours)))]]),
        destination=text([country]), source_region=text([source]), consignee=text([consignee]),
        shipper=text(["样例国际货运代理有限公司" if by_forwarder else firm.name]),
        containers=max(1, int(weight.sum() // 22_000)),
    )[0])  # fmt: skip
    amount = np.round(sold.net[invoices] * margin / dollars).astype(np.int64)
    quantity = sold.quantity[invoices] * np.where(
        chance.random(len(invoices)) < MISCOUNT_SHARE, chance.uniform(0.9, 1.1, len(invoices)), 1.0
    )
    lines = np.arange(1, len(invoices) + 1)
    books.declared.add(
        declaration=declaration, line=lines, good=sold.good[invoices], amount=amount, quantity=np.round(quantity, 2),
        weight=np.round(weight, 1),
    )  # fmt: skip
    elsewhere = chance.random() < OTHER_REMITTER_SHARE
    receive(
        books, chance, exporter, declaration, int(amount.sum()), on + int(chance.integers(8, 80)),
        f"{consignee} (Settlement)" if elsewhere else consignee,
        COUNTRIES[int(chance.integers(len(COUNTRIES)))] if elsewhere and chance.random() < 0.5 else country,
    )  # fmt: skip
    refund(books, chance, exporter, declaration, lines, sold.invoice[invoices], sold.net[invoices],
           REFUND_RATE[sold.good[invoices]], on)  # fmt: skip


def receive(
    books: Books, chance: np.random.Generator, exporter: int, declaration: int, dollars: int, day: int,
    remitter: str, country: str,
) -> None:  # fmt: skip
    """Dollars (in cents) from abroad, turned into yuan on the exporter's account the same day."""
    day = int(to_weekday(np.array([day]))[0])
    if day > LAST_DAY:
        return
    firm = books.economy.firms[exporter]
    account = books.account(firm.account)
    books.receipts.add(
        exporter=exporter, on=day, amount=dollars, remitter=text([remitter]), country=text([country]),
        declaration=declaration, account=account,
    )  # fmt: skip
    books.transfers.add(
        source=books.account(books.economy.exchange), target=account,
        at=day * DAY + 36_000 + int(chance.integers(0, 20_000)), amount=round(dollars * float(yuan_per_dollar(day))),
        memo=text(["结汇"]),
    )  # fmt: skip


def refund(
    books: Books, chance: np.random.Generator, exporter: int, declaration: int, lines: np.ndarray,
    invoices: np.ndarray, basis: np.ndarray, rate: np.ndarray, exported: int,
) -> None:  # fmt: skip
    """Filed in the month after, paid some weeks later in one sum."""
    filed = (exported // 30 + 1) * 30 + int(chance.integers(1, 15))
    if filed > LAST_DAY:
        return
    paid = filed + int(chance.integers(10, 40))
    back = np.round(basis * rate / 10_000).astype(np.int64)
    books.refunds.add(
        exporter=exporter, declaration=declaration, line=lines, invoice=invoices, basis=basis, rate=rate, refund=back,
        filed=filed, paid=paid if paid <= LAST_DAY else -1,
    )  # fmt: skip
    if paid <= LAST_DAY:
        firm = books.economy.firms[exporter]
        books.transfers.add(
            source=books.account(books.economy.taxes), target=books.account(firm.account),
            at=paid * DAY + 37_000, amount=int(back.sum()), memo=text(["出口退税"]),
        )  # fmt: skip
