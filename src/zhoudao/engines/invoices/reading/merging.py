"""Rows that are there twice: the first of a key stays, equal ones merge into it, others are refused.

DuckDB does it over the file, and spills: half a case may have been handed over twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import duckdb
import pyarrow.parquet as pq

from zhoudao.engines.invoices.reading.shelves import KEYS, SOURCE, Shelves
from zhoudao.engines.stored import ROWS_AT_ONCE, Stored

MEMORY_MIB = 512


class Counted(Protocol):
    rows_merged: int
    rows_refused: int


def merge(table: str, stored: Stored, shelves: Shelves, reports: Mapping[tuple[str, str], Counted]) -> None:
    """Leaves one row a key in the table's file; what was taken out is counted by sheet, and told where it differed."""
    key = ", ".join(KEYS[table])
    content = ", ".join(name for name in stored.column_names if name not in (*SOURCE, *KEYS[table])) or key
    with duckdb.connect() as work:
        work.execute(
            f"SET memory_limit='{MEMORY_MIB}MB'; SET threads=2; SET temp_directory='{shelves.folder / 'spill'}'"
        )
        work.execute(
            f"CREATE VIEW given AS SELECT * FROM read_parquet('{stored.path}', file_row_number=true)"  # noqa: S608
        )
        work.execute(f"""
            CREATE TABLE again AS SELECT file_row_number, content = first_content AS same FROM (
                SELECT file_row_number, hash({content}) AS content,
                       first_value(hash({content})) OVER of_key AS first_content, row_number() OVER of_key AS place
                FROM given SEMI JOIN (SELECT {key} FROM given GROUP BY {key} HAVING count(*) > 1) USING ({key})
                WINDOW of_key AS (PARTITION BY {key} ORDER BY file_row_number)
            ) WHERE place > 1""")  # noqa: S608  names of ours
        counts = work.execute("""
            SELECT source_file, source_sheet, count(*) FILTER (same), count(*) FILTER (NOT same)
            FROM given JOIN again USING (file_row_number) GROUP BY ALL""").fetchall()
        for file, sheet, merged, refused in counts:
            reports[file, sheet].rows_merged += merged
            reports[file, sheet].rows_refused += refused
        told = " || ' ' || ".join(f"CAST({name} AS VARCHAR)" for name in KEYS[table])
        refusals = work.sql(f"""
            SELECT {", ".join(SOURCE)}, '{key}' AS field, {told} AS value,
                   'a row not given before with other content' AS expected
            FROM given JOIN (FROM again WHERE NOT same) USING (file_row_number)
            ORDER BY file_row_number""")  # noqa: S608  names of ours
        for batch in refusals.to_arrow_reader(ROWS_AT_ONCE):
            shelves.refuse(batch)
        _keep(work, stored)


def _keep(work: duckdb.DuckDBPyConnection, stored: Stored) -> None:
    draft = stored.path.with_suffix(".draft")
    left = work.sql("SELECT * EXCLUDE (file_row_number) FROM given ANTI JOIN again USING (file_row_number)"
                        " ORDER BY file_row_number").to_arrow_reader(ROWS_AT_ONCE)  # fmt: skip
    with pq.ParquetWriter(draft, stored.schema) as writer:
        for batch in left:
            writer.write_batch(batch.cast(stored.schema))
    draft.replace(stored.path)
