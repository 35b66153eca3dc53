"""Writers of one process take turns, in the order they came.

SQLite has one writer at a time, and whoever finds it busy asks again after a sleep: with dozens of threads somebody is
always unlucky until their patience (20 s) ends. Waiting in a row inside the process instead, each gets a turn, and only
the few processes ask the database itself. PostgreSQL locks rows and needs none of this.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


class Turns:
    """A lock that is given in the order it was asked for."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._row: deque[threading.Event] = deque()
        """The first one has the turn."""

    @contextmanager
    def turn(self) -> Iterator[None]:
        own = threading.Event()
        with self._guard:
            self._row.append(own)
            if self._row[0] is own:
                own.set()
        try:
            own.wait()
            yield
        finally:
            with self._guard:
                self._row.remove(own)  # also of one who was interrupted while waiting
                if self._row:
                    self._row[0].set()


_turns = Turns()


@contextmanager
def own_turn() -> Iterator[None]:
    """Hold it around an outermost transaction that writes; inside one, and on PostgreSQL, it does nothing."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with _turns.turn():
        yield
