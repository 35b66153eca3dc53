"""Jobs of the windows; see ``zhoudao.core.outbox.jobs``."""

from __future__ import annotations

from datetime import timedelta

from zhoudao.core.access import SYSTEM
from zhoudao.core.outbox.jobs import every, job
from zhoudao.counter.windows import actions
from zhoudao.counter.windows.booking import jobs as booking_jobs  # noqa: F401  registers its own

ONCE_A_DAY = 24 * 60


@job("windows.learn_waits", lease=timedelta(minutes=30))
@every(minutes=ONCE_A_DAY)
def learn_waits() -> None:
    """How long one waits at each point, from its last days."""
    actions.learn(SYSTEM)


@job("windows.end_day")
@every(minutes=10)
def end_day() -> None:
    """Tickets that a day left behind."""
    actions.end_day(SYSTEM)
