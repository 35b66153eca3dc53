"""What a job tells its page, and how it hears that nobody wants it any more."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.db import models

TELL_EVERY = 0.5
"""Seconds between two words of progress: the page asks once a second."""


def teller(job: models.Model) -> tuple[Callable[[float, str], None], Callable[[], bool]]:
    """``(progress, cancelled)`` for a row with ``share`` and ``cancel_asked``, neither asked more often
    than is worth."""
    told = asked = 0.0
    cancelled = False
    rows = type(job)._default_manager.filter(pk=job.pk)

    def progress(share: float, what: str) -> None:
        nonlocal told
        if time.monotonic() - told > TELL_EVERY:
            told = time.monotonic()
            rows.update(share=share)

    def stop() -> bool:
        nonlocal asked, cancelled
        if time.monotonic() - asked > TELL_EVERY:
            asked = time.monotonic()
            cancelled = rows.filter(cancel_asked=True).exists()
        return cancelled

    return progress, stop
