"""Ten million rows of a bank's CSV to a finished ledger: how fast, in how much memory, beside whom.

    python benchmarks/statements.py [--rows 100000 1000000 10000000] [--pandas-rows 1000000] [--json FILE]
    python benchmarks/statements.py --mutants 100000

The file has fourteen columns, 200,000 accounts with chained balances, both sides of a tenth of the transfers, and is
written in UTF-8 and in GB18030. Peers, in the same run: DuckDB's own typed COPY of the UTF-8 file to Parquet
(which only
parses it), and a straightforward pandas script (`statements_pandas.py`) on as many rows as --pandas-rows. Each
figure is the wall time of a fresh process without its imports and compiling, and beside it the processor time (of
all its threads), which a busy machine disturbs less; memory is that process's peak.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

import numpy as np

COLUMNS = (
    "交易时间,交易卡号,户名,对手账号,对手户名,收付标志,交易金额,交易余额,币种,摘要,流水号,网点,IP,是否成功"
)
TYPES = {
    "交易时间": "TIMESTAMP", "交易金额": "DECIMAL(18,2)", "交易余额": "DECIMAL(18,2)",
}  # fmt: skip
ACCOUNTS = 200_000
AT_ONCE = 200_000


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--rows", type=int, nargs="+", default=[10**5, 10**6, 10**7], help="sizes to grow over"
    )
    parser.add_argument("--pandas-rows", type=int, default=1_000_000, help="largest size given to pandas")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    parser.add_argument(
        "--mutants", type=int, help="instead: clean so many mutated files and check the accounting"
    )
    parser.add_argument("--one", nargs=3, metavar=("WHO", "FILE", "OUT"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(one(given.one[0], Path(given.one[1]), Path(given.one[2]))))
    elif given.mutants:
        mutants(given.mutants)
    else:
        measure(given)


def measure(given: argparse.Namespace) -> None:
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{machine}\n\n| rows | file | who | seconds | of processors | rows/s | times DuckDB | peak MiB |")
    print("|---|---|---|---|---|---|---|---|")
    figures = []
    with tempfile.TemporaryDirectory(prefix="zhoudao-statements-") as folder:
        home = Path(folder)
        small = home / "small.csv"
        write(small, 2_000)
        run("ours", small, home)  # compiles, where nothing is compiled yet
        for rows in given.rows:
            plain, chinese = home / f"{rows}.csv", home / f"{rows}.gb18030.csv"
            write(plain, rows)
            with plain.open(encoding="utf-8") as source, chinese.open("w", encoding="gb18030") as target:
                while block := source.read(1 << 24):
                    target.write(block)
            for path in (
                plain,
                chinese,
            ):  # else writing them to the disk goes on beside the first measurement
                with path.open("rb+") as file:
                    os.fsync(file.fileno())
            base = run("duckdb", plain, home)
            runs = [("duckdb", plain, base), ("ours", plain, run("ours", plain, home))]
            runs.append(("ours", chinese, run("ours", chinese, home)))
            if rows <= given.pandas_rows:
                runs.append(("pandas", plain, run("pandas", plain, home)))
            for who, path, found in runs:
                kind = "GB18030" if "gb18030" in path.name else "UTF-8"
                row = {"rows": rows, "file": kind, "who": who, "bytes": path.stat().st_size, **found}
                row["times_duckdb"] = round(found["seconds"] / base["seconds"], 2)
                figures.append(row)
                print(
                    f"| {rows:,} | {kind} | {who} | {found['seconds']:.2f} | {found['cpu']:.2f} |"
                    f" {rows / found['seconds']:,.0f} | {row['times_duckdb']:.2f} | {found['peak_mib']:.0f} |",
                    flush=True,
                )  # fmt: skip
            plain.unlink()
            chinese.unlink()
    if given.json:
        given.json.write_text(
            json.dumps({"machine": machine, "figures": figures}, indent=1), encoding="utf-8"
        )


def run(who: str, path: Path, home: Path) -> dict[str, float]:
    """One measurement in a fresh process."""
    out = home / "out"
    made = subprocess.run(
        [sys.executable, __file__, "--one", who, str(path), str(out)],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise SystemExit(f"{who} failed on {path.name}:\n{made.stderr}")
    return json.loads(made.stdout.splitlines()[-1])


def one(who: str, path: Path, out: Path) -> dict[str, float]:
    out.mkdir(exist_ok=True)
    if who == "ours":
        from zhoudao.engines import statements

        warm = path.parent / "small.csv"
        if path != warm:
            statements.clean([warm], out / "warm")  # loads what is compiled
        begin, worked = time.perf_counter(), time.process_time()
        report = statements.clean([path], out)
        seconds, cpu = time.perf_counter() - begin, time.process_time() - worked
        assert report.rows_in == report.rows_kept + report.rows_merged + report.rows_refused
    elif who == "duckdb":
        import duckdb

        known = duckdb.connect()
        types = ", ".join(f"'{name}': '{TYPES.get(name, 'VARCHAR')}'" for name in COLUMNS.split(","))
        begin, worked = time.perf_counter(), time.process_time()
        known.execute(
            f"COPY (SELECT * FROM read_csv('{path}', header = true, columns = {{{types}}}))"
            f" TO '{out / 'duckdb.parquet'}' (FORMAT parquet)"
        )
        seconds, cpu = time.perf_counter() - begin, time.process_time() - worked
    else:
        from statements_pandas import clean

        begin, worked = time.perf_counter(), time.process_time()
        clean(path, out / "pandas.parquet", "utf-8")
        seconds, cpu = time.perf_counter() - begin, time.process_time() - worked
    return {"seconds": seconds, "cpu": cpu, "peak_mib": getrusage(RUSAGE_SELF).ru_maxrss / 1024}


def write(path: Path, rows: int) -> None:
    """A bank's file in the order of time; each account's balance follows from its last."""
    chance = np.random.default_rng(20261125)
    accounts = min(ACCOUNTS, max(rows // 20, 10))
    balance = np.full(accounts, 10_000_000, np.int64)
    memos, ways = ("转账", "消费", "工资", "房租", "货款"), ("借", "贷")
    start = np.datetime64("2025-01-01T00:00:00")
    with path.open("w", encoding="utf-8") as file:
        file.write(COLUMNS + "\n")
        done = 0
        while done < rows:
            count = min(AT_ONCE, rows - done)
            own, other = chance.integers(0, accounts, count), chance.integers(0, accounts, count)
            amount, way = chance.integers(1, 5_000_000, count), chance.integers(0, 2, count)
            mirrored = np.flatnonzero(chance.random(count) < 0.1)
            mirrored = mirrored[mirrored > 0]
            own[mirrored], other[mirrored] = (
                other[mirrored - 1],
                own[mirrored - 1],
            )  # the other side of the row before
            amount[mirrored], way[mirrored] = amount[mirrored - 1], 1 - way[mirrored - 1]
            seconds = (np.arange(done, done + count) * 31_000_000) // rows
            seconds[mirrored] = seconds[mirrored - 1]
            times = np.datetime_as_string(start + seconds.astype("timedelta64[s]"))
            lines = []
            for place, (a, b, fen, w) in enumerate(
                zip(own.tolist(), other.tolist(), amount.tolist(), way.tolist(), strict=True)
            ):
                balance[a] += fen if w else -fen
                left = int(balance[a])
                sign, left = ("-", -left) if left < 0 else ("", left)
                number = done + place
                spent, kept = f"{fen // 100}.{fen % 100:02d}", f"{sign}{left // 100}.{left % 100:02d}"
                lines.append(
                    f"{times[place].replace('T', ' ')},6299{a:015d},某甲{a},6299{b:015d},某乙{b},"
                    f"{ways[w]},{spent},{kept},"
                    f"人民币,{memos[number % 5]},SN{number},东港支行,10.0.{number % 256}.{number % 100},成功\n"
                )
            file.writelines(lines)
            done += count


def mutants(count: int) -> None:
    """Mutated files by the thousand, each thousand cleaned as one folder."""
    from zhoudao.engines.statements.tests import mutations

    begin, rows, refused = time.perf_counter(), 0, 0
    for batch in range(0, count, 1000):
        with tempfile.TemporaryDirectory(prefix="zhoudao-mutants-") as folder:
            mutations.mutants(Path(folder) / "mutants", 1_000_000 + batch, min(1000, count - batch))
            report = mutations.check(Path(folder) / "mutants", Path(folder) / "out")
        rows, refused = rows + report.rows_in, refused + len(report.files_refused)
        if batch % 10_000 == 0:
            print(f"{batch + 1000:,} mutants: no crash, accounting holds", file=sys.stderr, flush=True)
    print(
        f"{count:,} mutants in {time.perf_counter() - begin:,.0f} s: {rows:,} rows, all accounted for;"
        f" {refused:,} files refused by name; no crash"
    )


if __name__ == "__main__":
    main()
