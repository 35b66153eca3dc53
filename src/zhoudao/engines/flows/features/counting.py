"""Fans, degrees and what an account's amounts look like, for the transfers of a batch."""

from __future__ import annotations

import numpy as np
from numba import njit

from zhoudao.engines.flows.features.window import (
    BEFORE_IN,
    BEFORE_OUT,
    BEFORE_PAIR,
    LAST_IN,
    LAST_OUT,
    PAID_BY,
    PAYEE,
    PAYER,
    PAYS,
    PLACE_OUT,
    RECEIVED,
    SENT,
    add,
    since,
)

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
_MANY = 8
"""Transfers from which on an account's statistics are copied from the row that has them already."""
_FEW = 24
"""Amounts up to which putting them in order one by one is the quickest way to their median."""


@njit(cache=True, nogil=True)
def take_in(
    first, end, payers, payees, window, time, links, accounts, table, oldest, bins, fan, degree, out
):  # pragma: no cover - compiled
    """Take a batch in, transfer by transfer, empty its row of ``out``, and count fans and degrees as they stand then.

    A transfer makes a fan out of its payer and a fan in at its payee, as of its moment; every one of the batch that
    takes part in that fan counts it in the bin of its size. ``fan``, ``degree``: their first columns, -1 for none;
    fans in first. Returns the window's oldest transfer.
    """
    half = bins[-1] + 1
    for e in range(first, end):
        for column in range(out.shape[1]):
            out[e - first, column] = 0.0
        u, v = payers[e - first], payees[e - first]
        oldest = add(e, u, v, time, window, links, accounts, table, oldest)
        start = max(first, oldest)
        for inward in (True, False):
            account = v if inward else u
            members = _column(accounts[account, PAID_BY if inward else PAYS], bins, fan)
            transfers = _column(accounts[account, RECEIVED if inward else SENT], bins, degree)
            if members < 0 and transfers < 0:
                continue
            shift = 0 if inward else half
            f = e
            while f >= start:
                if members >= 0:
                    out[f - first, members + shift] += 1
                if transfers >= 0:
                    out[f - first, transfers + shift] += 1
                f = links[f, BEFORE_IN if inward else BEFORE_OUT]
    return oldest


@njit(cache=True, nogil=True)
def _column(size, bins, start):  # pragma: no cover - compiled
    """The column of a size, -1 for a size of one, or below the first bin. ``bins[size]``, the last for all larger."""
    at = bins[min(size, bins.size - 1)]
    return start + at if start >= 0 and size > 1 and at >= 0 else -1


@njit(cache=True, nogil=True)
def statistics(
    first, end, window, time, links, amount, accounts, column, out
):  # pragma: no cover - compiled
    """Fill STATISTICS of what the payer sent and received, and what the payee did, from ``column`` of ``out`` on.

    Over the batch and the window before its first transfer, its start not included.
    """
    values = np.empty(1024, dtype=np.float64)
    low = since(0, time[first] - window + 1, time, first)
    size = len(STATISTICS)
    for e in range(first, end):
        for side in range(2):
            account = links[e, PAYER] if side == 0 else links[e, PAYEE]
            for way in range(2):
                at = column + (side * 2 + way) * size
                f = accounts[account, LAST_OUT] if way == 0 else accounts[account, LAST_IN]
                if f < low:
                    continue
                place = accounts[account, PLACE_OUT + way]
                if place >= 2 * first:
                    row, start = place // 2 - first, column + (place % 2 * 2 + way) * size
                    for i in range(size):
                        out[e - first, at + i] = out[row, start + i]
                    continue
                n, fan = 0, 0
                while f >= low:
                    if n == values.size:
                        values = np.append(values, values)
                    values[n] = amount[f]
                    n += 1
                    fan += links[f, BEFORE_PAIR] < low
                    f = links[f, BEFORE_OUT if way == 0 else BEFORE_IN]
                if n == 1:
                    _describe_one(values[0], out, e - first, at)
                    continue
                if n >= _MANY:
                    accounts[account, PLACE_OUT + way] = 2 * e + side
                _describe(values, n, fan, out, e - first, at)


@njit(cache=True, nogil=True)
def _describe_one(amount, out, row, at):  # pragma: no cover - compiled
    """As ``_describe``, of a single transfer: what most accounts of a sparse graph have. Rows begin as zeros."""
    out[row, at] = out[row, at + 1] = out[row, at + 2] = 1.0
    for i in range(3, 8):
        out[row, at + i] = amount


@njit(cache=True, nogil=True)
def _describe(values, n, fan, out, row, at):  # pragma: no cover - compiled
    total, beyond, low, high = 0.0, 0.0, values[0], values[0]
    for i in range(n):
        total += values[i]
        beyond += values[i] - values[0]
        low, high = min(low, values[i]), max(high, values[i])
    mean = values[0] + beyond / n  # from the first one on: equal amounts have a variance of 0, not nearly
    second, third, fourth = 0.0, 0.0, 0.0
    for i in range(n):
        off = values[i] - mean
        square = off * off
        second += square
        third += square * off
        fourth += square * square
    second, third, fourth = second / n, third / n, fourth / n
    out[row, at], out[row, at + 1], out[row, at + 2], out[row, at + 3] = fan, n, n / fan, mean
    out[row, at + 4], out[row, at + 5], out[row, at + 6] = total, low, high
    out[row, at + 7] = mean if n == 2 else _median(values, n)
    out[row, at + 8] = second
    if second > 0:
        out[row, at + 9] = third / (second * np.sqrt(second))
        out[row, at + 10] = fourth / (second * second)


@njit(cache=True, nogil=True)
def _median(values, n):  # pragma: no cover - compiled
    """Of the first n; a few are put in order where they stand."""
    if n > _FEW:
        return np.median(values[:n])
    for i in range(1, n):
        value, j = values[i], i
        while j > 0 and values[j - 1] > value:
            values[j] = values[j - 1]
            j -= 1
        values[j] = value
    return values[n // 2] if n % 2 else (values[n // 2 - 1] + values[n // 2]) / 2
