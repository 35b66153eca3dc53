"""What ties one firm to those already in a case: each tie by its name, with what it says."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass

from zhoudao.engines.invoices.cases.links import CLOSE, Links

MOST = 0.5
"""Share of a firm's sales or purchases that makes the other side its main one."""
PART = 0.1
"""Share of an exporter's refunds that rests on issuers of the case, from which on it counts as part of it."""


@dataclass(frozen=True)
class Tie:
    """``name`` is what its weight is kept under; ``other`` the firm or thing it leads to; ``amount`` fen, where it has
    one; ``share`` of the firm's own sales, purchases or refunds."""

    name: str
    other: str
    amount: int = 0
    share: float = 0.0


def ties(links: Links, firm: str, issuers: Set[str], exporters: Set[str]) -> list[Tie]:
    """The strongest tie of each name; none to itself."""
    best: dict[str, Tie] = {}
    for tie in _all(links, firm, issuers - {firm}, exporters - {firm}):
        kept = best.get(tie.name)
        if kept is None or (tie.share, tie.amount) > (kept.share, kept.amount):
            best[tie.name] = tie
    return [best[name] for name in sorted(best)]


def _all(links: Links, firm: str, issuers: Set[str], exporters: Set[str]) -> Iterator[Tie]:
    yield from _by_invoices(links, firm, issuers, exporters)
    yield from _by_refunds(links, firm, issuers, exporters)
    yield from _by_money(links, firm, issuers, exporters)
    members = issuers | exporters
    for other, things in links.sharers(firm).items():
        if other in members:
            for kind, value, count in things:
                yield Tie(f"{kind}_{'close' if count <= CLOSE else 'wide'}", value, share=1 / count)


def _by_invoices(links: Links, firm: str, issuers: Set[str], exporters: Set[str]) -> Iterator[Tie]:
    for name, sides, others in (
        ("sells_to_exporter", links.sold, exporters),
        ("sells_to_issuer", links.sold, issuers),
        ("buys_from_issuer", links.bought, issuers),
    ):
        mine = sides.get(firm, {})
        amount = sum(mine[other] for other in mine.keys() & others)
        if amount and amount >= MOST * sum(mine.values()):
            main = max(sorted(mine.keys() & others), key=mine.__getitem__)
            yield Tie(name, main, amount, amount / sum(mine.values()))


def _by_refunds(links: Links, firm: str, issuers: Set[str], exporters: Set[str]) -> Iterator[Tie]:
    rests = links.refunds.get(firm, {})
    amount = sum(rests[issuer] for issuer in rests.keys() & issuers)
    total = sum(rests.values())
    if amount and amount >= PART * total:
        strongest = max(sorted(rests.keys() & issuers), key=rests.__getitem__)
        yield Tie("refunds_rest_on", strongest, amount, amount / total)
    carries = links.refunded_to.get(firm, {})
    amount = sum(carries[exporter] for exporter in carries.keys() & exporters)
    if amount:
        strongest = max(sorted(carries.keys() & exporters), key=carries.__getitem__)
        yield Tie("carries_refunds", strongest, amount, amount / sum(carries.values()))


def _by_money(links: Links, firm: str, issuers: Set[str], exporters: Set[str]) -> Iterator[Tie]:
    for loop in links.loops_of.get(firm, ()):
        if loop.receiver in issuers:
            yield Tie("pays_and_gets_back", str(loop.receiver), loop.sent)
    for loop in links.loops_by.get(firm, ()):
        if loop.payer in exporters:
            yield Tie("paid_and_gave_back", loop.payer, loop.sent)
        elif loop.payer in issuers or loop.receiver in issuers:
            yield Tie("on_the_way_back", loop.payer, loop.sent)
