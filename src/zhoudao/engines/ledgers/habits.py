"""Habits of an account: at night (夜间交易), in round amounts (整额交易)."""

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

NIGHT, ROUND, VERSION = "ledgers.night_share", "ledgers.round_amounts", "1"


def at_night(tables: Tables, params: Params, context: Context) -> Iterator[Batch]:
    """Accounts of whose transfers a large share happens between ``begin`` and ``end`` on the city's clock."""
    context.report(0.0, "sides")
    begin, end = int(params["begin"]), int(params["end"])
    hour = f"hour({LOCAL})"
    night = (
        f"({hour} >= {begin} OR {hour} < {end})" if begin > end else f"({hour} >= {begin} AND {hour} < {end})"
    )
    with sides(tables["ledger"], context) as found:
        say_what_has_no_hour(found, context)
        context.report(0.3, "counting")
        told = rows(
            found,
            f"""
            SELECT account, currency, count(*) AS total, count(*) FILTER (night) AS n,
                sum(amount) FILTER (night) AS amount, min(time) FILTER (night) AS first, max(time) FILTER
                (night) AS last,
                (list(transfer_id ORDER BY amount DESC, transfer_id) FILTER (night))[:{MOST_ROWS}] AS transfers
            FROM (SELECT *, {night} AS night FROM sides WHERE NOT dated)
            GROUP BY ALL HAVING total >= ? AND n >= total * ?
            """,  # noqa: S608  numbers of ours, values bound
            [params["transfers"], params["share"]],
        )
        yield from batches(
            NIGHT,
            VERSION,
            [
                finding(
                    each["account"],
                    "at night",
                    0.3 + 0.5 * each["n"] / each["total"] + 0.2 * min(1, each["n"] / 100),
                    Reason(
                        "night",
                        {
                            "share": each["n"] / each["total"],
                            "n": each["n"],
                            "total": each["total"],
                            "amount": each["amount"],
                            "begin": f"{begin:02d}:00",
                            "end": f"{end:02d}:00",
                        },
                    ),
                    each["transfers"],
                    each,
                )
                for each in told
            ],
            context,
        )


def in_round_amounts(tables: Tables, params: Params, context: Context) -> Iterator[Batch]:
    """Accounts of whose transfers (in one direction) a large share are whole multiples of ``step``."""
    context.report(0.0, "sides")
    with sides(tables["ledger"], context) as found:
        context.report(0.3, "counting")
        told = rows(
            found,
            f"""
            SELECT account, currency, arriving, count(*) AS total, count(*) FILTER (whole) AS n,
                sum(amount) FILTER (whole) AS amount, min(time) FILTER (whole) AS first, max(time) FILTER
                (whole) AS last,
                count(DISTINCT other) FILTER (whole) AS others,
                (list(transfer_id ORDER BY amount DESC, transfer_id) FILTER (whole))[:{MOST_ROWS}] AS transfers
            FROM (SELECT *, amount % ? = 0 AS whole FROM sides)
            GROUP BY ALL HAVING n >= ? AND n >= total * ?
            """,  # noqa: S608
            [params["step"], params["transfers"], params["share"]],
        )
        yield from batches(
            ROUND,
            VERSION,
            [
                finding(
                    each["account"],
                    "round in" if each["arriving"] else "round out",
                    0.2 + 0.5 * each["n"] / each["total"] + 0.3 * min(1, each["n"] / 50),
                    Reason(
                        "round_in" if each["arriving"] else "round_out",
                        {
                            "share": each["n"] / each["total"],
                            "n": each["n"],
                            "total": each["total"],
                            "others": each["others"],
                            "amount": each["amount"],
                            "step": int(params["step"]),
                        },
                    ),
                    each["transfers"],
                    each,
                )
                for each in told
            ],
            context,
        )


NIGHT_SHARE = Detector(
    name=NIGHT,
    version=VERSION,
    title=Text("夜间交易占比", "Night share"),
    meaning=Text(
        "大量交易发生在夜里的账户。赌博、跑分团伙常在夜间走账，夜班和外卖也会如此。",
        "Accounts that do much of their business at night. Gambling and money-mule rings often do; so do "
        "night shifts and "
        "deliveries.",
    ),
    needs=NEEDS,
    run=at_night,
    wants={"ledger": ("time_precision", "succeeded")},
    params=(
        Param(
            "begin",
            23,
            "hour",
            Text("夜间开始", "Night begins"),
            0,
            23,
            source="starting point, to be calibrated",
        ),
        Param(
            "end", 5, "hour", Text("夜间结束", "Night ends"), 0, 23, source="starting point, to be calibrated"
        ),
        Param(
            "share",
            0.4,
            "share",
            Text("最低占比", "Least share"),
            0.01,
            1,
            source="starting point, to be calibrated",
        ),
        Param(
            "transfers",
            20,
            "transfers",
            Text("最少笔数", "Least transfers"),
            1,
            source="starting point, to be calibrated",
        ),
    ),
    reasons={
        "night": Text(
            "{total} 笔中有 {n} 笔（{share:percent}）在 {begin} 至 {end} 之间，共 {amount:money}",
            "{n} of {total} transfers ({share:percent}) fall between {begin} and {end}, {amount:money} in all",
        )
    },
)

_ROUND = (
    "共 {total} 笔，其中 {n} 笔（{share:percent}）是 {step:money} 的整数倍，"
    "来往 {others} 个账户，共 {amount:money}"
)
ROUND_AMOUNTS = Detector(
    name=ROUND,
    version=VERSION,
    title=Text("整额交易", "Round amounts"),
    meaning=Text(
        "多数金额为整数倍的账户。集资和传销的投入多为固定整额，工资和买卖很少如此；红包、押金除外。",
        "Accounts whose amounts are mostly whole multiples. What is paid into fund-raising and pyramid "
        "schemes often is; wages "
        "and trade seldom are; gifts and deposits are.",
    ),
    needs=NEEDS,
    run=in_round_amounts,
    wants={"ledger": ("succeeded",)},
    params=(
        Param(
            "step",
            1_000_000,
            "fen",
            Text("整数倍", "Whole multiples of"),
            1,
            source="starting point, to be calibrated",
        ),
        Param(
            "share",
            0.6,
            "share",
            Text("最低占比", "Least share"),
            0.01,
            1,
            source="starting point, to be calibrated",
        ),
        Param(
            "transfers",
            10,
            "transfers",
            Text("最少笔数", "Least transfers"),
            1,
            source="starting point, to be calibrated",
        ),
    ),
    reasons={
        "round_in": Text(
            f"转入{_ROUND}",
            "coming in: {n} of {total} transfers ({share:percent}) are whole multiples of {step:money}, from "
            "{others} accounts, "
            "{amount:money} in all",
        ),
        "round_out": Text(
            f"转出{_ROUND}",
            "going out: {n} of {total} transfers ({share:percent}) are whole multiples of {step:money}, to "
            "{others} accounts, "
            "{amount:money} in all",
        ),
    },
)
