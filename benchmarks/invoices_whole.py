"""`zhoudao invoices screen` from raw files to cases, at growing sizes: seconds, peak memory, disk, against a bare scan.

    python benchmarks/invoices_whole.py make --invoices 10000000 --folder DIR     # the raw files, once
    python benchmarks/invoices_whole.py measure --folder DIR                      # read and screen them

A made-up case of 200,000 invoices is written as offices would, and handed over again and again with firms, persons,
accounts and numbers of its own each time, into the same files. The command runs in a process of its own; its peak is
what the kernel says of it (``ru_maxrss``). The bare scan is DuckDB reading every column of the tables the command made.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import duckdb
import polars as pl
from invoices_scale import OWN

from zhoudao.engines.invoices.reading.layouts import known_headers, layouts, recognise
from zhoudao.engines.invoices.reading.sheets import ROW, sheets

FIRMS, BASE = 5_000, 200_000


def make(folder: Path, base: Path, seed: int, invoices: int) -> None:
    if not base.exists():
        command = [
            "sample",
            "case",
            "refund",
            "--seed",
            str(seed),
            "--firms",
            str(FIRMS),
            "--invoices",
            str(BASE),
        ]
        subprocess.run([sys.executable, "-m", "zhoudao", *command, "--out", str(base)], check=True)
    for path in sorted(each for each in base.rglob("*") if each.is_file()):
        repeat(path, folder / path.relative_to(base).with_suffix(".csv"), -(-invoices // BASE))


def repeat(path: Path, to: Path, times: int) -> None:
    """One office's file, ``times`` over, as one CSV in GB 18030."""
    to.parent.mkdir(parents=True, exist_ok=True)
    frame = pl.concat([piece.frame for piece in sheets(path, known_headers())], how="diagonal").drop(
        ROW, "_wide"
    )
    table, headers = recognise(frame.columns) or ("", {})
    own = {
        headers[name]
        for name in layouts()[table]
        if name in headers and (name in OWN or name == "transfer_id")
    }
    with to.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerow(frame.columns)
        for time_ in range(times):
            text = io.BytesIO()
            frame.with_columns(
                pl.when(pl.col(name) != "")
                .then(pl.concat_str(pl.col(name), pl.lit(f"{time_:02d}")))
                .alias(name)
                for name in own
            ).write_csv(text, include_header=False)
            file.write(text.getvalue().decode())


class Disk(threading.Thread):
    """The most a folder takes, looked at every second."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self.folder, self.most, self.done = folder, 0, threading.Event()

    def run(self) -> None:
        while not self.done.wait(1.0):
            self.most = max(self.most, size(self.folder))


def size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:
            continue
    return total


def measure(folder: Path, memory: int, threads: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        temp, out = Path(place) / "temp", Path(place) / "out"
        temp.mkdir()
        disk = Disk(temp)
        disk.start()
        began = time.perf_counter()
        done = subprocess.Popen(
            [sys.executable, "-m", "zhoudao", "invoices", "screen", str(folder), "--out", str(out), "--temp", str(temp),
             "--memory", str(memory), "--threads", str(threads), "--json"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        read = 0.0
        told: list[str] = []
        drain = threading.Thread(target=lambda: told.append(done.stdout.read()))
        drain.start()
        for line in done.stderr:
            print(f"{time.perf_counter() - began:7.1f} {line}", end="", file=sys.stderr, flush=True)
            if not read and "%" in line:
                read = time.perf_counter() - began
        drain.join()
        if done.wait():
            raise SystemExit(f"the command ended with {done.returncode}")
        whole = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        disk.done.set()
        data = json.loads(told[0])
    return {
        "raw_mib": size(folder) >> 20, "rows": data["read"]["rows_in"], "kept": data["read"]["rows_kept"],
        "reading_s": round(read, 1), "screening_s": round(whole - read, 1), "peak_mib": peak,
        "disk_mib": disk.most >> 20, "cases": len(data["cases"]), "leads": len(data["leads"]),
        "runs": len(data["runs"]),
    }  # fmt: skip


def scan(folder: Path) -> float:
    """Seconds of DuckDB over all columns of the tables, read once more for it."""
    from zhoudao.engines.invoices.reading import read_folder

    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        tables = read_folder(folder, Path(place)).tables
        connection = duckdb.connect()
        connection.execute("SET threads=2")
        began = time.perf_counter()
        for name, table in tables.items():
            whole = f"SELECT {name} AS t FROM '{table.path}' {name}"
            connection.execute(f"SELECT bit_xor(hash(t)) FROM ({whole})").fetchall()
        return round(time.perf_counter() - began, 2)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", choices=["make", "measure", "scan"])
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--base", type=Path, help="the case that is repeated, made if it is not there")
    parser.add_argument("--invoices", type=int, default=10_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--memory", type=int, default=2048)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhoudao.settings")
    if given.part == "make":
        if given.folder.exists():
            shutil.rmtree(given.folder)
        base = given.base or given.folder.with_name(f"{given.folder.name}-base")
        make(given.folder, base, given.seed, given.invoices)
        print(f"{size(given.folder) >> 20:,} MiB")
    elif given.part == "measure":
        print(json.dumps(measure(given.folder, given.memory, given.threads)), flush=True)
    else:
        print(scan(given.folder))


if __name__ == "__main__":
    main()
