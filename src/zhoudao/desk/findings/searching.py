"""One run of a detector, from the vault and back into it, as a job of the worker."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM
from zhoudao.core.audit.actions import act
from zhoudao.desk.cases import vault
from zhoudao.desk.evidence.ledger import tables
from zhoudao.desk.evidence.models import Cleaning
from zhoudao.desk.findings.models import Finding, Run
from zhoudao.desk.findings.progress import teller
from zhoudao.desk.findings.rules import MOST_KEPT, UNFINISHED, WORK, JobState, Verdict
from zhoudao.engines.detection import Cancelled, Context, detectors, gap_data, start
from zhoudao.engines.detection.findings import Batch
from zhoudao.engines.shapes import FINDING_ROWS, FINDINGS

FINDINGS_FILE, ROWS_FILE = "findings.parquet", "finding_rows.parquet"
log = logging.getLogger(__name__)


def run(run_pk: int) -> None:
    """Do the run, once. What goes wrong stands on the run for the analyst to read; it is not tried again by itself."""
    asked = Run.objects.select_related("case", "ledger").filter(pk=run_pk, state__in=list(UNFINISHED)).first()
    if asked is None or asked.ledger is None:
        return
    Run.objects.filter(pk=asked.pk).update(state=JobState.RUNNING.value)
    try:
        found = _search(asked, asked.ledger)
    except Cancelled:
        _end(asked, JobState.CANCELLED)
    except Exception as problem:
        log.exception("run %s of %s", asked.pk, asked.detector)
        _end(asked, JobState.FAILED, problem=str(problem) or type(problem).__name__)
    else:
        _end(asked, JobState.DONE, share=1.0, found=found)


def _search(asked: Run, ledger: Cleaning) -> int:
    """Run the detector, put all of its tables into the vault and the best findings into the records; how
    many in all."""
    detector = detectors()[asked.detector]
    box = vault.of(asked.case)
    progress, stop = teller(asked)
    context = Context(
        progress=progress,
        cancelled=stop,
        memory_mib=settings.LEDGER_MEMORY_MIB,
        threads=settings.LEDGER_THREADS,
    )
    with box.workshop() as folder:
        given: dict[str, pa.Table] = {}
        hashes: dict[str, str] = {}
        for name in (tables.LEDGER, tables.SOURCES):
            path = box.open(f"{ledger.folder}/{name}.parquet", folder)
            given[name] = pq.read_table(path)
        hashes[tables.LEDGER] = ledger.ledger_sha256
        running = start(detector, given, asked.params, context, input_hashes=hashes)
        asked.run_id, asked.version, asked.input_hashes = running.record.run_id, detector.version, hashes
        best: list[dict[str, Any]] = []
        total = 0
        with (
            pq.ParquetWriter(folder / FINDINGS_FILE, FINDINGS) as findings,
            pq.ParquetWriter(folder / ROWS_FILE, FINDING_ROWS) as rows,
        ):
            for batch in running.batches:
                findings.write_table(batch.findings)
                rows.write_table(batch.rows)
                total += len(batch.findings)
                best = _best([*best, *as_rows(batch)])
        for name in (FINDINGS_FILE, ROWS_FILE):
            box.put_file(f"{asked.folder}/{name}", folder / name)
    asked.not_checked = [gap_data(each) for each in running.record.not_checked]
    asked.save(update_fields=["run_id", "version", "input_hashes", "not_checked"])
    _keep(asked, best)
    return total


def as_rows(batch: Batch) -> Iterator[dict[str, Any]]:
    """Findings as ``keep`` takes them."""
    counts = {each["values"]: each["counts"] for each in batch.rows["finding_id"].value_counts().to_pylist()}
    for each in batch.findings.to_pylist():
        yield {**each, "rows": counts.get(each["finding_id"], 0)}


def _best(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(found, key=lambda each: (-each["score"], -(each["amount"] or 0), each["finding_id"]))[
        :MOST_KEPT
    ]


def _keep(asked: Run, best: list[dict[str, Any]]) -> None:
    with act(SYSTEM, WORK, subject=f"case:{asked.case.number}") as entry:
        entry.note(run=asked.pk, kept=len(best))
        keep(asked, best)


def keep(run: Run, found: list[dict[str, Any]]) -> list[Finding]:
    """The findings as rows people work on, inside an act; what was decided about one before is decided still."""
    decided = {
        each.finding_id: each
        for each in Finding.objects.filter(case=run.case).exclude(verdict=Verdict.OPEN.value)
    }
    Finding.objects.filter(run=run).delete()  # of a try that died
    return Finding.objects.bulk_create(
        [_finding(run, each, decided.get(each["finding_id"])) for each in found], batch_size=500
    )


def _finding(asked: Run, each: dict[str, Any], earlier: Finding | None) -> Finding:
    told = {
        "subjects": each["subjects"],
        "reasons": [{"code": reason["code"], "values": dict(reason["values"])} for reason in each["reasons"]],
    }
    return Finding(
        case=asked.case,
        run=asked,
        finding_id=each["finding_id"],
        score=each["score"],
        amount=each["amount"],
        currency=each["currency"] or "",
        first_time=each["first_time"],
        last_time=each["last_time"],
        rows=each["rows"],
        told=json.dumps(told, ensure_ascii=False),
        verdict=earlier.verdict if earlier else Verdict.OPEN.value,
        why=earlier.why if earlier else "",
        decided_at=earlier.decided_at if earlier else None,
        decided_by=earlier.decided_by if earlier else "",
        assigned_to_id=earlier.assigned_to_id if earlier else None,
    )


def _end(asked: Run, state: JobState, **changes: object) -> None:
    with act(SYSTEM, WORK, subject=f"case:{asked.case.number}") as entry:
        entry.note(step=state.value, run=asked.pk, detector=asked.detector)
        asked.state, asked.ended_at = state.value, clock.now()
        for name, value in changes.items():
            setattr(asked, name, value)
        asked.save(update_fields=["state", "ended_at", *changes])
