"""A trace in layers (分层): which accounts the money reached, in how many steps from its start, and who kept what.

An account stands in the layer one past the account that first paid it traced money; one that passed nothing on stands
past all that paid it. Traced back, what an account had
from before the ledger begins counts as its own. Where a layer has more accounts
than a reader can look at, the smallest are told as one; what runs between two of those is inside it and no link.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhoudao.engines.flows.arrays import Ints
from zhoudao.engines.flows.graph import MoneyGraph
from zhoudao.engines.flows.tracing.tracing import Trace, account_state

DEEPEST = 8
"""Layers past the start; what lies deeper is told in the last."""
WIDEST = 9
"""Accounts told one by one in a layer."""


@dataclass(frozen=True)
class Node:
    """An account, or the smallest of a layer together. Minor units."""

    layer: int
    accounts: tuple[int, ...]
    received: int
    """Traced in; of a start, what it put in as well."""
    passed_on: int
    kept: int
    state: str
    """As ``account_state``; of several, ``not_obtained`` if any is."""
    is_start: bool


@dataclass(frozen=True)
class Link:
    """Traced money between two nodes, by their places."""

    source: int
    target: int
    traced: int
    transfers: int


@dataclass(frozen=True)
class Layers:
    nodes: list[Node]
    links: list[Link]
    """In the direction of walking: backward traces run from where the money arrived to where it came from."""
    accounts: dict[int, Node]
    """Every account by itself."""


def layers(graph: MoneyGraph, found: Trace, *, deepest: int = DEEPEST, widest: int = WIDEST) -> Layers:
    """The trace's accounts in layers, the largest first in each."""
    here, there = (graph.source, graph.target) if found.forward else (graph.target, graph.source)
    payers, payees = here[found.transfers].astype(np.int64), there[found.transfers].astype(np.int64)
    layer_of = _layers(payers, payees, deepest)
    held = dict(zip(found.accounts.tolist(), found.kept.tolist(), strict=True))
    sent, came = _sums(payers, found.traced), _sums(payees, found.traced)
    alone = {
        account: _node(account, layer, came.get(account, 0), sent.get(account, 0), held, account_state(graph, account))
        for account, layer in layer_of.items()
    }
    places: dict[int, int] = {}
    nodes: list[Node] = []
    for layer in range(max(layer_of.values(), default=-1) + 1):
        told = sorted((node for node in alone.values() if node.layer == layer), key=_largest)
        shown, rest = (told[:widest], told[widest:]) if len(told) > widest + 1 else (told, [])
        for node in [*shown, *([_together(layer, rest)] if rest else [])]:
            places.update(dict.fromkeys(node.accounts, len(nodes)))
            nodes.append(node)
    pairs: dict[tuple[int, int], list[int]] = {}
    for payer, payee, traced in zip(payers.tolist(), payees.tolist(), found.traced.tolist(), strict=True):
        pair = (places[payer], places[payee])
        if pair[0] != pair[1]:
            pairs.setdefault(pair, []).append(traced)
    links = [
        Link(source, target, sum(each), len(each)) for (source, target), each in sorted(pairs.items())
    ]
    return Layers(nodes, links, alone)


def _layers(payers: Ints, payees: Ints, deepest: int) -> dict[int, int]:
    """In the order followed, so a payer that nothing traced has reached yet is a start."""
    layer_of: dict[int, int] = {}
    for payer, payee in zip(payers.tolist(), payees.tolist(), strict=True):
        step = layer_of.setdefault(payer, 0) + 1
        layer_of.setdefault(payee, min(step, deepest))
    ends = set(layer_of) - set(payers.tolist())
    for payer, payee in zip(payers.tolist(), payees.tolist(), strict=True):
        if payee in ends:
            layer_of[payee] = max(layer_of[payee], min(layer_of[payer] + 1, deepest))
    return layer_of


def _sums(accounts: Ints, amounts: Ints) -> dict[int, int]:
    sums: dict[int, int] = {}
    for account, amount in zip(accounts.tolist(), amounts.tolist(), strict=True):
        sums[account] = sums.get(account, 0) + amount
    return sums


def _node(account: int, layer: int, came: int, sent: int, held: dict[int, int], state: str) -> Node:
    if layer:
        return Node(layer, (account,), came, sent, max(came - sent, 0), state, False)
    kept = held.get(account, 0)  # of a start: what came back to it
    return Node(layer, (account,), max(came, sent + kept), sent, kept, state, True)


def _together(layer: int, nodes: list[Node]) -> Node:
    states = {node.state for node in nodes}
    return Node(
        layer,
        tuple(account for node in nodes for account in node.accounts),
        sum(node.received for node in nodes),
        sum(node.passed_on for node in nodes),
        sum(node.kept for node in nodes),
        "not_obtained" if "not_obtained" in states else "known",
        layer == 0,
    )


def _largest(node: Node) -> tuple[int, int]:
    return (-max(node.received, node.passed_on), node.accounts[0])
