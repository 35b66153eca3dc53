"""The simulation: held to Erlang's and Cobham's formulas where they hold, and to what is plain by hand."""

import math

import numpy as np
import pytest

from zhoudao.engines import queues
from zhoudao.engines.queues import (
    Comer,
    Staffed,
    erlang_c,
    mean_wait,
    mean_waits_by_rank,
    play,
    wait_quantile,
)

RUNS, ARRIVALS, WARM = 12, 2500, 500
"""Independent runs; the first of each aren't counted, since a hall begins empty."""
SURE = 4.44
"""Student's t of 11 degrees of freedom at 99.9 %."""


def first_come(desk, line, now):
    return (line[0], line[1:]) if line else (None, line)


def first_rank(desk, line, now):
    if not line:
        return None, line
    chosen = min(line)
    return chosen, [each for each in line if each != chosen]


def who(person):
    return person


def waits(desks: int, load: float, seed: int, choose=first_come, shares=(1.0,)) -> np.ndarray:
    """Waits of a run, a column a rank (nan for the others); a mean serving time is 1."""
    chance = np.random.default_rng([seed, desks])
    at = np.cumsum(chance.exponential(1 / load, ARRIVALS))
    takes = chance.exponential(1.0, ARRIVALS)
    ranks = chance.choice(len(shares), ARRIVALS, p=shares)
    comers = [Comer((int(ranks[n]), n), float(at[n]), float(takes[n])) for n in range(ARRIVALS)]
    open_ = [Staffed(number, [(0.0, math.inf)]) for number in range(desks)]
    called = play(open_, comers, choose, who)
    found = np.full((ARRIVALS, len(shares)), np.nan)
    for n, each in enumerate(called):
        found[n, ranks[n]] = each.at - at[n]
    return found[WARM:]


def within(measured: list[float], expected: float) -> bool:
    bound = SURE * np.std(measured, ddof=1) / math.sqrt(len(measured))
    return abs(float(np.mean(measured)) - expected) <= bound


@pytest.mark.parametrize(("desks", "load"), [(1, 0.6), (2, 1.4), (5, 4.0)])
def test_it_agrees_with_erlang_c(desks, load):
    runs = [waits(desks, load, seed)[:, 0] for seed in range(RUNS)]
    assert within([float(np.mean(run)) for run in runs], mean_wait(desks, load, 1.0))
    assert within([float(np.mean(run > 1e-9)) for run in runs], erlang_c(desks, load))
    above = wait_quantile(desks, load, 1.0, 0.95)
    assert within([float(np.mean(run > above)) for run in runs], 0.05)


def test_it_agrees_with_cobham_where_some_go_first():
    runs = [waits(3, 2.4, seed, first_rank, (0.25, 0.75)) for seed in range(RUNS)]
    expected = mean_waits_by_rank(3, [0.6, 1.8], 1.0)
    for rank in (0, 1):
        assert within([float(np.nanmean(run[:, rank])) for run in runs], expected[rank])


def test_the_formulas_are_those_of_the_books():
    assert erlang_c(1, 0.5) == pytest.approx(0.5), "one desk: as often as it is busy"
    assert erlang_c(2, 1.0) == pytest.approx(1 / 3)
    assert mean_wait(1, 0.5, 10.0) == pytest.approx(10.0)
    assert wait_quantile(1, 0.5, 10.0, 0.4) == 0.0
    whole, (first, second) = mean_wait(2, 1.0, 1.0), mean_waits_by_rank(2, [0.5, 0.5], 1.0)
    assert (first + second) / 2 == pytest.approx(whole), "the order moves waits, it takes none away"
    with pytest.raises(ValueError, match="below the number of desks"):
        erlang_c(2, 2.0)


def called(desks, comers, between=0.0):
    return [each and (each.at, each.desk) for each in play(desks, comers, first_come, who, between)]


def test_breaks_are_waited_for_and_the_last_goes_on_where_somebody_stays():
    comers = [Comer("a", 5, 10), Comer("b", 6, 10), Comer("c", 35, 10), Comer("d", 36, 10)]
    assert called([Staffed("x", [(0, 10), (30, 40)])], comers) == [(5, 0), (30, 0), None, None]
    assert called([Staffed("x", [(0, 10), (30, 40)], stays=True)], comers, between=1) == [
        (5, 0), (30, 0), (41, 0), (52, 0),
    ]  # fmt: skip


def test_who_loses_patience_is_called_by_nobody():
    comers = [Comer("a", 0, 20), Comer("b", 1, 5, patience=3), Comer("c", 2, 5, patience=30)]
    assert called([Staffed("x", [(0, 100)])], comers) == [(0, 0), None, (20, 0)]


def test_another_desk_shortens_the_wait():
    comers = [Comer(name, at, 10) for at, name in enumerate("abcd")]
    one, two = [Staffed("x", [(0, 100)])], [Staffed("x", [(0, 100)]), Staffed("y", [(0, 100)])]
    assert called(one, comers) == [(0, 0), (10, 0), (20, 0), (30, 0)]
    assert called(two, comers) == [(0, 0), (1, 1), (10, 0), (11, 1)]
    assert called([], comers) == [None] * 4
    assert queues.play(one, [], first_come, who) == []
