"""What stood in each account when a transfer left or came: computed once a graph, the same whatever is traced.

An account's money is a line of fen in the order they came. What came in before is ``[0, came)``, of which ``[0, left)``
has left again, oldest first. An account that pays out more than it is known to have received had money before the
ledger begins: that part has no place on the line.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from zhoudao.engines.flows.arrays import Ints
from zhoudao.engines.flows.graph import MoneyGraph


@dataclass(frozen=True)
class Pools:
    """int64[transfers] each, just before the transfer; -1 throughout for a transfer that is not walked."""

    source_left: Ints
    source_pool: Ints
    """What the payer is known to have."""
    target_came: Ints
    target_pool: Ints


def pools_of(graph: MoneyGraph) -> Pools:
    """The pools of a graph, kept with it: 32 bytes a transfer."""
    kept = graph.__dict__.get("_pools")
    if kept is None:
        walked = np.zeros(graph.transfers, dtype=np.uint8)
        walked[graph.out_edge] = 1
        opening = graph.opening if graph.opening.size else np.zeros(graph.account_count, dtype=np.int64)
        kept = Pools(*_pools(graph.source, graph.target, graph.amount, walked, opening))
        graph.__dict__["_pools"] = kept
    return kept


@njit(cache=True, nogil=True)
def _pools(source, target, amount, walked, opening):  # pragma: no cover - compiled
    came, left = opening.copy(), np.zeros(opening.size, dtype=np.int64)
    source_left = np.full(source.size, -1, dtype=np.int64)
    source_pool = np.full(source.size, -1, dtype=np.int64)
    target_came = np.full(source.size, -1, dtype=np.int64)
    target_pool = np.full(source.size, -1, dtype=np.int64)
    for e in range(source.size):
        if not walked[e]:
            continue
        u, v, x = source[e], target[e], amount[e]
        source_left[e], source_pool[e] = left[u], came[u] - left[u]
        target_came[e], target_pool[e] = came[v], came[v] - left[v]
        left[u] += min(x, came[u] - left[u])
        came[v] += x
    return source_left, source_pool, target_came, target_pool
