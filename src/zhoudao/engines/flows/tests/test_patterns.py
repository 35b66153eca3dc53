"""Each pattern finds what it describes and nothing else; a description that can't be used is refused by key."""

import json
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files

import pyarrow as pa
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from zhoudao.engines import flows
from zhoudao.engines.detection import Context, detectors, run, say
from zhoudao.engines.flows.language import BadPattern, detector_of, read
from zhoudao.engines.flows.tests.test_trace import named_graph
from zhoudao.engines.shapes import LEDGER

HOUR, DAY = 3600, 86_400


def ledger(rows, **columns):
    start = datetime(2026, 1, 5, tzinfo=UTC)
    made = {
        "transfer_id": [f"t{i}" for i in range(len(rows))],
        "time": pa.array([start + timedelta(seconds=row[2]) for row in rows], pa.timestamp("us", "UTC")),
        "source_account": [row[0] for row in rows],
        "target_account": [row[1] for row in rows],
        "amount": pa.array([row[3] for row in rows], pa.int64()),
        "currency": ["CNY"] * len(rows),
    } | columns
    return pa.table(made)


def found(name, table, params=None, **tables):
    detector = detectors()[name]
    done = run(detector, {"ledger": table, **tables}, params or {}, Context())
    by_finding = {}
    for row in done.rows.to_pylist():
        by_finding.setdefault(row["finding_id"], []).append(row["transfer_id"])
    for each in done.findings.to_pylist():
        assert 0 <= each["score"] <= 1
        for why in each["reasons"]:
            assert all(
                "{" not in say(detector, why["code"], dict(why["values"]), code) for code in ("zh", "en")
            )
    return sorted(by_finding.values())


