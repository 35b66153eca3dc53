"""A detector made from two Ibis expressions: what was found, and the rows it rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

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
from zhoudao.engines.stored import Table, workbench

FOUND = ("subject", "score", "amount", "first_time", "last_time")
"""Columns every expression of findings has, beside the values of its reason."""
AT_ONCE = 50_000
"""Rows of findings told together."""


@dataclass(frozen=True)
class Screened:
    """``findings``: a row a subject, with FOUND and the reason's values. ``rows``: ``subject, source_file,
    source_sheet, source_row``, in any number."""

    findings: ir.Table
    rows: ir.Table


Build = Callable[[Mapping[str, ir.Table], Mapping[str, Any]], Screened]
BUILDS: dict[str, Build] = {}
"""The expressions of each relational screen by its name, for any engine that Ibis speaks to."""


def relational(
    name: str, title: Text, meaning: Text, reason: Text, needs: Mapping[str, tuple[str, ...]], build: Build, *,
    params: tuple[Param, ...] = (), kind: str = "firm", role: str = "issuer", version: str = "1",
) -> Detector:  # fmt: skip
    """A detector whose findings are about one firm (or ``kind``) each; its reason has the last part of its name."""
    code = name.rpartition(".")[2]
    BUILDS[name] = build

    def run(tables: Mapping[str, Table], given: Mapping[str, Any], context: Context) -> Iterator[Batch]:
        context.report(0.0, title.en)
        bench = workbench(tables, needs, memory_mib=context.memory_mib, threads=context.threads)
        try:
            screened = build({each: bench.table(each) for each in needs}, given)
            found = {one["subject"]: one for one in bench.to_pyarrow(screened.findings).to_pylist()}
            context.report(0.6, title.en)
            for some in _with_rows(bench, screened.rows, found):
                yield batch_of(
                    name, version, [_found(found[each], kind, role, code, rows) for each, rows in some]
                )
        finally:
            bench.disconnect()

    return Detector(name, version, title, meaning, needs, run, params, reasons={code: reason})


def _with_rows(bench: Any, rows: ir.Table, found: Mapping[str, Any]) -> Iterator[list[tuple[str, list[Row]]]]:
    """Subjects with their rows in order, some together; those without any at the end."""
    if not found:
        return
    bench.con.register("found_subjects", pa.table({"subject": pa.array(list(found), pa.string())}))
    columns = ["subject", "source_file", "source_sheet", "source_row"]
    mine = rows.semi_join(bench.table("found_subjects"), "subject").order_by(*columns)
    each = (
        row for batch in bench.con.sql(bench.compile(mine.select(columns))).to_arrow_reader(10_000)
        for row in zip(*(batch[name].to_pylist() for name in columns), strict=True)
    )  # fmt: skip
    without = dict.fromkeys(found)
    some: list[tuple[str, list[Row]]] = []
    held = 0
    for subject, group in groupby(each, key=itemgetter(0)):
        without.pop(subject)
        some.append((subject, [Row(None, *place) for _, *place in group]))
        held += len(some[-1][1])
        if held >= AT_ONCE:
            yield some
            some, held = [], 0
    yield [*some, *((subject, []) for subject in without)]


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
