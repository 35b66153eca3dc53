"""One screening, from the vault and back into it, as a job of the worker."""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from typing import Any

from django.conf import settings

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM
from zhoudao.core.audit.actions import act
from zhoudao.desk.cases import vault
from zhoudao.desk.cases.vault import Vault
from zhoudao.desk.evidence.models import EvidenceFile
from zhoudao.desk.evidence.rules import FileState
from zhoudao.desk.findings.models import Run
from zhoudao.desk.findings.progress import teller
from zhoudao.desk.findings.rules import UNFINISHED, JobState
from zhoudao.desk.findings.searching import as_rows, keep
from zhoudao.desk.trade.models import FoundCase, Screening
from zhoudao.desk.trade.rules import WORK
from zhoudao.engines.detection import Cancelled, Context, RunRecord, gap_data, start
from zhoudao.engines.invoices import cases, dossier
from zhoudao.engines.invoices.reading import NothingToRead, read_folder

TOLD, ROWS, ACCOUNTING, REFUSED = "told.json", "rows.parquet", "accounting.json", "refused.parquet"
READING = 0.2
"""Of the whole work."""
log = logging.getLogger(__name__)


def run(screening_pk: int) -> None:
    """Do it, once. What goes wrong stands on the screening for the analyst to read."""
    asked = (
        Screening.objects.select_related("case").filter(pk=screening_pk, state__in=list(UNFINISHED)).first()
    )
    if asked is None:
        return
    Screening.objects.filter(pk=asked.pk).update(state=JobState.RUNNING.value)
    try:
        _screen(asked)
    except Cancelled:
        _end(asked, JobState.CANCELLED)
    except NothingToRead:
        _end(asked, JobState.FAILED, problem="no file has the headers of invoices, customs or registrations")
    except Exception as problem:
        log.exception("screening %s", asked.pk)
        _end(asked, JobState.FAILED, problem=str(problem) or type(problem).__name__)
    else:
        _end(asked, JobState.DONE, share=1.0)


def _screen(asked: Screening) -> None:
    box = vault.of(asked.case)
    progress, stop = teller(asked)
    seen = 0

    def reading(name: str) -> None:
        nonlocal seen
        seen += 1
        progress(READING * seen / (seen + 5), name)
        if stop():
            raise Cancelled

    context = Context(
        progress=lambda share, what: progress(READING + (1 - READING) * share, what),
        cancelled=stop,
        memory_mib=settings.LEDGER_MEMORY_MIB,
        threads=settings.LEDGER_THREADS,
    )
    with box.workshop() as folder:
        files = _opened(asked, box, folder)
        read = read_folder(files, folder / "tables", reading)
        lacking = [name for name in ("invoices", "registrations") if not len(read.tables[name])]
        if lacking:
            raise ValueError(f"no rows of {', '.join(lacking)}; cases need invoices and registrations")
        accounting = read.report()
        hashes = {each.file: each.sha256 for each in read.files}
        done = cases.screen(read.tables, context, hashes=hashes)
        record = start(cases.DETECTORS[0], read.tables, {}, context, input_hashes=hashes).record
        accounting["not_checked"] = [gap_data(each) for each in done.evidence.not_checked]
        accounting["leads"] = [cases.lead_as_data(done, lead) for lead in done.leads]
        box.put(f"{asked.folder}/{ACCOUNTING}", [_json(accounting)])
        box.put_file(f"{asked.folder}/{REFUSED}", read.refused.path)
        found: list[FoundCase] = []
        findings: list[dict[str, Any]] = []
        for place, case in enumerate(done.cases, 1):
            rows = dossier.with_raw(dossier.rows_of(read.tables, done, case), files)
            told = dossier.tell(read.tables, done, case, rows)
            rows.write_parquet(folder / ROWS)
            box.put_file(f"{asked.folder}/{place}/{ROWS}", folder / ROWS)
            box.put(f"{asked.folder}/{place}/{TOLD}", [_json(told)])
            found.append(_found(asked, place, told))
            whole = next(as_rows(cases.findings_of(case)))
            findings.append({**whole, "subjects": _named(whole["subjects"], told)})
    _keep(asked, record, found, findings, accounting)


def _opened(asked: Screening, box: Vault, folder: Path) -> Path:
    """The case's files under their own names, for the readers."""
    files = folder / "files"
    for file in EvidenceFile.objects.filter(case=asked.case).exclude(state=FileState.ARCHIVE.value):
        plain = box.open(f"raw/{file.sha256}", folder)
        place = files / str(file.name)
        if place.exists():  # two contents of one name
            place = files / file.sha256[:8] / str(file.name)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.replace(plain, place)
    files.mkdir(exist_ok=True)
    return files


def _json(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False).encode()


def _found(asked: Screening, place: int, told: dict) -> FoundCase:
    case = told["case"]
    return FoundCase(
        screening=asked,
        place=place,
        strength=case["strength"],
        exporters=len(case["exporters"]),
        issuers=len(case["upstream_firms"]),
        banks=len(case["underground_banks"]),
        suspects=len(case["suspects"]),
        false_invoices=case["false_invoices_fen"],
        refunds=case["refunds_fen"],
    )


def _named(subjects: list[dict[str, str]], told: dict) -> list[dict[str, str]]:
    """With the names of firms and people, for lists."""
    names = {each["id"]: each["name"] for each in told["firms"]}
    names |= {each["person"]: each["name"] for each in told["case"]["people"]}
    return [{**each, "name": names.get(each["id"], "")} for each in subjects]


def _keep(
    asked: Screening, record: RunRecord, found: list[FoundCase], findings: list[dict], accounting: dict
) -> None:
    """The cases as findings of a run over these files, beside those of the ledger."""
    with act(SYSTEM, WORK, subject=f"case:{asked.case.number}") as entry:
        entry.note(screening=asked.number, found=len(found))
        FoundCase.objects.filter(screening=asked).delete()  # of a try that died
        run = Run.objects.create(
            case=asked.case,
            detector=record.detector,
            version=record.version,
            params=record.params,
            run_id=record.run_id,
            input_hashes=record.input_hashes,
            not_checked=accounting["not_checked"],
            state=JobState.DONE.value,
            share=1.0,
            found=len(found),
            asked_at=asked.asked_at,
            asked_by=asked.asked_by,
            ended_at=clock.now(),
        )
        for one, finding in zip(found, keep(run, findings), strict=True):
            one.finding = finding
        FoundCase.objects.bulk_create(found)
        asked.rows_in, asked.kept = accounting["rows_in"], accounting["rows_kept"]
        asked.merged, asked.refused = accounting["rows_merged"], accounting["rows_refused"]
        asked.save(update_fields=["rows_in", "kept", "merged", "refused"])


def _end(asked: Screening, state: JobState, **changes: object) -> None:
    with act(SYSTEM, WORK, subject=f"case:{asked.case.number}") as entry:
        entry.note(step=state.value, screening=asked.number)
        asked.state, asked.ended_at = state.value, clock.now()
        for name, value in changes.items():
            setattr(asked, name, value)
        asked.save(update_fields=["state", "ended_at", *changes])
