"""How well cases are found: held-out seeds, ablations, more careful criminals, and the days until the first warning.

    python benchmarks/invoices.py evaluate --seeds 101-150     # each seed's result is kept, an interrupted run goes on
    python benchmarks/invoices.py warn --seeds 101-110         # days from the first false invoice to the first warning
    python benchmarks/invoices.py ablate --seeds 101-110       # without screens, without tables, perturbed generators
    python benchmarks/invoices.py table                        # what is there so far, as tables
    python benchmarks/invoices.py learn                        # the weights again, from the tuning seeds

The generator of the cases and the screens have the same author: figures here say that the parts fit together, not how
well real crimes would be found. Nobody who chose a screen, a weight or a threshold has looked at the shape ``catch``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import invoices_learning
import numpy as np
import polars as pl
from invoices_cutting import PERTURBED, as_of, with_places

from zhoudao.engines.detection import Context
from zhoudao.engines.invoices import cases
from zhoudao.sample.trade import case as trade
from zhoudao.sample.trade import schemes

FIRMS, INVOICES = 5_000, 200_000
EXACT = ("upstream_firms", "underground_banks", "suspects", "false_invoices_fen", "refunds_fen")
EVERY = 10
"""Days between two looks, for the first warning."""
SCREENS_OFF = {
    "no money (payment_returns)": ["invoices.payment_returns"],
    "no sharing (contacts, offices)": ["invoices.shared_contacts", "invoices.many_offices"],
    "no means, no quota": ["invoices.no_means", "invoices.new_at_quota"],
    "no refunds (exporters_only, not refundable)": ["invoices.exporters_only", "invoices.refundable_from_not"],
    "no customs": ["invoices.shipper_not_exporter", "invoices.remitter_not_consignee", "invoices.weight_outlier",
                   "invoices.price_outlier", "invoices.mixed_basket"],
}  # fmt: skip
TABLES_OFF = {
    "without the ledger": ["ledger", "accounts"],
    "without customs": ["declarations", "declaration_lines", "bills_of_lading", "receipts"],
    "without tax returns and status": ["returns", "status"],
}


os.environ.setdefault(
    "DJANGO_SETTINGS_MODULE", "zhoudao.settings"
)  # the generator asks the city pack for its name


def made(seed: int) -> tuple[dict, dict, str]:
    """Tables, what is true, the shape."""
    case = trade.make(seed, FIRMS, INVOICES, lambda _: None)
    return with_places(case.tables), case.truth["cases"][0], str(case.truth["seed_shape"])


def measured(done: cases.Screened, told: dict, firms: int) -> dict[str, object]:
    """Of one screening against what is true. A firm is flagged when it is in a case."""
    issuers, exporters = set(told["upstream_firms"]), set(told["exporters"])
    guilty = issuers | exporters
    flagged = (
        set().union(*(one.widened.issuers | one.widened.exporters for one in done.cases))
        if done.cases
        else set()
    )
    first = cases.case_as_data(done, done.cases[0]) if done.cases else {}
    found = sum(one.totals["false_invoices_fen"].value for one in done.cases if one.widened.issuers & issuers)
    return {
        "guilty": len(guilty), "found": len(guilty & flagged), "false_alarms": len(flagged - guilty),
        "honest": firms - len(guilty), "cases": len(done.cases), "leads": len(done.leads),
        "money_hidden": told["false_invoices_fen"], "money_found": found,
        **{f"{name}_exact": bool(first) and first[name] == told[name]
           for name in ("exporters", "upstream_firms", "underground_banks", "suspects", "false_invoices_fen",
                        "refunds_fen")},
    }  # fmt: skip


def screened(tables: dict, **given: object) -> tuple[cases.Screened, float]:
    began = time.perf_counter()
    done = cases.screen(tables, Context(threads=1), **given)
    return done, time.perf_counter() - began


def evaluate(seed: int) -> dict[str, object]:
    began = time.perf_counter()
    tables, told, shape = made(seed)
    making = time.perf_counter() - began
    done, seconds = screened(tables)
    return {"seed": seed, "shape": shape, "making_s": round(making, 1), "screening_s": round(seconds, 1),
            **measured(done, told, len(tables["registrations"]))}  # fmt: skip


def warn(seed: int) -> dict[str, object]:
    """The first day on which any guilty firm is in a case, by halving: once there, it is taken to stay there."""
    tables, told, shape = made(seed)
    guilty = set(told["upstream_firms"]) | set(told["exporters"])
    issued = pl.DataFrame(tables["invoices"]).filter(pl.col("seller_id").is_in(told["upstream_firms"]))
    first = issued["issued_at"].min().date()
    paid = pl.DataFrame(tables["refunds"]).filter(
        pl.col("exporter_id").is_in(told["exporters"]) & pl.col("paid_on").is_not_null()
    )
    looks = (date(2026, 10, 31) - first).days // EVERY
    low, high = 0, looks + 1
    while high - low > 1:
        middle = (low + high) // 2
        done, _ = screened(as_of(tables, first + timedelta(days=middle * EVERY)))
        warned = any(guilty & (one.widened.issuers | one.widened.exporters) for one in done.cases)
        low, high = (low, middle) if warned else (middle, high)
    if high > looks:
        return {"seed": seed, "shape": shape, "first_false": str(first), "days": None}
    on = first + timedelta(days=high * EVERY)
    before = issued.filter(pl.col("issued_at").dt.date() <= on)["total"].sum()
    refunded = paid.filter(pl.col("paid_on") <= on)["refund"].sum()
    return {"seed": seed, "shape": shape, "first_false": str(first), "warned": str(on), "days": high * EVERY,
            "issued_share_by_then": round(before / max(issued["total"].sum(), 1), 3),
            "refunded_share_by_then": round(refunded / max(paid["refund"].sum(), 1), 3)}  # fmt: skip


def ablate(seed: int) -> dict[str, object]:
    tables, told, shape = made(seed)
    firms = len(tables["registrations"])
    out: dict[str, object] = {}
    for name, off in SCREENS_OFF.items():
        out[name] = measured(screened(tables, without=frozenset(off))[0], told, firms)
    for name, lacking in TABLES_OFF.items():
        less = {table: rows for table, rows in tables.items() if table not in lacking}
        out[name] = measured(screened(less)[0], told, firms)
    for name, perturb in PERTURBED.items():
        other = perturb(tables, set(told["upstream_firms"]), np.random.default_rng(seed))
        out[name] = measured(screened(other)[0], told, firms)
    return {"seed": seed, "shape": shape, "without": out}


PARTS = {"evaluate": evaluate, "warn": warn, "ablate": ablate}


def kept(part: str, folder: Path) -> list[dict]:
    return [json.loads(path.read_text()) for path in sorted(folder.glob(f"{part}-*.json"))]


def go(part: str, seeds: list[int], folder: Path, fresh: bool) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    ).stdout
    for seed in seeds:
        path = folder / f"{part}-{seed:04d}.json"
        if path.exists() and not fresh:
            continue
        if seed in invoices_learning.TUNING:
            raise SystemExit(f"seed {seed} taught the weights: choose others")
        result = PARTS[part](seed) | {"commit": commit.strip(), "at": datetime.now(UTC).isoformat()}  # noqa: TID251
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps(result, ensure_ascii=False, indent=1))
        draft.rename(path)
        print(json.dumps(result, ensure_ascii=False)[:400], flush=True)


def rates(rows: list[dict]) -> str:
    """Recall, precision, false alarms a thousand honest firms, money found over hidden, exact cases."""
    guilty, found = (sum(row[name] for row in rows) for name in ("guilty", "found"))
    false, honest = (sum(row[name] for row in rows) for name in ("false_alarms", "honest"))
    money = sum(row["money_found"] for row in rows) / sum(row["money_hidden"] for row in rows)
    flagged = found + false
    exact = sum(all(row[f"{name}_exact"] for name in EXACT) for row in rows)
    return (f"{len(rows):>4} | {found / guilty:6.3f} | {found / flagged if flagged else 0:6.3f} |"
            f" {false / honest * 1000:6.3f} | {money:6.3f} | {exact:>3} of {len(rows)}")  # fmt: skip


HEAD = ("| seeds | recall | precision | false alarms a thousand | money found/hidden | every figure exact |\n"
        "|---|---|---|---|---|---|---|")  # fmt: skip


def table(folder: Path) -> None:
    rows = kept("evaluate", folder)
    print(f"| shape {HEAD}")
    for shape in schemes.SHAPES:
        of = [row for row in rows if row["shape"] == shape]
        if of:
            print(f"| {shape}{' (unseen)' if shape == schemes.UNSEEN else ''} | {rates(of)} |")
    if rows:
        print(f"| all | {rates(rows)} |")
    for row in kept("warn", folder):
        print(json.dumps(row, ensure_ascii=False))
    days = [row["days"] for row in kept("warn", folder) if row["days"] is not None]
    if days:
        print(
            f"\nDays to the first warning: median {np.median(days):.0f}, worst {max(days)}, of {len(days)} seeds"
        )
    ablated = kept("ablate", folder)
    if ablated:
        print(f"\n| {'changed'} {HEAD}")
        for name in ablated[0]["without"]:
            print(f"| {name} | {rates([row['without'][name] for row in ablated])} |")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", choices=[*PARTS, "table", "learn"])
    parser.add_argument("--seeds", default="101-150", help="such as 101-150")
    parser.add_argument("--keep", type=Path, default=Path("var/benchmarks/invoices"))
    parser.add_argument("--fresh", action="store_true", help="measure again what is there already")
    given = parser.parse_args()
    first, _, last = given.seeds.partition("-")
    if given.part == "table":
        table(given.keep)
    elif given.part == "learn":
        invoices_learning.learn(made)
    else:
        go(given.part, list(range(int(first), int(last or first) + 1)), given.keep, given.fresh)


if __name__ == "__main__":
    main()
