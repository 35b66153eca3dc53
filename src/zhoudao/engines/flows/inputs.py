"""What the commands read besides a ledger: patterns of one's own, and exchange rates."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from zhoudao.engines.detection import Detector
from zhoudao.engines.flows.language import BadPattern, detector_of, read
from zhoudao.engines.flows.output import sha256
from zhoudao.engines.flows.patterns.mirror import RATES
from zhoudao.engines.shapes import BadTable, conform


@dataclass(frozen=True)
class Known:
    """A detector that can be run, and the hash of the file it is described in (empty for the house's own)."""

    detector: Detector
    sha256: str = ""


def described_in(path: Path) -> Known:
    """The pattern in a YAML or JSON file. Raises ValueError naming the file and the key."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise ValueError(f"{path}: expected a pattern in UTF-8 ({problem})") from None
    try:
        return Known(detector_of(read(text)), sha256(path))
    except BadPattern as problem:
        raise ValueError(f"{path}: {problem}") from None


def read_rates(path: Path) -> pa.Table:
    """Exchange rates from CSV (``currency,date,rate``) or Parquet: ``patterns.mirror.RATES``. Raises BadTable.

    Of each currency and day there may be one rate, and it is above nought.
    """
    name = str(path)
    if not path.exists():
        raise BadTable(name, "rate", "a CSV or Parquet file; there is none")
    try:
        if path.suffix.lower() == ".parquet":
            table = pq.read_table(path)
        else:
            table = pl.read_csv(path, schema_overrides={"date": pl.Date, "rate": pl.Float64}).to_arrow()
    except (pl.exceptions.PolarsError, pa.ArrowInvalid, OSError) as problem:
        raise BadTable(name, "rate", f"currency, date (2026-03-31) and rate in each row ({problem})") from None
    rates = conform(table, RATES, name, RATES.names)
    found = pl.from_arrow(rates)
    assert isinstance(found, pl.DataFrame)
    for column in RATES.names:
        if found[column].null_count():
            raise BadTable(name, column, "a value in every row")
    wrong = found.filter(~(pl.col("rate") > 0) | pl.col("rate").is_infinite())
    if len(wrong):
        raise BadTable(name, "rate", f"a number above 0, not {wrong['rate'][0]}")
    if found.select(pl.struct("currency", "date").is_duplicated().any()).item():
        raise BadTable(name, "date", "one rate of each currency and day")
    return rates
