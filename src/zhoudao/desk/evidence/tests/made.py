"""A small ledger with its raw file, written straight into a case's vault: for tests of what is done with a ledger.

How files become a ledger is tested with the sample case, and by the statements engine itself.
"""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from zhoudao.core import clock
from zhoudao.desk.cases import vault
from zhoudao.desk.cases.models import Case
from zhoudao.desk.evidence.ledger import deriving
from zhoudao.desk.evidence.models import Cleaning, EvidenceFile
from zhoudao.desk.evidence.rules import CleaningState
from zhoudao.engines.shapes import LEDGER, TRANSFER_SOURCES, conform

LI, WANG, SHOP, FAR = "6299000000000001", "6299000000000002", "6299000000000003", "6299000000000009"
NAMES = {LI: "李样一", WANG: "王样二", SHOP: "样例商贸行", FAR: "远方账户"}
IDS = {LI: "339999198001010016", WANG: "339999198101010012"}
BEGIN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # Monday 09:00 in the city
PREAMBLE = "样例银行 交易明细\n户名：李样一\n"
HEADER = "交易时间,对方账号,金额,摘要\n"
NAME = "样例银行/李样一.csv"


def transfers() -> list[dict[str, object]]:
    """Two hundred transfers over forty days, in and out of Li's account: some failed, reversed, or to oneself."""
    told = []
    balance = 5_000_000
    for n in range(200):
        into = n % 3 == 0
        other = (WANG, SHOP, FAR)[n % 3 if n % 3 else (n // 3) % 3]
        amount = (n % 7 + 1) * 100_000 if n % 5 == 0 else 12_345 + n * 311
        balance += amount if into else -amount
        source, target = (other, LI) if into else (LI, other)
        told.append(
            {
                "transfer_id": f"{n:016x}",
                "time": BEGIN + timedelta(hours=5 * n, minutes=n),
                "time_precision": "day" if n % 40 == 39 else "second",
                "sequence": n,
                "source_account": source,
                "target_account": target,
                "source_name": NAMES[source],
                "target_name": NAMES[target],
                "source_holder_id": IDS.get(source),
                "target_holder_id": IDS.get(target),
                "amount": amount,
                "currency": "USD" if n == 77 else "CNY",
                "source_balance_after": None if into else balance,
                "target_balance_after": balance if into else None,
                "channel": ("网银", "手机银行", "ATM")[n % 3],
                "memo": ("货款", "还款", "=HYPERLINK()")[n % 3] if n % 50 else "公式样",
                "cash": n % 20 == 1,
                "succeeded": n % 33 != 8,
                "reversed": n in (20, 21),
                "own_account": n % 25 == 3,
            }
        )
    return told


def raw_file(rows: list[dict[str, object]]) -> bytes:
    lines = [
        f"{row['time']:%Y-%m-%d %H:%M:%S},{row['target_account']},{row['amount'] / 100:.2f},{row['memo']}\n"
        for row in rows
    ]
    return (PREAMBLE + HEADER + "".join(lines)).encode("gb18030")


def put_ledger(case: Case, number: int = 1, rows: list[dict[str, object]] | None = None) -> Cleaning:
    """The ledger above (or one of other ``rows``), as the newest of the case."""
    rows = transfers() if rows is None else rows
    box = vault.of(case)
    sealed = box.put_raw([raw_file(rows)])
    EvidenceFile.objects.get_or_create(
        case=case,
        sha256=sealed.sha256,
        defaults={"size": sealed.size, "name": NAME, "received_at": clock.now(), "received_by": "user:1"},
    )
    sources = [
        {
            "transfer_id": row["transfer_id"],
            "source_file": NAME,
            "source_sha256": sealed.sha256,
            "source_sheet": None,
            "source_row": 4 + n,
        }
        for n, row in enumerate(rows)
    ]
    refused = [
        {
            "source_file": NAME,
            "source_sha256": sealed.sha256,
            "source_sheet": None,
            "source_row": 204,
            "field": "other_account",
            "reason": "counterparty_ruined",
            "text": "6.3E+15",
        }
    ]
    report = {
        "files": [
            {
                "sha256": sealed.sha256,
                "layout": "样例银行",
                "rows_in": 202,
                "rows_read": 201,
                "rows_refused": 1,
            }
        ],
        "balance": {"breaks": 1},
        "repairs": {},
    }
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        ledger = conform(pa.Table.from_pylist(rows, schema=_schema(rows)), LEDGER, "ledger", ())
        pq.write_table(ledger, folder / "ledger.parquet")
        pq.write_table(
            pa.Table.from_pylist(sources, schema=TRANSFER_SOURCES), folder / "transfer_sources.parquet"
        )
        pq.write_table(pa.Table.from_pylist(refused), folder / "refused.parquet")
        broken = {"account": LI, "time": BEGIN, "missing": 12_300, "transfer_id": f"{30:016x}"}
        pq.write_table(pa.Table.from_pylist([broken]), folder / "breaks.parquet")
        (folder / "report.json").write_text(json.dumps(report), encoding="utf-8")
        deriving.write_accounts(folder, box.key)
        cleaning = Cleaning.objects.create(
            case=case,
            number=number,
            state=CleaningState.DONE.value,
            asked_at=clock.now(),
            asked_by="user:1",
            ended_at=clock.now(),
            rows_in=202,
            kept=200,
            merged=1,
            refused=1,
            lines_skipped=3,
            transfers=len(rows),
        )
        for path in folder.iterdir():
            sealed_table = box.put_file(f"{cleaning.folder}/{path.name}", path)
            if path.name == "ledger.parquet":
                Cleaning.objects.filter(pk=cleaning.pk).update(ledger_sha256=sealed_table.sha256)
    cleaning.refresh_from_db()
    return cleaning


def _schema(rows: list[dict[str, object]]) -> pa.Schema:
    return pa.schema([field for field in LEDGER if field.name in rows[0]])
