"""What is suddenly otherwise: a dormant account that wakes (休眠启用), many new counterparties at once
(新增对手激增)."""

from __future__ import annotations

from collections.abc import Iterator

from zhoudao.engines.detection import Batch, Context, Detector, Param, Reason, Text
from zhoudao.engines.detection.detector import Params, Tables
from zhoudao.engines.ledgers.sides import MOST_ROWS, NEEDS, batches, finding, rows, sides

DORMANT, NEW, VERSION = "ledgers.dormant_then_busy", "ledgers.new_counterparties", "1"
DAY = 86_400


def dormant_then_busy(tables: Tables, params: Params, context: Context) -> Iterator[Batch]:
    """Accounts that moved nothing for ``quiet`` days and then, within ``days``, made ``transfers`` or more of
    ``amount``.

    A silence before an account's first transfer of the ledger doesn't count: nobody knows what was before.
    """
    context.report(0.0, "sides")
    with sides(tables["ledger"], context) as found:
        context.report(0.3, "silences")
        told = rows(
            found,
            f"""
            WITH gaps AS (
                SELECT *, lag(time) OVER (PARTITION BY account ORDER BY time, transfer_id) AS before FROM sides
            ),
            woken AS (
                SELECT account, before AS slept, time AS woke FROM gaps
                WHERE time - before >= to_days(?)
            )
            SELECT w.account, w.slept, w.woke, s.currency, count(*) AS n, sum(s.amount) AS amount,
                count(DISTINCT s.other) AS others, min(s.time) AS first, max(s.time) AS last,
                list(s.transfer_id ORDER BY s.time, s.transfer_id)[:{MOST_ROWS}] AS transfers
            FROM woken w JOIN sides s
                ON s.account = w.account AND s.time >= w.woke AND s.time < w.woke + to_days(?)
            GROUP BY ALL HAVING n >= ? AND sum(s.amount) >= ?
            ORDER BY w.account, w.woke
            """,  # noqa: S608
            [params["quiet"], params["days"], params["transfers"], params["amount"]],
        )
        yield from batches(
            DORMANT,
            VERSION,
            [
                finding(
                    each["account"],
                    "woken",
                    0.4
                    + 0.3 * min(1, (each["woke"] - each["slept"]).days / 365)
                    + 0.3 * min(1, each["n"] / (5 * int(params["transfers"]))),
                    Reason(
                        "woke",
                        {
                            "silence": int((each["woke"] - each["slept"]).total_seconds()),
                            "days": int(params["days"]) * DAY,
                            "n": each["n"],
                            "others": each["others"],
                            "amount": each["amount"],
                        },
                    ),
                    each["transfers"],
                    each,
                )
                for each in told
            ],
            context,
        )


def new_counterparties(tables: Tables, params: Params, context: Context) -> Iterator[Batch]:
    """Accounts that within ``days`` deal with ``counterparties`` or more that they never dealt with before.

    Not before the account has been known for ``known`` days: at the beginning everybody is new. Of overlapping
    windows the
    one with most new ones is told.
    """
    context.report(0.0, "sides")
    with sides(tables["ledger"], context) as found:
        context.report(0.3, "first meetings")
        told = rows(
            found,
            f"""
            WITH meetings AS (
                SELECT account, other, min(time) AS met, arg_min(transfer_id, (time, transfer_id)) AS transfer_id,
                    arg_min(amount, (time, transfer_id)) AS amount, arg_min(currency, (time, transfer_id)) AS currency
                FROM sides WHERE other IS NOT NULL GROUP BY account, other
            ),
            counted AS (
                SELECT *, count(*) OVER (
                    PARTITION BY account ORDER BY met RANGE BETWEEN CURRENT ROW AND to_days(?) FOLLOWING) AS fresh,
                    min(met) OVER (PARTITION BY account) AS known_since
                FROM meetings
            ),
            best AS (
                SELECT account, arg_max(met, fresh) AS begins, max(fresh) AS fresh FROM counted
                WHERE met >= known_since + to_days(?) GROUP BY account HAVING max(fresh) >= ?
            )
            SELECT b.account, m.currency, b.fresh, count(*) AS n, sum(m.amount) AS amount,
                min(m.met) AS first, max(m.met) AS last,
                (SELECT count(*) FROM meetings o WHERE o.account = b.account AND o.met < b.begins) AS before,
                list(m.transfer_id ORDER BY m.met, m.transfer_id)[:{MOST_ROWS}] AS transfers
            FROM best b JOIN meetings m ON m.account = b.account AND m.met >= b.begins AND m.met <= b.begins +
            to_days(?)
            GROUP BY ALL ORDER BY b.account
            """,  # noqa: S608
            [params["days"], params["known"], params["counterparties"], params["days"]],
        )
        yield from batches(
            NEW,
            VERSION,
            [
                finding(
                    each["account"],
                    "many new",
                    0.4
                    + 0.4 * min(1, each["n"] / (5 * int(params["counterparties"])))
                    + 0.2 * each["n"] / (each["n"] + each["before"]),
                    Reason(
                        "new",
                        {
                            "n": each["n"],
                            "before": each["before"],
                            "days": int(params["days"]) * DAY,
                            "amount": each["amount"],
                            "from": f"{each['first']:%Y-%m-%d}",
                        },
                    ),
                    each["transfers"],
                    each,
                )
                for each in told
            ],
            context,
        )


