"""Account and card numbers: cleaned, told apart from what a spreadsheet has ruined, and given small whole numbers.

A spreadsheet keeps 15 digits. ``6.22E+18``, or a number cell of 16 digits or more, is no longer the card's
number; it is
refused and never completed.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

from zhoudao.engines.statements.values.cells import ACCOUNT, LONGEST, STRANGE, fold
from zhoudao.engines.statements.values.status import BAD, EMPTY, OK, RUINED

NONE = -1
KEPT_DIGITS = 15
"""Significant digits of an IEEE double as a spreadsheet keeps them (Microsoft, Excel specifications and limits)."""


@njit(cache=True, nogil=True)
def account_in(buffer, start, end, out):
    """``(length, status)`` of the cleaned account in ``out``. Texts that are no number (names, e-mail) are
    kept as written."""
    length = fold(buffer, start, end, ACCOUNT, out)
    if length <= 0:
        return 0, EMPTY if length == 0 else BAD
    digits, others, hyphens, e_at, point_at = 0, 0, 0, -1, -1
    zeros = True
    for at in range(length):
        byte = out[at]
        if byte >= 48 and byte <= 57:
            digits += 1
            zeros = zeros and byte == 48
        elif byte == 45 or byte == 47:
            hyphens += 1
        elif byte == 46 and point_at < 0:
            point_at = at
        elif (byte == 69 or byte == 101) and e_at < 0:
            e_at = at
        elif byte == 43 and e_at == at - 1:
            pass
        elif byte == STRANGE:
            return 0, BAD
        else:
            others += 1
    if digits == 0 and others == 0:
        return 0, EMPTY
    if others == 0 and e_at > 0 and (point_at == 1 or e_at == 1) and e_at < length - 1 and hyphens == 0:
        return 0, RUINED
    if others == 0 and e_at < 0 and digits and zeros:
        return 0, EMPTY
    if others == 0 and e_at < 0 and point_at > 0 and hyphens == 0:
        fraction = False
        for at in range(point_at + 1, length):
            fraction = fraction or out[at] != 48
        if fraction:
            return 0, BAD
        if point_at > KEPT_DIGITS:
            return 0, RUINED
        length = point_at
    if others == 0 and hyphens and length >= 19 and out[4] == 45:  # 6222-0212-...
        to = 0
        for at in range(length):
            if out[at] != 45:
                out[to] = out[at]
                to += 1
        length = to
    if digits == 0 and e_at < 0 and length <= 4 and _null_word(out, length):
        return 0, EMPTY
    return length, OK


@njit(cache=True, nogil=True)
def _null_word(out, length):
    """null, none, nan, n/a, \\n: what programs write for nothing."""
    if length < 2 or (out[0] | 32) != 110:
        return out[0] == 92 and length == 2
    second = out[1] | 32
    return second == 117 or second == 111 or second == 97 or second == 47


@njit(cache=True, nogil=True)
def hash_of(buffer, start, end):
    """64 bits of a stretch of bytes (FNV-1a with a final mix), never 0."""
    value = np.uint64(14695981039346656037)
    for at in range(start, end):
        value = (value ^ np.uint64(buffer[at])) * np.uint64(1099511628211)
    value ^= value >> np.uint64(32)
    value *= np.uint64(0x9E3779B97F4A7C15)
    value ^= value >> np.uint64(29)
    return value if value != 0 else np.uint64(1)


@njit(cache=True, nogil=True)
def read_accounts(buffer, first, start, end, column, rows, out_bytes, out_start, out_length, hashes, status):
    """Clean one column's accounts into ``out_bytes`` (a stretch a record, with its hash)."""
    scratch = np.empty(LONGEST, np.uint8)
    to = 0
    for row in range(rows):
        cell = first[row] + column
        out_start[row] = to
        out_length[row] = 0
        if cell >= first[row + 1]:
            status[row] = EMPTY
            continue
        low, high = start[cell], end[cell]
        plain = (high - low >= 8 and high - low <= 15) or (high - low >= 15 and high - low <= 32)
        if plain:
            for at in range(low, high):
                byte = buffer[at]
                if byte < 48 or byte > 57:
                    plain = False
                    break
                out_bytes[to + at - low] = byte
        if plain and out_bytes[to] != 48:
            out_length[row] = high - low
            status[row] = OK
            hashes[row] = hash_of(out_bytes, to, to + high - low)
            to += high - low
            continue
        length, state = account_in(buffer, low, high, scratch)
        status[row] = state
        for at in range(length):
            out_bytes[to + at] = scratch[at]
        out_length[row] = length
        hashes[row] = hash_of(out_bytes, to, to + length)
        to += length
    return to


