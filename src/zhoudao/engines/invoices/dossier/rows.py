"""The rows a case rests on, each under one heading, so that a figure over headings counts none twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set

import polars as pl

from zhoudao.engines.detection import Text
from zhoudao.engines.invoices.cases import Case, Screened
from zhoudao.engines.stored import Table, lazy

SOURCE = ["source_file", "source_sheet", "source_row"]
SCHEMA = {
    "heading": pl.String,
    "day": pl.Date,
    "from_id": pl.String,
    "to_id": pl.String,
    "what": pl.String,
    "amount": pl.Int64,
    "net": pl.Int64,
    "tax": pl.Int64,
    "currency": pl.String,
    "key": pl.String,
    "source_file": pl.String,
    "source_sheet": pl.String,
    "source_row": pl.Int64,
}
HEADINGS: dict[str, Text] = {
    "goods_in": Text("开票货物：上游开给出口企业", "Goods invoiced to the exporters"),
    "goods_out": Text("报关出口货物", "Goods declared for export"),
    "issued": Text("发票：上游开给出口企业", "Invoices from the issuers to the exporters"),
    "issued_others": Text("发票：上游开给其他企业", "Invoices from the issuers to others"),
    "paid": Text("出口企业付给上游的货款", "Paid by the exporters to the issuers"),
    "returned": Text("资金回流", "Money that came back"),
    "received": Text("收汇", "Foreign money received"),
    "refunds": Text("已退税款", "Refunds paid"),
    "refunds_unpaid": Text("已申报未退税款", "Refunds filed, not paid"),
    "firms": Text("企业登记", "Registrations of the firms"),
    "accounts": Text("涉案账户", "Accounts the money went by"),
    "suspects": Text("嫌疑人任职与开户", "Offices and accounts of the suspects"),
}
LAYERS: dict[str, tuple[str, ...]] = {
    "goods": ("goods_in", "goods_out"),
    "invoices": ("issued", "issued_others"),
    "money": ("paid", "returned", "received", "refunds"),
}
"""The three layers, and the headings of each in the order they are drawn."""
FIGURES: dict[str, tuple[tuple[str, ...], str]] = {
    "false_invoices_fen": (("issued", "issued_others"), "amount"),
    "false_net_fen": (("issued", "issued_others"), "net"),
    "false_tax_fen": (("issued", "issued_others"), "tax"),
    "refunds_fen": (("refunds",), "amount"),
    "refunds_claimed_fen": (("refunds", "refunds_unpaid"), "amount"),
}
"""Of each figure the headings it is a sum over, and the column."""
OFFICES = ("legal_representative", "finance_officer")


def rows_of(tables: Mapping[str, Table], done: Screened, case: Case) -> pl.DataFrame:
    """Columns as SCHEMA; sorted by heading, day and place. Amounts in the minor unit of ``currency``."""
    issuers, exporters = case.widened.issuers, case.widened.exporters
    firms = issuers | exporters
    issued = _issued(tables, issuers, exporters).collect(engine="streaming").lazy()
    money = _money(tables, done, firms, issuers, exporters)
    parts = [
        issued,
        _goods_in(tables, issued),
        _goods_out(tables, exporters),
        *money,
        _received(tables, exporters),
        _refunds(tables, exporters),
        _firms(tables, firms),
        _accounts(tables, case),
        _suspects(tables, {each.person for each in case.suspects}, firms, case),
    ]
    whole = pl.concat([_shaped(part) for part in parts if part is not None])
    return whole.unique(["heading", "key", *SOURCE], keep="first", maintain_order=True).sort(
        "heading", "day", *SOURCE, "key", nulls_last=True
    )


def _shaped(frame: pl.LazyFrame) -> pl.DataFrame:
    there = set(frame.collect_schema())
    shaped = frame.select(
        (pl.col(name) if name in there else pl.lit(None)).cast(kind).alias(name)
        for name, kind in SCHEMA.items()
    )
    return shaped.collect(engine="streaming")


def _frame(tables: Mapping[str, Table], name: str) -> pl.LazyFrame | None:
    table = tables.get(name)
    return lazy(table) if table is not None and len(table) else None


def _text(column: str, frame: pl.LazyFrame) -> pl.Expr:
    return pl.col(column) if column in frame.collect_schema() else pl.lit("")


def _among(column: str, ids: Iterable[str]) -> pl.Expr:
    return pl.col(column).is_in(sorted(ids))


def _issued(tables: Mapping[str, Table], issuers: Set[str], exporters: Set[str]) -> pl.LazyFrame:
    """As the case's figures count them: not void, red letters taken off, each invoice once."""
    frame = lazy(tables["invoices"]).filter(_among("seller_id", issuers) & (pl.col("state") != "void"))
    return frame.unique("invoice_id", keep="first", maintain_order=True).select(
        pl.when(_among("buyer_id", exporters))
        .then(pl.lit("issued"))
        .otherwise(pl.lit("issued_others"))
        .alias("heading"),
        pl.col("issued_at").dt.convert_time_zone("Asia/Shanghai").dt.date().alias("day"),
        pl.col("seller_id").alias("from_id"),
        pl.col("buyer_id").alias("to_id"),
        pl.col("total").alias("amount"),
        "net",
        "tax",
        pl.lit("CNY").alias("currency"),
        pl.col("invoice_id").alias("key"),
        *SOURCE,
    )


