"""Jobs of the kiosks; see ``zhoudao.core.outbox.jobs``."""

from __future__ import annotations

from zhoudao.core.access import SYSTEM
from zhoudao.core.outbox.jobs import every, job
from zhoudao.counter.kiosks import actions


@job("kiosks.watch")
@every(minutes=1)
def watch() -> None:
    """Kiosks that fell silent, and nonces that are too old to come again."""
    actions.watch(SYSTEM)
