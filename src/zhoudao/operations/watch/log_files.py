"""A file of log lines a day, and how long it is kept. Several processes write to the same file, each line whole."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from zhoudao.core import clock

NAME = re.compile(r"(\d{4}-\d{2}-\d{2})\.jsonl")


class DailyFiles(logging.Handler):
    """Appends to ``<folder>/<day>.jsonl``, the day of the machine's clock in the city; the owner's alone."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        self.folder = Path(folder)

    def emit(self, record: logging.LogRecord) -> None:
        """One write a line, to a file opened for appending: lines of several processes never mix."""
        try:
            line = (self.format(record) + "\n").encode()
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path = self.folder / f"{clock.local(clock.machine_now()).date()}.jsonl"
            handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(handle, line)
            finally:
                os.close(handle)
        except Exception:  # a full disk must not stop what is being logged
            self.handleError(record)


def older_than(folder: Path, days: int, today: date) -> Iterator[Path]:
    """The days' files that have been kept for ``days`` and a day: what nobody named so is never touched."""
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        named = NAME.fullmatch(path.name)
        if named and date.fromisoformat(named[1]) < today - timedelta(days=days):
            yield path
