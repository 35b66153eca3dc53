"""The store's own upkeep."""

from __future__ import annotations

from zhoudao.core.access import SYSTEM
from zhoudao.core.files import actions
from zhoudao.core.outbox.jobs import every, job


@job("files.sweep")
@every(minutes=24 * 60)
def sweep() -> None:
    actions.seal_plain(SYSTEM)
    actions.sweep(SYSTEM)
