"""Crimes hidden in the economy, a shape a file. ``hide`` puts one into the books and says what is true."""

from __future__ import annotations

import numpy as np

from zhoudao.sample.trade.books import DAY, Books
from zhoudao.sample.trade.honest import LAST_DAY
from zhoudao.sample.trade.schemes import bought, catch, circular, matched, renamed
from zhoudao.sample.trade.schemes.common import Truth, only_theirs

SHAPES = ("bought", "matched", "renamed", "circular", "catch")
UNSEEN = "catch"
"""The shape that no detector may be tuned on."""
REPORTED_SEED = 1
NOTICED_SHARE = 0.25
"""Of the cases: one issuer's invoices are known to be false at the tax office."""


def shape_of(seed: int) -> str:
    """Seeds take the shapes in turn; seed 1 is the reported case."""
    return SHAPES[(seed - REPORTED_SEED) % len(SHAPES)]


def hide(books: Books, chance: np.random.Generator, seed: int) -> Truth:
    """The case of a seed."""
    truth = _hide(books, chance, seed)
    # Whoever signs a guilty exporter's refund filings answers for them, unless it is an agency that files for many.
    truth.suspects |= only_theirs(books, truth.exporters)
    return truth


def _hide(books: Books, chance: np.random.Generator, seed: int) -> Truth:
    if seed == REPORTED_SEED:
        return bought.hide(books, chance, bought.REPORTED)
    shape = shape_of(seed)
    if shape == "bought":
        truth = bought.hide(books, chance, bought.draw_size(chance))
    else:
        others = {"matched": matched, "renamed": renamed, "circular": circular, "catch": catch}
        truth = others[shape].hide(books, chance)
    if chance.random() < NOTICED_SHARE:
        _notice(books, chance, truth)
    return truth


def _notice(books: Books, chance: np.random.Generator, truth: Truth) -> None:
    """The tax office has found a few invoices of one issuer false already."""
    issuer = truth.issuers[int(chance.integers(len(truth.issuers)))]
    issued = np.flatnonzero(books.invoices["seller"] == issuer)[:3]
    last = int(books.invoices["at"][issued].max() // DAY)
    books.notices.add(invoice=issued, on=min(last + int(chance.integers(60, 150)), LAST_DAY))
