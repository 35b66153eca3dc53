"""What was promised and what came of it: how many were issued, and in how many working days."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.counter.applications.models import Application
from zhoudao.counter.applications.queries.counting import own_districts
from zhoudao.counter.applications.rules import Status, year_bounds

IN_FAVOUR = (Status.APPROVED.value, Status.FINISHED.value)


@dataclass(frozen=True)
class Line:
    """What one item, one district or all of them came to in a year."""

    code: str
    issued: int
    """Decided in favour."""
    issued_before: int
    """In the same days of the year before."""
    decided: int
    promised: int
    """Working days promised to half of them or more; 0: the same day."""
    median: int
    """Working days that half of the decisions took at most; days spent waiting for the applicant don't count."""
    worst: int
    kept: int
    """Decided within the promise."""

    @property
    def change(self) -> float | None:
        """In per cent on the year before; None when there was nothing then."""
        return (self.issued / self.issued_before - 1) * 100 if self.issued_before else None

    @property
    def kept_share(self) -> float:
        """Per cent decided within the promise."""
        return self.kept / self.decided * 100 if self.decided else 0.0


@dataclass(frozen=True)
class Performance:
    year: int
    until: datetime
    """The year's end, or now: the year before is counted until the same day."""
    by_item: list[Line]
    """Most issued first."""
    by_district: list[Line]
    """In the city's order, those the actor answers for."""
    whole: Line


@dataclass(frozen=True)
class _Row:
    item: str
    district: str
    status: str
    taken: int
    promised: int
    times: int


def performance(actor: Actor, year: int) -> Performance:
    """Two queries, whatever the number of applications."""
    districts = own_districts(actor)
    start, end = year_bounds(year)
    until = min(end, max(start, clock.now()))
    rows = [_Row(*row) for row in _histogram(districts, start, until)]
    before = Counter(_issued_before(districts, year, until))
    return Performance(
        year=year,
        until=until,
        by_item=sorted(
            _lines(rows, before, lambda row: row.item, 0), key=lambda line: (-line.issued, line.code)
        ),
        by_district=sorted(
            _lines(rows, before, lambda row: row.district, 1), key=lambda line: districts.index(line.code)
        ),
        whole=next(iter(_lines(rows, before, lambda row: "", None)), Line("", 0, 0, 0, 0, 0, 0, 0)),
    )


def by_organisation(keys: Sequence[int], year: int) -> dict[int, Line]:
    """What was promised and kept of each organisation's in a year; those with nothing decided are left out. One query.

    For rooms above, which ask for their own permission first.
    """
    start, end = year_bounds(year)
    decided = Application.objects.filter(
        organisation_id__in=keys, decided_at__gte=start, decided_at__lt=end, taken_workdays__isnull=False
    )
    columns = ("organisation_id", "district", "status", "taken_workdays", "promised_workdays")
    rows = [_Row(*row) for row in decided.order_by().values_list(*columns).annotate(Count("pk"))]
    found = _lines(rows, Counter(), lambda row: str(row.item), None)
    return {int(line.code): line for line in found}


def _histogram(districts: list[str], start: datetime, until: datetime) -> list[tuple]:
    """How often each item took so many working days in each district, of so many promised."""
    decided = Application.objects.filter(
        decided_at__gte=start, decided_at__lt=until, district__in=districts, taken_workdays__isnull=False
    )
    columns = ("item", "district", "status", "taken_workdays", "promised_workdays")
    return list(decided.order_by().values_list(*columns).annotate(Count("pk")))


def _issued_before(districts: list[str], year: int, until: datetime) -> dict[tuple[str, str], int]:
    start, _ = year_bounds(year - 1)
    same_day = start + (until - year_bounds(year)[0])
    issued = Application.objects.filter(
        decided_at__gte=start, decided_at__lt=same_day, district__in=districts, status__in=IN_FAVOUR
    )
    rows = issued.order_by().values_list("item", "district").annotate(Count("pk"))
    return {(item, district): times for item, district, times in rows}


def _lines(
    rows: list[_Row],
    before: Counter[tuple[str, str]],
    key: Callable[[_Row], str],
    place: int | None,
) -> list[Line]:
    """A line for each key; ``place``: where it stands in the keys of ``before`` (None: all together)."""
    groups: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    issued_before: Counter[str] = Counter()
    for pair, times in before.items():
        issued_before[pair[place] if place is not None else ""] += times
    return [
        Line(
            code=code,
            issued=sum(row.times for row in group if row.status in IN_FAVOUR),
            issued_before=issued_before[code],
            decided=sum(row.times for row in group),
            promised=middle(Counter(_weighted(group, lambda row: row.promised))),
            median=middle(Counter(_weighted(group, lambda row: row.taken))),
            worst=max(row.taken for row in group),
            kept=sum(row.times for row in group if row.taken <= row.promised),
        )
        for code, group in groups.items()
    ]


def _weighted(rows: list[_Row], value: Callable[[_Row], int]) -> dict[int, int]:
    found: Counter[int] = Counter()
    for row in rows:
        found[value(row)] += row.times
    return dict(found)


def middle(counts: Counter[int]) -> int:
    """The value that half of all reach at most: of an even number the lower of the two in the middle."""
    reached, half = 0, (counts.total() + 1) // 2
    for value in sorted(counts):
        reached += counts[value]
        if reached >= half:
            return value
    return 0
