"""Learning a profile from past visits, and its corrections from what it foretold of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from zhoudao.engines.queues.profile import SLOTS, Profile

LEAN = 25
"""How many visits an hour needs to weigh as much as its whole day."""
QUANTILES = 21
FEWEST = 30
"""Visits below which a lane gets no correction of its own."""
BINS = 8
"""Of guesses, each with as many visits, that get margins of their own."""
SMOOTH = 3
"""Visits of a half hour that weigh as much as its neighbours."""


@dataclass(frozen=True)
class Visit:
    """Somebody who came and was served. Seconds; ``hour`` and ``slot`` of the day are those of its wall clock."""

    service: str
    day_kind: str
    slot: int
    """Half hour in which they joined the queue."""
    wait: float
    """From joining to the first call."""
    hour: int
    """In which they were called."""
    takes: float | None
    """From the call to the end; None when they never came."""


@dataclass(frozen=True)
class Foretold:
    """What was played forward for somebody of a lane, and what they waited. Seconds."""

    lane: str
    played: float
    waited: float


def learn(visits: Sequence[Visit]) -> Profile:
    """How long serving takes and how long one waits, without corrections yet."""
    served = [visit for visit in visits if visit.takes is not None]
    by_service: dict[str, list[float]] = defaultdict(list)
    by_hour: dict[tuple[str, int], list[float]] = defaultdict(list)
    for visit in served:
        assert visit.takes is not None
        by_service[visit.service].append(visit.takes)
        by_hour[visit.service, visit.hour].append(visit.takes)
    means = {code: float(np.mean(found)) for code, found in sorted(by_service.items())}
    hours: dict[str, dict[str, float]] = defaultdict(dict)
    for (code, hour), found in sorted(by_hour.items()):
        hours[code][str(hour)] = (sum(found) + LEAN * means[code]) / (len(found) + LEAN)
    ratios = [visit.takes / means[visit.service] for visit in served if visit.takes and means[visit.service]]
    steps = (np.arange(QUANTILES) + 0.5) / QUANTILES
    spread = np.quantile(ratios, steps).tolist() if ratios else []
    return Profile(
        visits=len(visits), service=means, by_hour=dict(hours), spread=spread, typical=_typical(visits)
    )


def correct(profile: Profile, foretold: Sequence[Foretold]) -> Profile:
    """The profile with the line through what was foretold and what came, by lane, and how far off that stays.

    The line is fitted by least absolute deviations, so that a few long days don't bend it.
    """
    there = [each for each in foretold if each.played > 0]
    if len(there) < FEWEST:
        return profile
    lanes: dict[str, tuple[float, float]] = {"": _line(there)}
    for lane in sorted({each.lane for each in there}):
        own = [each for each in there if each.lane == lane]
        if len(own) >= FEWEST:
            lanes[lane] = _line(own)
    straight = replace(profile, corrections=lanes, margins=())
    guesses = np.array([straight.corrected(each.played, each.lane).seconds for each in foretold])
    return replace(straight, margins=_margins(guesses, np.array([each.waited for each in foretold])))


def _line(foretold: Sequence[Foretold]) -> tuple[float, float]:
    x = np.array([each.played for each in foretold])
    y = np.array([each.waited for each in foretold])
    columns = np.column_stack([x, np.ones_like(x)])
    weights = np.ones_like(x)
    fit = np.array([1.0, 0.0])
    for _ in range(30):  # iteratively reweighted least squares
        root = np.sqrt(weights)
        fit = np.linalg.lstsq(columns * root[:, None], y * root, rcond=None)[0]
        weights = 1 / np.maximum(np.abs(y - columns @ fit), 5.0)
    return float(fit[0]), float(fit[1])


def _margins(guesses: np.ndarray, waited: np.ndarray) -> tuple[tuple[float, float, float], ...]:
    edges = np.unique(np.quantile(guesses, np.linspace(0, 1, BINS + 1)[1:]))
    found, below = [], -1.0
    for edge in edges.tolist():
        inside = (guesses > below) & (guesses <= edge)
        below = edge
        if inside.any():
            low, high = np.quantile((waited - guesses)[inside], [0.1, 0.9]).tolist()
            found.append((edge, low, high))
    return tuple(found)


def _typical(visits: Iterable[Visit]) -> dict[str, dict[str, list[float]]]:
    sums: dict[tuple[str, str], np.ndarray] = defaultdict(lambda: np.zeros((2, SLOTS)))
    for visit in visits:
        sums[visit.service, visit.day_kind][:, visit.slot] += visit.wait, 1
    typical: dict[str, dict[str, list[float]]] = defaultdict(dict)
    for (service, kind), (total, count) in sorted(sums.items()):
        typical[service][kind] = [round(each, 1) for each in _smooth(total, count).tolist()]
    return dict(typical)


def _smooth(total: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Mean of each slot; a thin one leans on its neighbours, an empty one on the nearest that isn't."""
    mean = total.sum() / count.sum()
    near_total = np.convolve(total, np.ones(3), "same")
    near_count = np.convolve(count, np.ones(3), "same")
    near = np.where(near_count > 0, near_total / np.maximum(near_count, 1), np.nan)
    known = np.flatnonzero(~np.isnan(near))
    near = np.interp(np.arange(SLOTS), known, near[known]) if len(known) else np.full(SLOTS, mean)
    return (total + SMOOTH * near) / (count + SMOOTH)
