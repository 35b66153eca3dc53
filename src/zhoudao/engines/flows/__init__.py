"""Follow the money (资金研判): the temporal graph of a ledger, rings, traces, patterns, features.

    from zhoudao.engines import flows

    graph = flows.build(ledger)                                    # an Arrow table, see zhoudao.engines.shapes
    for batch in flows.rings(graph, window=86_400_000_000):        # microseconds
        ...
    found = flows.trace(graph, [flows.Start("6222...")], rule="fifo")

Pure: Arrow and arrays in, Arrow and arrays out. Detectors are in ``flows.detectors`` and the house's registry.
"""

from zhoudao.engines.flows.conduits import resolve_conduits
from zhoudao.engines.flows.graph import Left, MoneyGraph, build, currencies, from_arrays
from zhoudao.engines.flows.relations import (
    common_counterparties,
    device_clusters,
    neighbours,
    penetrate,
    transfers_between,
)
from zhoudao.engines.flows.ring_search import RingBatch, rings
from zhoudao.engines.flows.storage import BadGraph, load, save
from zhoudao.engines.flows.tracing import (
    RULES,
    Start,
    StartNotFound,
    Trace,
    return_shares,
    trace,
    traced_table,
)

__all__ = [
    "RULES",
    "BadGraph",
    "Left",
    "MoneyGraph",
    "RingBatch",
    "Start",
    "StartNotFound",
    "Trace",
    "build",
    "common_counterparties",
    "currencies",
    "device_clusters",
    "from_arrays",
    "load",
    "neighbours",
    "penetrate",
    "resolve_conduits",
    "return_shares",
    "rings",
    "save",
    "trace",
    "traced_table",
    "transfers_between",
]
