"""applications.csv: what was asked in the year before the city's day, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import numpy as np

from zhoudao.core.city import City
from zhoudao.core.clock import local
from zhoudao.counter.catalog.files import read_folder
from zhoudao.counter.catalog.schema import Audience, Channel, Item, Unit
from zhoudao.sample import tables
from zhoudao.sample.parts import Making, Part
from zhoudao.sample.people import organisations as organisations_part
from zhoudao.sample.people import residents as residents_part
from zhoudao.sample.people.households import age_on
from zhoudao.sample.people.organisations import Organisation
from zhoudao.sample.people.residents import Resident
from zhoudao.sample.requests import days, demand
from zhoudao.sample.requests.nearby import Nearby
from zhoudao.sample.seeds import Weighted, generator, pick

FILE = "applications.csv"

ADULT = 16
"""From this age people apply for themselves (Resident Identity Card Law, 居民身份证法, art. 7)."""
LATE_SHARE = 0.025
"""Of what is promised in working days, decided after the promise."""
REFUSED_SHARE, WITHDRAWN_SHARE, AT_ONCE_REFUSED_SHARE = 0.022, 0.012, 0.006
COLLECTED_AT_ONCE_SHARE = 0.35
"""Of what takes days: nothing to collect, finished with the decision."""


@dataclass(frozen=True)
class Application:
    """A row of applications.csv. ``applicant_kind`` is person or organisation; moments in the city's time."""

    number: str
    item: str
    applicant_kind: str
    applicant: str
    point: str
    channel: str
    district: str
    received_at: datetime
    decided_at: datetime | None
    finished_at: datetime | None
    status: str
    promised_workdays: int


@dataclass(frozen=True)
class _Applicant:
    kind: str
    code: str
    district: str
    settlement: str
    since: date
    """Not before this day: of age, arrived, founded."""
    born: date | None


def make(making: Making) -> None:
    rows = applications(
        making.city,
        read_folder(making.city.folder / "items"),
        residents_part.read(making),
        organisations_part.read(making),
        Nearby.read(making.folder),
        making.seed,
        making.sample.applications,
    )
    tables.write_all(making.folder / FILE, Application, rows)


PART = Part("applications", writes=(FILE,), make=make, needs=("geography", "residents", "organisations"))


def applications(
    city: City,
    items: Sequence[Item],
    people: Sequence[Resident],
    firms: Sequence[Organisation],
    nearby: Nearby,
    seed: int,
    count: int,
) -> list[Application]:
    """``count`` applications received in the year before ``city.as_of``, numbered by day in their order."""
    now = local(city.as_of)
    begin = now.replace(year=now.year - 1)
    dates = [begin.date() + timedelta(days=offset) for offset in range((now.date() - begin.date()).days + 1)]
    year = Weighted(dates, demand.day_weights(dates))
    draw = _Draw(items, _applicants(people, firms), nearby, generator(seed, "applications"))
    rows: list[Application] = []
    while len(rows) < count:
        row = draw.on(year.draw(draw.chance))
        if row is not None and begin <= row.received_at < now:
            rows.append(_until(row, now))
    return _numbered(sorted(rows, key=lambda row: (row.received_at, row.item, row.applicant)))


def _numbered(rows: list[Application]) -> list[Application]:
    """``YYYYMMDD-NNNN``: the day of receipt and a count within it."""
    numbered: list[Application] = []
    today, place = None, 0
    for row in rows:
        day = row.received_at.date()
        place = place + 1 if day == today else 1
        today = day
        numbered.append(replace(row, number=f"{day:%Y%m%d}-{place:04d}"))
    return numbered


def _until(row: Application, now: datetime) -> Application:
    """The application as it stands at ``now``: what has not happened yet is not in it."""
    if row.finished_at is not None and row.finished_at < now:
        return row
    if row.decided_at is not None and row.decided_at < now:
        return replace(row, finished_at=None, status="approved")
    return replace(row, decided_at=None, finished_at=None, status="received")


