"""AMLSim's sample: how many of its planted cycles a search for rings finds, and what it finds besides.

The sample labels accounts (``isFraud``, and ``fraudStep``, the step their cycle is of), not transfers: a planted cycle
is the fraud accounts of one step. A day of the search is a step of the sample.
"""

from __future__ import annotations

import csv
import io
import tarfile
from pathlib import Path

import numpy as np

from zhoudao.engines import flows

STEP = 1_000_000


def amlsim(sample: Path) -> list[dict[str, object]]:
    """Recall and precision of fraud accounts, by window and by how much of the amount each hop keeps."""
    accounts, columns = read(sample)
    fraud = {number for number, labelled in accounts.items() if labelled}
    graph = flows.from_arrays(*columns)
    rows = []
    for window in (5, 10, 30, 200):
        for kept in (None, 0.9):
            members: set[int] = set()
            count = 0
            for batch in flows.rings(
                graph, window=window * STEP, longest=6, kept_low=kept, kept_high=1 / kept if kept else None
            ):
                count += len(batch)
                members.update(graph.source[batch.transfers].tolist())
            hit = len(members & fraud)
            rows.append(
                {
                    "window, steps": window,
                    "kept": kept or "any",
                    "rings": count,
                    "accounts in rings": len(members),
                    "fraud accounts": len(fraud),
                    "recall": hit / max(len(fraud), 1),
                    "precision": hit / max(len(members), 1),
                }
            )
    return rows


def read(sample: Path) -> tuple[dict[int, bool], tuple[np.ndarray, ...]]:
    with tarfile.open(sample) as archive:
        files = {Path(each.name).name: archive.extractfile(each) for each in archive if each.isfile()}
        nodes, transfers = (
            list(csv.DictReader(io.TextIOWrapper(files[name], encoding="utf-8")))
            for name in ("nodes.csv", "transactions.csv")
        )
    accounts = {int(row["nodeid"]): row["isFraud"] not in ("0", "False", "false", "") for row in nodes}
    values = [
        (
            int(row["sourceNodeId"]),
            int(row["targetNodeId"]),
            int(row["time"]) * STEP,
            round(float(row["value"]) * 100),
        )
        for row in transfers
    ]
    return accounts, tuple(np.array(column, dtype=np.int64) for column in zip(*values, strict=True))
