"""Fans, degrees and what an account's amounts look like, for the transfers of a batch."""

from __future__ import annotations

import numpy as np
from numba import njit

from zhoudao.engines.flows.features.window import BEFORE_IN, BEFORE_OUT, BEFORE_PAIR, PAYEE, PAYER, add, since

STATISTICS = (
    "fan",
    "degree",
    "ratio",
    "average",
    "sum",
    "min",
    "max",
    "median",
    "variance",
    "skew",
    "kurtosis",
)


@njit(cache=True, nogil=True)
def take_in(
    first, end, payers, payees, window, time, links, last_out, last_in, keys, values, mask, counts, oldest,
    fan_bins, degree_bins, fans, degrees,
):  # pragma: no cover - compiled  # fmt: skip
    """Take a batch in, transfer by transfer, and count fans and degrees as they stand at each.

    A transfer makes a fan out of its payer and a fan in at its payee, as of its moment; every one of the batch that
    takes part in that fan counts it in the bin of its size. ``fans``, ``degrees``: float64[batch, 2 * bins], fans
    in first. Returns the window's oldest transfer.
    """
    half, half_degree = fan_bins[-1] + 1, degree_bins[-1] + 1
    for e in range(first, end):
        u, v = payers[e - first], payees[e - first]
        oldest = add(e, u, v, time, window, links, last_out, last_in, keys, values, mask, counts, oldest)
        start = max(first, oldest)
        fan_in, degree_in = _bin(counts[v, 2], fan_bins), _bin(counts[v, 3], degree_bins)
        fan_out, degree_out = _bin(counts[u, 0], fan_bins), _bin(counts[u, 1], degree_bins)
        if fan_in >= 0 or degree_in >= 0:
            f = e
            while f >= start:
                if fan_in >= 0:
                    fans[f - first, fan_in] += 1
                if degree_in >= 0:
                    degrees[f - first, degree_in] += 1
                f = links[f, BEFORE_IN]
        if fan_out >= 0 or degree_out >= 0:
            f = e
            while f >= start:
                if fan_out >= 0:
                    fans[f - first, half + fan_out] += 1
                if degree_out >= 0:
                    degrees[f - first, half_degree + degree_out] += 1
                f = links[f, BEFORE_OUT]
    return oldest


@njit(cache=True, nogil=True)
def _bin(size, bins):  # pragma: no cover - compiled
    """The bin of a size; -1 for a size of one, or below the first bin. ``bins[size]``, the last for all larger ones."""
    return bins[min(size, bins.size - 1)] if size > 1 else -1


@njit(cache=True, nogil=True)
def statistics(
    first, end, window, time, links, amount, last_out, last_in, seen, place, out
):  # pragma: no cover - compiled  # fmt: skip
    """Fill ``out``: float64[batch, 44]: STATISTICS of what the payer sent and received, and what the payee did.

    Over the batch and the window before its first transfer, its start not included. ``seen[account, way]`` and
    ``place`` remember the row that has it already.
    """
    values = np.empty(1024, dtype=np.float64)
    low = since(0, time[first] - window + 1, time, first)
    for e in range(first, end):
        for side in range(2):
            account = links[e, PAYER] if side == 0 else links[e, PAYEE]
            for way in range(2):
                at = (side * 2 + way) * 11
                if seen[account, way] == end:
                    row, column = place[account, way] // 4, place[account, way] % 4
                    for i in range(11):
                        out[e - first, at + i] = out[row, column * 11 + i]
                    continue
                step = BEFORE_OUT if way == 0 else BEFORE_IN
                f = last_out[account] if way == 0 else last_in[account]
                seen[account, way] = end
                place[account, way] = (e - first) * 4 + side * 2 + way
                n, fan = 0, 0
                while f >= low:
                    if n == values.size:
                        longer = np.empty(2 * n, dtype=np.float64)
                        longer[:n] = values
                        values = longer
                    values[n] = amount[f]
                    n += 1
                    fan += links[f, BEFORE_PAIR] < low
                    f = links[f, step]
                if n:
                    _describe(values[:n], fan, out[e - first, at : at + 11])


@njit(cache=True, nogil=True)
def _describe(values, fan, out):  # pragma: no cover - compiled
    n = values.size
    total, low, high = 0.0, values[0], values[0]
    for i in range(n):
        total += values[i]
        low, high = min(low, values[i]), max(high, values[i])
    mean = total / n
    second, third, fourth = 0.0, 0.0, 0.0
    for i in range(n):
        off = values[i] - mean
        square = off * off
        second += square
        third += square * off
        fourth += square * square
    second, third, fourth = second / n, third / n, fourth / n
    out[0], out[1], out[2], out[3], out[4], out[5], out[6] = fan, n, n / fan, mean, total, low, high
    out[7] = np.median(values) if n > 2 else mean
    out[8] = second
    if second > 0:
        out[9] = third / second**1.5
        out[10] = fourth / (second * second)
