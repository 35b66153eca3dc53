"""A ledger lies in the order of time and its sources in that of identifiers, with nothing lost on the way."""

import random

import pyarrow as pa
import pyarrow.parquet as pq

from zhoudao.desk.evidence.ledger import deriving, tables
from zhoudao.desk.evidence.ledger.filters import Filters, Subject, among, where
from zhoudao.desk.evidence.tests.made import LI, SHOP, WANG, transfers
from zhoudao.engines.shapes import LEDGER, TRANSFER_SOURCES, conform


def ledger(folder):
    """The transfers of ``made``, and two sources each, shuffled."""
    rows = transfers()
    sources = [
        {"transfer_id": row["transfer_id"], "source_file": f"{n}.csv", "source_sha256": "0", "source_row": n}
        for row in rows
        for n in (2, 1)
    ]
    chance = random.Random(5)
    chance.shuffle(rows)
    chance.shuffle(sources)
    schema = pa.schema([field for field in LEDGER if field.name in rows[0]])
    pq.write_table(
        conform(pa.Table.from_pylist(rows, schema=schema), LEDGER, "ledger", ()), folder / "ledger.parquet"
    )
    pq.write_table(
        pa.Table.from_pylist(sources, schema=TRANSFER_SOURCES), folder / "transfer_sources.parquet"
    )
    return rows, sources


def test_rows_are_put_in_order_and_all_are_still_there(tmp_path):
    rows, sources = ledger(tmp_path)
    deriving.arrange(tmp_path)
    with tables.connect(tmp_path) as found:
        told = found.execute("SELECT time, transfer_id FROM ledger").fetchall()
        stood = found.execute("SELECT transfer_id, source_file FROM transfer_sources").fetchall()
    assert told == sorted((row["time"], row["transfer_id"]) for row in rows)
    assert stood == sorted((row["transfer_id"], row["source_file"]) for row in sources)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ledger.parquet", "transfer_sources.parquet"]


def test_one_account_several_and_none_are_asked_for_alike(tmp_path):
    rows, _ = ledger(tmp_path)
    asked = Filters(person="r" + "0" * 16)
    with tables.connect(tmp_path) as found:
        for accounts in ((LI,), (WANG, SHOP), (WANG, SHOP, LI), ()):
            condition, values = where(asked, Subject(accounts))
            told = found.execute(f"SELECT transfer_id FROM ledger WHERE {condition}", values).fetchall()
            expected = {
                row["transfer_id"]
                for row in rows
                if row["source_account"] in accounts or row["target_account"] in accounts
            }
            assert {transfer_id for (transfer_id,) in told} == expected
            assert bool(expected) == bool(accounts)
    assert among("source_account", Subject((LI,))) == "source_account = ?"
