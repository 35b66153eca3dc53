"""queue_visits.csv and queue_sittings.csv: two months of people who queued, served by the rule of the lanes.

Arrivals are drawn: busy Mondays and days after holidays, two rushes a day, and days that are busier for no reason.
Who is called when is not drawn but follows from the rule, the windows and how long each is served.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from zhoudao.counter.catalog.schema import KIOSK_SERVICES, Service
from zhoudao.counter.places import hours
from zhoudao.counter.windows.rules import APPOINTED_LETTER, LETTERS, Channel, Ground, Lane, State
from zhoudao.sample import tables
from zhoudao.sample.parts import Making, Part
from zhoudao.sample.queues import windows
from zhoudao.sample.queues.serving import Comer, Desk, Served, serve
from zhoudao.sample.requests import days, demand
from zhoudao.sample.seeds import Weighted

VISITS, SITTINGS = "queue_visits.csv", "queue_sittings.csv"
DAYS = 61
HALLS = {"small": 2, "city": 60}
"""How many places have a history; the counters come first."""

LOAD = 0.6
"""Share of the windows' time that an ordinary day takes."""
MINUTES = {
    Service.HOUSEHOLD: 13.0, Service.ID_CARD: 8.0, Service.RESIDENCE: 10.0, Service.VEHICLE: 14.0,
    Service.DRIVER: 9.0, Service.EXIT_ENTRY: 12.0, Service.PUBLIC_SECURITY: 16.0, Service.ANTI_FRAUD: 18.0,
    Service.ENTERPRISE: 17.0,
}  # fmt: skip
"""Mean minutes at a window, rough on purpose."""
OTHERWISE = 12.0
SPREAD = 0.55
"""Standard deviation of the logarithm of a serving time."""
SHARE_BY_RIGHT, SHARE_APPOINTED, SHARE_FIRMS, NO_SHOWS, LEAVE_EARLY = 0.08, 0.1, 0.06, 0.035, 0.03
UNEXPLAINED = 0.12
"""Standard deviation of the logarithm of how busy a day is beyond what the calendar explains."""
AWAY = 0.06
"""Share of window-days without a clerk."""
LAST_TICKET = timedelta(minutes=20)
"""Before closing."""
RUSH = {8: 1.3, 9: 1.5, 10: 1.25, 11: 0.8, 12: 0.45, 13: 0.8, 14: 1.25, 15: 1.1, 16: 0.8, 17: 0.4}
GROUNDS = Weighted(list(Ground), [6, 16, 68, 10])


@dataclass(frozen=True)
class VisitRow:
    """A row of queue_visits.csv: a ticket whose day is over. ``called_at`` is the first call."""

    point: str
    day: date
    number: str
    service: str
    lane: str
    ground: str
    channel: str
    appointed: int
    joined_at: datetime
    called_at: datetime | None
    ended_at: datetime
    window: int | None
    state: str


@dataclass(frozen=True)
class SittingRow:
    point: str
    window: int
    opened_at: datetime
    closed_at: datetime


def make(making: Making) -> None:
    points = {row["code"]: row for row in tables.read(making.folder / "points.csv")}
    by_point: dict[str, list[windows.Window]] = {}
    for window in windows.read(making):
        by_point.setdefault(window.point, []).append(window)
    first = making.city.as_of.date() - timedelta(days=DAYS)
    dates = [first + timedelta(days=number) for number in range(DAYS)]
    weights = dict(zip(dates, demand.day_weights(dates), strict=True))
    visits: list[VisitRow] = []
    sittings: list[SittingRow] = []
    # Counters before the others, as the pack lists them.
    chosen = sorted(by_point, key=lambda code: (points[code]["kind"] != "counter", code))[
        : HALLS[making.size]
    ]
    for code in sorted(chosen):
        chance = making.chance(f"queues-{code}")
        pace = {each.number: float(chance.lognormal(0, 0.1)) for each in by_point[code]}
        for day in dates:
            served, sat = _day(points[code]["hours"], by_point[code], day, weights[day], pace, chance)
            visits += _numbered(code, day, served)
            sittings += [SittingRow(code, *each) for each in sat]
    tables.write_all(making.folder / VISITS, VisitRow, visits)
    tables.write_all(making.folder / SITTINGS, SittingRow, sittings)


