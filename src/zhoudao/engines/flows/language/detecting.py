"""From a pattern to a detector."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from zhoudao.engines.detection import Batch, Context, Detector, Gap
from zhoudao.engines.detection.detector import Params, Tables
from zhoudao.engines.flows.arrays import Floats, Ints
from zhoudao.engines.flows.findings import Tellers, texts
from zhoudao.engines.flows.graph import MoneyGraph
from zhoudao.engines.flows.language import matching
from zhoudao.engines.flows.language.description import Number, Pattern
from zhoudao.engines.flows.language.kinds import account_kinds
from zhoudao.engines.flows.patterns.common import CONDUITS, NEEDS, SECOND, graphs

CHUNK = 65_536
"""Findings handed over at once."""


def detector_of(pattern: Pattern) -> Detector:
    """A detector that finds a pattern. A run keeps as many matches as its memory allows, and says when it was cut."""

    def run(tables: Tables, params: Params, context: Context) -> Iterator[Batch]:
        for graph in graphs(tables, params, context):
            kinds = account_kinds(graph, tables["ledger"]) if any(pattern.kinds) else _any(graph)
            found = matches(pattern, graph, kinds, params, context)
            tellers = Tellers(graph, pattern.name, pattern.version)
            told = _groups(pattern, graph, found, params) if pattern.group else _singly(pattern, graph, found)
            for transfers, starts, nodes, node_starts, roles, scores in told:
                yield _batch(pattern, graph, tellers, transfers, starts, nodes, node_starts, roles, scores)

    wants = {
        "ledger": ("time_precision", "source_name", "target_name")
        if any(pattern.kinds)
        else ("time_precision",)
    }
    return Detector(
        pattern.name, pattern.version, pattern.title, pattern.meaning, NEEDS, run, (*pattern.params, CONDUITS),
        wants=wants, reasons={"pattern": pattern.reason},
    )  # fmt: skip


def matches(pattern: Pattern, graph: MoneyGraph, kinds: Ints, params: Params, context: Context) -> Ints:
    """int32[matches, transfers]: every match, as far as the context's memory goes."""
    steps = np.full((len(pattern.steps), matching.COLUMNS), -1, dtype=np.int64)
    for row, step in zip(steps, pattern.steps, strict=True):
        row[:] = (
            step.payer, step.payee, step.after, _scaled(step.within, params, SECOND), step.relative,
            _scaled(step.low, params, matching.PARTS), _scaled(step.high, params, matching.PARTS),
            _scaled(step.least, params, 1), _scaled(step.most, params, 1),
        )  # fmt: skip
    room = max(context.memory_mib * 2**20 // (64 * len(steps)), 1)
    found, cut = matching.match(
        steps, np.array(pattern.kinds, dtype=np.int64), kinds, room,
        graph.time, graph.amount, graph.source, graph.target, graph.rank,
        graph.out_start, graph.out_edge, graph.out_next, graph.in_start, graph.in_edge, graph.closed,
    )  # fmt: skip
    if cut:
        context.not_checked.append(
            Gap("cut_matches", pattern=pattern.name, count=room)
        )
    return found


Told = Iterator[tuple[Ints, Ints, Ints, Ints, pa.Array, Floats]]


def _singly(pattern: Pattern, graph: MoneyGraph, found: Ints) -> Told:
    """Each match is a finding; its score is the least transfer's share of the largest."""
    width, wide = found.shape[1], len(pattern.nodes)
    for at in range(0, len(found), CHUNK):
        part = np.sort(found[at : at + CHUNK], axis=1)
        amounts = graph.amount[part]
        nodes = _nodes(pattern, graph, found[at : at + CHUNK])
        roles = pa.array(list(pattern.nodes)).take(pa.array(np.tile(np.arange(wide), len(part))))
        scores = amounts.min(axis=1) / amounts.max(axis=1)
        yield (
            part.ravel(), np.arange(len(part) + 1, dtype=np.int64) * width,
            nodes.ravel(), np.arange(len(part) + 1, dtype=np.int64) * wide, roles, scores,
        )  # fmt: skip


def _groups(pattern: Pattern, graph: MoneyGraph, found: Ints, params: Params) -> Told:
    """Each group is a finding; its score goes from a half, at the least number asked for, towards one."""
    group = pattern.group
    assert group
    if not len(found):
        return
    nodes = _nodes(pattern, graph, found)
    key = np.unique(nodes[:, list(group.by)], axis=0, return_inverse=True)[1].ravel()
    time = graph.time[found].min(axis=1)
    order = np.lexsort((found[:, 0], time, key))
    found, nodes, key, time = found[order], nodes[order], key[order], time[order]
    item = nodes[:, group.distinct] if group.distinct >= 0 else np.arange(len(found))
    item = np.unique(item, return_inverse=True)[1].ravel()
    least = max(_scaled(group.least, params, 1), 1)
    runs = matching.gather(
        key, time, item, graph.amount[found[:, 0]], _scaled(group.within, params, SECOND), least,
        _scaled(group.total, params, 1),
    )  # fmt: skip
    for at in range(0, len(runs), CHUNK):
        rows, starts, people, people_starts, roles, scores = [], [0], [], [0], [], []
        for first, last in runs[at : at + CHUNK].tolist():
            transfers = np.unique(found[first:last])
            rows.append(transfers)
            starts.append(starts[-1] + transfers.size)
            centre = [int(nodes[first, each]) for each in group.by]
            others = np.unique(nodes[first:last, group.distinct]).tolist() if group.distinct >= 0 else []
            people += centre + others
            roles += [pattern.nodes[each] for each in group.by] + [pattern.nodes[group.distinct]] * len(
                others
            )
            people_starts.append(len(people))
            scores.append(1 - least / (2 * max(len(np.unique(item[first:last])), least)))
        yield (
            np.concatenate(rows), np.array(starts), np.array(people, dtype=np.int64), np.array(people_starts),
            pa.array(roles, pa.string()), np.array(scores),
        )  # fmt: skip


def _batch(
    pattern: Pattern, graph: MoneyGraph, tellers: Tellers, transfers: Ints, starts: Ints, nodes: Ints,
    node_starts: Ints, roles: pa.Array, scores: Floats,
) -> Batch:  # fmt: skip
    amounts, time = graph.amount[transfers], graph.time[transfers]
    first = starts[:-1]
    total = np.add.reduceat(amounts, first)
    span = np.maximum.reduceat(time, first) - np.minimum.reduceat(time, first)
    values = {
        "transfers": texts(np.diff(starts)),
        "accounts": texts(np.diff(node_starts)),
        "first": texts(amounts[first]),
        "last": texts(amounts[starts[1:] - 1]),
        "total": texts(total),
        "seconds": texts(span // SECOND),
    }
    told = np.minimum.reduceat(amounts, first) if pattern.group is None else total
    return tellers.batch(
        transfers, starts, accounts=nodes, account_starts=node_starts, roles=roles, scores=scores, amounts=told,
        reason="pattern", values=values,
    )  # fmt: skip


def _nodes(pattern: Pattern, graph: MoneyGraph, found: Ints) -> Ints:
    nodes = np.empty((len(found), len(pattern.nodes)), dtype=np.int64)
    for column, step in enumerate(pattern.steps):
        nodes[:, step.payer] = graph.source[found[:, column]]
        nodes[:, step.payee] = graph.target[found[:, column]]
    return nodes


def _any(graph: MoneyGraph) -> Ints:
    return np.zeros(graph.account_count, dtype=np.uint8)


def _scaled(value: Number, params: Params, unit: int) -> int:
    number = float(params[value[1:]]) if isinstance(value, str) else float(value)
    return -1 if number < 0 else round(number * unit)
