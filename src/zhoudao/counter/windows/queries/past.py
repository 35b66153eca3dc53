"""Past days of a queue, as the engine learns from them and as they stood at each moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM
from zhoudao.core.workdays import queries as workdays
from zhoudao.core.workdays.rules import Calendar
from zhoudao.counter.places import hours
from zhoudao.counter.places.models import Point
from zhoudao.counter.places.rules import Interval
from zhoudao.counter.windows.foretelling import AFTER_BREAK, REST_DAY, WORKDAY, Busy, Standing
from zhoudao.counter.windows.models import Sitting, Ticket, Window
from zhoudao.counter.windows.queries.lines import as_desk
from zhoudao.counter.windows.rules import Desk, Lane, State, Waiting
from zhoudao.engines.queues import SLOT_SECONDS, Visit

FRIDAY = 4
COLUMNS = (
    "pk", "day", "service", "lane", "appointed", "joined_at", "first_called_at", "ended_at", "window_id", "state",
)  # fmt: skip


@dataclass(frozen=True)
class Past:
    """A ticket whose day is over."""

    ticket: int
    day: date
    service: str
    lane: Lane
    appointed: bool
    joined: datetime
    called: datetime | None
    ended: datetime
    window: int | None
    state: str

    @property
    def wait(self) -> float | None:
        return (self.called - self.joined).total_seconds() if self.called else None


@dataclass(frozen=True)
class PastDay:
    """A day of a point, with who sat where."""

    day: date
    kind: str
    tickets: Sequence[Past]
    sittings: Sequence[tuple[Desk, datetime, datetime]]
    open: tuple[Interval, ...]


def days(point: Point, first: date, last: date) -> list[PastDay]:
    """The days of a point that had tickets, both ends included. Four queries."""
    calendar = workdays.in_force(SYSTEM)
    open_days = hours.working_days(calendar)
    rows = Ticket.objects.filter(point=point, day__range=(first, last), ended_at__isnull=False)
    by_day: dict[date, list[Past]] = defaultdict(list)
    for pk, day, service, lane, *rest in rows.order_by("joined_at", "pk").values_list(*COLUMNS):
        by_day[day].append(Past(pk, day, service, Lane(lane), *rest))
    desks = {each.pk: as_desk(each) for each in Window.objects.filter(point=point)}
    sat: dict[date, list[tuple[Desk, datetime, datetime]]] = defaultdict(list)
    begun = clock.CITY_ZONE
    spans = Sitting.objects.filter(
        window__point=point,
        opened_at__gte=datetime(first.year, first.month, first.day, tzinfo=begun),
        opened_at__lt=datetime(last.year, last.month, last.day, tzinfo=begun) + timedelta(days=1),
        closed_at__isnull=False,
    ).values_list("window_id", "opened_at", "closed_at")
    for window, opened, closed in spans:
        assert closed is not None  # only such were asked for
        sat[clock.local(opened).date()].append((desks[window], opened, closed))
    return [
        PastDay(
            day,
            kind_of(day, calendar),
            tickets,
            sat[day],
            tuple(hours.intervals(point.hours, day, 1, open_days)),
        )
        for day, tickets in sorted(by_day.items())
    ]


def kind_of(day: date, calendar: Calendar) -> str:
    """The first working day after days off is busier than the others."""
    if not _worked(day, calendar):
        return REST_DAY
    return WORKDAY if _worked(day - timedelta(days=1), calendar) else AFTER_BREAK


def _worked(day: date, calendar: Calendar) -> bool:
    known = calendar.is_workday(day)
    return known if known is not None else day.weekday() <= FRIDAY


def slot_of(moment: datetime) -> int:
    local = clock.local(moment)
    return (local.hour * 3600 + local.minute * 60) // SLOT_SECONDS


def visits(past: Sequence[PastDay]) -> Iterator[Visit]:
    """Of everybody who was called."""
    for day in past:
        for each in day.tickets:
            if each.called is None or each.wait is None:
                continue
            served = each.state == State.SERVED
            takes = (each.ended - each.called).total_seconds() if served else None
            hour = clock.local(each.called).hour
            yield Visit(each.service, day.kind, slot_of(each.joined), each.wait, hour, takes)


def standing(day: PastDay, own: Past) -> Standing:
    """How the queue stood when ``own`` joined it, ``own`` at its end."""
    moment = own.joined
    windows = []
    for desk, opened, closed in day.sittings:
        if not opened <= moment < closed:
            continue
        at = [
            each for each in day.tickets
            if each.window == desk.window and each.called and each.called <= moment < each.ended
            and each.ticket != own.ticket
        ]  # fmt: skip
        windows.append(Busy(desk, at[-1].service, at[-1].called) if at else Busy(desk))
    return Standing(moment, tuple(windows), tuple(_line(day, own)), day.open)


def _line(day: PastDay, own: Past) -> Iterator[Waiting]:
    desks = {desk.window: desk for desk, _, _ in day.sittings}
    moment = own.joined
    before = [each for each in day.tickets if (each.joined, each.ticket) < (own.joined, own.ticket)]
    for each in before:
        gone = each.called or each.ended
        if gone > moment:
            yield _as_waiting(each, _passed_over(each, before, desks, moment))
    yield _as_waiting(own, 0)


def _passed_over(waits: Past, others: Sequence[Past], desks: Mapping[int, Desk], moment: datetime) -> int:
    """How many who came later had been called before it by windows that could have called it."""
    return sum(
        each.joined > waits.joined
        and each.called is not None
        and each.called <= moment
        and each.window is not None
        and each.window in desks
        and waits.service in desks[each.window].services
        for each in others
    )


def _as_waiting(each: Past, passed: int) -> Waiting:
    return Waiting(each.ticket, each.service, each.lane, each.joined, each.appointed, passed)
