"""Where a peer's features differ from ours: counted by group, and worked out again one by one, by definition alone.

Each group's first differing rows are counted from the list of transfers, with no index, window or hash table. Ours
has to be what comes out; the figures say how many rows differ and how many of these were worked out.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from flows_graphs import DAY, Made

BINS = np.arange(2, 31)
SCATTER_GATHER = DAY // 4
CHECKED = 12
"""Differing rows of each group to work out again."""
GROUPS = ("statistics", "fan", "degree", "scatter-gather", "temporal cycle", "simple cycle")
OURS = np.cumsum([0, 44, 58, 58, 29, 5, 5])
THEIRS = {
    "fan": 0,
    "degree": 58,
    "scatter-gather": 116,
    "temporal cycle": 145,
    "simple cycle": 151,
    "statistics": 156,
}
"""First columns. The peer's temporal cycles have no longest: its sixth bin, of seven and more, is left out."""
MOMENTS = np.isin(np.arange(44) % 11, (8, 9, 10))


def differences(
    graph: Made, batch: int, start: int, ours: np.ndarray, theirs: np.ndarray
) -> dict[str, object]:
    """Rows that differ, of transfers from ``start`` on (the first of a batch). Raises AssertionError if we are wrong.

    Counts are equal or not. Statistics are close or not: variance, skew and kurtosis apart: running sums lose digits.
    """
    told: dict[str, object] = {}
    for number, group in enumerate(GROUPS):
        a, b = (
            rows[:, at : at + OURS[number + 1] - OURS[number]]
            for rows, at in ((ours, OURS[number]), (theirs, THEIRS[group]))
        )
        if group == "statistics":
            apart = ~np.isclose(a, b, rtol=1e-6, atol=1e-9)
            told["statistics differ"] = _checked(
                graph, batch, start, a, apart[:, ~MOMENTS].any(axis=1), group
            )
            told["moments differ"] = _checked(graph, batch, start, a, apart[:, MOMENTS].any(axis=1), group)
        else:
            told[f"{group} differs"] = _checked(graph, batch, start, a, (a != b).any(axis=1), group)
    return told


def _checked(graph: Made, batch: int, start: int, ours: np.ndarray, differs: np.ndarray, group: str) -> str:
    rows = np.flatnonzero(differs)
    if rows.size:
        assert group in DEFINITIONS, (
            f"{group}: {rows.size} rows differ and nothing explains it: {rows[:5] + start}"
        )
        for row in rows[:CHECKED].tolist():
            number = start + row
            first = number // batch * batch
            want = DEFINITIONS[group](graph, number, first, min(first + batch, len(graph)))
            right = np.allclose(ours[row], want, rtol=1e-6, atol=1e-9)
            assert right, f"{group} of transfer {number}: {ours[row].tolist()} where it is {want.tolist()}"
    return f"{rows.size} ({min(rows.size, CHECKED)} worked out: ours)" if rows.size else "0"


def statistics(graph: Made, row: int, first: int, end: int) -> np.ndarray:
    """What payer and payee sent and received from a day before the batch to its end."""
    inside = slice(int(np.searchsorted(graph.time, graph.time[first] - DAY, side="right")), end)
    source, target, amount = graph.source[inside], graph.target[inside], graph.amount[inside] / 100
    told = []
    for account in (graph.source[row], graph.target[row]):
        for here, there in ((source, target), (target, source)):
            mine = here == account
            told.append(_described(amount[mine], len(set(there[mine].tolist()))))
    return np.concatenate(told)


def _described(amounts: np.ndarray, fan: int) -> np.ndarray:
    n = amounts.size
    if not n:
        return np.zeros(11)
    off = amounts - amounts[0]  # so that equal amounts are 0 apart, not nearly
    off -= off.mean()
    second = (off**2).mean()
    shape = [(off**3).mean() / second**1.5, (off**4).mean() / second**2] if second > 0 else [0, 0]
    ends = [amounts.mean(), amounts.sum(), amounts.min(), amounts.max(), np.median(amounts)]
    return np.array([fan, n, n / fan, *ends, second, *shape])


def fan(graph: Made, row: int, first: int, end: int, by_account: bool = True) -> np.ndarray:
    """For each transfer of the batch, from the row on, with the row in its fan: one in the bin of that fan's size."""
    told = np.zeros(2 * BINS.size)
    for inward in (True, False):
        here, there = (graph.target, graph.source) if inward else (graph.source, graph.target)
        for each in range(row, end):
            low = int(np.searchsorted(graph.time, graph.time[each] - DAY, side="left"))
            if here[each] != here[row] or row < low:
                continue
            others = there[low : each + 1][here[low : each + 1] == here[row]]
            size = len(set(others.tolist())) if by_account else others.size
            if size > 1:
                told[(0 if inward else BINS.size) + min(size, BINS[-1]) - 2] += 1
    return told


def degree(graph: Made, row: int, first: int, end: int) -> np.ndarray:
    return fan(graph, row, first, end, by_account=False)


def scatter_gather(graph: Made, row: int, first: int, end: int) -> np.ndarray:
    """For each transfer of the batch that is the latest of a scatter-gather with the row in it: one in its bin."""
    told = np.zeros(BINS.size)
    reach = int(np.searchsorted(graph.time, graph.time[first] - SCATTER_GATHER, side="left"))
    paid, paid_by = defaultdict(list), defaultdict(list)
    for each in range(reach, end):
        paid[int(graph.source[each])].append(each)
        paid_by[int(graph.target[each])].append(each)
    a, b = int(graph.source[row]), int(graph.target[row])
    pairs = {(a, int(graph.target[each])) for each in paid[b]} | {
        (int(graph.source[each]), b) for each in paid_by[a]
    }
    for payer, gatherer in pairs:
        if payer == gatherer:
            continue
        for latest in {*paid[payer], *paid_by[gatherer]}:
            if latest < first:
                continue
            low = np.searchsorted(graph.time, graph.time[latest] - SCATTER_GATHER, side="left")
            out, back = defaultdict(list), defaultdict(list)
            for each in paid[payer]:
                out[int(graph.target[each])] += [each] if each >= low else []
            for each in paid_by[gatherer]:
                back[int(graph.source[each])] += [each] if each >= low else []
            between = [x for x in out if out[x] and back[x] and x not in (payer, gatherer)]
            members = {each for x in between for each in out[x] + back[x]}
            if len(between) < 2 or not {row, latest} <= members:
                continue
            if max(graph.time[each] for each in members) == graph.time[latest]:
                told[min(len(between), BINS[-1]) - 2] += 1
    return told


DEFINITIONS = {"statistics": statistics, "fan": fan, "degree": degree, "scatter-gather": scatter_gather}
