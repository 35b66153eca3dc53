"""The kernels that patterns are compiled to: finding every match, and gathering matches into groups."""

from __future__ import annotations

import numpy as np
from numba import njit

PAYER, PAYEE, AFTER, WITHIN, RELATIVE, LOW, HIGH, LEAST, MOST, COLUMNS = 0, 1, 2, 3, 4, 5, 6, 7, 8, 9
"""Columns of a compiled step (``description.Step``): microseconds, ten-thousandths, minor units; -1 for none."""
PARTS = 10_000


@njit(cache=True, nogil=True)
def match(
    steps, kinds, kind_of, room,
    time, amount, source, target, rank,
    out_start, out_edge, out_next, in_start, in_edge, closed,
):  # pragma: no cover - compiled  # fmt: skip
    """int32[matches, steps]: every way to find the steps' transfers between accounts that are all different.

    The second result is True when there are more than ``room``.
    """
    depth_most = steps.shape[0]
    found = np.empty((1024, depth_most), dtype=np.int32)
    count = 0
    nodes = np.full(kinds.size, -1, dtype=np.int64)
    fresh = np.full((depth_most, 2), -1, dtype=np.int64)  # the nodes that a step bound
    chosen = np.zeros(depth_most, dtype=np.int64)
    place = np.zeros(depth_most, dtype=np.int64)
    cursor = np.zeros(depth_most, dtype=np.int64)
    stop = np.zeros(depth_most, dtype=np.int64)
    outward = np.ones(depth_most, dtype=np.uint8)
    stop[0] = out_edge.size
    depth = 0
    while depth >= 0:
        for i in range(2):
            if fresh[depth, i] >= 0:
                nodes[fresh[depth, i]] = -1
                fresh[depth, i] = -1
        step = steps[depth]
        done = True
        while cursor[depth] < stop[depth]:
            p = cursor[depth]
            cursor[depth] += 1
            e = out_edge[p] if outward[depth] else in_edge[p]
            late = False
            if step[AFTER] >= 0:
                before = chosen[step[AFTER]]
                if rank[e] <= rank[before]:
                    continue
                late = step[WITHIN] >= 0 and time[e] - time[before] > step[WITHIN]
            if late:
                break  # lists are in order of time
            x = amount[e]
            if (step[LEAST] >= 0 and x < step[LEAST]) or (step[MOST] >= 0 and x > step[MOST]):
                continue
            if step[RELATIVE] >= 0:
                whole = amount[chosen[step[RELATIVE]]]
                # In doubles only where whole numbers would not fit: shares above a hundredfold.
                if step[LOW] >= 0 and np.float64(x) * PARTS < np.float64(step[LOW]) * np.float64(whole):
                    continue
                if step[HIGH] >= 0 and np.float64(x) * PARTS > np.float64(step[HIGH]) * np.float64(whole):
                    continue
            if not _bind(nodes, step, source[e], target[e], kinds, kind_of, closed, fresh[depth]):
                continue
            same = False
            for i in range(depth):
                same = same or chosen[i] == e
            if same:
                for i in range(2):
                    if fresh[depth, i] >= 0:
                        nodes[fresh[depth, i]] = -1
                        fresh[depth, i] = -1
                continue
            chosen[depth], place[depth] = e, p
            done = False
            break
        if done:
            depth -= 1
            continue
        if depth + 1 == depth_most:
            if count == room:
                return found[:count], True
            if count == found.shape[0]:
                longer = np.empty((2 * count, depth_most), dtype=np.int32)
                longer[:count] = found
                found = longer
            found[count] = chosen
            count += 1
            continue
        depth += 1
        step = steps[depth]
        payer, payee = nodes[step[PAYER]], nodes[step[PAYEE]]
        sent = out_start[payer + 1] - out_start[payer] if payer >= 0 else 2**31
        received = in_start[payee + 1] - in_start[payee] if payee >= 0 else 2**31
        outward[depth] = sent <= received
        start, end = out_start, out_edge
        account = payer
        if not outward[depth]:
            start, end, account = in_start, in_edge, payee
        first, last = start[account], start[account + 1]
        stop[depth] = last
        if step[AFTER] >= 0:
            earliest = rank[chosen[step[AFTER]]]
            while first < last:
                middle = (first + last) >> 1
                if rank[end[middle]] <= earliest:
                    first = middle + 1
                else:
                    last = middle
        cursor[depth] = first
    return found[:count], False


@njit(cache=True, nogil=True)
def _bind(nodes, step, payer, payee, kinds, kind_of, closed, fresh):  # pragma: no cover - compiled
    """Let the step's nodes be these accounts, if they may; notes which were free."""
    ends = (payer, payee)
    for side in range(2):
        node, account = step[side], ends[side]
        good = not closed[account] and (kinds[node] == 0 or kind_of[account] == kinds[node])
        if good and nodes[node] != account:
            good = nodes[node] < 0
            for other in range(nodes.size):
                good = good and nodes[other] != account
            if good:
                nodes[node] = account
                fresh[side] = node
        if not good:
            for i in range(2):
                if fresh[i] >= 0:
                    nodes[fresh[i]] = -1
                    fresh[i] = -1
            return False
    return True


@njit(cache=True, nogil=True)
def gather(key, time, item, amount, within, least, total):  # pragma: no cover - compiled
    """int64[groups, 2]: runs of matches [first, last) of one key within a time, of ``least`` different items or more.

    Matches are in order of key, then time. A run starts with the first match from which it reaches ``least`` items and
    ``total``, takes in all within the time, and the next run starts after it.
    """
    runs = np.empty((max(key.size, 1), 2), dtype=np.int64)
    count, first = 0, 0
    seen = np.zeros(item.max() + 1 if item.size else 1, dtype=np.int32)
    while first < key.size:
        end = first
        while end < key.size and key[end] == key[first]:
            end += 1
        start, last, different, money = first, first, 0, 0
        while start < end:
            while last < end and time[last] - time[start] <= within:
                different += seen[item[last]] == 0
                seen[item[last]] += 1
                money += amount[last]
                last += 1
            if different >= least and money >= total:
                runs[count, 0], runs[count, 1] = start, last
                count += 1
                for i in range(start, last):
                    seen[item[i]] = 0
                start, different, money = last, 0, 0
            else:
                seen[item[start]] -= 1
                different -= seen[item[start]] == 0
                money -= amount[start]
                start += 1
        first = end
    return runs[:count]
