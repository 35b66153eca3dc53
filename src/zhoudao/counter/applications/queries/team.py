"""How the officers of a district stand: what is late, what will be, who has too much in hand."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count
from django.db.models.functions import TruncDate

from zhoudao.core import clock
from zhoudao.core.access import ALL_DISTRICTS, SYSTEM, Actor, Role, require
from zhoudao.core.clock import CITY_ZONE
from zhoudao.core.people.models import User
from zhoudao.core.workdays import queries as workdays
from zhoudao.core.workdays.rules import Calendar
from zhoudao.counter.applications import load
from zhoudao.counter.applications.models import Application, Duty, Event
from zhoudao.counter.applications.rules import ASSIGN, AT_WORK, Verb

MOST_LISTED = 50
STAFF_VERBS = sorted(set(Verb) - {Verb.SUBMIT, Verb.ANSWER, Verb.CORRECT, Verb.WITHDRAW, Verb.RECONSIDER})


@dataclass(frozen=True)
class Officer:
    pk: int
    staff_number: str
    role: Role
    in_hand: int
    late: int
    by_tomorrow: int
    """Due by the end of the next working day, what is late left out."""
    pace: float
    """Steps a day, of the days on which they took any."""
    falls_behind: int | None
    """Working days from today until something is late at this pace; None: never."""
    items: list[str]
    """What they answer for; none: everything."""

    @property
    def key(self) -> str:
        return str(self.pk)

    @property
    def overloaded(self) -> bool:
        return self.falls_behind is not None


@dataclass(frozen=True)
class Team:
    district: str
    tomorrow: date
    """The next working day."""
    officers: list[Officer]
    """Those who fall behind soonest first."""
    late: int
    by_tomorrow: int
    of_nobody: int
    urgent: list[Application]
    """What is late or will be tomorrow, the first due first; at most ``MOST_LISTED``."""


def team(actor: Actor, district: str) -> Team:
    """Seven queries, however many officers and applications there are."""
    require(actor, ASSIGN, district)
    calendar, now = workdays.in_force(SYSTEM), clock.now()
    today = clock.local(now).date()
    tomorrow, _ = calendar.nth_workday_after(today, 1)
    end = datetime.combine(tomorrow + timedelta(days=1), time(), CITY_ZONE)
    running = Application.objects.filter(district=district, waits_for__isnull=False)
    rows = running.filter(due_at__lt=end).order_by("due_at", "pk")
    return Team(
        district=district,
        tomorrow=tomorrow,
        officers=_officers(district, today, now, calendar),
        late=running.filter(due_at__lt=now).count(),
        by_tomorrow=rows.filter(due_at__gte=now).count(),
        of_nobody=running.filter(assignee=None).count(),
        urgent=list(rows[:MOST_LISTED]),
    )


def _officers(district: str, today: date, now: datetime, calendar: Calendar) -> list[Officer]:
    people = [
        user
        for user in User.objects.filter(is_active=True, role__in=sorted(AT_WORK)).order_by("staff_number")
        if {district, ALL_DISTRICTS} & set(user.districts)
    ]
    keys = [user.pk for user in people]
    due, late = _due(keys, today, now, calendar)
    steps = _steps(keys, today, calendar)
    items = defaultdict(list)
    for officer, item in Duty.objects.filter(officer__in=keys).order_by("item").values_list("officer", "item"):
        items[officer].append(item)
    paces = {key: load.pace(steps[key]) for key in keys}
    usual = load.usual_pace(list(paces.values()))
    found = [
        Officer(
            pk=user.pk,
            staff_number=user.staff_number,
            role=Role(user.role),
            in_hand=due[user.pk].total(),
            late=late[user.pk],
            by_tomorrow=due[user.pk][0] + due[user.pk][1] - late[user.pk],
            pace=paces[user.pk],
            falls_behind=load.falls_behind(due[user.pk], paces[user.pk] or usual),
            items=items[user.pk],
        )
        for user in people
    ]
    never = 10_000
    return sorted(
        found,
        key=lambda each: (
            never if each.falls_behind is None else each.falls_behind,
            -each.in_hand,
            each.staff_number,
        ),
    )


def _due(
    officers: list[int], today: date, now: datetime, calendar: Calendar
) -> tuple[dict[int, Counter[int]], Counter[int]]:
    """By officer: how many are due in how many working days (0: today or before), and how many are late."""
    due: dict[int, Counter[int]] = defaultdict(Counter)
    held = Application.objects.filter(waits_for__isnull=False, assignee__in=officers)
    by_day = held.annotate(day=TruncDate("due_at", tzinfo=CITY_ZONE)).order_by()
    for officer, day, count in by_day.values_list("assignee", "day").annotate(Count("pk")):
        due[officer][max(0, calendar.workdays_between(today, day)) if day else 0] += count
    late = held.filter(due_at__lt=now).order_by().values_list("assignee").annotate(Count("pk"))
    return due, Counter(dict(late))


def _steps(officers: list[int], today: date, calendar: Calendar) -> dict[int, list[int]]:
    """How many steps each took on each day of the last ``PACE_WORKDAYS`` working days on which they took any."""
    begin = today
    while calendar.workdays_between(begin, today) < load.PACE_WORKDAYS:
        begin -= timedelta(days=1)
    since = datetime.combine(begin + timedelta(days=1), time(), CITY_ZONE)
    taken = Event.objects.filter(by__in=officers, at__gte=since, verb__in=STAFF_VERBS)
    by_day = taken.annotate(day=TruncDate("at", tzinfo=CITY_ZONE)).order_by().values_list("by", "day")
    found: dict[int, list[int]] = defaultdict(list)
    for officer, _day, count in by_day.annotate(Count("pk")):
        found[officer].append(count)
    return found
