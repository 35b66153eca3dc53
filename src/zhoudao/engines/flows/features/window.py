"""The transfers of a moving window, as lists that grow at one end and are forgotten at the other.

A transfer is a row of ``links``: payer, payee, and the transfers before it of the same payer, payee and pair. An
account is a row of ``accounts``: where its lists begin, how long they are, and the kernels' notes. Either is read with
one cache line. A hash table leads from a pair of accounts to its newest transfer. Transfers are numbered in the order
they came, which is the order of time.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from zhoudao.engines.flows.arrays import Ints

PAYER, PAYEE, BEFORE_OUT, BEFORE_IN, BEFORE_PAIR, MOMENT, AGAIN, LINK = 0, 1, 2, 3, 4, 5, 6, 8
"""Columns of ``links``. MOMENT: the first transfer of the same time. AGAIN: 1 when a newer one joins the same pair."""
LAST_OUT, LAST_IN, PAYS, SENT, PAID_BY, RECEIVED, PLACE_OUT, PLACE_IN, STAMP, HEAD_OUT, HEAD_IN, ACCOUNT = (
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 16,
)  # fmt: skip
"""Columns of ``accounts``. Of the window: PAYS and PAID_BY count its neighbours, SENT and RECEIVED its transfers."""
_NOTHING = (-1, -1, 0, 0, 0, 0, -1, -1, 0, -1, -1, 0, 0, 0, 0, 0)
_LINE = 64
"""Bytes of a cache line."""


def lines(count: int, width: int) -> Ints:
    """int32[count, width] of zeros, the first of which begins a cache line."""
    room = np.zeros(count * width + _LINE // 4, dtype=np.int32)
    skipped = -room.ctypes.data % _LINE // 4
    return room[skipped : skipped + count * width].reshape(count, width)


def new_accounts(count: int) -> Ints:
    rows = lines(count, ACCOUNT)
    rows[:] = _NOTHING
    return rows


@njit(cache=True, nogil=True)
def slot(payer, payee, links, table):  # pragma: no cover - compiled
    """Where a pair is in the table, or the free place where it would be."""
    mask = table.size - 1
    at = (((payer << 32) | payee) * 0x9E3779B97F4A7C1) >> 20
    at = (at ^ (at >> 15)) & mask
    e = table[at]
    while e >= 0 and (links[e, PAYER] != payer or links[e, PAYEE] != payee):
        at = (at + 1) & mask
        e = table[at]
    return at


@njit(cache=True, nogil=True)
def newest(payer, payee, links, table):  # pragma: no cover - compiled
    """The newest transfer of a pair, -1 if there was none."""
    return table[slot(payer, payee, links, table)]


@njit(cache=True, nogil=True)
def look_over(payers, payees, time, earliest):  # pragma: no cover - compiled
    """The lowest and the highest account number, and whether times go on from ``earliest`` in order."""
    low = high = np.int64(payers[0])
    ordered = time[0] >= earliest
    for i in range(payers.size):
        low, high = min(low, payers[i], payees[i]), max(high, payers[i], payees[i])
        ordered = ordered and (i == 0 or time[i] >= time[i - 1])
    return low, high, ordered


@njit(cache=True, nogil=True)
def add(e, payer, payee, time, window, links, accounts, table, oldest):  # pragma: no cover - compiled
    """Take in transfer e; returns the oldest transfer still in the window that ends with it."""
    links[e, PAYER], links[e, PAYEE], links[e, AGAIN] = payer, payee, 0
    links[e, BEFORE_OUT], links[e, BEFORE_IN] = accounts[payer, LAST_OUT], accounts[payee, LAST_IN]
    links[e, MOMENT] = links[e - 1, MOMENT] if e > 0 and time[e] == time[e - 1] else e
    accounts[payer, LAST_OUT] = accounts[payee, LAST_IN] = e
    while time[oldest] < time[e] - window:
        a, b = links[oldest, PAYER], links[oldest, PAYEE]
        accounts[a, SENT] -= 1
        accounts[b, RECEIVED] -= 1
        if not links[oldest, AGAIN]:
            accounts[a, PAYS] -= 1
            accounts[b, PAID_BY] -= 1
        oldest += 1
    at = slot(payer, payee, links, table)
    before = table[at]
    table[at] = e
    links[e, BEFORE_PAIR] = before
    if before >= 0:
        links[before, AGAIN] = 1
    if before < oldest:
        accounts[payer, PAYS] += 1
        accounts[payee, PAID_BY] += 1
    accounts[payer, SENT] += 1
    accounts[payee, RECEIVED] += 1
    return oldest


@njit(cache=True, nogil=True)
def rehash(first, end, links, table):  # pragma: no cover - compiled
    """Put every pair's newest transfer of [first, end) into an empty table; returns how many pairs there are."""
    pairs = 0
    for e in range(first, end):
        at = slot(links[e, PAYER], links[e, PAYEE], links, table)
        pairs += table[at] < 0
        table[at] = e
    return pairs


@njit(cache=True, nogil=True)
def shift(first, end, links, time, amount, accounts):  # pragma: no cover - compiled
    """Drop the transfers before ``first``: the others move to the front and are numbered from 0."""
    for e in range(first, end):
        links[e - first] = links[e]
        time[e - first], amount[e - first] = time[e], amount[e]
        for column in (BEFORE_OUT, BEFORE_IN, BEFORE_PAIR):
            links[e - first, column] = max(links[e, column] - first, -1)
        links[e - first, MOMENT] = max(links[e, MOMENT] - first, 0)
    for account in range(len(accounts)):
        for column in (LAST_OUT, LAST_IN):
            accounts[account, column] = max(accounts[account, column] - first, -1)
        accounts[account, PLACE_OUT] = accounts[account, PLACE_IN] = -1
        accounts[account, STAMP] = 0


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
