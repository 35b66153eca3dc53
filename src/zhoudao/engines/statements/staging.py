"""Texts of kept records, set aside in memory (the rest on disk) until it is known which are one transfer."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pyarrow as pa

from zhoudao.engines.statements.rows.reader import TEXTS

MOST_IN_MEMORY = 128 << 20
"""Bytes."""
AHEAD = 4
"""Blocks whose texts are still being copied."""
_SCHEMA = pa.schema([pa.field(name, pa.string()) for name in TEXTS])


class Staging:
    """Batches come back in the order they were added."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._coming: deque[Future[pa.RecordBatch]] = deque()
        self._held: list[pa.RecordBatch] = []
        self._bytes = 0
        self._stream: Any = None

    def add(self, batch: Future[pa.RecordBatch]) -> None:
        self._coming.append(batch)
        self.settle(AHEAD)

    def settle(self, most: int = 0) -> None:
        """Wait until at most so many batches are still coming."""
        while len(self._coming) > most:
            batch = self._coming.popleft().result()
            self._bytes += batch.nbytes
            if self._bytes <= MOST_IN_MEMORY:
                self._held.append(batch)
                continue
            if self._stream is None:
                self._stream = pa.ipc.new_stream(str(self.path), _SCHEMA)
            self._stream.write_batch(batch)

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All of them, once; each is let go of as it is read."""
        self._held.reverse()
        while self._held:
            yield self._held.pop()
        if self._stream is not None:
            # Read, not mapped: what is mapped counts as memory in use.
            with pa.OSFile(str(self.path)) as file, pa.ipc.open_stream(file) as stream:
                yield from stream
