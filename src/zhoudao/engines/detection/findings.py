"""Findings (线索) as objects, and as the two tables of ``zhoudao.engines.shapes``."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa

from zhoudao.engines.shapes import FINDING_ROWS, FINDINGS


@dataclass(frozen=True, order=True)
class Subject:
    """Whom or what a finding is about."""

    kind: str
    """account, person, firm, device, phone, tender ..."""
    id: str
    role: str = ""
    """Its part in the finding: mule, payer, issuer ..."""


@dataclass(frozen=True)
class Reason:
    """Why: a code, whose text in each language the detector has, and the values that stand in it."""

    code: str
    values: Mapping[str, int | float | str] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """A row of the evidence: a transfer by its id, or a place in a raw file."""

    transfer_id: str | None = None
    source_file: str | None = None
    source_sheet: str | None = None
    source_row: int | None = None


@dataclass(frozen=True)
class Found:
    """One finding. A score is a reason to look, never a decision."""

    subjects: Sequence[Subject]
    score: float
    reasons: Sequence[Reason]
    rows: Sequence[Row]
    amount: int | None = None
    currency: str | None = None
    first_time: datetime | None = None
    last_time: datetime | None = None


@dataclass(frozen=True)
class Batch:
    """Findings and their rows as tables with the schemas FINDINGS and FINDING_ROWS.

    A detector that finds millions fills ``run_id`` with "": whoever runs it puts the run's in.
    """

    findings: pa.Table
    rows: pa.Table


def finding_id(detector: str, version: str, subjects: Iterable[Subject], rows: Iterable[Row]) -> str:
    """The same for the same finding, whenever and wherever it is found: 24 hexadecimal digits of a SHA-256."""
    digest = hashlib.sha256(f"{detector}\n{version}\n".encode())
    for subject in sorted(subjects):
        digest.update(f"s\t{subject.kind}\t{subject.id}\t{subject.role}\n".encode())
    for row in rows:
        digest.update(
            f"r\t{row.transfer_id}\t{row.source_file}\t{row.source_sheet}\t{row.source_row}\n".encode()
        )
    return digest.hexdigest()[:24]


def batch_of(detector: str, version: str, found: Sequence[Found]) -> Batch:
    """Tables of some findings. Raises ValueError for a score outside [0, 1]."""
    findings: list[dict[str, object]] = []
    rows: list[dict[str, object]] = []
    for one in found:
        if not 0 <= one.score <= 1:
            raise ValueError(f"{detector}: a score of {one.score}; expected one from 0 to 1")
        key = finding_id(detector, version, one.subjects, one.rows)
        findings.append(
            {
                "finding_id": key,
                "run_id": "",
                "subjects": [{"kind": each.kind, "id": each.id, "role": each.role} for each in one.subjects],
                "score": float(one.score),
                "amount": one.amount,
                "currency": one.currency,
                "first_time": one.first_time,
                "last_time": one.last_time,
                "reasons": [
                    {"code": why.code, "values": [(name, str(value)) for name, value in why.values.items()]}
                    for why in one.reasons
                ],
            }
        )
        rows += [
            {
                "finding_id": key,
                "position": position,
                "transfer_id": row.transfer_id,
                "source_file": row.source_file,
                "source_sheet": row.source_sheet,
                "source_row": row.source_row,
            }
            for position, row in enumerate(one.rows)
        ]
    return Batch(
        pa.Table.from_pylist(findings, schema=FINDINGS), pa.Table.from_pylist(rows, schema=FINDING_ROWS)
    )
