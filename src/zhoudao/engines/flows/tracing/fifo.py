"""First in, first out: traced money as pieces of each account's line of fen (``pools``).

A transfer takes the oldest fen of its payer and appends them, in their order, to its payee's line. So a traced piece
of the payer's line that a transfer takes is, moved along, a piece of the payee's; and backward the other way round.
Pieces of one account are kept in a chain, in the order in which they will be taken.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from zhoudao.engines.flows.tracing.shares import next_touched


@njit(cache=True, nogil=True)
def follow(
    forward, begin, last, starts, absorbs,
    source, target, amount, source_left, source_pool, target_came, held, touched, transfers, traced,
):  # pragma: no cover - compiled  # fmt: skip
    """As ``shares.follow``, for first in first out."""
    step = 1 if forward else -1
    count, started, outside, at, reached, active = 0, 0, 0, 0, 0, 0
    seen = np.zeros(held.size, dtype=np.uint8)
    flag = np.zeros(held.size, dtype=np.uint8)  # head >= 0, in a byte: it is looked at for every transfer
    head = np.full(held.size, -1, dtype=np.int32)
    tail = np.full(held.size, -1, dtype=np.int32)
    low, high = np.empty(1024, dtype=np.int64), np.empty(1024, dtype=np.int64)
    chain = np.empty(1024, dtype=np.int32)
    used = 0
    waiting = starts[0] if starts.size else -1
    e = begin
    ends_here = source if forward else target
    while active > 0 or waiting >= 0:
        e = next_touched(e, last, step, waiting, ends_here, flag)
        if e == last:
            break
        here = ends_here[e]
        whole = e == waiting
        if whole:
            at += 1
            waiting = starts[at] if at < starts.size else -1
        if source_pool[e] < 0:
            e += step
            continue
        x = amount[e]
        there = target[e] if forward else source[e]
        # This transfer's fen on the line of here; what to add for their place on the line of there, and where it ends.
        if forward:
            begins, ends = source_left[e], source_left[e] + min(x, source_pool[e])
            moved, edge = target_came[e] - begins, np.int64(2**62)
        else:
            begins, ends = target_came[e], target_came[e] + x
            moved, edge = source_left[e] - begins, source_left[e] + min(x, source_pool[e])
        share = known = 0
        was = head[there] >= 0
        piece = head[here]
        while piece >= 0:
            # Forward the oldest fen are taken first, backward the youngest.
            a, b = max(low[piece], begins), min(high[piece], ends)
            if b <= a:
                break
            share += b - a
            if forward:
                low[piece] = b
            else:
                high[piece] = a
            c, d = a + moved, min(b + moved, edge)
            if not whole and d > c:
                if used == low.size:
                    low, high, chain = _longer(low), _longer(high), _longer(chain)
                _append(used, c, d, there, head, tail, low, high, chain)
                used += 1
                known += d - c
            if low[piece] < high[piece]:
                break
            piece = chain[piece]
            head[here] = piece
        held[here] -= share
        if head[here] < 0 and share > 0:
            flag[here] = 0
            active -= 1
        if whole:
            started += x - share
            share = x
            start = target_came[e] if forward else source_left[e]
            known = x if forward else min(x, source_pool[e])
            if known > 0:
                if used == low.size:
                    low, high, chain = _longer(low), _longer(high), _longer(chain)
                _append(used, start, start + known, there, head, tail, low, high, chain)
                used += 1
        if share > 0:
            if count == transfers.size:
                return count, started, outside, True, reached
            transfers[count], traced[count] = e, share
            count += 1
            outside += share - known
            if known > 0:
                if not seen[there]:
                    seen[there] = 1
                    touched[reached] = there
                    reached += 1
                held[there] += known
                if absorbs[there]:
                    head[there] = -1
                elif not was:
                    flag[there] = 1
                    active += 1
        e += step
    return count, started, outside, False, reached


@njit(cache=True, nogil=True)
def _append(piece, begins, ends, account, head, tail, low, high, chain):  # pragma: no cover - compiled
    low[piece], high[piece], chain[piece] = begins, ends, -1
    if head[account] < 0:
        head[account] = piece
    else:
        chain[tail[account]] = piece
    tail[account] = piece


@njit(cache=True, nogil=True)
def _longer(values):  # pragma: no cover - compiled
    longer = np.empty(values.size * 2, dtype=values.dtype)
    longer[: values.size] = values
    return longer
