"""How far off guesses were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Score:
    """Of guesses against what came, in minutes."""

    count: int
    median: float
    """Of the absolute error."""
    p90: float
    bias: float
    """Mean of guess minus what was waited: above zero, one waits less than said."""
    mean: float
    """Of the absolute error."""


def score(guessed: Sequence[float], waited: Sequence[float]) -> Score:
    """Of waits in seconds, as many of both. Raises ValueError for none."""
    if not guessed or len(guessed) != len(waited):
        raise ValueError("expected as many guesses as waits, and at least one")
    off = (np.asarray(guessed, dtype=float) - np.asarray(waited, dtype=float)) / 60
    size = np.abs(off)
    return Score(
        len(guessed),
        round(float(np.median(size)), 2),
        round(float(np.quantile(size, 0.9)), 2),
        round(float(off.mean()), 2),
        round(float(size.mean()), 2),
    )
