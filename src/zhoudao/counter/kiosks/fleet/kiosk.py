"""One simulated kiosk: the real device and journal, people who come to it, and what goes wrong."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from zhoudao.counter.kiosks.fleet.faults import Clock, Counts, Moment, PowerCut, cut_off
from zhoudao.counter.kiosks.machine.device import Device, Lost, Send
from zhoudao.counter.kiosks.machine.home import Home

BEAT = 30.0
OFF = (3.0, 20.0)
"""Seconds without power."""
EMPTY_BATTERY = 0.2
"""Of power cuts: how often the clock doesn't outlive one."""
NOT_HERE = 0.03
"""Of wishes: how many are for an item that kiosks don't take."""


@dataclass(frozen=True)
class Plan:
    """Times in seconds."""

    loss: float
    between_people: float
    between_cuts: float


@dataclass
class SimulatedKiosk:
    """``step`` is called when ``next`` has come, by one thread at a time. All times are of one clock."""

    home: Home
    cards: Sequence[str]
    line: Send
    plan: Plan
    real: Callable[[], float]
    luck: random.Random

    counts: Counts = field(default_factory=Counts, init=False)
    device: Device | None = field(default=None, init=False)
    person: dict[str, Any] | None = field(default=None, init=False)
    """What somebody who stands there wants, and hasn't been promised yet."""
    wanted: dict[str, dict[str, Any]] = field(default_factory=dict, init=False)
    """What people were told is kept, by its key."""
    people: int = field(default=0, init=False)
    closing: bool = field(default=False, init=False)
    """Nobody comes any more, and the power stays."""
    doom: Moment | None = field(default=None, init=False)
    """Where the power goes next."""

    def __post_init__(self) -> None:
        self.clock = Clock.of(self.real, self.luck)
        self.send = cut_off(self.line, self._cut, self.plan.loss, self.luck, self.counts)
        self.on_at = self.beat_at = self.real() + self.luck.uniform(0, min(BEAT, self.plan.between_people))
        self.person_at = self.on_at + self._gap(self.plan.between_people)
        self.cut_at = self.on_at + self._gap(self.plan.between_cuts)
        self.deliver_at = float("inf")
        self.patience = 1.0

    @property
    def next(self) -> float:
        if self.device is None:
            return self.on_at
        times = [self.beat_at, self.deliver_at]
        return min(times if self.closing else [*times, self.person_at, self.cut_at])

    @property
    def is_done(self) -> bool:
        return self.device is not None and self.person is None and not self.device.journal.waiting

    def close(self, now: float) -> None:
        """The simulated time is over: whoever still stands there is served, and what is held is handed in."""
        self.closing, self.doom = True, None
        self.on_at = min(self.on_at, now)
        self.deliver_at = now

    def step(self, now: float) -> None:
        try:
            self._step(now)
        except PowerCut:
            self.device, self.doom = None, None
            self.on_at = now + self.luck.uniform(*OFF)
            if self.luck.random() < EMPTY_BATTERY:
                self.clock.lose_battery()

    def _step(self, now: float) -> None:
        if self.device is None:
            self.device = self.home.switch_on(self.clock)
            self.beat_at = self.deliver_at = now
        if not self.closing and now >= self.cut_at:
            self.doom, self.cut_at = self.luck.choice(list(Moment)), now + self._gap(self.plan.between_cuts)
            self._cut(Moment.IDLE)
        if now >= self.beat_at:
            self._beat(self.device, now)
        if self.person is not None or (not self.closing and now >= self.person_at):
            self._serve(self.device)
            self.person_at, self.deliver_at = now + self._gap(self.plan.between_people), now
        if now >= self.deliver_at:
            self._deliver(self.device, now)

    def _beat(self, device: Device, now: float) -> None:
        self.beat_at = now + BEAT
        try:
            self.counts.heartbeats += device.beat(self.send, paper=self.luck.randint(20, 100))
        except Lost:
            self.beat_at = now + BEAT / 6

    def _serve(self, device: Device) -> None:
        """Somebody hands in. Who sees the kiosk go dark before they are promised anything asks once more."""
        if self.person is None:
            self.people += 1
            self.person = self._wish()
        if self.doom is Moment.HALF_WRITTEN:
            rows = self.home.folder / "journal" / "rows"
            (rows / f".{self.people}.row.half").write_bytes(self.luck.randbytes(64))
        self._cut(Moment.HALF_WRITTEN)
        key = device.journal.write(self.person)
        self._cut(Moment.WRITTEN)
        self.wanted[key], self.person = self.person, None

    def _deliver(self, device: Device, now: float) -> None:
        answered = device.deliver(self.send)
        self.patience = 1.0 if answered else min(self.patience * 2, 16.0)
        self.deliver_at = now + self.patience if device.journal.waiting else float("inf")

    def _cut(self, moment: Moment) -> None:
        if self.doom is moment:
            self.counts.cuts[moment] += 1
            raise PowerCut

    def _wish(self) -> dict[str, Any]:
        """Its details are like no other's, so that it can be told apart."""
        here = self.luck.random() >= NOT_HERE
        return {
            "item": "household-certificate" if here else "kinship-proof",
            "card": {"kind": "resident_id", "number": self.luck.choice(self.cards)},
            "answers": {
                "about": "moved",
                "details": f"{self.home.folder.name} 第 {self.people} 位",
                "phone": "12800990001",
            },
            "papers": ["id-card"],
        }

    def _gap(self, mean: float) -> float:
        return self.luck.expovariate(1 / mean)
