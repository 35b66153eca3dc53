"""Taking a list of applications away: asked for with a reason, approved by a second person, marked with who took it.

The list names applicants, so it leaves the platform only so: the one who asked, within the days of the approval, and
every row and page says who took it, when, and under which approval.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _

from zhoudao.core import clock
from zhoudao.core.access import Actor, Permission, require
from zhoudao.core.audit.actions import act
from zhoudao.counter.applications.models import ExportRequest
from zhoudao.counter.applications.problems import Conflict, NotFound, Unusable
from zhoudao.counter.applications.queries import exports
from zhoudao.counter.applications.queries.exports import Taken
from zhoudao.counter.applications.rules import (
    APPROVE_EXPORT,
    ASK_EXPORT,
    EXPORT_DAYS,
    LONGEST_REASON,
    MOST_EXPORTED,
    SHORTEST_REASON,
)


def ask_export(actor: Actor, district: str, item: str, first: date, last: date, reason: str) -> ExportRequest:
    """Ask for the applications of a district received from ``first`` to ``last``; ``item``: one of them, or all. Asked
    again in the same words before anybody decided, it is the same request.

    Raises Forbidden, Unusable.
    """
    reason = reason.strip()
    with act(
        actor, ASK_EXPORT, subject="applications:export", district=district, purpose=reason[:200]
    ) as entry:
        if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
            raise Unusable(
                _("The reason has fewer than %(least)d or more than %(most)d characters.")
                % {"least": SHORTEST_REASON, "most": LONGEST_REASON},
                _("Say what the list is for, so that another person can decide."),
            )
        if last < first:
            raise Unusable(_("The last day is before the first."), _("Put the days in order."))
        same = {"district": district, "item": item, "first_day": first, "last_day": last}
        waiting = ExportRequest.objects.filter(asked_by_id=actor.user_id, decided_at=None, **same)
        again = next((each for each in waiting if str(each.reason) == reason), None)
        if again is not None:
            entry.note(export=again.number, again=True)
            return again
        asked = ExportRequest(**same)
        asked.rows = exports.rows_of(asked).count()
        if not 0 < asked.rows <= MOST_EXPORTED:
            raise Unusable(
                _("That is %(rows)d applications; from 1 to %(most)d can be taken at once.")
                % {"rows": asked.rows, "most": MOST_EXPORTED},
                _("Choose other days."),
            )
        asked.asked_by_id, asked.asked_at, asked.reason = actor.user_id, clock.now(), reason
        asked.save(force_insert=True)
        entry.note(export=asked.number, rows=asked.rows)
    return asked


def decide_export(actor: Actor, key: int, *, approve: bool, words: str = "") -> ExportRequest:
    """Approve or refuse what somebody else asked for. Raises NotFound, Forbidden, Conflict, Unusable."""
    with act(
        actor, APPROVE_EXPORT, subject=f"export:{key}", district=_found(actor, APPROVE_EXPORT, key)[0]
    ) as entry:
        asked = ExportRequest.objects.select_for_update().get(pk=key)
        if asked.decided_at is not None:
            raise Conflict(_("It was decided already."), _("Look at the list again."))
        if asked.asked_by_id == actor.user_id:
            raise Unusable(_("Who asked can't decide."), _("Another supervisor of the district decides."))
        now = clock.now()
        asked.decided_by_id, asked.decided_at, asked.approved = actor.user_id, now, approve
        asked.words = words.strip()[:LONGEST_REASON]
        asked.usable_until = now + timedelta(days=EXPORT_DAYS) if approve else None
        asked.save()
        entry.note(export=asked.number, approved=approve)
    return asked


def take_export(actor: Actor, key: int, form: str) -> Taken:
    """The approved list, for who asked for it. Raises NotFound (also for somebody else's), Conflict, Forbidden."""
    district, reason = _found(actor, ASK_EXPORT, key)
    with act(actor, ASK_EXPORT, subject=f"export:{key}", district=district, purpose=reason[:200]) as entry:
        asked = ExportRequest.objects.select_for_update().get(pk=key)
        if asked.asked_by_id != actor.user_id:
            raise NotFound(str(key))
        now = clock.now()
        if not asked.usable(now):
            raise Conflict(
                _("This list isn't approved, or no longer."), _("Ask for it again, and say what it is for.")
            )
        asked.taken, asked.taken_at = asked.taken + 1, now
        asked.save(update_fields=["taken", "taken_at"])
        taken = exports.taken(asked, now)
        entry.note(export=asked.number, rows=len(taken.rows), form=form)
    return taken


def _found(actor: Actor, permission: Permission, key: int) -> tuple[str, str]:
    """Its district and reason. Raises NotFound; Forbidden for who may do such a thing nowhere."""
    found = ExportRequest.objects.filter(pk=key).first()
    if found is None:
        require(actor, permission, min(actor.districts, default=None))
        raise NotFound(str(key))
    return found.district, str(found.reason)
