"""Split below a reporting line (拆分交易): several transfers of a day, each just under what must be reported."""

from __future__ import annotations

from collections.abc import Iterator

from zhoudao.engines.detection import Batch, Context, Detector, Gap, Param, Reason, Text
from zhoudao.engines.detection.detector import Params, Tables
from zhoudao.engines.ledgers.sides import LOCAL, MOST_ROWS, NEEDS, batches, finding, rows, sides

NAME, VERSION = "ledgers.split_below_line", "1"
LINES = "金融机构大额交易和可疑交易报告管理办法 (PBoC Order 3 of 2016, amended 2018), art. 5: cash 50,000 yuan a day"


def search(tables: Tables, params: Params, context: Context) -> Iterator[Batch]:
    """Account, day and direction: at least ``transfers`` of them from ``near`` of the line to just below it,
    that together
    reach it."""
    context.report(0.0, "sides")
    cash_only = params["kind"] == "cash"
    with sides(tables["ledger"], context) as found:
        if cash_only:
            known = found.execute("SELECT count(cash) FROM sides").fetchone()
            if known and not known[0]:
                context.not_checked.append(Gap("cash_unknown"))
        context.report(0.3, "adding up days")
        told = rows(
            found,
            f"""
            SELECT account, currency, arriving, {LOCAL}::DATE AS day, count(*) AS n, sum(amount) AS amount,
                min(amount) AS least, max(amount) AS most, min(time) AS first, max(time) AS last,
                list(transfer_id ORDER BY time, transfer_id)[:{MOST_ROWS}] AS transfers
            FROM sides WHERE amount >= ? AND amount < ? AND (NOT ? OR cash)
            GROUP BY ALL HAVING n >= ? AND sum(amount) >= ?
            ORDER BY account, day
            """,  # noqa: S608
            [
                int(float(params["near"]) * int(params["line"])),
                params["line"],
                cash_only,
                params["transfers"],
                params["line"],
            ],
        )
        yield from batches(
            NAME,
            VERSION,
            [
                finding(
                    each["account"],
                    "split in" if each["arriving"] else "split out",
                    0.4 + 0.4 * min(1, each["n"] / 10) + 0.2 * each["least"] / int(params["line"]),
                    Reason(
                        "split_in" if each["arriving"] else "split_out",
                        {
                            "day": each["day"].isoformat(),
                            "n": each["n"],
                            "least": each["least"],
                            "most": each["most"],
                            "amount": each["amount"],
                            "line": int(params["line"]),
                        },
                    ),
                    each["transfers"],
                    each,
                )
                for each in told
            ],
            context,
        )


_ZH = "{n} 笔，每笔 {least:money} 至 {most:money}，均低于 {line:money}，合计 {amount:money}"
_EN = "{n} transfers of {least:money} to {most:money}, each below {line:money}, {amount:money} together"
SPLIT_BELOW_LINE = Detector(
    name=NAME,
    version=VERSION,
    title=Text("拆分至报告线以下", "Split below a reporting line"),
    meaning=Text(
        "一天之内多笔交易都刚好低于大额报告线、合计却达到报告线的账户。取款机单笔限额也会造成同样的形状。",
        "Accounts with several transfers of one day each just below the line of large-value reports, that "
        "together reach it. The "
        "limits of cash machines make the same shape.",
    ),
    needs=NEEDS,
    run=search,
    wants={"ledger": ("cash", "succeeded")},
    params=(
        Param("line", 5_000_000, "fen", Text("报告线", "Reporting line"), 1, source=LINES),
        Param("kind", "cash", "", Text("哪些交易", "Which transfers"), choices=("cash", "any"), source=LINES),
        Param(
            "near",
            0.8,
            "share",
            Text("接近报告线", "Near the line from"),
            0.1,
            0.999,
            source="starting point, to be calibrated",
        ),
        Param(
            "transfers",
            3,
            "transfers",
            Text("一天最少笔数", "Least transfers of a day"),
            2,
            source="starting point, to be calibrated",
        ),
    ),
    reasons={
        "split_in": Text("{day} 转入 " + _ZH, "{day}, coming in: " + _EN),
        "split_out": Text("{day} 转出 " + _ZH, "{day}, going out: " + _EN),
    },
)
