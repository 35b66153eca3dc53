"""Who has an application in hand, and who answers for which item.

Having it in hand orders the work; it forbids nobody of the same role and district to take the step.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from zhoudao.core.access import ALL_DISTRICTS, Actor, Role
from zhoudao.core.audit.actions import act
from zhoudao.core.people.models import User
from zhoudao.counter.applications.models import Application, Duty
from zhoudao.counter.applications.problems import Conflict, NotFound, Unusable
from zhoudao.counter.applications.queries import worklist
from zhoudao.counter.applications.rules import ASSIGN, AT_WORK, HANDLE, RANKS
from zhoudao.counter.catalog.program import StepRole

TRIES = 20
"""Of the most urgent, when colleagues take the next at the same moment."""
MOST_DUTIES = 30


def take_next(actor: Actor) -> Application | None:
    """Take in hand the most urgent application of one's step that nobody has; None when there is none.

    Officers who press at the same moment get different ones.
    """
    for row in worklist.most_urgent(actor, TRIES):
        with act(actor, HANDLE, subject=f"application:{row.number}", district=row.district) as entry:
            free = Application.objects.filter(pk=row.pk, assignee=None, waits_for__isnull=False)
            taken = free.update(assignee_id=actor.user_id)
            entry.note(took=bool(taken))
        if taken:
            return row
    return None


def assign(actor: Actor, number: str, officer_id: int | None) -> Application:
    """Give an application to an officer; None: to whoever takes it. Raises NotFound, Conflict, Unusable."""
    district = Application.objects.filter(number=number).values_list("district", flat=True).first()
    if district is None:
        raise NotFound(number)
    with act(actor, ASSIGN, subject=f"application:{number}", district=district) as entry:
        application = Application.objects.select_for_update().get(number=number)
        if application.waits_for is None:
            raise Conflict(_("This application waits for no officer."), _("Look at its case."))
        if officer_id is not None:
            officer = _officer(officer_id, district)
            if Role(officer.role) not in RANKS[StepRole(application.waits_for)]:
                raise Unusable(_("This officer can't take this step."), _("Choose another."))
        application.assignee_id = officer_id
        application.save(update_fields=["assignee"])
        entry.note(to=f"user:{officer_id}" if officer_id else "")
    return application


def hand_over_all(actor: Actor, district: str, from_id: int, to_id: int | None) -> int:
    """Give all that an officer has in hand in a district to another, or (None) to whoever takes it; how many.

    What the other can't take stays. For leave, illness, and too much work.
    """
    with act(actor, ASSIGN, subject=f"user:{from_id}", district=district) as entry:
        held = Application.objects.filter(
            assignee_id=from_id, assignee__isnull=False, waits_for__isnull=False, district=district
        )
        if to_id is not None:
            role = Role(_officer(to_id, district).role)
            held = held.filter(waits_for__in=[step for step in StepRole if role in RANKS[step]])
        moved = held.update(assignee_id=to_id)
        entry.note(to=f"user:{to_id}" if to_id else "", moved=moved)
    return moved


def give_duties(actor: Actor, district: str, officer_id: int, items: Sequence[str]) -> None:
    """Say which items an officer answers for; none: all of them. Raises NotFound, Unusable."""
    if len(items) > MOST_DUTIES:
        raise Unusable(_("These are too many items."), _("Choose at most %d, or none for all.") % MOST_DUTIES)
    with act(actor, ASSIGN, subject=f"user:{officer_id}", district=district) as entry:
        officer = _officer(officer_id, district)
        wanted = sorted(set(items))
        Duty.objects.filter(officer=officer).exclude(item__in=wanted).delete()
        known = set(Duty.objects.filter(officer=officer).values_list("item", flat=True))
        Duty.objects.bulk_create(Duty(officer=officer, item=item) for item in wanted if item not in known)
        entry.note(items=wanted)


def _officer(user_id: int, district: str) -> User:
    """An officer at work in a district. Raises NotFound."""
    found = User.objects.filter(pk=user_id, is_active=True, role__in=sorted(AT_WORK)).first()
    if found is None or not {district, ALL_DISTRICTS} & set(found.districts):
        raise NotFound(f"user:{user_id}")
    return found
