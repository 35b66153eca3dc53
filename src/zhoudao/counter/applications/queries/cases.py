"""One case as officers see it, opened for a stated purpose."""

from __future__ import annotations

import json
from dataclasses import dataclass

from zhoudao.core.access import SYSTEM, Actor, require
from zhoudao.core.audit.actions import act
from zhoudao.counter.applications.models import Application, Event, Mark, Paper, RegisterAnswer
from zhoudao.counter.applications.problems import NotFound
from zhoudao.counter.applications.queries.contents import latest_answers
from zhoudao.counter.applications.rules import SEE_CASE, Status, Verb, open_verbs
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.catalog.schema import Item


@dataclass(frozen=True)
class CasePage:
    application: Application
    item: Item
    answers: dict[str, str]
    papers: list[Paper]
    events: list[Event]
    registers: list[tuple[RegisterAnswer, dict[str, str]]]
    """With the facts a register added."""
    mark: Mark | None
    verbs: list[Verb]
    """What this officer may do now."""


def case(actor: Actor, number: str, purpose: str) -> CasePage:
    """One application with all it says. The look is written to the trail with its purpose. Raises NotFound, Forbidden,
    ValueError without a purpose."""
    if not purpose.strip():
        raise ValueError("opening an application needs a purpose")
    district = Application.objects.filter(number=number).values_list("district", flat=True).first()
    if district is None:
        require(actor, SEE_CASE, min(actor.districts, default=None) if actor.districts else None)
        raise NotFound(number)
    with act(
        actor, SEE_CASE, subject=f"application:{number}", district=district, purpose=purpose.strip()[:200]
    ) as entry:
        application = Application.objects.select_related("resident", "organisation", "reviewed_by").get(
            number=number
        )
        if not application.item_version:
            raise NotFound(number)
        item = catalog.item_in_version(SYSTEM, application.item, application.item_version)
        if application.resident_id is not None:
            entry.note(of=f"resident:{application.resident_id}")
        assert item.program is not None  # without one nothing can be handed in
        return CasePage(
            application=application,
            item=item,
            answers=latest_answers(application),
            papers=list(Paper.objects.filter(uid=application.uid).select_related("file")),
            events=list(application.events.select_related("by")),
            registers=[
                (each, json.loads(each.facts or "{}")) for each in application.register_answers.order_by("pk")
            ],
            mark=Mark.objects.filter(application=application).first(),
            verbs=open_verbs(item.program, Status(application.status), actor.role),
        )
