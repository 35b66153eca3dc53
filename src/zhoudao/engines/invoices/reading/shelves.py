"""The tables of a case while they are read: one Parquet file each, written piece by piece."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from zhoudao.engines.invoices.reading.sheets import ROW
from zhoudao.engines.invoices.tables import TABLES
from zhoudao.engines.stored import Stored

KEYS: dict[str, tuple[str, ...]] = {
    "registrations": ("firm_id",),
    "invoices": ("invoice_id",),
    "lines": ("invoice_id", "line"),
    "declarations": ("declaration_id",),
    "declaration_lines": ("declaration_id", "line"),
    "bills_of_lading": ("bl_number",),
    "receipts": ("receipt_id",),
    "refunds": ("filing_id", "declaration_id", "invoice_id"),
    "returns": ("firm_id", "period"),
    "notices": ("notice_id",),
    "accounts": ("account",),
    "ledger": ("transfer_id",),
    "status": ("firm_id", "status", "since"),
}
"""What makes two rows one: exported twice they are merged; with another content the later one is refused."""
SOURCE = ("source_file", "source_sheet", ROW)
REFUSALS = {"source_file": pl.String, "source_sheet": pl.String, ROW: pl.Int64, "field": pl.String,
            "value": pl.String, "expected": pl.String}  # fmt: skip
REFUSED = "refused"
SCHEMAS = {
    name: pa.schema([*schema, *(pa.field(each, pa.int64() if each == ROW else pa.string()) for each in SOURCE)])
    for name, schema in TABLES.items()
} | {REFUSED: pa.schema([pa.field(name, pa.int64() if name == ROW else pa.string()) for name in REFUSALS])}  # fmt: skip


class Shelves:
    """Files in one folder, one a table. A context manager.

    Beside each lies a number for every row's key, so that a key that is there twice is known without a look at rows.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._writers = {name: pq.ParquetWriter(self.path(name), schema) for name, schema in SCHEMAS.items()}

    def __enter__(self) -> Shelves:
        return self

    def __exit__(self, *_: object) -> None:
        for writer in self._writers.values():
            writer.close()

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.parquet"

    def put(self, table: str, frame: pl.DataFrame) -> None:
        """More rows of a table; columns it lacks are empty."""
        if not len(frame):
            return
        self._write(table, frame)
        with (self.folder / f"{table}.keys").open("ab") as keys:
            frame.select(pl.struct(KEYS[table]).hash()).to_series().to_numpy().tofile(keys)

    def refuse(self, frame: pl.DataFrame | pa.RecordBatch) -> None:
        if len(frame):
            self._write(REFUSED, frame)

    def _write(self, name: str, frame: pl.DataFrame | pa.RecordBatch) -> None:
        there = frame.to_arrow() if isinstance(frame, pl.DataFrame) else pa.Table.from_batches([frame])
        columns = [
            there[each.name].cast(each.type) if each.name in there.column_names else pa.nulls(len(there), each.type)
            for each in SCHEMAS[name]
        ]  # fmt: skip
        self._writers[name].write_table(pa.table(columns, schema=SCHEMAS[name]))

    def close(self) -> dict[str, Stored]:
        """The tables, to read. Rows may still be refused."""
        for name in TABLES:
            self._writers.pop(name).close()
        return {name: Stored(self.path(name)) for name in TABLES}

    def has_repeated(self, table: str) -> bool:
        """Whether two rows may have one key; the numbers kept for it go."""
        path = self.folder / f"{table}.keys"
        if not path.exists():
            return False
        keys = np.fromfile(path, dtype=np.uint64)
        path.unlink()
        keys.sort()
        return bool((keys[1:] == keys[:-1]).any())

    def refused(self) -> Stored:
        self._writers.pop(REFUSED).close()
        return Stored(self.path(REFUSED))
