"""Each account's balances, chained: every break with the amount that is missing; and what a reversal (冲正)
takes back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from zhoudao.engines.statements.resolving.duplicates import NO_BALANCE, NONE
from zhoudao.engines.statements.resolving.records import Records
from zhoudao.engines.statements.values.times import DAY_US

FAILED, REVERSAL, REVERSED = 1, 2, 64
IN = 2
REVERSAL_DAYS = 31
LOOK_AHEAD = 64
LOOK_BACK = 400


@dataclass(frozen=True)
class Chains:
    """``breaks``: records whose balance doesn't follow, with the balance expected. ``sequence``: the order of
    records, with
    exports that list the newest first turned round."""

    sequence: NDArray[np.int64]
    turned_sheets: int
    breaks: NDArray[np.int64]
    expected: NDArray[np.int64]
    checked: int
    reordered: int
    reversals: int
    unmatched_reversals: int


def chain(records: Records, same: NDArray[np.int32]) -> Chains:
    """Chains balances by account and currency, and marks reversed pairs in ``records.flags``."""
    count = len(records)
    if not count:
        nothing = np.empty(0, np.int64)
        return Chains(nothing, 0, nothing, nothing, 0, 0, 0, 0)
    currencies = int(records.currency.max()) + 1
    accounts = int(records.own.max()) + 1
    last = np.full(accounts, NONE, np.int32)
    turned = np.zeros(len(records.sheet_start), np.bool_)
    _orient(
        records.own, records.time, records.way, records.amount, records.balance,
        records.sheet_start, records.sheet_end, last, turned,
    )  # fmt: skip
    sequence = np.arange(count, dtype=np.int64)
    for sheet in np.flatnonzero(turned):
        low, high = records.sheet_start[sheet], records.sheet_end[sheet]
        sequence[low:high] = np.arange(high - 1, low - 1, -1)
    group = records.own if currencies == 1 else records.own.astype(np.int64) * currencies + records.currency
    starts, order = _grouped(group, accounts * currencies, sequence, bool(turned.any()))
    breaks, expected = np.empty(count, np.int32), np.empty(count, np.int64)
    found = _walk(
        starts, order, records.time, sequence, records.way, records.amount, records.balance, records.other,
        records.flags, same, breaks, expected,
    )  # fmt: skip
    broken, checked, reordered, reversals, unmatched = (int(value) for value in found)
    return Chains(
        sequence, int(turned.sum()), breaks[:broken].astype(np.int64), expected[:broken].copy(), checked,
        reordered, reversals, unmatched,
    )  # fmt: skip


@njit(cache=True, nogil=True)
def _orient(own, time, way, amount, balance, sheet_start, sheet_end, last, turned):
    for sheet in range(sheet_start.shape[0]):
        rises, falls = 0, 0
        for row in range(sheet_start[sheet], sheet_end[sheet]):
            before = last[own[row]]
            last[own[row]] = row
            if before < sheet_start[sheet]:
                continue
            if time[row] > time[before]:
                rises += 2
            elif time[row] < time[before]:
                falls += 2
            elif balance[row] != NO_BALANCE and balance[before] != NO_BALANCE:
                signed = amount[row] if way[row] == IN else -amount[row]
                earlier = amount[before] if way[before] == IN else -amount[before]
                rises += balance[row] == balance[before] + signed
                falls += balance[before] == balance[row] + earlier
        turned[sheet] = falls > rises


def _grouped(group: NDArray, groups: int, sequence: NDArray, turned: bool) -> tuple[NDArray, NDArray]:
    starts = np.zeros(groups + 1, np.int64)
    np.cumsum(np.bincount(group, minlength=groups), out=starts[1:])
    order = np.empty(len(group), np.int32)
    rows = (
        np.argsort(sequence, kind="stable").astype(np.int32)
        if turned
        else np.arange(len(group), dtype=np.int32)
    )
    _place(group, rows, starts[:-1].copy(), order)
    return starts, order


@njit(cache=True, nogil=True)
def _place(group, rows, at, order):
    for row in rows:
        order[at[group[row]]] = row
        at[group[row]] += 1


@njit(cache=True, nogil=True)
def _walk(starts, order, time, sequence, way, amount, balance, other, flags, same, breaks, expected):
    broken, checked, reordered, reversals, unmatched = 0, 0, 0, 0, 0
    for group in range(starts.shape[0] - 1):
        low, high = starts[group], starts[group + 1]
        if low == high:
            continue
        ordered = True
        for place in range(low + 1, high):
            if time[order[place]] < time[order[place - 1]]:
                ordered = False
                break
        if not ordered:
            mine = order[low:high].copy()
            keys = time[mine]
            order[low:high] = mine[np.argsort(keys, kind="mergesort")]
        current = NO_BALANCE
        for place in range(low, high):
            row = order[place]
            if same[row] != NONE or flags[row] & FAILED or way[row] == 3:
                continue
            signed = amount[row] if way[row] == IN else -amount[row]
            if balance[row] == NO_BALANCE:
                if current != NO_BALANCE:
                    current += signed
                continue
            if current != NO_BALANCE:
                checked += 1
                if current + signed != balance[row]:
                    # Records of one moment may stand in any order: take the one that follows.
                    for look in range(place + 1, min(high, place + LOOK_AHEAD)):
                        ahead = order[look]
                        if time[ahead] != time[row]:
                            break
                        if (
                            same[ahead] != NONE
                            or flags[ahead] & FAILED
                            or balance[ahead] == NO_BALANCE
                            or way[ahead] == 3
                        ):
                            continue
                        step = amount[ahead] if way[ahead] == IN else -amount[ahead]
                        if current + step == balance[ahead]:
                            for shift in range(look, place, -1):
                                order[shift] = order[shift - 1]
                            order[place] = ahead
                            if sequence[ahead] > sequence[row]:
                                sequence[ahead], sequence[row] = sequence[row], sequence[ahead]
                            reordered += 1
                            row, signed = ahead, step
                            break
                    if current + signed != balance[row]:
                        breaks[broken], expected[broken] = row, current + signed
                        broken += 1
            current = balance[row]
        for place in range(low, high):
            row = order[place]
            if not flags[row] & REVERSAL or flags[row] & (FAILED | REVERSED) or same[row] != NONE:
                continue
            hit = NONE
            for look in range(place - 1, max(low - 1, place - LOOK_BACK), -1):
                known = order[look]
                if time[row] - time[known] > REVERSAL_DAYS * DAY_US:
                    break
                if (
                    amount[known] == amount[row]
                    and way[known] + way[row] == 3
                    and same[known] == NONE
                    and not flags[known] & (FAILED | REVERSED)
                    and (other[known] == other[row] or other[known] < 0 or other[row] < 0)
                ):
                    hit = known
                    break
            if hit == NONE:
                for look in range(place + 1, min(high, place + LOOK_AHEAD)):
                    known = order[look]
                    if time[known] != time[row]:
                        break
                    if (
                        amount[known] == amount[row]
                        and way[known] + way[row] == 3
                        and not flags[known] & (FAILED | REVERSED)
                    ):
                        hit = known
                        break
            if hit == NONE:
                unmatched += 1
            else:
                flags[row] |= REVERSED
                flags[hit] |= REVERSED
                reversals += 1
    return broken, checked, reordered, reversals, unmatched
