"""What went between pairs of firms, as arrays: millions of pairs as Python dicts would take gigabytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhoudao.engines.stored import numbered

NOBODY = pa.table({"one": pa.array([], pa.string()), "other": pa.array([], pa.string()),
                   "amount": pa.array([], pa.int64())})  # fmt: skip


class Pairs(Mapping[str, dict[str, int]]):
    """By firm, fen by each firm on the other side, in order of names."""

    def __init__(self, names: pa.Array, one: np.ndarray, other: np.ndarray, amount: np.ndarray) -> None:
        order = np.lexsort((other, one))
        self._names, self._other, self._amount = names, other[order], amount[order]
        self._firms, starts = np.unique(one[order], return_index=True)
        self._starts = np.append(starts, len(order))
        self._places = dict(
            zip(names.take(pa.array(self._firms)).to_pylist(), range(len(self._firms)), strict=True)
        )

    def __getitem__(self, firm: str) -> dict[str, int]:
        place = self._places[firm]
        part = slice(self._starts[place], self._starts[place + 1])
        others = self._names.take(pa.array(self._other[part])).to_pylist()
        return dict(zip(others, self._amount[part].tolist(), strict=True))

    def __contains__(self, firm: object) -> bool:
        return firm in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def both_ways(pairs: pa.Table) -> tuple[Pairs, Pairs]:
    """``one, other, amount``, each pair once, from either side."""
    both = pa.chunked_array([*pairs["one"].chunks, *pairs["other"].chunks], pa.string())
    names = pc.unique(both)
    names = names.take(pc.sort_indices(names))
    one, other = (numbered(pairs[side], names).astype(np.int32) for side in ("one", "other"))
    amount = pairs["amount"].to_numpy()
    return Pairs(names, one, other, amount), Pairs(names, other, one, amount)
