"""Mirror legs (对敲): yuan paid at home and foreign money paid abroad on one day, at an implied rate near the market's.

An underground bank moves no money across the border: a customer pays yuan here, and is paid foreign money there. The
two legs share a holder (by document number, else by name): who pays yuan receives foreign money, or the reverse.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pyarrow as pa

from zhoudao.engines.detection import (
    Batch,
    Context,
    Detector,
    Found,
    Gap,
    Reason,
    Row,
    Subject,
    Text,
    batch_of,
)
from zhoudao.engines.detection.detector import Params, Tables
from zhoudao.engines.flows.patterns.common import share
from zhoudao.engines.shapes import LEDGER, LEDGER_REQUIRED, conform

NAME, VERSION = "flows.mirror_legs", "1"
HOME = "CNY"


def _run(tables: Tables, params: Params, context: Context) -> Iterator[Batch]:
    ledger = conform(tables["ledger"], LEDGER, "ledger", LEDGER_REQUIRED)
    legs = pl.from_arrow(ledger)
    rates = pl.from_arrow(tables["rates"].select(["currency", "date", "rate"]))
    assert isinstance(legs, pl.DataFrame)
    assert isinstance(rates, pl.DataFrame)
    legs = legs.filter(
        (pl.col("amount") > 0) & pl.col("succeeded").fill_null(True) & ~pl.col("reversed").fill_null(False)
    ).with_columns(
        day=pl.col("time").dt.convert_time_zone("Asia/Shanghai").dt.date(),
        payer=pl.coalesce("source_holder_id", "source_name"),
        payee=pl.coalesce("target_holder_id", "target_name"),
    )
    home, abroad = legs.filter(pl.col("currency") == HOME), legs.filter(pl.col("currency") != HOME)
    abroad = abroad.join(
        rates.with_columns(pl.col("date").cast(pl.Date)),
        left_on=["currency", "day"],
        right_on=["currency", "date"],
        how="left",
    )
    unrated = abroad.filter(pl.col("rate").is_null()).height
    if unrated:
        context.not_checked.append(Gap("unrated", count=unrated))
    keep = ["transfer_id", "time", "amount", "day"]
    for ours, theirs in (("payer", "payee"), ("payee", "payer")):
        pairs = (
            home.select(*keep, holder=pl.col(ours))
            .join(
                abroad.select(*keep, "currency", "rate", holder=pl.col(theirs)),
                on=["holder", "day"],
                suffix="_abroad",
            )
            .with_columns(implied=pl.col("amount") / pl.col("amount_abroad"))
            .with_columns(off=(pl.col("implied") / pl.col("rate") - 1).abs())
            .filter(pl.col("off") <= float(params["tolerance"]))
            .sort("time", "transfer_id", "transfer_id_abroad")
        )
        context.report(0.5, "mirror legs")
        yield batch_of(
            NAME, VERSION, [_found(row, float(params["tolerance"])) for row in pairs.iter_rows(named=True)]
        )


def _found(row: dict, tolerance: float) -> Found:
    values = {
        "amount": row["amount"],
        "abroad": row["amount_abroad"],
        "currency": row["currency"],
        "implied": f"{row['implied']:.4f}",
        "rate": f"{row['rate']:.4f}",
    }
    return Found(
        [Subject("holder", row["holder"], "customer")],
        1 - row["off"] / (2 * tolerance) if tolerance else 1.0,
        [Reason("mirror", values)],
        [Row(row["transfer_id"]), Row(row["transfer_id_abroad"])],
        row["amount"], HOME, min(row["time"], row["time_abroad"]), max(row["time"], row["time_abroad"]),
    )  # fmt: skip


RATES = pa.schema([("currency", pa.string()), ("date", pa.date32()), ("rate", pa.float64())])
"""Yuan for one unit of a currency on a day; both have a hundred minor units, so that shares of amounts are rates."""

DETECTORS = (
    Detector(
        NAME,
        VERSION,
        Text("对敲", "Mirror legs"),
        Text(
            "同一人同一天在境内付（收）人民币、在境外收（付）外币，隐含汇率接近市场汇率。地下钱庄“对敲”常见。",
            "On one day a person pays yuan at home and receives foreign money, or the reverse, near the market's rate.",
        ),
        {"ledger": LEDGER_REQUIRED, "rates": ("currency", "date", "rate")},
        _run,
        (
            share(
                "tolerance",
                0.02,
                "隐含汇率偏离至多",
                "Implied rate off by at most",
                "within 2 %; to be calibrated",
            ),
        ),
        wants={"ledger": ("source_holder_id", "target_holder_id", "source_name", "target_name")},
        reasons={
            "mirror": Text(
                "人民币{amount:money}对应{currency}（最小单位{abroad}），隐含汇率{implied}，当日{rate}",
                "{amount:money} against {abroad} minor units of {currency}: implied rate {implied}, {rate} that day",
            )
        },
    ),
)
