"""The commands: what they print and write, and how they refuse."""

import json
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from zhoudao.engines.flows.commands import flows
from zhoudao.engines.shapes import FINDING_ROWS, FINDINGS

ROWS = [("a", "b", 0, 10_000), ("b", "c", 60, 9_900), ("c", "a", 120, 9_800), ("c", "d", 180, 100)]


@pytest.fixture
def ledger(tmp_path):
    start = datetime(2026, 1, 1, tzinfo=UTC)
    path = tmp_path / "ledger.parquet"
    table = pa.table(
        {
            "transfer_id": [f"t{i}" for i in range(len(ROWS))],
            "time": pa.array([start + timedelta(seconds=row[2]) for row in ROWS], pa.timestamp("us", "UTC")),
            "source_account": [row[0] for row in ROWS],
            "target_account": [row[1] for row in ROWS],
            "amount": pa.array([row[3] for row in ROWS], pa.int64()),
            "currency": ["CNY"] * len(ROWS),
        }
    )
    pq.write_table(table, path)
    return path


def run(*words):
    return CliRunner().invoke(flows, [str(word) for word in words])


def test_rings_are_counted_and_written(ledger, tmp_path):
    out = tmp_path / "out"
    words = ["rings", ledger, "--window", "1d", "--max-length", 6, "--out", out, "--json"]
    told = json.loads(run(*words).stdout)
    assert told["count"] == 1
    findings, rows = (pq.read_table(out / f"{name}.parquet") for name in ("findings", "finding_rows"))
    assert (findings.schema, rows.schema) == (FINDINGS, FINDING_ROWS)
    assert rows["transfer_id"].to_pylist() == ["t0", "t1", "t2"]
    assert rows["position"].to_pylist() == [0, 1, 2]
    one = findings.to_pylist()[0]
    assert one["score"] == 0.98
    assert [each["id"] for each in one["subjects"]] == ["a", "b", "c"]
    assert dict(one["reasons"][0]["values"]) == {
        "length": "3", "seconds": "120", "sent": "10000", "returned": "9800",
    }  # fmt: skip
    run(*words)
    assert pq.read_table(out / "findings.parquet").equals(findings)


def test_a_trace_is_told_and_written(ledger, tmp_path):
    told = json.loads(
        run(
            "trace", ledger, "--from", "t0", "--rule", "fifo", "--forward", "--out", tmp_path, "--json"
        ).stdout
    )
    assert told["count"] == 4
    assert told["trace"][0] == {"transfer_id": "t0", "traced": 10_000}
    assert told["standing"] == "assumption"
    assert told["started"] == told["kept"] == 10_000
    assert pq.read_table(tmp_path / "trace.parquet").column_names == ["transfer_id", "traced"]
    back = json.loads(
        run("trace", ledger, "--from", "d", "--rule", "pro-rata", "--backward", "--json").stdout
    )
    assert [each["transfer_id"] for each in back["trace"]] == ["t3", "t1", "t0"]


def test_screening_runs_every_pattern(ledger):
    told = json.loads(run("screen", ledger, "--json").stdout)
    assert told["counts"]["flows.rings"] == 1
    assert told["count"] == sum(told["counts"].values())
    only = json.loads(
        run("screen", ledger, "--only", "flows.rings", "--set", "flows.rings.longest=2", "--json").stdout
    )
    assert only["counts"] == {"flows.rings": 0}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rings", "LEDGER", "--max-length", 1], "longest is 1"),
        (["rings", "LEDGER", "--window", "soon"], "such as 6h or 1d"),
        (["rings", "nothing.parquet"], "there is none"),
        (["trace", "LEDGER", "--from", "nobody"], "nobody: expected a transfer id or an account"),
        (["screen", "LEDGER", "--only", "flows.luck"], "only is 'flows.luck'"),
        (["screen", "LEDGER", "--set", "luck=1"], "detector.parameter=value"),
    ],
)
def test_what_can_not_be_used_ends_with_two(ledger, words, said):
    done = run(*[ledger if word == "LEDGER" else word for word in words])
    assert done.exit_code == 2
    assert said in done.output


def test_a_file_that_is_no_ledger_is_refused(tmp_path):
    path = tmp_path / "other.parquet"
    pq.write_table(pa.table({"a": [1]}), path)
    done = run("rings", path)
    assert done.exit_code == 2
    assert "expected to be there" in done.output
    path.write_text("no Parquet")
    assert run("rings", path).exit_code == 2
