"""Pages that stay live: what a board shows, pushed to everybody who watches it (server-sent events).

One thread a process looks at the queues that somebody watches, once a second and by one small query each. Only when a
queue changed (or REDRAWN_AFTER) is its board drawn anew, once for each language, however many watch. A viewer who was
away gets the whole board again, with the calls of the last two minutes: nothing has to be replayed.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from django.db import DatabaseError, connection

LOOKED_AT_EVERY = 1.0
"""Seconds."""
REDRAWN_AFTER = 20.0
"""Seconds: waits are estimated anew though nothing happened."""
SIGN_OF_LIFE = 15.0
"""Seconds: proxies and browsers give up what is silent."""
RETRY_MS = 2000
"""How soon a browser that lost the stream comes back."""

log = logging.getLogger(__name__)

Key = tuple[str, str]
"""Point code and language."""


@dataclass(eq=False)
class Viewer:
    """Somebody who watches; ``box`` holds the newest board that was not sent yet."""

    loop: asyncio.AbstractEventLoop
    box: asyncio.Queue[str] = field(default_factory=lambda: asyncio.Queue(maxsize=1))

    def send(self, event: str) -> None:
        """From the thread that draws."""
        self.loop.call_soon_threadsafe(self._replace, event)

    def _replace(self, event: str) -> None:
        if self.box.full():
            self.box.get_nowait()
        self.box.put_nowait(event)


@dataclass
class Hub:
    """``version(point)`` counts up with each change; ``draw(point, language)`` is the event to send."""

    version: Callable[[str], int]
    draw: Callable[[str, str], str]
    every: float = LOOKED_AT_EVERY
    _viewers: dict[Key, set[Viewer]] = field(default_factory=dict)
    _seen: dict[str, tuple[int, float]] = field(default_factory=dict)
    """By point: the version drawn last, and when."""
    _newest: dict[Key, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _thread: threading.Thread | None = None

    def join(self, key: Key) -> Viewer:
        """Begin to watch; the newest board comes at once when somebody watches it already."""
        viewer = Viewer(asyncio.get_running_loop())
        with self._lock:
            self._viewers.setdefault(key, set()).add(viewer)
            if key in self._newest:
                viewer.box.put_nowait(self._newest[key])
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="boards", daemon=True)
                self._thread.start()
        return viewer

    def part(self, key: Key, viewer: Viewer) -> None:
        with self._lock:
            watching = self._viewers.get(key, set())
            watching.discard(viewer)
            if not watching:
                self._viewers.pop(key, None)
                self._newest.pop(key, None)

    def _watch(self) -> None:
        """Until nobody watches any more."""
        while True:
            with self._lock:
                keys = list(self._viewers)
                if not keys:
                    self._seen.clear()
                    self._thread = None
                    break
            for point in sorted({point for point, _ in keys}):
                try:
                    self._look(point)
                except Exception as error:  # a board that can't be drawn now must not stop the others
                    log.error("board %s: %s", point, type(error).__name__)
                    if isinstance(error, DatabaseError):
                        connection.close()
            time.sleep(self.every)
        connection.close()

    def _look(self, point: str) -> None:
        version, now = self.version(point), time.monotonic()
        seen, at = self._seen.get(point, (-1, 0.0))
        with self._lock:
            languages = [language for known, language in self._viewers if known == point]
            drawn = all((point, language) in self._newest for language in languages)
        if version == seen and drawn and now - at < REDRAWN_AFTER:
            return
        events = {language: self.draw(point, language) for language in languages}
        with self._lock:
            self._seen[point] = (version, now)
            for language, event in events.items():
                viewers = self._viewers.get((point, language))
                if viewers:
                    self._newest[point, language] = event
                    for viewer in viewers:
                        viewer.send(event)


async def stream(hub: Hub, key: Key) -> AsyncIterator[str]:
    """The events of a board, as text/event-stream, until the viewer goes."""
    viewer = hub.join(key)
    try:
        yield f"retry: {RETRY_MS}\n\n"
        while True:
            try:
                yield await asyncio.wait_for(viewer.box.get(), SIGN_OF_LIFE)
            except TimeoutError:
                yield ": still here\n\n"
    finally:
        hub.part(key, viewer)
