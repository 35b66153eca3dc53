"""Promises at risk."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from zhoudao.core import clock
from zhoudao.core.signs import Level, Reading, sign
from zhoudao.counter.applications.models import Application, Mark
from zhoudao.counter.applications.queries import publishing
from zhoudao.counter.applications.rules import WITH_US


@sign("applications.deadlines", order=40)
def deadlines() -> Reading:
    """Applications that wait for us past their promise, or will within a day. One query."""
    now = clock.now()
    waiting = Application.objects.filter(
        status__in=WITH_US, paused_at=None, due_at__lt=now + timedelta(days=1)
    )
    found = waiting.aggregate(
        late=Count("pk", filter=Q(due_at__lt=now)), soon=Count("pk", filter=Q(due_at__gte=now))
    )
    if found["late"]:
        level = Level.WATCH
        words = _(
            "%(late)s applications are later than promised, %(soon)s are due within a day: tell the supervisors."
        )
    else:
        level, words = (
            Level.WELL,
            _("Nothing is later than promised; %(soon)s applications are due within a day."),
        )
    numbers = {"zhoudao_applications_late": found["late"], "zhoudao_applications_due_soon": found["soon"]}
    return Reading(level, words % found, numbers)


@sign("applications.marks", order=41)
def marks() -> Reading:
    """Bad marks that are unanswered past their deadline. One query."""
    late = Mark.objects.filter(answered_at=None, answer_due_at__lt=clock.now()).count()
    if late:
        return Reading(
            Level.WATCH,
            _("%(late)s bad marks are unanswered past their deadline: tell the supervisors.")
            % {"late": late},
            {"zhoudao_marks_late": late},
        )
    return Reading(Level.WELL, _("No bad mark is unanswered past its deadline."), {"zhoudao_marks_late": 0})


@sign("applications.published", order=42)
def published() -> Reading:
    """Licences that should be in the open and aren't."""
    now = clock.now()
    late = sum(each.due_at < now for each in publishing.unpublished())
    if late:
        words = _("%(late)s licences should have been published: look whether the worker runs.") % {
            "late": late
        }
        return Reading(Level.BAD, words, {"zhoudao_licences_unpublished_late": late})
    return Reading(
        Level.WELL, _("Every licence was published in time."), {"zhoudao_licences_unpublished_late": 0}
    )
