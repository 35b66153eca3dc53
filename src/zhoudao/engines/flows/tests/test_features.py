"""Features are what definitions tried one by one give, batch by batch; a stream that forgets gives the same."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhoudao.engines.flows import from_arrays
from zhoudao.engines.flows.features import Features, Spec, features_of
from zhoudao.engines.flows.features.window import LINK, lines

SPEC = Spec(window=40, scatter_gather_window=20, bins=(2, 3, 4), cycle_bins=(2, 3, 4), longest=4)
STREAM = st.lists(
    st.tuples(st.integers(0, 4), st.integers(1, 4), st.integers(1, 9), st.integers(1, 9)),
    min_size=1,
    max_size=24,
)


def edges_of(steps):
    """(payer, payee, time, amount) in order of time, all times apart, no self-transfers."""
    time, edges = 0, []
    for payer, off, step, amount in steps:
        time += step
        edges.append((payer, (payer + off) % 5, time, amount))
    return edges


def rows_of(edges, batch, spec=SPEC, accounts=5):
    stream = Features(accounts, spec)
    columns = np.array(edges, dtype=np.int64).T
    parts = [
        stream.append(*(column[i : i + batch] for column in columns)) for i in range(0, len(edges), batch)
    ]
    return np.concatenate(parts), stream


def columns_of(stream, prefix):
    return [i for i, name in enumerate(stream.names) if name.startswith(prefix)]


def told(counters, low=2, high=4):
    return np.array(
        [[c[low], c[low + 1], sum(v for k, v in c.items() if k >= high)] for c in counters], dtype=float
    )


def by_batch(edges, batch, patterns):
    """Counts of patterns, each (newest transfer, size, all transfers), for the transfers of the newest one's batch."""
    counters = [Counter() for _ in edges]
    for newest, size, members in patterns:
        start = newest // batch * batch
        for member in members:
            if start <= member < start + batch:
                counters[member][size] += 1
    return told(counters)


def fans(edges, batch, side, by_account):
    patterns = []
    for e, edge in enumerate(edges):
        members = [
            f for f in range(e + 1) if edges[f][side] == edge[side] and edges[f][2] >= edge[2] - SPEC.window
        ]
        size = len({edges[f][1 - side] for f in members}) if by_account else len(members)
        if size > 1:
            patterns.append((e, size, members))
    return by_batch(edges, batch, patterns)


def cycles(edges, batch, temporal):
    patterns = []
    for e, (w, u, now, _) in enumerate(edges):
        found = {}

        def extend(node, since, path, nodes, e=e, w=w, u=u, now=now, found=found):
            for f, (a, b, time, _) in enumerate(edges[:e]):
                if a != node or time < now - SPEC.window or (temporal and time <= since):
                    continue
                if b == w:
                    found.setdefault((*nodes, w), set()).update([*path, f])
                elif b not in nodes and len(nodes) + 2 <= SPEC.longest - 0 and len(nodes) + 1 < SPEC.longest:
                    extend(b, time, [*path, f], [*nodes, b])

        extend(u, -1, [], [u])
        patterns += [(e, len(nodes), members | {e}) for nodes, members in found.items()]
    return by_batch(edges, batch, patterns)


