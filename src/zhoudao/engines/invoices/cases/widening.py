"""Widening (扩线): from one suspect firm to those it is tied to, the most strongly tied first, until none is strong
enough.

Each step names the signs against the firm that was taken and its ties to those taken before. It stops when no firm
within reach has a score of at least ``stop``, or after ``most`` firms. The order of the tables' rows changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from zhoudao.engines.invoices.cases.evidence import Evidence
from zhoudao.engines.invoices.cases.links import Links
from zhoudao.engines.invoices.cases.scores import Score, cards
from zhoudao.engines.invoices.cases.ties import ties

STOP = 0.0
"""Log-odds below which no firm is taken: an even chance."""
MOST = 200


@dataclass(frozen=True)
class Step:
    """One firm taken, why, and how strong that is."""

    number: int
    firm: str
    role: str
    score: Score


@dataclass
class Widened:
    start: str
    steps: list[Step] = field(default_factory=list)
    stopped: str = ""
    """``nobody_else`` within reach, ``too_weak``: the strongest of them is; ``most``: as many firms as were allowed."""
    next: Step | None = None
    """The firm it stopped at, with what spoke for it."""

    @property
    def issuers(self) -> set[str]:
        return {step.firm for step in self.steps if step.role == "issuer"}

    @property
    def exporters(self) -> set[str]:
        return {step.firm for step in self.steps if step.role == "exporter"}


def widen(evidence: Evidence, links: Links, start: str, *, stop: float = STOP, most: int = MOST) -> Widened:
    """The picture that grows from ``start``, which is taken whatever its own score."""
    done = Widened(start)
    scores = {start: score_of(evidence, links, start, done)}
    while scores:
        firm = min(scores, key=lambda each: (-scores[each].total, each))
        best = scores.pop(firm)
        step = Step(len(done.steps) + 1, firm, best.role, best)
        if done.steps and (best.total < stop or len(done.steps) >= most):
            done.stopped, done.next = ("too_weak" if best.total < stop else "most"), step
            return done
        done.steps.append(step)
        taken = done.issuers | done.exporters
        for other in neighbours(links, firm):
            if other not in taken:
                score = score_of(evidence, links, other, done)
                if score.tied:
                    scores[other] = score
    done.stopped = "nobody_else"
    return done


def score_of(evidence: Evidence, links: Links, firm: str, so_far: Widened) -> Score:
    """As exporter where it has refunds and that weighs more, as issuer otherwise."""
    found = ties(links, firm, so_far.issuers, so_far.exporters)
    as_issuer = cards()["issuer" if so_far.steps else "alone"].score(evidence, firm, found)
    if firm not in links.refunds:
        return as_issuer
    as_exporter = cards()["exporter"].score(evidence, firm, found)
    sells_on = bool(links.refunded_to.get(firm)) and as_issuer.total > as_exporter.total
    return as_issuer if sells_on else as_exporter


def neighbours(links: Links, firm: str) -> Iterator[str]:
    """Firms tied to it in any way, each once."""
    found = dict.fromkeys(links.refunds.get(firm, ()))
    for ways in (links.refunded_to, links.sold, links.bought):
        found.update(dict.fromkeys(ways.get(firm, ())))
    found.update(dict.fromkeys(links.sharers(firm)))
    for loop in (*links.loops_of.get(firm, ()), *links.loops_by.get(firm, ())):
        passed = (
            loop.payer,
            loop.receiver,
            *(links.holder.get(each) for each in (loop.account, *loop.conduits)),
        )
        found.update(dict.fromkeys(each for each in passed if each in links.firms))
    found.pop(firm, None)
    yield from found
