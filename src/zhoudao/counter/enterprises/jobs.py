"""Jobs of the enterprises; see ``zhoudao.core.outbox.jobs``."""

from __future__ import annotations

from zhoudao.core.access import SYSTEM
from zhoudao.core.outbox.jobs import every, job
from zhoudao.counter.enterprises import actions

ONCE_A_DAY = 24 * 60


@job("enterprises.forget")
@every(minutes=ONCE_A_DAY)
def forget() -> None:
    """Messages past their term."""
    actions.forget(SYSTEM)
