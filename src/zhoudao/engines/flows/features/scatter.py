"""Scatter-gathers: money that leaves one account for several and comes together again at another."""

from __future__ import annotations

from numba import njit

from zhoudao.engines.flows.features.window import (
    BEFORE_IN,
    BEFORE_OUT,
    BEFORE_PAIR,
    PAYEE,
    PAYER,
    newest,
    since,
)


@njit(cache=True, nogil=True)
def scatter_gather(
    first, end, window, time, links, last_out, last_in, keys, values, mask, counts, between, bins, out
):  # pragma: no cover - compiled  # fmt: skip
    """Count scatter-gathers into ``out`` (float64[batch, bins]) by the number of accounts between, two or more.

    A scatter-gather of payer s and gatherer w is every account that s paid and that paid w, in any order. It is counted
    when its latest transfer is of this batch, over the window that ends with that one, for each of its transfers of the
    batch.
    """
    low = 0
    for e in range(first, end):
        a, b = links[e, PAYER], links[e, PAYEE]
        low = since(low, time[e] - window, time, e)
        if a == b:
            continue
        # e as a transfer to the gatherer b: for everyone who paid a.
        f = last_in[a]
        while f >= low:
            s = links[f, PAYER]
            if links[f, BEFORE_PAIR] < low and s != b:
                _count(
                    e,
                    s,
                    b,
                    low,
                    first,
                    time,
                    links,
                    last_out,
                    last_in,
                    keys,
                    values,
                    mask,
                    counts,
                    between,
                    bins,
                    out,
                )
            f = links[f, BEFORE_IN]
        # e as a transfer from the payer a, if he paid a second one: for everyone whom b paid.
        if not _two(a, low, links, last_out):
            continue
        f = last_out[b]
        while f >= low:
            w = links[f, PAYEE]
            if links[f, BEFORE_PAIR] < low and w != a:
                _count(
                    e,
                    a,
                    w,
                    low,
                    first,
                    time,
                    links,
                    last_out,
                    last_in,
                    keys,
                    values,
                    mask,
                    counts,
                    between,
                    bins,
                    out,
                )
            f = links[f, BEFORE_OUT]


@njit(cache=True, nogil=True)
def _two(account, low, links, last_out):  # pragma: no cover - compiled
    """Whether the account paid two others or more since ``low``."""
    f = last_out[account]
    one = -1
    while f >= low:
        y = links[f, PAYEE]
        if one >= 0 and y != one:
            return True
        one = y
        f = links[f, BEFORE_OUT]
    return False


@njit(cache=True, nogil=True)
def _count(
    e, s, w, low, first, time, links, last_out, last_in, keys, values, mask, counts, between, bins, out
):  # pragma: no cover - compiled  # fmt: skip
    found = 0
    paid = counts[s, 1] <= counts[w, 3]
    f = last_out[s] if paid else last_in[w]
    while f >= low:
        x = links[f, PAYEE] if paid else links[f, PAYER]
        if links[f, BEFORE_PAIR] < low and x != s and x != w:
            there = newest(s, x, keys, values, mask)
            back = newest(x, w, keys, values, mask)
            if there >= low and back >= low:
                if time[there] > time[e] or time[back] > time[e]:
                    return  # its latest transfer is another one
                if found < between.shape[0]:
                    between[found, 0], between[found, 1] = there, back
                found += 1
        f = links[f, BEFORE_OUT] if paid else links[f, BEFORE_IN]
    column = bins[min(found, bins.size - 1)]
    if found < 2 or column < 0:
        return
    for i in range(min(found, between.shape[0])):
        for side in range(2):
            g = between[i, side]
            while g >= first and g >= low:
                out[g - first, column] += 1
                g = links[g, BEFORE_PAIR]
