"""The room's own upkeep."""

from __future__ import annotations

from zhoudao.core.outbox.jobs import every, job
from zhoudao.desk.cases import actions


@job("cases.wipe")
@every(minutes=1)
def wipe() -> None:
    actions.wipe_unused()
