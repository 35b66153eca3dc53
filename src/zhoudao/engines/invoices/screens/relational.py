"""A detector made from two Ibis expressions: what was found, and the rows it rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from zhoudao.engines.detection import (
    Batch,
    Context,
    Detector,
    Found,
    Param,
    Reason,
    Row,
    Subject,
    Text,
    batch_of,
)

FOUND = ("subject", "score", "amount", "first_time", "last_time")
"""Columns every expression of findings has, beside the values of its reason."""
AT_ONCE = 1_000


@dataclass(frozen=True)
class Screened:
    """``findings``: a row a subject, with FOUND and the reason's values. ``rows``: ``subject, source_file,
    source_sheet, source_row``, in any number."""

    findings: ir.Table
    rows: ir.Table


Build = Callable[[Mapping[str, ir.Table], Mapping[str, Any]], Screened]


def relational(
    name: str, title: Text, meaning: Text, reason: Text, needs: Mapping[str, tuple[str, ...]], build: Build, *,
    params: tuple[Param, ...] = (), kind: str = "firm", role: str = "issuer", version: str = "1",
) -> Detector:  # fmt: skip
    """A detector whose findings are about one firm (or ``kind``) each; its reason has the last part of its name."""
    code = name.rpartition(".")[2]

    def run(tables: Mapping[str, pa.Table], given: Mapping[str, Any], context: Context) -> Iterator[Batch]:
        context.report(0.0, title.en)
        connection = ibis.duckdb.connect(memory_limit=f"{context.memory_mib}MB", threads=context.threads)
        there = {each: connection.create_view(each, ibis.memtable(tables[each])) for each in needs}
        screened = build(there, given)
        found = connection.to_pyarrow(screened.findings).to_pylist()
        context.report(0.6, title.en)
        rows = _rows(connection.to_pyarrow(screened.rows)) if found else {}
        for first in range(0, len(found), AT_ONCE):
            yield batch_of(name, version, [
                _found(one, kind, role, code, rows.get(one["subject"], [])) for one in found[first : first + AT_ONCE]
            ])  # fmt: skip

    return Detector(name, version, title, meaning, needs, run, params, reasons={code: reason})


def _rows(table: pa.Table) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    ordered = table.sort_by(
        [(name, "ascending") for name in ("subject", "source_file", "source_sheet", "source_row")]
    )
    for subject, file, sheet, row in zip(
        *(ordered[name].to_pylist() for name in ordered.column_names), strict=True
    ):
        found.setdefault(subject, []).append(Row(None, file, sheet, row))
    return found


def _found(one: dict[str, Any], kind: str, role: str, code: str, rows: list[Row]) -> Found:
    values = {name: value for name, value in one.items() if name not in FOUND and value is not None}
    return Found(
        [Subject(kind, one["subject"], role)],
        min(1.0, max(0.0, float(one["score"]))),
        [Reason(code, values)],
        rows,
        int(one["amount"]) if one["amount"] is not None else None,
        "CNY",
        one["first_time"],
        one["last_time"],
    )


def rows_of(table: ir.Table, subject: ir.Value) -> ir.Table:
    """The rows of a table, each under its subject."""
    return table.select(
        subject=subject,
        source_file=table.source_file,
        source_sheet=table.source_sheet,
        source_row=table.source_row,
    )


def standing(t: Mapping[str, ir.Table]) -> ir.Table:
    """Invoices that stand: valid ones and the red letters against them."""
    return t["invoices"].filter(t["invoices"].state != "void")
