"""Tracing by shares: pro rata, lowest intermediate balance and poison, in one pass over the transfers in order of time.

Backward is the mirror image: transfers from the last to the first, payer and payee exchanged, what stood in the account
before a transfer exchanged for what stood there after it.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from zhoudao.engines.flows.tracing.rules import POISON, PRO_RATA


@njit(cache=True, nogil=True)
def follow(
    rule, forward, begin, last, starts, absorbs,
    source, target, amount, source_pool, target_pool, held, touched, transfers, traced,
):  # pragma: no cover - compiled  # fmt: skip
    """Follow money through the transfers from ``begin`` to ``last`` (one past it, in the direction of walking).

    ``starts``: transfers that are traced whole, in order of walking; ``absorbs[account]``: money stops there.
    Fills ``held[account]`` (what was traced there and has not been traced on), ``touched`` (accounts that ever held
    any), ``transfers`` and ``traced`` as long as there is room. Returns how many transfers, how much the starts put in,
    how much of it is from before the ledger (backward only), whether room ran out, and how many accounts were touched.
    """
    step = 1 if forward else -1
    count, started, outside, at, reached, active = 0, 0, 0, 0, 0, 0
    flag = np.zeros(held.size, dtype=np.uint8)
    seen = np.zeros(held.size, dtype=np.uint8)
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
        share = 0
        if flag[here]:
            if rule == POISON:
                share = x
            else:
                # What stands in the account with this transfer's amount, and what stays without it.
                pool = source_pool[e] if forward else target_pool[e] + x
                stays = max(pool - x, 0)
                if stays == 0:
                    share = min(held[here], x)
                elif rule == PRO_RATA:
                    share = rounded(x, held[here], pool)
                else:
                    share = max(held[here] - stays, 0)
                held[here] -= share
                if held[here] == 0:
                    flag[here] = 0
                    active -= 1
        if whole:
            started += x - share
            share = x
        if share > 0:
            if count == transfers.size:
                return count, started, outside, True, reached
            transfers[count], traced[count] = e, share
            count += 1
            known = share
            # Backward: a payer that had less than it paid had money from before the ledger begins.
            if not forward and x > source_pool[e]:
                lacking = x - source_pool[e]
                gone = rounded(share, lacking, x) if rule == PRO_RATA else min(share, lacking)
                outside += gone
                known -= gone
            if known > 0:
                if not seen[there]:
                    seen[there] = 1
                    touched[reached] = there
                    reached += 1
                held[there] += known
                if not absorbs[there] and not flag[there]:
                    flag[there] = 1
                    active += 1
        e += step
    return count, started, outside, False, reached


@njit(cache=True, nogil=True)
def next_touched(e, last, step, waiting, here, flag):  # pragma: no cover - compiled
    """The next transfer from e on whose payer (backward: payee) holds traced money, or a start; ``last`` for none.

    Nearly all of a trace's time goes by here: a loop of its own does nothing else at each transfer.
    """
    while e != last and e != waiting and not flag[here[e]]:
        e += step
    return e


@njit(cache=True, nogil=True)
def rounded(a, b, whole):  # pragma: no cover - compiled
    """a * b / whole to the nearest, a half upward, exact for factors below 2**62 whose result fits.

    Of the two parts that an amount falls into, traced and other, each gets its whole fen and the one with the larger
    remainder the fen that is left over (largest remainder): for two parts that is rounding to the nearest.
    """
    guess = np.int64(np.float64(a) * np.float64(b) / np.float64(whole))
    # The product wraps round, and so does guess * whole: their difference is small and therefore exact.
    rest = np.int64(np.uint64(a) * np.uint64(b) - np.uint64(guess) * np.uint64(whole))
    while rest < 0:
        guess -= 1
        rest += whole
    while rest >= whole:
        guess += 1
        rest -= whole
    return guess + 1 if rest >= whole - rest else guess
