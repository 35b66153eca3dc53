"""What the report says, as plain data in Chinese: both papers are set from it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import polars as pl

from zhoudao.core.look.words import money
from zhoudao.desk.trade.report.annexes import NAMES

ROLES = {"issuer": "上游开票企业", "exporter": "出口企业"}
STATUS = {"lost": "走逃（失联）", "cancelled": "注销", "abnormal": "非正常", "general_taxpayer": "一般纳税人"}
OFFICES = {"legal_representative": "法定代表人", "finance_officer": "财务负责人"}
FIGURES = {
    "false_invoices_fen": "虚开发票价税合计",
    "false_net_fen": "其中：不含税金额",
    "false_tax_fen": "其中：税额",
    "refunds_fen": "已退税款",
    "refunds_claimed_fen": "申报退税额",
    "firms": "涉案企业（户）",
    "accounts": "涉案账户（个）",
    "suspects": "嫌疑人（名）",
}
STOPPED = {
    "nobody_else": "范围内再无与在案企业有关联的企业",
    "too_weak": "其余企业中关联最强者，可能性不及一半",
    "most": "已达到设定的企业数上限",
}


@dataclass(frozen=True)
class Table:
    title: str
    head: list[str]
    rows: list[list[str]]
    right: tuple[int, ...] = ()
    """Columns of figures."""


@dataclass(frozen=True)
class Report:
    title: str
    number: str
    sections: list[tuple[str, list[str | Table]]] = field(default_factory=list)


def contents(told: dict[str, Any], rows: pl.DataFrame, number: str) -> Report:
    return Report(
        "虚开发票、骗取出口退税案件分析报告",
        number,
        [
            ("一、基本情况", _facts(told)),
            ("二、涉案企业", [_firms(told)]),
            ("三、扩线过程与依据", _chain(told)),
            ("四、资金回流与地下钱庄", _money(told)),
            ("五、嫌疑人", [_people(told)]),
            ("六、数额", _totals(told)),
            ("七、附件", _annexes(rows)),
        ],
    )


def _facts(told: dict[str, Any]) -> list[str | Table]:
    case = told["case"]
    span = f"，所涉往来自 {told['span'][0]} 至 {told['span'][1]}" if told["span"] else ""
    return [
        f"经对发票、海关、退税、登记与资金数据筛查，发现出口企业 {len(case['exporters'])} 户，"
        f"上游开票企业 {len(case['upstream_firms'])} 户，地下钱庄 {len(case['banks'])} 个，"
        f"嫌疑人 {len(case['suspects'])} 名{span}。",
        f"上游企业开具发票价税合计 {money(case['false_invoices_fen'])}"
        f"（不含税 {money(case['false_net_fen'])}，税额 {money(case['false_tax_fen'])}）；"
        f"出口企业已取得退税 {money(case['refunds_fen'])}，"
        f"其中以上述发票为凭 {money(case['refunds_resting_fen'])}。",
        "本报告为数据分析意见，供侦查参考；各项得分仅用于排序，结论须由办案人员依法核实认定。",
    ]


def _firms(told: dict[str, Any]) -> Table:
    return Table(
        "涉案企业",
        ["序号", "企业名称", "统一社会信用代码", "角色", "登记日期", "状态变更"],
        [
            [
                str(place), firm["name"], firm["id"], ROLES.get(firm["role"], firm["role"]), firm["registered_on"],
                "；".join(f"{each['since']} {STATUS.get(each['status'], each['status'])}" for each in firm["status"]),
            ]
            for place, firm in enumerate(told["firms"], 1)
        ],
    )  # fmt: skip


def _chain(told: dict[str, Any]) -> list[str | Table]:
    case = told["case"]
    table = Table(
        "扩线步骤",
        ["步", "企业", "角色", "强度", "依据"],
        [
            [str(step["number"]), step["name"] or step["firm"], ROLES.get(step["role"], step["role"]),
             f"{step['log_odds']:+.1f}", "；".join(sign["zh"] for sign in step["signs"])]
            for step in case["steps"]
        ],
        (3,),
    )  # fmt: skip
    following = case["next"]
    left = (
        f"；未纳入者中最强为 {following['name'] or following['firm']}（{following['log_odds']:+.1f}）"
        if following
        else ""
    )
    return [
        table,
        f"停止原因：{STOPPED.get(case['stopped'], case['stopped'])}{left}。强度为对数几率，零为一半可能。",
    ]


def _money(told: dict[str, Any]) -> list[str | Table]:
    case, people = told["case"], {each["person"]: each["name"] for each in told["case"]["people"]}
    found: list[str | Table] = [
        Table(
            "资金回流所经个人账户",
            ["账户", "户名", "次数", "经手金额"],
            [
                [
                    each["account"],
                    people.get(each["holder"], each["holder"]),
                    str(each["times"]),
                    money(each["carried_fen"]),
                ]
                for each in case["money_went_by"]
            ],
            (2, 3),
        )
    ]
    found += [
        f"疑似地下钱庄：归集账户 {bank['hub']}，账户 {len(bank['accounts'])} 个，客户 {bank['customers']} 户，"
        f"流水 {money(bank['turnover_fen'])}。"
        for bank in case["banks"]
    ]
    return found


def _people(told: dict[str, Any]) -> Table:
    names = {firm["id"]: firm["name"] for firm in told["firms"]}
    return Table(
        "嫌疑人",
        ["序号", "姓名", "身份号码", "任职", "账户"],
        [
            [str(place), each["name"], each["person"],
             "；".join(f"{names.get(one['firm'], one['firm'])}{OFFICES.get(one['office'], one['office'])}"
                      for one in each["offices"]),
             "；".join(each["accounts"])]
            for place, each in enumerate(told["case"]["people"], 1)
        ],
    )  # fmt: skip


def _totals(told: dict[str, Any]) -> list[str | Table]:
    headings = {name: NAMES[name] for name in NAMES}
    rows = [
        [
            FIGURES[name],
            money(figure["value"]) if name.endswith("_fen") else f"{figure['value']:,}",
            f"{figure['rows']:,}",
            "、".join(headings[each] for each in figure["headings"]),
        ]
        for name, figure in told["figures"].items()
    ]
    return [
        Table("数额与依据", ["项目", "数额", "原始行数", "附件"], rows, (1, 2)),
        "每一原始行在同一数额中只计一次；作废发票不计，红字发票已冲减。定罪量刑标准以税款数额或退税数额计，不以票面金额计。",
    ]


def _annexes(rows: pl.DataFrame) -> list[str | Table]:
    counts = dict(rows.group_by("heading").len().iter_rows())
    listed = [[name, f"{counts[heading]:,}"] for heading, name in NAMES.items() if counts.get(heading)]
    return [
        Table("附件目录", ["附件", "行数"], listed, (1,)),
        "各附件列明每一行的来源文件、工作表、行号及原始内容。",
    ]
