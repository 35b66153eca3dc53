"""What each sign weighs, learned on the tuning seeds and printed as the cards of ``weights.yaml``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import yaml
from scipy.optimize import minimize

from zhoudao.engines.detection import Context
from zhoudao.engines.invoices import cases
from zhoudao.engines.invoices.cases.ties import ties
from zhoudao.sample.trade import schemes

TUNING = [seed for seed in range(6, 25) if schemes.shape_of(seed) != schemes.UNSEEN]
HIDDEN, COPIES, RIDGE = 0.4, 10, 1.0
"""Share of signs hidden at random, how often over, and the penalty on squared weights."""
Rows = tuple[list[tuple[str, ...]], list[bool]]


def signs(seeds: Sequence[int], made: Callable[[int], tuple]) -> dict[str, Rows]:
    """Of every seller and exporter the names of its signs, and whether it is guilty. Ties are to the guilty others."""
    cards: dict[str, Rows] = {name: ([], []) for name in ("alone", "issuer", "exporter")}
    for seed in seeds:
        tables, told, _ = made(seed)
        done = cases.screen(tables, Context(threads=2))
        issuers, exporters = set(told["upstream_firms"]), set(told["exporters"])

        def note(
            card: str, firm: str, tied: Sequence[object], guilty: set[str], done: cases.Screened = done
        ) -> None:
            hits = sorted(done.evidence.hits.get(firm, {}))
            cards[card][0].append((*hits, *sorted(tie.name for tie in tied)))
            cards[card][1].append(firm in guilty)

        for firm in sorted(done.links.sold.keys() - done.links.refunds.keys()):
            note("alone", firm, (), issuers)
            note("issuer", firm, ties(done.links, firm, issuers, exporters), issuers)
        for firm in sorted(done.links.refunds):
            note("exporter", firm, ties(done.links, firm, issuers, exporters), exporters)
        print(f"# seed {seed}", flush=True)
    return cards


def fit(rows: Rows) -> dict[str, object]:
    """Logistic regression with no weight below zero."""
    chance = np.random.default_rng(0)
    names = sorted({name for row in rows[0] for name in row})
    place = {name: number for number, name in enumerate(names)}
    there = np.zeros((len(rows[0]), len(names)))
    for number, row in enumerate(rows[0]):
        there[number, [place[name] for name in row]] = 1
    hidden = np.concatenate([there * (chance.random(there.shape) >= HIDDEN) for _ in range(COPIES)])
    guilty = np.tile(np.array(rows[1], float), COPIES)
    kinds, at = np.unique(np.column_stack([hidden, guilty]), axis=0, return_inverse=True)
    count = np.bincount(at.ravel()) / COPIES
    signs_of, truth = kinds[:, :-1], kinds[:, -1]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total = weights[0] + signs_of @ weights[1:]
        off = count * (1 / (1 + np.exp(-total)) - truth)
        value = np.sum(count * (np.logaddexp(0, total) - truth * total)) + RIDGE / 2 * np.sum(
            weights[1:] ** 2
        )
        return value, np.concatenate([[off.sum()], signs_of.T @ off + RIDGE * weights[1:]])

    bounds = [(None, None)] + [(0, None)] * len(names)
    found = minimize(loss, np.r_[-5.0, np.zeros(len(names))], jac=True, bounds=bounds, method="L-BFGS-B").x
    weights = {
        name: round(float(weight), 2)
        for name, weight in zip(names, found[1:], strict=True)
        if weight >= 0.005
    }
    return {"prior": round(float(found[0]), 2), "weights": weights}


def learn(made: Callable[[int], tuple]) -> None:
    cards = {name: fit(rows) for name, rows in signs(TUNING, made).items()}
    print(yaml.safe_dump({"learned_on": TUNING, "hidden_share": HIDDEN, "cards": cards}, sort_keys=False))
