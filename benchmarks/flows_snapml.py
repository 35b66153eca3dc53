"""Runs snapml's GraphFeaturePreprocessor for benchmarks/flows.py, under an interpreter that has it.

PYTHON flows_snapml.py GRAPH.npy ROWS.npy BATCH THREADS SECONDS GROUP,GROUP
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np
from snapml import GraphFeaturePreprocessor

DAY = 86_400


def main() -> None:
    source, target, batch, threads, seconds, groups = sys.argv[1:]
    edges = np.load(source)
    peer = GraphFeaturePreprocessor()
    names = ("vertex_stats", "fan", "degree", "scatter-gather", "temp-cycle", "lc-cycle")
    params = {name: name in groups.split(",") for name in names}
    for name in peer.get_params():
        if name.endswith("_tw"):
            params[name] = DAY
        elif name.endswith("_bins"):
            params[name] = list(range(2, 31))
    params |= {
        "num_threads": int(threads), "time_window": DAY, "scatter-gather_tw": DAY // 4,
        "temp-cycle_bins": [2, 3, 4, 5, 6, 7], "lc-cycle_bins": [2, 3, 4, 5, 6], "lc-cycle_len": 6,
        "vertex_stats_cols": [4], "vertex_stats_feats": list(range(11)),
    }  # fmt: skip
    peer.set_params(params)
    rows, done, start = [], 0, time.perf_counter()
    for at in range(0, len(edges), int(batch)):
        rows.append(peer.transform(edges[at : at + int(batch)])[:, edges.shape[1] :])
        done += len(rows[-1])
        if time.perf_counter() - start > float(seconds):
            break
    taken = time.perf_counter() - start
    np.save(target, np.concatenate(rows))
    print(json.dumps({"rate": done / taken, "done": done}))


if __name__ == "__main__":
    main()
