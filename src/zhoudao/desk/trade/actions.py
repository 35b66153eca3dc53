"""Taking files in, asking for a screening. What it found is decided in the room of findings."""

from __future__ import annotations

from django.db.models import Max
from django.utils.translation import gettext as _

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.core.look.refusals import Conflict
from zhoudao.core.outbox.actions import enqueue_job
from zhoudao.desk.cases import gate
from zhoudao.desk.cases.rules import WORKING
from zhoudao.desk.evidence import actions as evidence
from zhoudao.desk.evidence.actions.receiving import Received, Upload
from zhoudao.desk.evidence.models import EvidenceFile
from zhoudao.desk.evidence.rules import FileState
from zhoudao.desk.findings.rules import UNFINISHED, JobState
from zhoudao.desk.trade.models import FoundCase, Screening
from zhoudao.desk.trade.rules import SCREEN


def receive(actor: Actor, number: str, upload: Upload) -> Received:
    """Keep a file, or the members of an archive, in the vault; set aside, so that the bank ledger is made without
    them. Raises as ``evidence.receive``."""
    received = evidence.receive(actor, number, upload)
    for file in received.kept:
        if file.state == FileState.KEPT:
            evidence.set_aside(actor, number, file.pk)
    return received


def start_screening(actor: Actor, number: str) -> Screening:
    """Read and screen all files of the case. While one is under way, that one is given back. Raises Conflict when
    there is no file."""
    with gate.inside(actor, number, SCREEN, duties=WORKING, writing=True) as here:
        running = Screening.objects.filter(case=here.case, state__in=list(UNFINISHED)).first()
        if running is not None:
            here.entry.note(step="screen", screening=running.number, again=True)
            return running
        files = EvidenceFile.objects.filter(case=here.case).exclude(state=FileState.ARCHIVE.value).count()
        if not files:
            raise Conflict(
                _("There is no file to screen"),
                todo=_("Bring in invoices and registrations first."),
            )
        last = Screening.objects.filter(case=here.case).aggregate(last=Max("number"))["last"] or 0
        asked = Screening.objects.create(
            case=here.case, number=last + 1, asked_at=clock.now(), asked_by=actor.key
        )
        enqueue_job("trade.screen", {"screening": asked.pk}, key=f"trade.screen:{asked.pk}")
        here.entry.note(step="screen", screening=asked.number, files=files)
    return asked


def cancel_screening(actor: Actor, number: str) -> None:
    """Ask the screening under way to stop; one that nobody has begun stops at once."""
    with gate.inside(actor, number, SCREEN, duties=WORKING) as here:
        unfinished = Screening.objects.filter(case=here.case, state__in=list(UNFINISHED))
        unfinished.filter(state=JobState.WAITING.value).update(
            state=JobState.CANCELLED.value, ended_at=clock.now()
        )
        unfinished.update(cancel_asked=True)
        here.entry.note(step="cancel")


def forget(case_id: int) -> dict[str, int]:
    """What goes when a case is destroyed. The tables go with the vault."""
    found = FoundCase.objects.filter(screening__case_id=case_id)
    count = found.count()
    found.delete()
    screenings, _each = Screening.objects.filter(case_id=case_id).delete()
    return {"found": count, "screenings": screenings}
