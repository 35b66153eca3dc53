"""The transfers of a moving window, as lists that grow at one end and are forgotten at the other.

A transfer is a row of ``links``: payer, payee, and the transfers before it of the same payer, payee and pair, so that
a walk from an account's newest transfer back to the window's edge reads one cache line a step. A hash table leads from
a pair of accounts to its newest transfer. Rows are numbered in the order they came, which is the order of time.
"""

from __future__ import annotations

from numba import njit

PAYER, PAYEE, BEFORE_OUT, BEFORE_IN, BEFORE_PAIR, MOMENT, AGAIN, WIDTH = 0, 1, 2, 3, 4, 5, 6, 8
"""Columns of ``links``. MOMENT: the first transfer of the same time. AGAIN: 1 when a newer one joins the same pair."""


@njit(cache=True, nogil=True)
def slot(payer, payee, keys, mask):  # pragma: no cover - compiled
    """Where a pair is in the table, or the free place where it would be."""
    key = (payer << 32) | payee
    at = (key * 0x9E3779B97F4A7C1) >> 20
    at = (at ^ (at >> 15)) & mask
    while keys[at] != -1 and keys[at] != key:
        at = (at + 1) & mask
    return at


@njit(cache=True, nogil=True)
def newest(payer, payee, keys, values, mask):  # pragma: no cover - compiled
    """The newest transfer of a pair, -1 if there was none."""
    at = slot(payer, payee, keys, mask)
    return values[at] if keys[at] != -1 else -1


@njit(cache=True, nogil=True)
def add(
    e, payer, payee, time, window, links, last_out, last_in, keys, values, mask, counts, oldest
):  # pragma: no cover - compiled
    """Take in transfer e; returns the oldest transfer still in the window that ends with it.

    ``counts[account]``: neighbours paid, transfers out, neighbours paid by, transfers in, of the window.
    """
    row = links[e]
    row[PAYER], row[PAYEE], row[AGAIN] = payer, payee, 0
    row[BEFORE_OUT], row[BEFORE_IN] = last_out[payer], last_in[payee]
    row[MOMENT] = links[e - 1, MOMENT] if e > 0 and time[e] == time[e - 1] else e
    last_out[payer] = last_in[payee] = e
    while time[oldest] < time[e] - window:
        a, b = links[oldest, PAYER], links[oldest, PAYEE]
        counts[a, 1] -= 1
        counts[b, 3] -= 1
        if not links[oldest, AGAIN]:
            counts[a, 0] -= 1
            counts[b, 2] -= 1
        oldest += 1
    at = slot(payer, payee, keys, mask)
    before = values[at] if keys[at] != -1 else -1
    if keys[at] == -1:
        keys[at] = (payer << 32) | payee
    values[at] = e
    row[BEFORE_PAIR] = before
    if before >= oldest:
        links[before, AGAIN] = 1
    else:
        counts[payer, 0] += 1
        counts[payee, 2] += 1
    counts[payer, 1] += 1
    counts[payee, 3] += 1
    return oldest


@njit(cache=True, nogil=True)
def rehash(first, end, links, keys, values, mask):  # pragma: no cover - compiled
    """Put every pair's newest transfer of [first, end) into an empty table; returns how many pairs there are."""
    pairs = 0
    for e in range(first, end):
        at = slot(links[e, PAYER], links[e, PAYEE], keys, mask)
        if keys[at] == -1:
            keys[at] = (links[e, PAYER] << 32) | links[e, PAYEE]
            pairs += 1
        values[at] = e
    return pairs


@njit(cache=True, nogil=True)
def shift(first, end, links, time, amount, last_out, last_in):  # pragma: no cover - compiled
    """Drop the transfers before ``first``: the others move to the front and are numbered from 0."""
    for e in range(first, end):
        links[e - first] = links[e]
        time[e - first], amount[e - first] = time[e], amount[e]
        for column in (BEFORE_OUT, BEFORE_IN, BEFORE_PAIR):
            links[e - first, column] = max(links[e, column] - first, -1)
        links[e - first, MOMENT] = max(links[e, MOMENT] - first, 0)
    for account in range(last_out.size):
        last_out[account] = max(last_out[account] - first, -1)
        last_in[account] = max(last_in[account] - first, -1)


@njit(cache=True, nogil=True)
def since(low, earliest, time, e):  # pragma: no cover - compiled
    """The first transfer not before ``earliest``, from ``low`` on in growing steps."""
    while low < e and time[low] < earliest:
        step = 1
        while low + step < e and time[low + step] < earliest:
            low += step
            step *= 2
        low += 1
    return low
