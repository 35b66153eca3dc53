"""Where half-ways meet: the one hop between them is looked for from the cheaper side, each way counted once."""

from __future__ import annotations

from numba import njit

from zhoudao.engines.flows.features.halves import HOPS, NEXT, NODE, RECENT, UP, WHEN
from zhoudao.engines.flows.features.window import (
    AGAIN,
    BEFORE_IN,
    BEFORE_OUT,
    BEFORE_PAIR,
    HEAD_IN,
    HEAD_OUT,
    LAST_IN,
    LAST_OUT,
    MOMENT,
    PAYEE,
    PAYER,
    RECEIVED,
    SENT,
    newest,
)

LOOKUP = 4
"""What a look into the table of pairs costs, in steps along an account's transfers."""


@njit(cache=True, nogil=True)
def join(
    ordered, e, u, low, limit, first, out_rows, out_end, in_rows, in_start, in_end,
    links, accounts, table, nodes, came, bins, column, out,
):  # pragma: no cover - compiled  # fmt: skip
    """Count every way: half-ways into w that reached u, and those of the last level a hop away from one out of u."""
    for t in range(1, in_end):
        if in_rows[t, NODE] == u:
            _count(
                ordered, e, low, limit, first, out_rows, 0, in_rows, t, in_rows[t, RECENT], True,
                links, table, nodes, came, bins, column, out,
            )  # fmt: skip
    if in_start == in_end:
        return
    from_out, outs = _gather(out_rows, 0, out_end, -1, accounts, HEAD_OUT, SENT, in_end - in_start)
    from_in, ins = _gather(in_rows, in_start, in_end, u, accounts, HEAD_IN, RECEIVED, outs)
    if from_out < from_in:
        for s in range(out_end):
            b = out_rows[s, NODE]
            if accounts[b, HEAD_OUT] != s:  # each account once
                continue
            if accounts[b, SENT] > LOOKUP * ins:
                for t in range(in_start, in_end):
                    c = in_rows[t, NODE]
                    if accounts[c, HEAD_IN] == t:
                        _pair(
                            ordered, e, b, c, newest(b, c, links, table), low, limit, first, out_rows, in_rows,
                            links, accounts, table, nodes, came, bins, column, out,
                        )  # fmt: skip
                continue
            f = accounts[b, LAST_OUT]
            while f >= low:
                if not links[f, AGAIN] and accounts[links[f, PAYEE], HEAD_IN] >= 0:
                    _pair(
                        ordered, e, b, links[f, PAYEE], f, low, limit, first, out_rows, in_rows,
                        links, accounts, table, nodes, came, bins, column, out,
                    )  # fmt: skip
                f = links[f, BEFORE_OUT]
    else:
        for t in range(in_start, in_end):
            c = in_rows[t, NODE]
            if accounts[c, HEAD_IN] != t:
                continue
            if accounts[c, RECEIVED] > LOOKUP * outs:
                for s in range(out_end):
                    b = out_rows[s, NODE]
                    if accounts[b, HEAD_OUT] == s:
                        _pair(
                            ordered, e, b, c, newest(b, c, links, table), low, limit, first, out_rows, in_rows,
                            links, accounts, table, nodes, came, bins, column, out,
                        )  # fmt: skip
                continue
            f = accounts[c, LAST_IN]
            while f >= low:
                if not links[f, AGAIN] and accounts[links[f, PAYER], HEAD_OUT] >= 0:
                    _pair(
                        ordered, e, links[f, PAYER], c, f, low, limit, first, out_rows, in_rows,
                        links, accounts, table, nodes, came, bins, column, out,
                    )  # fmt: skip
                f = links[f, BEFORE_IN]
    for s in range(out_end):
        accounts[out_rows[s, NODE], HEAD_OUT] = -1
    for t in range(in_start, in_end):
        accounts[in_rows[t, NODE], HEAD_IN] = -1


