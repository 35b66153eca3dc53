"""Foreign money that comes in, and yuan of the same worth that leave for a stranger's account on the day."""

from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest

from zhoudao.engines.detection import Context, detectors, run
from zhoudao.engines.invoices.tables import ACCOUNTS, RECEIPTS, REGISTRATIONS
from zhoudao.engines.shapes import LEDGER, LEDGER_REQUIRED, conform

RATE = 7.2
HELD = {"firm": "F", "own": "boss", "hub": "stranger", "shop": "S", "bank": "bank"}


def placed(rows, schema, name):
    table = pa.Table.from_pylist(rows, schema=schema)
    return (
        table.append_column("source_file", pa.array([f"{name}.csv"] * len(rows), pa.string()))
        .append_column("source_sheet", pa.nulls(len(rows), pa.string()))
        .append_column("source_row", pa.array(range(2, len(rows) + 2), pa.int64()))
    )


def tables(*, payer="own", taker="hub", share=1.005, later=0, receipts=4):
    """Receipts of 20,000 dollars and more, a week apart, each with a yuan leg."""
    days = [date(2026, 3, 2) + timedelta(days=7 * number) for number in range(receipts)]
    cents = [2_000_000 + 10_000 * number for number in range(receipts)]
    moved = []
    for day, amount in zip(days, cents, strict=True):
        at = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
        moved.append(("bank", "firm", at, round(amount * RATE)))
        moved.append((payer, taker, at + timedelta(days=later, hours=1), round(amount * RATE * share)))
    ledger = pa.Table.from_pylist(
        [{"transfer_id": f"T{n}", "time": at, "source_account": one, "target_account": other, "amount": amount,
          "currency": "CNY"} for n, (one, other, at, amount) in enumerate(moved)]
    )  # fmt: skip
    kinds = {"F": "firm", "S": "firm", "bank": "bank"}
    return {
        "ledger": conform(ledger, LEDGER, "ledger", LEDGER_REQUIRED),
        "receipts": placed(
            [{"receipt_id": f"R{n}", "exporter_id": "F", "received_on": day, "amount": amount, "currency": "USD",
              "account": "firm"} for n, (day, amount) in enumerate(zip(days, cents, strict=True))],
            RECEIPTS, "receipts",
        ),
        "accounts": placed(
            [{"account": account, "holder_id": holder, "holder_kind": kinds.get(holder, "person")}
             for account, holder in HELD.items()], ACCOUNTS, "accounts",
        ),
        "registrations": placed(
            [{"firm_id": "F", "name": "F", "registered_on": date(2020, 1, 1), "legal_representative": "boss"}],
            REGISTRATIONS, "registrations",
        ),
    }  # fmt: skip


def found(given, **params):
    done = run(detectors()["invoices.mirror_legs"], given, params, Context())
    return done.findings.to_pylist(), done.rows.to_pylist()


@pytest.mark.parametrize("payer", ["own", "firm"])
def test_yuan_of_the_same_worth_on_the_day_for_a_strangers_account(payer):
    (one,), rows = found(tables(payer=payer))
    assert one["subjects"] == [{"kind": "firm", "id": "F", "role": "exporter"}]
    assert dict(one["reasons"][0]["values"]) == {"times": "4", "receipts": "4", "takers": "1"}
    assert [row["source_row"] for row in rows] == [2, 3, 4, 5]


@pytest.mark.parametrize(
    "given",
    [{"share": 1.05}, {"later": 1}, {"taker": "shop"}, {"payer": "firm", "taker": "own"}, {"receipts": 2}],
    ids=["another sum", "the next day", "to a firm", "to its own head", "twice only"],
)
def test_what_is_no_mirror_leg(given):
    assert found(tables(**given)) == ([], [])


def test_how_far_apart_is_the_analysts_to_say():
    assert len(found(tables(share=1.05), apart=0.06)[0]) == 1
