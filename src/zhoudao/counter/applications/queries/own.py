"""One's own applications: what an applicant may see, and whose papers may be opened."""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from zhoudao.core.access import SYSTEM, Actor, Role, allowed, require
from zhoudao.counter.applications.models import Application, Draft, Event, Mark, Paper
from zhoudao.counter.applications.problems import NotFound
from zhoudao.counter.applications.queries.contents import latest_answers
from zhoudao.counter.applications.rules import (
    ENTER,
    SEE_CASE,
    SEE_OWN,
    WITH_APPLICANT,
    Status,
    Verb,
    transition,
)
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.catalog.schema import Item

MOST = 100
"""The newest of one's own that a page shows."""


@dataclass(frozen=True)
class Listed:
    application: Application
    item: Item | None
    """None when the catalogue never had it."""


@dataclass(frozen=True)
class Mine:
    drafts: list[tuple[Draft, Item]]
    waiting: list[Listed]
    """For the applicant."""
    running: list[Listed]
    over: list[Listed]


def own_applications(actor: Actor) -> QuerySet[Application]:
    """Those the actor may see as an applicant."""
    require(actor, SEE_OWN)
    if actor.role is Role.AGENT:
        wanted = Q(organisation_id=actor.organisation_id, organisation__isnull=False)
    else:
        wanted = Q(resident__user_id=actor.user_id, resident__user__isnull=False)
    return Application.objects.filter(wanted)


def mine(actor: Actor) -> Mine:
    """Everything one has begun or handed in, newest first. A bounded number of queries."""
    found = own_applications(actor).order_by("-received_at", "-pk")[:MOST]
    offered = {item.code: item for item in catalog.definitions(actor)}
    listed = [Listed(each, offered.get(each.item)) for each in found]
    drafts = Draft.objects.filter(owner_id=actor.user_id).order_by("-changed_at")[:MOST]
    over = (Status.FINISHED, Status.REFUSED, Status.WITHDRAWN)
    return Mine(
        drafts=[(draft, offered[draft.item]) for draft in drafts if draft.item in offered],
        waiting=[each for each in listed if each.application.status in WITH_APPLICANT],
        running=[each for each in listed if each.application.status not in (*WITH_APPLICANT, *over)],
        over=[each for each in listed if each.application.status in over],
    )


@dataclass(frozen=True)
class OwnPage:
    application: Application
    item: Item | None
    """As it stood when it began; None for one that was kept elsewhere."""
    events: list[Event]
    papers: list[Paper]
    answers: dict[str, str]
    mark: Mark | None
    asked: Event | None
    """What waits for the applicant."""
    verbs: list[Verb]
    """What the applicant may do now."""


def page(actor: Actor, number: str) -> OwnPage:
    """One of one's own. Raises NotFound for somebody else's."""
    application = own_applications(actor).select_related("resident").filter(number=number).first()
    if application is None:
        raise NotFound(number)
    events = list(application.events.all())
    item = None
    verbs: list[Verb] = []
    if application.item_version:
        item = catalog.item_in_version(SYSTEM, application.item, application.item_version)
        if item.program is not None:
            status = Status(application.status)
            verbs = [
                verb
                for verb in (Verb.ANSWER, Verb.WITHDRAW, Verb.RECONSIDER)
                if transition(item.program, status, verb) is not None
            ]
    waits = application.status in WITH_APPLICANT
    return OwnPage(
        application=application,
        item=item,
        events=events,
        papers=list(Paper.objects.filter(uid=application.uid)) if application.uid else [],
        answers=latest_answers(application),
        mark=Mark.objects.filter(application=application).first(),
        asked=next((each for each in reversed(events) if each.verb == Verb.ASK), None) if waits else None,
        verbs=verbs,
    )


def may_open_file(actor: Actor, subject: str) -> bool:
    """Whether ``actor`` may open what was handed in under ``papers:UID``: its applicant, and the officers of its
    district. The opening itself leaves its row in the trail."""
    uid = subject.removeprefix("papers:")
    draft = Draft.objects.filter(uid=uid).first()
    if draft is not None:
        return actor.user_id is not None and draft.owner_id == actor.user_id
    application = Application.objects.select_related("resident").filter(uid=uid).first()
    if application is None:
        return False
    if allowed(actor, SEE_OWN):
        return own_applications(actor).filter(pk=application.pk).exists()
    return allowed(actor, SEE_CASE, application.district) or (
        actor.role is Role.CLERK
        and application.submitted_by_id == actor.user_id
        and allowed(actor, ENTER, application.district)
    )


def draft_answers(draft: Draft) -> dict[str, str]:
    return json.loads(draft.answers or "{}")


def receipt(actor: Actor, number: str) -> tuple[Application, Item]:
    """What was handed in, for whoever sent it: applicant, agent or clerk. Raises NotFound."""
    found = Application.objects.select_related("resident", "organisation").filter(number=number)
    if actor.role is Role.CLERK:
        application = found.filter(submitted_by_id=actor.user_id, submitted_by__isnull=False).first()
    else:
        application = found.filter(pk__in=own_applications(actor).values("pk")).first()
    if application is None or not application.item_version:
        raise NotFound(number)
    return application, catalog.item_in_version(SYSTEM, application.item, application.item_version)
