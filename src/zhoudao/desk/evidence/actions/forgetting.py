"""What goes when a case is destroyed."""

from __future__ import annotations

from zhoudao.desk.evidence.models import Cleaning, EvidenceFile


def forget(case_id: int) -> dict[str, int]:
    """Every row of the case's files and cleanings. The vault itself goes with the case."""
    files = EvidenceFile.objects.filter(case_id=case_id)
    count = files.count()
    files.exclude(archive=None).delete()
    files.delete()
    cleanings, _ = Cleaning.objects.filter(case_id=case_id).delete()
    return {"files": count, "cleanings": cleanings}
