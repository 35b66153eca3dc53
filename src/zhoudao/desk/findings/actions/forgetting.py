"""What goes when a case is destroyed."""

from __future__ import annotations

from zhoudao.desk.findings.models import Finding, Package, Run


def forget(case_id: int) -> dict[str, int]:
    """Every run, finding, note and package of the case. Their tables go with the vault."""
    findings = Finding.objects.filter(case_id=case_id)
    count = findings.count()
    findings.delete()
    runs, _ = Run.objects.filter(case_id=case_id).delete()
    packages, _ = Package.objects.filter(case_id=case_id).delete()
    return {"findings": count, "runs": runs, "packages": packages}
