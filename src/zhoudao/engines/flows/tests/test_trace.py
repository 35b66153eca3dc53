"""Traces conserve to the fen and say what a reference says that moves every fen by hand."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhoudao.engines.flows import graph as graphs
from zhoudao.engines.flows.tests.reference import forward_trace
from zhoudao.engines.flows.tests.test_rings import graph_of
from zhoudao.engines.flows.tracing import RULES, Start, StartNotFound, return_shares, trace, traced_table
from zhoudao.engines.flows.tracing.returns import in_proportion
from zhoudao.engines.flows.tracing.shares import rounded

TRANSFER = st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 30), st.integers(-1, 40))
TRANSFERS = st.lists(TRANSFER, min_size=1, max_size=30)
LONG = timedelta(days=1)


def walked(transfers, i):
    return transfers[i][0] != transfers[i][1] and transfers[i][3] > 0


def by_row(graph, found):
    return dict(zip(graph.row[found.transfers].tolist(), found.traced.tolist(), strict=True))


@pytest.mark.parametrize("rule", list(RULES))
@settings(max_examples=200, deadline=None)
@given(TRANSFERS, st.integers(0, 29), st.integers(0, 40))
def test_forward_is_what_the_reference_says(rule, transfers, start, window):
    start %= len(transfers)
    graph = graph_of(transfers)
    if not walked(transfers, start):
        with pytest.raises(StartNotFound):
            trace(graph, [Start(str(start))], rule=rule)
        return
    found = trace(graph, [Start(str(start))], rule=rule, window=timedelta(microseconds=window))
    assert by_row(graph, found) == forward_trace(transfers, start, rule, transfers[start][2] + window)


@pytest.mark.parametrize("rule", list(RULES))
@pytest.mark.parametrize("forward", [True, False])
@settings(max_examples=100, deadline=None)
@given(TRANSFERS, st.lists(st.integers(0, 29), min_size=1, max_size=3, unique=True))
def test_amounts_conserve_at_every_account(rule, forward, transfers, starts):
    chosen = [i for i in starts if i < len(transfers) and walked(transfers, i)]
    if not chosen:
        return
    graph = graph_of(transfers)
    found = trace(graph, [Start(str(i)) for i in chosen], rule=rule, forward=forward, window=LONG)
    traced = by_row(graph, found)
    amounts = {i: transfers[i][3] for i in traced}
    assert all(0 < traced[i] <= amounts[i] for i in traced)
    for account, received, passed, kept, more in zip(
        found.accounts.tolist(), found.received, found.passed_on, found.kept, found.contaminated, strict=True
    ):
        came = sum(fen for i, fen in traced.items() if transfers[i][1 if forward else 0] == account)
        assert came == received
        assert kept >= 0
        if forward or rule == "poison":
            assert received + more == passed + kept
    if rule != "poison":
        assert found.started == found.kept_total + found.outside
        assert (found.contaminated == 0).all()


@settings(max_examples=150, deadline=None)
@given(TRANSFERS, st.integers(0, 29))
def test_first_in_first_out_is_the_same_forward_and_backward(transfers, end):
    """What ``end`` carries of each earlier transfer, traced forward, is what tracing ``end`` back finds of it."""
    end %= len(transfers)
    if not walked(transfers, end):
        return
    graph = graph_of(transfers)
    back = by_row(graph, trace(graph, [Start(str(end))], rule="fifo", forward=False, window=LONG))
    for i in range(len(transfers)):
        if walked(transfers, i) and i != end:
            ahead = by_row(graph, trace(graph, [Start(str(i))], rule="fifo", window=LONG))
            assert ahead.get(end, 0) == back.get(i, 0)


@given(st.integers(0, 2**50), st.integers(0, 2**50), st.integers(1, 2**60))
def test_shares_are_exact_beyond_64_bits(a, b, whole):
    if a * b // whole < 2**50:
        assert rounded(a, b, whole) == (2 * a * b + whole) // (2 * whole)


def test_an_account_is_followed_by_all_it_sent_and_keeps_what_comes_back():
    graph = graph_of([(0, 1, 1, 100), (0, 2, 5, 50), (1, 0, 6, 30), (0, 3, 9, 30)])
    found = trace(graph, [Start("0")], rule="fifo", window=timedelta(microseconds=7))
    # The name of an account that is no transfer's id; here both are numbers, and a transfer comes first.
    assert by_row(graph, found) == {0: 100, 2: 30}
    named = named_graph([("a", "b", 1, 100), ("a", "c", 5, 50), ("b", "a", 6, 30), ("a", "d", 9, 30)])
    found = trace(named, [Start("a")], rule="fifo", window=timedelta(seconds=7))
    assert by_row(named, found) == {0: 100, 1: 50, 2: 30}
    back = trace(named, [Start("a")], forward=False)
    assert by_row(named, back) == {2: 30, 0: 30}


def named_graph(rows, **more):
    start = datetime(2026, 1, 1, tzinfo=UTC)
    table = pa.table(
        {
            "transfer_id": [f"t{i}" for i in range(len(rows))],
            "time": pa.array([start + timedelta(seconds=row[2]) for row in rows], pa.timestamp("us", "UTC")),
            "source_account": pa.array([row[0] for row in rows], pa.string()),
            "target_account": pa.array([row[1] for row in rows], pa.string()),
            "amount": pa.array([row[3] for row in rows], pa.int64()),
            "currency": ["CNY"] * len(rows),
            **more.pop("columns", {}),
        }
    )
    return graphs.build(table, **more)


def test_money_before_the_ledger_is_not_traced_and_balances_tell_of_it():
    rows = [("a", "b", 1, 100), ("b", "c", 2, 60), ("b", "d", 3, 60)]
    g = named_graph(rows)
    assert by_row(g, trace(g, [Start("t0")])) == {0: 100, 1: 60, 2: 40}
    had = {"target_balance_after": pa.array([150, None, None], pa.int64())}
    g = named_graph(rows, columns=had)
    assert by_row(g, trace(g, [Start("t0")])) == {0: 100, 1: 10, 2: 60}
    assert by_row(g, trace(g, [Start("t0")], rule="pro-rata")) == {0: 100, 1: 40, 2: 40}
    assert by_row(g, trace(g, [Start("t0")], rule="libr")) == {0: 100, 1: 10, 2: 60}


def test_a_trace_stops_at_conduits_and_unknown_accounts_and_says_so():
    rows = [("a", "clearing", 1, 100), ("clearing", "b", 2, 100), ("a", None, 3, 50), ("", "c", 4, 50)]
    graph = named_graph(rows, conduits=["clearing"])
    found = trace(graph, [Start("a")])
    assert by_row(graph, found) == {0: 100, 2: 50}
    states = {each["account"]: each["state"] for each in found.accounts_told(graph)}
    assert states == {"clearing": "conduit", "": "unknown"}
    assert any("unknown payer or payee" in sentence for sentence in found.not_checked)


def test_an_account_never_obtained_is_not_where_money_stopped():
    graph = named_graph([("a", "b", 1, 100), ("b", "c", 2, 100)], obtained=["a", "b"])
    found = trace(graph, [Start("t0")])
    assert found.accounts_told(graph)[0]["state"] == "not_obtained"
    assert any("no statements obtained" in sentence for sentence in found.not_checked)


def test_a_cut_trace_says_so():
    graph = named_graph([("a", "b", 1, 100), ("b", "c", 2, 100), ("c", "d", 3, 100)])
    found = trace(graph, [Start("t0")], most=2)
    assert found.cut
    assert "cut after 2" in found.not_checked[0]
    assert traced_table(graph, found).to_pylist() == [
        {"transfer_id": "t0", "traced": 100},
        {"transfer_id": "t1", "traced": 100},
    ]


def test_what_can_not_be_traced_is_refused():
    graph = named_graph([("a", "b", 1, 100)])
    with pytest.raises(StartNotFound, match="nobody"):
        trace(graph, [Start("nobody")])
    with pytest.raises(ValueError, match="expected one of fifo"):
        trace(graph, [Start("a")], rule="lifo")
    with pytest.raises(StartNotFound, match="nothing sent"):
        trace(graph, [Start("b")])


def test_frozen_money_goes_back_by_case():
    at = datetime(2026, 1, 2, tzinfo=UTC)
    one = named_graph([("v", "x", 1, 100)])
    assert [(s.victim, s.amount, s.case) for s in return_shares(one, "x", 100, {"v": ["t0"]}, at=at)] == [
        ("v", 100, 1)
    ]
    apart = named_graph([("v", "x", 1, 100), ("x", "y", 2, 100), ("w", "x", 3, 70)])
    shares = return_shares(apart, "x", 70, {"v": ["t0"], "w": ["t2"]}, at=at)
    assert [(s.victim, s.amount, s.case) for s in shares] == [("v", 0, 2), ("w", 70, 2)]
    mixed = named_graph([("v", "x", 1, 100), ("w", "x", 2, 200), ("x", "y", 3, 150)])
    shares = return_shares(mixed, "x", 150, {"v": ["t0"], "w": ["t1"], "z": []}, at=at)
    assert [(s.victim, s.amount, s.case) for s in shares] == [("v", 50, 3), ("w", 100, 3), ("z", 0, 3)]
    # What w sent is v's money: times can't say whose it was.
    through = named_graph([("v", "w", 1, 100), ("w", "x", 2, 100), ("u", "x", 3, 100)])
    shares_through = return_shares(through, "x", 200, {"v": ["t0"], "w": ["t1"]}, at=at)
    assert [(s.amount, s.case) for s in shares_through] == [(100, 3), (100, 3)]
    # Of v's hundred first in first out leaves nothing, of w's two hundred half; in proportion a half of each.
    assert [(s.lost, s.left[0], s.left[1]) for s in shares] == [(100, 0, 50), (200, 150, 100), (0, 0, 0)]


@given(st.integers(0, 1000), st.lists(st.integers(0, 500), min_size=1, max_size=6))
def test_proportions_add_up(amount, weights):
    shares = in_proportion(amount, np.array(weights, dtype=np.int64))
    assert shares.sum() == min(amount, sum(weights))
    assert all(0 <= share <= weight for share, weight in zip(shares.tolist(), weights, strict=True))
