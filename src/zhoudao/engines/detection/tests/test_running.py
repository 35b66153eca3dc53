"""A run says what it was, finds the same things under the same names, and admits what it could not test."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from zhoudao.engines import detection
from zhoudao.engines.detection import (
    BadParams,
    Cancelled,
    Context,
    Found,
    MissingTables,
    Reason,
    Row,
    Subject,
)
from zhoudao.engines.shapes import FINDING_ROWS, FINDINGS, LEDGER, LEDGER_REQUIRED, BadTable, conform


def search(tables, params, context):
    for number, row in enumerate(tables["ledger"].to_pylist()):
        context.report(number / len(tables["ledger"]), "looking")
        if row["amount"] >= params["least"]:
            found = Found(
                [Subject("account", row["source_account"], "payer")],
                0.5,
                [Reason("large", {"amount": row["amount"], "kept": 0.125, "within": 7200})],
                [Row(row["transfer_id"])],
                row["amount"],
                "CNY",
            )
            yield detection.batch_of(LARGE.name, LARGE.version, [found])
    context.not_checked.append("what happened before the first row")


LARGE = detection.Detector(
    name="made.large",
    version="1",
    title=detection.Text("大额", "Large amounts"),
    meaning=detection.Text("单笔达到界限", "One transfer at or above a line"),
    needs={"ledger": ("transfer_id", "source_account", "amount")},
    wants={"ledger": ("ip",)},
    params=(
        detection.Param("least", 5_000_000, "fen", detection.Text("界限", "Line"), low=1),
        detection.Param("share", 0.5, "", detection.Text("份额", "Share"), low=0, high=1),
        detection.Param("rule", "any", "", detection.Text("规则", "Rule"), choices=("any", "all")),
    ),
    reasons={
        "large": detection.Text(
            "单笔 {amount:money}，{within:span}内留存 {kept:percent}",
            "{amount:money} at once, {kept:percent} kept within {within:span}",
        )
    },
    run=search,
)


def ledger(*amounts: int) -> pa.Table:
    moment = datetime(2026, 1, 5, 9, tzinfo=UTC)
    rows = [
        {
            "transfer_id": f"t{number}",
            "time": moment,
            "source_account": "A",
            "target_account": "B",
            "amount": amount,
            "currency": "CNY",
        }
        for number, amount in enumerate(amounts)
    ]
    columns = {name: [row[name] for row in rows] for name in LEDGER_REQUIRED}
    return conform(pa.table(columns), LEDGER, "ledger", LEDGER_REQUIRED)


def test_findings_and_rows_have_the_shared_shape_and_the_run_id():
    done = detection.run(LARGE, {"ledger": ledger(1, 6_000_000, 7_000_000)}, {}, Context())
    assert done.findings.schema == FINDINGS
    assert done.rows.schema == FINDING_ROWS
    assert done.rows["transfer_id"].to_pylist() == ["t1", "t2"]
    assert set(done.findings["run_id"].to_pylist()) == {done.record.run_id}
    assert done.rows["finding_id"].to_pylist() == done.findings["finding_id"].to_pylist()


def test_the_same_run_has_the_same_ids_and_another_has_others():
    tables = {"ledger": ledger(6_000_000)}
    one, same = (detection.run(LARGE, tables, {}, Context()) for _ in range(2))
    other = detection.run(LARGE, tables, {"least": "100"}, Context())
    assert one.record.run_id == same.record.run_id != other.record.run_id
    assert one.findings["finding_id"] == same.findings["finding_id"] == other.findings["finding_id"]


def test_what_was_missing_is_said():
    done = detection.run(LARGE, {"ledger": ledger(1)}, {}, Context())
    assert done.record.not_checked == ["without ledger.ip", "what happened before the first row"]
    with pytest.raises(MissingTables, match=r"made.large needs ledger.amount"):
        detection.run(LARGE, {"ledger": ledger(1).drop_columns("amount")}, {}, Context())


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"least": "0"}, "at least 1 fen"),
        ({"least": "1.5"}, "a whole number"),
        ({"least": "nan"}, "a number"),
        ({"share": "2"}, "at most 1"),
        ({"rule": "some"}, "one of any, all"),
        ({"leest": 1}, "one of least, share, rule"),
    ],
)
def test_a_parameter_that_can_not_be_used_is_named(given, expected):
    with pytest.raises(BadParams, match=expected):
        LARGE.read(given)


def test_a_run_nobody_waits_for_stops():
    with pytest.raises(Cancelled):
        detection.run(LARGE, {"ledger": ledger(1)}, {}, Context(cancelled=lambda: True))


def test_reasons_are_said_in_both_languages():
    done = detection.run(LARGE, {"ledger": ledger(1_234_567_890)}, {}, Context())
    (why,) = done.findings["reasons"].to_pylist()[0]
    values = dict(why["values"])
    assert detection.say(LARGE, why["code"], values, "zh-hans") == (
        "单笔 ¥12,345,678.90（1,234.57万元），2小时内留存 12.5%"
    )
    assert (
        detection.say(LARGE, why["code"], values, "en") == "¥12,345,678.90 at once, 12.5% kept within 2 hours"
    )


def test_a_score_outside_its_range_is_refused():
    with pytest.raises(ValueError, match=r"a score of 1\.5"):
        detection.batch_of("x", "1", [Found([], 1.5, [], [])])


def test_a_ledger_with_floats_or_without_a_zone_is_refused_by_column():
    table = ledger(1)
    floats = table.set_column(4, "amount", pa.array([1.0]))
    with pytest.raises(BadTable, match="ledger: column amount: expected int64"):
        conform(floats, LEDGER, "ledger", LEDGER_REQUIRED)
    naive = table.set_column(1, "time", table["time"].cast(pa.timestamp("us")))
    with pytest.raises(BadTable, match="times with a time zone"):
        conform(naive, LEDGER, "ledger", LEDGER_REQUIRED)
    with pytest.raises(BadTable, match="column currency: expected to be there"):
        conform(table.drop_columns("currency"), LEDGER, "ledger", LEDGER_REQUIRED)


def test_every_detector_of_the_house_is_complete():
    for name, detector in detection.detectors().items():
        assert name == detector.name
        assert detector.needs, name
        assert detector.title.zh, name
        assert detector.meaning.en, name
        assert detector.reasons, name
        assert detector.read({}) == {param.name: param.default for param in detector.params}
        for param in detector.params:
            assert param.read(str(param.default)) == param.default, (name, param.name)
