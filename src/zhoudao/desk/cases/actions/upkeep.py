"""Opened vaults are wiped when nobody works in them any more."""

from __future__ import annotations

import shutil

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM
from zhoudao.core.audit.actions import act
from zhoudao.desk.cases import gate, vault
from zhoudao.desk.cases.models import Case, Sitting
from zhoudao.desk.cases.rules import LONGEST_SITTING, WIPE


def wipe_if_unused(case: Case) -> bool:
    """Wipe the case's opened folder unless a member is at work in it; whether there was anything."""
    now = clock.machine_now()
    if Sitting.objects.filter(case=case, left_at=None, **gate.living(now)).exists():
        return False
    return vault.wipe(case.vault)


def wipe_unused() -> int:
    """The same for every folder that lies opened, and what pieces of work that died left behind; how many went."""
    opened = vault.opened_folders()
    if not opened:
        return 0
    now = clock.machine_now()
    at_work = set(
        Sitting.objects.filter(left_at=None, **gate.living(now)).values_list("case__vault", flat=True)
    )
    unused = []
    for folder in opened:
        name, _, work = folder.name.partition(".")
        age = now.timestamp() - folder.stat().st_mtime
        if age > LONGEST_SITTING.total_seconds() if work else name not in at_work:
            unused.append(folder)
    if not unused:
        return 0
    with act(SYSTEM, WIPE, subject="vaults:opened") as entry:
        entry.note(folders=len(unused))
        for folder in unused:
            shutil.rmtree(folder, ignore_errors=True)
    return len(unused)
