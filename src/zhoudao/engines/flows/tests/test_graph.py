"""What a ledger becomes: who is not walked, who is unknown, what is refused; saved and opened again."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhoudao.engines import flows
from zhoudao.engines.flows import adjacency
from zhoudao.engines.flows.tests.test_rings import found, graph_of
from zhoudao.engines.flows.tests.test_trace import TRANSFERS, named_graph
from zhoudao.engines.shapes import BadTable

DAY = 86_400_000_000


@given(TRANSFERS)
def test_lists_lead_to_the_next_and_the_previous_transfer(transfers):
    graph = graph_of(transfers)
    for p, edge in enumerate(graph.out_edge.tolist()):
        account = graph.target[edge]
        start, end = graph.out_start[account], graph.out_start[account + 1]
        later = [q for q in range(start, end) if graph.rank[graph.out_edge[q]] > graph.rank[edge]]
        assert graph.out_next[p] == (later[0] if later else end)
    for q, edge in enumerate(graph.in_edge.tolist()):
        account = graph.source[edge]
        start, end = graph.in_start[account], graph.in_start[account + 1]
        earlier = [p for p in range(start, end) if graph.rank[graph.in_edge[p]] < graph.rank[edge]]
        assert graph.in_previous[q] == (earlier[-1] if earlier else start - 1)
    times = [transfers[row][2] for row in graph.row]
    assert times == sorted(times)


@given(st.lists(st.integers(0, 2**45), max_size=50))
def test_times_are_sorted_stably(times):
    keys = np.array(times, dtype=np.int64)
    assert adjacency.time_order(keys, 46).tolist() == np.argsort(keys, kind="stable").tolist()


def test_what_moves_no_money_is_counted_and_not_walked():
    rows = [
        ("a", "a", 1, 5),
        ("a", "b", 2, 0),
        ("b", "a", 3, -5),
        ("a", "b", 4, 5),
        ("b", "a", 5, 5),
        (None, "a", 6, 5),
    ]
    flags = {"succeeded": [None, None, None, None, False, None], "reversed": [None] * 6}
    columns = {name: pa.array(values, pa.bool_()) for name, values in flags.items()}
    graph = named_graph(rows, columns=columns)
    left = graph.left
    assert (left.self_transfers, left.not_positive, left.failed_or_reversed, left.missing_end) == (1, 2, 1, 1)
    assert graph.transfers == 6
    assert graph.out_edge.size == 2
    assert len(left.gaps()) == 4


def test_days_are_ordered_by_sequence_or_not_at_all():
    rows = [("a", "b", 0, 5), ("b", "a", 0, 5), ("a", "b", 0, 5)]
    day = {"time_precision": ["day"] * 3}
    assert found(named_graph(rows, columns=day), window=DAY) == []
    numbered = {**day, "sequence": pa.array([3, 2, 1])}
    assert found(graph := named_graph(rows, columns=numbered), window=DAY) == [(2, 1), (1, 0)] or found(
        graph, window=DAY
    ) == [(1, 0), (2, 1)]
    assert graph.left.coarse_times == 3
    seconds = {"time_precision": ["second"] * 3, "sequence": pa.array([3, 2, 1])}
    assert found(named_graph(rows, columns=seconds), window=DAY) == []


def test_a_saved_graph_opens_as_it_was(tmp_path):
    graph = named_graph([("a", "b", 1, 5), ("b", "a", 2, 5), (None, "a", 3, 5)], conduits=["c"])
    flows.save(graph, tmp_path / "graph")
    again = flows.load(tmp_path / "graph")
    assert found(again, window=DAY) == found(graph, window=DAY) == [(0, 1)]
    assert again.ids(np.array([0, 1])).to_pylist() == ["t0", "t1"]
    assert (again.left, again.currency, again.unknown) == (graph.left, "CNY", graph.unknown)
    with pytest.raises(FileExistsError):
        flows.save(graph, tmp_path / "graph")
    with pytest.raises(flows.BadGraph, match="saved money graph"):
        flows.load(tmp_path / "nothing")


def test_a_graph_costs_at_most_forty_bytes_a_transfer():
    random = np.random.default_rng(5)
    count = 100_000
    graph = flows.from_arrays(
        random.integers(0, 10_000, count),
        random.integers(0, 10_000, count),
        random.integers(0, 10**9, count),
        random.integers(1, 10**6, count),
    )
    assert graph.index_bytes() <= 40


def test_an_account_with_a_million_neighbours_is_an_account():
    count = 1_000_000
    spokes = np.arange(1, count + 1)
    source = np.concatenate([np.zeros(count, dtype=np.int64), spokes[:1000]])
    target = np.concatenate([spokes, np.zeros(1000, dtype=np.int64)])
    graph = flows.from_arrays(source, target, np.arange(source.size) * 1000, np.full(source.size, 100))
    assert sum(len(batch) for batch in flows.rings(graph, window=DAY)) == 1000
    there_and_back = flows.trace(graph, [flows.Start("0")])
    assert there_and_back.transfers.tolist() == [0, count]
    assert there_and_back.kept_total == 100


def test_an_empty_ledger_has_an_empty_graph():
    graph = named_graph([])
    assert graph.transfers == 0
    assert found(graph, window=DAY) == []


def ledger(**changed):
    start = datetime(2026, 1, 1, tzinfo=UTC)
    columns = {
        "transfer_id": ["t0", "t1"],
        "time": pa.array([start, start + timedelta(days=1)], pa.timestamp("us", "UTC")),
        "source_account": ["a", "b"],
        "target_account": ["b", "a"],
        "amount": pa.array([5, 6], pa.int64()),
        "currency": ["CNY", "CNY"],
    } | changed
    return pa.table({name: values for name, values in columns.items() if values is not None})


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"amount": None}, "amount"),
        ({"amount": pa.array([1.5, 2.0])}, "amount"),
        ({"amount": pa.array([5, None], pa.int64())}, "amount"),
        ({"amount": pa.array([5, 10**16], pa.int64())}, "amount"),
        ({"time": pa.array([datetime(2026, 1, 1), None], pa.timestamp("us"))}, "time"),  # noqa: DTZ001
        ({"currency": ["CNY", "USD"]}, "currency"),
    ],
)
def test_what_can_not_be_used_is_refused_by_column(changed, column):
    with pytest.raises(BadTable) as refused:
        flows.build(ledger(**changed))
    assert refused.value.column == column


def test_currencies_make_graphs_of_their_own():
    mixed = ledger(currency=["CNY", "USD"])
    assert flows.currencies(mixed) == ["CNY", "USD"]
    graph = flows.build(mixed, currency="USD")
    assert graph.ids(np.array([0])).to_pylist() == ["t1"]
