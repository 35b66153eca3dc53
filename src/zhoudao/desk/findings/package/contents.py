"""What goes into a package, gathered once, as plain data."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zhoudao.core import clock
from zhoudao.core.clock import local
from zhoudao.core.people.models import User
from zhoudao.desk.cases.models import Case, Document
from zhoudao.desk.cases.queries import retrieval_rows
from zhoudao.desk.cases.vault import Vault
from zhoudao.desk.evidence.ledger import tables
from zhoudao.desk.evidence.models import EvidenceFile
from zhoudao.desk.findings import ports, words
from zhoudao.desk.findings.models import Finding, Package
from zhoudao.desk.findings.queries import rows_of
from zhoudao.desk.findings.rules import Verdict
from zhoudao.desk.findings.searching import ROWS_FILE

MOST_ROWS = 100_000
"""Ledger rows of one finding in a package."""


@dataclass(frozen=True)
class RawFile:
    sha256: str
    size: int
    name: str
    received_at: str
    document_number: str
    """Of the request it answers."""

    @property
    def place(self) -> str:
        return f"raw/{self.sha256}/{self.name.rpartition('/')[2]}"


@dataclass(frozen=True)
class Told:
    """A finding as the package tells it."""

    finding_id: str
    detector: str
    version: str
    title: str
    sentences: list[str]
    subjects: list[dict[str, str]]
    score: float
    amount: int | None
    currency: str
    params: dict[str, Any]
    run_id: str
    ledger: int | None
    ledger_sha256: str
    """Of the ledger, where the finding rests on one."""
    not_checked: list[str]
    why: str
    decided_at: str
    decided_by: str
    notes: list[dict[str, str]]
    rows: list[str]
    """Transfer ids, in the order the finding tells them."""
    rows_total: int
    """Sum of their amounts: what the check adds up again."""
    annexes: list[str] = field(default_factory=list)
    """Files of the package with its rows, where it rests on other tables."""
    figures: list[dict[str, Any]] = field(default_factory=list)
    """As ``ports.Packed``."""


@dataclass(frozen=True)
class Contents:
    case: dict[str, Any]
    officers: list[dict[str, str]]
    document_number: str
    made_at: str
    language: str
    documents: list[dict[str, str]]
    requests: list[dict[str, Any]]
    files: list[RawFile]
    findings: list[Told]
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By transfer id: the transfer, with its sources."""
    annexes: dict[str, bytes] = field(default_factory=dict)


def gather(package: Package, box: Vault, folder: Path) -> Contents:
    """Everything a package tells. ``folder``: private, for the tables that are opened on the way."""
    case = package.case
    files = EvidenceFile.objects.select_related("retrieval__document").filter(case=case)
    found: list[Told] = []
    rows: dict[str, dict[str, Any]] = {}
    annexes: dict[str, bytes] = {}
    for finding in _accepted(case):
        own = _ledger_rows(finding, box, folder) if finding.run.ledger else []
        rows |= {row["transfer_id"]: row for row in own}
        source = ports.source_of(finding.run.detector)
        packed = source.packed(finding, box, folder) if source else ports.Packed({})
        annexes |= packed.annexes
        found.append(_told(finding, package.language, own, packed))
    return Contents(
        case={
            "number": case.number,
            "title": str(case.title),
            "offence": case.offence,
            "basis": case.basis,
            "opened_at": local(case.opened_at).isoformat(),
        },
        officers=json.loads(package.officers),
        document_number=str(package.document_number),
        made_at=local(clock.now()).isoformat(timespec="seconds"),
        language=package.language,
        documents=[
            {
                "kind": each.kind,
                "number": str(each.number),
                "issued_on": str(each.issued_on or ""),
                "sha256": each.sha256,
            }
            for each in Document.objects.filter(case=case)
        ],
        requests=[
            {
                "number": row.retrieval.number,
                "document_number": str(row.retrieval.document.number),
                "addressee": str(row.retrieval.addressee),
                "sent_on": str(row.retrieval.sent_on or ""),
                "answered_on": str(row.retrieval.answered_on or ""),
                "gaps": [f"{gap.account} {gap.first} {gap.last}" for gap in row.gaps],
            }
            for row in retrieval_rows(case)
        ],
        files=[
            RawFile(
                file.sha256,
                file.size,
                str(file.name),
                local(file.received_at).isoformat(timespec="seconds"),
                str(file.retrieval.document.number) if file.retrieval else "",
            )
            for file in files
        ],
        findings=found,
        rows=rows,
        annexes=annexes,
    )


def _accepted(case: Case) -> list[Finding]:
    """Accepted findings, each once: of several runs that found the same, the latest."""
    found: dict[str, Finding] = {}
    accepted = Finding.objects.select_related("run", "run__ledger").prefetch_related("notes__written_by")
    for finding in accepted.filter(case=case, verdict=Verdict.ACCEPTED.value).order_by("run_id"):
        found[finding.finding_id] = finding
    return sorted(found.values(), key=lambda each: (-each.score, each.finding_id))


def _ledger_rows(finding: Finding, box: Vault, folder: Path) -> list[dict[str, Any]]:
    """The finding's transfers in the order it tells them, each with its sources."""
    run = finding.run
    assert run.ledger is not None
    for name in tables.TABLES:
        path = box.open(f"{run.ledger.folder}/{name}.parquet", folder)
    with tables.cursor(path.parent, box.open(f"{run.folder}/{ROWS_FILE}", folder)) as found:
        own = rows_of(found, finding.finding_id, MOST_ROWS)
        sources = tables.rows(
            found,
            "SELECT * FROM transfer_sources WHERE list_contains(?, transfer_id) ORDER BY source_file, source_row",
            [[row["transfer_id"] for row in own]],
        )
    standing: dict[str, list[dict[str, Any]]] = {}
    for source in sources:
        standing.setdefault(source["transfer_id"], []).append(source)
    return [{**row, "sources": standing.get(row["transfer_id"], [])} for row in own]


def _told(finding: Finding, language: str, own: list[dict[str, Any]], packed: ports.Packed) -> Told:
    run = finding.run
    officer = User.objects.filter(pk=int(finding.decided_by.partition(":")[2] or 0)).first()
    return Told(
        finding_id=finding.finding_id,
        detector=run.detector,
        version=run.version,
        title=words.title_of(run.detector, language),
        sentences=words.sentences(finding, run.detector, language),
        subjects=finding.subjects,
        score=finding.score,
        amount=finding.amount,
        currency=finding.currency,
        params=run.params,
        run_id=run.run_id,
        ledger=run.ledger.number if run.ledger else None,
        ledger_sha256=run.ledger.ledger_sha256 if run.ledger else "",
        not_checked=words.gaps(run.not_checked, language),
        why=str(finding.why),
        decided_at=local(finding.decided_at).isoformat(timespec="seconds") if finding.decided_at else "",
        decided_by=str(officer.display_name) if officer else "",
        notes=[
            {"text": str(note.text), "by": str(note.written_by.display_name)} for note in finding.notes.all()
        ],
        rows=[row["transfer_id"] for row in own],
        rows_total=sum(row["amount"] for row in own),
        annexes=list(packed.annexes),
        figures=packed.figures,
    )
