"""A careful look at a line that is no good record: no record at all, or a record that is refused, and why."""

from __future__ import annotations

import re
from collections.abc import Sequence

from zhoudao.engines.statements.layouts.model import plain, role_of_name
from zhoudao.engines.statements.layouts.plan import Plan, context_of

_TOTAL = re.compile(
    r"(本页|本月|本年|本日|当页|全部|借方|贷方|收入|支出|交易|总)?(合计|总计|小计|累计|笔数|总额|共计)"
    r"|承前|过次|期初|期末|上期|上页|本期|页计|total|subtotal|balance (b|c)",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"第\s*\d+\s*页|共\s*\d+\s*页|page \d+|^注|^备注[:：]|^说明[:：]|打印|以下空白|仅供参考|温馨提示|本对账单|本明细"
    r"|声明|经办|复核|盖章|^-{3,}|^={3,}|^\*{3,}|截止|查询(时间|日期|起)|起止|导出|以上|^制表|^客服|^end",
    re.IGNORECASE,
)


def kind_of(cells: Sequence[str], plan: Plan, timed: bool, valued: bool) -> str:
    """``blank``, ``header``, ``total``, ``preamble``, ``note``, or ``record``. ``timed``, ``valued``: time and
    amount were read."""
    filled = [cell.strip(" \t\"'=\ufeff\u3000") for cell in cells]
    filled = [cell for cell in filled if cell]
    if not filled:
        return "blank"
    headers = {plain(header)[0] for header in plan.headers if header.strip()}
    named = sum(plain(cell)[0] in headers for cell in filled)
    if named >= 2 and named * 10 >= len(filled) * 6:
        return "header"
    if timed and valued:
        return "record"
    if any(_TOTAL.match(cell) for cell in filled[:3]) and not timed:
        return "total"
    if not timed and not valued:
        known = role_of_name()
        roles = sum(plain(cell)[0] in known and not cell[:1].isdigit() for cell in filled)
        if roles >= 2 and roles * 10 >= len(filled) * 5:
            return "header"
        if any(_NOTE.search(cell) for cell in filled[:2]) and len(filled) <= 4:
            return "note"
        account, name, currency, ruined = context_of(cells)
        if (account or name or currency or ruined) and any(
            character in "".join(filled) for character in ":：号名"
        ):
            return "preamble"
        if len(filled) <= 2 and not re.match(r"[\d０-９]{4,}|[\"'=]", filled[0]):
            return "note"
        if len(filled) == 1 and len(filled[0]) > 40:
            return "note"
    elif any(_NOTE.search(cell) for cell in filled[:1]) and len(filled) <= 3:
        return "note"
    return "record"
