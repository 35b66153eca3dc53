"""Sites that take longer than anyone waits for a page. Imported by the room's ``jobs.py``."""

from __future__ import annotations

from zhoudao.core.access import SYSTEM
from zhoudao.core.outbox.jobs import job
from zhoudao.counter.places.coverage import queries
from zhoudao.counter.places.coverage.rules import SITE_KIOSKS


@job(SITE_KIOSKS)
def site_kiosks(count: int, minutes: int, mode: str) -> None:
    """Work out and keep; the second time it is there already."""
    queries.sites(SYSTEM, count, minutes, mode)
