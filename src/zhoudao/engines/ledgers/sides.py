"""A ledger from the side of each account, in DuckDB: what every detector here begins with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa

from zhoudao.engines.detection import Batch, Context, Found, Gap, Reason, Row, Subject, batch_of
from zhoudao.engines.shapes import LEDGER, LEDGER_REQUIRED, conform

NEEDS = {"ledger": ("transfer_id", "time", "source_account", "target_account", "amount", "currency")}
LOCAL = "timezone('Asia/Shanghai', time)"
MOST_ROWS = 500
"""Rows kept with one finding, the largest of them: more would not be read. What is left out is said."""
FINDINGS_A_BATCH = 500


@contextmanager
def sides(ledger: pa.Table, context: Context) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the view ``sides``: one row for each transfer and each of its two accounts.

    ``account, other, arriving (bool), transfer_id, time, dated (only the day is known), amount, currency,
    cash``. Failed and
    reversed transfers and those between one's own accounts are left out: they move nothing.
    """
    table = conform(ledger, LEDGER, "ledger", LEDGER_REQUIRED)
    with duckdb.connect(
        ":memory:", config={"memory_limit": f"{context.memory_mib}MB", "threads": context.threads}
    ) as found:
        found.execute("SET TimeZone = 'UTC'")
        found.register("ledger", table)
        found.execute(
            """
            CREATE TABLE sides AS
            WITH counted AS (
                SELECT *, coalesce(time_precision, 'second') = 'day' AS dated FROM ledger
                WHERE coalesce(succeeded, true) AND NOT coalesce(reversed, false)
                    AND NOT coalesce(own_account, false) AND amount > 0
            )
            SELECT target_account AS account, source_account AS other, true AS arriving, transfer_id, time, dated,
                amount, currency, cash FROM counted WHERE target_account IS NOT NULL
            UNION ALL
            SELECT source_account, target_account, false, transfer_id, time, dated, amount, currency, cash
            FROM counted WHERE source_account IS NOT NULL
            """
        )
        yield found


def rows(found: duckdb.DuckDBPyConnection, sql: str, values: list[object]) -> list[dict[str, Any]]:
    answer = found.execute(sql, values)
    names = [column[0] for column in answer.description or ()]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def finding(
    account: str,
    role: str,
    score: float,
    reason: Reason,
    transfers: list[str],
    told: dict[str, Any],
) -> Found:
    """About one account. ``told`` has amount, currency, first and last."""
    return Found(
        subjects=[Subject("account", account, role)],
        score=round(max(0.0, min(1.0, score)), 4),
        reasons=[reason],
        rows=[Row(transfer_id=each) for each in transfers],
        amount=int(told["amount"]),
        currency=told["currency"],
        first_time=told["first"],
        last_time=told["last"],
    )


def batches(name: str, version: str, found: list[Found], context: Context) -> Iterator[Batch]:
    """The best first, in pieces."""
    ordered = sorted(found, key=lambda one: (-one.score, -(one.amount or 0), one.subjects[0].id))
    for at in range(0, max(len(ordered), 1), FINDINGS_A_BATCH):
        context.report(0.9 + 0.1 * at / max(len(ordered), 1), "findings")
        yield batch_of(name, version, ordered[at : at + FINDINGS_A_BATCH])


def say_what_has_no_hour(found: duckdb.DuckDBPyConnection, context: Context) -> None:
    """Transfers whose statement gives only the day can't be tested for the hour."""
    count = found.execute("SELECT count(*) FROM sides WHERE dated AND arriving").fetchone()
    if count and count[0]:
        context.not_checked.append(Gap("day_only", count=count[0]))
