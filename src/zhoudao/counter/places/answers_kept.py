"""Answers of the search page kept for some seconds: many people ask the same within a minute, and an answer takes far
longer to work out than to send.

Kept in each web process, by everything an answer depends on: words, choice, place (to about ten metres), minute, mode,
filters, language. What changes in the directory shows after at most ``SECONDS``. Nothing in a kept answer is anybody's
own: no token, no name.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from zhoudao.core.access import Actor, require
from zhoudao.counter.places.rules import READ_PLACES

SECONDS = 20.0
MOST = 400
"""Answers, of some tens of kilobytes each."""


@dataclass(frozen=True)
class Answered:
    """What the page needs of an answer, rendered."""

    html: str
    item: str
    """Code of the item meant."""
    name: str
    places: int


@dataclass
class Kept:
    clock: Callable[[], float] = time.monotonic
    _answers: OrderedDict[Hashable, tuple[float, Answered]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, actor: Actor, key: Hashable) -> Answered | None:
        """Raises Forbidden for who may not read the directory."""
        require(actor, READ_PLACES)
        with self._lock:
            at, answered = self._answers.get(key, (0.0, None))
            if answered is None or self.clock() - at > SECONDS:
                self._answers.pop(key, None)
                return None
            self._answers.move_to_end(key)
            return answered

    def put(self, key: Hashable, answered: Answered) -> None:
        with self._lock:
            self._answers[key] = (self.clock(), answered)
            self._answers.move_to_end(key)
            while len(self._answers) > MOST:
                self._answers.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._answers.clear()


KEPT = Kept()
