"""The tables of a case as they would have been on a day, and as they would be had the guilty been more careful."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

import numpy as np
import polars as pl
import pyarrow as pa

Tables = Mapping[str, pa.Table]
DECLARED_AFTER = 15
"""Days after a quarter's end by which its return is in."""


def with_places(tables: Tables) -> dict[str, pa.Table]:
    """As a reader gives them: each row says where it stands."""
    return {
        name: table.append_column("source_file", pa.array([f"{name}.csv"] * len(table), pa.string()))
        .append_column("source_sheet", pa.nulls(len(table), pa.string()))
        .append_column("source_row", pa.array(np.arange(2, len(table) + 2)))
        for name, table in tables.items()
    }


def as_of(tables: Tables, day: date) -> dict[str, pa.Table]:
    """What offices and banks held on the evening of ``day``."""
    frames = {name: pl.DataFrame(table) for name, table in tables.items()}
    evening = pl.lit(day).cast(pl.Datetime("us")).dt.replace_time_zone("UTC") + pl.duration(days=1)
    until = {
        "registrations": pl.col("registered_on") <= day,
        "status": pl.col("since") <= day,
        "invoices": pl.col("issued_at") < evening,
        "declarations": pl.col("exported_on") <= day,
        "bills_of_lading": pl.col("shipped_on") <= day,
        "receipts": pl.col("received_on") <= day,
        "refunds": pl.col("filed_on") <= day,
        "notices": pl.col("issued_on") <= day,
        "accounts": pl.col("opened_on") <= day,
        "ledger": pl.col("time") < evening,
        "returns": pl.col("period").map_elements(_declared, pl.Date) <= day,
    }
    cut = {name: frame.filter(until[name]) if name in until else frame for name, frame in frames.items()}
    cut["lines"] = cut["lines"].join(cut["invoices"], on="invoice_id", how="semi")
    cut["declaration_lines"] = cut["declaration_lines"].join(
        cut["declarations"], on="declaration_id", how="semi"
    )
    paid = pl.when(pl.col("paid_on") <= day).then(pl.col("paid_on"))
    cut["refunds"] = cut["refunds"].with_columns(paid_on=paid)
    return {name: frame.to_arrow().cast(tables[name].schema) for name, frame in cut.items()}


