"""What goes wrong in the simulation: messages lost either way, power cut at the worst moments, clocks that are off."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from zhoudao.counter.kiosks.machine.device import Lost, Send


class Moment(StrEnum):
    """Where a power cut strikes."""

    IDLE = "idle"
    HALF_WRITTEN = "row half written"
    WRITTEN = "row written, nobody told"
    BEFORE_SENDING = "before sending"
    BEFORE_ANSWER = "sent, answer not yet kept"


class PowerCut(Exception):
    """Everything but the disk is gone."""


@dataclass
class Counts:
    """What happened to one kiosk."""

    requests: int = 0
    requests_lost: int = 0
    answers_lost: int = 0
    no_answer: int = 0
    """Lost without our doing: the platform was too slow, or broke off."""
    clock_refusals: int = 0
    heartbeats: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    cuts: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    """Of each answered request."""


def cut_off(send: Send, cut: Callable[[Moment], None], loss: float, luck: random.Random, counts: Counts) -> Send:
    """The line as it is on a bad day. ``cut(moment)`` raises PowerCut when the power goes there."""

    def through(method: str, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        counts.requests += 1
        cut(Moment.BEFORE_SENDING)
        if luck.random() < loss:
            counts.requests_lost += 1
            raise Lost
        began = time.perf_counter()
        try:
            status, said = send(method, path, body, headers)
        except Lost:
            counts.no_answer += 1
            raise
        counts.seconds.append(time.perf_counter() - began)
        counts.statuses[status] += 1
        counts.clock_refusals += said.get("error") == "clock"
        cut(Moment.BEFORE_ANSWER)
        if luck.random() < loss:
            counts.answers_lost += 1
            raise Lost
        return status, said

    return through


@dataclass
class Clock:
    """A kiosk's clock: some minutes off, a little fast or slow, and back in 1970 when its battery is empty."""

    real: Callable[[], float]
    start: float
    offset: float
    rate: float
    """Seconds gained in a second."""

    @classmethod
    def of(cls, real: Callable[[], float], luck: random.Random) -> Clock:
        return cls(real, real(), luck.uniform(-1200, 1200), luck.uniform(-2e-4, 2e-4))

    def __call__(self) -> float:
        now = self.real()
        return now + self.offset + self.rate * (now - self.start)

    def lose_battery(self) -> None:
        self.offset = -self.real()
