"""Personal data as a screen shows them until someone needs more: enough to recognise, too little to use.
Pure.
"""

from __future__ import annotations

from zhoudao.core.people.rules.names import MIDDLE_DOT

COMPOUND_SURNAMES = frozenset(
    [
        "欧阳",
        "上官",
        "司马",
        "司徒",
        "司空",
        "诸葛",
        "夏侯",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "长孙",
        "宇文",
        "轩辕",
        "东方",
        "端木",
        "独孤",
        "南宫",
        "西门",
        "东郭",
        "百里",
        "呼延",
        "闻人",
        "澹台",
        "太史",
        "申屠",
        "公羊",
        "赫连",
        "钟离",
        "濮阳",
        "淳于",
        "单于",
        "拓跋",
        "仲孙",
        "纳兰",
        "完颜",
        "第五",
        "公冶",
        "左丘",
        "梁丘",
        "鲜于",
        "万俟",
    ]
)
"""Surnames of two characters (复姓) in use today."""


def mask_name(name: str) -> str:
    """``张*``, ``张*三``, ``欧阳**``, ``阿**·买**``, ``M** F** S**``: only Han names keep their length."""
    if not name:
        return ""
    if MIDDLE_DOT in name:
        return MIDDLE_DOT.join(part[:1] + "**" for part in name.split(MIDDLE_DOT))
    if name[0].isascii() or " " in name:
        return " ".join(part[:1] + "**" for part in name.split(" "))
    if len(name) >= 3 and name[:2] in COMPOUND_SURNAMES:
        return name[:2] + "*" * (len(name) - 2)
    if len(name) <= 2:
        return name[0] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]


def mask_document(number: str) -> str:
    """``3399**********1234`` of an identity number, ``E1*****78`` of a passport."""
    if len(number) >= 15:
        return _keep(number, 4, 4)
    return _keep(number, 2, 2) if len(number) >= 8 else _keep(number, 1, 1)


def mask_phone(number: str) -> str:
    """``12******678`` of a mobile, ``0580-****678`` of a landline."""
    area, dash, rest = number.partition("-")
    if dash:
        return f"{area}-{_keep(rest.partition('-')[0], 0, 3)}"
    return _keep(number, 4 if number.startswith("+") else 2, 3)


def _keep(text: str, head: int, tail: int) -> str:
    if not text:
        return ""
    hidden = max(len(text) - head - tail, 1)
    return text[:head] + "*" * hidden + text[len(text) - tail :]
