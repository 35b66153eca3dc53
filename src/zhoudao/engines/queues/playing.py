"""Playing a line forward from how it stands now: who is called when, if nobody else came."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

DeskT = TypeVar("DeskT")
Person = TypeVar("Person")


@dataclass(frozen=True)
class At(Generic[DeskT]):
    """A desk, and in how many seconds it is free."""

    desk: DeskT
    free_in: float


Choose = Callable[[DeskT, list[Person], float], tuple[Person | None, list[Person]]]
"""``(desk, line, seconds from now)`` to who is called, and the line that is left."""


def calls(
    desks: Sequence[At[DeskT]],
    line: Sequence[Person],
    choose: Choose[DeskT, Person],
    takes: Callable[[Person, float], float],
    key: Callable[[Person], Hashable],
    until: Hashable = None,
) -> dict[Hashable, float]:
    """In how many seconds each of the line is called, by ``key``. Who no desk serves is left out.

    ``choose`` holds the house's rule of who goes first; ``takes(person, seconds from now)`` how long they keep a desk.
    Stops when ``until`` was called.
    """
    free = [(each.free_in, number) for number, each in enumerate(desks)]
    heapq.heapify(free)
    left = list(line)
    called: dict[Hashable, float] = {}
    while free and left:
        moment, number = heapq.heappop(free)
        chosen, left = choose(desks[number].desk, left, moment)
        if chosen is None:
            continue  # nobody here is for this desk, and nobody else comes
        called[key(chosen)] = moment
        if key(chosen) == until:
            break
        heapq.heappush(free, (moment + takes(chosen, moment), number))
    return called
