"""The cases of a set of tables: screens, scores, widening from each suspect, figures, strongest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field

from zhoudao.engines.detection import Batch, Context, detectors
from zhoudao.engines.invoices.cases.evidence import Evidence, gather
from zhoudao.engines.invoices.cases.links import Links, tie
from zhoudao.engines.invoices.cases.money import Bank, PrivateAccount, banks, private_accounts
from zhoudao.engines.invoices.cases.scores import cards
from zhoudao.engines.invoices.cases.suspects import Suspect, suspects
from zhoudao.engines.invoices.cases.ties import ties
from zhoudao.engines.invoices.cases.totals import Total, totals
from zhoudao.engines.invoices.cases.widening import STOP, Widened, widen
from zhoudao.engines.stored import Table

FEWEST = 2
"""Firms of a case: one firm alone is a lead."""
LEAST = 6.0
"""Strength of a case: a few signs that honest firms share too are a lead. On the tuning seeds the strongest group of
honest firms has 3, the weakest crime 48."""
PREFIX, ITSELF = "invoices.", "invoices.cases"


@dataclass(frozen=True)
class Case:
    widened: Widened
    accounts: tuple[PrivateAccount, ...]
    banks: tuple[Bank, ...]
    suspects: tuple[Suspect, ...]
    totals: Mapping[str, Total]
    findings: tuple[str, ...]
    """Of the screens, about its firms."""

    @property
    def strength(self) -> float:
        return strength(self.widened)


def strength(widened: Widened) -> float:
    """The log-odds of its firms, added up, each as it was when it was taken; less than even counts nothing."""
    return sum(max(step.score.total, 0.0) for step in widened.steps)


@dataclass
class Screened:
    evidence: Evidence
    links: Links
    cases: list[Case] = field(default_factory=list)
    leads: list[Widened] = field(default_factory=list)
    """Suspects tied to nobody strongly enough to make a case."""


def screen(
    tables: Mapping[str, Table], context: Context, *, hashes: Mapping[str, str] | None = None, stop: float = STOP,
    without: Set[str] = frozenset(), told: Callable[[Batch], None] = lambda _: None,
) -> Screened:  # fmt: skip
    """All of it. ``without``: screens left out, by name, to see what a case rests on. ``told``: is given the findings
    of every screen, batch by batch."""
    chosen = [
        one for name, one in detectors().items() if name.startswith(PREFIX) and name not in without | {ITSELF}
    ]
    evidence = gather(tables, chosen, context, hashes or {}, told)
    context.report(0.9, "Widening")
    done = Screened(evidence, tie(tables, evidence.loops, context))
    find(tables, done, stop=stop)
    return done


def find(tables: Mapping[str, Table], done: Screened, *, stop: float = STOP) -> None:
    """Cases from every suspect that no earlier case has reached, the strongest suspect first."""
    reached: set[str] = set()
    for start in starts(done.evidence, done.links, stop):
        if start in reached:
            continue
        widened = widen(done.evidence, done.links, start, stop=stop)
        firms = widened.issuers | widened.exporters
        if firms & reached:
            continue
        reached |= firms
        if len(firms) < FEWEST or strength(widened) < LEAST:
            done.leads.append(widened)
        else:
            done.cases.append(_case(tables, done, widened))
    done.cases.sort(key=lambda case: (-case.strength, case.widened.start))


def starts(evidence: Evidence, links: Links, stop: float = STOP) -> list[str]:
    """Suspects, strongest first: exporters whose refunds rest on issuers that are suspect by themselves, and these."""
    alone = {firm: cards()["alone"].score(evidence, firm).total for firm in evidence.hits}
    suspect = {firm for firm, total in alone.items() if total >= stop and firm in links.sold}
    found = {firm: alone[firm] for firm in suspect}
    for exporter in links.refunds:
        score = cards()["exporter"].score(evidence, exporter, ties(links, exporter, suspect, set())).total
        if score >= stop:
            found[exporter] = max(score, found.get(exporter, score))
    return sorted(found, key=lambda firm: (firm not in links.refunds, -found[firm], firm))


def _case(tables: Mapping[str, Table], done: Screened, widened: Widened) -> Case:
    issuers, exporters = widened.issuers, widened.exporters
    firms = issuers | exporters
    loops = [loop for firm in sorted(firms) for loop in done.links.loops_of.get(firm, ())]
    accounts = private_accounts(done.links, loops)
    return Case(
        widened,
        tuple(accounts),
        tuple(banks(tables, done.links, [each.account for each in accounts])),
        tuple(suspects(tables, firms, accounts)),
        totals(tables, issuers, exporters),
        tuple(
            sorted({hit.finding_id for firm in firms for hit in done.evidence.hits.get(firm, {}).values()})
        ),
    )