YUAN = 100
CASES = {
    "flows.pass_through": (
        [("a", "m", 0, 10_000 * YUAN), ("m", "b", 1800, 9_500 * YUAN), ("m", "c", 2 * HOUR, 9_500 * YUAN)],
        [["t0", "t1"]],
    ),
    "flows.layers": (
        [
            (a, b, i * HOUR, (50_000 - 500 * i) * YUAN)
            for i, (a, b) in enumerate(zip("abcd", "bcde", strict=True))
        ],
        [["t0", "t1", "t2", "t3"]],
    ),
    "flows.peeling": (
        [
            (a, b, i * HOUR, int(90_000 * 0.8**i) * YUAN)
            for i, (a, b) in enumerate(zip("abcd", "bcde", strict=True))
        ],
        [["t0", "t1", "t2", "t3"]],
    ),
    "flows.splitting": (
        [("a", "b", i * HOUR, 45_000 * YUAN) for i in range(3)] + [("a", "c", 0, 45_000 * YUAN)],
        [["t0", "t1", "t2"]],
    ),
    "flows.test_then_jump": (
        [("a", "b", 0, 5 * YUAN), ("a", "b", HOUR, 80_000 * YUAN), ("a", "c", HOUR, 80_000 * YUAN)],
        [["t0", "t1"]],
    ),
    "flows.payment_returns": (
        [("a", "b", 0, 100_000 * YUAN), ("b", "c", DAY, 95_000 * YUAN), ("c", "a", 2 * DAY, 92_000 * YUAN)],
        [["t0", "t1", "t2"]],
    ),
    "flows.direct_return": (
        [("a", "b", 0, 100_000 * YUAN), ("b", "a", DAY, 92_000 * YUAN), ("b", "a", 5 * DAY, 92_000 * YUAN)],
        [["t0", "t1"]],
    ),
    "flows.scatter_gather": (
        [("a", f"m{i}", i, 100) for i in range(3)] + [(f"m{i}", "z", HOUR + i, 100) for i in range(3)],
        [["t0", "t1", "t2", "t3", "t4", "t5"]],
    ),
    "flows.fan_in": ([(f"p{i}", "hub", i, 100) for i in range(20)], [sorted(f"t{i}" for i in range(20))]),
    "flows.fan_out": ([("hub", f"p{i}", i, 100) for i in range(20)], [sorted(f"t{i}" for i in range(20))]),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_pattern_finds_what_it_describes(name):
    rows, expected = CASES[name]
    assert [sorted(each) for each in found(name, ledger(rows))] == expected
    assert found(name, ledger(rows[1:2])) == []


def test_a_company_and_the_persons_it_pays_are_told_by_name():
    rows = [("firm", f"p{i}", i * HOUR, 20_000 * YUAN) for i in range(5)]
    names = {
        "source_name": ["灯塔贸易有限公司"] * 5,
        "target_name": ["张三", "李四", "王小五", "赵六", "陈七"],
    }
    assert len(found("flows.company_to_persons", ledger(rows, **names))) == 1
    assert found("flows.company_to_persons", ledger(rows, **names | {"source_name": ["王五"] * 5})) == []


def test_mirror_legs_meet_at_the_day_s_rate():
    rows = [("a", "b", 0, 720_000 * YUAN), ("c", "d", HOUR, 100_000 * YUAN), ("c", "d", HOUR, 90_000 * YUAN)]
    columns = {
        "currency": ["CNY", "USD", "USD"],
        "source_holder_id": ["h1", "x", "x"],
        "target_holder_id": ["y", "h1", "h1"],
    }
    rates = pa.table({"currency": ["USD"], "date": [date(2026, 1, 5)], "rate": [7.15]})
    assert found("flows.mirror_legs", ledger(rows, **columns), rates=rates) == [["t0", "t1"]]


def test_a_pyramid_has_people_levels_and_commission():
    rows, time = [], 0
    for i in range(1, 41):
        time += HOUR
        rows.append((f"p{i}", f"p{(i - 1) // 3}", time, 3_000 * YUAN))
    assert len(found("flows.pyramid", ledger(rows))) == 1
    assert found("flows.pyramid", ledger(rows), {"levels": 9}) == []


def test_old_returns_out_of_new_money():
    early = [(f"old{i}", "fund", i, 10_000 * YUAN) for i in range(10)]
    late = [(f"new{i}", "fund", DAY + i, 10_000 * YUAN) for i in range(12)]
    back = [("fund", f"old{i}", 2 * DAY + i, 11_000 * YUAN) for i in range(10)]
    assert len(found("flows.old_from_new", ledger(early + late + back))) == 1
    assert found("flows.old_from_new", ledger(early + back)) != [[]]
    assert found("flows.old_from_new", ledger(early[:3] + late + back[:3])) == []


PAIR = """
name: user.pair
version: "1"
title: {zh: 二, en: two}
meaning: {zh: 二, en: two}
reason: {zh: "{first:money}", en: "{first:money}"}
params: [{name: window, default: 9, unit: seconds, title: {zh: 窗, en: window}, source: the test}]
nodes: {a: any, b: any, c: any}
transfers:
  - {name: one, from: a, to: b, least: 2}
  - {name: two, from: c, to: b, after: one, within: $window, share: {of: one, low: 0.5, high: 2}}
"""


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("wxyz"), st.sampled_from("wxyz"), st.integers(0, 20), st.integers(0, 5)),
        max_size=14,
    )
)
def test_a_pattern_of_one_s_own_finds_every_match(rows):
    done = run(detector_of(read(PAIR)), {"ledger": ledger(rows)}, {}, Context())
    got = [row["transfer_id"] for row in done.rows.to_pylist()]
    expected = [
        (f"t{i}", f"t{j}")
        for i, (a, b, t, x) in enumerate(rows)
        for j, (c, d, u, y) in enumerate(rows)
        if b == d and len({a, b, c}) == 3 and x >= 2 and y > 0 and t < u <= t + 9 and x <= 2 * y <= 4 * x
    ]
    assert sorted(zip(got[::2], got[1::2], strict=True)) == sorted(expected)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("after: one", "after: three", "transfers.1.after"),
        ("from: c", "from: e", "transfers.1.from"),
        ("within: $window", "within: $weeks", "transfers.1.within"),
        ("a: any", "a: ghost", "nodes"),
        ('version: "1"', "", "pattern.version"),
        ("of: one", "of: one, lowest: 1", "transfers.1.share.lowest"),
        ("transfers:", "transfers: [", "pattern"),
    ],
)
def test_a_description_that_can_not_be_used_is_refused_by_key(old, new, key):
    with pytest.raises(BadPattern) as refused:
        read(PAIR.replace(old, new, 1))
    assert refused.value.key == key


