"""Transfers by way of a conduit (通道): a platform's reserve account, a clearing house, a bank's internal account.

Every ring would pass through one. Where both legs bear the same order number (``bank_serial``), day, amount and
currency, and nothing else does, they are one transfer from the payer to the payee; others stay as they are, and end at
the conduit.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import pyarrow as pa

from zhoudao.engines.shapes import LEDGER, LEDGER_REQUIRED, conform


def resolve_conduits(ledger: pa.Table, conduits: Sequence[str]) -> tuple[pa.Table, pa.Table]:
    """The ledger with resolved transfers in place of their legs, and ``transfer_id, leg_id, leg`` of those.

    A resolved transfer has its first leg's id and time, so that its rows can be opened by either. Raises BadTable.
    """
    table = conform(ledger, LEDGER, "ledger", LEDGER_REQUIRED)
    rows = pl.from_arrow(table)
    assert isinstance(rows, pl.DataFrame)
    rows = rows.with_columns(
        day=pl.col("time").dt.convert_time_zone("Asia/Shanghai").dt.date(), row=pl.int_range(pl.len())
    )
    named = rows.filter(
        pl.col("bank_serial").is_not_null() & (pl.col("bank_serial") != "") & (pl.col("amount") > 0)
        & pl.col("succeeded").fill_null(True) & ~pl.col("reversed").fill_null(False)
    )  # fmt: skip
    key = ["conduit", "bank_serial", "day", "amount", "currency"]
    into = named.filter(pl.col("target_account").is_in(list(conduits))).with_columns(
        conduit=pl.col("target_account")
    )
    out = named.filter(pl.col("source_account").is_in(list(conduits))).with_columns(
        conduit=pl.col("source_account")
    )
    into, out = (each.filter(pl.len().over(key) == 1) for each in (into, out))
    legs = into.join(
        out.select(*key, "row", "transfer_id", "time", "target_account", "target_name", "target_holder_id"),
        on=key,
        suffix="_out",
    )
    legs = legs.filter(
        (pl.col("time_out") >= pl.col("time")) & (pl.col("source_account") != pl.col("target_account_out"))
    )
    merged = legs.select(
        "row",
        **{name: pl.col(f"{name}_out") for name in ("target_account", "target_name", "target_holder_id")},
    )
    gone = legs["row_out"]
    after = (
        rows.filter(~pl.col("row").is_in(gone.implode()))
        .join(merged, on="row", how="left", suffix="_through")
        .with_columns(
            *(
                pl.when(pl.col("target_account_through").is_not_null())
                .then(pl.col(f"{name}_through"))
                .otherwise(pl.col(name))
                .alias(name)
                for name in ("target_account", "target_name", "target_holder_id")
            ),
            target_balance_after=pl.when(pl.col("target_account_through").is_null()).then(
                pl.col("target_balance_after")
            ),
        )
        .sort("row")
    )
    told = pl.concat(
        [
            legs.select("transfer_id", leg_id="transfer_id", leg=pl.lit(1)),
            legs.select("transfer_id", leg_id="transfer_id_out", leg=pl.lit(2)),
        ]
    ).sort("transfer_id", "leg")
    return after.select(LEDGER.names).to_arrow().cast(LEDGER), told.to_arrow()
