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


def test_a_file_that_is_no_parquet_is_named_and_no_column_of_it(tmp_path):
    path = tmp_path / "ledger.csv"
    for written in (False, True):
        if written:
            path.write_text("a,b\n1,2\n")
        done = run("rings", path)
        assert done.exit_code == 2
        assert done.stderr.startswith(f"{path}: expected a Parquet file")


def test_a_file_that_is_no_ledger_is_refused(tmp_path):
    path = tmp_path / "other.parquet"
    pq.write_table(pa.table({"a": [1]}), path)
    done = run("rings", path)
    assert done.exit_code == 2
    assert "expected to be there" in done.output
    path.write_text("no Parquet")
    assert run("rings", path).exit_code == 2


MINE = """
name: my.return
version: "1"
title: {zh: 回款, en: Return}
meaning: {zh: 说明, en: What it finds}
reason: {zh: "{first:money}", en: "{first:money} went"}
params:
  - {name: window, default: 3600, unit: seconds, title: {zh: 时间窗, en: Within}, source: mine}
nodes: {payer: any, middle: any, payee: any}
transfers:
  - {name: out, from: payer, to: middle}
  - {name: back, from: middle, to: payee, after: out, within: $window}
"""


@pytest.fixture
def mine(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(MINE, encoding="utf-8")
    return path


def test_a_pattern_of_ones_own_is_run_and_its_file_is_part_of_the_run(ledger, mine, tmp_path):
    words = ["screen", ledger, "--pattern", mine, "--only", "my.return", "--out", tmp_path / "out", "--json"]
    told = json.loads(run(*words).stdout)
    assert told["counts"] == {"my.return": 3}  # a to c by b, b to a and b to d by c
    record = told["runs"][0]
    assert len(record["model_hash"]) == 64
    assert pq.read_table(tmp_path / "out" / "findings.parquet").num_rows == 3
    shorter = json.loads(run(*words, "--set", "my.return.window=30").stdout)
    assert shorter["counts"] == {"my.return": 0}
    mine.write_text(MINE.replace("default: 3600", "default: 7200"), encoding="utf-8")
    assert json.loads(run(*words).stdout)["runs"][0]["run_id"] != record["run_id"]


def test_without_only_it_is_run_beside_the_others(ledger, mine):
    told = json.loads(run("screen", ledger, "--pattern", mine, "--json").stdout)
    assert {"my.return", "flows.rings", "flows.layers"} <= set(told["counts"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (MINE.replace("my.return", "flows.rings"), "name: expected one that no other detector has"),
        (MINE.replace("to: payee", "to: nobody"), "transfers.1.to: expected one of payer, middle, payee"),
        ("{", "pattern: expected YAML or JSON"),
        ("- 1", "pattern: expected keys and values"),
    ],
)
def test_a_pattern_that_can_not_be_used_names_file_and_key(ledger, mine, text, said):
    mine.write_text(text, encoding="utf-8")
    done = run("screen", ledger, "--pattern", mine)
    assert done.exit_code == 2
    assert f"{mine}: " in done.output
    assert said in done.output


@pytest.fixture
def two_currencies(tmp_path):
    """Mei pays 71,000 yuan at home, and is paid 10,000 dollars abroad on the same day."""
    at = datetime(2026, 3, 2, 2, tzinfo=UTC)
    path = tmp_path / "two.parquet"
    pq.write_table(
        pa.table(
            {
                "transfer_id": ["home", "abroad"],
                "time": pa.array([at, at + timedelta(hours=3)], pa.timestamp("us", "UTC")),
                "source_account": ["mei", "bank abroad"],
                "target_account": ["bank", "mei abroad"],
                "source_name": ["梅样", "某行"],
                "target_name": ["某庄", "梅样"],
                "amount": pa.array([7_100_000, 1_000_000], pa.int64()),
                "currency": ["CNY", "USD"],
            }
        ),
        path,
    )
    return path


def test_mirror_legs_are_found_against_a_table_of_rates(two_currencies, tmp_path):
    rates = tmp_path / "rates.csv"
    rates.write_text("currency,date,rate\nUSD,2026-03-02,7.05\n", encoding="utf-8")
    words = ["screen", two_currencies, "--only", "flows.mirror_legs", "--json", "--rates"]
    told = json.loads(run(*words, rates).stdout)
    assert told["counts"] == {"flows.mirror_legs": 1}
    assert set(told["runs"][0]["input_hashes"]) == {"ledger", "rates"}
    pq.write_table(
        pa.table({"currency": ["USD"], "date": pa.array([datetime(2026, 3, 2).date()]), "rate": [9.0]}),  # noqa: DTZ001
        tmp_path / "rates.parquet",
    )
    assert json.loads(run(*words, tmp_path / "rates.parquet").stdout)["counts"] == {"flows.mirror_legs": 0}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("currency,date\nUSD,2026-03-02\n", "column rate"),
        ("currency,date,rate\nUSD,yesterday,7\n", "expected currency, date"),
        ("currency,date,rate\nUSD,2026-03-02,-7\n", "a number above 0"),
        ("currency,date,rate\nUSD,2026-03-02,\n", "a value in every row"),
        ("currency,date,rate\nUSD,2026-03-02,7\nUSD,2026-03-02,8\n", "one rate of each currency and day"),
        (None, "there is none"),
    ],
)
def test_rates_that_can_not_be_used_are_refused_by_file_and_column(two_currencies, tmp_path, text, said):
    rates = tmp_path / "rates.csv"
    if text is not None:
        rates.write_text(text, encoding="utf-8")
    done = run("screen", two_currencies, "--only", "flows.mirror_legs", "--rates", rates)
    assert done.exit_code == 2
    assert str(rates) in done.output
    assert said in done.output
