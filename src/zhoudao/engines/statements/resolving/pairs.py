"""Two banks' records of one transfer: what one account paid and the other received, matched into one.

The payer's record stays; the receiver's becomes its second source. Records match on both accounts, currency and amount,
the nearest in time first, within WINDOW_US, or within a day where one of them says only the day.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from zhoudao.engines.statements.resolving.duplicates import mixed
from zhoudao.engines.statements.resolving.records import Records
from zhoudao.engines.statements.values.times import CHINA_US, DAY, DAY_US

WINDOW_US = 2 * 3_600 * 1_000_000
"""Two hours, as banks offer for ordinary transfers (普通到账). A longer window joins what are two transfers."""
NONE = -1
OUT, IN = 1, 2


def pair_two_sides(records: Records, same: NDArray[np.int32]) -> NDArray[np.int32]:
    """For each receiver's record the payer's record of the same transfer, or NONE."""
    count = len(records)
    partner = np.full(count, NONE, np.int32)
    if count < 2 or not (records.other >= 0).any():
        return partner
    accounts = int(max(records.own.max(), records.other.max())) + 1
    stated = np.zeros(accounts, np.bool_)
    stated[records.own] = True
    size = 1 << max(int(count * 16 - 1).bit_length() - 6, 4)
    maybe = np.zeros(count, np.bool_)
    _maybe_paired(
        records.own, records.other, records.currency, records.way, records.amount, same, stated,
        np.zeros(size, np.uint64), np.zeros(size, np.uint64), maybe,
    )  # fmt: skip
    rows = np.flatnonzero(maybe)
    if not len(rows):
        return partner
    pays = records.way[rows] == OUT
    source = np.where(pays, records.own[rows], records.other[rows])
    target = np.where(pays, records.other[rows], records.own[rows])
    order = np.lexsort((records.time[rows], records.amount[rows], records.currency[rows], target, source))
    _pair(
        rows[order], source[order], target[order], records.currency, records.way, records.amount, records.time,
        records.precision, records.flags, records.serial, partner,
    )  # fmt: skip
    return partner


@njit(cache=True, nogil=True)
def _maybe_paired(own, other, currency, way, amount, same, stated, paid, received, maybe):
    mask = np.uint64(paid.shape[0] * 64 - 1)
    for turn in range(2):
        for row in range(own.shape[0]):
            if (
                same[row] != NONE
                or other[row] < 0
                or own[row] == other[row]
                or not stated[other[row]]
                or way[row] > 2
            ):
                continue
            source = own[row] if way[row] == OUT else other[row]
            target = other[row] if way[row] == OUT else own[row]
            key = mixed(np.uint64(amount[row]) ^ (np.uint64(source) << np.uint64(40)))
            key = mixed(key ^ (np.uint64(target) << np.uint64(16)) ^ np.uint64(currency[row])) & mask
            bit = np.uint64(1) << (key & np.uint64(63))
            slot = key >> np.uint64(6)
            if turn == 0:
                if way[row] == OUT:
                    paid[slot] |= bit
                else:
                    received[slot] |= bit
            elif (received[slot] & bit) if way[row] == OUT else (paid[slot] & bit):
                maybe[row] = True


@njit(cache=True, nogil=True)
def _gap(row, known, time, precision):
    """Microseconds between two records; -1 where they can't be one transfer."""
    if precision[row] == DAY or precision[known] == DAY:
        days = abs((time[row] + CHINA_US) // DAY_US - (time[known] + CHINA_US) // DAY_US)
        return days * DAY_US if days <= 1 else -1
    gap = abs(time[row] - time[known])
    return gap if gap <= WINDOW_US else -1


@njit(cache=True, nogil=True)
def _pair(rows, source, target, currency, way, amount, time, precision, flags, serial, partner):
    count = rows.shape[0]
    taken = np.zeros(count, np.bool_)
    begin = 0
    while begin < count:
        end = begin + 1
        head = rows[begin]
        while (
            end < count
            and source[end] == source[begin]
            and target[end] == target[begin]
            and amount[rows[end]] == amount[head]
            and currency[rows[end]] == currency[head]
        ):
            end += 1
        # The closest pairs first, so that a missing record doesn't shift all those after it.
        limit = 0
        while end - begin > 1 and limit < 3:
            bound = (1_000_000 * 5, 60_000_000 * 10, 2 * DAY_US)[limit]
            for place in range(begin, end):
                row = rows[place]
                if way[row] != OUT or taken[place]:
                    continue
                best, best_gap = -1, np.int64(bound + 1)
                for step in range(1, min(end - begin, 400)):
                    for look in (place - step, place + step):
                        if look < begin or look >= end or taken[look]:
                            continue
                        known = rows[look]
                        if way[known] != IN or (flags[known] & 1) != (flags[row] & 1):
                            continue
                        gap = _gap(row, known, time, precision)
                        if gap < 0:
                            continue
                        if serial[row] != 0 and serial[row] == serial[known]:
                            gap = np.int64(0)
                        if gap < best_gap:
                            best, best_gap = look, gap
                if best >= 0:
                    taken[place] = taken[best] = True
                    partner[rows[best]] = row
            limit += 1
        begin = end
