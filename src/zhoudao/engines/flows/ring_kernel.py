"""The kernels that walk every ring, kept on course by marks made backward from where the ring must end.

A ring is rooted at its first transfer, u -> v. Going forward in time, a step to x can only be right if money could
still get from x back to u in the hops and the time that are left. So for every account x, ``marks[x, r]`` is the
latest rank at which money can leave x and reach u within r + 1 hops, in time.

All roots of one account are walked in order of time, so that the window only ever moves forward and marks only ever
rise: a transfer into u, into its senders and into theirs is looked at once an account, not once a root. Marks left
behind by the moving window are ranks before the root, which no walk passes. The closing hop is not searched at all:
transfers x -> u are chained by x, latest first, so each link is one ring.

An account of very many transfers (a hub) would be passed by nearly every walk. Rings that pass one are walked from
the hub instead (``walk_through``), the busiest hub first, each time with the busier ones shut; all others with every
hub shut.

``order`` numbers the hubs from 0, busiest first, conduits -1; ``level`` is the number below which accounts are shut.
"""

from __future__ import annotations

from numba import njit

PARTS = 10_000
"""Shares of an amount are compared as whole ten-thousandths."""
DEEPEST = 12
"""Levels of marks at most; also the longest ring."""

POSITION, DEPTH, ACCOUNT, CURSOR, TOUCHED, WRITTEN, RINGS, FORWARD, STATE = 0, 1, 2, 3, 4, 5, 6, 7, 8
"""Entries of ``state``, where a paused walk goes on, and how many there are."""
AT, SINCE, NEXT, END, BOUND, LINK, FRAME = 0, 1, 2, 3, 4, 5, 6
"""A level of the walk: the account, the rank money came at, the positions still to try and the last rank that may be
tried, the next link of the chain; and how many numbers that is."""


@njit(cache=True, nogil=True)
def walk(
    state, frames, path, stop, length, levels, ends,
    out_start, out_edge, out_target, out_rank, out_next,
    in_start, in_edge, in_source, in_rank, in_previous, order, level,
    amount, kept_low, kept_high, marks, touched, chain, climb, buffer, lengths,
):  # pragma: no cover - compiled  # fmt: skip
    """Write the rings rooted at positions ``state[POSITION]`` to ``stop`` of the out lists; False when room runs out.

    ``buffer`` receives transfers, ring after ring, and ``lengths`` how many each has. ``marks`` has ``levels`` columns
    and one for the chain, all -1. ``kept_low`` and ``kept_high``: the ten-thousandths of a hop's amount that the next
    may have; negative: any. After False, empty the buffer, set WRITTEN and RINGS to zero, and call again.
    """
    p, u = state[POSITION], state[ACCOUNT]
    cursor, last, received = state[CURSOR], out_start[u + 1], in_start[u + 1]
    while p < stop:
        if state[DEPTH] == 0:
            if p >= last:
                forget(state, marks, touched)
                while out_start[u + 1] <= p:
                    u += 1
                cursor, last, received = in_start[u], out_start[u + 1], in_start[u + 1]
                state[ACCOUNT] = u
            rank = out_rank[p]
            while cursor < received and in_rank[cursor] <= rank:
                cursor += 1
            waiting = cursor > in_start[u] and in_rank[cursor - 1] > rank
            if order[u] < level or (cursor == received and not waiting):
                p = last  # nothing comes back to u any more
                continue
            # Most roots of a sparse graph end here: nothing came to u in time, or nothing left v.
            limit = ends[rank]
            if not waiting and in_rank[cursor] >= limit:
                p += 1
                continue
            v, first = out_target[p], out_next[p]
            if first >= out_start[v + 1] or out_rank[first] >= limit or order[v] < level:
                p += 1
                continue
            while cursor < received and in_rank[cursor] < limit:
                _raise(
                    state, u, cursor, rank + 1, levels, in_start, in_source, in_rank, in_previous,
                    order, level, marks, touched, chain, climb,
                )  # fmt: skip
                cursor += 1
            left = length - 1
            if left <= levels and marks[v, left - 1] <= rank:
                p += 1
                continue
            path[0] = p
            _enter(frames, 1, v, rank, first, out_start[v + 1], limit, left, levels, marks)
            state[DEPTH] = 1
        if not _descend(
            state, frames, path, 1, u, length, levels, ends[out_rank[p]], out_start, out_edge, out_target, out_rank,
            out_next, in_start, in_edge, in_rank, order, level, amount, kept_low, kept_high, marks, chain,
            buffer, lengths,
        ):  # fmt: skip
            state[POSITION], state[CURSOR] = p, cursor
            return False
        p += 1
    state[POSITION], state[CURSOR] = p, cursor
    return True