def _goods_in(tables: Mapping[str, Table], issued: pl.LazyFrame) -> pl.LazyFrame | None:
    lines = _frame(tables, "lines")
    if lines is None:
        return None
    mine = issued.filter(pl.col("heading") == "issued").select(
        pl.col("key").alias("invoice_id"), "day", "from_id", "to_id"
    )
    return lines.join(mine, on="invoice_id").select(
        pl.lit("goods_in").alias("heading"),
        "day",
        "from_id",
        "to_id",
        _text("goods_name", lines).alias("what"),
        pl.col("net").alias("amount"),
        pl.lit("CNY").alias("currency"),
        pl.format("{}-{}", "invoice_id", "line").alias("key"),
        *SOURCE,
    )


def _goods_out(tables: Mapping[str, Table], exporters: Set[str]) -> pl.LazyFrame | None:
    declared, lines = _frame(tables, "declarations"), _frame(tables, "declaration_lines")
    if declared is None or lines is None:
        return None
    mine = declared.filter(_among("exporter_id", exporters)).select(
        "declaration_id",
        pl.col("exported_on").alias("day"),
        pl.col("exporter_id").alias("from_id"),
        _text("destination", declared).alias("to_id"),
        _text("currency", declared).alias("currency"),
    )
    return lines.join(mine, on="declaration_id").select(
        pl.lit("goods_out").alias("heading"),
        "day",
        "from_id",
        "to_id",
        _text("goods_name", lines).alias("what"),
        "amount",
        "currency",
        pl.format("{}-{}", "declaration_id", "line").alias("key"),
        *SOURCE,
    )


def _money(
    tables: Mapping[str, Table], done: Screened, firms: Set[str], issuers: Set[str], exporters: Set[str]
) -> list[pl.LazyFrame]:
    """Transfers from exporters' accounts to issuers', and the others of the loops by which money came back."""
    ledger = _frame(tables, "ledger")
    if ledger is None:
        return []
    holder = done.links.holder
    own = {
        kind: [a for a, h in holder.items() if h in which]
        for kind, which in (("i", issuers), ("e", exporters))
    }
    loops = {loop.finding_id for firm in firms for loop in done.links.loops_of.get(firm, ())}
    passed = {transfer for loop in loops for transfer in done.evidence.transfers.get(loop, ())}
    known = {account: who for account, who in holder.items() if who in firms}
    paid = _among("source_account", own["e"]) & _among("target_account", own["i"])
    sides = [
        pl.col(f"{side}_account").replace(known).alias(name)
        for side, name in (("source", "from_id"), ("target", "to_id"))
    ]
    return [
        ledger.filter(which).select(
            pl.lit(heading).alias("heading"),
            pl.col("time").dt.convert_time_zone("Asia/Shanghai").dt.date().alias("day"),
            *sides,
            _text("memo", ledger).alias("what"),
            "amount",
            "currency",
            pl.col("transfer_id").alias("key"),
            *SOURCE,
        )
        for heading, which in (
            ("paid", paid),
            ("returned", _among("transfer_id", passed) & ~paid),
        )
    ]


