"""The raw cells of rows, as they stand in the files."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl

from zhoudao.engines.invoices.reading.layouts import known_headers
from zhoudao.engines.invoices.reading.sheets import ROW, sheets


def with_raw(rows: pl.DataFrame, folder: Path) -> pl.DataFrame:
    """``rows`` with a column ``raw``: JSON of header and cell. Each file is read once, and only those that rows name.

    Raises OSError, reading.sheets.Unreadable when a file is no longer what it was when the rows were read.
    """
    found: list[dict[str, object]] = []
    for (file,), part in rows.group_by(["source_file"], maintain_order=True):
        wanted = part.select("source_sheet", "source_row").unique()
        for sheet in sheets(folder / str(file), known_headers()):
            numbers = wanted.filter(pl.col("source_sheet").fill_null("") == (sheet.name or ""))["source_row"]
            if not len(numbers):
                continue
            for row in sheet.frame.filter(pl.col(ROW).is_in(numbers.implode())).to_dicts():
                cells = {name: value for name, value in row.items() if name not in (ROW, "_wide")}
                found.append({
                    "source_file": file, "source_sheet": sheet.name, "source_row": row[ROW],
                    "raw": json.dumps(cells, ensure_ascii=False, default=str),
                })  # fmt: skip
    schema = {"source_file": pl.String, "source_sheet": pl.String, "source_row": pl.Int64, "raw": pl.String}
    raw = pl.DataFrame(found, schema=schema)
    return rows.join(raw, on=["source_file", "source_sheet", "source_row"], how="left", nulls_equal=True)
