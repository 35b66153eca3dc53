"""What is asked for, by whom, by which way and on which day. Weights are relative, and rough on purpose."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from zhoudao.core.workdays.rules import DayKind
from zhoudao.counter.catalog.schema import Audience, Category, Channel, Item
from zhoudao.sample.requests import days
from zhoudao.sample.seeds import Weighted

# Items ---------------------------------------------------------------


def item_weights(items: Sequence[Item], chance: np.random.Generator) -> list[float]:
    """Ranked items fall off slowly from the first; each other one has a small share of its own."""
    own_shares = chance.lognormal(mean=0.0, sigma=0.9, size=len(items)).tolist()
    return [
        38 / (item.popular_rank + 2) if item.popular_rank else 0.4 * own_share
        for item, own_share in zip(items, own_shares, strict=True)
    ]


_SEASON = {
    Category.EXIT_ENTRY: {1: 1.3, 6: 1.3, 7: 1.6, 8: 1.5, 9: 1.1, 10: 0.8, 11: 0.7},
    Category.HOUSEHOLD: {3: 1.2, 7: 1.1, 8: 1.3, 9: 1.2},
    Category.TRAFFIC: {1: 1.2, 2: 0.9, 12: 1.1},
    Category.PUBLIC_SECURITY: {4: 1.2, 5: 1.2, 9: 1.2, 10: 1.1},
    Category.ENTERPRISE: {3: 1.3, 4: 1.1, 12: 1.1},
}
"""How much more than in an ordinary month: passports for the summer, school places in August, and so on."""


def season(category: Category, month: int) -> float:
    return _SEASON[category].get(month, 1.0)


# Days --------------------------------------------------------------------

_WEEKDAY = (1.22, 1.08, 1.0, 0.97, 0.93, 0.26, 0.22)
_MAKE_UP, _HOLIDAY = 0.75, 0.12
AFTER_A_BREAK = 1.35
"""The first working day after three or more days off."""
GROWTH = 0.08
"""How much busier the year's end is than its beginning."""


def day_weights(dates: Sequence[date]) -> list[float]:
    """How busy each day of a year is."""
    return [_day_weight(day) * (1 + GROWTH * (place / len(dates) - 0.5)) for place, day in enumerate(dates)]


def _day_weight(day: date) -> float:
    kind = days.CALENDAR.kind(day)
    if kind is DayKind.HOLIDAY:
        return _HOLIDAY
    weight = _MAKE_UP if kind is DayKind.MAKE_UP else _WEEKDAY[day.weekday()]
    a_break = days.is_workday(day) and not any(
        days.is_workday(day - timedelta(days=back)) for back in (1, 2, 3)
    )
    return weight * AFTER_A_BREAK if a_break else weight


# Ways ---------------------------------------------------------------------

_CHANNELS = {
    Channel.WINDOW: 46.0,
    Channel.ONLINE: 34.0,
    Channel.KIOSK: 14.0,
    Channel.POST: 2.0,
    Channel.HOME: 3.0,
}
_ON_REST_DAYS = {Channel.WINDOW: 12.0, Channel.ONLINE: 50.0, Channel.KIOSK: 24.0}
_OLD, _OLD_ONLINE = 68, 0.3
"""People older than this apply online less."""


def channel_weight(channel: Channel, workday: bool, age: int | None) -> float:
    """``age`` in years; None for an organisation."""
    weight = (_CHANNELS if workday else _ON_REST_DAYS).get(channel, 0.0)
    return weight * _OLD_ONLINE if channel is Channel.ONLINE and age is not None and age > _OLD else weight


PROPENSITY = {
    Audience.RESIDENT: 1.0,
    Audience.MIGRANT: 1.3,
    Audience.FOREIGNER: 4.0,
    Audience.ENTERPRISE: 3.0,
}
"""How often one of each applies for what is for all of them. Visitors are in no register: none applies."""


# Hours ----------------------------------------------------------------------

_WINDOW_HOURS = (0.3,) * 8 + (0.9, 1.4, 1.3, 0.8, 0.4, 0.7, 1.2, 1.1, 0.8) + (0.3,) * 7
_KIOSK_HOURS = (0.15,) * 7 + (
    0.4,
    0.7,
    1.0,
    1.0,
    1.0,
    0.7,
    0.7,
    0.9,
    0.9,
    0.9,
    1.0,
    1.2,
    1.2,
    1.1,
    0.9,
    0.5,
    0.3,
)
_ONLINE_HOURS = (
    0.3, 0.15, 0.06, 0.04, 0.04, 0.08, 0.2, 0.5, 0.8, 1.1, 1.1, 0.9,
    0.8, 0.8, 0.9, 0.9, 0.8, 0.7, 0.7, 1.0, 1.3, 1.3, 1.0, 0.6,
)  # fmt: skip
_HOURS = {
    Channel.WINDOW: Weighted(range(24), _WINDOW_HOURS),
    Channel.KIOSK: Weighted(range(24), _KIOSK_HOURS),
    Channel.ONLINE: Weighted(range(24), _ONLINE_HOURS),
    Channel.POST: Weighted(range(24), _WINDOW_HOURS),
    Channel.HOME: Weighted(range(24), _WINDOW_HOURS),
}


def second_of_day(channel: Channel, chance: np.random.Generator) -> int:
    """A time of day at which people come this way: two peaks at windows, the evening online."""
    return _HOURS[channel].draw(chance) * 3600 + int(chance.integers(0, 3600))
