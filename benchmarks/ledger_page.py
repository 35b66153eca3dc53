"""How long the ledger's pages take on a million rows: filter, sort, sum, pivot, profile.

    python benchmarks/ledger_page.py [--rows 1000000] [--accounts 20000] [--rounds 20] [--json]

What is timed is the question itself, as the page asks it: through the same queries, over Parquet in a folder,
with the web
process's limits on memory and threads. Left out: the audit row, the template, the network. Peers in the same
run: the same
questions on the same file in pandas, the whole file loaded once beforehand (which a page of a web process can't
count on;
said so that nobody reads it as a defeat of pandas).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhoudao.settings")
import django

django.setup()

from zhoudao.desk.evidence.ledger import deriving, pages, pivot, profiles, tables  # noqa: E402
from zhoudao.desk.evidence.ledger.filters import Filters, Rows  # noqa: E402
from zhoudao.engines.shapes import LEDGER, TRANSFER_SOURCES, conform  # noqa: E402

START = datetime(2025, 11, 1, tzinfo=UTC)
SECONDS = 365 * 86400
KEY = bytes(32)


def make(folder: Path, rows: int, accounts: int, seed: int = 7) -> None:
    """A ledger of ``rows`` transfers over a year: a few busy accounts, amounts over six orders of magnitude."""
    chance = np.random.default_rng(seed)
    numbers = np.array([f"6299{n:012d}" for n in range(accounts)])
    names = np.array([f"样本户{n:06d}" for n in range(accounts)])
    weights = 1 / np.arange(1, accounts + 1) ** 0.9
    busy = weights / weights.sum()
    source = chance.choice(accounts, rows, p=busy)
    target = (source + 1 + chance.integers(0, accounts - 1, rows)) % accounts
    seconds = np.sort(chance.integers(0, SECONDS, rows))
    amount = np.round(10 ** chance.uniform(2, 8, rows)).astype(np.int64)
    whole = chance.random(rows) < 0.15
    amount[whole] = np.maximum(amount[whole] // 100_000, 1) * 100_000
    times = pa.array((seconds + int(START.timestamp())) * 1_000_000).cast(pa.timestamp("us", tz="UTC"))
    memos = np.array(["转账", "货款", "工资", "网购", "还款", "手续费", "", "往来款"])
    channels = np.array(["网银", "手机银行", "柜面", "ATM", "快捷支付"])
    ledger = pa.table(
        {
            "transfer_id": [f"{n:016x}" for n in chance.permutation(rows)],
            "time": times,
            "time_precision": pa.array(["second"] * rows),
            "sequence": pa.array(np.arange(rows)),
            "source_account": numbers[source],
            "target_account": numbers[target],
            "source_name": names[source],
            "target_name": names[target],
            "source_holder_id": np.array([f"33999919800101{n % 10_000:04d}" for n in range(accounts)])[
                source
            ],
            "amount": amount,
            "currency": pa.array(["CNY"] * rows),
            "source_balance_after": pa.array(chance.integers(0, 10**9, rows)),
            "channel": channels[chance.integers(0, len(channels), rows)],
            "memo": memos[chance.integers(0, len(memos), rows)],
            "succeeded": pa.array(chance.random(rows) > 0.01),
            "reversed": pa.array(chance.random(rows) < 0.002),
            "own_account": pa.array(chance.random(rows) < 0.03),
        }
    )
    pq.write_table(
        conform(ledger, LEDGER, "ledger", ()),
        folder / "ledger.parquet",
        compression="zstd",
        row_group_size=122_880,
    )
    pq.write_table(
        pa.table(
            {
                "transfer_id": ledger["transfer_id"],
                "source_file": pa.array([f"answers/{n % 40:02d}.csv" for n in range(rows)]),
                "source_sha256": pa.array([f"{n % 40:064x}" for n in range(rows)]),
                "source_sheet": pa.nulls(rows, pa.string()),
                "source_row": pa.array(np.arange(rows) + 2),
            },
            schema=TRANSFER_SOURCES,
        ),
        folder / "transfer_sources.parquet",
    )
    deriving.arrange(folder)
    deriving.write_accounts(folder, KEY)


def measure(ask: Callable[[random.Random], object], rounds: int) -> dict[str, float]:
    """Milliseconds: median, 95th percentile and slowest of ``rounds`` different questions, after one to warm up."""
    chance = random.Random(11)
    ask(chance)
    took = []
    for _ in range(rounds):
        begun = time.perf_counter()
        ask(chance)
        took.append((time.perf_counter() - begun) * 1000)
    took.sort()
    return {
        "median": statistics.median(took),
        "p95": took[min(len(took) - 1, round(0.95 * len(took)))],
        "max": took[-1],
    }


def questions(folder: Path) -> dict[str, Callable[[random.Random], object]]:
    """Each with other values every time, so that nothing is answered from memory."""
    with tables.cursor(folder) as found:
        refs = [
            row[0]
            for row in found.execute("SELECT ref FROM accounts ORDER BY in_count DESC LIMIT 200").fetchall()
        ]
        ids = [row[0] for row in found.execute("SELECT transfer_id FROM ledger USING SAMPLE 200").fetchall()]

    def page(filters: Filters, order: str = "time", after: str = "") -> object:
        with tables.cursor(folder) as found:
            subject = pages.subject_of(found, filters)
            return pages.page(found, filters, subject, order, after), pages.sums(found, filters, subject)

    def crossed(filters: Filters, down: str, across: str) -> object:
        with tables.cursor(folder) as found:
            return pivot.pivot(found, filters, pages.subject_of(found, filters), down, across, "sum")

    def profile(filters: Filters) -> object:
        with tables.cursor(folder) as found:
            return profiles.profile(found, filters, pages.subject_of(found, filters))

    def row(transfer_id: str) -> object:
        with tables.cursor(folder) as found:
            return pages.transfer(found, transfer_id), pages.sources(found, transfer_id)

    return {
        "first page and sums": lambda c: page(Filters()),
        "filter by amount, page and sums": lambda c: page(
            Filters(least=c.randrange(10**6, 10**7), rows=Rows.COUNTED)
        ),
        "filter by words, page and sums": lambda c: page(Filters(words=f"户{c.randrange(10_000):06d}")),
        "filter by account, page and sums": lambda c: page(Filters(account=c.choice(refs))),
        "sort by amount, page and sums": lambda c: page(Filters(least=c.randrange(1, 10**5)), "-amount"),
        "sort by name, somewhere in the middle": lambda c: page(Filters(), "source", c.choice(ids)),
        "somewhere in the middle by time": lambda c: page(Filters(), "time", c.choice(ids)),
        "pivot month by channel": lambda c: crossed(Filters(least=c.randrange(1, 10**5)), "month", "channel"),
        "pivot payer by month": lambda c: crossed(Filters(least=c.randrange(1, 10**5)), "source", "month"),
        "profile of a busy account": lambda c: profile(Filters(account=c.choice(refs))),
        "one row": lambda c: row(c.choice(ids)),
    }


def in_pandas(folder: Path) -> dict[str, Callable[[random.Random], object]]:
    """The nearest thing in pandas, on the whole file in memory."""
    frame = pq.read_table(folder / "ledger.parquet").to_pandas()
    frame["month"] = frame["time"].dt.tz_convert("Asia/Shanghai").dt.strftime("%Y-%m")
    succeeded = frame[frame["succeeded"] & ~frame["reversed"] & ~frame["own_account"]]

    def by_amount(chance: random.Random) -> object:
        kept = succeeded[succeeded["amount"] >= chance.randrange(10**6, 10**7)]
        return kept.sort_values(["time", "transfer_id"]).head(50), kept["amount"].sum()

    def by_words(chance: random.Random) -> object:
        words = f"户{chance.randrange(10_000):06d}"
        columns = ("memo", "source_name", "target_name", "source_account", "target_account")
        kept = frame[
            np.logical_or.reduce([frame[c].str.contains(words, regex=False, na=False) for c in columns])
        ]
        return kept.head(50), kept["amount"].sum()

    return {
        "filter by amount, page and sums": by_amount,
        "filter by words, page and sums": by_words,
        "sort by amount, page and sums": lambda c: (
            frame[frame["amount"] >= c.randrange(1, 10**5)]
            .sort_values(["amount", "transfer_id"], ascending=False)
            .head(50)
        ),
        "pivot month by channel": lambda c: succeeded[
            succeeded["amount"] >= c.randrange(1, 10**5)
        ].pivot_table(index="month", columns="channel", values="amount", aggfunc="sum"),
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--accounts", type=int, default=20_000)
    options.add_argument("--rounds", type=int, default=20)
    options.add_argument("--no-pandas", action="store_true")
    options.add_argument("--json", action="store_true")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        begun = time.perf_counter()
        make(folder, given.rows, given.accounts)
        size = (folder / "ledger.parquet").stat().st_size / 1e6
        print(
            f"{given.rows:,} rows, {size:.0f} MB, made in {time.perf_counter() - begun:.1f} s",
            file=sys.stderr,
        )
        ours = {name: measure(ask, given.rounds) for name, ask in questions(folder).items()}
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        peers = (
            {}
            if given.no_pandas
            else {name: measure(ask, max(3, given.rounds // 5)) for name, ask in in_pandas(folder).items()}
        )
    if given.json:
        print(json.dumps({"rows": given.rows, "ms": ours, "pandas_ms": peers, "peak_mib": peak}, indent=2))
        return
    print(f"{'question':40}{'median':>9}{'p95':>9}{'max':>9}{'pandas median':>16}   (ms)")
    for name, took in ours.items():
        peer = f"{peers[name]['median']:16.0f}" if name in peers else f"{'':16}"
        print(f"{name:40}{took['median']:9.0f}{took['p95']:9.0f}{took['max']:9.0f}{peer}")
    print(f"peak memory with the making of the file, before pandas: {peak:.0f} MiB")


if __name__ == "__main__":
    main()
