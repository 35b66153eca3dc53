"""Every ring, each once, as a search that tries everything finds them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhoudao.engines.flows import graph as graphs
from zhoudao.engines.flows import ring_search as searched
from zhoudao.engines.flows.ring_search import rings
from zhoudao.engines.flows.tests.reference import all_rings

TRANSFER = st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 12), st.integers(-1, 6))


def graph_of(transfers, **more):
    columns = np.array(transfers, dtype=np.int64).reshape(-1, 4).T
    return graphs.from_arrays(columns[0], columns[1], columns[2], columns[3], **more)


def found(graph, **asked):
    rows = []
    for batch in rings(graph, **asked):
        rows += [
            tuple(graph.row[batch.transfers[a:b]].tolist())
            for a, b in zip(batch.starts[:-1], batch.starts[1:], strict=True)
        ]
    return rows


@pytest.mark.parametrize("least", [searched.HUB_LEAST, 1, 0])
@settings(max_examples=300, deadline=None)
@given(st.lists(TRANSFER, max_size=26), st.integers(0, 13), st.integers(2, 7))
def test_every_ring_is_found_once(least, transfers, window, longest):
    """Whatever is taken for a hub: nobody, the busiest few, or everybody."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searched, "HUB_LEAST", least)
        patch.setattr(searched, "HUB_TIMES", 0 if least < 2 else 8)
        rows = found(graph_of(transfers), window=window, longest=longest)
    assert len(rows) == len(set(rows))
    assert set(rows) == all_rings(transfers, window, longest)


@pytest.mark.parametrize("least", [searched.HUB_LEAST, 0])
@settings(max_examples=100, deadline=None)
@given(
    st.lists(TRANSFER, max_size=22),
    st.sampled_from([(0.5, None), (None, 1.0), (0.8, 1.25)]),
    st.integers(1, 3),
)
def test_limits_on_amounts_hold_at_each_hop(least, transfers, kept, amount):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searched, "HUB_LEAST", least)
        patch.setattr(searched, "HUB_TIMES", 0 if least < 2 else 8)
        limits = {"kept_low": kept[0], "kept_high": kept[1], "least_amount": amount}
        rows = found(graph_of(transfers), window=9, longest=5, **limits)
    large = [each if each[3] >= amount else (*each[:3], 0) for each in transfers]
    assert set(rows) == all_rings(large, 9, 5, *kept)


def busy(seed=3, accounts=40, count=900, span=300):
    random = np.random.default_rng(seed)
    ends = random.zipf(1.6, (2, count)) % accounts
    return list(
        zip(
            ends[0].tolist(),
            ends[1].tolist(),
            random.integers(0, span, count).tolist(),
            [1] * count,
            strict=True,
        )
    )


@pytest.mark.parametrize("threads", [1, 2])
def test_hubs_pauses_and_pieces_change_nothing(monkeypatch, threads):
    """Buffers of a few rings and pieces of a few roots: every pause and every seam is crossed."""
    monkeypatch.setattr(searched, "BUFFER", 16)
    monkeypatch.setattr(searched, "ROOTS", 7)
    monkeypatch.setattr(searched, "HUB_ROOTS", 5)
    monkeypatch.setattr(searched, "HUB_LEAST", 3)
    monkeypatch.setattr(searched, "HUB_TIMES", 1)
    transfers = busy()
    rows = found(graph_of(transfers), window=12, longest=6, threads=threads)
    expected = all_rings(transfers, 12, 6)
    assert len(rows) == len(expected) > 500
    assert set(rows) == expected


def test_the_order_does_not_depend_on_threads(monkeypatch):
    monkeypatch.setattr(searched, "ROOTS", 50)
    monkeypatch.setattr(searched, "HUB_LEAST", 3)
    monkeypatch.setattr(searched, "HUB_TIMES", 1)
    graph = graph_of(busy())
    assert len(searched.plan(graph, 12, 6).hubs) > 0
    assert found(graph, window=12, longest=6, threads=1) == found(graph, window=12, longest=6, threads=2)


def test_a_search_can_be_left_half_way():
    walk = rings(graph_of(busy()), window=12, threads=2)
    assert len(next(walk)) > 0
    walk.close()


def test_no_ring_passes_a_conduit():
    transfers = [(0, 1, 1, 5), (1, 2, 2, 5), (2, 0, 3, 5), (1, 0, 4, 5)]
    assert set(found(graph_of(transfers), window=9)) == {(0, 1, 2), (0, 3)}
    assert set(found(graph_of(transfers, conduits=np.array([2])), window=9)) == {(0, 3)}
    assert found(graph_of(transfers, conduits=np.array([0])), window=9) == []


def test_parallel_transfers_are_rings_of_their_own():
    transfers = [(0, 1, 1, 5), (1, 0, 2, 5), (1, 0, 3, 5), (0, 1, 2, 5)]
    assert set(found(graph_of(transfers), window=9)) == {(0, 1), (0, 2), (3, 2)}


def test_ten_thousand_transfers_in_one_second_make_no_ring():
    random = np.random.default_rng(1)
    count = 10_000
    graph = graphs.from_arrays(
        random.integers(0, 50, count), random.integers(0, 50, count), np.full(count, 7), np.full(count, 5)
    )
    assert found(graph, window=10) == []
    assert graph.left.order_unknown == count


def test_asking_for_the_impossible_is_refused():
    with pytest.raises(ValueError, match="expected 2 to"):
        list(rings(graph_of([]), window=1, longest=1))
    with pytest.raises(ValueError, match="microseconds"):
        list(rings(graph_of([]), window=-1))
