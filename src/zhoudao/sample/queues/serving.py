"""A day at a hall, played through: desks call whom the rule of the lanes names."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from zhoudao.counter.windows import rules
from zhoudao.counter.windows.rules import Channel, Ground, Lane, Waiting, WindowKind

BETWEEN = timedelta(seconds=12)
"""From one ticket's end to the next call."""
GIVEN_UP_AFTER = timedelta(seconds=100)
"""A number nobody came for: called twice, then the next."""
PATIENCE = timedelta(minutes=25)
"""How long somebody stays who will leave."""


@dataclass(frozen=True)
class Comer:
    """Somebody who takes a ticket."""

    service: str
    lane: Lane
    ground: Ground | None
    channel: Channel
    appointed: bool
    joined: datetime
    seconds: int
    """How long they take at a window of ordinary pace."""
    comes: bool
    """Whether they come when called."""
    leaves: bool
    """Whether they give the ticket back when it takes too long."""


@dataclass(frozen=True)
class Desk:
    number: int
    kind: str
    services: frozenset[str]
    spans: Sequence[tuple[datetime, datetime]]
    """When somebody sits there. After the last one they go on until nobody waits for them."""
    pace: float


@dataclass(frozen=True)
class Served:
    """``called`` and ``window`` are None for somebody who left before."""

    comer: Comer
    called: datetime | None
    ended: datetime
    window: int | None


def serve(desks: Sequence[Desk], comers: Sequence[Comer]) -> list[Served]:
    """What became of everybody, in the order they came. Comers are sorted by when they join."""
    day = _Day(desks, comers)
    return day.play()


class _Day:
    def __init__(self, desks: Sequence[Desk], comers: Sequence[Comer]) -> None:
        self.desks, self.comers = desks, comers
        self.ruled = [rules.Desk(desk.number, WindowKind(desk.kind), desk.services) for desk in desks]
        self.waiting: dict[int, Waiting] = {}
        self.done: dict[int, Served] = {}
        self.idle: set[int] = set()

    def play(self) -> list[Served]:
        events: list[tuple[datetime, int, int]] = [
            (desk.spans[0][0], 0, number) for number, desk in enumerate(self.desks)
        ]
        events += [(comer.joined, 1, number) for number, comer in enumerate(self.comers)]
        heapq.heapify(events)
        while events:
            moment, kind, number = heapq.heappop(events)
            if kind == 1:
                comer = self.comers[number]
                self.waiting[number] = Waiting(
                    number, comer.service, comer.lane, comer.joined, comer.appointed
                )
                free = [desk for desk in sorted(self.idle) if comer.service in self.desks[desk].services]
                if not free:
                    continue
                self.idle.discard(free[0])
                number = free[0]
            again = self._call(number, moment)
            if again is not None:
                heapq.heappush(events, (again, 0, number))
        last = max((desk.spans[-1][1] for desk in self.desks), default=None)
        for number in self.waiting:  # nobody sat where they could have been served
            comer = self.comers[number]
            self.done[number] = Served(comer, None, max(last or comer.joined, comer.joined), None)
        return [self.done[number] for number in range(len(self.comers))]

    def _call(self, number: int, moment: datetime) -> datetime | None:
        """When the desk is ready again; None when it is idle until somebody comes."""
        desk, ruled = self.desks[number], self.ruled[number]
        back = self._back(desk, moment)
        if back > moment:
            return back
        self._let_leave(moment)
        chosen = rules.next_in_line(ruled, self.waiting.values(), moment)
        if chosen is None:
            self.idle.add(number)
            return None
        for passed in rules.passes_over(ruled, self.waiting.values(), chosen):
            self.waiting[passed.ticket] = replace(passed, passed_over=passed.passed_over + 1)
        del self.waiting[chosen.ticket]
        comer = self.comers[chosen.ticket]
        takes = timedelta(seconds=int(comer.seconds * desk.pace)) if comer.comes else GIVEN_UP_AFTER
        self.done[chosen.ticket] = Served(comer, moment, moment + takes, desk.number)
        return moment + takes + BETWEEN

    @staticmethod
    def _back(desk: Desk, moment: datetime) -> datetime:
        """Now, or when the desk's lunch ends."""
        for (_, end), (start, _) in zip(desk.spans, desk.spans[1:], strict=False):
            if end <= moment < start:
                return start
        return moment

    def _let_leave(self, moment: datetime) -> None:
        gone = [
            number for number in self.waiting
            if self.comers[number].leaves and moment - self.comers[number].joined > PATIENCE
        ]  # fmt: skip
        for number in gone:
            del self.waiting[number]
            comer = self.comers[number]
            self.done[number] = Served(comer, None, comer.joined + PATIENCE, None)