def test_relations_between_accounts():
    graph = named_graph(
        [("a", "x", 1, 5), ("x", "b", 2, 7), ("a", "y", 3, 9), ("x", "c", 4, 1), ("b", "z", 5, 6)]
    )
    shared = flows.common_counterparties(graph, ["a", "b"]).to_pylist()
    assert shared == [{"account": "x", "subjects": 2, "to a": 0, "from a": 5, "to b": 7, "from b": 0}]
    table, cut = flows.penetrate(graph, "a", 3, floor=5)
    assert [(row["level"], row["transfer_id"]) for row in table.to_pylist()] == [
        (1, "t0"),
        (1, "t2"),
        (2, "t1"),
        (3, "t4"),
    ]
    assert not cut
    assert flows.penetrate(graph, "a", 3, most=1)[1]
    links, more = flows.neighbours(graph, ["x"], most=2)
    assert [(row["payer"], row["payee"], row["amount"]) for row in links.to_pylist()] == [
        ("x", "b", 7),
        ("a", "x", 5),
    ]
    assert more
    assert flows.transfers_between(graph, "x", "c").tolist() == [3]


def test_devices_are_shared_but_not_by_a_gateway():
    rows = [(f"p{i}", "x", i, 5) for i in range(5)]
    addresses = {
        "ip": ["114.247.50.2", "114.247.50.2", "10.0.0.1", "10.0.0.1", ""],
        "mac": [None, "00-00-00-00-00-00", "A4-5E-60-01-02-03", None, "a4:5e:60:01:02:03"],
    }
    table = flows.device_clusters(ledger(rows, **addresses)).to_pylist()
    assert [(row["cluster"], row["account"]) for row in table] == [(0, "p0"), (0, "p1"), (1, "p2"), (1, "p4")]
    assert len(flows.device_clusters(ledger(rows, **addresses), left_out=["114.247.50.0/24"])) == 2


def test_conduits_are_resolved_by_order_number():
    rows = [("a", "pay", 0, 5), ("pay", "b", 9, 5), ("c", "pay", 1, 5), ("pay", "d", 10, 5)]
    table, legs = flows.resolve_conduits(ledger(rows, bank_serial=["s1", "s1", None, None]), ["pay"])
    assert table.schema == LEDGER
    assert [(row["source_account"], row["target_account"]) for row in table.to_pylist()] == [
        ("a", "b"), ("c", "pay"), ("pay", "d"),
    ]  # fmt: skip
    assert [row["leg_id"] for row in legs.to_pylist()] == ["t0", "t1"]


WORDS = """name version title meaning reason nodes transfers group params zh en from to after within share of low
high least most by distinct total default unit source"""
KEYS = st.sampled_from(WORDS.split())
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["a", "b", "any", "$w"]) | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
)


@given(ANYTHING)
def test_whatever_is_given_as_a_pattern_is_read_or_refused(data):
    with suppress(BadPattern):
        read(json.dumps(data))


@example("nodes", {"a": ["any"], "b": "any"})
@example("params", 5)
@example("name", [[1]])
@example("from", ["a"])
@given(KEYS, ANYTHING)
def test_a_pattern_with_one_part_exchanged_is_read_or_refused(key, value):
    """Anywhere in a pattern that is good otherwise."""

    def exchanged(part):
        if isinstance(part, dict):
            return {name: value if name == key else exchanged(each) for name, each in part.items()}
        return [exchanged(each) for each in part] if isinstance(part, list) else part

    folder = files("zhoudao.engines.flows.patterns") / "descriptions"
    good = yaml.safe_load((folder / "scatter_gather.yaml").read_text(encoding="utf-8"))
    with suppress(BadPattern):
        read(json.dumps(exchanged(good)))
