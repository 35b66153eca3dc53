"""Which workers of this machine live. Each holds a lock on a file of its own, and loses it when it ends, however it
ends: so the next one knows what was left in hand without waiting for its lease, which for a long job is hours.

Workers on other machines aren't seen from here; what they leave comes back by its lease.
"""

from __future__ import annotations

import fcntl
import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MARK_BYTES = 4

log = logging.getLogger(__name__)


@contextmanager
def living(folder: Path) -> Iterator[str]:
    """This worker's mark, for as long as it lives. On a full disk it has one that nobody sees."""
    mark = secrets.token_hex(MARK_BYTES)
    coming, there = folder / f".{mark}", folder / mark
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = coming.open("w")
    except OSError as error:
        log.warning("worker: no file of its own (%s): what it leaves comes back by its lease", error.strerror)
        yield mark
        return
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        coming.rename(there)  # seen by others only once it is locked
        yield mark


def ended(folder: Path) -> list[str]:
    """The marks of those that live no more and weren't forgotten."""
    if not folder.is_dir():
        return []
    return [
        each.name for each in sorted(folder.iterdir()) if not each.name.startswith(".") and _is_free(each)
    ]


def forget(folder: Path, mark: str) -> None:
    (folder / mark).unlink(missing_ok=True)


def _is_free(path: Path) -> bool:
    with suppress(FileNotFoundError, BlockingIOError), path.open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False
