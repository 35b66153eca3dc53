"""Cleaning runs in the worker."""

from __future__ import annotations

from datetime import timedelta

from zhoudao.core.outbox.jobs import job
from zhoudao.desk.evidence.cleaning import running

LEASE = timedelta(hours=2)
"""Longer than any cleaning that one machine should do."""


@job("evidence.clean", lease=LEASE)
def clean(cleaning: int) -> None:
    running.run(cleaning)
