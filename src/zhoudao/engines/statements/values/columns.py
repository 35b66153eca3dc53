"""One column of a block at a time, compiled: each kernel fills one array for all records."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from zhoudao.engines.statements.values.accounts import hash_of
from zhoudao.engines.statements.values.amounts import NO_MARK, amount_of
from zhoudao.engines.statements.values.cells import LONGEST
from zhoudao.engines.statements.values.status import BAD, EMPTY, OK
from zhoudao.engines.statements.values.times import CHINA_US, DAY, DAY_US, clock_of, time_of


@njit(cache=True, nogil=True)
def read_amounts(buffer, first, start, end, column, rows, power, values, status, marks):
    scratch = np.empty(LONGEST, np.uint8)
    for row in range(rows):
        cell = first[row] + column
        if cell >= first[row + 1] or end[cell] == start[cell]:
            values[row], status[row], marks[row] = 0, EMPTY, NO_MARK
        else:
            values[row], status[row], marks[row] = amount_of(buffer, start[cell], end[cell], power, scratch)


@njit(cache=True, nogil=True)
def read_times(buffer, first, start, end, column, rows, order, values, status, precision):
    scratch = np.empty(LONGEST, np.uint8)
    for row in range(rows):
        cell = first[row] + column
        if cell >= first[row + 1] or end[cell] == start[cell]:
            values[row], status[row], precision[row] = 0, EMPTY, DAY
        else:
            values[row], status[row], precision[row] = time_of(buffer, start[cell], end[cell], order, scratch)


@njit(cache=True, nogil=True)
def add_clocks(buffer, first, start, end, column, rows, pads, values, status, precision):
    """Put a column of times of day onto the dates in ``values``; a date that has its own time of day keeps it."""
    scratch = np.empty(LONGEST, np.uint8)
    for row in range(rows):
        cell = first[row] + column
        if status[row] != OK or cell >= first[row + 1] or end[cell] == start[cell]:
            continue
        of_day, state, fine = clock_of(buffer, start[cell], end[cell], pads, scratch)
        midnight = (values[row] + CHINA_US) % DAY_US == 0
        if state == BAD:
            status[row] = BAD
        elif state == OK and (precision[row] == DAY or midnight):
            values[row] += of_day - (values[row] + CHINA_US) % DAY_US
            precision[row] = fine


@njit(cache=True, nogil=True)
def trimmed(buffer, low, high):
    """A cell without blanks, ``=`` and quotes around it."""
    while low < high and (buffer[low] <= 32 or buffer[low] == 34 or buffer[low] == 61 or buffer[low] == 39):
        low += 1
    while high > low and (buffer[high - 1] <= 32 or buffer[high - 1] == 34):
        high -= 1
    return low, high


@njit(cache=True, nogil=True)
def hash_cells(buffer, first, start, end, column, rows, zeros, hashes):
    """64 bits of each cell's trimmed text; 0 where it is empty or, unless ``zeros``, only zeros and dashes."""
    for row in range(rows):
        cell = first[row] + column
        hashes[row] = 0
        if cell >= first[row + 1]:
            continue
        low, high = trimmed(buffer, start[cell], end[cell])
        for at in range(low, high):
            if zeros or (buffer[at] != 48 and buffer[at] != 45):
                hashes[row] = hash_of(buffer, low, high)
                break


@njit(cache=True, nogil=True)
def look_up(hashes, table, meanings, values):
    """``values[row]`` = the meaning of ``hashes[row]`` in an open-addressed table; -1 where it has none.
    Counts those."""
    mask = np.uint64(table.shape[0] - 1)
    missing = 0
    for row in range(hashes.shape[0]):
        key = hashes[row]
        if key == 0:
            values[row] = 0
            continue
        slot = key & mask
        while table[slot] != 0 and table[slot] != key:
            slot = (slot + np.uint64(1)) & mask
        if table[slot] == key:
            values[row] = meanings[slot]
        else:
            values[row] = -1
            missing += 1
    return missing


@njit(cache=True, nogil=True)
def mark_words(buffer, first, start, end, column, rows, words, found):
    """Set ``found`` where a text holds one of ``words``: pairs of three-byte characters (REVERSALS, FIXED_DEPOSITS)."""
    for row in range(rows):
        cell = first[row] + column
        if cell >= first[row + 1]:
            continue
        high = end[cell] - 5
        at = start[cell]
        while at < high:
            byte = buffer[at]
            if byte < 0xE5 or byte > 0xE7:
                at += 1
                continue
            pair = (
                (np.int64(byte) << 40) | (np.int64(buffer[at + 1]) << 32) | (np.int64(buffer[at + 2]) << 24)
            )
            pair |= (
                (np.int64(buffer[at + 3]) << 16) | (np.int64(buffer[at + 4]) << 8) | np.int64(buffer[at + 5])
            )
            for known in words:
                if known == pair:
                    found[row] = True
            at += 3


