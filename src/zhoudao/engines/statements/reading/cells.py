"""A stretch of a file as cells: one buffer of UTF-8 bytes and where each cell begins and ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Cells:
    """Some records of one sheet, in their order.

    ``first[i]:first[i + 1]`` are the cells of record ``i`` in ``start`` and ``end`` (bytes of ``buffer``);
    ``escaped`` marks cells that hold doubled quotes; ``line[i]`` is the physical row it begins on, from 1.
    """

    buffer: NDArray[np.uint8]
    first: NDArray[np.int64]
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    escaped: NDArray[np.uint8]
    line: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.line)

    def texts(self, record: int) -> list[str]:
        """The cells of one record as a person would read them; undecodable bytes show as U+FFFD."""
        found = []
        for cell in range(int(self.first[record]), int(self.first[record + 1])):
            text = self.buffer[self.start[cell] : self.end[cell]].tobytes().decode("utf-8", "replace")
            found.append(text.replace('""', '"') if self.escaped[cell] else text)
        return found

    def rows(self) -> list[list[str]]:
        return [self.texts(record) for record in range(len(self))]


def of_rows(rows: list[list[str]], lines: list[int]) -> Cells:
    """Cells of texts that are in memory: sheets, and tests."""
    parts: list[bytes] = []
    ends = []
    total = 0
    first = [0]
    for row in rows:
        for text in row:
            data = text.encode("utf-8", "replace")
            parts.append(data)
            total += len(data)
            ends.append(total)
        first.append(len(ends))
    end = np.array(ends, dtype=np.int32)
    start = np.concatenate([np.zeros(1, np.int32), end[:-1]]) if len(end) else end.copy()
    # A kernel may look one byte past a cell.
    return Cells(
        buffer=np.frombuffer(b"".join(parts) + b"\n", dtype=np.uint8),
        first=np.array(first, dtype=np.int64),
        start=start,
        end=end,
        escaped=np.zeros(len(end), np.uint8),
        line=np.array(lines, dtype=np.int64),
    )