@njit(cache=True, nogil=True)
def walk_through(
    state, frames, path, hub, stop, length, begins, ends,
    out_start, out_edge, out_target, out_rank, out_next,
    in_start, in_edge, in_source, in_rank, in_previous, order, level,
    amount, kept_low, kept_high, marks, touched, chain, climb, buffer, lengths,
):  # pragma: no cover - compiled  # fmt: skip
    """Write the rings that pass ``hub`` but start elsewhere, by its transfers out from ``state[POSITION]`` to ``stop``.

    Such a ring runs from its first transfer into the hub and on from there to its first account. It is walked from the
    hub: forward to an account w, back in time to a transfer that w made before, and from there forward into the hub.
    ``begins[rank]``: the first rank not more than the window earlier. Otherwise as ``walk``; marks have
    length - 1 levels.
    """
    levels = length - 1
    p, cursor = state[POSITION], state[CURSOR]
    while p < stop:
        if state[FORWARD] == 0:
            rank = out_rank[p]
            while cursor < in_start[hub + 1] and in_rank[cursor] < rank:
                if in_rank[cursor] >= begins[rank]:
                    _raise(
                        state, hub, cursor, begins[rank], levels, in_start, in_source, in_rank, in_previous,
                        order, level, marks, touched, chain, climb,
                    )  # fmt: skip
                cursor += 1
            v = out_target[p]
            back = cursor > in_start[hub] and in_rank[cursor - 1] >= begins[rank]
            if not back or order[v] < level:
                p += 1
                continue
            path[0] = p
            # The last transfer of the ring is at most a window after its first, which was before this one.
            latest = ends[in_rank[cursor - 1]] - 1
            _arrive(frames, 1, v, rank, out_next[p], out_start[v + 1], latest)
            state[FORWARD] = 1
        if not _go_round(
            state, frames, path, hub, length, begins, out_start, out_edge, out_target, out_rank, out_next,
            in_start, in_edge, in_rank, order, level, amount, kept_low, kept_high, marks, chain, buffer, lengths,
        ):  # fmt: skip
            state[POSITION], state[CURSOR] = p, cursor
            return False
        p += 1
    state[POSITION], state[CURSOR] = p, cursor
    return True


