"""The figures of a case, each a sum over rows of the raw files, and no row in a sum twice."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

import polars as pl

from zhoudao.engines.detection import Row
from zhoudao.engines.stored import Table, lazy

SOURCE = ("source_file", "source_sheet", "source_row")


@dataclass(frozen=True)
class Total:
    """Fen, or a number of things, and the rows it is a sum over, in the order of the files."""

    name: str
    value: int
    rows: tuple[Row, ...]


def totals(tables: Mapping[str, Table], issuers: Set[str], exporters: Set[str]) -> dict[str, Total]:
    """``false_invoices_fen`` (价税合计), ``false_net_fen``, ``false_tax_fen`` of all that the issuers issued and did
    not void, red letters taken off; ``refunds_fen`` paid to the exporters, ``refunds_resting_fen`` the part of it that
    rests on those invoices, ``refunds_claimed_fen`` all they filed for."""
    issued = _issued(tables, issuers)
    filed = _filed(tables, exporters)
    paid = filed.filter(pl.col("paid_on").is_not_null())
    resting = paid.join(issued.select("invoice_id"), on="invoice_id", how="semi")
    sums = (
        ("false_invoices_fen", issued, "total"),
        ("false_net_fen", issued, "net"),
        ("false_tax_fen", issued, "tax"),
        ("refunds_fen", paid, "refund"),
        ("refunds_resting_fen", resting, "refund"),
        ("refunds_claimed_fen", filed, "refund"),
    )
    return {name: Total(name, int(frame[column].sum()), _rows(frame)) for name, frame, column in sums}


def _issued(tables: Mapping[str, Table], issuers: Set[str]) -> pl.DataFrame:
    columns = ["invoice_id", "seller_id", "net", "tax", "total", "state", *SOURCE]
    frame = lazy(tables["invoices"]).select(columns)
    mine = frame.filter(pl.col("seller_id").is_in(sorted(issuers)) & (pl.col("state") != "void"))
    return mine.collect(engine="streaming").unique("invoice_id", keep="first", maintain_order=True)


def _filed(tables: Mapping[str, Table], exporters: Set[str]) -> pl.DataFrame:
    columns = ["filing_id", "declaration_id", "invoice_id", "exporter_id", "refund", "paid_on", *SOURCE]
    if "refunds" not in tables:
        numbers = ("refund", "source_row")
        return pl.DataFrame(schema={name: pl.Int64 if name in numbers else pl.String for name in columns})
    frame = lazy(tables["refunds"]).select(columns).filter(pl.col("exporter_id").is_in(sorted(exporters)))
    key = ["filing_id", "declaration_id", "invoice_id"]
    return frame.collect(engine="streaming").unique(key, keep="first", maintain_order=True)


def _rows(frame: pl.DataFrame) -> tuple[Row, ...]:
    return tuple(Row(None, *each) for each in frame.select(SOURCE).sort(SOURCE).iter_rows())
