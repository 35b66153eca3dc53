"""Deadlines that were promised beyond the working days then known, counted again once the calendar reaches them."""

from __future__ import annotations

from zhoudao.core.access import SYSTEM, Actor, require
from zhoudao.core.audit.actions import act
from zhoudao.core.workdays import queries as workdays
from zhoudao.counter.applications.actions.stepping import pauses_of, program_of, put_in_line, set_deadlines
from zhoudao.counter.applications.models import Application
from zhoudao.counter.applications.rules import RECOUNT

COUNTED = ["due_at", "due_confirmed", "legal_due_at", "waits_for", "turn_at", "assignee"]


def recount(actor: Actor) -> int:
    """How many promises are certain now. One that the calendar does not reach yet is left as it is; what waits for
    its applicant is counted when they answer. Each is a transaction of its own. Raises Forbidden.
    """
    require(actor, RECOUNT)
    last = workdays.in_force(SYSTEM).last
    uncertain = Application.objects.filter(due_confirmed=False, waits_for__isnull=False, item_version__gt=0)
    reached = uncertain.filter(due_at__date__lte=last).order_by("pk").values_list("pk", flat=True)
    return sum(_recount_one(actor, each) for each in list(reached))


def _recount_one(actor: Actor, pk: int) -> bool:
    number = Application.objects.values_list("number", flat=True).get(pk=pk)
    with act(actor, RECOUNT, subject=f"application:{number}") as entry:
        application = Application.objects.select_for_update().get(pk=pk)
        if application.due_confirmed or application.waits_for is None:
            return False  # somebody took a step meanwhile, which counted it again
        before = application.due_at
        item, program = program_of(application)
        set_deadlines(application, item, pauses_of(application))
        put_in_line(application, program)
        application.save(update_fields=COUNTED)
        entry.note(confirmed=application.due_confirmed, moved=application.due_at != before)
        return application.due_confirmed
