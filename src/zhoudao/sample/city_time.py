"""The sample city's time: it begins on the sample's own day and goes on where it ended, so that the audit trail's never
runs backwards.

While `zhoudao run` runs it holds a lock on a small file, which says from where it counts; commands given meanwhile
count with it. While nothing runs, time stands still.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TextIO

from django.conf import settings
from django.db import DatabaseError

from zhoudao.core import city, clock
from zhoudao.core.audit import queries as audit

FILE = "clock"


def count() -> clock.Count:
    """For a command: with the platform where it runs, else from where its time ended."""
    try:
        with _path().open(encoding="utf-8") as file:
            return (None if _lock(file) else _told(file)) or (ended(), clock.machine_now())
    except FileNotFoundError:
        return ended(), clock.machine_now()


@contextmanager
def running() -> Iterator[None]:
    """The city's time for the platform and all its processes, for as long as it runs.

    A second platform beside it on the same data counts with the first.
    """
    if not settings.SAMPLE_CITY or "ZHOUDAO_CLOCK" in os.environ:
        yield
        return
    _path().parent.mkdir(parents=True, exist_ok=True)
    with _path().open("a+", encoding="utf-8") as file:
        alone = _lock(file)
        start, anchor = (None if alone else _told(file)) or (ended(), clock.machine_now())
        if alone:
            file.truncate(0)
            print(start.isoformat(), anchor.isoformat(), file=file, flush=True)
        os.environ["ZHOUDAO_CLOCK"] = f"from:{start.isoformat()}"
        os.environ["ZHOUDAO_CLOCK_ANCHOR"] = str(anchor.timestamp())
        yield


def ended() -> datetime:
    """The moment of the last row of the audit trail; the sample's own day where there is none, or none after it."""
    try:
        last = audit.last_moment()
    except DatabaseError:  # no tables yet
        last = None
    as_of = city.current().as_of
    return as_of if last is None else max(as_of, last)


def _path() -> Path:
    return Path(settings.SAMPLE_DIR) / FILE


def _lock(file: TextIO) -> bool:
    """Whether nobody else holds it; ours until the file is closed."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _told(file: TextIO) -> clock.Count | None:
    """What the platform that runs wrote; None in the moment before it has."""
    file.seek(0)
    words = file.read().split()
    if len(words) != 2:
        return None
    return datetime.fromisoformat(words[0]), datetime.fromisoformat(words[1])
