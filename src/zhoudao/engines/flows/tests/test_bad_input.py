"""What ledgers hold that is no plain transfer between two accounts, and what no memory holds: said, not guessed."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from zhoudao.engines import flows
from zhoudao.engines.detection import Context, detectors, run
from zhoudao.engines.flows.features import Features, Spec
from zhoudao.engines.flows.tests.test_patterns import CASES, ledger
from zhoudao.engines.flows.tests.test_rings import found, graph_of
from zhoudao.engines.flows.tests.test_trace import by_row, named_graph

SPOKES = 1_000_000
HUB = 0


def running(name, table, params=None, **context):
    return run(detectors()[name], {"ledger": table}, params or {}, Context(**context))


def named_in(done):
    return set(done.rows.column("transfer_id").to_pylist())


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_pattern_is_not_made_of_what_moves_no_money(name):
    """Beside the rows of each pattern's own case the same rows as no money moves by: only the former are named."""
    rows, expected = CASES[name]
    bad = [
        spoilt
        for payer, payee, second, amount in rows
        for spoilt in (
            (payer, payer, second, amount),
            (payer, payee, second, 0),
            (payer, payee, second, -amount),
            (None, payee, second, amount),
            (payer, None, second, amount),
        )
    ]
    done = running(name, ledger(rows + bad))
    assert named_in(done) == {each for group in expected for each in group}
    said = {gap.code: gap.values.get("count") for gap in done.record.not_checked if hasattr(gap, "code")}
    assert said["self_transfers"] == str(len(rows))
    assert said["not_positive"] == said["missing_end"] == str(2 * len(rows))


def test_no_ring_passes_by_whoever_is_missing():
    rows = [("a", None, 1, 5), (None, "a", 2, 5), ("a", "", 3, 5), ("", "a", 4, 5)]
    graph = named_graph([*rows, ("a", "b", 5, 5), ("b", "a", 6, 5)])
    assert found(graph, window=86_400_000_000) == [(4, 5)]
    assert graph.left.missing_end == 4


def test_of_equal_times_a_trace_takes_the_ledgers_order():
    graph = graph_of([(1, 2, 7, 100), (0, 1, 7, 100), (1, 3, 7, 100)])
    assert by_row(graph, flows.trace(graph, [flows.Start("1")])) == {1: 100, 2: 100}


@pytest.mark.parametrize("rule", list(flows.RULES))
def test_ten_thousand_transfers_in_one_second_are_traced_in_their_order(rule):
    count = 10_000
    ends = np.arange(count + 1)
    graph = flows.from_arrays(ends[:-1], ends[1:], np.full(count, 7), np.full(count, 100))
    ahead = flows.trace(graph, [flows.Start("0")], rule=rule)
    assert ahead.transfers.tolist() == list(range(count))
    assert ahead.accounts[ahead.kept > 0].tolist() == [count]
    last = flows.trace(graph, [flows.Start(str(count - 1))], rule=rule, forward=False)
    assert last.transfers.tolist() == list(reversed(range(count)))


@pytest.fixture(scope="module")
def wheel():
    """An account that paid a million others; a thousand of them paid it back."""
    spokes = np.arange(1, SPOKES + 1)
    source = np.concatenate([np.zeros(SPOKES, dtype=np.int64), spokes[:1000]])
    target = np.concatenate([spokes, np.zeros(1000, dtype=np.int64)])
    return source, target, np.arange(source.size) * 1000, np.full(source.size, 100)


@pytest.mark.parametrize("rule", list(flows.RULES))
def test_an_account_with_a_million_neighbours_is_traced_by_every_rule(wheel, rule):
    graph = flows.from_arrays(*wheel)
    there = flows.trace(graph, [flows.Start("5")], rule=rule)
    assert there.transfers.tolist() == [5, SPOKES + 5]
    whole = flows.trace(
        graph, [flows.Start(str(SPOKES))], rule=rule
    )  # back at the hub, which pays nobody any more
    assert whole.kept_total == 100