def _declared(period: str) -> date:
    """When the return of a quarter such as 2025Q1 is in."""
    year, quarter = int(period[:4]), int(period[5])
    ended = date(year + quarter // 4, quarter % 4 * 3 + 1, 1)
    return ended + timedelta(days=DECLARED_AFTER)


# More careful criminals -----------------------------------------------------------------------------------------------


def nothing_shared(tables: Tables, guilty: set[str], chance: np.random.Generator) -> dict[str, pa.Table]:
    """Each issuer has a telephone, address, machine and people of its own: nobody holds two offices."""
    firms, invoices = pl.DataFrame(tables["registrations"]), pl.DataFrame(tables["invoices"])
    mine = pl.col("firm_id").is_in(guilty)
    people = ("legal_representative", "finance_officer", "tax_clerk", "invoice_buyer")
    fresh = [
        pl.when(mine).then(pl.concat_str(pl.lit(f"{name}-"), "firm_id")).otherwise(pl.col(name)).alias(name)
        for name in (*people, "phone", "address")
    ]
    own = pl.when(pl.col("seller_id").is_in(guilty)).then(pl.concat_str(pl.lit("machine-"), "seller_id"))
    return {
        **tables,
        "registrations": _like(firms.with_columns(fresh), tables["registrations"]),
        "invoices": _like(invoices.with_columns(device=own.otherwise(pl.col("device")), ip=own.otherwise(pl.col("ip"))),
                          tables["invoices"]),
    }  # fmt: skip


def old_firms(tables: Tables, guilty: set[str], chance: np.random.Generator) -> dict[str, pa.Table]:
    """Issuers were bought off the shelf, three to six years old and months apart, and none of them disappears."""
    firms, status = pl.DataFrame(tables["registrations"]), pl.DataFrame(tables["status"])
    earlier = pl.Series(chance.integers(1000, 2200, len(firms)))
    since = pl.when(pl.col("firm_id").is_in(guilty)).then(pl.col("registered_on") - pl.duration(days=earlier))
    return {
        **tables,
        "registrations": _like(
            firms.with_columns(registered_on=since.otherwise(pl.col("registered_on"))),
            tables["registrations"],
        ),
        "status": _like(status.filter(~pl.col("firm_id").is_in(guilty)), tables["status"]),
    }


def cash_back(tables: Tables, guilty: set[str], chance: np.random.Generator) -> dict[str, pa.Table]:
    """What the exporter paid is drawn in cash at the issuers' accounts: no transfer leads back."""
    ledger = pl.DataFrame(tables["ledger"])
    return {
        **tables,
        "ledger": _like(ledger.filter(~pl.col("source_holder_id").is_in(guilty)), tables["ledger"]),
    }


def real_works(tables: Tables, guilty: set[str], chance: np.random.Generator) -> dict[str, pa.Table]:
    """Issuers declare staff and electricity as others of their size, and a higher quota than they need."""
    firms, returns = pl.DataFrame(tables["registrations"]), pl.DataFrame(tables["returns"])
    staffed = pl.when(pl.col("firm_id").is_in(guilty))
    return {
        **tables,
        "registrations": _like(
            firms.with_columns(
                monthly_quota=staffed.then(pl.col("monthly_quota") * 3).otherwise("monthly_quota")
            ),
            tables["registrations"],
        ),
        "returns": _like(
            returns.with_columns(
                employees=staffed.then(pl.col("employees") + 9).otherwise("employees"),
                electricity_kwh=staffed.then(pl.col("sales") / 1e6 * 300 + 900).otherwise("electricity_kwh"),
            ),
            tables["returns"],
        ),
    }


def careful(tables: Tables, guilty: set[str], chance: np.random.Generator) -> dict[str, pa.Table]:
    """Nothing shared, and cash."""
    return cash_back(nothing_shared(tables, guilty, chance), guilty, chance)


def friends(tables: Tables, guilty: set[str], chance: np.random.Generator) -> dict[str, pa.Table]:
    """The guilty as they are, and ten times as many honest groups that share everything: each young honest firm has the
    telephone of another of its year and keeps its books."""
    firms = pl.DataFrame(tables["registrations"]).with_row_index("place")
    young = firms.filter((pl.col("registered_on") > date(2023, 11, 1)) & ~pl.col("firm_id").is_in(guilty))
    mixed = young.sort("registered_on", "firm_id").with_columns(group=pl.int_range(pl.len()) // 3)
    shared = mixed.with_columns(
        pl.col("phone").first().over("group"),
        pl.col("legal_representative").shift(1).over("group").alias("keeper"),
    ).select("place", "phone", keeper=pl.col("keeper").fill_null(pl.col("finance_officer")))
    joined = firms.join(shared, on="place", how="left", suffix="_new").with_columns(
        phone=pl.coalesce("phone_new", "phone"),
        finance_officer=pl.coalesce("keeper", "finance_officer"),
        tax_clerk=pl.coalesce("keeper", "tax_clerk"),
    )
    return {**tables, "registrations": _like(joined, tables["registrations"])}


def _like(frame: pl.DataFrame, table: pa.Table) -> pa.Table:
    return frame.select(table.column_names).to_arrow().cast(table.schema)


PERTURBED: dict[str, Callable[[Tables, set[str], np.random.Generator], dict[str, pa.Table]]] = {
    "nothing shared": nothing_shared,
    "old firms": old_firms,
    "cash back": cash_back,
    "real works": real_works,
    "nothing shared, cash back": careful,
    "ten times the honest friends": friends,
}
