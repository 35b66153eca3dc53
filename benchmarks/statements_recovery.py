"""From a sample city's messy statement files back to its true transfers: how many come back exactly.

    python benchmarks/statements_recovery.py [--size city] [--seed 7] [--json FILE]
    python benchmarks/statements_recovery.py --files FOLDER --truth TRUTH.parquet

Without --files they are made first (`zhoudao sample banks`: 200,000 accounts, about three million transfers, six
banks with a layout and bad habits each). The cleaner sees only the folder; the truth lies beside it. A transfer is
recovered exactly when one row of the ledger has its time, payer, payee and amount to the fen, and whether it succeeded;
where the payer's record was spoilt, the time may be the receiver's bank's, as its own statement says it. Transfers that
are spoilt in every record of them are left out, and counted. Ends with 1 where a row isn't accounted for or fewer than
99.9 % come back.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from typing import Any

import duckdb

ENOUGH = 0.999
KEY = "source_account, target_account, amount, succeeded"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", choices=["small", "city"], default="city")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--files", type=Path, help="made before by `zhoudao sample banks`")
    parser.add_argument("--truth", type=Path, help="what was made beside them")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    given = parser.parse_args()
    if bool(given.files) != bool(given.truth):
        parser.error("--files and --truth go together")
    with tempfile.TemporaryDirectory(prefix="zhoudao-recovery-") as folder:
        home = Path(folder)
        if not given.files:
            given.files, given.truth = home / "files", home / "truth.parquet"
            make(given)
        figures = recover(given.files, given.truth, home / "out")
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    sys.exit(told(figures))


def make(given: argparse.Namespace) -> None:
    from zhoudao.sample.banks import files

    files.make(
        given.seed,
        given.size,
        given.files,
        given.truth,
        lambda name: print(name, file=sys.stderr, flush=True),
    )


def recover(files: Path, truth: Path, out: Path) -> dict[str, Any]:
    """Clean ``files`` and hold the ledger against ``truth``."""
    from zhoudao.engines import statements

    made = json.loads(truth.with_suffix(".json").read_text(encoding="utf-8"))
    begin = time.perf_counter()
    report = statements.clean([files], out)
    seconds = time.perf_counter() - begin
    peak = getrusage(RUSAGE_SELF).ru_maxrss / 1024
    return {
        "accounts": made["accounts"],
        "rows_made": sum(made["records"].values()),
        "rows_in": report.rows_in,
        "rows_kept": report.rows_kept,
        "rows_merged": report.rows_merged,
        "rows_refused": report.rows_refused,
        "refused_by_reason": dict(report.refused_by_reason),
        "files_refused": len(report.files_refused),
        "seconds": round(seconds, 1),
        "peak_mib": round(peak),
        **compare(truth, out / "ledger.parquet"),
    }


def compare(truth: Path, ledger: Path) -> dict[str, int]:
    """How many true transfers stand in the ledger exactly; each row of it is used once."""
    with duckdb.connect() as known:
        known.execute("SET memory_limit = '4GB'")
        known.execute(f"CREATE TABLE wanted AS SELECT * FROM '{truth}' WHERE NOT unreadable")
        known.execute(f"CREATE TABLE found AS SELECT time, {KEY} FROM '{ledger}'")
        transfers = _one(known, f"SELECT count(*) FROM '{truth}'")
        wanted, rows = _one(known, "SELECT count(*) FROM wanted"), _one(known, "SELECT count(*) FROM found")
        # Equal transfers are numbered, so that two equal ones need two equal rows.
        for name, table, moment in (("w", "wanted", "time"), ("f", "found", "time")):
            known.execute(
                f"CREATE TABLE {name} AS SELECT *, row_number() OVER (PARTITION BY {moment}, {KEY}) AS nth FROM {table}"
            )
        same = " AND ".join(f"w.{column} = f.{column}" for column in KEY.split(", "))
        exact = f"w.time = f.time AND w.nth = f.nth AND {same}"
        known.execute(f"CREATE TABLE left_w AS SELECT w.* EXCLUDE nth FROM w ANTI JOIN f ON {exact}")
        known.execute(f"CREATE TABLE left_f AS SELECT f.* EXCLUDE nth FROM f ANTI JOIN w ON {exact}")
        for name, moment in (("w", "received"), ("f", "time")):
            known.execute(
                f"CREATE OR REPLACE TABLE {name} AS SELECT *,"
                f" row_number() OVER (PARTITION BY {moment}, {KEY}) AS nth FROM left_{name}"
            )
        late = f"w.received = f.time AND w.nth = f.nth AND {same}"
        missing = _one(known, f"SELECT count(*) FROM w ANTI JOIN f ON {late}")
        extra = _one(known, f"SELECT count(*) FROM f ANTI JOIN w ON {late}")
    return {
        "transfers": transfers, "unreadable": transfers - wanted, "wanted": wanted, "exact": wanted - missing,
        "ledger_rows": rows, "never_were": extra,
    }  # fmt: skip


def _one(known: duckdb.DuckDBPyConnection, question: str) -> int:
    row = known.execute(question).fetchone()
    assert row is not None
    return int(row[0])


def told(figures: dict[str, Any]) -> int:
    """Print them; the exit code."""
    share = figures["exact"] / figures["wanted"]
    whole = (
        figures["rows_in"] == figures["rows_kept"] + figures["rows_merged"] + figures["rows_refused"]
        and figures["rows_in"] == figures["rows_made"]
    )
    print(
        f"{figures['accounts']:,} accounts, {figures['transfers']:,} transfers in {figures['rows_made']:,} records;"
        f" cleaned in {figures['seconds']:,.0f} s, peak memory {figures['peak_mib']:,} MiB"
    )
    print(
        f"rows in {figures['rows_in']:,} = kept {figures['rows_kept']:,} + merged {figures['rows_merged']:,}"
        f" + refused {figures['rows_refused']:,} ({figures['refused_by_reason']}):"
        f" {'all accounted for' if whole else 'NOT ALL ACCOUNTED FOR'}"
    )
    print(
        f"recovered exactly {figures['exact']:,} of {figures['wanted']:,} ({100 * share:.4f} %);"
        f" {figures['unreadable']:,} were unreadable in every record and are left out;"
        f" {figures['never_were']:,} rows of the ledger never were"
    )
    return 0 if whole and share >= ENOUGH else 1


if __name__ == "__main__":
    main()
