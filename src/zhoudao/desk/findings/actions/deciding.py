"""A person decides about a finding, gives it to somebody, writes to it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.core.look.refusals import Conflict, Unusable
from zhoudao.desk.cases import gate
from zhoudao.desk.cases.models import Member
from zhoudao.desk.cases.rules import NOTING, WORKING
from zhoudao.desk.findings.models import Finding, Note
from zhoudao.desk.findings.rules import DECIDE, LEAST_REASON, NOTE, Verdict


def decide(actor: Actor, number: str, finding_pk: int, verdict: Verdict, why: str) -> Finding:
    """Accept or dismiss a finding with a reason; OPEN takes a decision back. The same decision again changes nothing.

    Every finding of the case with the same id is decided with it. Raises Unusable without a reason,
    Conflict when somebody
    else decided otherwise meanwhile, Finding.DoesNotExist.
    """
    with gate.inside(actor, number, DECIDE, duties=WORKING, writing=True) as here:
        if verdict is not Verdict.OPEN and len(why.strip()) < LEAST_REASON:
            raise Unusable(_("A decision needs its reason"), todo=_("Write in a few words why."))
        finding = Finding.objects.select_for_update().get(pk=finding_pk, case=here.case)
        if finding.verdict not in (Verdict.OPEN, verdict) and verdict is not Verdict.OPEN:
            raise Conflict(
                _("This finding is decided already"), todo=_("Take the decision back first, with its reason.")
            )
        Finding.objects.filter(case=here.case, finding_id=finding.finding_id).update(
            verdict=verdict.value,
            decided_at=None if verdict is Verdict.OPEN else clock.now(),
            decided_by="" if verdict is Verdict.OPEN else actor.key,
        )
        for same in Finding.objects.filter(case=here.case, finding_id=finding.finding_id):
            same.why = why.strip()  # sealed, so written one by one
            same.save(update_fields=["why"])
        here.entry.note(finding=finding.finding_id, verdict=verdict.value)
    finding.refresh_from_db()
    return finding


def assign(actor: Actor, number: str, finding_pk: int, member_id: int | None) -> Finding:
    """Give a finding to a member of the case, or to nobody. Raises Unusable, Finding.DoesNotExist."""
    with gate.inside(actor, number, DECIDE, duties=WORKING, writing=True) as here:
        finding = Finding.objects.select_for_update().get(pk=finding_pk, case=here.case)
        member = None
        if member_id is not None:
            member = Member.objects.filter(pk=member_id, case=here.case, left_at=None).first()
            if member is None:
                raise Unusable(_("Only a member of the case can be given a finding"))
        finding.assigned_to = member.user if member else None
        finding.save(update_fields=["assigned_to"])
        here.entry.note(
            finding=finding.finding_id, step="assign", to=f"user:{member.user_id}" if member else ""
        )
    return finding


def note(actor: Actor, number: str, finding_pk: int, text: str) -> Note:
    """Write to a finding. Raises Unusable for an empty note, Finding.DoesNotExist."""
    with gate.inside(actor, number, NOTE, duties=NOTING, writing=True) as here:
        if not text.strip():
            raise Unusable(_("The note is empty"))
        finding = Finding.objects.get(pk=finding_pk, case=here.case)
        here.entry.note(finding=finding.finding_id, step="note")
        return Note.objects.create(
            finding=finding, text=text.strip(), written_at=clock.now(), written_by_id=here.member.user_id
        )