def _applicants(
    people: Sequence[Resident], firms: Sequence[Organisation]
) -> dict[Audience, list[_Applicant]]:
    able: dict[Audience, list[_Applicant]] = {audience: [] for audience in demand.PROPENSITY}
    for person in people:
        of_age = person.birth_date + timedelta(days=ADULT * 365 + ADULT // 4 + 1)
        since = max(of_age, person.arrived_on or of_age)
        able[Audience(person.kind)].append(
            _Applicant("person", person.code, person.district, person.settlement, since, person.birth_date)
        )
    for firm in firms:
        able[Audience.ENTERPRISE].append(
            _Applicant("organisation", firm.code, firm.district, firm.settlement, firm.established_on, None)
        )
    return able


class _Draw:
    """Draws one application after another from the same stream."""

    def __init__(
        self,
        items: Sequence[Item],
        applicants: dict[Audience, list[_Applicant]],
        nearby: Nearby,
        chance: np.random.Generator,
    ) -> None:
        self.chance = chance
        self._applicants = applicants
        self._nearby = nearby
        items = [item for item in items if self._audiences(item)]
        weights = demand.item_weights(items, chance)
        self._items = {
            month: Weighted(
                items,
                [
                    weight * demand.season(item.category, month)
                    for item, weight in zip(items, weights, strict=True)
                ],
            )
            for month in range(1, 13)
        }

    def on(self, day: date) -> Application | None:
        """Something asked for on ``day``; None when the draw fits nobody, no way or no place."""
        chance = self.chance
        item = self._items[day.month].draw(chance)
        applicant = self._applicant(item, day)
        if applicant is None:
            return None
        age = age_on(applicant.born, day) if applicant.born else None
        ways = [demand.channel_weight(channel, days.is_workday(day), age) for channel in item.channels]
        if not any(ways):
            return None
        channel = Weighted(item.channels, ways).draw(chance)
        came = self._came(item, channel, applicant, day)
        if came is None:
            return None
        received, point, district = came
        decided, finished, status, promised = _outcome(chance, item, channel, received)
        return Application(
            number="",
            item=item.code,
            applicant_kind=applicant.kind,
            applicant=applicant.code,
            point=point,
            channel=channel,
            district=district,
            received_at=received,
            decided_at=decided,
            finished_at=finished,
            status=status,
            promised_workdays=promised,
        )

    def _audiences(self, item: Item) -> list[Audience]:
        return [audience for audience in item.audience if self._applicants.get(audience)]

    def _applicant(self, item: Item, day: date) -> _Applicant | None:
        audiences = self._audiences(item)
        weights = [len(self._applicants[audience]) * demand.PROPENSITY[audience] for audience in audiences]
        applicant = pick(self.chance, self._applicants[Weighted(audiences, weights).draw(self.chance)])
        return applicant if applicant.since <= day else None

    def _came(
        self, item: Item, channel: Channel, applicant: _Applicant, day: date
    ) -> tuple[datetime, str, str] | None:
        """When it was received, at which point (none online), and which district answers for it."""
        moment = days.at(day, time()) + timedelta(seconds=demand.second_of_day(channel, self.chance))
        if channel is Channel.ONLINE:
            return moment, "", applicant.district
        if channel in (Channel.POST, Channel.HOME):
            begun = days.taken_up(moment)
            received = moment if begun == moment else _office_time(self.chance, begun.date())
            return received, "", applicant.district
        chosen = self._nearby.choose(
            self.chance, item.code, channel is Channel.KIOSK, applicant.settlement, day
        )
        if chosen is None:
            return None
        point, open_times = chosen
        if not any(start <= moment < end for start, end in open_times):
            moment = _within(self.chance, open_times)
        return moment, point.code, point.district


def _within(chance: np.random.Generator, times: Sequence[tuple[datetime, datetime]]) -> datetime:
    """A moment in one of the intervals, to the second."""
    start, end = Weighted(times, [(end - start).total_seconds() for start, end in times]).draw(chance)
    return start + timedelta(seconds=int(chance.random() * (end - start).total_seconds()))


# What became of it ------------------------------------------------------------------


def _outcome(
    chance: np.random.Generator, item: Item, channel: Channel, received: datetime
) -> tuple[datetime | None, datetime, str, int]:
    """``(decided_at, finished_at, status, promised_workdays)``, as if there were no today."""
    start = received if channel in (Channel.WINDOW, Channel.KIOSK) else days.taken_up(received)
    promised = promised_workdays(item, received)
    decided = _decided(chance, item, channel, start, promised)
    if chance.random() < WITHDRAWN_SHARE:
        return None, _whole(received + (decided - received) * chance.random()), "withdrawn", promised
    refused = chance.random() < (REFUSED_SHARE if promised else AT_ONCE_REFUSED_SHARE)
    if refused:
        return decided, decided, "refused", promised
    if promised == 0 or chance.random() < COLLECTED_AT_ONCE_SHARE:
        return decided, decided, "finished", promised
    collected_on = days.workdays_after(decided.date(), int(chance.integers(1, 8)))
    return decided, _office_time(chance, collected_on), "finished", promised


def promised_workdays(item: Item, received: datetime) -> int:
    """The promise in working days: 0 for minutes and hours; of calendar days, those that are worked."""
    promise = item.promised_time
    if promise.unit is Unit.WORKDAY:
        return promise.amount
    return days.workdays_within(received.date(), promise.amount) if promise.unit is Unit.DAY else 0


def _decided(
    chance: np.random.Generator, item: Item, channel: Channel, start: datetime, promised: int
) -> datetime:
    promise = item.promised_time
    if promise.unit in (Unit.MINUTE, Unit.HOUR):
        minutes = promise.amount * (60 if promise.unit is Unit.HOUR else 1) * (0.35 + 0.7 * chance.random())
        if channel is Channel.KIOSK or minutes <= 90:
            return start + timedelta(seconds=int(minutes * 60))
        return _whole(days.office_minutes_after(days.taken_up(start), minutes))
    begun = days.taken_up(start)
    if chance.random() < LATE_SHARE:
        taken = promised + int(chance.integers(1, 6))
    else:
        taken = int(chance.triangular(0, 0.55 * promised + 0.1, promised + 0.999))
    if taken == 0:
        return _whole(days.office_minutes_after(begun, 20 + 160 * chance.random()))
    return _office_time(chance, days.workdays_after(begun.date(), taken))


def _office_time(chance: np.random.Generator, day: date) -> datetime:
    opens, closes = days.at(day, days.OPENS), days.at(day, days.CLOSING)
    return opens + timedelta(seconds=int(chance.random() * (closes - opens).total_seconds()))


def _whole(moment: datetime) -> datetime:
    """To the second."""
    return moment.replace(microsecond=0)
