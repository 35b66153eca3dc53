"""Counting applications. Nothing here tells who asked for what."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Q

from zhoudao.core import city, clock
from zhoudao.core.access import Actor, allowed, require
from zhoudao.counter.applications.models import Application
from zhoudao.counter.applications.rules import SEE_FIGURES, SEE_POPULAR, month_start, year_bounds

POPULAR_OVER = timedelta(days=90)
"""What is asked for most changes with the seasons."""


def popular_items(actor: Actor, since: datetime, limit: int) -> list[tuple[str, int]]:
    """At most ``limit`` item codes and how often each was asked for since then, most first. One query."""
    require(actor, SEE_POPULAR)
    counted = (
        Application.objects.filter(received_at__gte=since)
        .order_by()
        .values_list("item")
        .annotate(times=Count("pk"))
        .order_by("-times", "item")
    )
    return list(counted[:limit])


def popular(actor: Actor, limit: int) -> list[str]:
    """What the catalogue asks of this room: item codes, most asked for lately first."""
    return [item for item, _ in popular_items(actor, clock.now() - POPULAR_OVER, limit)]


@dataclass(frozen=True)
class ItemCount:
    """One item's applications: how many in each district that was asked about, and in all of them."""

    item: str
    by_district: dict[str, int]
    total: int


@dataclass(frozen=True)
class YearFigures:
    year: int
    districts: list[str]
    """The districts the actor answers for, in the city's order."""
    items: list[ItemCount]
    """The most asked for first."""
    by_district: dict[str, int]
    total: int


def own_districts(actor: Actor) -> list[str]:
    """The districts whose figures the actor may see. Raises Forbidden when there is none."""
    codes = [district.code for district in city.current().districts]
    own = [code for code in codes if allowed(actor, SEE_FIGURES, code)]
    if not own:
        require(actor, SEE_FIGURES)
    return own


def year_figures(actor: Actor, year: int) -> YearFigures:
    """Applications received in a year, by item and district. One query."""
    districts = own_districts(actor)
    start, end = year_bounds(year)
    counted = (
        Application.objects.filter(received_at__gte=start, received_at__lt=end, district__in=districts)
        .order_by()
        .values_list("item", "district")
        .annotate(times=Count("pk"))
    )
    by_item: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(districts, 0))
    for item, district, times in counted:
        by_item[item][district] = times
    items = [ItemCount(item, counts, sum(counts.values())) for item, counts in by_item.items()]
    items.sort(key=lambda row: (-row.total, row.item))
    sums = {district: sum(row.by_district[district] for row in items) for district in districts}
    return YearFigures(year, districts, items, sums, sum(sums.values()))


def month_counts(actor: Actor, year: int) -> list[int]:
    """Applications received in each of the twelve months, in the actor's districts. One query."""
    districts = own_districts(actor)
    start, end = year_bounds(year)
    months = {
        f"month_{month}": Count(
            "pk",
            filter=Q(received_at__gte=month_start(year, month), received_at__lt=month_start(year, month + 1)),
        )
        for month in range(1, 13)
    }
    counted = Application.objects.filter(
        received_at__gte=start, received_at__lt=end, district__in=districts
    ).aggregate(**months)
    return [counted[name] for name in months]


def years(actor: Actor) -> list[int]:
    """Years with applications in the actor's districts, the latest first; this year when none. One query."""
    districts = own_districts(actor)
    edges = Application.objects.filter(district__in=districts).aggregate(
        first=Min("received_at"), last=Max("received_at")
    )
    if edges["first"] is None:
        return [clock.local(clock.now()).year]
    first, last = clock.local(edges["first"]).year, clock.local(edges["last"]).year
    return list(range(last, first - 1, -1))