PART = Part("queues", writes=(VISITS, SITTINGS), make=make, needs=("geography", "windows"))

Sat = tuple[int, datetime, datetime]


def _day(
    opening: str,
    arranged: Sequence[windows.Window],
    day: date,
    weight: float,
    pace: dict[int, float],
    chance: np.random.Generator,
) -> tuple[list[Served], list[Sat]]:
    spans = hours.intervals(opening, day, 1, days.WORKING_DAYS)
    if not spans:
        return [], []
    busy = weight * float(chance.lognormal(0, UNEXPLAINED))
    desks = [
        Desk(each.number, each.kind, frozenset(each.services.split("|")), spans, pace[each.number])
        for each in arranged
        if chance.random() >= AWAY or each.number == 1
    ]
    comers = sorted(_comers(arranged, spans, busy, chance), key=lambda each: each.joined)
    served = serve(desks, comers)
    ends = {desk.number: spans[-1][1] for desk in desks}
    for each in served:
        if each.window is not None:
            ends[each.window] = max(ends[each.window], each.ended)
    return served, [(desk.number, spans[0][0], ends[desk.number]) for desk in desks]


def _comers(
    arranged: Sequence[windows.Window],
    spans: Sequence[tuple[datetime, datetime]],
    busy: float,
    chance: np.random.Generator,
) -> Iterator[Comer]:
    """Everybody who comes on a day, by service: as many as its windows' time allows, times how busy it is."""
    open_minutes = sum((end - start).total_seconds() for start, end in spans) / 60
    offered = Counter(code for each in arranged for code in each.services.split("|"))
    for code in sorted(offered):
        if code in {str(each) for each in KIOSK_SERVICES}:
            continue
        mean = MINUTES.get(Service(code), OTHERWISE)
        shares = sum(
            1 / len(each.services.split("|")) for each in arranged if code in each.services.split("|")
        )
        expected = LOAD * busy * shares * open_minutes / mean
        for _ in range(int(chance.poisson(expected))):
            joined = _moment(spans, chance)
            if joined is not None:
                yield _comer(code, mean, joined, chance)


def _moment(spans: Sequence[tuple[datetime, datetime]], chance: np.random.Generator) -> datetime | None:
    """Within opening hours, more often in the rushes."""
    minutes = [
        start + timedelta(minutes=5 * number)
        for start, end in spans
        for number in range(int((end - LAST_TICKET - start).total_seconds() // 300))
    ]
    if not minutes:
        return None
    chosen = Weighted(minutes, [RUSH.get(each.hour, 0.5) for each in minutes]).draw(chance)
    return chosen + timedelta(seconds=int(chance.integers(0, 300)))


def _comer(code: str, mean: float, joined: datetime, chance: np.random.Generator) -> Comer:
    by_right, appointed, firm, fate = chance.random(4).tolist()
    ground = GROUNDS.draw(chance) if by_right < SHARE_BY_RIGHT else None
    is_firm = code == Service.ENTERPRISE or firm < SHARE_FIRMS
    lane = Lane.BY_RIGHT if ground else Lane.ENTERPRISE if is_firm else Lane.ORDINARY
    is_appointed = appointed < SHARE_APPOINTED
    seconds = 60 * mean * float(chance.lognormal(-(SPREAD**2) / 2, SPREAD))
    channel = (
        Channel.APPOINTMENT if is_appointed else (Channel.PHONE if chance.random() < 0.25 else Channel.DOOR)
    )
    return Comer(
        code, lane, ground, channel, is_appointed, joined, max(45, int(seconds)),
        comes=fate >= NO_SHOWS, leaves=fate > 1 - LEAVE_EARLY,
    )  # fmt: skip


def _numbered(code: str, day: date, served: Sequence[Served]) -> Iterator[VisitRow]:
    counters: Counter[str] = Counter()
    for each in served:
        comer = each.comer
        letter = APPOINTED_LETTER if comer.appointed else LETTERS[comer.lane]
        counters[letter] += 1
        state = State.LEFT if each.called is None else State.SERVED if comer.comes else State.NO_SHOW
        yield VisitRow(
            code, day, f"{letter}{counters[letter]:03d}", comer.service, comer.lane.value,
            comer.ground.value if comer.ground else "", comer.channel.value, int(comer.appointed),
            comer.joined, each.called, each.ended, each.window, state.value,
        )  # fmt: skip
