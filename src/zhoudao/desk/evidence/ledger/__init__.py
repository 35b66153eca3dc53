"""The ledger (流水): filtered, sorted, summed and pivoted where it lies, as Parquet read by DuckDB, a page at a
time."""
