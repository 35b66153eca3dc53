"""The tables of one ledger, as they lie in a case's vault, and a connection that reads them.

    ledger.parquet             one row a transfer (zhoudao.engines.shapes.LEDGER), in the order of time
    transfer_sources.parquet   where each stands in the raw files, in the order of identifiers
    refused.parquet            raw rows that are no transfer, with the reason
    breaks.parquet             where an account's balances don't chain, and by how much
    accounts.parquet           one row an account: reference, holder, first and last seen, in and out
    report.json                the accounting

A connection is kept for each ledger and process; each question runs in a cursor of its own, so that pages don't
wait for one
another. Its memory and threads are limited, and it reads nothing but the ledger's own folder.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from django.conf import settings

LEDGER, SOURCES, REFUSED, ACCOUNTS, BREAKS = "ledger", "transfer_sources", "refused", "accounts", "breaks"
TABLES = (LEDGER, SOURCES, REFUSED, ACCOUNTS, BREAKS)
REPORT = "report.json"
MOST_OPEN = 8
"""Connections a process keeps; the longest unused closes first."""

_open: OrderedDict[Path, duckdb.DuckDBPyConnection] = OrderedDict()
_lock = threading.Lock()


@contextmanager
def cursor(folder: Path, finding_rows: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A cursor over the tables in ``folder`` (and over a run's finding rows). Raises FileNotFoundError when the
    folder was
    wiped meanwhile."""
    found = _connection(folder).cursor()
    try:
        if finding_rows is not None:
            found.execute(
                f"CREATE OR REPLACE TEMP VIEW finding_rows AS SELECT * FROM {_parquet(finding_rows)}"  # noqa: S608
            )
        yield found
    except duckdb.IOException as problem:
        _forget(folder)
        raise FileNotFoundError(str(problem)) from problem
    finally:
        found.close()


def rows(found: duckdb.DuckDBPyConnection, sql: str, values: Sequence[object] = ()) -> list[dict[str, Any]]:
    """The answer as dictionaries by column."""
    answer = found.execute(sql, list(values))
    names = [column[0] for column in answer.description or ()]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def _connection(folder: Path) -> duckdb.DuckDBPyConnection:
    with _lock:
        if folder in _open:
            _open.move_to_end(folder)
            return _open[folder]
        _open[folder] = made = connect(folder)
        while len(_open) > MOST_OPEN:
            _open.popitem(last=False)[1].close()
        return made


def connect(folder: Path) -> duckdb.DuckDBPyConnection:
    """A connection of one's own over the tables in ``folder``."""
    made = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": f"{settings.LEDGER_MEMORY_MIB}MB",
            "threads": settings.LEDGER_THREADS,
            "temp_directory": str(folder),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    made.execute("SET TimeZone = 'UTC'")
    for name in TABLES:
        path = folder / f"{name}.parquet"
        if path.exists():
            made.execute(f"CREATE VIEW {name} AS SELECT * FROM {_parquet(path)}")  # noqa: S608  a path of ours
    return made


def _forget(folder: Path) -> None:
    with _lock:
        gone = _open.pop(folder, None)
    if gone is not None:
        gone.close()


def _parquet(path: Path) -> str:
    return "read_parquet('" + str(path).replace("'", "''") + "')"
