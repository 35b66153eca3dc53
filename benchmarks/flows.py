"""Follow the money: rings, traces, features and growth, beside their peers in the same run.

    python benchmarks/flows.py [--quick] [--only rings,traces,features,growth,starts,amlsim] [--snapml PYTHON]
    python benchmarks/flows.py --only features --shapes sparse --batches 2048 --snapml PYTHON     # a part by itself

Makes its own graphs (flows_graphs.py): sparse, dense and hub-heavy, with planted rings and scatter-gathers. The peer is
snapml's GraphFeaturePreprocessor, proprietary and no dependency: --snapml names an interpreter with it.
Every answer of a peer is compared: counts of rings with DuckDB's join and every planted ring; features row by row
on the same batches. Medians over repetitions; wall-clock; --threads (2) for rings and for the peer, one for the rest.
--amlsim names AMLSim's sample (or amlsim/20K_cycle200.tgz under ZHOUDAO_DATA).
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
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from threading import Timer

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from flows_amlsim import amlsim
from flows_differences import differences
from flows_graphs import DAY, SECOND, START, Made, made, made_by_day

from zhoudao.engines import flows
from zhoudao.engines.flows.features import Features, Spec
from zhoudao.engines.flows.tracing.pools import pools_of

SHAPES = ("sparse", "dense", "hub")
COMPARED = 100_000
"""Rows of features compared with the peer's, at most."""
JOINING = 120
"""Seconds that DuckDB's join may take: through hubs it grows with the fourth power of what they send."""
PARTS = ("rings", "traces", "features", "growth", "starts", "amlsim")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="a tenth of everything: a minute or two")
    parser.add_argument("--only", default=",".join(PARTS), help="some of " + ", ".join(PARTS))
    parser.add_argument("--snapml", type=Path, help="an interpreter that has snapml and numpy")
    parser.add_argument("--amlsim", type=Path, help="AMLSim's sample, 20K_cycle200.tgz")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--shapes", default=",".join(SHAPES), help="some of " + ", ".join(SHAPES))
    parser.add_argument("--batches", default="2048,128", help="of features")
    parser.add_argument(
        "--rules", default=",".join(flows.RULES), help="of traces, some of " + ", ".join(flows.RULES)
    )
    parser.add_argument("--seconds", type=float, default=20, help="of the peer, once its window is full")
    parser.add_argument("--largest", type=int, default=10**8, help="transfers to grow to")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    parser.add_argument("--grow", nargs=2, metavar=("SHAPE", "TRANSFERS"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.grow:
        print(json.dumps(grow(given.grow[0], int(given.grow[1]), given.threads)))
        return
    measure(given)


def measure(given: argparse.Namespace) -> None:
    figures: dict[str, object] = {
        "machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores"
    }
    print(figures["machine"])
    size = 100_000 if given.quick else 1_000_000
    chosen, shapes = given.only.split(","), given.shapes.split(",")
    warm()
    if "rings" in chosen:
        figures["rings"] = show(
            "Rings to 6 in a day, rows written", (rings(name, size, given) for name in shapes)
        )
    if "features" in chosen:
        rows = (features(name, int(batch), given) for name in shapes for batch in given.batches.split(","))
        figures["features"] = show("Features, everything on", rows)
    if "traces" in chosen:
        figures["traces"] = show(
            "Traces, thirty days, nothing cut",
            traces(size * 10, 50 if given.quick else 1000, given.rules.split(",")),
        )
    if "growth" in chosen:
        sizes = (
            [10**5, 10**6] if given.quick else [n for n in (10**5, 10**6, 10**7, 10**8) if n <= given.largest]
        )
        cases = [("sparse", n) for n in sizes] + [("hub", n) for n in sizes if n <= 10**7]
        figures["growth"] = show(
            "Growth: rings to 6 in a day", (apart(*case, given.threads) for case in cases)
        )
    if "starts" in chosen:
        figures["starts"] = show("First and second start of a process", starts())
    if "amlsim" in chosen:
        sample = given.amlsim or Path(os.environ.get("ZHOUDAO_DATA", "")) / "amlsim" / "20K_cycle200.tgz"
        if sample.is_file():
            figures["amlsim"] = show("AMLSim's planted cycles", amlsim(sample))
    if given.json:
        given.json.write_text(json.dumps(figures, ensure_ascii=False, indent=1), encoding="utf-8")


def warm() -> None:
    """Compile, or read what was compiled: no figure includes it."""
    small = graph_of(made("hub", 5_000))
    list(flows.rings(small, window=DAY))
    for rule in flows.RULES:
        for forward in (True, False):
            flows.trace(small, [flows.Start(str(small.row[10]))], rule=rule, forward=forward)
    stream(made("dense", 5_000), 512)


def graph_of(graph: Made) -> flows.MoneyGraph:
    return flows.from_arrays(graph.source, graph.target, graph.time, graph.amount)


def timed(work: Callable[[], object], times: int = 3) -> tuple[float, object]:
    """The median of ``times`` runs in seconds, and what the last one gave."""
    taken, result = [], None
    for _ in range(times):
        start = time.perf_counter()
        result = work()
        taken.append(time.perf_counter() - start)
    return float(np.median(taken)), result


def rings(name: str, size: int, given: argparse.Namespace) -> dict[str, object]:
    graph = made(name, size)
    building, built = timed(lambda: graph_of(graph))
    assert isinstance(built, flows.MoneyGraph)
    walking, batches = timed(lambda: list(flows.rings(built, window=DAY, longest=6, threads=given.threads)))
    assert isinstance(batches, list)
    found = {
        tuple(built.row[batch.transfers[a:b]].tolist())
        for batch in batches
        for a, b in zip(batch.starts[:-1], batch.starts[1:], strict=True)
    }
    missed = [ring for ring in graph.rings if ring not in found]
    assert not missed, f"{len(missed)} planted rings were not found"
    by_length = {n: sum(int((batch.lengths == n).sum()) for batch in batches) for n in range(2, 7)}
    joining, joined = timed(lambda: four_hops(graph, given.threads), 1)
    assert joined in (None, by_length[4]), f"DuckDB finds {joined} rings of four, we {by_length[4]}"
    row: dict[str, object] = {
        "graph": name,
        "transfers": len(graph),
        "rings": len(found),
        "planted found": f"{len(graph.rings)}/{len(graph.rings)}",
        "build s": building,
        "walk s": walking,
        "M/s": len(graph) / walking / 1e6,
        "M/s with build": len(graph) / (walking + building) / 1e6,
        "DuckDB four-hop M/s": len(graph) / joining / 1e6
        if joined is not None
        else f"none in {joining:.0f} s",
    }
    if given.snapml:
        told = peer(given, graph, 2048, ["temp-cycle"])
        row["snapml M/s"] = told["rate"] / 1e6
        row["times snapml"] = len(graph) / walking / told["rate"]
    return row


def four_hops(graph: Made, threads: int) -> int | None:
    """Rings of exactly four transfers in a day, by joins; None where they come to no end in JOINING and 6 GB."""
    with tempfile.TemporaryDirectory(prefix="zhoudao-flows-") as folder:
        base = duckdb.connect(config={"threads": threads, "memory_limit": "6GB", "temp_directory": folder})
        stop = Timer(JOINING, base.interrupt)
        stop.start()
        try:
            return _joined(base, graph)
        except (duckdb.InterruptException, duckdb.OutOfMemoryException):
            return None
        finally:
            stop.cancel()


def _joined(base: duckdb.DuckDBPyConnection, graph: Made) -> int:
    base.register("made", table_of(graph))
    base.execute("create table e as select * from made")
    day = DAY // SECOND
    return base.execute(
        f"""select count(*) from e a
        join e b on b.s = a.t and b.moment > a.moment and b.moment <= a.moment + {day} and b.t <> a.s
        join e c on c.s = b.t and c.moment > b.moment and c.moment <= a.moment + {day} and c.t <> a.s and c.t <> a.t
        join e d on d.s = c.t and d.moment > c.moment and d.moment <= a.moment + {day} and d.t = a.s"""
    ).fetchone()[0]


def table_of(graph: Made) -> pa.Table:
    moment = (graph.time - START) // SECOND
    return pa.table({"id": np.arange(len(graph)), "s": graph.source, "t": graph.target, "moment": moment})


def traces(size: int, starts: int, rules: list[str]) -> Iterator[dict[str, object]]:
    """Each rule both ways from the same starts; and of a few of them what recursion in SQL reaches."""
    graph = made("sparse", size)
    built = graph_of(graph)
    preparing, _ = timed(lambda: pools_of(built), 1)
    chosen = np.random.default_rng(7).integers(0, len(graph), starts)
    base = duckdb.connect()
    had = np.empty(len(graph), dtype=bool)
    had[built.row] = pools_of(built).source_pool > 0
    base.register("made", table_of(graph).append_column("had", pa.array(had)))
    base.execute("create table e as select * from made")
    for rule in rules:
        for forward in (True, False):
            taken, touched = [], []
            for start in chosen.tolist():
                at = time.perf_counter()
                found = trace(built, start, rule, forward)
                taken.append(time.perf_counter() - at)
                touched.append(len(found.transfers))
                assert not found.cut
            yield _traced(rule, forward, taken, touched) | {"prepared s": preparing}
    for forward in (True, False):
        yield by_recursion(base, graph, built, chosen[:IN_SQL].tolist(), rules, forward)


def trace(built: flows.MoneyGraph, start: int, rule: str, forward: bool) -> flows.Trace:
    return flows.trace(
        built, [flows.Start(str(start))], rule=rule, forward=forward, window=timedelta(days=30)
    )


def _traced(rule: str, forward: bool, taken: list[float], touched: list[int]) -> dict[str, object]:
    return {
        "rule": rule,
        "way": "forward" if forward else "backward",
        "starts": len(taken),
        "p50 ms": float(np.percentile(taken, 50)) * 1e3,
        "p95 ms": float(np.percentile(taken, 95)) * 1e3,
        "transfers p50": int(np.median(touched)),
        "most": max(touched),
    }


def by_recursion(
    base: duckdb.DuckDBPyConnection,
    graph: Made,
    built: flows.MoneyGraph,
    starts: list[int],
    rules: list[str],
    forward: bool,
) -> dict[str, object]:
    """What a recursive query in DuckDB reaches: transfer by transfer what poison names, and around what others do.

    The other rules keep an account's balance as they go, which a recursion over a set of rows has no place for. What
    the way back needs of balances it is given: whether the payer had anything that came from the ledger.
    """
    taken, touched = [], []
    for start in starts:
        moment = int(graph.time[start] - START) // SECOND
        at = time.perf_counter()
        reached = base.execute(AHEAD if forward else BACK, {"start": start, "moment": moment}).fetchnumpy()[
            "id"
        ]
        taken.append(time.perf_counter() - at)
        touched.append(reached.size)
        for rule in {"poison", *rules}:
            ours = built.row[trace(built, start, rule, forward).transfers]
            same = (
                np.array_equal(np.sort(ours), np.sort(reached))
                if rule == "poison"
                else np.isin(ours, reached).all()
            )
            assert same, f"{rule} from {start}: DuckDB reaches {reached.size} transfers, we {ours.size}"
    return _traced("recursive SQL, DuckDB", forward, taken, touched)


IN_SQL = 20
"""Starts that DuckDB is asked for."""
AHEAD = """
with recursive walk(id, t) as (
  select id, t from e where id = $start
  union
  select e.id, e.t from walk join e on e.s = walk.t and e.id > walk.id and e.moment <= $moment + 30 * 86400)
select id from walk"""
BACK = """
with recursive walk(id, s, had) as (
  select id, s, had from e where id = $start
  union
  select e.id, e.s, e.had from walk join e on walk.had and e.t = walk.s and e.id < walk.id
    and e.moment >= $moment - 30 * 86400)
select id from walk"""


def stream(graph: Made, batch: int, full: int = 0, stop: int | None = None) -> tuple[float, np.ndarray]:
    """Seconds for the transfers from ``full`` on, and the rows of the first of them (peers are asked for as many)."""
    features_ = Features(graph.accounts, Spec())
    amount = graph.amount / 100
    stop = len(graph) if stop is None else stop
    kept, taken = [], 0.0
    for start in range(0, stop, batch):
        part = slice(start, min(start + batch, stop))
        at = time.perf_counter()
        rows = features_.append(graph.source[part], graph.target[part], graph.time[part], amount[part])
        if start >= full:
            taken += time.perf_counter() - at
            if len(kept) * batch < COMPARED:
                kept.append(rows)
    return taken, np.concatenate(kept) if kept else np.zeros((0, features_.width))


def features(name: str, batch: int, given: argparse.Namespace) -> dict[str, object]:
    """Both are given the first day without being timed, so that the window is full, and then the same batches."""
    graph = made(name, 100_000 if given.quick else 1_000_000)
    full = -(-int(np.searchsorted(graph.time, START + DAY, side="right")) // batch) * batch
    row: dict[str, object] = {"graph": name, "batch": batch, "in the window": full}
    if not given.snapml:
        taken, _ = stream(graph, batch, full)
        return row | {"transfers": len(graph) - full, "k/s": (len(graph) - full) / taken / 1e3}
    groups = ["fan", "degree", "scatter-gather", "temp-cycle", "lc-cycle", "vertex_stats"]
    told = peer(given, graph, batch, groups, full)
    taken, ours = stream(graph, batch, full, told["stop"])
    rate = (told["stop"] - full) / taken
    row |= {"transfers": told["stop"] - full, "k/s": rate / 1e3, "snapml k/s": told["rate"] / 1e3}
    row |= {"times snapml": rate / told["rate"], "rows compared": len(ours)}
    return row | differences(graph, batch, full, ours, told["rows"])


def peer(given: argparse.Namespace, graph: Made, batch: int, groups: list[str], full: int = 0) -> dict:
    """snapml from ``full`` on, for some seconds: transfers a second, where it stopped, rows of its first batches."""
    with tempfile.TemporaryDirectory(prefix="zhoudao-flows-") as folder:
        source, target = Path(folder) / "graph.npy", Path(folder) / "rows.npy"
        columns = (
            np.arange(len(graph)),
            graph.source,
            graph.target,
            (graph.time - START) // SECOND,
            graph.amount / 100,
        )
        np.save(source, np.column_stack(columns).astype(np.float64))
        script = Path(__file__).with_name("flows_snapml.py")
        words = [source, target, batch, given.threads, given.seconds, full, COMPARED, ",".join(groups)]
        done = subprocess.run(
            [str(given.snapml), str(script), *map(str, words)], check=True, capture_output=True, text=True
        )
        told = json.loads(done.stdout.splitlines()[-1])
        told["rows"] = np.load(target)
    return told


def grow(name: str, size: int, threads: int) -> dict[str, object]:
    """In a process of its own, so that its memory is its own."""
    list(flows.rings(graph_of(made("hub", 5_000)), window=DAY))  # compiled
    graph = made_by_day(name, size)
    before = getrusage(RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    built = graph_of(graph)
    building = time.perf_counter() - start
    index = built.index_bytes()
    start = time.perf_counter()
    count = sum(len(batch) for batch in flows.rings(built, window=DAY, longest=6, threads=threads))
    walking = time.perf_counter() - start
    with tempfile.TemporaryDirectory(prefix="zhoudao-flows-") as folder:
        flows.save(built, Path(folder) / "graph")
        start = time.perf_counter()
        flows.load(Path(folder) / "graph")
        opening = time.perf_counter() - start
    return {
        "graph": name,
        "transfers": len(graph),
        "build s": building,
        "index bytes a transfer": index,
        "rings": count,
        "walk s": walking,
        "ns a transfer, build": building / len(graph) * 1e9,
        "ns a transfer, walk": walking / len(graph) * 1e9,
        "peak MiB": getrusage(RUSAGE_SELF).ru_maxrss / 1024,
        "of it the made columns MiB": before / 1024,
        "open ms": opening * 1e3,
    }


def apart(name: str, size: int, threads: int) -> dict[str, object]:
    words = [sys.executable, __file__, "--threads", str(threads), "--grow", name, str(size)]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def starts() -> Iterator[dict[str, object]]:
    """Commands from start to end on a small ledger: with nothing compiled yet, and again with what that left."""
    with tempfile.TemporaryDirectory(prefix="zhoudao-flows-") as folder:
        ledger = Path(folder) / "ledger.parquet"
        pq.write_table(ledger_of(made("sparse", 1_000)), ledger)
        words = {
            "rings": [],
            "trace": ["--from", "0", "--rule", "fifo", "--forward"],
            "screen": [],
        }
        for command, more in words.items():
            cache = Path(folder) / command
            here = {**os.environ, "NUMBA_CACHE_DIR": str(cache)}
            here.pop("PYTHONDONTWRITEBYTECODE", None)  # an installation keeps its byte code
            call = [sys.executable, "-m", "zhoudao", "flows", command, str(ledger), *more, "--json"]
            taken, worked, told, kept = [], [], [], []
            for _ in range(3):
                at, before = time.perf_counter(), getrusage(RUSAGE_CHILDREN)
                done = subprocess.run(call, check=True, capture_output=True, text=True, env=here)
                taken.append(time.perf_counter() - at)
                after = getrusage(RUSAGE_CHILDREN)
                worked.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
                told.append(json.loads(done.stdout)["count"])
                kept.append({path: path.stat().st_mtime_ns for path in cache.rglob("*.nb[ci]")})
            assert len(set(told)) == 1, f"{command}: {told}"
            assert kept[0], f"{command}: nothing compiled was kept"
            assert kept[0] == kept[1] == kept[2], f"{command}: a later start compiled again"
            yield {
                "command": f"zhoudao flows {command}",
                "first start s": taken[0],
                "of processors s": worked[0],
                "second start s": taken[1],
                "of processors, second s": worked[1],
                "compiled and kept": sum(path.suffix == ".nbc" for path in kept[0]),
                "compiled again": 0,
            }


def ledger_of(graph: Made) -> pa.Table:
    return pa.table(
        {
            "transfer_id": [str(number) for number in range(len(graph))],
            "time": pa.array(graph.time, pa.timestamp("us", "UTC")),
            "source_account": graph.source.astype(str).tolist(),
            "target_account": graph.target.astype(str).tolist(),
            "amount": pa.array(graph.amount, pa.int64()),
            "currency": ["CNY"] * len(graph),
        }
    )


def show(title: str, measured: Iterable[dict[str, object]]) -> list[dict[str, object]]:
    """A table of the rows once all are there; on standard error each as it comes."""
    rows = []
    for row in measured:
        print(json.dumps(row, ensure_ascii=False), file=sys.stderr, flush=True)
        rows.append(row)
    print(f"\n{title}")
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [[told(row.get(name, "")) for name in names] for row in rows]
    widths = [max(len(name), *(len(line[i]) for line in cells)) for i, name in enumerate(names)]
    for line in [names, *cells]:
        print("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)), flush=True)
    return rows


def told(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    main()
