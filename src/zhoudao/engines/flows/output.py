"""Findings to Parquet files, batch by batch; the files appear when all is written."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pyarrow.parquet as pq

from zhoudao.engines.detection import Batch
from zhoudao.engines.shapes import FINDING_ROWS, FINDINGS


class FindingsFiles:
    """``findings.parquet`` and ``finding_rows.parquet`` of a folder; nothing is written for None. A context manager."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.writers: dict[str, pq.ParquetWriter] = {}

    def __enter__(self) -> FindingsFiles:
        if self.folder:
            self.folder.mkdir(parents=True, exist_ok=True)
            for name, schema in (("findings", FINDINGS), ("finding_rows", FINDING_ROWS)):
                self.writers[name] = pq.ParquetWriter(self._draft(name), schema)
        return self

    def write(self, batch: Batch) -> None:
        if self.writers and len(batch.findings):
            self.writers["findings"].write_table(batch.findings)
            self.writers["finding_rows"].write_table(batch.rows)

    def __exit__(self, failed: object, *_: object) -> None:
        for name, writer in self.writers.items():
            writer.close()
            if failed:
                self._draft(name).unlink(missing_ok=True)
            else:
                os.replace(self._draft(name), self._final(name))

    def _final(self, name: str) -> Path:
        assert self.folder
        return self.folder / f"{name}.parquet"

    def _draft(self, name: str) -> Path:
        return self._final(name).with_suffix(".parquet.draft")


def sha256(path: Path) -> str:
    """Of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