@njit(cache=True, nogil=True)
def _intern(data, starts, lengths, keys, codes, table, hashes, offsets, arena, count, used):
    mask = np.uint64(table.shape[0] - 1)
    for row in range(starts.shape[0]):
        length = lengths[row]
        if length == 0:
            codes[row] = NONE
            continue
        begin = starts[row]
        key = keys[row]
        slot = key & mask
        while True:
            code = table[slot]
            if code < 0:
                table[slot] = count
                hashes[count] = key
                for at in range(length):
                    arena[used + at] = data[begin + at]
                used += length
                offsets[count + 1] = used
                codes[row] = count
                count += 1
                break
            if hashes[code] == key and offsets[code + 1] - offsets[code] == length:
                codes[row] = code
                break
            slot = (slot + np.uint64(1)) & mask
    return count, used


@njit(cache=True, nogil=True)
def _rehash(table, hashes, count):
    mask = np.uint64(table.shape[0] - 1)
    table[:] = -1
    for code in range(count):
        slot = hashes[code] & mask
        while table[slot] >= 0:
            slot = (slot + np.uint64(1)) & mask
        table[slot] = code


class Accounts:
    """Every account met, each with a small whole number in the order of meeting."""

    def __init__(self) -> None:
        self.count = 0
        self._used = 0
        self._table = np.full(1 << 12, -1, np.int32)
        self._hashes = np.empty(1 << 11, np.uint64)
        self._offsets = np.zeros((1 << 11) + 1, np.int64)
        self._arena = np.empty(1 << 16, np.uint8)

    def codes(
        self,
        data: NDArray[np.uint8],
        starts: NDArray[np.int64],
        lengths: NDArray[np.int32],
        hashes: NDArray[np.uint64],
    ) -> NDArray[np.int32]:
        """The number of each cleaned account; NONE where it is empty. ``hashes``: of each, by ``hash_of``."""
        most = self.count + int(np.count_nonzero(lengths))
        if most > len(self._hashes):
            size = 1 << int(most * 2 - 1).bit_length()
            self._hashes = np.concatenate([self._hashes, np.empty(size - len(self._hashes), np.uint64)])
            self._offsets = np.concatenate([self._offsets, np.empty(size + 1 - len(self._offsets), np.int64)])
        if most * 2 > len(self._table):
            self._table = np.empty(1 << int(most * 2 - 1).bit_length(), np.int32)
            _rehash(self._table, self._hashes, self.count)
        room = self._used + int(lengths.sum())
        if room > len(self._arena):
            self._arena = np.concatenate([self._arena, np.empty(room * 2 - len(self._arena), np.uint8)])
        codes = np.empty(len(starts), np.int32)
        self.count, self._used = _intern(
            data,
            starts,
            lengths,
            hashes,
            codes,
            self._table,
            self._hashes,
            self._offsets,
            self._arena,
            self.count,
            self._used,
        )
        return codes

    def code(self, text: str) -> int:
        data = np.frombuffer(text.encode(), np.uint8)
        key = np.array([hash_of(data, 0, len(data))], np.uint64)
        return int(self.codes(data, np.zeros(1, np.int64), np.array([len(data)], np.int32), key)[0])

    def column(self) -> pa.Array:
        """All of them as Arrow has texts, in the order of their numbers."""
        if self._used < 2**31:
            offsets = self._offsets[: self.count + 1].astype(np.int32)
            held = self._arena[: self._used].copy()
            made = pa.StringArray.from_buffers(self.count, pa.py_buffer(offsets), pa.py_buffer(held))
            try:
                made.validate(full=True)  # a text that is no number is kept as written, so it may be broken
                return made
            except pa.ArrowInvalid:
                pass
        return pa.array(self.texts(), pa.string())

    def texts(self) -> list[str]:
        whole = self._arena[: self._used].tobytes()
        ends = self._offsets[: self.count + 1].tolist()
        return [whole[low:high].decode("utf-8", "replace") for low, high in pairwise(ends)]


def read_account(text: str) -> tuple[str, int]:
    """``(cleaned, status)`` of one text; for preambles, and for tests."""
    data = np.frombuffer(text.encode() + b" ", dtype=np.uint8)
    out = np.empty(LONGEST, np.uint8)
    length, status = account_in(data, 0, len(data) - 1, out)
    return out[:length].tobytes().decode("ascii", "replace"), int(status)
