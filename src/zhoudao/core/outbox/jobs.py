"""Jobs by name. A room registers its own in its ``jobs.py``::

    @job("applications.remind")
    def remind(application: int) -> None: ...

    @job("places.refresh")
    @every(minutes=10)
    def refresh() -> None: ...

and calls ``enqueue_job("applications.remind", {"application": 7})`` in its actions. A job may run twice
(a worker can die after the work and before saying so): make the second time harmless.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TypeVar

from django.utils.module_loading import autodiscover_modules

from zhoudao.core.outbox.rules import LEASE

Function = TypeVar("Function", bound=Callable[..., object])


@dataclass(frozen=True)
class Job:
    name: str
    function: Callable[..., object]
    interval: timedelta | None
    """How often it runs by itself; None: only when enqueued."""
    lease: timedelta
    """How long it may take before another worker takes it for lost."""


_jobs: dict[str, Job] = {}
_intervals: dict[Callable[..., object], timedelta] = {}


def job(name: str, *, lease: timedelta = LEASE) -> Callable[[Function], Function]:
    """Register the function under ``name`` (``room.verb``); it is called with the payload as keywords."""

    def register(function: Function) -> Function:
        earlier = _jobs.get(name)
        if earlier is not None and earlier.function.__module__ != function.__module__:
            raise ValueError(
                f"job {name} is registered twice: {earlier.function.__module__}, {function.__module__}"
            )
        _jobs[name] = Job(name, function, _intervals.get(function), lease)
        return function

    return register


def every(*, minutes: float) -> Callable[[Function], Function]:
    """Below ``@job``: run by itself, once in each interval, however many workers there are."""

    def remember(function: Function) -> Function:
        _intervals[function] = timedelta(minutes=minutes)
        return function

    return remember


def find(name: str) -> Job:
    """Raises LookupError naming the jobs there are."""
    _discover()
    if name not in _jobs:
        raise LookupError(f"there is no job {name!r}; expected one of {', '.join(sorted(_jobs))}")
    return _jobs[name]


def recurring() -> list[Job]:
    _discover()
    return [job for _, job in sorted(_jobs.items()) if job.interval is not None]


@cache
def _discover() -> None:
    from zhoudao.core.outbox import house_jobs  # noqa: F401  jobs of the rooms below this one

    autodiscover_modules("jobs")
