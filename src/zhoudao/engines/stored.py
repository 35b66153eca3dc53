"""A table that lies in a Parquet file, for those that don't fit in memory, beside one that does.

Engines that read either use the functions below: a lazy frame, batches in the table's own order, rows by number, or a
view in DuckDB, which spills what it can't hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import ibis
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

ROWS_AT_ONCE = 131_072
KEPT_FREE = 0.4
"""Of the memory a run may take: what DuckDB gets. The rest is for what Python holds beside it."""


@dataclass(frozen=True)
class Stored:
    """One Parquet file as a table. It stays where it is: whoever wrote it takes it away."""

    path: Path

    @cached_property
    def _about(self) -> pq.FileMetaData:
        return pq.read_metadata(self.path)

    @cached_property
    def schema(self) -> pa.Schema:
        return pq.read_schema(self.path)

    @property
    def column_names(self) -> list[str]:
        return list(self.schema.names)

    def __len__(self) -> int:
        return int(self._about.num_rows)

    def is_empty(self, column: str) -> bool:
        """Whether no row has anything in it, as the file's own statistics say."""
        at, parts = self.column_names.index(column), range(self._about.num_row_groups)
        told = [self._about.row_group(part).column(at).statistics for part in parts]
        return all(each is not None and each.null_count == each.num_values + each.null_count for each in told)

    def arrow(self, columns: Iterable[str] | None = None) -> pa.Table:
        """All of it in memory."""
        return pq.read_table(self.path, columns=None if columns is None else list(columns))


Table: TypeAlias = Any
"""``pa.Table`` or ``Stored``: pyarrow tells no types."""


def arrow(table: Table, columns: list[str]) -> pa.Table:
    """Some columns in memory."""
    return table.arrow(columns) if isinstance(table, Stored) else table.select(columns)


def lazy(table: Table) -> pl.LazyFrame:
    if isinstance(table, Stored):
        return pl.scan_parquet(table.path)
    return pl.DataFrame(table).lazy()


def batches(table: Table, columns: list[str]) -> Iterator[pa.RecordBatch]:
    """Some columns, a batch after the other, in the table's order."""
    if isinstance(table, Stored):
        with pq.ParquetFile(table.path) as file:
            yield from file.iter_batches(ROWS_AT_ONCE, columns=columns)
    else:
        yield from table.select(columns).to_batches(ROWS_AT_ONCE)


def taken(table: Table, rows: np.ndarray, columns: list[str]) -> pl.DataFrame:
    """Some columns of the rows at ``rows`` (from 0, each once, rising)."""
    if not isinstance(table, Stored):
        return pl.DataFrame(table.select(columns).take(pa.array(rows)))
    parts, first = [], 0
    for batch in batches(table, columns):
        low, high = np.searchsorted(rows, [first, first + len(batch)])
        if low < high:
            parts.append(pa.Table.from_batches([batch]).take(pa.array(rows[low:high] - first)))
        first += len(batch)
    return pl.DataFrame(pa.concat_tables(parts) if parts else table.schema.empty_table().select(columns))


def numbered(values: pa.Array, names: pa.Array) -> np.ndarray:
    """Place of each value among ``names``, -1 where it is none of them."""
    return pc.index_in(values, value_set=names).fill_null(-1).to_numpy(zero_copy_only=False)


def gathered(
    parts: Iterable[tuple[np.ndarray, ...]], kinds: tuple[type[np.number], ...], most: int
) -> list[np.ndarray]:
    """Columns of numbers from pieces of them, ``most`` rows at most; room that is not used is not taken."""
    columns, filled = [np.empty(most, kind) for kind in kinds], 0
    for part in parts:
        for column, values in zip(columns, part, strict=True):
            column[filled : filled + len(values)] = values
        filled += len(part[0])
    return [column[:filled] for column in columns]


def workbench(
    tables: Mapping[str, Table], names: Iterable[str], *, memory_mib: int, threads: int, spill: Path | None = None
) -> Any:  # fmt: skip
    """A DuckDB of one's own, as Ibis has it, with some of the tables as views; close it with ``disconnect``."""
    given: dict[str, Any] = {"memory_limit": f"{max(int(memory_mib * KEPT_FREE), 256)}MB", "threads": threads}
    on_disk = [table.path for name in names if isinstance(table := tables[name], Stored)]
    if on_disk:
        given |= {
            "temp_directory": str(spill or on_disk[0].parent / "spill"),
            "preserve_insertion_order": False,
        }
    connection = ibis.duckdb.connect(**given)
    for name in names:
        table = tables[name]
        if isinstance(table, Stored):
            connection.create_view(name, connection.read_parquet(table.path))
        else:
            connection.create_view(name, ibis.memtable(table))
    return connection
