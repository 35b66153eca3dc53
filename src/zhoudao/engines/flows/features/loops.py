"""Cycles that a batch's transfers close: temporal ones, and simple ones of any order up to a length.

A cycle is counted when its last transfer comes, once for each way round the accounts however many parallel transfers
there are; every transfer of the batch that is part of it counts it in the bin of its length. For the walk from payee u
back to payer w, marks made backward from w say from where w can still be reached in the transfers left. Marks go one
level deeper as long as that is likely to save more steps than it costs; the levels that were finished guide the walk.
"""

from __future__ import annotations

from numba import njit

from zhoudao.engines.flows.features.window import (
    BEFORE_IN,
    BEFORE_OUT,
    BEFORE_PAIR,
    MOMENT,
    PAYEE,
    PAYER,
    newest,
    since,
)

BUDGET = 8192
"""Transfers looked at for one transfer's marks, at most."""
WORTH = 2
"""A level of marks is made when it costs less than so many times the steps that it is likely to save."""


@njit(cache=True, nogil=True)
def temporal(
    first, end, longest, window, time, links, last_out, last_in, keys, values, mask,
    marks, touched, queue, nodes, came, cursor, counts, bins, out,
):  # pragma: no cover - compiled  # fmt: skip
    """Count temporal cycles of 2 to ``longest`` transfers into ``out`` (float64[batch, bins])."""
    low = 0
    branching = _branching(first, end, links, counts)
    for e in range(first, end):
        w, u = links[e, PAYER], links[e, PAYEE]
        low = since(low, time[e] - window, time, e)
        limit = links[e, MOMENT]
        if w == u or not _any(u, w, low, limit, links, last_out, last_in):
            continue
        levels, count = _mark_in_time(
            w, u, low, limit, longest - 1, branching, links, last_out, last_in, counts, marks, touched, queue
        )
        if levels < longest - 1 or marks[u, longest - 2] >= 0:
            _walk_in_time(
                e, w, u, low, limit, first, longest, levels, links, last_out, keys, values, mask,
                marks, nodes, came, cursor, bins, out,
            )  # fmt: skip
        for i in range(count):
            marks[touched[i], :] = -1


@njit(cache=True, nogil=True)
def _branching(first, end, links, counts):  # pragma: no cover - compiled
    """How many transfers an account that is paid has made in the window, on average over the batch."""
    total = 0
    for e in range(first, end):
        total += counts[links[e, PAYEE], 1]
    return total / max(end - first, 1)


@njit(cache=True, nogil=True)
def _ahead(u, low, limit, links, last_out, counts):  # pragma: no cover - compiled
    """How many transfers u made, and those it paid (told from its newest 64), in the window."""
    sent, after = 0, 0
    f = last_out[u]
    while f >= low and sent < 64:
        if f < limit:
            sent += 1
            after += counts[links[f, PAYEE], 1]
        f = links[f, BEFORE_OUT]
    if sent == 64:
        return counts[u, 1], after * counts[u, 1] // 64
    return sent, after


@njit(cache=True, nogil=True)
def _worth(
    level, deepest, sent, next_sent, branching, start, stop, queue, counts
):  # pragma: no cover - compiled
    """Whether marks of one more level are likely to save more steps than they cost."""
    hops = deepest - level  # with the levels there are, so many hops are not guided
    saved = sent if hops <= 1 else next_sent * branching ** (hops - 2)
    cost = 0
    for i in range(start, stop):
        cost += counts[queue[i, 0], 3]
    return cost <= WORTH * saved


@njit(cache=True, nogil=True)
def _any(u, w, low, limit, links, last_out, last_in):  # pragma: no cover - compiled
    """Whether u sent and w received anything in [low, limit)."""
    f = last_out[u]
    while f >= limit:
        f = links[f, BEFORE_OUT]
    if f < low:
        return False
    f = last_in[w]
    while f >= limit:
        f = links[f, BEFORE_IN]
    return f >= low


