"""What the search says, kept for some seconds: many people ask the same within a minute, and an answer takes far longer
to work out than to send.

Kept in each web process, by everything it depends on: answers by words, choice, place (to about ten metres), minute,
mode, filters and language; whole pages and the interface's documents by their address, minute and language. What
changes in the directory shows after at most ``SECONDS``. Nothing that is kept is anybody's own: no name, and in place
of a token a mark (``pages_kept``).
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from zhoudao.core.access import Actor, require
from zhoudao.counter.places.rules import READ_PLACES

SECONDS = 20.0
MOST = 400
"""Answers, of some tens of kilobytes each."""

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Answered:
    """What the page needs of an answer, rendered."""

    html: str
    item: str
    """Code of the item meant."""
    name: str
    places: int


@dataclass(frozen=True)
class Document:
    """An answer of the interface for programs, as it is sent."""

    json: bytes
    item: str


@dataclass
class Kept(Generic[Thing]):
    clock: Callable[[], float] = time.monotonic
    _things: OrderedDict[Hashable, tuple[float, Thing]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, actor: Actor, key: Hashable) -> Thing | None:
        """Raises Forbidden for who may not read the directory."""
        require(actor, READ_PLACES)
        with self._lock:
            found = self._things.get(key)
            if found is None or self.clock() - found[0] > SECONDS:
                self._things.pop(key, None)
                return None
            self._things.move_to_end(key)
            return found[1]

    def put(self, key: Hashable, thing: Thing) -> None:
        with self._lock:
            self._things[key] = (self.clock(), thing)
            self._things.move_to_end(key)
            while len(self._things) > MOST:
                self._things.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._things.clear()


KEPT: Kept[Answered] = Kept()
DOCUMENTS: Kept[Document] = Kept()
