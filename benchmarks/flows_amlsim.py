"""AMLSim's sample: how many of its fraud accounts a search for rings finds, and what it finds besides.

The sample labels accounts (``isFraud``), not transfers or cycles. What its labels let one see of the planted
cycles: ways round fraud accounts by transfers of one amount. ``in order of time`` says how many of these are rings at
all, from whichever transfer they begin. A day of the search is a step of the sample.
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
    cycles = planted(fraud, columns)
    told = {"planted cycles seen": len(cycles), "in order of time": sum(map(in_order, cycles))}
    return [row | told for row in rows]


def planted(fraud: set[int], columns: tuple[np.ndarray, ...]) -> list[list[list[int]]]:
    """Ways round fraud accounts by transfers of one amount, each as the times of its transfers hop by hop."""
    by_amount: dict[int, dict[int, dict[int, list[int]]]] = {}
    for source, target, time, amount in zip(*(column.tolist() for column in columns), strict=True):
        if source in fraud and target in fraud and source != target:
            hops = by_amount.setdefault(amount, {}).setdefault(source, {})
            hops.setdefault(target, []).append(time)
    cycles = []

    def walk(hops: dict[int, dict[int, list[int]]], way: list[int], times: list[list[int]]) -> None:
        for account, when in hops.get(way[-1], {}).items():
            if account == way[0]:
                cycles.append([*times, when])
            elif account > way[0] and account not in way:
                walk(hops, [*way, account], [*times, when])

    for hops in by_amount.values():
        for account in hops:
            walk(hops, [account], [])
    return cycles


def in_order(cycle: list[list[int]]) -> bool:
    """Whether the hops can be gone round in strictly increasing time from one of them on."""
    for begin in range(len(cycle)):
        last = -1
        for times in cycle[begin:] + cycle[:begin]:
            last = min((time for time in times if time > last), default=None)
            if last is None:
                break
        else:
            return True
    return False


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
