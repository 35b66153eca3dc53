"""The same record exported twice: merged across overlapping exports, or inside one by its serial number or balance.

Two equal records of one export are two transfers, unless their serial numbers agree, or their balances do and the later
one does not follow from the record before it. Across exports the n-th of equal records is the n-th of the other.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from zhoudao.engines.statements.resolving.records import Records
from zhoudao.engines.statements.values.times import CHINA_US, DAY, DAY_US, MINUTE

NO_BALANCE = np.int64(-(2**63))
NONE = -1
MOST_LOOKED_BACK = 2_000
MINUTE_US = 60_000_000


def merge_duplicates(records: Records) -> NDArray[np.int32]:
    """For each record the one it repeats, or NONE. Fills a missing counterparty of the first from its copies."""
    count = len(records)
    same = np.full(count, NONE, np.int32)
    if count < 2:
        return same
    maybe = np.zeros(count, np.bool_)
    bits = np.zeros(1 << max(int(count * 32 - 1).bit_length() - 6, 4), np.uint64)
    _maybe_twice(records.own, records.currency, records.way, records.amount, records.time, bits, maybe)
    rows = np.flatnonzero(maybe)
    day = (records.time[rows] + CHINA_US) // DAY_US
    order = np.lexsort(
        (rows, day, records.amount[rows], records.way[rows], records.currency[rows], records.own[rows])
    )
    rows = rows[order]
    sheet = records.sheet_of(rows)
    inside = np.zeros(count, np.bool_)
    _match(
        rows, sheet, records.own, records.currency, records.way, records.amount, records.time, records.precision,
        records.other, records.balance, records.serial, same, inside,
    )  # fmt: skip
    if inside.any():
        last = np.full(int(records.own.max()) + 1, NONE, np.int32)
        _keep_what_follows(
            records.own, records.way, records.amount, records.balance, records.serial, same, inside,
            records.sheet_start, records.sheet_end, last,
        )  # fmt: skip
    return same


@njit(cache=True, nogil=True)
def mixed(value):
    value ^= value >> np.uint64(30)
    value *= np.uint64(0xBF58476D1CE4E5B9)
    value ^= value >> np.uint64(27)
    value *= np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@njit(cache=True, nogil=True)
def _maybe_twice(own, currency, way, amount, time, bits, maybe):
    """Marks records whose account, amount, direction and day occur again: a bit table, so a few more than that."""
    mask = np.uint64(bits.shape[0] * 64 - 1)
    for turn in range(2):
        if turn == 1:
            bits[:] = 0
        for step in range(own.shape[0]):
            row = step if turn == 0 else own.shape[0] - 1 - step
            day = (time[row] + CHINA_US) // DAY_US
            key = mixed(np.uint64(amount[row]) ^ (np.uint64(own[row]) << np.uint64(40)))
            key = (
                mixed(key ^ np.uint64(day * 64 + way[row] * 16) ^ (np.uint64(currency[row]) << np.uint64(32)))
                & mask
            )
            bit = np.uint64(1) << (key & np.uint64(63))
            if bits[key >> np.uint64(6)] & bit:
                maybe[row] = True
            bits[key >> np.uint64(6)] |= bit


@njit(cache=True, nogil=True)
def _match(
    rows, sheet, own, currency, way, amount, time, precision, other, balance, serial, same, inside
):  # fmt: skip
    merged_from = np.full(rows.shape[0], -1, np.int32)
    bucket = 0
    for place in range(1, rows.shape[0]):
        row = rows[place]
        head = rows[bucket]
        if (
            own[row] != own[head]
            or currency[row] != currency[head]
            or way[row] != way[head]
            or amount[row] != amount[head]
            or (time[row] + CHINA_US) // DAY_US != (time[head] + CHINA_US) // DAY_US
        ):
            bucket = place
            continue
        begin = max(bucket, place - MOST_LOOKED_BACK)
        for earlier in range(begin, place):
            known = rows[earlier]
            if same[known] != NONE:
                continue
            if other[row] >= 0 and other[known] >= 0 and other[row] != other[known]:
                continue
            both_balances = balance[row] != NO_BALANCE and balance[known] != NO_BALANCE
            if both_balances and balance[row] != balance[known]:
                continue
            serials = serial[row] != 0 and serial[known] != 0
            if sheet[earlier] == sheet[place]:
                if time[row] != time[known]:
                    continue
                if serials:
                    if serial[row] != serial[known]:
                        continue
                elif not both_balances or amount[row] == 0:
                    continue
                inside[row] = not serials
            else:
                if merged_from[earlier] == sheet[place]:
                    continue
                coarse = max(precision[row], precision[known])
                if coarse == MINUTE:
                    if time[row] // MINUTE_US != time[known] // MINUTE_US:
                        continue
                elif coarse != DAY and time[row] != time[known]:
                    continue
                if serials and serial[row] != serial[known] and not both_balances:
                    continue
                merged_from[earlier] = sheet[place]
            same[row] = known
            if other[known] < 0:
                other[known] = other[row]
            break


@njit(cache=True, nogil=True)
def _keep_what_follows(own, way, amount, balance, serial, same, inside, sheet_start, sheet_end, last):
    """A repeated record of one export whose balance follows from the record before it is a transfer of its own."""
    for sheet in range(sheet_start.shape[0]):
        for row in range(sheet_start[sheet], sheet_end[sheet]):
            account = own[row]
            if same[row] != NONE and inside[row]:
                before = last[account]
                if before >= sheet_start[sheet] and balance[before] != NO_BALANCE:
                    signed = amount[row] if way[row] == 2 else -amount[row]
                    earlier = amount[before] if way[before] == 2 else -amount[before]
                    if balance[row] == balance[before] + signed or balance[before] == balance[row] + earlier:
                        same[row] = NONE
            if same[row] == NONE:
                last[account] = row
