"""A firm's score: what each sign against it weighs, added up.

Weights are log-odds in natural units, kept in ``weights.yaml`` with the seeds they were learned on
(``benchmarks/invoices.py learn``). None is below zero: no sign is ever a firm's excuse. A total of 0 is an even chance
on the tuning seeds, where three firms in a thousand are guilty.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from zhoudao.engines.invoices.cases.evidence import Evidence, Hit
from zhoudao.engines.invoices.cases.ties import Tie


@dataclass(frozen=True)
class Sign:
    """One reason and what it weighs: a screen's finding (``hit``) or a tie to the case (``tie``)."""

    name: str
    weight: float
    hit: Hit | None = None
    tie: Tie | None = None


@dataclass(frozen=True)
class Score:
    """``prior`` and the signs, strongest first. ``total`` is log-odds, ``chance`` the same as a share."""

    role: str
    prior: float
    signs: tuple[Sign, ...]

    @property
    def total(self) -> float:
        return self.prior + sum(sign.weight for sign in self.signs)

    @property
    def tied(self) -> bool:
        """Whether anything ties the firm to the case: strangers who trade with one of its firms are not part of it."""
        return any(sign.tie for sign in self.signs)

    @property
    def chance(self) -> float:
        return 1 / (1 + math.exp(-self.total))


@dataclass(frozen=True)
class Card:
    """Weights of one role: ``issuer`` for who sells, ``exporter`` for who is refunded."""

    role: str
    prior: float
    weights: Mapping[str, float]

    def score(self, evidence: Evidence, firm: str, ties: Iterable[Tie] = ()) -> Score:
        signs = [
            Sign(name, self.weights[name], hit=hit)
            for name, hit in evidence.hits.get(firm, {}).items()
            if self.weights.get(name, 0) > 0
        ]
        signs += [
            Sign(tie.name, self.weights[tie.name], tie=tie)
            for tie in ties
            if self.weights.get(tie.name, 0) > 0
        ]
        return Score(self.role, self.prior, tuple(sorted(signs, key=lambda sign: (-sign.weight, sign.name))))


@cache
def cards() -> dict[str, Card]:
    """``alone``: an issuer before anybody is tied to it; ``issuer`` and ``exporter``: with their ties."""
    read = yaml.safe_load(Path(__file__).with_name("weights.yaml").read_text(encoding="utf-8"))
    return {
        name: Card("exporter" if name == "exporter" else "issuer", float(card["prior"]), card["weights"])
        for name, card in read["cards"].items()
    }
