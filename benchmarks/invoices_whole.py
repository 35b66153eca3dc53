"""`zhoudao invoices screen` from raw files to cases, at growing sizes: seconds, peak memory, disk, against a bare scan.

    python benchmarks/invoices_whole.py make --invoices 10000000 --folder DIR     # the raw files, once
    python benchmarks/invoices_whole.py measure --folder DIR                      # read and screen them

Made-up cases of 200,000 invoices, one a seed, are written as offices would, and handed over again and again with firms,
persons, accounts and numbers of their own each time, into the same files; what is true lies in ``DIR-truth.json`` and
is compared with what was found. The command runs in a process of its own; its peak is what the kernel says of it
(``ru_maxrss``). The bare scan is DuckDB reading every column of the tables the command made, right after it.
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
from typing import Any

import duckdb
import polars as pl
from invoices_scale import OWN

from zhoudao.engines.invoices.reading.layouts import known_headers, layouts, recognise
from zhoudao.engines.invoices.reading.sheets import ROW, sheets

FIRMS, BASE = 5_000, 200_000


def make(folder: Path, bases: Path, seeds: list[int], invoices: int) -> None:
    """The raw files, and the truth of every crime hidden in them beside the folder."""
    times = -(-invoices // BASE)
    seeds = seeds[:times]
    for seed in seeds:
        if not (bases / str(seed)).exists():
            command = f"sample case refund --seed {seed} --firms {FIRMS} --invoices {BASE}".split()
            to = ["--out", str(bases / str(seed)), "--truth", str(bases / f"{seed}.json")]
            subprocess.run([sys.executable, "-m", "zhoudao", *command, *to], check=True)
    turns = [(f"{time_:02d}", seeds[time_ % len(seeds)]) for time_ in range(times)]
    first = bases / str(seeds[0])
    for path in sorted(each.relative_to(first) for each in first.rglob("*") if each.is_file()):
        repeat(
            [(mark, bases / str(seed) / path) for mark, seed in turns], (folder / path).with_suffix(".csv")
        )
    hidden = [marked(case, mark) for mark, seed in turns
              for case in json.loads((bases / f"{seed}.json").read_text())["cases"]]  # fmt: skip
    truth_of(folder).write_text(json.dumps({"cases": hidden}))


def truth_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}-truth.json")


def marked(case: dict[str, object], mark: str) -> dict[str, object]:
    """What is true of a case whose ids were given ``mark``."""
    return {name: [f"{each}{mark}" for each in value] if isinstance(value, list) else value
            for name, value in case.items()}  # fmt: skip


def repeat(files: list[tuple[str, Path]], to: Path) -> None:
    """One office's files, one after another, as one CSV in GB 18030: ids with the file's mark."""
    to.parent.mkdir(parents=True, exist_ok=True)
    frames = {path: whole(path) for path in {path for _, path in files}}
    columns = next(iter(frames.values()))[0].columns
    with to.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerow(columns)
        for mark, path in files:
            frame, own = frames[path]
            given = pl.lit(mark)
            text = io.BytesIO()
            frame.select(columns).with_columns(
                pl.when(pl.col(name) != "").then(pl.concat_str(pl.col(name), given)).alias(name)
                for name in own
            ).write_csv(text, include_header=False)
            file.write(text.getvalue().decode())


def whole(path: Path) -> tuple[pl.DataFrame, set[str]]:
    """A file's rows as text, and the headers of columns that every repetition has values of its own in."""
    pieces = [piece.frame for piece in sheets(path, known_headers())]
    frame = pl.concat(pieces, how="diagonal").drop(ROW, "_wide")
    table, headers = recognise(frame.columns) or ("", {})
    return frame, {headers[name] for name in layouts()[table] if name in headers and name in OWN}


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
        "runs": len(data["runs"]), **compared(data["cases"], folder),
    }  # fmt: skip


EQUAL = ("exporters", "upstream_firms", "underground_banks", "suspects", "false_invoices_fen", "refunds_fen")


def compared(found: list[dict[str, Any]], folder: Path) -> dict[str, int]:
    """Crimes hidden, those found with every list and figure equal, guilty firms, and firms in cases found."""
    hidden = json.loads(truth_of(folder).read_text())["cases"]
    there = {_told(case) for case in found}
    guilty, accused = _firms(hidden), _firms(found)
    return {
        "hidden": len(hidden), "exact": sum(_told(case) in there for case in hidden), "guilty": len(guilty),
        "guilty_found": len(guilty & accused), "others_found": len(accused - guilty),
    }  # fmt: skip


def _told(case: dict[str, Any]) -> str:
    """What has to be equal of a case, as one text."""
    return json.dumps([case[name] for name in EQUAL], sort_keys=True)


def _firms(cases: list[dict[str, Any]]) -> set[str]:
    return {firm for case in cases for firm in (*case["exporters"], *case["upstream_firms"])}


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
    parser.add_argument(
        "--bases", type=Path, help="folder of the cases repeated, which are made if they are not there"
    )
    parser.add_argument("--invoices", type=int, default=10_000_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--memory", type=int, default=2048)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhoudao.settings")
    if given.part == "make":
        if given.folder.exists():
            shutil.rmtree(given.folder)
        bases = given.bases or given.folder.with_name(f"{given.folder.name}-bases")
        make(given.folder, bases, given.seeds, given.invoices)
        print(f"{size(given.folder) >> 20:,} MiB")
    elif given.part == "measure":
        print(json.dumps(measure(given.folder, given.memory, given.threads)), flush=True)
    else:
        print(scan(given.folder))


if __name__ == "__main__":
    main()
