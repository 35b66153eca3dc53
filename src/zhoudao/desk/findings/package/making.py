"""Making a package as a job of the worker: gathered, written, checked by its own script, sealed into the vault."""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from django.utils.translation import override

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM
from zhoudao.core.audit.actions import act
from zhoudao.desk.cases import vault
from zhoudao.desk.cases.vault import Vault
from zhoudao.desk.evidence.ledger.filters import yuan
from zhoudao.desk.findings.models import Package
from zhoudao.desk.findings.package import archive, contents, report
from zhoudao.desk.findings.package.contents import Contents
from zhoudao.desk.findings.progress import teller
from zhoudao.desk.findings.rules import UNFINISHED, WORK, JobState
from zhoudao.engines.detection import Cancelled, Context

log = logging.getLogger(__name__)


def run(package_pk: int) -> None:
    """Make the package, once. What goes wrong stands on it for the analyst to read."""
    package = Package.objects.select_related("case").filter(pk=package_pk, state__in=list(UNFINISHED)).first()
    if package is None:
        return
    Package.objects.filter(pk=package.pk).update(state=JobState.RUNNING.value)
    progress, stop = teller(package)
    context = Context(progress=progress, cancelled=stop)
    try:
        box = vault.of(package.case)
        with override(package.language), box.workshop() as folder:
            path, told = write(package, box, folder, context)
            sealed = box.put_file(package.place, path)
    except Cancelled:
        _end(package, JobState.CANCELLED)
    except Exception as problem:
        log.exception("package %s of case %s", package.number, package.case.number)
        _end(package, JobState.FAILED, problem=str(problem) or type(problem).__name__)
    else:
        _end(
            package,
            JobState.DONE,
            share=1.0,
            sha256=sealed.sha256,
            size=sealed.size,
            findings=len(told.findings),
            files=len(told.files),
        )


def write(package: Package, box: Vault, folder: Path, context: Context) -> tuple[Path, Contents]:
    """The zip in ``folder``, checked by the script that is in it. Raises archive.NotWhole, Cancelled."""
    context.report(0.0, "gathering")
    told = contents.gather(package, box, folder)
    path = folder / "package.zip"
    head = {
        "case": told.case["number"],
        "package": package.number,
        "document_number": told.document_number,
        "officers": told.officers,
        "made_at": told.made_at,
    }
    archive.write(
        path,
        head,
        _raw(told, box, context),
        _parts(told, folder, context),
        partial(report.record, told, folder),
    )
    return path, told


def _raw(told: Contents, box: Vault, context: Context) -> Iterator[tuple[contents.RawFile, Iterator[bytes]]]:
    for place, file in enumerate(told.files):
        context.report(0.1 + 0.6 * place / max(len(told.files), 1), file.name)
        yield file, box.pieces(f"raw/{file.sha256}")


def _parts(told: Contents, folder: Path, context: Context) -> Iterator[tuple[str, bytes]]:
    yield "ledger_rows.csv", _rows_csv(told)
    yield "findings.json", archive.as_json([each.__dict__ for each in told.findings])
    yield (
        "case.json",
        archive.as_json({**told.case, "documents": told.documents, "requests": told.requests}),
    )
    yield from told.annexes.items()
    context.report(0.75, "report")
    yield "report.pdf", report.report(told, folder)
    context.report(0.9, "checking")


def _rows_csv(told: Contents) -> bytes:
    """One line a transfer and source."""
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(
        [
            "transfer_id",
            "time",
            "time_precision",
            "source_account",
            "source_name",
            "target_account",
            "target_name",
            "amount_fen",
            "amount_yuan",
            "currency",
            "channel",
            "memo",
            "source_file",
            "source_sha256",
            "source_sheet",
            "source_row",
        ]
    )
    for row in sorted(told.rows.values(), key=lambda each: (each["time"], each["transfer_id"])):
        own = [
            row["transfer_id"],
            row["time"].isoformat(),
            row["time_precision"] or "",
            row["source_account"] or "",
            row["source_name"] or "",
            row["target_account"] or "",
            row["target_name"] or "",
            row["amount"],
            yuan(row["amount"]),
            row["currency"],
            row["channel"] or "",
            row["memo"] or "",
        ]
        for source in row["sources"] or [{}]:
            lines.writerow(
                [
                    *own,
                    source.get("source_file") or "",
                    source.get("source_sha256") or "",
                    source.get("source_sheet") or "",
                    source.get("source_row") or "",
                ]
            )
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _end(package: Package, state: JobState, **changes: object) -> None:
    with act(SYSTEM, WORK, subject=f"case:{package.case.number}") as entry:
        entry.note(step=state.value, package=package.number, sha256=changes.get("sha256", ""))
        package.state, package.ended_at = state.value, clock.now()
        for name, value in changes.items():
            setattr(package, name, value)
        package.save(update_fields=["state", "ended_at", *changes])