@njit(cache=True, nogil=True)
def _gather(
    rows, start, stop, but, accounts, head, ways, others
):  # pragma: no cover - compiled
    """Chain the rows of each account; returns what looking for hops from here costs, and how many accounts."""
    cost, count = 0, 0
    for i in range(start, stop):
        account = rows[i, NODE]
        if account == but:
            continue
        if accounts[account, head] < 0:
            count += 1
            cost += min(accounts[account, ways], LOOKUP * others)
        rows[i, NEXT] = accounts[account, head]
        accounts[account, head] = i
    return cost, count


@njit(cache=True, nogil=True)
def _pair(
    ordered, e, b, c, g, low, limit, first, out_rows, in_rows,
    links, accounts, table, nodes, came, bins, column, out,
):  # pragma: no cover - compiled  # fmt: skip
    """Count the ways by one hop from b to c, of which g is the newest transfer."""
    while g >= limit:
        g = links[g, BEFORE_PAIR]
    if g < low:
        return
    recent = g >= first
    t = accounts[c, HEAD_IN]
    while t >= 0:
        latest = g
        while latest >= in_rows[t, WHEN]:
            latest = links[latest, BEFORE_PAIR]
        if latest >= low:
            s = accounts[b, HEAD_OUT]
            while s >= 0:
                if links[latest, MOMENT] > out_rows[s, WHEN] and _apart(out_rows, s, in_rows, t):
                    _count(
                        ordered, e, low, limit, first, out_rows, s, in_rows, t,
                        recent | out_rows[s, RECENT] | in_rows[t, RECENT], False,
                        links, table, nodes, came, bins, column, out,
                    )  # fmt: skip
                s = out_rows[s, NEXT]
        t = in_rows[t, NEXT]


@njit(cache=True, nogil=True)
def _apart(out_rows, s, in_rows, t):  # pragma: no cover - compiled
    """Whether the two half-ways share no account. Neither passes where the other begins."""
    while out_rows[s, HOPS] > 0:
        account, i = out_rows[s, NODE], t
        while in_rows[i, HOPS] > 0:
            if in_rows[i, NODE] == account:
                return False
            i = in_rows[i, UP]
        s = out_rows[s, UP]
    return True


@njit(cache=True, nogil=True)
def _count(
    ordered, e, low, limit, first, out_rows, s, in_rows, t, recent, whole,
    links, table, nodes, came, bins, column, out,
):  # pragma: no cover - compiled  # fmt: skip
    """Count the way along s and back along t for e; for the batch's transfers on it too where it has any."""
    hops = in_rows[t, HOPS] if whole else out_rows[s, HOPS] + 1 + in_rows[t, HOPS]
    size = bins[min(hops + 1, bins.size - 1)]
    if size < 0:
        return
    out[e - first, column + size] += 1
    if not recent:
        return
    at = 0 if whole else out_rows[s, HOPS] + 1
    while t >= 0:
        nodes[at] = in_rows[t, NODE]
        at, t = at + 1, in_rows[t, UP]
    while not whole and s >= 0:
        nodes[out_rows[s, HOPS]] = out_rows[s, NODE]
        s = out_rows[s, UP]
    credit(ordered, hops, low, limit, first, links, table, nodes, came, column + size, out)


@njit(cache=True, nogil=True)
def credit(
    ordered, hops, low, limit, first, links, table, nodes, came, column, out
):  # pragma: no cover - compiled
    """Count a cycle for the batch's transfers, before ``limit``, that it can go by: nodes[0] to nodes[hops].

    In order, a transfer has to be later than the earliest possible arrival, and earlier than the latest possible next.
    """
    arrival = low - 1
    for hop in range(hops if ordered else 0):
        came[hop] = arrival
        f = newest(nodes[hop], nodes[hop + 1], links, table)
        while f >= low and links[f, MOMENT] > came[hop]:
            arrival = f
            f = links[f, BEFORE_PAIR]
    bound = limit
    for hop in range(hops - 1, -1, -1):
        f = newest(nodes[hop], nodes[hop + 1], links, table)
        while f >= bound:
            f = links[f, BEFORE_PAIR]
        latest = f
        since = came[hop] if ordered else low - 1
        while f >= first and f >= low and links[f, MOMENT] > since:
            out[f - first, column] += 1
            f = links[f, BEFORE_PAIR]
        if ordered:
            bound = links[latest, MOMENT]