@njit(cache=True, nogil=True)
def _mark_in_time(
    w, u, low, limit, deepest, branching, links, last_out, last_in, counts, marks, touched, queue
):  # pragma: no cover - compiled
    """``marks[x, r]``: the latest transfer by which money leaves x and reaches w in r + 1 hops before ``limit``."""
    count, looked, levels = 0, 0, 0
    start, stop = 0, 1
    queue[0, 0], queue[0, 1] = w, limit
    sent, next_sent = _ahead(u, low, limit, links, last_out, counts)
    for level in range(deepest):
        filled = stop
        if level and not _worth(level, deepest, sent, next_sent, branching, start, stop, queue, counts):
            return level, count
        for i in range(start, stop):
            x, before = queue[i, 0], queue[i, 1]
            g = last_in[x]
            while g >= before:
                g = links[g, BEFORE_IN]
                looked += 1
            while g >= low:
                y = links[g, PAYER]
                looked += 1
                if marks[y, level] < g and y != w:
                    if marks[y, deepest - 1] < 0:
                        touched[count] = y
                        count += 1
                    for r in range(level, deepest):
                        marks[y, r] = max(marks[y, r], g)
                    if y != u:
                        if filled == queue.shape[0]:
                            return level, count
                        queue[filled, 0], queue[filled, 1] = y, links[g, MOMENT]
                        filled += 1
                g = links[g, BEFORE_IN]
            if looked > BUDGET:
                return level, count
        levels = level + 1
        if filled == stop:
            return deepest, count
        start, stop = stop, filled
    return levels, count


@njit(cache=True, nogil=True)
def _walk_in_time(
    e, w, u, low, limit, first, longest, levels, links, last_out, keys, values, mask,
    marks, nodes, came, cursor, bins, out,
):  # pragma: no cover - compiled  # fmt: skip
    depth = 0
    nodes[0], came[0], cursor[0] = u, low - 1, last_out[u]
    while depth >= 0:
        f, arrival = cursor[depth], came[depth]
        left = longest - 2 - depth  # transfers after the next one, the closing one not counted
        deeper = False
        while f >= low and links[f, MOMENT] > arrival:
            if f >= limit:
                f = links[f, BEFORE_OUT]
                continue
            y, before = links[f, PAYEE], links[f, BEFORE_PAIR]
            g = f
            f = links[f, BEFORE_OUT]
            # Of parallel transfers, the earliest possible one leaves most ways on.
            if before >= low and links[before, MOMENT] > arrival:
                continue
            if y == w:
                nodes[depth + 1], came[depth + 1] = w, g
                _count_in_time(
                    e, depth + 1, low, limit, first, links, keys, values, mask, nodes, came, bins, out
                )
                continue
            if left == 0 or y == u:
                continue
            if left <= levels:
                mark = marks[y, left - 1]
                if mark < 0 or links[mark, MOMENT] <= g:
                    continue
            again = False
            for i in range(1, depth + 1):
                again = again or nodes[i] == y
            if again:
                continue
            deeper = True
            break
        cursor[depth] = f
        if deeper:
            depth += 1
            nodes[depth], came[depth], cursor[depth] = y, g, last_out[y]
        else:
            depth -= 1


@njit(cache=True, nogil=True)
def _count_in_time(
    e, hops, low, limit, first, links, keys, values, mask, nodes, came, bins, out
):  # pragma: no cover - compiled
    """Count one cycle, nodes[0] ... nodes[hops], for e and for the transfers of the batch that it can go by."""
    column = bins[min(hops + 1, bins.size - 1)]
    if column < 0:
        return
    out[e - first, column] += 1
    bound = limit
    for hop in range(hops - 1, -1, -1):
        f = newest(nodes[hop], nodes[hop + 1], keys, values, mask)
        while f >= bound:
            f = links[f, BEFORE_PAIR]
        latest = f
        arrival = came[hop]
        while f >= first and links[f, MOMENT] > arrival and f >= low:
            out[f - first, column] += 1
            f = links[f, BEFORE_PAIR]
        bound = links[latest, MOMENT]