def scatter_gathers(edges, batch):
    patterns = []
    for e, (_, _, now, _) in enumerate(edges):
        end = min((e // batch + 1) * batch, len(edges))
        inside = [f for f in range(end) if edges[f][2] >= now - SPEC.scatter_gather_window]
        for s in range(5):
            for w in range(5):
                between = {}
                for f in inside:
                    for g in inside:
                        x = edges[f][1]
                        if edges[f][0] == s and edges[g][:2] == (x, w) and len({s, x, w}) == 3:
                            between.setdefault(x, set()).update((f, g))
                members = set().union(*between.values()) if between else set()
                if len(between) > 1 and max(members) == e:
                    patterns.append((e, len(between), members))
    return by_batch(edges, batch, patterns)


@pytest.mark.parametrize("batch", [1, 5, 100])
@settings(max_examples=60, deadline=None)
@given(STREAM)
def test_patterns_are_counted_as_defined(batch, steps):
    edges = edges_of(steps)
    rows, stream = rows_of(edges, batch)
    expected = {
        "fan_in": fans(edges, batch, 1, True),
        "fan_out": fans(edges, batch, 0, True),
        "degree_in": fans(edges, batch, 1, False),
        "degree_out": fans(edges, batch, 0, False),
        "scatter_gather": scatter_gathers(edges, batch),
        "temporal_cycle": cycles(edges, batch, True),
        "simple_cycle": cycles(edges, batch, False),
    }
    for prefix, values in expected.items():
        np.testing.assert_array_equal(rows[:, columns_of(stream, prefix)], values, prefix)


@settings(max_examples=60, deadline=None)
@given(STREAM, st.integers(1, 24))
def test_cycles_are_the_same_without_memory_for_them(steps, batch):
    spec = replace(SPEC, most=2, groups=("temporal_cycle", "simple_cycle"))
    edges = edges_of(steps)
    rows, stream = rows_of(edges, batch, spec)
    for prefix, temporal in (("temporal_cycle", True), ("simple_cycle", False)):
        want = cycles(edges, batch, temporal)
        np.testing.assert_array_equal(rows[:, columns_of(stream, prefix)], want, prefix)


@settings(max_examples=60, deadline=None)
@given(STREAM, st.integers(1, 9))
def test_statistics_are_those_of_the_amounts(steps, batch):
    edges = edges_of(steps)
    rows, stream = rows_of(edges, batch)
    got = rows[:, columns_of(stream, "pay")]
    for e, edge in enumerate(edges):
        start, end = e // batch * batch, min((e // batch + 1) * batch, len(edges))
        inside = [f for f in edges[:end] if f[2] > edges[start][2] - SPEC.window]
        for at, (account, side) in enumerate([(edge[0], 0), (edge[0], 1), (edge[1], 0), (edge[1], 1)]):
            amounts = np.array([f[3] for f in inside if f[side] == account], dtype=float)
            want = np.zeros(11)
            if amounts.size:
                fan = len({f[1 - side] for f in inside if f[side] == account})
                off = amounts - amounts.mean()
                want[:9] = (
                    fan, amounts.size, amounts.size / fan, amounts.mean(), amounts.sum(),
                    amounts.min(), amounts.max(), np.median(amounts), (off**2).mean(),
                )  # fmt: skip
                if want[8] > 0:
                    want[9], want[10] = (off**3).mean() / want[8] ** 1.5, (off**4).mean() / want[8] ** 2
            np.testing.assert_allclose(got[e, 11 * at : 11 * at + 11], want, atol=1e-9)


def test_a_long_stream_forgets_and_stays_the_same():
    """More transfers than fit at first: what left the window is dropped, and rows are those of a roomy stream."""
    random = np.random.default_rng(2)
    count = 20_000
    ends = random.integers(0, 300, (2, count))
    time = np.cumsum(random.integers(1, 4, count)) * 100
    edges = np.column_stack([ends[0], (ends[0] + 1 + ends[1]) % 301, time, random.integers(1, 99, count)])
    spec = Spec(window=60_000, scatter_gather_window=20_000)
    rows, stream = rows_of(edges, 64, spec, accounts=2)
    assert len(stream.time) < count
    again = Features(400, spec)
    again.links = lines(2 * count, LINK)
    again.time, again.amount = np.zeros(2 * count, dtype=np.int64), np.zeros(2 * count)
    columns = edges.T
    whole = [again.append(*(column[i : i + 64] for column in columns)) for i in range(0, count, 64)]
    np.testing.assert_array_equal(rows, np.concatenate(whole))


def test_a_graph_has_rows_too():
    graph = from_arrays(np.array([0, 1, 1]), np.array([1, 0, 1]), np.array([5, 6, 7]), np.array([10, 20, 30]))
    rows = features_of(graph, Spec(groups=("temporal_cycle",)))
    assert rows[:, 0].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (([0, 1], [1], [1, 2], [1, 1]), "as many"),
        (([0, -1], [1, 0], [1, 2], [1, 1]), "0 or more"),
        (([0, 1], [1, 0], [2, 1], [1, 1]), "order of time"),
    ],
)
def test_what_can_not_be_appended_is_refused(columns, said):
    with pytest.raises(ValueError, match=said):
        Features(2).append(*(np.array(column) for column in columns))
    with pytest.raises(ValueError, match="luck"):
        Features(2, Spec(groups=("luck",)))


def test_a_transfer_to_itself_is_in_no_cycle_and_no_scatter_gather():
    """It is sent and received like any other, so that fans, degrees and statistics have it."""
    ends = [(0, 0), (0, 1), (1, 1), (1, 2), (2, 2), (2, 0), (0, 3), (3, 2), (0, 0)]
    edges = [(payer, payee, second, 10) for second, (payer, payee) in enumerate(ends)]
    rows, stream = rows_of(edges, len(edges))
    itself = np.array([payer == payee for payer, payee in ends])
    others, _ = rows_of([edge for edge in edges if edge[0] != edge[1]], len(edges))
    for prefix in ("temporal_cycle", "simple_cycle", "scatter_gather"):
        columns = columns_of(stream, prefix)
        assert not rows[itself][:, columns].any()
        assert others[:, columns].any()
        np.testing.assert_array_equal(rows[~itself][:, columns], others[:, columns], prefix)
    sent, received = (stream.names.index(f"payer_{way}_degree") for way in ("sent", "received"))
    assert rows[0, [sent, received]].tolist() == [4, 3]


def test_of_ten_thousand_transfers_in_one_second_none_is_before_another():
    random = np.random.default_rng(3)
    payer = random.integers(0, 400, 10_000)
    payee = (payer + random.integers(1, 400, 10_000)) % 400
    stream = Features(400, Spec(groups=("degree", "temporal_cycle", "simple_cycle"), longest=3))
    rows = stream.append(payer, payee, np.full(10_000, 7), np.ones(10_000))
    assert not rows[:, columns_of(stream, "temporal_cycle")].any()
    assert rows[:, columns_of(stream, "simple_cycle")].any()
    assert rows[:, columns_of(stream, "degree_in")].any()


def test_amounts_of_zero_and_below_are_amounts():
    """What a correction means is the caller's to say: rows are of what was appended."""
    rows, stream = rows_of([(0, 1, 1, 0), (0, 1, 2, -6)], 2)
    names = [f"payer_sent_{what}" for what in ("degree", "sum", "min", "max")]
    assert rows[1, [stream.names.index(name) for name in names]].tolist() == [2, -6, -6, 0]


def test_equal_amounts_do_not_vary():
    """11820.49 eight times: their sum by eight is not quite it, and what is left over would have a skew of its own."""
    stream = Features(2, Spec(groups=("statistics",)))
    rows = stream.append(np.zeros(8, int), np.ones(8, int), np.arange(8), np.full(8, 11820.49))
    names = [f"payer_sent_{what}" for what in ("average", "variance", "skew", "kurtosis")]
    assert rows[0, [stream.names.index(name) for name in names]].tolist() == [11820.49, 0, 0, 0]
