"""What is worked out once when a ledger is made: its order, and its accounts with the references for addresses."""

from __future__ import annotations

import hmac
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from zhoudao.desk.evidence.ledger.tables import ACCOUNTS, LEDGER, SOURCES, connect

REFERENCE_DIGITS = 16
"""64 bits: two of a million accounts share one with a chance of 3 in a hundred million."""
SIDES = """
    SELECT target_account AS account, target_name AS name, target_holder_id AS holder_id, time,
        amount AS in_amount, 0::BIGINT AS out_amount, 1 AS in_count, 0 AS out_count,
        target_balance_after IS NOT NULL AS stated, succeeded, reversed
    FROM ledger WHERE target_account IS NOT NULL
    UNION ALL
    SELECT source_account, source_name, source_holder_id, time, 0::BIGINT, amount, 0, 1,
        source_balance_after IS NOT NULL, succeeded, reversed
    FROM ledger WHERE source_account IS NOT NULL
"""


ORDERS = {LEDGER: "time, transfer_id", SOURCES: "transfer_id, source_file, source_sheet, source_row"}
ROW_GROUP = 122_880


def arrange(folder: Path) -> None:
    """Put the ledger in the order of time and its sources in that of identifiers, in place.

    Each row group then holds a stretch of time, or of identifiers, so that a page of a period reads a part of the file.
    """
    for name, order in ORDERS.items():
        path, arranged = folder / f"{name}.parquet", folder / f"{name}.arranged"
        with connect(folder) as found:
            found.execute(
                f"COPY (SELECT * FROM {name} ORDER BY {order}) TO '{arranged}'"  # noqa: S608  paths and names of ours
                f" (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"
            )
        arranged.replace(path)


def write_accounts(folder: Path, key: bytes) -> int:
    """Write ``accounts.parquet`` beside ``ledger.parquet``; how many there are.

    ``key`` is the vault's: references are HMAC-SHA-256 under a key derived from it, so that they mean nothing
    outside the
    case. The holder is the one
    an account sheet names, or else the one most of its rows do. Accounts of one identity number are one person.
    """
    with connect(folder) as found:
        register = folder / "register.parquet"
        if register.exists():
            found.execute(f"CREATE VIEW register AS SELECT * FROM read_parquet('{register}')")  # noqa: S608
        else:
            found.execute("CREATE TABLE register (account VARCHAR, name VARCHAR, holder_id VARCHAR)")
        table: pa.Table = found.sql(
            f"""
            SELECT s.account, coalesce(any_value(r.name), mode(s.name)) AS name,
                coalesce(any_value(r.holder_id), mode(s.holder_id)) AS holder_id,
                coalesce(sum(in_amount) FILTER (counts), 0)::BIGINT AS in_amount,
                coalesce(sum(out_amount) FILTER (counts), 0)::BIGINT AS out_amount,
                coalesce(sum(in_count) FILTER (counts), 0)::BIGINT AS in_count,
                coalesce(sum(out_count) FILTER (counts), 0)::BIGINT AS out_count,
                bool_or(stated) AS stated, min(time) AS first, max(time) AS last
            FROM (SELECT *, coalesce(succeeded, true) AND NOT coalesce(reversed, false) AS counts FROM ({SIDES})) s
            LEFT JOIN (SELECT account, any_value(name) AS name, any_value(holder_id) AS holder_id
                FROM register GROUP BY account) r ON r.account = s.account
            GROUP BY s.account ORDER BY s.account
            """  # noqa: S608
        ).to_arrow_table()
    secret = hmac.digest(key, b"zhoudao references of a case", "sha256")
    holders = table["holder_id"].to_pylist()
    refs = [_reference(secret, "account", account) for account in table["account"].to_pylist()]
    persons = [_reference(secret, "person", holder) if holder else "" for holder in holders]
    table = table.append_column("ref", pa.array(refs, pa.string()))
    table = table.append_column("person", pa.array(persons, pa.string()))
    pq.write_table(table, folder / f"{ACCOUNTS}.parquet", compression="zstd")
    return len(table)


def _reference(secret: bytes, kind: str, value: str) -> str:
    return "r" + hmac.digest(secret, f"{kind}\n{value}".encode(), "sha256").hex()[:REFERENCE_DIGITS]
