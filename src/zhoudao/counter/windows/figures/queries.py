"""How windows fare: now, and over days. Each in a bounded number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from zhoudao.core import clock
from zhoudao.core.access import Actor, allowed, require
from zhoudao.counter.places.models import Point
from zhoudao.counter.windows.figures import rules
from zhoudao.counter.windows.figures.rules import SEE_BOARDS, Heat, Line, Visit
from zhoudao.counter.windows.models import Sitting, Ticket, TicketEvent, Window
from zhoudao.counter.windows.rules import AT_WINDOW, State, Verb

MOST_MONTHS = 24
COLUMNS = (
    "pk",
    "item",
    "service",
    "window__number",
    "state",
    "day",
    "taken_at",
    "joined_at",
    "first_called_at",
    "ended_at",
)


@dataclass(frozen=True)
class Hall:
    """How a point stands now."""

    point: Point
    open: int
    windows: int
    waiting: int
    longest: float
    """Minutes that whoever waits longest has waited; 0 when nobody does."""


@dataclass(frozen=True)
class Manned:
    """A window that somebody sits at now."""

    window: Window
    officer: str
    since: datetime
    paused: bool
    ticket: Ticket | None
    for_minutes: float
    """How long the ticket has been there."""


@dataclass(frozen=True)
class Now:
    halls: list[Hall]
    """Of the actor's districts, the longest wait first."""
    point: Point | None
    manned: list[Manned]
    waiting: list[tuple[str, int, float]]
    """Service, how many wait, and how long the first of them has, in minutes."""


@dataclass(frozen=True)
class Figures:
    """A point over some days."""

    point: Point
    first: date
    until: date
    """The day after the last."""
    whole: Line
    by_window: list[Line]
    by_officer: list[Line]
    by_item: list[Line]
    heat: Heat


def points(actor: Actor) -> list[Point]:
    """Points with windows in the actor's districts. Raises Forbidden where there can be none."""
    if not allowed(actor, SEE_BOARDS):
        require(actor, SEE_BOARDS, min(actor.districts, default=None))
    found = Point.objects.filter(withdrawn=False, windows__withdrawn=False)
    if not allowed(actor, SEE_BOARDS):
        found = found.filter(district__in=actor.districts)
    return list(found.distinct().order_by("code"))


def now(actor: Actor, chosen: Point | None) -> Now:
    """All halls, and the windows of one. Five queries. Raises Forbidden."""
    there, moment = points(actor), clock.now()
    if chosen is not None:
        require(actor, SEE_BOARDS, chosen.district)
    keys = [each.pk for each in there]
    windows = list(Window.objects.filter(point__in=keys, withdrawn=False).values_list("point_id", flat=True))
    sittings = list(
        Sitting.objects.select_related("window", "clerk").filter(window__point__in=keys, closed_at=None)
    )
    today = Ticket.objects.filter(point__in=keys, day=clock.local(moment).date())
    open_ = list(today.filter(state__in=[State.WAITING.value, *sorted(AT_WINDOW)]))
    waiting = [each for each in open_ if each.state == State.WAITING]
    halls = [_hall(each, windows, sittings, waiting, moment) for each in there]
    at = {each.window_id: each for each in open_ if each.state in AT_WINDOW}
    here = [each for each in sittings if chosen is not None and each.window.point_id == chosen.pk]
    own = [each for each in waiting if chosen is not None and each.point_id == chosen.pk]
    return Now(
        sorted(halls, key=lambda each: (-each.longest, -each.waiting, each.point.code)),
        chosen,
        [
            _manned(each, at.get(each.window_id), moment)
            for each in sorted(here, key=lambda each: each.window.number)
        ],
        sorted(
            (
                service,
                sum(each.service == service for each in own),
                _longest([e for e in own if e.service == service], moment),
            )
            for service in {each.service for each in own}
        ),
    )


def _hall(
    point: Point, windows: list[int], sittings: list[Sitting], waiting: list[Ticket], moment: datetime
) -> Hall:
    own = [each for each in waiting if each.point_id == point.pk]
    return Hall(
        point,
        sum(each.window.point_id == point.pk for each in sittings),
        windows.count(point.pk),
        len(own),
        _longest(own, moment),
    )


def _longest(waiting: list[Ticket], moment: datetime) -> float:
    return max((_minutes(each.joined_at, moment) for each in waiting), default=0.0)


def _manned(sitting: Sitting, ticket: Ticket | None, moment: datetime) -> Manned:
    return Manned(
        sitting.window,
        sitting.clerk.staff_number if sitting.clerk else "",
        sitting.opened_at,
        sitting.paused_at is not None,
        ticket,
        _minutes(ticket.called_at, moment) if ticket and ticket.called_at else 0.0,
    )


def figures(actor: Actor, point: Point, first: date, until: date) -> Figures:
    """A point from ``first`` to before ``until``. Two queries. Raises Forbidden."""
    require(actor, SEE_BOARDS, point.district)
    closed = TicketEvent.objects.filter(
        ticket__point=point, ticket__day__gte=first, ticket__day__lt=until,
        verb__in=[Verb.CLOSE.value, Verb.NO_SHOW.value],
    ).order_by("pk")  # fmt: skip
    officers = dict(closed.values_list("ticket_id", "by__staff_number"))
    rows = (
        Ticket.objects.filter(point=point, day__gte=first, day__lt=until).order_by("pk").values_list(*COLUMNS)
    )
    visits = [_visit(row, officers.get(row[0]) or "") for row in rows]
    days = {row[5] for row in rows}
    return Figures(
        point,
        first,
        until,
        rules.line("", visits),
        sorted(
            rules.lines(visits, lambda each: "" if each.window is None else str(each.window)),
            key=lambda each: int(each.code),
        ),
        rules.lines(visits, lambda each: each.officer),
        rules.lines(visits, lambda each: each.what),
        rules.heat(visits, days),
    )


def months(actor: Actor, point: Point) -> list[date]:
    """First days of months with tickets, the last first. Raises Forbidden."""
    require(actor, SEE_BOARDS, point.district)
    return list(Ticket.objects.filter(point=point).dates("day", "month", order="DESC")[:MOST_MONTHS])


def _visit(row: tuple, officer: str) -> Visit:
    _pk, item, service, window, state, _day, taken, joined, called, ended = row
    done = state == State.SERVED and called is not None and ended is not None
    return Visit(
        item or service,
        window,
        officer,
        state,
        clock.local(taken),
        max(0.0, _minutes(joined, called)) if called is not None else None,
        _minutes(called, ended) if done else None,
    )


def _minutes(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() / 60
