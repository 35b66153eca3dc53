"""An invoice case's part of an evidence package."""

from __future__ import annotations

from pathlib import Path

from zhoudao.desk.cases.vault import Vault
from zhoudao.desk.findings.models import Finding
from zhoudao.desk.findings.ports import Packed
from zhoudao.desk.trade.models import FoundCase
from zhoudao.desk.trade.queries import kept
from zhoudao.desk.trade.report.packing import parts


def packed(finding: Finding, box: Vault, folder: Path) -> Packed:
    found = FoundCase.objects.select_related("screening__case").get(finding=finding)
    told, rows = kept(found, box, folder)
    return parts(told, rows, found.screening.case.number, f"invoices/{finding.finding_id}")
