"""A day of a hall played again, over SimPy: who came and how long they took is given, who sits where is not."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Generic

import simpy

from zhoudao.engines.queues.playing import Choose, DeskT, Person

Steps = Generator[simpy.Event, Any, None]


@dataclass(frozen=True)
class Comer(Generic[Person]):
    """Somebody who queues. Seconds."""

    person: Person
    at: float
    takes: float
    """How long they keep a desk."""
    patience: float = math.inf
    """How long they stay in the line before they leave it."""


@dataclass(frozen=True)
class Staffed(Generic[DeskT]):
    """A desk, and when somebody sits there: spans in order that don't touch. Seconds."""

    desk: DeskT
    spans: Sequence[tuple[float, float]]
    stays: bool = False
    """After its last span it goes on until nobody waits whom it serves."""


@dataclass(frozen=True)
class Called:
    """When somebody was called, and to which of the desks (its place among them)."""

    at: float
    desk: int


def play(
    desks: Sequence[Staffed[DeskT]],
    comers: Sequence[Comer[Person]],
    choose: Choose[DeskT, Person],
    key: Callable[[Person], Hashable],
    between: float = 0.0,
) -> list[Called | None]:
    """Who is called when, in the order of ``comers``; None for whoever nobody called.

    ``choose`` holds the house's rule of who goes first, as in ``calls``; ``between`` passes from one's end to the next
    call.
    """
    return _Hall(desks, comers, choose, key, between).played()


class _Hall(Generic[DeskT, Person]):
    def __init__(
        self,
        desks: Sequence[Staffed[DeskT]],
        comers: Sequence[Comer[Person]],
        choose: Choose[DeskT, Person],
        key: Callable[[Person], Hashable],
        between: float,
    ) -> None:
        self.desks, self.choose, self.key, self.between = desks, choose, key, between
        self.comers = comers
        self.takes = {key(each.person): each.takes for each in comers}
        self.called: dict[Hashable, Called] = {}
        self.line: list[Person] = []
        begins = [start for desk in desks for start, _ in desk.spans] + [each.at for each in comers]
        self.env = simpy.Environment(initial_time=min(begins, default=0.0))
        self.bell = self.env.event()
        """Rung whenever somebody comes: desks without work listen to it."""

    def played(self) -> list[Called | None]:
        self.env.process(self._door())
        for place in range(len(self.desks)):
            self.env.process(self._desk(place))
        self.env.run()
        return [self.called.get(self.key(each.person)) for each in self.comers]

    def _door(self) -> Steps:
        for each in sorted(self.comers, key=lambda comer: comer.at):
            yield self.env.timeout(each.at - self.env.now)
            self.line.append(each.person)
            if math.isfinite(each.patience):
                self.env.process(self._lose_patience(each))
            rung, self.bell = self.bell, self.env.event()
            rung.succeed()

    def _lose_patience(self, comer: Comer[Person]) -> Steps:
        yield self.env.timeout(comer.patience)
        gone = self.key(comer.person)
        self.line = [person for person in self.line if self.key(person) != gone]

    def _desk(self, place: int) -> Steps:
        staffed = self.desks[place]
        for start, end in staffed.spans:
            yield self.env.timeout(max(0.0, start - self.env.now))
            closing = self.env.timeout(max(0.0, end - self.env.now))
            while self.env.now < end:
                served = self._call(place)
                yield self.env.timeout(served) if served is not None else self.bell | closing
        while staffed.stays and (served := self._call(place)) is not None:
            yield self.env.timeout(served)

    def _call(self, place: int) -> float | None:
        """How long the desk is taken by whom it calls now; None when nobody is there for it."""
        chosen, self.line = self.choose(self.desks[place].desk, self.line, self.env.now)
        if chosen is None:
            return None
        who = self.key(chosen)
        self.called[who] = Called(self.env.now, place)
        return self.takes[who] + self.between
