"""Times, sums and lengths as people say them, in Chinese and English. Pure: the language is an argument.

``language`` is a Django language code; everything that does not begin with "zh" is written in English.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from zhoudao.core.clock import local

_WEEKDAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

FEN_PER_YUAN = 100
WAN = 10_000
YI = 100_000_000


def is_chinese(language: str) -> bool:
    return language.lower().startswith("zh")


def text(value: object, language: str) -> str:
    """The side of a two-language text (``.zh``/``.en`` or a mapping with those keys) for the reader; a
    string stays.
    """
    if value is None:
        return ""
    side = "zh" if is_chinese(language) else "en"
    other = "en" if side == "zh" else "zh"
    if isinstance(value, Mapping):
        return str(value.get(side) or value.get(other) or "")
    if hasattr(value, "zh") and hasattr(value, "en"):
        return str(getattr(value, side) or getattr(value, other))
    return str(value)


def day(when: date | datetime, language: str, this_year: int | None = None) -> str:
    """ "11月24日 周二", "Tue 24 Nov"; with the year where it is not ``this_year``."""
    on = local(when).date() if isinstance(when, datetime) else when
    other_year = this_year is not None and on.year != this_year
    if is_chinese(language):
        return f"{f'{on.year}年' if other_year else ''}{on.month}月{on.day}日 {_WEEKDAYS_ZH[on.weekday()]}"
    year = f" {on.year}" if other_year else ""
    return f"{_WEEKDAYS_EN[on.weekday()]} {on.day} {_MONTHS_EN[on.month - 1]}{year}"


def time_of_day(when: datetime | time) -> str:
    """ "15:40" on the city's wall clock."""
    return (local(when) if isinstance(when, datetime) else when).strftime("%H:%M")


def moment(when: datetime, language: str, this_year: int | None = None) -> str:
    """ "11月24日 周二 15:40", "Tue 24 Nov, 15:40"."""
    joint = " " if is_chinese(language) else ", "
    return f"{day(when, language, this_year)}{joint}{time_of_day(when)}"


def span(length: timedelta | int | float, language: str) -> str:
    """A length of time to the minute, in at most two units; a bare number is minutes.

    "不到 1 分钟", "35 分钟", "1 小时 5 分钟", "2 天 3 小时";
    "under a minute", "35 min", "1 h 5 min", "2 days 3 h".
    """
    seconds = length.total_seconds() if isinstance(length, timedelta) else float(length) * 60
    if seconds < 0:
        raise ValueError(f"a length of time can't be negative: {length!r}")
    if 0 < seconds < 60:
        return "不到 1 分钟" if is_chinese(language) else "under a minute"
    minutes = int(seconds // 60 + (seconds % 60 >= 30))
    days, rest = divmod(minutes, 1440)
    hours, minutes = divmod(rest, 60)
    if is_chinese(language):
        parts = [(days, f"{days} 天"), (hours, f"{hours} 小时"), (minutes, f"{minutes} 分钟")]
        nothing = "0 分钟"
    else:
        parts = [
            (days, f"{days} day{'s' if days > 1 else ''}"),
            (hours, f"{hours} h"),
            (minutes, f"{minutes} min"),
        ]
        nothing = "0 min"
    # Minutes say nothing once there are days.
    return " ".join(label for amount, label in parts[: 2 if days else 3] if amount) or nothing


def money(fen: int) -> str:
    """Fen (分) as "¥41,050,000.00"; negative sums with a minus sign before the currency."""
    sign = "−" if fen < 0 else ""
    yuan, rest = divmod(abs(fen), FEN_PER_YUAN)
    return f"{sign}¥{yuan:,}.{rest:02d}"


def money_rounded(fen: int, language: str) -> str:
    """The size of a sum as people say it: "4,105 万元", "1.2 亿元"; "41.05 million yuan".

    Below 10,000 yuan: to the fen.
    """
    yuan = Decimal(abs(fen)) / FEN_PER_YUAN
    sign = "−" if fen < 0 else ""
    if is_chinese(language):
        scales = [(YI, "亿元"), (WAN, "万元")]
        if yuan < WAN:
            return f"{sign}{_short(yuan)} 元"
    else:
        scales = [(10**9, "billion yuan"), (10**6, "million yuan"), (10**3, "thousand yuan")]
        if yuan < WAN:
            return f"{sign}{_short(yuan)} yuan"
    size, unit = next((size, unit) for size, unit in scales if yuan >= size)
    return f"{sign}{_short(yuan / size)} {unit}"


def count(number: int | float) -> str:
    """ "3,994"."""
    return f"{number:,}"


def distance(metres: float, language: str) -> str:
    """ "350 米", "1.2 公里": to ten metres below a kilometre, to 100 m below ten, then whole kilometres."""
    if metres < 995:
        rounded = int(round(metres, -1)) or (10 if metres > 0 else 0)
        return f"{rounded} 米" if is_chinese(language) else f"{rounded} m"
    kilometres = metres / 1000
    number = f"{kilometres:.1f}".removesuffix(".0") if kilometres < 9.95 else f"{kilometres:,.0f}"
    return f"{number} 公里" if is_chinese(language) else f"{number} km"


def _short(number: Decimal) -> str:
    """At most two decimals, none that say nothing."""
    rounded = number.quantize(Decimal("0.01"), ROUND_HALF_UP)
    whole, _, decimals = f"{rounded:,}".partition(".")
    decimals = decimals.rstrip("0")
    return f"{whole}.{decimals}" if decimals else whole
