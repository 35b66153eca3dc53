"""A trace in layers tells the trace's own sums, however many accounts are told as one."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from zhoudao.engines.flows.tests.test_rings import graph_of
from zhoudao.engines.flows.tests.test_trace import TRANSFERS, walked
from zhoudao.engines.flows.tracing import RULES, Start, layers, trace

LONG = timedelta(days=1)


def test_money_that_splits_stands_in_layers_with_what_each_kept():
    # 0 pays 1 a hundred; 1 pays 2 sixty and 3 thirty; 2 pays 4 sixty.
    graph = graph_of([(0, 1, 1, 100), (1, 2, 2, 60), (1, 3, 3, 30), (2, 4, 4, 60)])
    told = layers(graph, trace(graph, [Start("0")], window=LONG))
    rows = [(n.layer, n.accounts, n.received, n.passed_on, n.kept, n.is_start) for n in told.nodes]
    assert rows == [
        (0, (0,), 100, 100, 0, True),
        (1, (1,), 100, 90, 10, False),
        (2, (2,), 60, 60, 0, False),
        (2, (3,), 30, 0, 30, False),
        (3, (4,), 60, 0, 60, False),
    ]
    links = [(told.nodes[k.source].accounts, told.nodes[k.target].accounts, k.traced) for k in told.links]
    assert links == [((0,), (1,), 100), ((1,), (2,), 60), ((1,), (3,), 30), ((2,), (4,), 60)]


def test_an_account_that_passes_nothing_on_stands_past_all_that_paid_it():
    graph = graph_of([(0, 1, 1, 100), (0, 3, 2, 50), (1, 2, 3, 100), (2, 3, 4, 60), (2, 1, 5, 40)])
    told = layers(graph, trace(graph, [Start("0")], window=LONG))
    assert {account: node.layer for account, node in told.accounts.items()} == {0: 0, 1: 1, 2: 2, 3: 3}


def test_traced_back_what_was_there_before_the_ledger_is_the_accounts_own():
    graph = graph_of([(0, 1, 1, 100), (1, 2, 2, 60)])
    told = layers(graph, trace(graph, [Start("2")], forward=False, window=LONG))
    rows = [(n.accounts, n.received, n.passed_on, n.kept) for n in told.nodes]
    assert rows == [((2,), 60, 60, 0), ((1,), 60, 60, 0), ((0,), 60, 0, 60)]


def test_the_smallest_of_a_layer_are_told_as_one():
    graph = graph_of([(0, 1, 1, 100), *((1, 2 + n, 2 + n, 30 - n) for n in range(5))])
    told = layers(graph, trace(graph, [Start("0")], window=LONG), widest=2)
    last = [node for node in told.nodes if node.layer == 2]
    # 30, 29, 28 and the 13 that were left of the hundred: 2 and 3 by themselves, the others together.
    assert [(node.accounts, node.received) for node in last] == [((2,), 30), ((3,), 29), ((4, 5), 41)]
    assert [link.transfers for link in told.links] == [1, 1, 1, 2]


@settings(max_examples=150, deadline=None)
@given(
    TRANSFERS,
    st.lists(st.integers(0, 29), min_size=1, max_size=3, unique=True),
    st.sampled_from(sorted(RULES)),
    st.booleans(),
    st.integers(1, 4),
)
def test_sums_are_the_traces_own(transfers, starts, rule, forward, widest):
    chosen = [i for i in starts if i < len(transfers) and walked(transfers, i)]
    if not chosen:
        return
    graph = graph_of(transfers)
    found = trace(graph, [Start(str(i)) for i in chosen], rule=rule, forward=forward, window=LONG)
    told = layers(graph, found, widest=widest)
    own = sum(node.kept for node in told.nodes) - found.kept_total
    if rule != "poison":  # which names more than there was
        assert 0 <= own <= found.outside  # forward, nothing is from before the ledger
    assert sum(node.passed_on for node in told.nodes) == int(found.traced.sum())
    accounts = [account for node in told.nodes for account in node.accounts]
    assert sorted(accounts) == sorted(told.accounts)
    assert all(link.source != link.target and link.traced > 0 for link in told.links)
    # Links and what runs inside nodes are all transfers of the trace.
    assert sum(link.transfers for link in told.links) <= found.transfers.size
