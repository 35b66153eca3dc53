"""Who may see and take figures of windows, and how they are put together. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from zhoudao.core.access import Permission, Role
from zhoudao.counter.windows.rules import State

SEE_BOARDS = Permission(
    "windows.see_boards",
    "see how windows, officers and items fare: now, today and in a month",
    {Role.SUPERVISOR, Role.COMMANDER},
    by_district=True,
)
TAKE_FIGURES = Permission(
    "windows.take_figures",
    "take the figures of windows and officers away as a file, for a reason",
    {Role.SUPERVISOR, Role.COMMANDER},
    by_district=True,
)
SHORTEST_REASON, LONGEST_REASON = 6, 200
"""Characters."""


@dataclass(frozen=True)
class Visit:
    """A ticket of the days looked at, as far as figures need it."""

    what: str
    """The item's code, or the service's."""
    window: int | None
    officer: str
    """Staff number of who closed it; empty where nobody is recorded."""
    state: str
    taken: datetime
    """In the city's zone."""
    wait: float | None
    """Minutes until the first call; None when nobody called."""
    served: float | None
    """Minutes from the call to the end; None unless it was served."""


@dataclass(frozen=True)
class Line:
    """What a window, an officer, an item or all of them came to. Minutes."""

    code: str
    tickets: int
    served: int
    no_shows: int
    mean_wait: float | None
    p95_wait: float | None
    mean_served: float | None


@dataclass(frozen=True)
class Heat:
    """When people come: how many on an average such day, by weekday (0 is Monday) and hour."""

    hours: tuple[int, ...]
    rows: dict[int, tuple[float, ...]]
    most: float


def line(code: str, visits: Sequence[Visit]) -> Line:
    waits = [each.wait for each in visits if each.wait is not None]
    served = [each.served for each in visits if each.served is not None]
    return Line(
        code,
        len(visits),
        len(served),
        sum(each.state == State.NO_SHOW for each in visits),
        round(float(np.mean(waits)), 1) if waits else None,
        round(float(np.quantile(waits, 0.95)), 1) if waits else None,
        round(float(np.mean(served)), 1) if served else None,
    )


def lines(visits: Iterable[Visit], key: Callable[[Visit], str]) -> list[Line]:
    """A line for each key, most tickets first; visits without one are left out."""
    groups: dict[str, list[Visit]] = defaultdict(list)
    for each in visits:
        groups[key(each)].append(each)
    groups.pop("", None)
    return sorted(
        (line(code, found) for code, found in groups.items()), key=lambda each: (-each.tickets, each.code)
    )


def heat(visits: Sequence[Visit], days: Iterable[date]) -> Heat:
    """``days``: those that had a queue, to average over."""
    if not visits:
        return Heat((), {}, 0.0)
    counted = [each.weekday() for each in days]
    hours = tuple(range(min(each.taken.hour for each in visits), max(each.taken.hour for each in visits) + 1))
    came = np.zeros((7, 24))
    for each in visits:
        came[each.taken.weekday(), each.taken.hour] += 1
    rows = {
        weekday: tuple(round(float(came[weekday, hour]) / counted.count(weekday), 1) for hour in hours)
        for weekday in sorted(set(counted))
    }
    return Heat(hours, rows, max(max(row) for row in rows.values()))


def month_of(day: date) -> tuple[date, date]:
    """Its first day and the first of the next."""
    first = day.replace(day=1)
    return first, (
        first.replace(year=first.year + 1, month=1)
        if first.month == 12
        else first.replace(month=first.month + 1)
    )
