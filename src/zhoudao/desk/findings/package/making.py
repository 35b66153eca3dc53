"""Making a package as a job of the worker: gathered, written, checked by its own script, sealed into the vault."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import logging
import subprocess
import sys
import zipfile
from pathlib import Path

from django.utils.translation import override

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM
from zhoudao.core.audit.actions import act
from zhoudao.desk.cases import vault
from zhoudao.desk.cases.vault import Vault
from zhoudao.desk.evidence.ledger.filters import yuan
from zhoudao.desk.findings.models import Package
from zhoudao.desk.findings.package import contents, report
from zhoudao.desk.findings.package.contents import Contents
from zhoudao.desk.findings.progress import teller
from zhoudao.desk.findings.rules import UNFINISHED, WORK, JobState
from zhoudao.engines.detection import Cancelled, Context

FORMAT = "zhoudao evidence package 1"
CHECK = Path(__file__).with_name("check.py")
FIXED = (1980, 1, 1, 0, 0, 0)
"""Every member's time: the same contents make the same zip."""
README = """Evidence package / 证据包
raw/               the files as they came, each under its SHA-256 / 原始文件
ledger_rows.csv    every transfer of the findings, with file and row / 线索涉及的流水及来源
findings.json      what was found, with parameters and reasons / 线索
report.pdf         the same for people / 分析报告
extraction.pdf     extraction record and list of electronic data, to be signed on paper; it prints the hash of
                   manifest.json and so is not listed in it / 提取记录与清单，打印后签名
manifest.json      every file with its SHA-256 / 校验清单
check.py           python3 check.py checks all of it again / 复核脚本
"""
log = logging.getLogger(__name__)


class NotWhole(Exception):
    """The package's own check found a fault: it is not given out."""


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
    """The zip in ``folder``, checked by the script that is in it. Raises NotWhole, Cancelled."""
    context.report(0.0, "gathering")
    told = contents.gather(package, box, folder)
    path = folder / "package.zip"
    listed: list[dict[str, object]] = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for place, file in enumerate(told.files):
            context.report(0.1 + 0.6 * place / max(len(told.files), 1), file.name)
            listed.append(_add_raw(archive, box, file))
        for name, content in (
            ("README.txt", README.encode()),
            ("check.py", CHECK.read_bytes()),
            ("ledger_rows.csv", _rows_csv(told)),
            ("findings.json", _json([each.__dict__ for each in told.findings])),
            ("case.json", _json({**told.case, "documents": told.documents, "requests": told.requests})),
        ):
            listed.append(_add(archive, name, content))
        context.report(0.75, "report")
        listed.append(_add(archive, "report.pdf", report.report(told, folder)))
        head = {
            "format": FORMAT,
            "case": told.case["number"],
            "package": package.number,
            "document_number": told.document_number,
            "officers": told.officers,
            "made_at": told.made_at,
        }
        listed.sort(key=lambda each: str(each["path"]))
        manifest = _json({**head, "files": listed})
        _add(archive, "manifest.json", manifest)
        # The record prints the manifest's hash, so the manifest can't list it: it is signed on paper instead.
        _add(archive, "extraction.pdf", report.record(told, folder, hashlib.sha256(manifest).hexdigest()))
    context.report(0.9, "checking")
    _check(path)
    return path, told


def _add_raw(archive: zipfile.ZipFile, box: Vault, file: contents.RawFile) -> dict[str, object]:
    digest, size = hashlib.sha256(), 0
    info = zipfile.ZipInfo(file.place, FIXED)
    info.compress_type = zipfile.ZIP_DEFLATED
    with archive.open(info, "w", force_zip64=True) as member:
        for piece in box.pieces(f"raw/{file.sha256}"):
            digest.update(piece)
            size += len(piece)
            member.write(piece)
    if digest.hexdigest() != file.sha256:
        raise NotWhole(f"{file.name}: its content is no longer what its hash says")
    return {"path": file.place, "sha256": file.sha256, "size": size}


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> dict[str, object]:
    info = zipfile.ZipInfo(name, FIXED)
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, content)
    return {"path": name, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}


def _json(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True, default=str).encode()


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


def _check(path: Path) -> None:
    """By the very script that goes out with it, in a process of its own."""
    done = subprocess.run(  # noqa: S603  our own script on our own file
        [sys.executable, str(CHECK), str(path)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NotWhole(done.stdout.strip() or done.stderr.strip())


def _end(package: Package, state: JobState, **changes: object) -> None:
    with act(SYSTEM, WORK, subject=f"case:{package.case.number}") as entry:
        entry.note(step=state.value, package=package.number, sha256=changes.get("sha256", ""))
        package.state, package.ended_at = state.value, clock.now()
        for name, value in changes.items():
            setattr(package, name, value)
        package.save(update_fields=["state", "ended_at", *changes])
