"""What a run could not check, as codes with values: a sentence in either language, and data to keep."""

from __future__ import annotations

import re
from collections.abc import Mapping

from zhoudao.engines.detection.detector import Text

TEXTS: dict[str, Text] = {
    "missing": Text("数据中没有 {what}，未做", "needs {what}, which the data do not have"),
    "without": Text("数据中没有 {what}", "without {what}"),
    "day_only": Text("{count} 笔交易只有日期，没有时刻", "{count} transfers whose time is only a day"),
    "cash_unknown": Text("数据没有标明哪些交易是现金", "cash: no transfer says whether it was cash"),
    "unrated": Text(
        "{count} 笔外币交易当日没有汇率", "{count} transfers in foreign money on days without a rate"
    ),
    "cut_rings": Text("找到 {count} 个环后停止，还有更多", "cut after {count} rings: there are more"),
    "cut_matches": Text(
        "{pattern}：内存所限，找到 {count} 处后停止，还有更多",
        "{pattern}: cut after {count} matches, for want of memory: there are more",
    ),
    "cut_trace": Text(
        "列出 {count} 笔后停止，还有资金继续流出",
        "cut after {count} transfers: more money went on than is shown",
    ),
    "not_obtained": Text(
        "涉及的账户中有 {count} 个未调取流水，资金可能继续流出",
        "{count} of the accounts touched have no statements obtained: money may have gone on from there",
    ),
    "self_transfers": Text(
        "{count} 笔同户划转，不追踪", "{count} transfers from an account to itself, not followed"
    ),
    "not_positive": Text(
        "{count} 笔交易金额为零或负数，不追踪", "{count} transfers of no or negative amount, not followed"
    ),
    "failed_or_reversed": Text(
        "{count} 笔交易未成功或已冲正，不追踪", "{count} failed or reversed transfers, not followed"
    ),
    "missing_end": Text(
        "{count} 笔交易付款方或收款方不明，来去无从得知",
        "{count} transfers with an unknown payer or payee: the way on or back is not known",
    ),
    "order_unknown": Text(
        "{count} 笔交易与其他交易时刻相同，先后不明",
        "{count} transfers share their moment with others in an unknown order",
    ),
    "coarse_times": Text(
        "{count} 笔交易的时间只到日或分",
        "{count} transfers whose time is known to the day or minute only",
    ),
}
_SLOT = re.compile(r"\{(\w+)\}")


class Gap(str):
    """Reads as its English sentence, after the detector's name where it has one, and knows its code and values."""

    code: str
    values: dict[str, str]
    detector: str

    def __new__(cls, code: str, detector: str = "", /, **values: object) -> Gap:
        shown = {name: str(value) for name, value in values.items()}
        gap = super().__new__(cls, _told(code, detector, shown, "en"))
        gap.code, gap.detector, gap.values = code, detector, shown
        return gap

    def of(self, detector: str) -> Gap:
        """The same, as a detector's."""
        return Gap(self.code, detector, **self.values)

    def as_data(self) -> dict[str, object]:
        return {"code": self.code, "detector": self.detector, "values": self.values}


def gap_data(gap: str) -> object:
    """To be kept as JSON: what has no code stays the text it is."""
    return gap.as_data() if isinstance(gap, Gap) else gap


def say_gap(kept: object, language: str, name: Mapping[str, str] | None = None) -> str:
    """The sentence of what ``gap_data`` kept; ``name``: what detectors are called. Older records hold a text."""
    if not isinstance(kept, Mapping) or kept.get("code") not in TEXTS:
        return str(kept)
    detector = str(kept.get("detector") or "")
    return _told(kept["code"], (name or {}).get(detector, detector), kept["values"], language)


def _told(code: str, detector: str, values: Mapping[str, str], language: str) -> str:
    text = TEXTS[code]
    chinese = language.startswith("zh")
    said = _SLOT.sub(lambda slot: values[slot[1]], text.zh if chinese else text.en)
    return f"{detector}{'：' if chinese else ': '}{said}" if detector else said
