"""Relational invoice screens over growing tables, against DuckDB's bare scan of the same Parquet files.

    python benchmarks/invoices_scale.py [--invoices 1000000 3000000] [--seed 1] [--memory 2048]

One made-up case of 200,000 invoices is written once and repeated with firms, persons, accounts and numbers of its own
each time, so that joins grow as in a larger economy. The bare scan reads every column of every table. Peak memory is
that of a process of its own for each size; DuckDB spills what it can't hold.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import ibis
import pyarrow.parquet as pq

from zhoudao.engines.detection import detectors
from zhoudao.engines.invoices.screens.relational import BUILDS

AT_ONCE = 200_000
OWN = frozenset(
    [
        "firm_id",
        "seller_id",
        "buyer_id",
        "exporter_id",
        "invoice_id",
        "red_of",
        "declaration_id",
        "bl_number",
        "receipt_id",
        "filing_id",
        "notice_id",
        "transfer_id",
        "account",
        "holder_id",
        "source_account",
        "target_account",
        "source_holder_id",
        "target_holder_id",
        "device",
        "phone",
        "address",
        "legal_representative",
        "finance_officer",
        "tax_clerk",
        "invoice_buyer",
    ]
)
"""Columns that each repetition has values of its own in."""


def write(folder: Path, seed: int, times: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhoudao.settings")
    from zhoudao.sample.trade.case import make

    made = make(seed, 5_000, AT_ONCE, lambda what: print(what, file=sys.stderr)).tables
    connection = duckdb.connect()
    for name, table in made.items():
        place = folder / name
        place.mkdir(parents=True)
        source = {"source_file": f"{name}.csv", "source_sheet": "", "source_row": 0}
        lacking = [each for each in source if each not in table.column_names]
        pq.write_table(table, folder / "base.parquet")
        for time_ in range(times):
            columns = ", ".join(
                f"nullif({column} || '-{time_}', '-{time_}') AS {column}" if column in OWN else column
                for column in table.column_names
            )
            more = "".join(
                f", row_number() OVER () + {time_ * len(table)} AS source_row" if each == "source_row"
                else f", '{source[each]}' AS {each}"
                for each in lacking
            )  # fmt: skip
            connection.execute(
                f"COPY (SELECT {columns}{more} FROM '{folder}/base.parquet') TO '{place}/{time_}.parquet'"
            )


def views(connection: duckdb.DuckDBPyConnection, folder: Path) -> list[str]:
    names = sorted(each.name for each in folder.iterdir() if each.is_dir() and any(each.iterdir()))
    for name in names:
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM '{folder}/{name}/*.parquet'")
    return names


def measure(folder: Path, memory: int) -> dict[str, object]:
    """In this process: the scan, then every screen."""
    connection = duckdb.connect()
    connection.execute(
        f"SET memory_limit='{memory // 2}MB'; SET threads=2; SET temp_directory='{folder}/spill'"
    )
    connection.execute("SET preserve_insertion_order=false")
    names = views(connection, folder)
    rows = {name: connection.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0] for name in names}
    began = time.perf_counter()
    for name in names:
        connection.execute(f"SELECT bit_xor(hash(t)) FROM (SELECT {name} AS t FROM {name})").fetchall()
    scan = time.perf_counter() - began
    known = detectors()  # registers the screens
    there = ibis.duckdb.from_connection(connection)
    each_took, found = {}, 0
    for name, build in BUILDS.items():
        detector = known[name]
        if not set(detector.needs) <= set(names):
            continue
        began = time.perf_counter()
        screened = build({each: there.table(each) for each in detector.needs}, detector.read({}))
        found += there.to_pyarrow(screened.findings).num_rows
        rows_told = ibis.to_sql(screened.rows, dialect="duckdb")
        connection.execute(
            f"SELECT bit_xor(hash(t)) FROM ({rows_told}) t"
        ).fetchall()  # all of them, none kept
        each_took[name] = round(time.perf_counter() - began, 2)
    return {
        "invoices": rows["invoices"], "rows": sum(rows.values()), "scan_s": round(scan, 2),
        "screens_s": round(sum(each_took.values()), 2), "screens": len(each_took), "found": found,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "each": each_took,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--invoices", type=int, nargs="+", default=[1_000_000, 3_000_000])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--memory", type=int, default=2048)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        print(json.dumps(measure(given.measure, given.memory)))
        return
    print(
        "| invoices | rows | screens | bare scan, s | screens, s | times the scan | peak MiB | findings |\n|"
        + "---|" * 8
    )
    for size in given.invoices:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "tables"
            write(folder, given.seed, -(-size // AT_ONCE))
            done = subprocess.run(
                [sys.executable, __file__, "--measure", str(folder), "--memory", str(given.memory)],
                stdout=subprocess.PIPE, text=True, check=True,
            )  # fmt: skip
        told = json.loads(done.stdout)
        print(
            f"| {told['invoices']:,} | {told['rows']:,} | {told['screens']} | {told['scan_s']} | {told['screens_s']} |"
            f" {told['screens_s'] / told['scan_s']:.1f} | {told['peak_mib']:,} | {told['found']:,} |", flush=True,
        )  # fmt: skip
        print(json.dumps(told["each"]), file=sys.stderr)


if __name__ == "__main__":
    main()
