"""What runs on while nobody touches the screen: heartbeats, what is offered, and handing in what is held."""

from __future__ import annotations

import threading
from collections.abc import Callable
from enum import StrEnum
from time import monotonic, time

from zhoudao.counter.catalog.schema import Item
from zhoudao.counter.kiosks.machine.bridge import Bridge
from zhoudao.counter.kiosks.machine.device import Lost, Send
from zhoudao.counter.kiosks.machine.home import Home
from zhoudao.counter.kiosks.rules import Fault

BEAT = 30.0
"""Seconds between heartbeats."""
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0
"""Seconds before what was lost is sent again: doubled each time."""
LONGEST_LOSS = 600.0
"""Seconds without the platform for which a kiosk still takes applications. Then it says that it can't."""
MOST_HELD = 50
"""Rows in the journal: with more it takes no further ones."""


class Closed(StrEnum):
    """Why a kiosk takes nothing now."""

    UNKNOWN = "unknown"
    """Its key is not the platform's any more."""
    LOCKED = "locked"
    READER = "reader"
    NETWORK = "network"
    STARTING = "starting"
    """It never heard what it may offer."""


class Service:
    """One thread of its own sends; the screen only writes to the journal and calls ``hurry``."""

    def __init__(
        self,
        home: Home,
        bridge: Bridge,
        send: Send,
        wall: Callable[[], float] = time,
        ticks: Callable[[], float] = monotonic,
    ) -> None:
        self.home, self.bridge, self.device = home, bridge, home.switch_on(wall)
        self.offer: list[tuple[Item, int]] = []
        self._send, self._ticks = send, ticks
        self._wake, self._over = threading.Event(), threading.Event()
        self._heard_at = ticks()
        self._beat_at = self._deliver_at = ticks()
        self._wait = FIRST_WAIT
        self._tag = ""
        self._take(home.items())

    # Any thread ----------------------------------------------------------------------------

    def closed(self) -> Closed | None:
        if self.device.unknown:
            return Closed.UNKNOWN
        if self.device.locked:
            return Closed.LOCKED
        if Fault.READER in self.bridge.faults():
            return Closed.READER
        if self._ticks() - self._heard_at > LONGEST_LOSS or len(self.device.journal.waiting) >= MOST_HELD:
            return Closed.NETWORK
        return None if self.offer else Closed.STARTING

    def hurry(self) -> None:
        """Something was written to the journal, and somebody waits for its answer."""
        self._deliver_at, self._wait = self._ticks(), FIRST_WAIT
        self._wake.set()

    def start(self) -> None:
        threading.Thread(target=self._run, name="kiosk", daemon=True).start()

    def stop(self) -> None:
        self._over.set()
        self._wake.set()

    # Its own thread ------------------------------------------------------------------------

    def step(self) -> None:
        """Whatever is due now."""
        now = self._ticks()
        if now >= self._beat_at:
            self._beat_at = now + BEAT
            self._beat()
        if self.device.journal.waiting and now >= self._deliver_at:
            answered = self.device.deliver(self._send)
            self._wait = FIRST_WAIT if answered else min(2 * self._wait, LONGEST_WAIT)
            self._deliver_at = self._ticks() + self._wait

    def _beat(self) -> None:
        try:
            if self.device.beat(self._send, self.bridge.paper(), self.bridge.faults()):
                self._heard_at = self._ticks()
            if (offer := self.device.items(self._send, self._tag)) is not None:
                self.home.keep_items(offer)
                self._take(offer)
        except Lost:
            self._beat_at = self._ticks() + BEAT / 6

    def _take(self, offer: dict) -> None:
        self._tag = str(offer["tag"])
        self.offer = [(Item.model_validate(each["item"]), int(each["version"])) for each in offer["items"]]

    def _run(self) -> None:
        while not self._over.is_set():
            self.step()
            due = self._beat_at
            if self.device.journal.waiting:
                due = min(due, self._deliver_at)
            self._wake.wait(max(0.05, due - self._ticks()))
            self._wake.clear()
