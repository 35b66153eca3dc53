"""Asking for an evidence package."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.db.models import Max
from django.utils.translation import gettext as _

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.core.look.refusals import Conflict, Unusable
from zhoudao.core.outbox.actions import enqueue_job
from zhoudao.desk.cases import gate
from zhoudao.desk.cases.models import Member
from zhoudao.desk.cases.rules import WORKING
from zhoudao.desk.evidence.queries import ledger_of
from zhoudao.desk.findings.models import Finding, Package
from zhoudao.desk.findings.rules import EXPORT, UNFINISHED, JobState, Verdict


def start_package(
    actor: Actor, number: str, document_number: str, member_ids: Sequence[int], language: str
) -> Package:
    """Pack the case's raw files, ledger rows and accepted findings. Two officers of the case answer for the extraction.

    Works in a closed case as well: nothing in it is changed. Raises Unusable unless two different members are named,
    Conflict when nothing was accepted yet, NoLedger.
    """
    with gate.inside(actor, number, EXPORT, duties=WORKING) as here:
        members = list(
            Member.objects.select_related("user").filter(pk__in=set(member_ids), case=here.case, left_at=None)
        )
        if len({member.user_id for member in members}) != 2:
            raise Unusable(
                _("Two officers answer for the extraction"),
                todo=_("Choose two different members of the case."),
            )
        accepted = Finding.objects.filter(case=here.case, verdict=Verdict.ACCEPTED.value)
        if not accepted.filter(run__ledger=None).exists():
            ledger_of(here)
        running = Package.objects.filter(case=here.case, state__in=list(UNFINISHED)).first()
        if running is not None:
            return running
        if not accepted.exists():
            raise Conflict(
                _("No finding is accepted yet"),
                todo=_("Accept what the package is to show, with your reason."),
            )
        last = Package.objects.filter(case=here.case).aggregate(last=Max("number"))["last"] or 0
        officers = [
            {"name": str(member.user.display_name), "staff_number": member.user.staff_number}
            for member in members
        ]
        package = Package.objects.create(
            case=here.case,
            number=last + 1,
            document_number=document_number.strip(),
            officers=json.dumps(officers, ensure_ascii=False),
            language=language,
            asked_at=clock.now(),
            asked_by=actor.key,
        )
        enqueue_job("findings.package", {"package": package.pk}, key=f"findings.package:{package.pk}")
        here.entry.note(package=package.number, officers=[f"user:{member.user_id}" for member in members])
    return package


def cancel_package(actor: Actor, number: str, package_number: int) -> None:
    with gate.inside(actor, number, EXPORT, duties=WORKING) as here:
        unfinished = Package.objects.filter(case=here.case, number=package_number, state__in=list(UNFINISHED))
        unfinished.filter(state=JobState.WAITING.value).update(
            state=JobState.CANCELLED.value, ended_at=clock.now()
        )
        unfinished.update(cancel_asked=True)
        here.entry.note(step="cancel", package=package_number)
