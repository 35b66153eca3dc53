"""All kept records of a run, a column an array, in the order of sheets and rows."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

COLUMNS = {
    "line": np.int32, "time": np.int64, "precision": np.uint8, "own": np.int32, "other": np.int32, "amount": np.int64,
    "way": np.int8, "balance": np.int64, "serial": np.uint64, "currency": np.int8, "flags": np.uint8,
}  # fmt: skip


@dataclass
class Gathering:
    """Grows block by block."""

    parts: dict[str, list[NDArray]] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    sheet_ends: list[int] = field(default_factory=list)
    other_balances: list[tuple[int, NDArray]] = field(default_factory=list)
    count: int = 0

    def add(self, columns: dict[str, NDArray]) -> None:
        for name, kind in COLUMNS.items():
            self.parts[name].append(columns[name].astype(kind, copy=False))
        self.count += len(columns["line"])

    def end_sheet(self) -> None:
        self.sheet_ends.append(self.count)

    def records(self) -> Records:
        found = {}
        for name, kind in COLUMNS.items():
            parts = self.parts.pop(name)
            found[name] = np.concatenate(parts) if parts else np.empty(0, kind)
        starts = np.array([0, *self.sheet_ends[:-1]], np.int64) if self.sheet_ends else np.zeros(0, np.int64)
        return Records(**found, sheet_start=starts, sheet_end=np.array(self.sheet_ends, np.int64))


@dataclass
class Records:
    line: NDArray[np.int32]
    time: NDArray[np.int64]
    precision: NDArray[np.uint8]
    own: NDArray[np.int32]
    other: NDArray[np.int32]
    amount: NDArray[np.int64]
    way: NDArray[np.int8]
    balance: NDArray[np.int64]
    serial: NDArray[np.uint64]
    currency: NDArray[np.int8]
    flags: NDArray[np.uint8]
    sheet_start: NDArray[np.int64]
    sheet_end: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.line)

    def sheet_of(self, rows: NDArray) -> NDArray[np.int32]:
        return np.searchsorted(self.sheet_end, rows, side="right").astype(np.int32)
