"""A cell's bytes in plain ASCII: full-width forms folded, blanks and quotes off, the few Chinese signs that
matter mapped."""

from __future__ import annotations

import numpy as np
from numba import njit

AMOUNT, TIME, ACCOUNT = 0, 1, 2
"""What a cell is folded for: 分 is a hundredth in an amount and a minute in a time."""
LONGEST = 96
"""Bytes of a folded cell; no amount, time or account is longer."""
STRANGE = 1
"""Stands for a character that has no place in such a cell, so that no reader takes it."""
DROP = 0

_SIGNS: dict[str, tuple[str, str, str]] = {
    # character: what it becomes in an amount, in a time, in an account; "" is strange, "\0" is dropped
    "年": ("", "-", ""),
    "月": ("", "-", ""),
    "日": ("", " ", ""),
    "号": ("", " ", ""),
    "时": ("", ":", ""),
    "点": ("", ":", ""),
    "分": ("f", ":", ""),
    "秒": ("", "\0", ""),
    "上": ("", "A", ""),
    "下": ("", "P", ""),
    "午": ("", "M", ""),
    "元": ("\0", "", ""),
    "圆": ("\0", "", ""),
    "整": ("\0", "", ""),
    "万": ("w", "", ""),
    "亿": ("y", "", ""),
    "角": ("j", "", ""),
    "借": ("D", "", ""),
    "贷": ("C", "", ""),
    "￥": ("\0", "", ""),
    "−": ("-", "-", "-"),
    "–": ("-", "-", "-"),
    "—": ("-", "-", "-"),
    "。": (".", ".", "."),
    "、": ("", "", ""),
    "\u3000": (" ", " ", " "),
    "\u2002": (" ", " ", " "),
    "\u2003": (" ", " ", " "),
    "\u2009": (" ", " ", " "),
    "\u202f": (" ", " ", " "),
    "\u200b": ("\0", "\0", "\0"),
    "\u200c": ("\0", "\0", "\0"),
    "\u200d": ("\0", "\0", "\0"),
    "\u200e": ("\0", "\0", "\0"),
    "\u200f": ("\0", "\0", "\0"),
    "\u202a": ("\0", "\0", "\0"),
    "\u202c": ("\0", "\0", "\0"),
    "\u202d": ("\0", "\0", "\0"),
    "\u2060": ("\0", "\0", "\0"),
    "\ufeff": ("\0", "\0", "\0"),
    "“": ("\0", "\0", "\0"),
    "”": ("\0", "\0", "\0"),
    "‘": ("\0", "\0", "\0"),
    "’": ("\0", "\0", "\0"),
}
_ORDER = sorted(_SIGNS, key=lambda character: character.encode())
_CODES = np.array([int.from_bytes(character.encode(), "big") for character in _ORDER], dtype=np.int64)
_MEANS = np.array(
    [[ord(text) if text else STRANGE for text in _SIGNS[character]] for character in _ORDER], dtype=np.uint8
)


@njit(cache=True, nogil=True)
def _sign(code, mode):
    at = np.searchsorted(_CODES, code)
    if at < _CODES.shape[0] and _CODES[at] == code:
        return _MEANS[at, mode]
    return STRANGE


@njit(cache=True, nogil=True)
def fold(buffer, start, end, mode, out):
    """Write the folded cell to ``out`` (LONGEST bytes) and return its length, or -1 where it is too long.

    Blanks at both ends go; inside, a run of them becomes one in a time and none elsewhere. A leading ``=`` or ``'`` and
    all double quotes (``="6222..."``) go too.
    """
    length = 0
    blank = False
    at = start
    while at < end:
        byte = buffer[at]
        width = 1
        if byte >= 0x80:
            if byte >= 0xF0:
                byte, width = STRANGE, 4
            elif byte >= 0xE0 and at + 2 < end:
                second, third = buffer[at + 1], buffer[at + 2]
                width = 3
                if byte == 0xEF and (second == 0xBC or (second == 0xBD and third <= 0x9E)):
                    # U+FF01 to U+FF5E are ASCII's full-width twins, 0x21 to 0x7E.
                    byte = (third - 0x80 + 0x20) if second == 0xBC else (third - 0x80 + 0x60)
                else:
                    byte = _sign((np.int64(byte) << 16) | (np.int64(second) << 8) | np.int64(third), mode)
            elif byte >= 0xC0 and at + 1 < end:
                second = buffer[at + 1]
                width = 2
                if byte == 0xC2 and second == 0xA0:
                    byte = 32
                elif byte == 0xC2 and second == 0xA5:  # the yen sign, for yuan
                    byte = DROP if mode == AMOUNT else STRANGE
                else:
                    byte = STRANGE
            else:
                byte = STRANGE
        at += width
        if byte <= 32:
            if byte == STRANGE:
                pass
            else:
                blank = blank or (byte != DROP)
                continue
        if byte == 34 or ((byte == 61 or byte == 39) and length == 0):
            continue
        if blank and length > 0 and mode == TIME:
            if length >= LONGEST:
                return -1
            out[length] = 32
            length += 1
        blank = False
        if length >= LONGEST:
            return -1
        out[length] = byte
        length += 1
    return length


@njit(cache=True, nogil=True)
def is_digit(byte):
    return byte >= 48 and byte <= 57


@njit(cache=True, nogil=True)
def number_in(out, start, end):
    """The whole number in ``out[start:end]``, or -1 where it isn't all digits, is empty or has more than 18."""
    if end <= start or end - start > 18:
        return np.int64(-1)
    value = np.int64(0)
    for at in range(start, end):
        byte = out[at]
        if byte < 48 or byte > 57:
            return np.int64(-1)
        value = value * 10 + (byte - 48)
    return value
