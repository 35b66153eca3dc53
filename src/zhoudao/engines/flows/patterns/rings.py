"""Rings as findings."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from zhoudao.engines.detection import Batch, Context, Detector, Gap, Param, Text
from zhoudao.engines.detection.detector import Params, Tables
from zhoudao.engines.flows.findings import Tellers, texts
from zhoudao.engines.flows.graph import MoneyGraph
from zhoudao.engines.flows.patterns.common import (
    CONDUITS,
    NEEDS,
    SECOND,
    WANTS,
    count,
    fen,
    graphs,
    seconds,
    share,
)
from zhoudao.engines.flows.ring_search import LONGEST, RingBatch, rings

NAME, VERSION = "flows.rings", "1"


def _run(tables: Tables, params: Params, context: Context) -> Iterator[Batch]:
    left = int(params["most"]) or None
    for graph in graphs(tables, params, context):
        tellers = Tellers(graph, NAME, VERSION)
        found = rings(
            graph,
            window=int(params["window"]) * SECOND,
            longest=int(params["longest"]),
            least_amount=int(params["least_amount"]),
            kept_low=float(params["kept_low"]) or None,
            kept_high=float(params["kept_high"]) or None,
            threads=context.threads,
            cancelled=lambda: context.report(0.0, "rings"),
        )
        for batch in found:
            if left is not None:
                if len(batch) > left:
                    context.not_checked.append(Gap("cut_rings", count=params["most"]))
                    batch = RingBatch(batch.transfers[: batch.starts[left]], batch.starts[: left + 1])
                    if len(batch):
                        yield _told(graph, tellers, batch)
                    return
                left -= len(batch)
            yield _told(graph, tellers, batch)


def _told(graph: MoneyGraph, tellers: Tellers, batch: RingBatch) -> Batch:
    amounts = graph.amount[batch.transfers]
    first, last = batch.starts[:-1], batch.starts[1:] - 1
    low, high = np.minimum.reduceat(amounts, first), np.maximum.reduceat(amounts, first)
    time = graph.time[batch.transfers]
    accounts = graph.source[batch.transfers]
    roles = np.zeros(accounts.size, dtype=np.int32)
    roles[first] = 1
    values = {
        "length": texts(batch.lengths),
        "seconds": texts((time[last] - time[first]) // SECOND),
        "sent": texts(amounts[first]),
        "returned": texts(amounts[last]),
    }
    return tellers.batch(
        batch.transfers, batch.starts,
        accounts=accounts, account_starts=batch.starts, roles=pa.array(["member", "origin"]).take(pa.array(roles)),
        scores=low / high, amounts=low, reason="ring", values=values,
    )  # fmt: skip


DETECTORS = (
    Detector(
        NAME,
        VERSION,
        Text("资金回环", "Rings"),
        Text(
            "资金经若干账户按时间先后回到出发账户。可能是虚构交易、对倒或循环走账，也可能是正常往来；金额不一定是同一笔钱。",
            "Money comes back to the account it left, each transfer later than the one before. Made-up trade and "
            "circular booking look so; so does ordinary give and take. The score is the least transfer's share of "
            "the largest.",
        ),
        NEEDS,
        _run,
        (
            seconds("window", 86_400, "首笔到末笔最长时间", "Longest time from first to last transfer"),
            Param(
                "longest",
                6,
                "transfers",
                Text("最多笔数", "Most transfers"),
                low=2,
                high=LONGEST,
                source="Altman et al., NeurIPS 2023: AMLworld",
            ),
            fen("least_amount", 0, "每笔最低金额", "Least amount of each transfer"),
            share(
                "kept_low",
                0.0,
                "下一笔至少为上一笔的（0为不限）",
                "Least share that the next transfer keeps (0: any)",
                high=100.0,
            ),
            share(
                "kept_high",
                0.0,
                "下一笔至多为上一笔的（0为不限）",
                "Most share that the next transfer has (0: any)",
                high=100.0,
            ),
            count("most", 0, "rings", "最多列出（0为全部）", "Rings to list (0: all)", low=0),
            CONDUITS,
        ),
        wants=WANTS,
        reasons={
            "ring": Text(
                "{length}笔转账在{seconds:span}内首尾相接，转出{sent:money}，转回{returned:money}",
                "{length} transfers close a ring within {seconds:span}: {sent:money} out, {returned:money} back",
            )
        },
    ),
)
