"""From the sample's messy files back to its true transfers."""

from collections import Counter
from functools import cache

import pyarrow.parquet as pq
import pytest

from zhoudao.engines import statements
from zhoudao.sample.banks import files


@pytest.fixture(scope="module")
def cleaned(tmp_path_factory):
    folder = tmp_path_factory.mktemp("banks")
    truth = folder / "truth.parquet"
    made = files.make(7, "small", folder / "files", truth, lambda name: None)
    report = statements.clean([folder / "files"], folder / "out")
    return made, report, pq.read_table(truth), folder / "out"


def key_of(row, time):
    return row[time], row["source_account"], row["target_account"], row["amount"], row["succeeded"]


@cache
def rows_of(path):
    return pq.read_table(path).to_pylist()


def test_every_record_is_accounted_for(cleaned):
    made, report, _, out = cleaned
    assert report.rows_in == sum(made["records"].values())
    assert report.rows_in == report.rows_kept + report.rows_merged + report.rows_refused
    assert {sheet.file.split("/")[-1].split("!")[0].replace(".zip", ".csv"): sheet.rows_in
            for sheet in report.sheets if sheet.rows_in} == made["records"]  # fmt: skip
    assert pq.read_metadata(out / "ledger.parquet").num_rows == report.transfers
    assert (
        pq.read_metadata(out / "transfer_sources.parquet").num_rows == report.rows_kept + report.rows_merged
    )
    assert pq.read_metadata(out / "refused.parquet").num_rows == report.rows_refused


def test_only_ruined_numbers_are_refused(cleaned):
    _, report, _, _ = cleaned
    assert set(report.refused_by_reason) == {"counterparty_ruined"}
    assert report.files_refused == []


def test_transfers_come_back_exactly(cleaned):
    """Where the payer's record was spoilt, a transfer has the time of the receiver's bank, a few seconds later."""
    _, _, truth, out = cleaned
    found = Counter(key_of(row, "time") for row in rows_of(out / "ledger.parquet"))
    wanted, exact = 0, 0
    for row in truth.to_pylist():
        if row["unreadable"]:
            continue
        wanted += 1
        for time in ("time", "received"):
            if found[key_of(row, time)]:
                found[key_of(row, time)] -= 1
                exact += 1
                break
    assert exact >= 0.999 * wanted
    assert sum(found.values()) <= 0.001 * wanted, "transfers that never were"


def test_reversed_pairs_and_failures_are_marked(cleaned):
    _, report, truth, out = cleaned
    ledger = rows_of(out / "ledger.parquet")
    assert sum(row["reversed"] for row in ledger) == sum(truth["reversed"].to_pylist())
    assert sum(not row["succeeded"] for row in ledger) == report.failed > 0


def test_every_transfer_opens_its_rows(cleaned):
    """The physical row that a source names holds the transfer's amount."""
    _, _, _, out = cleaned
    ledger = {row["transfer_id"]: row for row in rows_of(out / "ledger.parquet")}
    sources = [
        row
        for row in rows_of(out / "transfer_sources.parquet")
        if row["source_file"].endswith("螺门农商银行.csv")
    ]
    lines = (out.parent / "files" / "螺门农商银行.csv").read_text(encoding="gb18030").splitlines()
    assert sources
    for row in sources:
        amount = ledger[row["transfer_id"]]["amount"]
        assert f"{amount // 100}.{amount % 100:02d}" in lines[row["source_row"] - 1]


def test_truth_may_not_lie_inside(tmp_path):
    with pytest.raises(ValueError, match="beside"):
        files.make(7, "small", tmp_path / "a", tmp_path / "a" / "truth.parquet", lambda name: None)
