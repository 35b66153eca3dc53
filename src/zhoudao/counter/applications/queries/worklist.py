"""The work lists: what waits for an officer, most urgent first, and what else there is in their districts.

A list is read from where the last page ended, never by counting rows, and each part of it (a district, a role's turn,
an item an officer answers for) is one range of one index. So a page costs the same with a thousand applications as with
a million.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import product

from django.db.models import Q, QuerySet

from zhoudao.core import city
from zhoudao.core.access import ALL_DISTRICTS, Actor, Role, require
from zhoudao.core.people.models import User
from zhoudao.counter.applications.models import Application, Duty
from zhoudao.counter.applications.rules import SEE_LIST, WITH_APPLICANT, Status
from zhoudao.counter.catalog.program import StepRole

PAGE_ROWS = 50
COUNTED_UNTIL = 1000
"""A tab says how many there are up to here; "1,000+" is all anybody needs to know beyond."""
OWN_TURN = {
    Role.CLERK: (StepRole.CLERK,),
    Role.REVIEWER: (StepRole.REVIEWER,),
    Role.SUPERVISOR: (StepRole.SUPERVISOR,),
}
"""The steps that are somebody's own. Who may stand in for whom (``rules.RANKS``) is found under "all"."""
Work = QuerySet[Application]


class Part(StrEnum):
    """Which applications a list shows."""

    TO_DO = "to-do"
    """One's own, and those of one's step that nobody has in hand."""
    MINE = "mine"
    ALL = "all"
    """Whoever's turn it is, of all officers."""
    APPLICANT = "applicant"
    """Waiting for the applicant: the clock stands."""
    FINISHED = "finished"
    REFUSED = "refused"


RUNNING = (Part.TO_DO, Part.MINE, Part.ALL)
STATES: dict[Part, tuple[Status, ...]] = {
    Part.APPLICANT: tuple(sorted(WITH_APPLICANT)),
    Part.FINISHED: (Status.FINISHED,),
    Part.REFUSED: (Status.REFUSED,),
}


@dataclass(frozen=True)
class Place:
    """Where a page ended: the moment its last row is ordered by, and that row's key."""

    at: datetime
    pk: int


@dataclass(frozen=True)
class WorkPage:
    rows: list[Application]
    after: Place | None
    """Where the next page begins; None on the last."""
    officers: dict[int, str]
    """Staff numbers of those who have a row in hand, in the list of everybody's."""
    counts: dict[Part, int]
    """How many each running list has, up to ``COUNTED_UNTIL``."""


def own_districts(actor: Actor) -> list[str]:
    """Codes of the districts the actor answers for. Raises Forbidden when that is none."""
    if ALL_DISTRICTS in actor.districts:
        require(actor, SEE_LIST)
        return [district.code for district in city.current().districts]
    require(actor, SEE_LIST, min(actor.districts, default=None))
    return sorted(actor.districts)


def duties(actor: Actor) -> list[str]:
    """Codes of the items an officer answers for; none means all of them. One query."""
    return sorted(Duty.objects.filter(officer_id=actor.user_id).values_list("item", flat=True))


def page(
    actor: Actor, part: Part, *, item: str = "", district: str = "", after: Place | None = None
) -> WorkPage:
    """At most ``PAGE_ROWS`` applications: running ones by whose turn came first, others the newest first.

    Five queries, six for everybody's. A district that isn't one's own raises Forbidden.
    """
    items = duties(actor)
    found = _first(_ranges(actor, part, item, district, items), part, after, PAGE_ROWS + 1)
    rows = found[:PAGE_ROWS]
    last = Place(_moment(rows[-1], part), rows[-1].pk) if len(found) > PAGE_ROWS else None
    hands = {row.assignee_id for row in rows if row.assignee_id} if part is Part.ALL else ()
    named = User.objects.filter(pk__in=hands).values_list("pk", "staff_number") if hands else ()
    return WorkPage(rows, last, dict(named), _counts(actor, items))


