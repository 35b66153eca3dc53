"""Cycles that a batch's transfers close: temporal ones, and simple ones of any order up to a length.

A cycle is counted when its last transfer comes, once for each way round the accounts however many parallel transfers
there are; every transfer of the batch that is part of it counts it in the bin of its length.

A transfer from w to u closes the ways from u back to w. They are met in the middle: half-ways out of u and half-ways
into w grow by a hop at a time, always the side that costs less, until one hop is left between them; that hop is looked
for from the cheaper side too. So a hub is gone through only where nothing cheaper leads past it.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from zhoudao.engines.flows.features.halves import begin, grow_in, grow_out, room, steps
from zhoudao.engines.flows.features.meeting import credit, join
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
    RECEIVED,
    SENT,
    since,
)

MOST = 1 << 22
"""Half-ways kept for one transfer and side, at most (24 bytes each): beyond, its cycles are walked one by one."""


@njit(cache=True, nogil=True)
def cycles(
    ordered, first, end, longest, window, time, links, accounts, table, most, bins, column, out
):  # pragma: no cover - compiled
    """Count cycles of 2 to ``longest`` transfers into the columns of ``out`` from ``column`` on.

    ``ordered``: each transfer strictly later than the one before.
    """
    low = 0
    out_rows, in_rows = room(most), room(most)
    nodes, came = np.empty(longest + 2, dtype=np.int32), np.empty(longest + 2, dtype=np.int32)
    cursor = np.empty(longest + 2, dtype=np.int32)
    for e in range(first, end):
        w, u = links[e, PAYER], links[e, PAYEE]
        low = since(low, time[e] - window, time, e)
        limit = links[e, MOMENT] if ordered else e
        if w == u or not _any(u, w, low, limit, links, accounts):
            continue
        begin(out_rows, u, low - 1)
        begin(in_rows, w, limit)
        out_start, out_end, in_start, in_end = 0, 1, 0, 1
        for _ in range(longest - 2):
            # A side that is at its end has no way of more hops.
            if out_start == out_end or in_start == in_end:
                break
            if steps(out_rows, out_start, out_end, accounts, SENT) < steps(
                in_rows, in_start, in_end, accounts, RECEIVED
            ):
                out_rows, stop = grow_out(
                    ordered, out_rows, out_start, out_end, u, w, low, limit, first, links, accounts, most
                )
                out_start, out_end = out_end, stop
            else:
                in_rows, stop = grow_in(
                    ordered, in_rows, in_start, in_end, u, w, low, first, links, accounts, most
                )
                in_start, in_end = in_end, stop
            if stop < 0:
                break
        if min(out_end, in_end) < 0:
            _walk(
                ordered, e, w, u, low, limit, first, longest, links, accounts, table, nodes, came, cursor, bins,
                column, out,
            )  # fmt: skip
        else:
            join(
                ordered, e, u, low, limit, first, out_rows, out_end, in_rows, in_start, in_end, links,
                accounts, table, nodes, came, bins, column, out,
            )  # fmt: skip


@njit(cache=True, nogil=True)
def _any(u, w, low, limit, links, accounts):  # pragma: no cover - compiled
    """Whether u sent and w received anything in [low, limit)."""
    f = accounts[u, LAST_OUT]
    while f >= limit:
        f = links[f, BEFORE_OUT]
    if f < low:
        return False
    f = accounts[w, LAST_IN]
    while f >= limit:
        f = links[f, BEFORE_IN]
    return f >= low


@njit(cache=True, nogil=True)
def _walk(
    ordered, e, w, u, low, limit, first, longest, links, accounts, table, nodes, came, cursor, bins, column, out
):  # pragma: no cover - compiled
    """The same count, way by way from u on: slow where there are many, but with no memory."""
    depth = 0
    nodes[0], came[0], cursor[0] = u, low - 1, accounts[u, LAST_OUT]
    while depth >= 0:
        f, since_when = cursor[depth], came[depth]
        deeper = False
        while f >= low and not deeper:
            g, y, again = f, links[f, PAYEE], links[f, AGAIN]
            f = links[f, BEFORE_OUT]
            while g >= limit:
                g = links[g, BEFORE_PAIR]
            if again or g < low or links[g, MOMENT] <= since_when:
                continue
            if y == w:
                nodes[depth + 1] = w
                size = bins[min(depth + 2, bins.size - 1)]
                if size >= 0:
                    out[e - first, column + size] += 1
                    credit(
                        ordered, depth + 1, low, limit, first, links, table, nodes, came, column + size, out
                    )
                continue
            deeper = depth < longest - 2
            for i in range(depth + 1):
                deeper = deeper and nodes[i] != y
            before = links[g, BEFORE_PAIR]
            while ordered and before >= low and links[before, MOMENT] > since_when:
                g = before
                before = links[g, BEFORE_PAIR]
        cursor[depth] = f
        if deeper:
            depth += 1
            nodes[depth], came[depth], cursor[depth] = y, g if ordered else low - 1, accounts[y, LAST_OUT]
        else:
            depth -= 1