@njit(cache=True, nogil=True)
def _go_round(
    state, frames, path, hub, length, begins, out_start, out_edge, out_target, out_rank, out_next,
    in_start, in_edge, in_rank, order, level, amount, kept_low, kept_high, marks, chain, buffer, lengths,
):  # pragma: no cover - compiled  # fmt: skip
    """Every way on from the hub's transfer path[0], and from each account reached the ways back in time to the hub.

    Levels 1 to FORWARD of ``frames`` go on from the hub; those above them, to DEPTH, come back to it. LINK of a
    forward level is 0 until the ways back from there have been walked.
    """
    by_amount = kept_low >= 0 or kept_high >= 0
    start = out_rank[path[0]]
    levels = length - 1
    forward = state[FORWARD]
    while forward > 0:
        w = frames[forward, AT]
        if state[DEPTH] == 0 and frames[forward, LINK] == 0:
            frames[forward, LINK] = 1
            earliest = begins[out_rank[path[forward - 1]]]
            left = length - forward
            if marks[w, left - 1] >= earliest:
                first = out_start[w]
                last = out_start[w + 1]
                while first < last:  # the first transfer of w not before ``earliest``
                    middle = (first + last) >> 1
                    if out_rank[middle] < earliest:
                        first = middle + 1
                    else:
                        last = middle
                _enter(
                    frames, forward + 1, w, earliest - 1, first, out_start[w + 1], start, left, levels, marks
                )
                state[DEPTH] = forward + 1
        if state[DEPTH] > 0:
            state[FORWARD] = forward
            if not _descend(
                state, frames, path, forward + 1, hub, length, levels, start, out_start, out_edge, out_target,
                out_rank, out_next, in_start, in_edge, in_rank, order, level, amount, kept_low, kept_high, marks, chain,
                buffer, lengths,
            ):  # fmt: skip
                return False
        p, end, bound = frames[forward, NEXT], frames[forward, END], frames[forward, BOUND]
        deeper = False
        while forward < levels and p < end and out_rank[p] <= bound:
            y = out_target[p]
            p += 1
            if y == hub or order[y] < level:
                continue
            again = False
            for i in range(1, forward + 1):
                again = again or frames[i, AT] == y
            if again or (
                by_amount
                and not _kept(
                    amount[out_edge[path[forward - 1]]], amount[out_edge[p - 1]], kept_low, kept_high
                )
            ):
                continue
            deeper = True
            break
        frames[forward, NEXT] = p
        if deeper:
            path[forward] = p - 1
            forward += 1
            _arrive(frames, forward, y, out_rank[p - 1], out_next[p - 1], out_start[y + 1], bound)
        else:
            forward -= 1
    state[FORWARD] = 0
    return True


@njit(cache=True, nogil=True)
def forget(state, marks, touched):  # pragma: no cover - compiled
    """Wipe the marks of the account walked so far."""
    for i in range(state[TOUCHED]):
        for column in range(marks.shape[1]):
            marks[touched[i], column] = -1
    state[TOUCHED] = 0


@njit(cache=True, nogil=True)
def _raise(
    state, u, q, low, levels, in_start, in_source, in_rank, in_previous, order, level, marks, touched, chain, climb
):  # pragma: no cover - compiled  # fmt: skip
    """Take the transfer at position q into u's window: raise the marks of its sender and of who reaches that in time.

    Nothing before rank ``low`` matters. Whatever is before an account's old mark has been followed back already.
    """
    x, at = in_source[q], in_rank[q]
    if order[x] < level:
        return
    if marks[x, levels - 1] < 0:
        touched[state[TOUCHED]] = x
        state[TOUCHED] += 1
    chain[q - in_start[u]] = marks[x, levels]
    marks[x, levels] = q
    climb[0, 0], climb[0, 1], climb[0, 2] = in_previous[q], in_start[x], max(marks[x, 0], low)
    for i in range(levels):
        marks[x, i] = max(marks[x, i], at)
    hop = 0
    while hop >= 0:
        c = climb[hop, 0]
        if hop + 1 >= levels or c < climb[hop, 1] or in_rank[c] < climb[hop, 2]:
            hop -= 1
            continue
        climb[hop, 0] = c - 1
        y, at = in_source[c], in_rank[c]
        if y == u or marks[y, hop + 1] >= at or order[y] < level:
            continue
        if marks[y, levels - 1] < 0:
            touched[state[TOUCHED]] = y
            state[TOUCHED] += 1
        hop += 1
        climb[hop, 0], climb[hop, 1], climb[hop, 2] = in_previous[c], in_start[y], max(marks[y, hop], low)
        for i in range(hop, levels):
            marks[y, i] = max(marks[y, i], at)


