"""Asking for a run of a detector, and asking it to stop."""

from __future__ import annotations

from collections.abc import Mapping

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.core.outbox.actions import enqueue_job
from zhoudao.desk.cases import gate
from zhoudao.desk.cases.rules import WORKING
from zhoudao.desk.evidence.queries import ledger_of
from zhoudao.desk.findings.models import Run
from zhoudao.desk.findings.rules import RUN, UNFINISHED, JobState
from zhoudao.engines.detection import Detector


def start_run(actor: Actor, number: str, detector: Detector, params: Mapping[str, object]) -> Run:
    """Run ``detector`` over the newest ledger of the case. The same run, still under way, is given back.
    Raises BadParams,
    NoLedger."""
    read = detector.read(params)
    with gate.inside(actor, number, RUN, duties=WORKING, writing=True) as here:
        ledger = ledger_of(here)
        same = Run.objects.filter(
            case=here.case,
            ledger=ledger,
            detector=detector.name,
            version=detector.version,
            state__in=list(UNFINISHED),
        )
        running = next((each for each in same if each.params == read), None)
        if running is not None:
            here.entry.note(run=running.pk, again=True)
            return running
        run = Run.objects.create(
            case=here.case,
            ledger=ledger,
            detector=detector.name,
            version=detector.version,
            params=read,
            asked_at=clock.now(),
            asked_by=actor.key,
        )
        enqueue_job("findings.run", {"run": run.pk}, key=f"findings.run:{run.pk}")
        here.entry.note(run=run.pk, detector=detector.name, version=detector.version, ledger=ledger.number)
    return run


def cancel_run(actor: Actor, number: str, run_id: int) -> None:
    """Ask a run to stop; one that nobody has begun stops at once. One that has ended stays as it is."""
    with gate.inside(actor, number, RUN, duties=WORKING) as here:
        unfinished = Run.objects.filter(pk=run_id, case=here.case, state__in=list(UNFINISHED))
        unfinished.filter(state=JobState.WAITING.value).update(
            state=JobState.CANCELLED.value, ended_at=clock.now()
        )
        unfinished.update(cancel_asked=True)
        here.entry.note(step="cancel", run=run_id)
