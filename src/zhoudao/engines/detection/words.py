"""Reasons as sentences, in either language.

In a text, ``{amount:money}`` shows fen as yuan, ``{share:percent}`` a share, ``{seconds:span}`` a duration; ``{name}``
shows a value as it is. Money and durations are shown as people say them: "12.5万元", "3天".
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from zhoudao.engines.detection.detector import Detector

_SLOT = re.compile(r"\{(\w+)(?::(\w+))?\}")
_SPANS = ((86400, "天", "day"), (3600, "小时", "hour"), (60, "分钟", "minute"), (1, "秒", "second"))


def say(detector: Detector, code: str, values: Mapping[str, str], language: str) -> str:
    """The sentence of a reason; ``language`` is zh or en. Raises KeyError for a code or value that isn't there."""
    text = detector.reasons[code]
    template = text.zh if language.startswith("zh") else text.en
    return _SLOT.sub(lambda slot: _shown(values[slot[1]], slot[2] or "", language), template)


def _shown(value: str, kind: str, language: str) -> str:
    if kind == "money":
        return money(int(value), language)
    if kind == "percent":
        return f"{float(value) * 100:.3g}%"
    if kind == "span":
        return span(int(float(value)), language)
    return value


def money(fen: int, language: str) -> str:
    """¥41,050,000.00, in Chinese with 万 or 亿 beside it from ten thousand yuan on."""
    sign = "-" if fen < 0 else ""
    whole, cents = divmod(abs(fen), 100)
    exact = f"{sign}¥{whole:,}.{cents:02d}"
    if not language.startswith("zh") or whole < 10_000:
        return exact
    unit, name = (100_000_000, "亿") if whole >= 100_000_000 else (10_000, "万")
    return f"{exact}（{sign}{whole / unit:,.2f}{name}元）"


def span(seconds: int, language: str) -> str:
    """3天 or 3 days: the largest unit that fits, to one decimal place."""
    for length, zh, en in _SPANS:
        if abs(seconds) >= length or length == 1:
            number = f"{seconds / length:.1f}".removesuffix(".0")
            if language.startswith("zh"):
                return f"{number}{zh}"
            return f"{number} {en}{'' if number == '1' else 's'}"
    raise AssertionError("the last unit always fits")