@njit(cache=True, nogil=True)
def _enter(
    frames, depth, account, rank, first, end, limit, left, levels, marks
):  # pragma: no cover - compiled
    """A level of the walk home, with ``left`` transfers to go: only what can still get there in time is tried."""
    frames[depth, AT] = account
    frames[depth, SINCE] = rank
    frames[depth, NEXT] = first
    frames[depth, END] = end if left > 1 else first
    frames[depth, BOUND] = min(limit - 1, marks[account, left - 1]) if left <= levels else limit - 1
    frames[depth, LINK] = marks[account, levels]


@njit(cache=True, nogil=True)
def _arrive(frames, depth, account, rank, first, end, bound):  # pragma: no cover - compiled
    """A level of the walk on from a hub; LINK is 0 until the ways home from it have been walked."""
    frames[depth, AT] = account
    frames[depth, SINCE] = rank
    frames[depth, NEXT] = first
    frames[depth, END] = end
    frames[depth, BOUND] = bound
    frames[depth, LINK] = 0


@njit(cache=True, nogil=True)
def _descend(
    state, frames, path, base, u, length, levels, limit, out_start, out_edge, out_target, out_rank, out_next,
    in_start, in_edge, in_rank, order, level, amount, kept_low, kept_high, marks, chain, buffer, lengths,
):  # pragma: no cover - compiled  # fmt: skip
    """Walk on from the deepest level until every way home to u is written; False when room runs out.

    Levels below ``base`` are what the ring does after it has come to u; at ``base`` it starts from u's first transfer
    (base 1: level 1 was reached by path[0]) or from the ring's first account (level ``base`` was reached by none).
    """
    links = in_start[u]
    by_amount = kept_low >= 0 or kept_high >= 0
    used = 1 if base > 1 else 0  # the level at ``base`` of a walk through a hub took no transfer
    depth, written, rings = state[DEPTH], state[WRITTEN], state[RINGS]
    while depth >= base:
        first_step = used == 1 and depth == base
        link, since = frames[depth, LINK], frames[depth, SINCE]
        while link >= 0 and in_rank[link] > since:
            if written + depth + 1 > buffer.size or rings >= lengths.size:
                frames[depth, LINK] = link
                state[DEPTH], state[WRITTEN], state[RINGS] = depth, written, rings
                return False
            good = True
            if by_amount:
                last = amount[in_edge[link]]
                good = first_step or _kept(amount[out_edge[path[depth - 1]]], last, kept_low, kept_high)
                good = good and (used == 0 or _kept(last, amount[out_edge[path[0]]], kept_low, kept_high))
            if good:
                start = written
                for i in range(base if used else 0, depth):
                    buffer[written] = out_edge[path[i]]
                    written += 1
                buffer[written] = in_edge[link]
                written += 1
                for i in range(base - 1):
                    buffer[written] = out_edge[path[i]]
                    written += 1
                lengths[rings] = written - start
                rings += 1
            link = chain[link - links]
        frames[depth, LINK] = -1
        left = length - depth - 1 + used
        p, end, bound = frames[depth, NEXT], frames[depth, END], frames[depth, BOUND]
        deeper = False
        while p < end and out_rank[p] <= bound:
            y, rank = out_target[p], out_rank[p]
            p += 1
            if left <= levels:
                if marks[y, left - 1] <= rank:
                    continue
            elif y == u or order[y] < level:
                continue
            again = False
            for i in range(1, depth + 1):
                again = again or frames[i, AT] == y
            if again or (
                by_amount
                and not first_step
                and not _kept(amount[out_edge[path[depth - 1]]], amount[out_edge[p - 1]], kept_low, kept_high)
            ):
                continue
            deeper = True
            break
        frames[depth, NEXT] = p
        if deeper:
            path[depth] = p - 1
            depth += 1
            _enter(frames, depth, y, rank, out_next[p - 1], out_start[y + 1], limit, left, levels, marks)
        else:
            depth -= 1
    state[DEPTH], state[WRITTEN], state[RINGS] = 0, written, rings
    return True


@njit(cache=True, nogil=True)
def _kept(before, after, low, high):  # pragma: no cover - compiled
    return (low < 0 or after * PARTS >= low * before) and (high < 0 or after * PARTS <= high * before)
