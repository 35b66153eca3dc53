"""Pyramid selling (传销) and returns to old investors out of new money (借新还旧).

A participant's upline is whom he first paid. Levels count from the top, which paid nobody first; people are all those
below. Commission is what a participant's upline pays on to its own upline soon after he paid in.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
from numba import njit

from zhoudao.engines.detection import Batch, Context, Detector, Found, Reason, Row, Subject, Text, batch_of
from zhoudao.engines.detection.detector import Params, Tables
from zhoudao.engines.flows.arrays import Ints
from zhoudao.engines.flows.graph import MoneyGraph
from zhoudao.engines.flows.patterns.common import (
    CONDUITS,
    NEEDS,
    SECOND,
    WANTS,
    count,
    graphs,
    seconds,
    share,
)

LEVELS, RETURNS = "flows.pyramid", "flows.old_from_new"
VERSION = "1"


def _pyramids(tables: Tables, params: Params, context: Context) -> Iterator[Batch]:
    for graph in graphs(tables, params, context):
        upline, joining = _uplines(graph)
        top, level = _tops(upline)
        window = int(params["window"]) * SECOND
        paid, commission = _commissions(
            upline, joining, graph.time, graph.amount, graph.out_start, graph.out_edge, graph.out_target,
            window, float(params["share_high"]),
        )  # fmt: skip
        found = []
        members = np.argsort(top, kind="stable")
        starts = np.searchsorted(top[members], np.arange(graph.account_count + 1))
        for root in np.flatnonzero(np.diff(starts) > int(params["people"])).tolist():
            group = members[starts[root] : starts[root + 1]]
            below = group[(group != root) & (joining[group] >= 0)]
            depth = int(level[group].max()) + 1
            if len(below) < int(params["people"]) or depth < int(params["levels"]):
                continue
            received = int(paid[below].sum())
            passed = int(commission[below].sum())
            rows = np.sort(joining[below])
            names = graph.account_names(np.array([root])).to_pylist()
            values = {
                "people": len(below),
                "levels": depth,
                "paid": received,
                "share": round(passed / max(received, 1), 4),
            }
            score = 1 - int(params["people"]) / (2 * len(below))
            found.append(
                _found(
                    graph,
                    [Subject("account", names[0], "top")],
                    score,
                    Reason("pyramid", values),
                    rows,
                    received,
                )
            )
        yield batch_of(LEVELS, VERSION, found)


def _uplines(graph: MoneyGraph) -> tuple[Ints, Ints]:
    """Whom each account first paid, and that transfer; -1 for who paid nobody or was paid by him before."""
    joining = np.full(graph.account_count, -1, dtype=np.int64)
    upline = np.full(graph.account_count, -1, dtype=np.int64)
    some = np.flatnonzero(np.diff(graph.out_start) > 0)
    first = graph.out_start[some]
    joining[some], upline[some] = graph.out_edge[first], graph.out_target[first]
    shut = np.flatnonzero(np.asarray(graph.closed) != 0)
    upline[shut] = -1
    upline[np.isin(upline, shut)] = -1
    # Who pays first after having received is an upline himself before he is anybody's participant.
    received = np.full(graph.account_count, graph.transfers, dtype=np.int64)
    got = np.flatnonzero(np.diff(graph.in_start) > 0)
    received[got] = graph.in_edge[graph.in_start[got]]
    late = (joining >= 0) & (received < joining)
    upline[late] = -1
    return upline, joining


@njit(cache=True, nogil=True)
def _tops(upline):  # pragma: no cover - compiled
    """The top above each account, and its level below it; in a loop of uplines, its smallest number is the top."""
    top = np.full(upline.size, -1, dtype=np.int64)
    level = np.zeros(upline.size, dtype=np.int64)
    mark = np.full(upline.size, -1, dtype=np.int64)
    path = np.empty(upline.size, dtype=np.int64)
    for account in range(upline.size):
        length, x = 0, account
        while top[x] < 0 and mark[x] != account and upline[x] >= 0:
            mark[x] = account
            path[length] = x
            length += 1
            x = upline[x]
        if top[x] < 0:
            top[x] = x
        while length > 0:
            length -= 1
            y = path[length]
            if y != x:
                top[y], level[y] = top[upline[y]], level[upline[y]] + 1
    return top, level


@njit(cache=True, nogil=True)
def _commissions(
    upline, joining, time, amount, out_start, out_edge, out_target, window, share_high
):  # pragma: no cover - compiled
    """What each participant paid in on joining, and what his upline passed to its own upline soon after."""
    paid = np.zeros(upline.size, dtype=np.int64)
    passed = np.zeros(upline.size, dtype=np.int64)
    for x in range(upline.size):
        e, up = joining[x], upline[x]
        if e < 0 or up < 0:
            continue
        paid[x] = amount[e]
        if upline[up] < 0:
            continue
        for p in range(out_start[up], out_start[up + 1]):
            f = out_edge[p]
            if f <= e or out_target[p] != upline[up]:
                continue
            if time[f] - time[e] > window:
                break
            if amount[f] <= share_high * amount[e]:
                passed[x] = amount[f]
                break
    return paid, passed


def _returns(tables: Tables, params: Params, context: Context) -> Iterator[Batch]:
    for graph in graphs(tables, params, context):
        busy = np.flatnonzero(
            (np.diff(graph.in_start) >= int(params["people"]))
            & (np.diff(graph.out_start) >= int(params["people"]))
        )
        found = []
        for account in busy.tolist():
            if graph.closed[account]:
                continue
            came = graph.in_edge[graph.in_start[account] : graph.in_start[account + 1]]
            went = graph.out_edge[graph.out_start[account] : graph.out_start[account + 1]]
            payers, first = np.unique(graph.source[came], return_index=True)
            at = np.searchsorted(payers, graph.target[went])
            at[at == payers.size] = 0
            old = (payers[at] == graph.target[went]) & (came[first][at] < went)
            back = went[old]
            people = np.unique(graph.target[back])
            if people.size < int(params["people"]):
                continue
            # New money: paid in by others after the one who is paid back, before he is.
            before = np.searchsorted(came, back)
            since = np.searchsorted(came, came[first][at[old]], side="right")
            sums = np.concatenate([[0], np.cumsum(graph.amount[came])])
            new = sums[before] - sums[since]
            funded = int(np.minimum(graph.amount[back], new).sum())
            returned = int(graph.amount[back].sum())
            part = funded / max(returned, 1)
            if part < float(params["share"]):
                continue
            values = {
                "payers": payers.size, "people": people.size, "paid_in": int(sums[-1]), "returned": returned,
                "share": round(part, 4),
            }  # fmt: skip
            name = graph.account_names(np.array([account])).to_pylist()[0]
            rows = np.sort(np.concatenate([came, back]))
            score = part * (1 - int(params["people"]) / (2 * people.size))
            found.append(
                _found(
                    graph,
                    [Subject("account", name, "collector")],
                    score,
                    Reason("returns", values),
                    rows,
                    returned,
                )
            )
        yield batch_of(RETURNS, VERSION, found)


def _found(
    graph: MoneyGraph, who: list[Subject], score: float, why: Reason, rows: Ints, amount: int
) -> Found:
    start = datetime(1970, 1, 1, tzinfo=UTC)
    first, last = (start + timedelta(microseconds=int(graph.time[rows[i]])) for i in (0, -1))
    ids = graph.ids(rows).to_pylist()
    return Found(who, score, [why], [Row(each) for each in ids], amount, graph.currency or None, first, last)


DETECTORS = (
    Detector(
        LEVELS,
        VERSION,
        Text("传销层级", "Pyramid levels"),
        Text(
            "以每个账户首次付款对象为上线，形成层级。人数与层数达到立案参考标准只是线索，团队计酬与合法直销需另行区分。",
            "An account's upline is whom it first paid. Numbers of people and levels are a reason to look.",
        ),
        NEEDS,
        _pyramids,
        (
            count(
                "people",
                30,
                "accounts",
                "下线人数至少",
                "People below at least",
                "公通字〔2013〕37号: 30 people and 3 levels",
                1,
            ),
            count(
                "levels",
                3,
                "levels",
                "层级至少",
                "Levels at least",
                "公通字〔2013〕37号: 30 people and 3 levels",
                1,
            ),
            seconds("window", 86_400, "提成最长时间", "Commission within"),
            share("share_high", 0.5, "提成至多为下线付款的", "Commission at most, of what was paid in"),
            CONDUITS,
        ),
        wants=WANTS,
        reasons={
            "pyramid": Text(
                "下线{people}人、{levels}层，首次付款共{paid:money}，其中{share:percent}继续付给上线",
                "{people} people in {levels} levels first paid {paid:money}; {share:percent} of it went on to uplines",
            )
        },
    ),
    Detector(
        RETURNS,
        VERSION,
        Text("借新还旧", "Old returns from new money"),
        Text(
            "账户向先前付款人返款，而返款之前恰有他人新付入的资金可供支付。非法集资常见，正常经营退款也会出现。",
            "An account pays those who paid it before, when others have paid in since. Illegal fund-raising looks so.",
        ),
        NEEDS,
        _returns,
        (
            count("people", 10, "accounts", "得到返款的先前付款人至少", "Earlier payers paid back, at least"),
            share(
                "share", 0.8, "可由新资金支付的返款份额至少", "Least share of returns that new money covers"
            ),
            CONDUITS,
        ),
        wants=WANTS,
        reasons={
            "returns": Text(
                "{payers}个账户付入{paid_in:money}，其中{people}个得到返款{returned:money}，{share:percent}可由其后新付入的资金支付",
                "{payers} accounts paid in {paid_in:money}; {people} got back {returned:money}, {share:percent} of it "
                "covered by what others paid in since",
            )
        },
    ),
)