def _pairs(*words: str) -> NDArray[np.int64]:
    return np.array([int.from_bytes(word.encode(), "big") for word in words], dtype=np.int64)


REVERSALS = _pairs("冲正", "冲账", "冲帐", "冲销", "冲回", "抹账", "抹帐", "撤销", "红字", "反交")
"""A text that holds one takes a transfer back."""
FIXED_DEPOSITS = _pairs("定期", "定存", "存单", "活转", "定转", "整存")
"""A text that holds one moves money into or out of a fixed deposit (定期存款)."""


@njit(cache=True, nogil=True)
def lengths(first, start, end, column, rows, out):
    """Bytes of each record's cell, 0 where the record is shorter. Answers their sum."""
    total = 0
    for row in range(rows):
        cell = first[row] + column
        out[row] = end[cell] - start[cell] if cell < first[row + 1] else 0
        total += out[row]
    return total


@njit(cache=True, nogil=True)
def character_in(buffer, at, high):
    """Bytes of the UTF-8 character at ``at``; 0 where there is none."""
    byte = buffer[at]
    width = 0
    if byte >= 0xC2 and byte < 0xE0:
        width = 2
    elif byte >= 0xE0 and byte < 0xF0:
        width = 3
    elif byte >= 0xF0 and byte < 0xF5:
        width = 4
    if width == 0 or at + width > high:
        return 0
    for more in range(1, width):
        if (buffer[at + more] & 0xC0) != 0x80:
            return 0
    second = buffer[at + 1]
    if (
        (byte == 0xE0 and second < 0xA0)
        or (byte == 0xED and second >= 0xA0)
        or (byte == 0xF0 and second < 0x90)
        or (byte == 0xF4 and second >= 0x90)
    ):
        return 0
    return width


@njit(cache=True, nogil=True)
def copy_texts(buffer, first, start, end, escaped, column, other, choose, records, offsets, data, present):
    """Texts of ``records`` as Arrow has them. ``column``, or ``other`` where ``choose`` is true, either -1 for none.

    Broken UTF-8 becomes ``?``; dashes, NULL and ``\\N`` alone are nothing. ``present`` is Arrow's bitmap, zeroed.
    """
    to = 0
    nothing = 0
    for place in range(records.shape[0]):
        row = records[place]
        offsets[place] = to
        use = other if choose[place] else column
        cell = first[row] + use
        if use < 0 or cell >= first[row + 1]:
            nothing += 1
            continue
        low, high = trimmed(buffer, start[cell], end[cell])
        begin = to
        at = low
        while at < high:
            byte = buffer[at]
            if byte >= 32 and byte < 0x80 and byte != 34:
                data[to] = byte
                to += 1
                at += 1
                continue
            if byte >= 0xE1 and byte <= 0xEC and at + 2 < high:  # what Chinese is written in
                second, third = buffer[at + 1], buffer[at + 2]
                if (second & 0xC0) == 0x80 and (third & 0xC0) == 0x80:
                    data[to], data[to + 1], data[to + 2] = byte, second, third
                    to += 3
                    at += 3
                    continue
            if byte < 0x80:
                if byte >= 32:
                    data[to] = byte
                    to += 1
                elif byte == 9 or byte == 10:
                    data[to] = 32
                    to += 1
                if byte == 34 and escaped[cell] and at + 1 < high and buffer[at + 1] == 34:
                    at += 1
                at += 1
                continue
            width = character_in(buffer, at, high)
            if width == 0:
                data[to] = 63
                to += 1
                at += 1
                continue
            for more in range(width):
                data[to + more] = buffer[at + more]
            to += width
            at += width
        dashes = True
        for place_in in range(begin, to):
            if data[place_in] != 45 and data[place_in] != 47:
                dashes = False
                break
        if to - begin == 4 and (data[begin] | 32) == 110 and (data[begin + 1] | 32) == 117:
            dashes = (data[begin + 2] | 32) == 108 and (data[begin + 3] | 32) == 108
        elif to - begin == 2 and data[begin] == 92 and data[begin + 1] == 78:
            dashes = True
        if to == begin or dashes:
            to = begin
            nothing += 1
        else:
            present[place >> 3] |= np.uint8(1 << (place & 7))
    offsets[records.shape[0]] = to
    return to, nothing
