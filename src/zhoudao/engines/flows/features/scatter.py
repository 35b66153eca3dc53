"""Scatter-gathers: money that leaves one account for several and comes together again at another."""

from __future__ import annotations

from numba import njit

from zhoudao.engines.flows.features.window import (
    AGAIN,
    BEFORE_IN,
    BEFORE_OUT,
    BEFORE_PAIR,
    LAST_IN,
    LAST_OUT,
    PAYEE,
    PAYER,
    RECEIVED,
    SENT,
    STAMP,
    newest,
    since,
)


@njit(cache=True, nogil=True)
def scatter_gather(
    first, end, window, time, links, accounts, table, between, bins, column, out
):  # pragma: no cover - compiled
    """Count scatter-gathers, by the number of accounts between (two or more), from ``column`` of ``out`` on.

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
        for gathers in (True, False):  # e as a transfer to the gatherer b, then from the payer a
            near, far = (a, b) if gathers else (b, a)
            if accounts[near, LAST_IN if gathers else LAST_OUT] < low:
                continue  # nobody beyond near
            _others(
                e, near, far, gathers, low, first, time, links, accounts, table, between, bins, column, out
            )


@njit(cache=True, nogil=True)
def _others(
    e, near, far, gathers, low, first, time, links, accounts, table, between, bins, column, out
):  # pragma: no cover - compiled
    """Count those between ``far`` and each account beyond ``near`` with another way to it, from the cheaper side."""
    step, other_end = (BEFORE_IN, PAYER) if gathers else (BEFORE_OUT, PAYEE)
    last, ways = (LAST_IN, RECEIVED) if gathers else (LAST_OUT, SENT)
    if accounts[near, ways] <= accounts[far, ways]:
        f = accounts[near, last]
        while f >= low:
            s = links[f, other_end]
            if not links[f, AGAIN] and s != far and s != near:
                payer, gatherer = (s, far) if gathers else (far, s)
                _count(
                    e, payer, gatherer, low, first, time, links, accounts, table, between, bins, column, out
                )
            f = links[f, step]
        return
    stamp = 2 * e + gathers + 1
    f = accounts[far, last]
    while f >= low:
        x = links[f, other_end]
        if not links[f, AGAIN] and x != near and x != far:
            few, many = (near, x) if accounts[near, ways] < accounts[x, ways] else (x, near)
            g = accounts[few, last]
            while g >= low:
                s = links[g, other_end]
                if not links[g, AGAIN] and s != far and s != near and accounts[s, STAMP] != stamp:
                    payer, payee = (s, many) if gathers else (many, s)
                    if newest(payer, payee, links, table) >= low:
                        accounts[s, STAMP] = stamp
                        payer, gatherer = (s, far) if gathers else (far, s)
                        _count(
                            e, payer, gatherer, low, first, time, links, accounts, table, between, bins,
                            column, out,
                        )  # fmt: skip
                g = links[g, step]
        f = links[f, step]


@njit(cache=True, nogil=True)
def _count(
    e, s, w, low, first, time, links, accounts, table, between, bins, column, out
):  # pragma: no cover - compiled
    found = 0
    paid = accounts[s, SENT] <= accounts[w, RECEIVED]
    f = accounts[s, LAST_OUT] if paid else accounts[w, LAST_IN]
    while f >= low:
        x = links[f, PAYEE] if paid else links[f, PAYER]
        if not links[f, AGAIN] and x != s and x != w:
            there, back = f, f
            if paid:
                back = newest(x, w, links, table)
            else:
                there = newest(s, x, links, table)
            if there >= low and back >= low:
                if time[there] > time[e] or time[back] > time[e]:
                    return  # its latest transfer is another one
                if found < between.shape[0]:
                    between[found, 0], between[found, 1] = there, back
                found += 1
        f = links[f, BEFORE_OUT] if paid else links[f, BEFORE_IN]
    size = bins[min(found, bins.size - 1)]
    if found < 2 or size < 0:
        return
    for i in range(min(found, between.shape[0])):
        for side in range(2):
            g = between[i, side]
            while g >= first and g >= low:
                out[g - first, column + size] += 1
                g = links[g, BEFORE_PAIR]