@njit(cache=True, nogil=True)
def simple(
    first, end, longest, window, time, links, last_out, last_in, keys, values, mask,
    marks, touched, queue, nodes, cursor, counts, bins, out,
):  # pragma: no cover - compiled  # fmt: skip
    """Count simple cycles of up to ``longest`` transfers, in any order, of the window that ends with each transfer."""
    low = 0
    branching = _branching(first, end, links, counts)
    for e in range(first, end):
        w, u = links[e, PAYER], links[e, PAYEE]
        low = since(low, time[e] - window, time, e)
        if w == u or not _any(u, w, low, e, links, last_out, last_in):
            continue
        levels, count = _mark_near(
            w, u, low, e, longest - 1, branching, links, last_out, last_in, counts, marks, touched, queue
        )
        if levels < longest - 1 or marks[u, 0] >= 0:
            _walk_near(
                e,
                w,
                u,
                low,
                first,
                longest,
                levels,
                links,
                last_out,
                keys,
                values,
                mask,
                marks,
                nodes,
                cursor,
                bins,
                out,
            )
        for i in range(count):
            marks[touched[i], 0] = -1


@njit(cache=True, nogil=True)
def _mark_near(
    w, u, low, limit, deepest, branching, links, last_out, last_in, counts, marks, touched, queue
):  # pragma: no cover - compiled
    """``marks[x, 0]``: transfers from x to w at least; -1 for more than the levels finished."""
    count, looked = 0, 0
    start, stop = 0, 1
    queue[0, 0] = w
    sent, next_sent = _ahead(u, low, limit, links, last_out, counts)
    for level in range(deepest):
        filled = stop
        if level and not _worth(level, deepest, sent, next_sent, branching, start, stop, queue, counts):
            return level, count
        for i in range(start, stop):
            x = queue[i, 0]
            g = last_in[x]
            while g >= low:
                y = links[g, PAYER]
                looked += 1
                if g < limit and marks[y, 0] < 0 and y != w:
                    marks[y, 0] = level + 1
                    touched[count] = y
                    count += 1
                    if y != u:
                        if filled == queue.shape[0]:
                            return level, count
                        queue[filled, 0] = y
                        filled += 1
                g = links[g, BEFORE_IN]
            if looked > BUDGET:
                return level, count
        if filled == stop:
            return deepest, count
        start, stop = stop, filled
    return deepest, count


@njit(cache=True, nogil=True)
def _walk_near(
    e, w, u, low, first, longest, levels, links, last_out, keys, values, mask, marks, nodes, cursor, bins, out
):  # pragma: no cover - compiled  # fmt: skip
    depth = 0
    nodes[0], cursor[0] = u, last_out[u]
    while depth >= 0:
        f = cursor[depth]
        left = longest - 2 - depth
        deeper = False
        while f >= low:
            y, before, again = links[f, PAYEE], links[f, BEFORE_PAIR], f >= e
            f = links[f, BEFORE_OUT]
            if again or before >= low:  # of parallel transfers, the oldest stands for all
                continue
            if y == w:
                nodes[depth + 1] = w
                _count_near(e, depth + 1, low, first, links, keys, values, mask, nodes, bins, out)
                continue
            if left == 0 or y == u:
                continue
            if left <= levels and (marks[y, 0] < 0 or marks[y, 0] > left):
                continue
            for i in range(1, depth + 1):
                again = again or nodes[i] == y
            if again:
                continue
            deeper = True
            break
        cursor[depth] = f
        if deeper:
            depth += 1
            nodes[depth], cursor[depth] = y, last_out[y]
        else:
            depth -= 1


@njit(cache=True, nogil=True)
def _count_near(
    e, hops, low, first, links, keys, values, mask, nodes, bins, out
):  # pragma: no cover - compiled
    column = bins[min(hops + 1, bins.size - 1)]
    if column < 0:
        return
    out[e - first, column] += 1
    for hop in range(hops):
        f = newest(nodes[hop], nodes[hop + 1], keys, values, mask)
        while f >= first and f >= low:
            if f < e:
                out[f - first, column] += 1
            f = links[f, BEFORE_PAIR]
