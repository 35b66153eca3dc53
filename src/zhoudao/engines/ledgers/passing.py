"""In and out within the hour (快进快出): an account that money only passes through."""

from __future__ import annotations

from collections.abc import Iterator

from zhoudao.engines.detection import Batch, Context, Detector, Param, Reason, Text
from zhoudao.engines.detection.detector import Params, Tables
from zhoudao.engines.ledgers.sides import (
    LOCAL,
    MOST_ROWS,
    NEEDS,
    batches,
    finding,
    rows,
    say_what_has_no_hour,
    sides,
)

NAME, VERSION = "ledgers.in_and_out", "1"


def search(tables: Tables, params: Params, context: Context) -> Iterator[Batch]:
    """Account by account and day by day: what came in and left again within the window, and how much of it.

    An arrival is matched when something leaves within the window behind it, a departure when something arrived
    within the
    window before it. The day counts when what left is between ``low`` and ``high`` of what came.
    """
    context.report(0.0, "sides")
    with sides(tables["ledger"], context) as found:
        say_what_has_no_hour(found, context)
        context.report(0.2, "matching")
        window = f"INTERVAL {int(params['minutes'])} MINUTE"
        told = rows(
            found,
            f"""
            WITH timed AS (SELECT * FROM sides WHERE NOT dated),
            matched AS (
                SELECT *,
                    sum(CASE WHEN arriving THEN 0 ELSE amount END) OVER (
                        PARTITION BY account, currency ORDER BY time
                        RANGE BETWEEN CURRENT ROW AND {window} FOLLOWING) AS leaving_after,
                    sum(CASE WHEN arriving THEN amount ELSE 0 END) OVER (
                        PARTITION BY account, currency ORDER BY time
                        RANGE BETWEEN {window} PRECEDING AND CURRENT ROW) AS arrived_before
                FROM timed
            ),
            passing AS (
                SELECT *, {LOCAL}::DATE AS day FROM matched
                WHERE (arriving AND leaving_after > 0) OR (NOT arriving AND arrived_before > 0)
            )
            SELECT account, day, currency,
                sum(amount) FILTER (arriving) AS came, sum(amount) FILTER (NOT arriving) AS went,
                count(*) FILTER (arriving) AS arrivals, count(*) FILTER (NOT arriving) AS departures,
                min(time) AS first, max(time) AS last,
                list(transfer_id ORDER BY time, transfer_id)[:{MOST_ROWS}] AS transfers, count(*) AS n
            FROM passing GROUP BY ALL
            HAVING came >= ? AND went BETWEEN came * ? AND came * ?
            ORDER BY account, day
            """,  # noqa: S608  numbers of ours, values bound
            [params["amount"], params["low"], params["high"]],
        )
        context.report(0.8, "scoring")
        yield from batches(
            NAME,
            VERSION,
            [
                finding(
                    each["account"],
                    "passed through",
                    0.5
                    + 0.25 * (1 - abs(1 - each["went"] / each["came"]) / 0.1)
                    + 0.25 * min(1, each["n"] / 20),
                    Reason(
                        "passed",
                        {
                            "day": each["day"].isoformat(),
                            "came": each["came"],
                            "went": each["went"],
                            "share": each["went"] / each["came"],
                            "arrivals": each["arrivals"],
                            "departures": each["departures"],
                            "window": int(params["minutes"]) * 60,
                        },
                    ),
                    each["transfers"],
                    {**each, "amount": each["came"]},
                )
                for each in told
            ],
            context,
        )


IN_AND_OUT = Detector(
    name=NAME,
    version=VERSION,
    title=Text("快进快出", "In and out within the hour"),
    meaning=Text(
        "资金转入后很快几乎全额转出的账户和日期。过渡账户常见，但代收代付的商户也可能如此。",
        "Accounts and days on which money came in and nearly all of it left again soon after. Common for "
        "accounts that only "
        "pass money on; a shop that collects for others can look the same.",
    ),
    needs=NEEDS,
    run=search,
    wants={"ledger": ("time_precision", "succeeded")},
    params=(
        Param(
            "minutes",
            60,
            "minutes",
            Text("时间窗口", "Window"),
            1,
            1440,
            source="starting point, to be calibrated",
        ),
        Param(
            "low",
            0.9,
            "share",
            Text("转出占转入的下限", "Least share that leaves"),
            0.1,
            1.5,
            source="starting point, to be calibrated",
        ),
        Param(
            "high",
            1.0,
            "share",
            Text("转出占转入的上限", "Greatest share that leaves"),
            0.5,
            2.0,
            source="starting point, to be calibrated",
        ),
        Param(
            "amount",
            1_000_000,
            "fen",
            Text("一天的最低转入", "Least coming in on the day"),
            0,
            source="starting point, to be calibrated",
        ),
    ),
    reasons={
        "passed": Text(
            "{day}：{arrivals} 笔转入 {came:money}，其后 {window:span}内 {departures} 笔转出 "
            "{went:money}，占 {share:percent}",
            "{day}: {arrivals} transfers brought {came:money}; within {window:span} {departures} took "
            "{went:money} away, "
            "{share:percent} of it",
        )
    },
)
