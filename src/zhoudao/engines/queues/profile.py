"""What was learned of a queue: plain numbers that fit into one JSON document."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

SLOT_SECONDS = 1800
SLOTS = 48
"""Half hours of a day."""
UNKNOWN_SERVICE = 600.0
"""Seconds that serving takes where nothing was learned yet."""


@dataclass(frozen=True)
class Guess:
    """An expected wait in seconds, and between which two waits eight in ten fell when it was guessed so."""

    seconds: float
    low: float
    high: float


@dataclass(frozen=True)
class Profile:
    """What the past says of one place. Seconds throughout."""

    visits: int = 0
    service: Mapping[str, float] = field(default_factory=dict)
    """Mean time from being called to being done, by service."""
    by_hour: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """The same by service and hour of the day ("9"); hours with few visits lean on the day's mean."""
    spread: Sequence[float] = ()
    """Quantiles of a serving time divided by its mean, rising, evenly spaced."""
    typical: Mapping[str, Mapping[str, Sequence[float]]] = field(default_factory=dict)
    """Mean wait by service, kind of day, and half hour of the day."""
    corrections: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """By lane ``(factor, offset)``: the wait is about ``factor * played + offset``."""
    margins: Sequence[tuple[float, float, float]] = ()
    """Rising ``(up to this guess, tenth, ninetieth percentile of what was waited minus the guess)``."""

    def takes(self, service: str, hour: int) -> float:
        """How long serving takes that begins in ``hour``."""
        hours = self.by_hour.get(service, {})
        return hours.get(str(hour), self.service.get(service, self.overall))

    @property
    def overall(self) -> float:
        known = self.service.values()
        return sum(known) / len(known) if known else UNKNOWN_SERVICE

    def left(self, service: str, hour: int, elapsed: float) -> float:
        """How much longer it takes on average, of somebody who has been served for ``elapsed``."""
        mean = self.takes(service, hour)
        longer = [each * mean - elapsed for each in self.spread if each * mean > elapsed]
        return (
            sum(longer) / len(longer) if longer else (mean / 2 if self.spread else max(0.0, mean - elapsed))
        )

    def usual(self, service: str, day_kind: str, slot: int) -> float | None:
        """The wait on an ordinary day of that kind; None where nobody ever came for it."""
        days = self.typical.get(service)
        if not days:
            return None
        row = days.get(day_kind) or next(iter(days.values()))
        return row[slot % SLOTS]

    def corrected(self, played: float, lane: str) -> Guess:
        """What playing the line forward says, put right by what it got wrong before."""
        factor, offset = self.corrections.get(lane) or self.corrections.get("", (1.0, 0.0))
        seconds = max(0.0, factor * played + offset) if played > 0 else 0.0
        if not self.margins:
            return Guess(seconds, seconds, seconds)
        place = min(bisect_right([each[0] for each in self.margins], seconds), len(self.margins) - 1)
        _upto, low, high = self.margins[place]
        return Guess(seconds, max(0.0, min(seconds, seconds + low)), max(seconds, seconds + high))

    def as_data(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Profile:
        """What ``as_data`` made, after a journey through JSON."""
        pairs = {lane: (float(one[0]), float(one[1])) for lane, one in data.get("corrections", {}).items()}
        margins = tuple((float(a), float(b), float(c)) for a, b, c in data.get("margins", ()))
        return cls(**{**data, "corrections": pairs, "margins": margins})
