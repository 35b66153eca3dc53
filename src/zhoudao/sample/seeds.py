"""Where chance comes from: one seed for the city, a stream of its own for each part.

A part draws from ``generator(seed, "its-label")``. Streams of different labels are independent, so that a new
part, or one more draw in an old one, never changes what another part made.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Generic, TypeVar

import numpy as np

Thing = TypeVar("Thing")


def generator(seed: int, label: str) -> np.random.Generator:
    """The stream of ``label`` in the city of ``seed`` (0 or more): the same pair, the same stream."""
    words = np.frombuffer(hashlib.sha256(label.encode("utf-8")).digest(), dtype="<u4")
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *words.tolist()])))


class Weighted(Generic[Thing]):
    """Things drawn in proportion to their weights."""

    def __init__(self, things: Sequence[Thing], weights: Sequence[float]) -> None:
        if len(things) != len(weights) or not things or min(weights) < 0 or sum(weights) <= 0:
            raise ValueError("expected as many weights as things, none below zero, not all zero")
        self.things = list(things)
        self._upto = list(accumulate(weights))

    def draw(self, chance: np.random.Generator) -> Thing:
        place = bisect_right(self._upto, chance.random() * self._upto[-1])
        return self.things[min(place, len(self.things) - 1)]


def pick(chance: np.random.Generator, things: Sequence[Thing]) -> Thing:
    """One of ``things``, each as likely."""
    return things[int(chance.random() * len(things))]
