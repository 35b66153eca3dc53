"""Many findings at once, as Arrow: what ``detection.batch_of`` does one by one, done a column at a time.

A finding's id must be the same wherever it is found. Each transfer id is hashed once (the first 96 bits of its
SHA-256); a finding's id chains those of its rows in order, so that a million rings cost a million short loops
instead of a million digests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numba import njit

from zhoudao.engines.detection import Batch
from zhoudao.engines.flows.arrays import Floats, Ints
from zhoudao.engines.flows.graph import MoneyGraph
from zhoudao.engines.shapes import FINDING_ROWS, FINDINGS, TIME

_HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)


class Tellers:
    """Tells findings about a graph's transfers and accounts as tables."""

    def __init__(self, graph: MoneyGraph, detector: str, version: str) -> None:
        self.graph = graph
        self.seed = _digest(f"{detector}\n{version}\n")
        self.digests: dict[int, tuple[int, int]] = {}

    def batch(
        self,
        transfers: Ints,
        starts: Ints,
        *,
        accounts: Ints,
        account_starts: Ints,
        roles: pa.Array,
        scores: Floats,
        amounts: Ints,
        reason: str,
        values: dict[str, pa.Array],
        kind: str = "account",
    ) -> Batch:
        """Findings whose rows are ``transfers[starts[i]:starts[i + 1]]`` and whose subjects are
        ``accounts[account_starts[i]:account_starts[i + 1]]`` with ``roles`` beside; one reason each, with ``values``
        (an array of text a name).
        """
        count = int(starts.size - 1)
        lengths = np.diff(starts)
        keys = self._keys(transfers, starts)
        time = self.graph.time[transfers]
        first = np.minimum.reduceat(time, starts[:-1]) if count else time[:0]
        last = np.maximum.reduceat(time, starts[:-1]) if count else time[:0]
        names = list(values)
        subject = pa.StructArray.from_arrays(
            [
                pa.array([kind], pa.string()).take(pa.array(np.zeros(accounts.size, dtype=np.int32))),
                self.graph.account_names(accounts),
                roles,
            ],
            names=["kind", "id", "role"],
        )
        flat = [
            each for row in zip(*(values[name].to_pylist() for name in names), strict=True) for each in row
        ]
        maps = pa.MapArray.from_arrays(
            pa.array(np.arange(count + 1, dtype=np.int32) * len(names), pa.int32()),
            pa.array(names * count, pa.string()),
            pa.array(flat, pa.string()),
        )
        reasons = pa.ListArray.from_arrays(
            pa.array(np.arange(count + 1, dtype=np.int32)),
            pa.StructArray.from_arrays(
                [pa.array([reason] * count, pa.string()), maps], names=["code", "values"]
            ),
        )
        findings = pa.table(
            [
                keys,
                pa.array([""] * count, pa.string()),
                pa.ListArray.from_arrays(pa.array(account_starts.astype(np.int32)), subject),
                pa.array(scores, pa.float64()),
                pa.array(amounts, pa.int64()),
                pa.array([self.graph.currency or None] * count, pa.string()),
                pa.array(first, pa.int64()).cast(pa.timestamp("us")).cast(TIME),
                pa.array(last, pa.int64()).cast(pa.timestamp("us")).cast(TIME),
                reasons,
            ],
            schema=FINDINGS,
        )
        owner = np.repeat(np.arange(count, dtype=np.int64), lengths)
        position = (np.arange(transfers.size, dtype=np.int64) - np.repeat(starts[:-1], lengths)).astype(
            np.int32
        )
        empty = pa.nulls(transfers.size, pa.string())
        rows = pa.table(
            [
                keys.take(pa.array(owner)), pa.array(position), self.graph.ids(transfers),
                empty, empty, pa.nulls(transfers.size, pa.int64()),
            ],
            schema=FINDING_ROWS,
        )  # fmt: skip
        return Batch(findings, rows)

    def _keys(self, transfers: Ints, starts: Ints) -> pa.Array:
        used, place = np.unique(transfers, return_inverse=True)
        digests = np.empty((used.size, 2), dtype=np.uint64)
        new = [int(each) for each in used if int(each) not in self.digests]
        for number, name in zip(new, self.graph.ids(np.array(new, dtype=np.int64)).to_pylist(), strict=True):
            self.digests[number] = _digest(name)
        for i, each in enumerate(used.tolist()):
            digests[i] = self.digests[each]
        chained = _chain(digests, place.astype(np.int64), starts, np.array(self.seed, dtype=np.uint64))
        octets = chained.astype(">u8").view(np.uint8).reshape(-1, 16)[:, :12]
        text = np.empty((octets.shape[0], 24), dtype=np.uint8)
        text[:, 0::2], text[:, 1::2] = _HEX[octets >> 4], _HEX[octets & 15]
        offsets = pa.array(np.arange(octets.shape[0] + 1, dtype=np.int32) * 24)
        return pa.StringArray.from_buffers(
            octets.shape[0], offsets.buffers()[1], pa.py_buffer(np.ascontiguousarray(text))
        )


@njit(cache=True, nogil=True)
def _chain(digests, place, starts, seed):  # pragma: no cover - compiled
    """uint64[findings, 2]: two independent multiply-and-mix chains over the digests of a finding's rows, in order."""
    out = np.empty((starts.size - 1, 2), dtype=np.uint64)
    for i in range(starts.size - 1):
        a, b = seed[0], seed[1]
        for j in range(starts[i], starts[i + 1]):
            a = _mix((a ^ digests[place[j], 0]) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(1))
            b = _mix((b ^ digests[place[j], 1]) * np.uint64(0xC2B2AE3D27D4EB4F) + np.uint64(1))
        out[i, 0], out[i, 1] = a, b
    return out


@njit(cache=True, nogil=True)
def _mix(x):  # pragma: no cover - compiled
    """The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): every bit of x changes half the result's."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _digest(text: str) -> tuple[int, int]:
    whole = hashlib.sha256(text.encode()).digest()
    return int.from_bytes(whole[:8], "big"), int.from_bytes(whole[8:16], "big")


def texts(values: Sequence[object] | Ints) -> pa.Array:
    """Values as the text that a reason keeps."""
    return pa.array(np.asarray(values)).cast(pa.string())
