"""What is past its term and waits to be erased, and what was erased."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, Actor, require
from zhoudao.counter.applications.models import Application, Draft, ErasureRun
from zhoudao.counter.applications.rules import (
    DRAFT_DAYS,
    KEPT_YEARS,
    OVER,
    SEE_RETENTION,
    drafts_before,
    over_before,
    term_years,
)
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.catalog.queries import UnknownItem

ERASED = "erased"
"""Stands where the applicant stood."""
RUNS_SHOWN = 30


@dataclass(frozen=True)
class Term:
    item: str
    version: int
    years: int
    due: int
    """Applications past it now."""


@dataclass(frozen=True)
class Retention:
    drafts: int
    draft_days: int
    terms: list[Term]
    """Of each item and version that has something to erase."""
    runs: list[ErasureRun]

    @property
    def applications(self) -> int:
        return sum(term.due for term in self.terms)


def retention(actor: Actor) -> Retention:
    """What a run would erase now, and the newest reports. One query an item and version that may be concerned."""
    require(actor, SEE_RETENTION)
    now = clock.now()
    return Retention(
        drafts=Draft.objects.filter(changed_at__lt=drafts_before(now)).count(),
        draft_days=DRAFT_DAYS,
        terms=[term for term in _terms(now) if term.due],
        runs=list(ErasureRun.objects.order_by("-pk")[:RUNS_SHOWN]),
    )


def past_term(now: datetime) -> Iterator[int]:
    """Primary keys of the applications that are past their term, item by item."""
    for term in _terms(now):
        yield from list(_of(term.item, term.version, term.years, now).values_list("pk", flat=True))


def _terms(now: datetime) -> list[Term]:
    """Every item and version with something that is over for as long as the shortest term."""
    known = _kept().filter(finished_at__lt=over_before(now, 1))
    groups = (
        known.values_list("item", "item_version").annotate(rows=Count("pk")).order_by("item", "item_version")
    )
    found = []
    for item, version, _rows in groups:
        years = _years(item, version)
        found.append(Term(item, version, years, _of(item, version, years, now).count()))
    return found


def _kept() -> QuerySet[Application]:
    return Application.objects.filter(erased_at=None, status__in=[each.value for each in OVER])


def _of(item: str, version: int, years: int, now: datetime) -> QuerySet[Application]:
    return _kept().filter(item=item, item_version=version, finished_at__lt=over_before(now, years))


def _years(item: str, version: int) -> int:
    try:
        program = catalog.item_in_version(SYSTEM, item, version).program if version else None
    except UnknownItem:
        program = None
    return term_years(program) if program is not None else KEPT_YEARS
