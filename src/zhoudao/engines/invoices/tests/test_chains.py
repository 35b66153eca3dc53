"""Invoices that go round, and chains in which nobody earns anything."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from zhoudao.engines.detection import Context, detectors, run
from zhoudao.engines.invoices.tables import INVOICES

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)


def invoices(*told):
    """Each ``(seller, buyer, day, net yuan)``."""
    rows = [
        {"invoice_id": f"I{number}", "kind": "special", "issued_at": BEGIN + timedelta(days=day, minutes=number),
         "seller_id": seller, "buyer_id": buyer, "net": round(net * 100), "tax": round(net * 13),
         "total": round(net * 113), "state": "valid"}
        for number, (seller, buyer, day, net) in enumerate(told)
    ]  # fmt: skip
    table = pa.Table.from_pylist(rows, schema=INVOICES)
    return (
        table.append_column("source_file", pa.array(["发票.csv"] * len(rows), pa.string()))
        .append_column("source_sheet", pa.nulls(len(rows), pa.string()))
        .append_column("source_row", pa.array(range(2, len(rows) + 2), pa.int64()))
    )


def found(name, table, **params):
    done = run(detectors()[name], {"invoices": table}, params, Context())
    rows = {}
    for finding, row in zip(
        done.rows["finding_id"].to_pylist(), done.rows["source_row"].to_pylist(), strict=True
    ):
        rows.setdefault(finding, []).append(row)
    return [
        (
            {subject["id"] for subject in one["subjects"]},
            dict(one["reasons"][0]["values"]),
            rows[one["finding_id"]],
        )
        for one in done.findings.to_pylist()
    ]


def round_of(day, amount=100_000):
    return [("A", "B", day, amount), ("B", "C", day + 3, amount * 1.02), ("C", "A", day + 5, amount * 0.98)]


def test_three_firms_that_invoice_each_other_round_are_a_cycle():
    told = [*round_of(0), *round_of(90), ("A", "D", 2, 100_000), ("D", "E", 4, 100_000)]
    ((firms, values, rows),) = found("invoices.invoice_cycles", invoices(*told))
    assert firms == {"A", "B", "C"}
    assert values["times"] == "2"
    assert rows == [2, 3, 4, 5, 6, 7]


def twice(apart, *invoices):
    return [(seller, buyer, day + again, net) for again in (0, apart) for seller, buyer, day, net in invoices]


@pytest.mark.parametrize(
    "told",
    [
        round_of(0),
        twice(90, ("A", "B", 0, 1e5), ("B", "A", 3, 1e5)),
        twice(90, ("A", "B", 0, 1e5), ("B", "C", 3, 5e5), ("C", "A", 5, 1e5)),
        twice(200, ("A", "B", 0, 1e5), ("B", "C", 50, 1e5), ("C", "A", 99, 1e5)),
        twice(90, ("C", "A", 0, 1e5), ("B", "C", 3, 1e5), ("A", "D", 5, 1e5)),
    ],
    ids=["once", "two firms", "another amount", "too slow", "not closed"],
)
def test_what_is_no_cycle(told):
    assert found("invoices.invoice_cycles", invoices(*told)) == []


def passed_on(margin, firms="ABCD", times=6, gap=2):
    told = []
    for number in range(times):
        amount = 80_000 + 1_000 * number
        for place in range(len(firms) - 1):
            told.append((firms[place], firms[place + 1], number * 30 + place * gap, amount))
            amount *= margin
    return told


def test_firms_in_a_row_that_earn_nothing_are_a_thin_chain():
    told = found("invoices.thin_chains", invoices(*passed_on(1.005)))
    assert [firms for firms, _, _ in sorted(told, key=lambda one: sorted(one[0]))] == [{"B"}, {"C"}]
    assert {values["times"] for _, values, _ in told} == {"6"}
    assert all(len(rows) == 12 for _, _, rows in told)


@pytest.mark.parametrize(
    "told",
    [passed_on(1.06), passed_on(1.005, gap=9), passed_on(1.005, firms="ABC"), passed_on(1.005, times=3)],
    ids=["with a margin", "weeks apart", "one firm only", "three times"],
)
def test_what_is_no_thin_chain(told):
    assert found("invoices.thin_chains", invoices(*told)) == []


def test_a_firm_that_mostly_earns_is_no_link_of_a_chain():
    own = [("E", "B", 10 + day, 300_000) for day in range(12)]
    told = found("invoices.thin_chains", invoices(*passed_on(1.005), *own))
    assert [firms for firms, _, _ in told] == [{"C"}]
