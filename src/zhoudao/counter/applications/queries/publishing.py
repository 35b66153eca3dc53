"""Licences that are published (行政许可公示, one half of 双公示): what is due, what is out, and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from zhoudao.core.access import SYSTEM, Actor, require
from zhoudao.core.workdays import queries as workdays
from zhoudao.counter.applications import deadlines
from zhoudao.counter.applications.models import Application, Publication
from zhoudao.counter.applications.rules import SEE_PUBLISHED, ApplicantKind, Status
from zhoudao.counter.catalog import queries as catalog

MOST = 500
"""The newest that the page can reach."""


@dataclass(frozen=True)
class Unpublished:
    application: Application
    due_at: datetime


def published(actor: Actor) -> QuerySet[Publication]:
    """What is out, the newest first. Anybody's."""
    require(actor, SEE_PUBLISHED)
    return Publication.objects.select_related("application__organisation").order_by("-published_at", "-pk")


def unpublished() -> list[Unpublished]:
    """Licences that were granted to organisations and aren't out yet, the one due first at the top. Few: the job runs
    every hour."""
    terms = _terms()
    found = Application.objects.filter(
        item__in=terms, item_version__gt=0, decided_at__isnull=False, publication=None,
        status__in=[Status.APPROVED.value, Status.FINISHED.value],
        applicant_kind=ApplicantKind.ORGANISATION.value, organisation__isnull=False,
    )  # fmt: skip
    calendar = workdays.in_force(SYSTEM)
    waiting = [
        Unpublished(each, deadlines.due(each.decided_at, terms[each.item], [], calendar).at)
        for each in found
        if each.decided_at is not None
    ]
    return sorted(waiting, key=lambda each: each.due_at)


def _terms() -> dict[str, int]:
    """Working days within which each item's licences are published."""
    return {
        item.code: item.program.publish_workdays
        for item in catalog.definitions(SYSTEM)
        if item.program is not None and item.program.publish_workdays is not None
    }
