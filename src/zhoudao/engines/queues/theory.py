"""What is known exactly of queues simple enough: the simulation has to agree with it.

Arrivals by chance (Poisson), serving times exponential, all desks alike, no end of the day.
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def erlang_c(desks: int, load: float) -> float:
    """The chance that one has to wait at all (Erlang 1917). ``load``: arrivals in a mean serving time."""
    _bounded(desks, load)
    blocked = 1.0
    for number in range(1, desks + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked / (1 - load / desks * (1 - blocked))


def mean_wait(desks: int, load: float, takes: float) -> float:
    """The mean wait, those who don't wait included, in the unit of ``takes``, the mean serving time."""
    return erlang_c(desks, load) * takes / (desks - load)


def wait_quantile(desks: int, load: float, takes: float, share: float) -> float:
    """What ``share`` of all wait at most, who comes first served first."""
    waits = erlang_c(desks, load)
    return max(0.0, math.log(waits / (1 - share)) * takes / (desks - load))


def mean_waits_by_rank(desks: int, loads: Sequence[float], takes: float) -> list[float]:
    """Mean waits where some go first, always, but interrupt nobody (Cobham 1954); the first rank first."""
    load = sum(loads)
    first = erlang_c(desks, load) * takes / desks
    waits, before = [], 0.0
    for own in loads:
        until = before + own / desks
        waits.append(first / ((1 - before) * (1 - until)))
        before = until
    return waits


def _bounded(desks: int, load: float) -> None:
    if desks < 1 or not 0 < load < desks:
        raise ValueError(f"expected a load above 0 and below the number of desks, got {load} at {desks}")