def most_urgent(actor: Actor, limit: int) -> list[Application]:
    """The first of one's step that nobody has in hand. Two queries."""
    ranges = _free_ranges(actor, own_districts(actor), duties(actor))
    return _first(ranges, Part.TO_DO, None, limit)


def _counts(actor: Actor, items: list[str]) -> dict[Part, int]:
    districts, turns = own_districts(actor), OWN_TURN.get(actor.role, ())
    mine = _count(_mine(actor))
    free = _of_nobody().filter(district__in=districts, waits_for__in=turns)
    free = free.filter(item__in=items) if items else free
    return {
        Part.TO_DO: min(COUNTED_UNTIL, mine + _count(free)),
        Part.MINE: mine,
        Part.ALL: _count(_running().filter(district__in=districts)),
    }


def _count(work: Work) -> int:
    """Up to ``COUNTED_UNTIL``, in no order: an order would have all of them sorted first."""
    return work.order_by().values("pk")[:COUNTED_UNTIL].count()


def _ranges(actor: Actor, part: Part, item: str, district: str, items: list[str]) -> list[Work]:
    """The ranges of the indexes that make up a list."""
    if district:
        require(actor, SEE_LIST, district)
    districts = [district] if district else own_districts(actor)
    if part in STATES:
        return [
            Application.objects.filter(
                district=each, status=status, item_version__gt=0, **({"item": item} if item else {})
            )
            for each, status in product(districts, STATES[part])
        ]
    if part is Part.ALL:
        return [
            _narrowed(_running().filter(district=each, waits_for=role), item)
            for each, role in product(districts, StepRole)
        ]
    mine = _narrowed(_mine(actor), item)
    if district:
        mine = mine.filter(district=district)
    if part is Part.MINE:
        return [mine]
    return [mine, *_free_ranges(actor, districts, [item] if item else items)]


def _free_ranges(actor: Actor, districts: list[str], items: list[str]) -> list[Work]:
    turns = OWN_TURN.get(actor.role, ())
    ranges = [
        _of_nobody().filter(district=each, waits_for=role) for each, role in product(districts, turns)
    ]
    return [each.filter(item=item) for each, item in product(ranges, items)] if items else ranges


def _running() -> Work:
    return Application.objects.filter(waits_for__isnull=False)


def _of_nobody() -> Work:
    return _running().filter(assignee=None)


def _mine(actor: Actor) -> Work:
    return _running().filter(assignee_id=actor.user_id or 0, assignee__isnull=False)


def _narrowed(work: Work, item: str) -> Work:
    return work.filter(item=item) if item else work


def _first(ranges: list[Work], part: Part, after: Place | None, limit: int) -> list[Application]:
    """The first rows of several ranges that don't overlap, in one query: the first of each, then the first of those."""
    order = ("turn_at", "pk") if part in RUNNING else ("-received_at", "-pk")
    beyond = _beyond(part, after) if after else Q()
    if not ranges:
        return []
    if len(ranges) == 1:
        return list(ranges[0].filter(beyond).order_by(*order)[:limit])
    heads = [
        Application.objects.filter(pk__in=each.filter(beyond).order_by(*order).values("pk")[:limit]).order_by()
        for each in ranges
    ]
    return list(heads[0].union(*heads[1:], all=True).order_by(*order)[:limit])


def _beyond(part: Part, place: Place) -> Q:
    """What comes after a place. An index is entered by the first condition; the second, written so that no planner
    takes it for two ranges, leaves out what stood at the same moment on the last page."""
    if part in RUNNING:
        return Q(turn_at__gte=place.at) & ~Q(turn_at=place.at, pk__lte=place.pk)
    return Q(received_at__lte=place.at) & ~Q(received_at=place.at, pk__gte=place.pk)


def _moment(row: Application, part: Part) -> datetime:
    moment = row.turn_at if part in RUNNING else row.received_at
    assert moment is not None  # a running one is in line
    return moment
