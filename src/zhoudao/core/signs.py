"""Vital signs (运行体征): what each room says of its own health, in words and in numbers.

A room says them in its ``signs.py``::

    @sign("outbox.waiting", order=30)
    def waiting() -> Reading:
        age = ...
        return Reading(Level.WELL, _("Jobs leave at once."), numbers={"zhoudao_outbox_oldest_seconds": age})

The operator's page shows the words, ``/metrics`` the numbers, and what is bad is told to the administrator. A sign is
cheap (a query or two), says no personal data, and its handbook entry (docs/operating.md) has its name as heading. Pure:
no Django here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    WELL = "well"
    WATCH = "watch"
    """Look at it today."""
    BAD = "bad"
    """Do something now: it is told to the administrator."""


@dataclass(frozen=True)
class Reading:
    level: Level
    words: str
    """One sentence, translated: how it stands, and for what isn't well what to do."""
    numbers: Mapping[str, float] = field(default_factory=dict)
    """Gauges by their name in ``/metrics``: ``zhoudao_<room>_<what>_<unit>``."""


@dataclass(frozen=True)
class Sign:
    name: str
    """``room.what``, unique in the house."""
    read: Callable[[], Reading]
    order: int
    needed: bool
    """Without it nothing can be served: ``/readyz`` says so."""


_signs: dict[str, Sign] = {}


def sign(
    name: str, *, order: int = 50, needed: bool = False
) -> Callable[[Callable[[], Reading]], Callable[[], Reading]]:
    """Register a function under ``name``. Raises ValueError when another module has the name already."""

    def register(read: Callable[[], Reading]) -> Callable[[], Reading]:
        earlier = _signs.get(name)
        if earlier is not None and earlier.read.__module__ != read.__module__:
            raise ValueError(f"sign {name} is registered twice: {earlier.read.__module__}, {read.__module__}")
        _signs[name] = Sign(name, read, order, needed)
        return read

    return register


def signs() -> list[Sign]:
    """Every sign registered so far, in the order they are shown."""
    return sorted(_signs.values(), key=lambda each: (each.order, each.name))


def level_of(value: float, watch: float, bad: float) -> Level:
    """A value that is worse the larger it is."""
    return Level.BAD if value >= bad else Level.WATCH if value >= watch else Level.WELL
