"""Runs and packages are made in the worker."""

from __future__ import annotations

from datetime import timedelta

from zhoudao.core.outbox.jobs import job
from zhoudao.desk.findings import searching
from zhoudao.desk.findings.package import making

LEASE = timedelta(hours=2)


@job("findings.run", lease=LEASE)
def run(run: int) -> None:
    searching.run(run)


@job("findings.package", lease=LEASE)
def package(package: int) -> None:
    making.run(package)
