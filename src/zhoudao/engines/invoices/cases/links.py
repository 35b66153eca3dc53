"""Who is tied to whom in a case: by invoices, refunds, money that came back, people, telephones and machines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl
import pyarrow as pa

from zhoudao.engines.detection import Context
from zhoudao.engines.invoices.cases.evidence import Loop
from zhoudao.engines.invoices.cases.pairs import NOBODY, Pairs, both_ways
from zhoudao.engines.stored import Table, lazy, workbench

OFFICES = ("legal_representative", "finance_officer", "tax_clerk", "invoice_buyer")
CLOSE, WIDE = 4, 15
"""Firms that share a thing: up to CLOSE it says much, up to WIDE something. Beyond that it is a bookkeeper's telephone
or a business park's address, and no link."""


@dataclass
class Links:
    """``groups``: by kind and value, the firms that share it, WIDE at most. ``sold``: net fen by seller and buyer;
    ``refunds``: fen claimed, by exporter and issuer. Void invoices count nowhere."""

    groups: dict[tuple[str, str], tuple[str, ...]]
    shares: dict[str, list[tuple[str, str]]]
    sold: Pairs
    bought: Pairs
    refunds: Pairs
    refunded_to: Pairs
    loops_of: dict[str, list[Loop]]
    """By payer."""
    loops_by: dict[str, list[Loop]]
    """By every other firm on whose account the money was, received or passed on."""
    holder: dict[str, str]
    """Of each account."""
    firms: dict[str, str] = field(default_factory=dict)
    """Code to name of every registered firm, and of every seller."""

    def sharers(self, firm: str) -> dict[str, list[tuple[str, str, int]]]:
        """Other firms tied to it by something shared: kind, value, and how many share it."""
        found: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
        for kind, value in self.shares.get(firm, ()):
            members = self.groups[kind, value]
            for other in members:
                if other != firm:
                    found[other].append((kind, value, len(members)))
        return found


def tie(tables: Mapping[str, Table], loops: list[Loop], context: Context) -> Links:
    """Links of a whole case. Tables it lacks tie nobody."""
    groups = _groups(tables)
    shares: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for key, members in groups.items():
        for firm in members:
            shares[firm].append(key)
    sold, bought = _trade(tables, context)
    refunds, refunded_to = _refunds(tables, context)
    holder = _holders(tables)
    firms = _names(tables)
    loops_of: dict[str, list[Loop]] = defaultdict(list)
    loops_by: dict[str, list[Loop]] = defaultdict(list)
    for loop in loops:
        loops_of[loop.payer].append(loop)
        passed = {holder.get(account, "") for account in (loop.account, *loop.conduits)} | {
            loop.receiver or ""
        }
        for firm in sorted(passed & firms.keys() - {loop.payer}):
            loops_by[firm].append(loop)
    return Links(
        groups,
        dict(shares),
        sold,
        bought,
        refunds,
        refunded_to,
        dict(loops_of),
        dict(loops_by),
        holder,
        firms,
    )


def _frame(tables: Mapping[str, Table], name: str, columns: tuple[str, ...]) -> pl.LazyFrame | None:
    """Some columns of a table; None where it or one of them is missing."""
    if not _has(tables, name, columns):
        return None
    return lazy(tables[name]).select(columns)


def _has(tables: Mapping[str, Table], name: str, columns: tuple[str, ...]) -> bool:
    return name in tables and set(columns) <= set(tables[name].column_names)


def _groups(tables: Mapping[str, Table]) -> dict[tuple[str, str], tuple[str, ...]]:
    pairs = []
    for column, kind in (
        *((office, "person") for office in OFFICES),
        ("phone", "phone"),
        ("address", "address"),
    ):
        frame = _frame(tables, "registrations", ("firm_id", column))
        if frame is not None:
            pairs.append(frame.select("firm_id", kind=pl.lit(kind), value=pl.col(column)))
    frame = _frame(tables, "invoices", ("seller_id", "device"))
    if frame is not None:
        pairs.append(frame.unique().select(firm_id="seller_id", kind=pl.lit("device"), value="device"))
    if not pairs:
        return {}
    shared = (
        pl.concat(pairs).filter(pl.col("value").is_not_null() & (pl.col("value") != "")).unique()
        .group_by("kind", "value").agg(pl.col("firm_id").sort())
        .filter(pl.col("firm_id").list.len().is_between(2, WIDE)).sort("kind", "value")
    ).collect(engine="streaming")  # fmt: skip
    return {(kind, value): tuple(members) for kind, value, members in shared.iter_rows()}


_TRADE = ("seller_id", "buyer_id", "net", "state")


def _trade(tables: Mapping[str, Table], context: Context) -> tuple[Pairs, Pairs]:
    if not _has(tables, "invoices", _TRADE):
        return both_ways(NOBODY)
    return both_ways(_summed(
        tables, ["invoices"], context,
        "SELECT seller_id AS one, buyer_id AS other, net AS amount FROM invoices"
        " WHERE state <> 'void' AND buyer_id <> ''",
    ))  # fmt: skip


def _refunds(tables: Mapping[str, Table], context: Context) -> tuple[Pairs, Pairs]:
    filed, issued = ("exporter_id", "invoice_id", "refund"), ("invoice_id", "seller_id")
    if not _has(tables, "refunds", filed) or not _has(tables, "invoices", issued):
        return both_ways(NOBODY)
    return both_ways(_summed(
        tables, ["refunds", "invoices"], context,
        "SELECT exporter_id AS one, seller_id AS other, refund AS amount FROM refunds JOIN invoices USING (invoice_id)",
    ))  # fmt: skip


def _summed(tables: Mapping[str, Table], names: list[str], context: Context, query: str) -> pa.Table:
    """Amounts of more than nought by pair. DuckDB adds them up, and spills."""
    bench = workbench(tables, names, memory_mib=context.memory_mib, threads=context.threads)
    try:
        return bench.con.sql(
            f"SELECT one, other, CAST(sum(amount) AS BIGINT) AS amount FROM ({query})"  # noqa: S608  queries of ours
            " GROUP BY one, other HAVING sum(amount) > 0"
        ).to_arrow_table()
    finally:
        bench.disconnect()


def _holders(tables: Mapping[str, Table]) -> dict[str, str]:
    frame = _frame(tables, "accounts", ("account", "holder_id"))
    return dict(frame.collect().iter_rows()) if frame is not None else {}


def _names(tables: Mapping[str, Table]) -> dict[str, str]:
    frame = _frame(tables, "registrations", ("firm_id", "name"))
    return dict(frame.collect().iter_rows()) if frame is not None else {}
