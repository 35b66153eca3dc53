"""Runs snapml's GraphFeaturePreprocessor for benchmarks/flows.py, under an interpreter that has it.

PYTHON flows_snapml.py GRAPH.npy ROWS.npy BATCH THREADS SECONDS FULL KEPT GROUP,GROUP

The transfers before FULL are given to it untimed; then batches until SECONDS have passed. KEPT rows are written.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np
from snapml import GraphFeaturePreprocessor

DAY = 86_400


def main() -> None:
    source, target, batch, threads, seconds, full, kept, groups = sys.argv[1:]
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
    rows, stop, batch, taken = [], int(full), int(batch), 0.0
    for at in range(0, stop, batch):
        peer.partial_fit(edges[at : min(at + batch, stop)])
    while stop < len(edges) and taken < float(seconds):
        start = time.perf_counter()
        told = peer.transform(edges[stop : stop + batch])
        taken += time.perf_counter() - start
        if len(rows) * batch < int(kept):
            rows.append(told[:, edges.shape[1] :].copy())
        stop += len(told)
    np.save(target, np.concatenate(rows))
    print(json.dumps({"rate": (stop - int(full)) / taken, "stop": stop}))


if __name__ == "__main__":
    main()
