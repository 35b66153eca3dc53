"""Which encoding a text is in, and blocks of it as UTF-8.

GB18030 (with GBK and GB2312 inside it) is turned into UTF-8 by tables in compiled code, an order of magnitude
faster than
the codec of the standard library, from which the tables are made.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from functools import cache
from typing import BinaryIO

import numpy as np
from numba import njit
from numpy.typing import NDArray

UTF8, GB18030, UTF16_LE, UTF16_BE = "utf-8", "gb18030", "utf-16-le", "utf-16-be"
BLOCK = 1 << 22
"""Bytes of a raw block: with its cells it stays in a core's own cache."""


def sniff(samples: list[bytes]) -> tuple[str, int]:
    """``(encoding, bytes of its mark to skip)`` from stretches of a file, the first from its beginning."""
    head = samples[0] if samples else b""
    for mark, encoding in (
        (codecs.BOM_UTF8, UTF8),
        (codecs.BOM_UTF16_LE, UTF16_LE),
        (codecs.BOM_UTF16_BE, UTF16_BE),
    ):
        if head.startswith(mark):
            return encoding, len(mark)
    if head.count(0) > len(head) // 5:
        odd = head[1::2].count(0)
        return (UTF16_LE if odd * 2 > head.count(0) else UTF16_BE), 0
    high, broken_utf8, broken_gb = 0, 0, 0
    for place, sample in enumerate(samples):
        whole = sample if place == 0 else sample[4:]  # a later stretch may begin inside a character
        whole = whole[:-4]
        high += sum(byte >= 0x80 for byte in whole)
        broken_utf8 += whole.decode(UTF8, "replace").count("\ufffd")
        broken_gb += whole.decode(GB18030, "replace").count("\ufffd")
    if high and broken_utf8 > max(2, high // 50) and broken_gb < broken_utf8:
        return GB18030, 0
    if high and broken_utf8 and broken_gb == 0 and high < 200:
        return GB18030, 0
    return UTF8, 0


def stretches(file: BinaryIO, size: int, head: int = 1 << 18) -> list[bytes]:
    """What ``sniff`` looks at: the beginning and, where that is plain ASCII, some of the rest. Leaves ``file`` at 0."""
    file.seek(0)
    found = [file.read(head)]
    if found[0].isascii() and size > head:
        for part in range(1, 16):
            file.seek(head + (size - head) * part // 16)
            found.append(file.read(1 << 16))
    file.seek(0)
    return found


def utf8_blocks(file: BinaryIO, encoding: str, skip: int) -> Iterator[bytes | NDArray[np.uint8]]:
    """The rest of ``file`` as blocks of UTF-8 bytes; a block may end inside a character only where the
    encoding is UTF-8. Where it is, the array is the same each time: read it before the next."""
    file.seek(skip)
    if encoding == UTF8:
        held = np.empty(BLOCK, np.uint8)
        while size := file.readinto(held):  # type: ignore[attr-defined]  # opened as a buffered file
            yield held[:size]
        return
    if encoding == GB18030:
        yield from _from_gb18030(file)
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    while True:
        block = file.read(BLOCK)
        text = decoder.decode(block, final=not block)
        if text:
            yield text.encode(UTF8, "replace")
        if not block:
            return


def _from_gb18030(file: BinaryIO) -> Iterator[NDArray[np.uint8]]:
    double, quadruple = _tables()
    rest = b""
    while True:
        block = file.read(BLOCK)
        raw = np.frombuffer(rest + block, dtype=np.uint8)
        # A byte that is no character becomes U+FFFD, which is three: what a file of nothing else needs.
        out = np.empty(len(raw) * 3, np.uint8)
        written, used = transcode_gb18030(raw, double, quadruple, not block, out)
        if written:
            yield out[:written]
        if not block:
            return
        rest = raw[used:].tobytes()


@cache
def _tables() -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """Code points of the two-byte codes (lead 0x81.. by trail 0x40..) and of the four-byte ones of the basic plane."""
    double = np.zeros((126, 191), np.uint16)
    for lead in range(126):
        for trail in range(191):
            if trail != 0x3F:
                text = bytes((lead + 0x81, trail + 0x40)).decode(GB18030, "replace")
                double[lead, trail] = ord(text[0]) if len(text) == 1 else 0xFFFD
    double[:, 0x3F] = 0xFFFD
    quadruple = np.full(39420, 0xFFFD, np.uint16)
    for index in range(39420):
        rest, fourth = divmod(index, 10)
        rest, third = divmod(rest, 126)
        first, second = divmod(rest, 10)
        text = bytes((first + 0x81, second + 0x30, third + 0x81, fourth + 0x30)).decode(GB18030, "replace")
        if len(text) == 1:
            quadruple[index] = ord(text)
    return double, quadruple


@njit(cache=True, nogil=True)
def transcode_gb18030(raw, double, quadruple, final, out):
    """``(bytes written, bytes used)``; a character cut off at the end stays for the next block unless ``final``."""
    size = raw.shape[0]
    at = 0
    to = 0
    while at < size:
        byte = raw[at]
        if byte < 0x80:
            out[to] = byte
            to += 1
            at += 1
            continue
        point = np.int64(0xFFFD)
        width = 1
        if byte >= 0x81 and byte <= 0xFE:
            if at + 1 >= size:
                if not final:
                    break
            else:
                second = raw[at + 1]
                if second >= 0x40 and second <= 0xFE and second != 0x7F:
                    point = np.int64(double[byte - 0x81, second - 0x40])
                    if point != 0xFFFD:
                        width = 2
                elif second >= 0x30 and second <= 0x39:
                    if at + 3 >= size:
                        if not final:
                            break
                    else:
                        third, fourth = raw[at + 2], raw[at + 3]
                        if third >= 0x81 and third <= 0xFE and fourth >= 0x30 and fourth <= 0x39:
                            index = ((np.int64(byte) - 0x81) * 10 + second - 0x30) * 1260
                            index += (np.int64(third) - 0x81) * 10 + fourth - 0x30
                            if index < 39420:
                                point = np.int64(quadruple[index])
                                width = 4
                            elif index >= 189000 and index < 189000 + 0x100000:
                                point = index - 189000 + 0x10000
                                width = 4
        at += width
        if point < 0x800:
            out[to] = 0xC0 | (point >> 6)
            out[to + 1] = 0x80 | (point & 0x3F)
            to += 2
        elif point < 0x10000:
            if point >= 0xD800 and point < 0xE000:
                point = np.int64(0xFFFD)
            out[to] = 0xE0 | (point >> 12)
            out[to + 1] = 0x80 | ((point >> 6) & 0x3F)
            out[to + 2] = 0x80 | (point & 0x3F)
            to += 3
        else:
            out[to] = 0xF0 | (point >> 18)
            out[to + 1] = 0x80 | ((point >> 12) & 0x3F)
            out[to + 2] = 0x80 | ((point >> 6) & 0x3F)
            out[to + 3] = 0x80 | (point & 0x3F)
            to += 4
    return to, at
