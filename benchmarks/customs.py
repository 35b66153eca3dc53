"""Which customs declarations to open first, beside LightGBM and XGBoost on the raw columns, split by time.

    python benchmarks/customs.py [customs/df_syn_train_eng.csv]      # or the folder in ZHOUDAO_DATA

The data (Korea's customs, MIT) were made by CTGAN from real declarations: a stand-in. Each split learns from the
quarters before and is measured on the next one. Peers see the same columns as numbers (texts as codes), in two settings
each; the better one, by the measured quarter itself, stands in the table.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import date
from pathlib import Path

import lightgbm
import numpy as np
import polars as pl
import pyarrow as pa
import xgboost
from sklearn.metrics import average_precision_score, roc_auc_score

from zhoudao.engines.invoices import customs
from zhoudao.engines.invoices.customs.ranking import risks

HEADERS = {
    "Declaration ID": "declaration_id", "Date": "declared_on", "HS6 Code": "hs6", "Country of Origin": "origin",
    "Country of Departure": "departure", "Importer ID": "importer", "Seller ID": "seller", "Declarant ID": "declarant",
    "Courier ID": "courier", "Office ID": "office", "Process Type": "process", "Import Type": "import_type",
    "Import Use": "import_use", "Payment Type": "payment", "Mode of Transport": "transport", "Tax Type": "tax_type",
    "Country of Origin Indicator": "origin_mark", "Tax Rate": "tax_rate", "Net Mass": "mass_kg", "Item Price": "price",
}  # fmt: skip
QUARTERS = [date(2020, 1, 1), date(2020, 4, 1), date(2020, 7, 1), date(2020, 10, 1), date(2021, 1, 1)]


def read(path: Path) -> pa.Table:
    frame = pl.read_csv(path, infer_schema_length=0).rename(HEADERS)
    frame = frame.with_columns(
        pl.col("declared_on").str.to_date(), pl.col("hs6").str.zfill(6),
        *(pl.col(name).cast(pl.Float64) for name in ("tax_rate", "mass_kg", "price")), fraud=pl.col("Fraud") == "1",
    )  # fmt: skip
    return frame.select([*customs.IMPORTS.names, "fraud"]).to_arrow()


def raw(table: pa.Table, levels: dict[str, dict[str, int]]) -> np.ndarray:
    """Every column as numbers, texts by their place among the levels of the history, -1 for new ones."""
    columns = []
    for field in customs.IMPORTS:
        if field.name in ("declaration_id", "declared_on"):
            continue
        values = table[field.name].to_pylist()
        known = levels.get(field.name)
        columns.append([known.get(each, -1) if known is not None else each for each in values])
    return np.array(columns, dtype=float).T


def measured(name: str, truth: np.ndarray, risk: np.ndarray, seconds: float) -> float:
    order = np.argsort(-risk, kind="stable")
    top = [truth[order[: round(len(order) * share)]].mean() for share in (0.01, 0.05, 0.1)]
    precision = average_precision_score(truth, risk)
    print(f"| {name} | {roc_auc_score(truth, risk):.3f} | {precision:.3f} |"
          f" {' / '.join(f'{each:.2f}' for each in top)} | {seconds:.1f} s |")  # fmt: skip
    return float(precision)


def compared(history: pa.Table, ahead: pa.Table, threads: int) -> None:
    truth = np.array(ahead["fraud"].to_pylist())
    began = time.perf_counter()
    ours = measured(
        "ours", truth, risks(customs.learn(history, threads=threads), ahead), time.perf_counter() - began
    )
    levels = {
        field.name: {each: place for place, each in enumerate(sorted(set(history[field.name].to_pylist()) - {None}))}
        for field in customs.IMPORTS if pa.types.is_string(field.type)
    }  # fmt: skip
    past, now, known = raw(history, levels), raw(ahead, levels), np.array(history["fraud"].to_pylist())
    settings = ({"n_estimators": 100}, {"n_estimators": 300, "learning_rate": 0.05})
    peers = {
        "LightGBM, raw columns": lambda given: lightgbm.LGBMClassifier(verbose=-1, n_jobs=threads, **given),
        "XGBoost, raw columns": lambda given: xgboost.XGBClassifier(
            tree_method="hist", n_jobs=threads, **given
        ),
    }
    best = 0.0
    for name, peer in peers.items():
        tried = []
        for given in settings:
            began = time.perf_counter()
            risk = peer(given).fit(past, known).predict_proba(now)[:, 1]
            tried.append((average_precision_score(truth, risk), risk, time.perf_counter() - began))
        _, risk, seconds = max(tried, key=lambda one: one[0])
        best = max(best, measured(name, truth, risk, seconds))
    print(f"\nAverage precision above the better peer: {ours - best:+.3f}\n")


def shuffled(history: pa.Table, ahead: pa.Table, threads: int) -> None:
    """With the history's outcomes dealt out at random nothing may be left to learn: a check that no answer leaks."""
    dealt = np.random.default_rng(0).permutation(np.array(history["fraud"].to_pylist()))
    history = history.set_column(history.column_names.index("fraud"), "fraud", pa.array(dealt))
    truth = np.array(ahead["fraud"].to_pylist())
    risk = risks(customs.learn(history, threads=threads), ahead)
    print(f"outcomes dealt out at random: AUC {roc_auc_score(truth, risk):.3f}, AP"
          f" {average_precision_score(truth, risk):.3f}, share found false {truth.mean():.3f}")  # fmt: skip


def main() -> None:
    there = Path(os.environ.get("ZHOUDAO_DATA", ".")) / "customs" / "df_syn_train_eng.csv"
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else there
    if not path.exists():
        raise SystemExit(
            f"{path}: expected the customs declarations; name the file, or its folder in ZHOUDAO_DATA"
        )
    table, threads = read(path), 2
    on = np.array(table["declared_on"].to_pylist())
    for place in range(1, len(QUARTERS) - 1):
        begin, end = QUARTERS[place], QUARTERS[place + 1]
        history, ahead = (
            table.filter(pa.array(on < begin)),
            table.filter(pa.array((on >= begin) & (on < end))),
        )
        print(f"learned before {begin}: {len(history):,}; measured until {end}: {len(ahead):,}\n")
        print("| | AUC | average precision | found false in the top 1 / 5 / 10 % | learning and ranking |")
        print("|---|---|---|---|---|")
        compared(history, ahead, threads)
    shuffled(history, ahead, threads)


if __name__ == "__main__":
    main()
