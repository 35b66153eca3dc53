"""Delimited text (CSV, TSV and their like) as cells, block by block, at the speed of a memory scan.

After RFC 4180, as files really are: a quote opens a cell only at its beginning and closes it only before a
delimiter or an
end of line; one that never closes within a few lines is an ordinary character.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
from numba import njit
from numpy.typing import NDArray

from zhoudao.engines.statements.reading.cells import Cells
from zhoudao.engines.statements.reading.encodings import utf8_blocks

QUOTE, CARRIAGE, NEWLINE = 34, 13, 10
DELIMITERS = (",", "\t", "|", ";", "^", "\x01")
LONGEST_RECORD = 1 << 20
"""Bytes. A longer record is no row of a statement."""
MOST_LINES_QUOTED = 8


class RecordTooLong(ValueError):
    """More than LONGEST_RECORD bytes without an end. ``line`` is the physical row it begins on."""

    def __init__(self, line: int) -> None:
        self.line = line
        super().__init__(f"row {line} has no end within {LONGEST_RECORD:,} bytes")


@njit(cache=True, nogil=True)
def split(buffer, size, delimiter, final, line, first, start, end, escaped, lines):
    """Cut ``buffer[:size]`` into records. Answers ``(records, cells, bytes used, next line)``.

    A record without an end stays for the next block unless ``final``. ``buffer`` has a byte more than ``size``.
    """
    records = 0
    cells = 0
    at = 0
    used = 0
    used_line = line
    used_cells = 0
    first[0] = 0
    while at < size:
        # One cell a turn.
        record_line = used_line
        closed = False
        while True:
            begin = at
            if at < size and buffer[at] == QUOTE:
                look = at + 1
                doubled = 0
                breaks = 0
                while True:
                    while look < size and buffer[look] != QUOTE:
                        if buffer[look] == NEWLINE:
                            breaks += 1
                            if breaks > MOST_LINES_QUOTED:
                                break
                        look += 1
                    if look >= size or breaks > MOST_LINES_QUOTED:
                        break
                    if look + 1 < size and buffer[look + 1] == QUOTE:
                        doubled = 1
                        look += 2
                        continue
                    after = look + 1
                    if (
                        after >= size
                        or buffer[after] == delimiter
                        or buffer[after] == NEWLINE
                        or buffer[after] == CARRIAGE
                    ):
                        closed = True
                        break
                    look += 1  # a quote inside: an ordinary character
                if look >= size and not closed and not final and breaks <= MOST_LINES_QUOTED:
                    return records, used_cells, used, used_line
                if closed:
                    closed = False
                    start[cells] = begin + 1
                    end[cells] = look
                    escaped[cells] = doubled
                    cells += 1
                    line += breaks
                    at = look + 1
                    if at >= size and not final:
                        return records, used_cells, used, used_line
                    if at < size and buffer[at] == delimiter:
                        at += 1
                        continue
                    break
            while at < size:
                byte = buffer[at]
                if byte == delimiter or byte == NEWLINE or byte == CARRIAGE:  # noqa: SIM109 - three compares compile best
                    break
                at += 1
            if at >= size and not final:
                return records, used_cells, used, used_line
            start[cells] = begin
            end[cells] = at
            escaped[cells] = 0
            cells += 1
            if at < size and buffer[at] == delimiter:
                at += 1
                continue
            break
        # The end of the record: \n, \r\n, \r or the end of the file.
        if at < size:
            if buffer[at] == CARRIAGE:
                if at + 1 >= size and not final:
                    return records, used_cells, used, used_line
                at += 1
                if at < size and buffer[at] == NEWLINE:
                    at += 1
            else:
                at += 1
        line += 1
        lines[records] = record_line
        records += 1
        first[records] = cells
        used = at
        used_line = line
        used_cells = cells
    return records, used_cells, used, used_line


def records(file: BinaryIO, encoding: str, skip: int, delimiter: str) -> Iterator[Cells]:
    """All records of a text file, in blocks. Raises RecordTooLong."""
    rest = np.empty(0, np.uint8)
    line = 1
    blocks, cutter = utf8_blocks(file, encoding, skip), Cutter(delimiter)
    final = False
    while not final:
        block = next(blocks, None)
        final = block is None
        size = len(rest) + (0 if block is None else len(block))
        buffer = np.empty(size + 1, np.uint8)
        buffer[: len(rest)] = rest
        if block is not None:
            buffer[len(rest) : size] = np.frombuffer(block, dtype=np.uint8)
        buffer[size] = NEWLINE
        cells, used, next_line = cutter.cut(buffer, size, final, line)
        if len(cells):
            yield cells
        rest = buffer[used:size]
        line = next_line
        if len(rest) > LONGEST_RECORD:
            raise RecordTooLong(line)


class Cutter:
    """Cuts buffers into records. Keeps the room it needs for that, a cell a byte, from one buffer to the next."""

    def __init__(self, delimiter: str) -> None:
        self.delimiter = ord(delimiter)
        self._most = 0

    def cut(self, buffer: NDArray[np.uint8], size: int, final: bool, line: int) -> tuple[Cells, int, int]:
        """The whole records in ``buffer[:size]``, how many bytes they take, and the line that follows them."""
        if size + 2 > self._most:
            self._make_room(size + 2)
        count, of_cells, used, next_line = split(
            buffer, size, self.delimiter, final, line,
            self._first, self._start, self._end, self._escaped, self._lines,
        )  # fmt: skip
        cells = Cells(
            buffer,
            self._first[: count + 1].copy(),
            self._start[:of_cells].copy(),
            self._end[:of_cells].copy(),
            self._escaped[:of_cells].copy(),
            self._lines[:count].copy(),
        )
        return cells, int(used), int(next_line)

    def _make_room(self, most: int) -> None:
        self._most = most
        self._first, self._lines = np.empty(most, np.int64), np.empty(most, np.int64)
        self._start, self._end = np.empty(most, np.int32), np.empty(most, np.int32)
        self._escaped = np.empty(most, np.uint8)


def delimiter_of(text: str) -> str:
    """The delimiter that cuts most lines of ``text`` alike; a comma where none does."""
    lines = [line for line in text.splitlines()[:400] if line.strip()]
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        counts = [_outside_quotes(line, delimiter) for line in lines]
        seen = [count for count in counts if count]
        if not seen:
            continue
        usual = max(set(seen), key=lambda count: (seen.count(count), count))
        score = counts.count(usual) * min(usual, 6) / max(len(lines), 1)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _outside_quotes(line: str, delimiter: str) -> int:
    if '"' not in line:
        return line.count(delimiter)
    inside, count = False, 0
    for character in line:
        if character == '"':
            inside = not inside
        elif character == delimiter and not inside:
            count += 1
    return count