def test_an_account_with_a_million_neighbours_has_features(wheel):
    columns = [np.ascontiguousarray(column) for column in wheel]
    stream = Features(
        SPOKES + 1, Spec(groups=("statistics", "scatter_gather", "temporal_cycle", "simple_cycle"))
    )
    first = stream.append(*(column[:SPOKES] for column in columns))
    rows = stream.append(*(column[SPOKES:] for column in columns))
    at = stream.names.index
    assert (first[:, at("payer_sent_fan")] == SPOKES).all()
    assert (rows[:, at("payee_sent_fan")] == SPOKES).all()
    assert (rows[:, at("payee_received_fan")] == 1000).all()
    assert (rows[:, at("temporal_cycle_2")] == 1).all()
    assert not rows[:, at("temporal_cycle_3")].any()
    assert not rows[:, at("scatter_gather_2")].any()


def test_a_million_neighbours_are_cut_to_the_largest_and_it_is_said(wheel):
    graph = flows.from_arrays(*wheel)
    links, more = flows.neighbours(graph, [str(HUB)], most=10)
    assert len(links) == 10
    assert more
    levels, cut = flows.penetrate(graph, str(HUB), 1, most=50)
    assert len(levels) == 50
    assert cut


def codes(done):
    return {getattr(gap, "code", "") for gap in done.record.not_checked}


def triangles(count):
    rows = []
    for i in range(count):
        a, b, c = f"a{i}", f"b{i}", f"c{i}"
        rows += [(a, b, 10 * i, 900_000), (b, c, 10 * i + 1, 900_000), (c, a, 10 * i + 2, 900_000)]
    return ledger(rows)


@pytest.mark.parametrize(("most", "cut"), [(3, True), (8, False), (0, False)])
def test_rings_beyond_what_was_asked_for_are_cut_and_it_is_said(most, cut):
    done = running("flows.rings", triangles(8), {"most": most})
    assert len(done.findings) == (most if cut else 8)
    assert ("cut_rings" in codes(done)) is cut


def test_matches_beyond_the_memory_allowed_are_cut_and_it_is_said():
    """Of a mebibyte a pattern of two transfers may hold 8,192 matches; here each of 200 in goes on by 200 out."""
    rows = [(f"p{i}", "m", 0, 10_000_00) for i in range(200)]
    rows += [("m", f"q{i}", 60, 9_900_00) for i in range(200)]
    description = flows.language.read(
        """
name: my.mule
version: "1"
title: {zh: 过账, en: Through}
meaning: {zh: 说明, en: What it finds}
reason: {zh: "{first:money}", en: "{first:money}"}
params: []
nodes: {payer: any, mule: any, payee: any}
transfers:
  - {name: in, from: payer, to: mule}
  - {name: out, from: mule, to: payee, after: in, within: 3600}
"""
    )
    detector = flows.language.detector_of(description)
    whole = run(detector, {"ledger": ledger(rows)}, {}, Context())
    assert len(whole.findings) == 200 * 200
    assert "cut_matches" not in codes(whole)
    small = run(detector, {"ledger": ledger(rows)}, {}, Context(memory_mib=1))
    assert 0 < len(small.findings) == 2**20 // 128
    assert "cut_matches" in codes(small)


def test_a_trace_is_cut_at_its_limit_whatever_the_rule():
    start = datetime(2026, 1, 1, tzinfo=UTC)
    table = pa.table(
        {
            "transfer_id": [f"t{i}" for i in range(50)],
            "time": pa.array([start + timedelta(seconds=i) for i in range(50)], pa.timestamp("us", "UTC")),
            "source_account": [f"a{i}" for i in range(50)],
            "target_account": [f"a{i + 1}" for i in range(50)],
            "amount": pa.array([100] * 50, pa.int64()),
            "currency": ["CNY"] * 50,
        }
    )
    graph = flows.build(table)
    for rule in flows.RULES:
        told = flows.trace(graph, [flows.Start("a0")], rule=rule, most=20)
        assert told.cut
        assert len(told.transfers) == 20
        assert told.not_checked[0].code == "cut_trace"
        assert not flows.trace(graph, [flows.Start("a0")], rule=rule, most=50).cut