def _received(tables: Mapping[str, Table], exporters: Set[str]) -> pl.LazyFrame | None:
    frame = _frame(tables, "receipts")
    if frame is None:
        return None
    return frame.filter(_among("exporter_id", exporters)).select(
        pl.lit("received").alias("heading"),
        pl.col("received_on").alias("day"),
        _text("remitter", frame).alias("from_id"),
        pl.col("exporter_id").alias("to_id"),
        _text("remitter_country", frame).alias("what"),
        "amount",
        "currency",
        pl.col("receipt_id").alias("key"),
        *SOURCE,
    )


def _refunds(tables: Mapping[str, Table], exporters: Set[str]) -> pl.LazyFrame | None:
    frame = _frame(tables, "refunds")
    if frame is None:
        return None
    mine = frame.filter(_among("exporter_id", exporters)).unique(
        ["filing_id", "declaration_id", "invoice_id"], keep="first", maintain_order=True
    )
    return mine.select(
        pl.when(pl.col("paid_on").is_null())
        .then(pl.lit("refunds_unpaid"))
        .otherwise(pl.lit("refunds"))
        .alias("heading"),
        pl.coalesce("paid_on", "filed_on").alias("day"),
        pl.lit("tax").alias("from_id"),
        pl.col("exporter_id").alias("to_id"),
        pl.col("invoice_id").alias("what"),
        pl.col("refund").alias("amount"),
        pl.lit("CNY").alias("currency"),
        pl.format("{}-{}-{}", "filing_id", "declaration_id", "invoice_id").alias("key"),
        *SOURCE,
    )


def _firms(tables: Mapping[str, Table], firms: Set[str]) -> pl.LazyFrame:
    return (
        lazy(tables["registrations"])
        .filter(_among("firm_id", firms))
        .select(
            pl.lit("firms").alias("heading"),
            pl.col("registered_on").alias("day"),
            pl.col("firm_id").alias("from_id"),
            pl.col("name").alias("what"),
            pl.col("firm_id").alias("key"),
            *SOURCE,
        )
    )


def _accounts(tables: Mapping[str, Table], case: Case) -> pl.LazyFrame | None:
    frame = _frame(tables, "accounts")
    if frame is None:
        return None
    wanted = {each.account for each in case.accounts} | {
        a for bank in case.banks for a in (bank.hub, *bank.accounts)
    }
    return frame.filter(_among("account", wanted)).select(
        pl.lit("accounts").alias("heading"),
        pl.col("account").alias("from_id"),
        pl.col("holder_id").alias("to_id"),
        _text("holder_name", frame).alias("what"),
        pl.col("account").alias("key"),
        *SOURCE,
    )


def _suspects(
    tables: Mapping[str, Table], people: Set[str], firms: Set[str], case: Case
) -> pl.LazyFrame | None:
    """A row for each place where one of them is named: a firm's registration, an account's holder."""
    parts = []
    registered = lazy(tables["registrations"]).filter(_among("firm_id", firms))
    for office in OFFICES:
        if office in tables["registrations"].column_names:
            parts.append(
                registered.filter(_among(office, people)).select(
                    pl.col(office).alias("from_id"),
                    pl.col("firm_id").alias("to_id"),
                    pl.lit(office).alias("what"),
                    *SOURCE,
                )
            )
    accounts = _frame(tables, "accounts")
    if accounts is not None:
        used = {each.account for each in case.accounts}
        parts.append(
            accounts.filter(_among("account", used) & _among("holder_id", people)).select(
                pl.col("holder_id").alias("from_id"),
                pl.col("account").alias("to_id"),
                pl.lit("holder").alias("what"),
                *SOURCE,
            )
        )
    if not parts:
        return None
    return pl.concat(parts).with_columns(
        pl.lit("suspects").alias("heading"), pl.format("{}-{}", "from_id", "what").alias("key")
    )
