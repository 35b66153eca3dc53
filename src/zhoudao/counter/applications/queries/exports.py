"""Lists that were asked for, and what an approved one holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import QuerySet

from zhoudao.core import city
from zhoudao.core.access import Actor, allowed, require
from zhoudao.core.clock import CITY_ZONE
from zhoudao.counter.applications.models import Application, ExportRequest
from zhoudao.counter.applications.rules import APPROVE_EXPORT, ASK_EXPORT

SHOWN = 50


@dataclass(frozen=True)
class Asked:
    request: ExportRequest
    may_decide: bool
    may_take: bool


@dataclass(frozen=True)
class Row:
    """One application of a list, its codes not yet put into words."""

    application: Application
    applicant: str
    """Name of the person or the organisation; empty when it was erased or kept elsewhere."""


@dataclass(frozen=True)
class Taken:
    request: ExportRequest
    by: str
    """Staff number of who took it."""
    at: datetime
    rows: list[Row]


def districts(actor: Actor) -> list[str]:
    """Those of which the actor may ask for a list. Raises Forbidden for nobody's."""
    found = [each.code for each in city.current().districts if allowed(actor, ASK_EXPORT, each.code)]
    if not found:
        require(actor, ASK_EXPORT)
    return found


def exports(actor: Actor, now: datetime) -> list[Asked]:
    """What was asked for in the actor's districts, the newest first: their own, and, who may decide sees all."""
    found = ExportRequest.objects.filter(district__in=districts(actor)).select_related(
        "asked_by", "decided_by"
    )
    listed = []
    for request in found.order_by("-pk")[:SHOWN]:
        own, decides = request.asked_by_id == actor.user_id, allowed(actor, APPROVE_EXPORT, request.district)
        if own or decides:
            listed.append(
                Asked(
                    request, decides and not own and request.decided_at is None, own and request.usable(now)
                )
            )
    return listed


def rows_of(request: ExportRequest) -> QuerySet[Application]:
    """Received on its days, whole days of the city."""
    begin = datetime.combine(request.first_day, time(), CITY_ZONE)
    end = datetime.combine(request.last_day + timedelta(days=1), time(), CITY_ZONE)
    found = Application.objects.filter(district=request.district, received_at__gte=begin, received_at__lt=end)
    return found.filter(item=request.item) if request.item else found


def taken(request: ExportRequest, now: datetime) -> Taken:
    """What the list holds, for an action that has checked who takes it."""
    rows = rows_of(request).select_related("resident", "organisation").order_by("received_at", "pk")
    asked_by = request.asked_by
    return Taken(
        request, asked_by.staff_number if asked_by else "", now, [Row(each, _name(each)) for each in rows]
    )


def _name(application: Application) -> str:
    if application.resident is not None:
        return str(application.resident.name)
    return str(application.organisation.name) if application.organisation is not None else ""
