"""Half-ways (半程): simple paths out of an account, or into one, that grow by a hop at a time.

A row is a half-way's last account, the row it goes on from, the transfer it arrives (into: leaves) by, whether it has a
transfer of the batch, its hops, and the next row of the same account. Of parallel transfers one stands for all: the
earliest possible one out, the latest one in, which leave most ways on.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from zhoudao.engines.flows.features.window import (
    AGAIN,
    BEFORE_IN,
    BEFORE_OUT,
    BEFORE_PAIR,
    LAST_IN,
    LAST_OUT,
    MOMENT,
    PAYEE,
    PAYER,
)

NODE, UP, WHEN, RECENT, HOPS, NEXT, WIDTH = 0, 1, 2, 3, 4, 5, 6
"""Columns of a row."""


@njit(cache=True, nogil=True)
def room(most):  # pragma: no cover - compiled
    return np.empty((min(1024, most), WIDTH), dtype=np.int32)


@njit(cache=True, nogil=True)
def begin(rows, account, when):  # pragma: no cover - compiled
    """The first row: the account itself, from any time on (into: before ``when``)."""
    rows[0, NODE], rows[0, UP], rows[0, WHEN], rows[0, RECENT], rows[0, HOPS] = account, -1, when, 0, 0


@njit(cache=True, nogil=True)
def steps(rows, start, stop, accounts, column):  # pragma: no cover - compiled
    """Transfers to look at to grow the rows."""
    total = 0
    for i in range(start, stop):
        total += accounts[rows[i, NODE], column]
    return total


@njit(cache=True, nogil=True)
def grow_out(
    ordered, rows, start, stop, u, w, low, limit, first, links, accounts, most
):  # pragma: no cover - compiled
    """Every row of [start, stop) on by one transfer, w not reached; returns rows and their end, -1 for too many."""
    filled = stop
    for i in range(start, stop):
        when = rows[i, WHEN]
        f = accounts[rows[i, NODE], LAST_OUT]
        while f >= low and links[f, MOMENT] > when:
            g, y, again = f, links[f, PAYEE], links[f, AGAIN]
            f = links[f, BEFORE_OUT]
            if again or y in (w, u, rows[i, NODE]):  # a pair is looked at once, by its newest transfer
                continue
            while g >= limit:
                g = links[g, BEFORE_PAIR]
            if g < low or links[g, MOMENT] <= when or _passed(rows, i, y):
                continue
            recent = g >= first
            if ordered:
                before = links[g, BEFORE_PAIR]
                while before >= low and links[before, MOMENT] > when:
                    g = before
                    before = links[g, BEFORE_PAIR]
            if filled == rows.shape[0]:
                if filled >= most:
                    return rows, -1
                rows = _longer(rows)
            _put(rows, filled, y, i, g if ordered else when, recent)
            filled += 1
    return rows, filled


@njit(cache=True, nogil=True)
def grow_in(
    ordered, rows, start, stop, u, w, low, first, links, accounts, most
):  # pragma: no cover - compiled
    """As ``grow_out``, towards where money came from. A row that reaches u is a whole way and grows no further."""
    filled = stop
    for i in range(start, stop):
        if rows[i, NODE] == u:
            continue
        when = rows[i, WHEN]
        f = accounts[rows[i, NODE], LAST_IN]
        while f >= low:
            g, y, again = f, links[f, PAYER], links[f, AGAIN]
            f = links[f, BEFORE_IN]
            if again or y in (w, rows[i, NODE]):
                continue
            while g >= when:
                g = links[g, BEFORE_PAIR]
            if g < low or _passed(rows, i, y):
                continue
            if filled == rows.shape[0]:
                if filled >= most:
                    return rows, -1
                rows = _longer(rows)
            _put(rows, filled, y, i, links[g, MOMENT] if ordered else when, g >= first)
            filled += 1
    return rows, filled


@njit(cache=True, nogil=True)
def _put(rows, at, account, up, when, recent):  # pragma: no cover - compiled
    rows[at, NODE], rows[at, UP], rows[at, WHEN] = account, up, when
    rows[at, RECENT], rows[at, HOPS] = rows[up, RECENT] | recent, rows[up, HOPS] + 1


@njit(cache=True, nogil=True)
def _passed(rows, i, account):  # pragma: no cover - compiled
    """Whether a half-way has passed the account; its end isn't looked at."""
    while rows[i, HOPS] > 1:
        i = rows[i, UP]
        if rows[i, NODE] == account:
            return True
    return False


@njit(cache=True, nogil=True)
def _longer(rows):  # pragma: no cover - compiled
    longer = np.empty((2 * rows.shape[0], WIDTH), dtype=np.int32)
    longer[: rows.shape[0]] = rows
    return longer
