"""A case and its rows as plain data: who, what went between them, month by month, and what happened when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from zhoudao.engines.invoices.cases import Case, Screened, case_as_data, widen, widened_as_data
from zhoudao.engines.invoices.cases.telling import findings_of
from zhoudao.engines.invoices.dossier.rows import FIGURES, LAYERS
from zhoudao.engines.stored import Table, lazy

BETWEEN = ("issued", "paid", "returned", "refunds")
"""Headings that tie two parties of the network."""
GONE = ("lost", "cancelled", "abnormal")


def tell(tables: Mapping[str, Table], done: Screened, case: Case, rows: pl.DataFrame) -> dict[str, Any]:
    """``case`` (as the command prints it), ``finding_id``, ``firms``, ``figures``, ``flows`` (by heading and month),
    ``edges``, ``timeline``, ``widenings`` (from each firm). Days are ISO dates, amounts minor units."""
    data = case_as_data(done, case)
    return {
        "case": data,
        "finding_id": findings_of(case).findings["finding_id"][0].as_py(),
        "firms": _firms(tables, case),
        "figures": _figures(data, rows),
        "flows": _flows(rows),
        "edges": _edges(rows),
        "timeline": _timeline(tables, case, rows),
        "widenings": [
            widened_as_data(done, widen(done.evidence, done.links, step.firm)) for step in case.widened.steps
        ],
        "span": _span(rows),
    }


def _firms(tables: Mapping[str, Table], case: Case) -> list[dict[str, Any]]:
    registered = {row["firm_id"]: row for row in _mine(tables, "registrations", case)}
    status: dict[str, list[dict[str, str]]] = {}
    for row in _mine(tables, "status", case):
        status.setdefault(row["firm_id"], []).append({"status": row["status"], "since": str(row["since"])})
    found = []
    for step in case.widened.steps:
        row = registered.get(step.firm, {})
        found.append({
            "id": step.firm, "role": step.role, "name": row.get("name") or "", "region": row.get("region") or "",
            "registered_on": str(row.get("registered_on") or ""), "chance": round(step.score.chance, 4),
            "status": sorted(status.get(step.firm, []), key=lambda each: each["since"]),
        })  # fmt: skip
    return found


def _mine(tables: Mapping[str, Table], name: str, case: Case) -> list[dict[str, Any]]:
    table = tables.get(name)
    if table is None:
        return []
    firms = sorted(step.firm for step in case.widened.steps)
    return lazy(table).filter(pl.col("firm_id").is_in(firms)).collect().to_dicts()


def _figures(data: dict[str, Any], rows: pl.DataFrame) -> dict[str, dict[str, Any]]:
    """Each with its value, its headings, and over how many rows it is: added up from the rows, not copied."""
    found: dict[str, dict[str, Any]] = {}
    for name, (headings, column) in FIGURES.items():
        mine = rows.filter(pl.col("heading").is_in(list(headings)))
        found[name] = {"value": int(mine[column].sum() or 0), "rows": len(mine), "headings": list(headings)}
    for name, people in (("firms", data["steps"]), ("accounts", None), ("suspects", data["suspects"])):
        mine = rows.filter(pl.col("heading") == name)
        value = len(people) if people is not None else mine["from_id"].n_unique()
        found[name] = {"value": value, "rows": len(mine), "headings": [name]}
    return found


def _flows(rows: pl.DataFrame) -> dict[str, list[dict[str, Any]]]:
    headings = [each for layer in LAYERS.values() for each in layer]
    drawn = rows.filter(pl.col("heading").is_in(headings) & pl.col("day").is_not_null())
    grouped = (
        drawn.with_columns(pl.col("day").dt.strftime("%Y-%m").alias("month"))
        .group_by("heading", "month", "currency")
        .agg(pl.col("amount").sum(), pl.len().alias("rows"))
        .sort("heading", "month", "currency")
    )
    found: dict[str, list[dict[str, Any]]] = {each: [] for each in headings}
    for row in grouped.to_dicts():
        found[row.pop("heading")].append(row)
    return found


def _edges(rows: pl.DataFrame) -> list[dict[str, Any]]:
    between = rows.filter(pl.col("heading").is_in(list(BETWEEN)) & (pl.col("from_id") != pl.col("to_id")))
    return (
        between.group_by("heading", "from_id", "to_id")
        .agg(pl.col("amount").sum(), pl.len().alias("rows"), pl.col("day").min().cast(pl.String).alias("first"),
             pl.col("day").max().cast(pl.String).alias("last"))
        .sort("heading", "from_id", "to_id")
        .to_dicts()
    )  # fmt: skip


def _timeline(tables: Mapping[str, Table], case: Case, rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Registrations, what became of firms, first and last invoices and transfers, refunds paid; oldest first."""
    events = [
        {"day": str(row["registered_on"]), "kind": "registered", "who": row["firm_id"]}
        for row in _mine(tables, "registrations", case)
        if row["registered_on"]
    ]
    events += [
        {"day": str(row["since"]), "kind": row["status"], "who": row["firm_id"]}
        for row in _mine(tables, "status", case)
        if row["status"] in GONE
    ]
    for heading, kind in (("issued", "invoices"), ("goods_out", "exports"), ("returned", "returned")):
        mine = rows.filter((pl.col("heading") == heading) & pl.col("day").is_not_null())
        if len(mine):
            events.append({"day": str(mine["day"].min()), "kind": f"first_{kind}", "who": mine["from_id"][0]})
            events.append({"day": str(mine["day"].max()), "kind": f"last_{kind}", "who": mine["from_id"][-1]})
    paid = rows.filter((pl.col("heading") == "refunds") & pl.col("day").is_not_null())
    for row in paid.group_by("day", "to_id").agg(pl.col("amount").sum()).sort("day").to_dicts():
        events.append(
            {"day": str(row["day"]), "kind": "refund", "who": row["to_id"], "amount": row["amount"]}
        )
    return sorted(events, key=lambda each: (each["day"], each["kind"], each["who"]))


def _span(rows: pl.DataFrame) -> list[str]:
    headings = [each for layer in LAYERS.values() for each in layer]
    days = rows.filter(pl.col("heading").is_in(headings))["day"].drop_nulls()
    return [str(days.min()), str(days.max())] if len(days) else []
