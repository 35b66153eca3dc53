"""Screenings are made in the worker."""

from __future__ import annotations

from datetime import timedelta

from zhoudao.core.outbox.jobs import job
from zhoudao.desk.trade import screening as screenings


@job("trade.screen", lease=timedelta(hours=2))
def screen(screening: int) -> None:
    screenings.run(screening)
