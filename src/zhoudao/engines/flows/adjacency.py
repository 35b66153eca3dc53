"""The kernels that order transfers by time and lay them out by account, both ways.

Everything a walk compares is a 32-bit number: a transfer's ``rank`` says when it happened (equal ranks: at the same
moment, or in an unknown order), and positions in the lists stand for transfers. From a transfer one gets to the first
one that its receiver sent later, and to the last one that its sender received before, without any search.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
from numba import njit

from zhoudao.engines.flows.arrays import Ints

_DIGIT = 11
"""Bits sorted at once: 2,048 counters fit in the first-level cache."""


@njit(cache=True, nogil=True)
def time_order(keys: Ints, bits: int) -> Ints:
    """The stable order of non-negative 64-bit ``keys`` below 2**bits: int32 positions, least first (radix sort)."""
    count = keys.size
    order = np.arange(count, dtype=np.int32)
    other = np.empty(count, dtype=np.int32)
    mask = (1 << _DIGIT) - 1
    for shift in range(0, bits, _DIGIT):
        starts = np.zeros(mask + 2, dtype=np.int64)
        for i in range(count):
            starts[((keys[i] >> shift) & mask) + 1] += 1
        for digit in range(mask + 1):
            starts[digit + 1] += starts[digit]
        for i in range(count):
            item = order[i]
            digit = (keys[item] >> shift) & mask
            other[starts[digit]] = item
            starts[digit] += 1
        order, other = other, order
    return order


@njit(cache=True, nogil=True)
def ranks(time: Ints, sequence: Ints) -> tuple[Ints, int]:
    """Dense int32 ranks of transfers in order of time and sequence, and how many share a moment in an unknown order.

    ``sequence`` is empty, or -1 where it is not known. Transfers of one moment are told apart by it only if all of
    that moment have one.
    """
    rank = np.empty(time.size, dtype=np.int32)
    current, unknown = -1, 0
    first = 0
    while first < time.size:
        last = first + 1
        known = sequence.size > 0 and sequence[first] >= 0
        while last < time.size and time[last] == time[first]:
            known = known and sequence[last] >= 0
            last += 1
        current += 1
        if not known and last > first + 1:
            unknown += last - first
        for i in range(first, last):
            if known and i > first and sequence[i] != sequence[i - 1]:
                current += 1
            rank[i] = current
        first = last
    return rank, unknown


@njit(cache=True, nogil=True)
def lay_out(source: Ints, target: Ints, rank: Ints, walks: Ints, accounts: int) -> tuple[Ints, ...]:
    """Lists of each account's transfers out and in, by time.

    Transfers are in order of ``rank``; ``walks`` is 1 for those that take part. Returns

    - out_start[accounts + 1], out_edge, out_target, out_rank, out_next: ``out_next[p]`` is the position of the first
      transfer that the receiver sent at a later rank;
    - in_start[accounts + 1], in_edge, in_source, in_rank, in_previous: ``in_previous[q]`` is the position of the last
      transfer that the sender received at an earlier rank.

    Either may be one past the end (or before the start) of that account's list.
    """
    out_start = np.zeros(accounts + 1, dtype=np.int32)
    in_start = np.zeros(accounts + 1, dtype=np.int32)
    count = 0
    for e in range(source.size):
        if walks[e]:
            out_start[source[e] + 1] += 1
            in_start[target[e] + 1] += 1
            count += 1
    for account in range(accounts):
        out_start[account + 1] += out_start[account]
        in_start[account + 1] += in_start[account]
    out_fill, in_fill = out_start[:-1].copy(), in_start[:-1].copy()
    out_edge = np.empty(count, dtype=np.int32)
    out_target = np.empty(count, dtype=np.int32)
    out_rank = np.empty(count, dtype=np.int32)
    out_next = np.empty(count, dtype=np.int32)
    in_edge = np.empty(count, dtype=np.int32)
    in_source = np.empty(count, dtype=np.int32)
    in_rank = np.empty(count, dtype=np.int32)
    in_previous = np.empty(count, dtype=np.int32)
    first = 0
    while first < source.size:
        last = first + 1
        while last < source.size and rank[last] == rank[first]:
            last += 1
        # What was received before this moment, then this moment's transfers, then what will be sent after it.
        if last == first + 1:
            if walks[first]:
                u, v = source[first], target[first]
                p, q = out_fill[u], in_fill[v]
                in_previous[q] = in_fill[u] - 1
                out_edge[p], out_target[p], out_rank[p] = first, v, rank[first]
                in_edge[q], in_source[q], in_rank[q] = first, u, rank[first]
                out_fill[u] += 1
                in_fill[v] += 1
                out_next[p] = out_fill[v]
        else:
            _lay_out_moment(
                first, last, source, target, rank, walks,
                out_fill, out_edge, out_target, out_rank, out_next,
                in_fill, in_edge, in_source, in_rank, in_previous,
            )  # fmt: skip
        first = last
    return (
        out_start, out_edge, out_target, out_rank, out_next,
        in_start, in_edge, in_source, in_rank, in_previous,
    )  # fmt: skip


@njit(cache=True, nogil=True)
def _lay_out_moment(
    first, last, source, target, rank, walks,
    out_fill, out_edge, out_target, out_rank, out_next,
    in_fill, in_edge, in_source, in_rank, in_previous,
):  # fmt: skip
    """Several transfers of one rank: none of them is before or after another."""
    before = np.empty(last - first, dtype=np.int32)
    placed = np.empty(last - first, dtype=np.int32)
    for e in range(first, last):
        before[e - first] = in_fill[source[e]] - 1 if walks[e] else -1
    for e in range(first, last):
        if walks[e]:
            u, v = source[e], target[e]
            p, q = out_fill[u], in_fill[v]
            placed[e - first] = p
            out_edge[p], out_target[p], out_rank[p] = e, v, rank[e]
            in_edge[q], in_source[q], in_rank[q] = e, u, rank[e]
            in_previous[q] = before[e - first]
            out_fill[u] += 1
            in_fill[v] += 1
    for e in range(first, last):
        if walks[e]:
            out_next[placed[e - first]] = out_fill[target[e]]


def window_ends(time: Ints, rank: Ints, window: int, threads: int = 1) -> Ints:
    """For each rank, the first rank whose time is more than ``window`` later (int32; one past the last if none)."""
    ends = np.empty(int(rank[-1]) + 1 if rank.size else 0, dtype=np.int32)
    cuts = np.linspace(0, rank.size, threads + 1).astype(np.int64).tolist()
    with ThreadPoolExecutor(threads) as pool:
        for part in [
            pool.submit(_window_ends, time, rank, window, first, last, ends) for first, last in pairwise(cuts)
        ]:
            part.result()
    return ends


@njit(cache=True, nogil=True)
def _window_ends(time, rank, window, first, last, ends):  # pragma: no cover - compiled
    """The ends of the transfers from ``first`` to ``last``."""
    far = first
    for near in range(first, last):
        if near and rank[near] == rank[near - 1]:
            continue
        while far < rank.size and time[far] - time[near] <= window:
            far += 1
        ends[rank[near]] = rank[far] if far < rank.size else ends.size


@njit(cache=True, nogil=True)
def window_begins(ends: Ints) -> Ints:
    """For each rank, the first rank whose window, by ``window_ends``, it is still in (int32)."""
    begins = np.empty(ends.size, dtype=np.int32)
    first = 0
    for rank in range(ends.size):
        while ends[first] <= rank:
            first += 1
        begins[rank] = first
    return begins
