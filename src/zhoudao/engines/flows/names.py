"""From a transfer's id to its number: sorted hashes, made when first asked for, 16 bytes a transfer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
import pyarrow as pa

from zhoudao.engines.flows.arrays import Ints


class Names:
    """The ids of a graph's transfers; without any, a transfer's id is the ledger's row in digits."""

    def __init__(self, row: Ints, ids: pa.ChunkedArray | None) -> None:
        self.ids = ids
        rows = int(row.max()) + 1 if row.size else 0
        self.place = np.full(rows, -1, dtype=np.int32)
        self.place[row] = np.arange(row.size, dtype=np.int32)
        if ids is not None:
            hashes = _hashes(ids)
            self.order = np.argsort(hashes, kind="stable").astype(np.int32)
            self.sorted = hashes[self.order]

    def numbers(self, ids: Sequence[str]) -> Ints:
        """int64: the number of each, -1 for one that isn't there."""
        if self.ids is None:
            rows = [int(each) if each.isdigit() else -1 for each in ids]
        else:
            first = np.searchsorted(self.sorted, _hashes(pa.array(ids, pa.string())))
            rows = [self._row(each, int(at)) for each, at in zip(ids, first, strict=True)]
        return np.array(
            [self.place[each] if 0 <= each < self.place.size else -1 for each in rows], dtype=np.int64
        )

    def _row(self, name: str, at: int) -> int:
        """The first ledger row from ``at`` of the sorted hashes on that is really called so; -1 if none is."""
        assert self.ids is not None
        start = self.sorted[at] if at < self.sorted.size else None
        while at < self.sorted.size and self.sorted[at] == start:
            if self.ids[int(self.order[at])].as_py() == name:
                return int(self.order[at])
            at += 1
        return -1


def _hashes(ids: pa.Array | pa.ChunkedArray) -> Ints:
    """uint64, of the text; they hold within one process."""
    series = pl.from_arrow(ids)
    assert isinstance(series, pl.Series)
    return series.hash(seed=0).to_numpy()
