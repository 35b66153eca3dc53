"""One step of an application: lock it, look into the table, change it, write down what happened.

Whoever takes a step says which version they saw. The row is locked while it is looked at, so that of two officers who
decide at once the second finds another version, and gets 409.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from zhoudao.core import clock
from zhoudao.core.access import ALL_DISTRICTS, SYSTEM, Actor, Forbidden, Permission, Role
from zhoudao.core.audit.actions import Entry, act
from zhoudao.core.people.models import User
from zhoudao.core.statements import insert
from zhoudao.core.workdays import queries as workdays
from zhoudao.counter.applications import deadlines, ports, turns
from zhoudao.counter.applications.deadlines import Pause
from zhoudao.counter.applications.models import Application, Event
from zhoudao.counter.applications.problems import NotFound, changed_meanwhile, may_not_follow
from zhoudao.counter.applications.rules import (
    DECIDED,
    OVER,
    RANKS,
    Status,
    Transition,
    Verb,
    role_of,
    transition,
)
from zhoudao.counter.catalog import queries as catalog
from zhoudao.counter.catalog.program import Lane, Program, StepRole
from zhoudao.counter.catalog.schema import Item


@dataclass
class Step:
    """An application that is locked and may take the step; what is set here is written when it ends well."""

    actor: Actor
    application: Application
    item: Item
    program: Program
    row: Transition
    entry: Entry
    now: datetime
    words: str = ""
    about: Sequence[str] = field(default_factory=list)


def program_of(application: Application) -> tuple[Item, Program]:
    """The item as it stood when the application began. Raises NotFound for one that was kept elsewhere."""
    item = catalog.item_in_version(SYSTEM, application.item, application.item_version)
    if item.program is None:
        raise NotFound(application.number)
    return item, item.program


@contextmanager
def step(actor: Actor, permission: Permission, number: str, verb: Verb, version: int) -> Iterator[Step]:
    """Take a step: permission, role, table, version, all under the row's lock; then one event and one audit row.

    Raises NotFound, Forbidden, Conflict.
    """
    district = Application.objects.filter(number=number).values_list("district", flat=True).first()
    if district is None:
        raise NotFound(number)
    of_staff = permission.by_district
    with act(
        actor, permission, subject=f"application:{number}", district=district if of_staff else None
    ) as entry:
        application = Application.objects.select_for_update().get(number=number)
        if not application.item_version:
            raise may_not_follow()
        item, program = program_of(application)
        if not of_staff and not is_own(actor, application):
            raise NotFound(number)
        if application.version != version:
            raise changed_meanwhile()
        row = transition(program, Status(application.status), verb)
        if row is None:
            raise may_not_follow()
        _check_role(actor, permission, program, row)
        taken = Step(actor, application, item, program, row, entry, clock.now())
        yield taken
        _write(taken)


def is_own(actor: Actor, application: Application) -> bool:
    """An agent's are their organisation's; a resident's their own."""
    if actor.role is Role.AGENT:
        return actor.organisation_id is not None and application.organisation_id == actor.organisation_id
    if actor.role is not Role.RESIDENT or actor.user_id is None:
        return False
    return application.resident is not None and application.resident.user_id == actor.user_id


def _check_role(actor: Actor, permission: Permission, program: Program, row: Transition) -> None:
    asked = role_of(program, row)
    if asked is not None and actor.role is not Role.SYSTEM and actor.role not in RANKS[asked]:
        raise Forbidden(actor, permission, None)


def _write(taken: Step) -> None:
    application, row, now = taken.application, taken.row, taken.now
    application.status = row.after.value
    application.version += 1
    if row.after in DECIDED and application.decided_at is None:
        application.decided_at = now
        calendar = workdays.in_force(SYSTEM)
        pauses = pauses_of(application)
        application.taken_workdays = deadlines.taken(application.received_at, now, pauses, calendar)
    if row.after in OVER:
        application.finished_at = now
    elif row.before in OVER:
        application.finished_at = None
    put_in_line(application, taken.program)
    application.save()
    insert(event_of(taken.actor, application, row.verb, row.before, now, taken.words, taken.about))
    taken.entry.note(verb=str(row.verb), before=str(row.before), after=str(row.after))


def put_in_line(application: Application, program: Program) -> None:
    """Whose turn it is now, and by when. Who has it in hand keeps it until another role's turn comes; what was proposed
    and sent back goes to who proposed it. A firm's goes to the officer named for it, at each step that is theirs."""
    before, after = application.waits_for, turns.waits_for(program, Status(application.status))
    application.waits_for = after
    application.turn_at = turns.turn_at(Lane(application.lane), application.received_at, application.due_at)
    if after is not None and before is not None and after != before:
        application.assignee_id = None
        if application.status == Status.RECEIVED and application.reviewed_by_id is not None:
            application.assignee_id = application.reviewed_by_id
    if after is not None and application.assignee_id is None and application.organisation_id is not None:
        application.assignee_id = _named_officer(application.organisation_id, application.district, after)


def _named_officer(organisation_id: int, district: str, step: StepRole) -> int | None:
    """The firm's officer when the step is theirs to take there."""
    named = ports.named_officer(organisation_id)
    found = User.objects.filter(pk=named, is_active=True).first() if named is not None else None
    if found is None or not {district, ALL_DISTRICTS} & set(found.districts):
        return None
    return found.pk if Role(found.role) in RANKS[step] else None


def event_of(
    actor: Actor,
    application: Application,
    verb: Verb,
    before: Status | None,
    now: datetime,
    words: str = "",
    about: Sequence[str] = (),
) -> Event:
    """What happened, yet to be written."""
    return Event(
        application=application,
        verb=verb.value,
        before=before.value if before else "",
        after=application.status,
        by_id=actor.user_id,
        role=actor.role.value,
        at=now,
        words=words,
        about=list(about),
    )


def pauses_of(application: Application) -> list[Pause]:
    """When the clock stood, from its events. One query."""
    asked: datetime | None = None
    found: list[Pause] = []
    for verb, at in application.events.filter(verb__in=[Verb.ASK, Verb.ANSWER]).values_list("verb", "at"):
        if verb == Verb.ASK:
            asked = at
        elif asked is not None:
            found.append(Pause(asked, at))
            asked = None
    return found


def set_deadlines(application: Application, item: Item, pauses: list[Pause]) -> None:
    """Both limits anew, from the moments it was received and accepted, and the time it waited."""
    calendar = workdays.in_force(SYSTEM)
    promise = deadlines.due(application.received_at, application.promised_workdays, pauses, calendar)
    application.due_at, application.due_confirmed = promise.at, promise.confirmed
    if application.accepted_at is not None:
        limit = deadlines.legal(application.accepted_at, item.legal_time, pauses, calendar)
        application.legal_due_at = limit.at if limit else None