DORMANT_THEN_BUSY = Detector(
    name=DORMANT,
    version=VERSION,
    title=Text("休眠后突然启用", "Dormant, then busy"),
    meaning=Text(
        "长期没有交易、又突然频繁走账的账户。买来的或借来的账户常常如此；季节性生意也会。",
        "Accounts that lay still for long and then suddenly move much. Bought and borrowed accounts often "
        "do; seasonal trade does "
        "as well.",
    ),
    needs=NEEDS,
    run=dormant_then_busy,
    wants={"ledger": ("succeeded",)},
    params=(
        Param(
            "quiet",
            90,
            "days",
            Text("静默天数", "Days of silence"),
            1,
            3650,
            source="starting point, to be calibrated",
        ),
        Param(
            "days",
            7,
            "days",
            Text("启用后天数", "Days behind it"),
            1,
            365,
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
        Param(
            "amount",
            5_000_000,
            "fen",
            Text("最低金额", "Least amount"),
            0,
            source="starting point, to be calibrated",
        ),
    ),
    reasons={
        "woke": Text(
            "静默 {silence:span}后，{days:span}内 {n} 笔、{others} 个对手，共 {amount:money}",
            "after {silence:span} of silence, {n} transfers with {others} accounts within {days:span}, "
            "{amount:money} in all",
        )
    },
)

NEW_COUNTERPARTIES = Detector(
    name=NEW,
    version=VERSION,
    title=Text("新增对手激增", "Burst of new counterparties"),
    meaning=Text(
        "短时间内与许多从未往来的账户发生交易的账户。收赃、收资的账户如此，新开张的商户也如此。",
        "Accounts that in a short time deal with many they never dealt with before. Accounts that collect "
        "from victims or "
        "investors do; so does a shop that just opened.",
    ),
    needs=NEEDS,
    run=new_counterparties,
    wants={"ledger": ("succeeded",)},
    params=(
        Param("days", 7, "days", Text("天数", "Days"), 1, 365, source="starting point, to be calibrated"),
        Param(
            "counterparties",
            20,
            "accounts",
            Text("最少新对手", "Least new counterparties"),
            2,
            source="fan-in and fan-out of 20 as for underground banks; to be calibrated",
        ),
        Param(
            "known",
            14,
            "days",
            Text("账户已知天数", "Days the account is known"),
            0,
            3650,
            source="starting point, to be calibrated",
        ),
    ),
    reasons={
        "new": Text(
            "自 {from} 起 {days:span}内新增 {n} 个对手（此前共 {before} 个），首笔合计 {amount:money}",
            "from {from} on, {n} new counterparties within {days:span} ({before} before that); the first "
            "transfers with them "
            "make {amount:money}",
        )
    },
)
