"""The straightforward script an analyst would write with pandas for one clean file: the peer that is beaten, honestly.

It reads the file, parses times and amounts, signs them, drops exact repeats, matches the two sides of a
transfer, chains the
balances and writes Parquet. It refuses no bad row by name, keeps no sources, knows one layout and one encoding
at a time.
"""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path

import pandas as pd


def clean(path: Path, out: Path, encoding: str) -> int:
    """Rows of the ledger written to ``out``."""
    table = pd.read_csv(path, dtype=str, encoding=encoding, keep_default_na=False)
    table["row"] = range(2, len(table) + 2)
    for column in ("交易卡号", "对手账号", "收付标志", "币种"):
        table[column] = table[column].str.strip()
    table["time"] = pd.to_datetime(table["交易时间"], format="%Y-%m-%d %H:%M:%S", errors="coerce")
    table["time"] = table["time"].dt.tz_localize("Asia/Shanghai").dt.tz_convert("UTC")
    for text, fen in (("交易金额", "amount"), ("交易余额", "balance")):
        table[fen] = [
            int(Decimal(value.replace(",", "")) * 100) for value in table[text]
        ]  # exact, so no floats
    incoming = table["收付标志"].isin(["贷", "进", "收入"])
    table["source"] = table["交易卡号"].where(~incoming, table["对手账号"])
    table["target"] = table["对手账号"].where(~incoming, table["交易卡号"])
    good = table["time"].notna() & ~table["对手账号"].str.contains("E+", regex=False)
    table = table[good].drop_duplicates(
        subset=["交易卡号", "time", "amount", "收付标志", "balance", "流水号"]
    )
    table["nth"] = table.groupby(["source", "target", "amount", "time", "收付标志"]).cumcount()
    table = table.drop_duplicates(subset=["source", "target", "amount", "time", "nth"])
    table = table.sort_values(["交易卡号", "time"], kind="stable")
    signed = table["amount"].where(table["收付标志"].isin(["贷", "进", "收入"]), -table["amount"])
    same = table["交易卡号"].eq(table["交易卡号"].shift())
    table["break"] = same & (table["balance"].shift() + signed != table["balance"])
    kept = [
        "time",
        "source",
        "target",
        "amount",
        "balance",
        "币种",
        "摘要",
        "流水号",
        "网点",
        "IP",
        "row",
        "break",
    ]
    table[kept].to_parquet(out)
    return len(table)


if __name__ == "__main__":
    print(clean(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]))
