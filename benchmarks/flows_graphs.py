"""Made money graphs for the benchmarks: sparse, dense and hub-heavy, with planted rings and scatter-gathers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
SECOND = 1_000_000
DAY = 86_400 * SECOND
START = 1_767_196_800 * SECOND
"""1 January 2026 in Shanghai, microseconds."""


@dataclass(frozen=True)
class Made:
    """Transfers in order of time, to the second, and what was planted among them."""

    name: str
    accounts: int
    source: NDArray[np.int32]
    target: NDArray[np.int32]
    time: NDArray[np.int64]
    amount: NDArray[np.int64]
    rings: list[tuple[int, ...]]
    """Planted rings as transfers by number."""

    def __len__(self) -> int:
        return int(self.time.size)


SHAPES = {
    # transfers an account and day, days, share of transfers at hubs
    "sparse": (1 / 3, 30, 0.0),
    "dense": (5.0, 10, 0.0),
    "hub": (1.0, 10, 0.3),
}


def made(name: str, transfers: int, seed: int = 20261126) -> Made:
    """A graph of a shape: ``transfers`` of noise plus one per cent in planted rings and scatter-gathers."""
    daily, days, at_hubs = SHAPES[name]
    random = np.random.default_rng([seed, transfers, len(name)])
    accounts = max(int(transfers / daily / days), 64)
    source, target = _ends(random, accounts, transfers, at_hubs)
    time = random.integers(0, days * 86_400, transfers)
    amount = _amounts(random, transfers)
    planted = _planted(random, accounts, days, max(transfers // 1000, 2))
    columns = [
        np.concatenate([values, np.array([each[i] for group in planted for each in group], dtype=np.int64)])
        for i, values in enumerate((source, target, time, amount))
    ]
    order = np.argsort(columns[2], kind="stable")
    place = np.empty(order.size, dtype=np.int64)
    place[order] = np.arange(order.size)
    rings, at = [], transfers
    for group in planted:
        if group[0][0] == group[-1][1]:
            rings.append(tuple(place[at : at + len(group)].tolist()))
        at += len(group)
    source, target, time, amount = (values[order] for values in columns)
    return Made(
        name, accounts, source.astype(np.int32), target.astype(np.int32), START + time * SECOND, amount, rings
    )


def made_by_day(name: str, transfers: int, seed: int = 20261126) -> Made:
    """A graph of the same shape, made a day at a time: besides the graph it needs memory for one day's transfers."""
    daily, days, at_hubs = SHAPES[name]
    random = np.random.default_rng([seed, transfers, len(name), days])
    accounts = max(int(transfers / daily / days), 64)
    planted = np.array(
        [each for group in _planted(random, accounts, days, max(transfers // 1000, 2)) for each in group]
    )
    counts = np.full(days, transfers // days) + (np.arange(days) < transfers % days)
    total = transfers + len(planted)
    source, target = np.empty(total, dtype=np.int32), np.empty(total, dtype=np.int32)
    time, amount = np.empty(total, dtype=np.int64), np.empty(total, dtype=np.int64)
    at = 0
    for day, count in enumerate(counts.tolist()):
        today = planted[planted[:, 2] // 86_400 == day]
        ends = _ends(random, accounts, count, at_hubs)
        noise = (*ends, random.integers(day * 86_400, (day + 1) * 86_400, count), _amounts(random, count))
        columns = [np.concatenate([values, today[:, i]]) for i, values in enumerate(noise)]
        order = np.argsort(columns[2], kind="stable")
        part = slice(at, at + order.size)
        for into, values in zip((source, target, time, amount), columns, strict=True):
            into[part] = values[order]
        at += order.size
    time *= SECOND
    time += START
    return Made(name, accounts, source, target, time, amount, [])


def _ends(random: np.random.Generator, accounts: int, count: int, at_hubs: float) -> tuple[Ints, Ints]:
    source = random.integers(0, accounts, count)
    target = random.integers(0, accounts, count)
    if at_hubs:  # payments to and from a few dozen accounts, the largest of which has about a tenth of them
        hubs = np.minimum(random.zipf(1.5, count) - 1, accounts - 1)
        to, back = random.random(count) < at_hubs / 2, random.random(count) < at_hubs / 2
        target = np.where(to, hubs, target)
        source = np.where(back & ~to, hubs, source)
    return source, np.where(source == target, (target + 1) % accounts, target)


def _amounts(random: np.random.Generator, count: int) -> Ints:
    return (np.exp(random.normal(9.5, 1.5, count)) * 100).astype(np.int64) + 1


def _planted(random, accounts: int, days: int, groups: int) -> list[list[tuple[int, int, int, int]]]:
    """Rings of 3 to 6 within 20 hours, and scatter-gathers of 3 to 8 in between within five hours."""
    planted = []
    for i in range(groups):
        start = int(random.integers(0, days * 86_400 - 80_000))
        amount = int(random.integers(10_000_00, 500_000_00))
        if i % 2 == 0:
            length = int(random.integers(3, 7))
            members = random.choice(accounts, length, replace=False).tolist()
            times = start + np.sort(random.choice(72_000, length, replace=False))
            ends = [*members[1:], members[0]]
            planted.append(
                [
                    (a, b, int(at), amount - 100 * hop)
                    for hop, (a, b, at) in enumerate(zip(members, ends, times, strict=True))
                ]
            )
        else:
            width = int(random.integers(3, 9))
            members = random.choice(accounts, width + 2, replace=False).tolist()
            times = start + np.sort(random.choice(18_000, 2 * width, replace=False))
            payer, payee, between = members[0], members[1], members[2:]
            out = [
                (payer, each, int(at), amount // width)
                for each, at in zip(between, times[:width], strict=True)
            ]
            back = [
                (each, payee, int(at), amount // width)
                for each, at in zip(between, times[width:], strict=True)
            ]
            planted.append(out + back)
    return planted
