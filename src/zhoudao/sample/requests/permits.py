"""residence_permits.csv: residence permits (居住证) issued in the city, by month and kind, over two years.

These are totals of a real city's size, not counts of rows elsewhere in the sample: over 11,600 in the last
twelve months, 18.24 % more than in the twelve before, the figures that Zhoushan's police reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from zhoudao.core.clock import local
from zhoudao.sample import tables
from zhoudao.sample.parts import Making, Part

FILE = "residence_permits.csv"

ISSUED, YEAR_BEFORE = 11_601, 9_811
"""In the last twelve months and in the twelve before: over 11,600, and 18.24 % more."""
_MONTHS = {
    1: 0.7,
    2: 0.6,
    3: 1.6,
    4: 1.2,
    5: 1.0,
    6: 0.95,
    7: 0.95,
    8: 1.15,
    9: 1.2,
    10: 0.9,
    11: 0.9,
    12: 0.85,
}
"""Workers come after the spring festival and at the start of the school year."""
_ELECTRONIC = (0.28, 0.74)
"""The share issued without a card, in the first month and in the last."""


def make(making: Making) -> None:
    tables.write(making.folder / FILE, ["month", "kind", "issued"], rows(local(making.city.as_of).date()))


PART = Part("residence-permits", writes=(FILE,), make=make)


def rows(today: date) -> Iterator[tuple[str, str, int]]:
    """``(YYYY-MM, card or electronic, issued)`` of the 24 months that end with that of ``today``."""
    months = [_back(today, count) for count in range(23, -1, -1)]
    issued = _shared(YEAR_BEFORE, months[:12]) + _shared(ISSUED, months[12:])
    for place, (month, total) in enumerate(zip(months, issued, strict=True)):
        first, last = _ELECTRONIC
        electronic = round(total * (first + (last - first) * place / 23))
        yield f"{month:%Y-%m}", "card", total - electronic
        yield f"{month:%Y-%m}", "electronic", electronic


def _back(today: date, months: int) -> date:
    """The first day of the month so many before that of ``today``."""
    count = today.year * 12 + today.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


def _shared(total: int, months: list[date]) -> list[int]:
    """``total`` by the months' weights, in whole numbers that add up to it (largest remainders)."""
    weights = [_MONTHS[month.month] for month in months]
    exact = [total * weight / sum(weights) for weight in weights]
    shares = [int(share) for share in exact]
    by_remainder = sorted(range(len(months)), key=lambda place: shares[place] - exact[place])
    for place in by_remainder[: total - sum(shares)]:
        shares[place] += 1
    return shares
