"""Amounts, exactly, in the currency's minor unit (fen, 分, for yuan).

Read are: thousands in threes (``1,234,567.89``), a sign before or after, parentheses for what went out,
``DR``/``CR`` or
借/贷 beside the number, ¥ and RMB, CNY, 元, 万, 万元, 亿, 角, 分. What a spreadsheet rounded (1.2E+08), or what is no
whole number of the minor unit, is refused.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from zhoudao.engines.statements.values.cells import AMOUNT, LONGEST, fold
from zhoudao.engines.statements.values.status import BAD, BELOW_MINOR, EMPTY, OK, SCIENTIFIC, TOO_LARGE

NO_MARK, DEBIT, CREDIT = 0, 1, 2
_LARGEST = np.int64(10**17)
"""Fen: a thousand trillion yuan. Larger is no amount, and would not add up in 64 bits."""


@njit(cache=True, nogil=True)
def amount_of(buffer, start, end, power, out):
    """``(value, status, mark)`` of a cell. ``power``: how many tens a written 1 is in minor units (元 of CNY:
    2, 万元: 6,
    分: 0). ``mark`` is DEBIT or CREDIT where the cell says so itself. ``out`` is scratch of LONGEST bytes."""
    if end - start <= 12:  # digits with at most one point and a leading minus: nearly every cell
        value = np.int64(0)
        decimals = -1
        negative = False
        at = start
        if at < end and buffer[at] == 45:
            negative = True
            at += 1
        plain = at < end
        first = at
        while at < end:
            byte = buffer[at]
            if byte >= 48 and byte <= 57:
                value = value * 10 + (byte - 48)
                if decimals >= 0:
                    decimals += 1
            elif byte == 46 and decimals < 0 and at > first:
                decimals = 0
            else:
                plain = False
                break
            at += 1
        if plain and decimals != 0:
            digits = decimals if decimals > 0 else 0
            if digits <= power and power <= 6:
                for _ in range(power - digits):
                    value *= 10
                return (-value if negative else value), OK, NO_MARK
    return _careful(buffer, start, end, power, out)


@njit(cache=True, nogil=True)
def _letter(byte):
    return byte - 32 if byte >= 97 and byte <= 122 else byte


@njit(cache=True, nogil=True)
def _careful(buffer, start, end, power, out):
    zero = np.int64(0)
    length = fold(buffer, start, end, AMOUNT, out)
    if length == 0:
        return zero, EMPTY, NO_MARK
    if length < 0:
        return zero, BAD, NO_MARK
    low, high = 0, length
    negative = False
    mark = NO_MARK
    # Words before and after the number: RMB, CNY, DR, CR, 借, 贷, units, signs, parentheses.
    if out[low] == 40 and out[high - 1] == 41:
        negative = True
        low += 1
        high -= 1
    signs = 0
    moved = True
    while moved and low < high:
        moved = False
        byte = _letter(out[low])
        if byte == 43 or byte == 45:
            negative = negative != (byte == 45)
            signs += 1
            low += 1
            moved = True
        elif byte == 36:  # the dollar sign says which currency, not how much
            low += 1
            moved = True
        elif byte == 67 or byte == 68:  # C, D, CR, DR, CNY
            if byte == 67 and low + 2 < high and _letter(out[low + 1]) == 78 and _letter(out[low + 2]) == 89:
                low += 3
            else:
                mark = CREDIT if byte == 67 else DEBIT
                low += 1
                if low < high and _letter(out[low]) == 82:
                    low += 1
            moved = True
        elif byte == 82 and low + 2 < high and _letter(out[low + 1]) == 77 and _letter(out[low + 2]) == 66:
            low += 3
            moved = True
    moved = True
    wan = 0
    while moved and high > low:
        moved = False
        byte = out[high - 1]
        if byte == 45 or byte == 43:
            negative = negative != (byte == 45)
            signs += 1
            high -= 1
            moved = True
        elif byte == 119 or byte == 87:  # 万
            wan += 4
            high -= 1
            moved = True
        elif byte == 121:  # 亿
            wan += 8
            high -= 1
            moved = True
        elif (
            byte == 89 and high - low > 3 and _letter(out[high - 2]) == 78 and _letter(out[high - 3]) == 67
        ) or (
            byte == 66 and high - low > 3 and _letter(out[high - 2]) == 77 and _letter(out[high - 3]) == 82
        ):
            high -= 3
            moved = True
        elif (
            _letter(byte) == 82
            and high - low > 2
            and (_letter(out[high - 2]) == 68 or _letter(out[high - 2]) == 67)
        ):
            mark = CREDIT if _letter(out[high - 2]) == 67 else DEBIT
            high -= 2
            moved = True
        elif byte == 68 or byte == 67:
            mark = CREDIT if byte == 67 else DEBIT
            high -= 1
            moved = True
    if wan > 12 or signs > 1 or low >= high:
        only_dashes = True
        for at in range(length):
            only_dashes = only_dashes and (out[at] == 45 or out[at] == 47)
        return zero, EMPTY if only_dashes else BAD, NO_MARK
    tens = power + wan
    if out[high - 1] == 106:  # 角
        tens -= 1
        high -= 1
    elif out[high - 1] == 102:  # 分
        tens -= 2
        high -= 1
    value = zero
    decimals = -1
    group = -1  # digits since the last comma
    groups = 0
    seen = 0
    for at in range(low, high):
        byte = out[at]
        if byte >= 48 and byte <= 57:
            seen += 1
            if decimals >= 0:
                decimals += 1
                if decimals > tens:
                    if byte != 48:
                        return zero, BELOW_MINOR, NO_MARK
                    continue
            if group >= 0 and decimals < 0:
                group += 1
            if value > _LARGEST // 10:
                return zero, TOO_LARGE, NO_MARK
            value = value * 10 + (byte - 48)
        elif byte == 46 and decimals < 0:
            if group >= 0 and group != 3:
                return zero, BAD, NO_MARK
            decimals = 0
        elif byte == 44 and decimals < 0 and seen > 0:
            if (group >= 0 and group != 3) or (group < 0 and seen > 3):
                return zero, BAD, NO_MARK
            group = 0
            groups += 1
        elif (byte == 69 or byte == 101) and seen > 0 and at + 1 < high:
            for rest in range(at + 1, high):
                if not ((out[rest] >= 48 and out[rest] <= 57) or out[rest] == 43 or out[rest] == 45):
                    return zero, BAD, NO_MARK
            return zero, SCIENTIFIC, NO_MARK
        else:
            return zero, BAD, NO_MARK
    if seen == 0 or (groups > 0 and decimals < 0 and group != 3):
        return zero, BAD, NO_MARK
    read = min(decimals, tens) if decimals > 0 else 0
    if tens < 0:
        for _ in range(-tens):
            if value % 10 != 0:
                return zero, BELOW_MINOR, NO_MARK
            value //= 10
        tens = 0
        read = 0
    for _ in range(tens - read):
        if value > _LARGEST // 10:
            return zero, TOO_LARGE, NO_MARK
        value *= 10
    return (-value if negative else value), OK, mark


def read_amount(text: str, power: int = 2) -> tuple[int, int, int]:
    """``(value, status, mark)`` of one text; for tests, and for lines looked at one by one."""
    data = np.frombuffer(text.encode() + b" ", dtype=np.uint8)
    value, status, mark = amount_of(data, 0, len(data) - 1, power, np.empty(LONGEST, np.uint8))
    return int(value), int(status), int(mark)
