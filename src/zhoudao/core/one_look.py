"""One look at the records: within it, the numbers that say whether something has changed are read once.

An answer asks several rooms, and each would ask the database for its own room's version, some of them several times.
Within one look they all answer from the same versions, which is also what makes the answer of one piece.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Thing = TypeVar("Thing")

_seen: ContextVar[dict[Hashable, object] | None] = ContextVar("seen", default=None)


@contextmanager
def one_look() -> Iterator[None]:
    """Only for reading; a look within a look is the same one."""
    if _seen.get() is not None:
        yield
        return
    token = _seen.set({})
    try:
        yield
    finally:
        _seen.reset(token)


def read_once(key: Hashable, read: Callable[[], Thing]) -> Thing:
    """What ``read`` returns; within one look only the first call reads."""
    seen = _seen.get()
    if seen is None:
        return read()
    if key not in seen:
        seen[key] = read()
    return seen[key]  # type: ignore[return-value]  # what this key's own reader returned
