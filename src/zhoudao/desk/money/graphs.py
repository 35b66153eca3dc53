"""A ledger's temporal graph for traces: built once where the ledger lies opened, then mapped into memory.

It lies in the case's opened folder and is wiped with it; a process forgets a graph whose folder is gone.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from zhoudao.desk.evidence.ledger import tables
from zhoudao.engines import flows
from zhoudao.engines.flows import MoneyGraph

MOST_OPEN = 4
"""Graphs a process keeps; the longest unused goes first."""
COLUMNS = (
    "transfer_id", "time", "time_precision", "sequence", "source_account", "target_account", "amount", "currency",
    "source_balance_after", "target_balance_after", "succeeded", "reversed",
)  # fmt: skip

_open: OrderedDict[Path, MoneyGraph] = OrderedDict()
_lock = threading.Lock()


def graph_of(folder: Path, currency: str, stops: Sequence[str] = ()) -> MoneyGraph:
    """The graph of the ledger in ``folder`` in one currency; no walk passes ``stops``."""
    place = folder / f"graph-{currency}"
    with _lock:
        for gone in [each for each in _open if not each.exists()]:
            del _open[gone]
        if place not in _open:
            _open[place] = _opened(folder, place, currency)
            while len(_open) > MOST_OPEN:
                _open.popitem(last=False)
        _open.move_to_end(place)
        graph = _open[place]
    numbers = [number for number in graph.account_numbers(list(stops)).tolist() if number >= 0]
    if not numbers:
        return graph
    closed = np.array(graph.closed)
    closed[numbers] = 1
    stopped = replace(graph, closed=closed)
    # What every trace needs is worked out once, whatever stops it.
    stopped.__dict__.update({name: value for name, value in vars(graph).items() if name.startswith("_")})
    return stopped


def _opened(folder: Path, place: Path, currency: str) -> MoneyGraph:
    if not place.exists():
        present = set(pq.read_schema(folder / "ledger.parquet").names)
        ledger = pq.read_table(folder / "ledger.parquet", columns=[each for each in COLUMNS if each in present])
        with tables.cursor(folder) as found:
            stated = found.execute("SELECT account FROM accounts WHERE stated").fetchall()
        built = flows.build(ledger, currency=currency, obtained=[row[0] for row in stated])
        try:
            flows.save(built, place)
        except OSError:
            if not place.exists():  # or else another process was faster
                raise
    return flows.load(place)
