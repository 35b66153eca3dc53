"""Who stands before the kiosk: one visit at a time, watched by hardware, journal and clock, and wiped at its end."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from time import monotonic

from zhoudao.counter.kiosks.machine.screen import visit as visits
from zhoudao.counter.kiosks.machine.screen.visit import Step, Visit
from zhoudao.counter.kiosks.machine.service import Closed, Service

IDLE = 60.0
"""Seconds without a touch after which a visit is wiped."""
WARNING = 20.0
"""The last of them, in which the screen says so and counts."""
LATE = 8.0
"""Seconds after handing in: then a slip says how to ask for the answer, and nobody has to wait."""


@dataclass
class Desk:
    service: Service
    idle: float = IDLE
    warning: float = WARNING
    ticks: Callable[[], float] = monotonic
    slip: Callable[[Visit], list[str]] = field(default=lambda _: [])
    """The lines of a slip."""

    def __post_init__(self) -> None:
        self._guard = threading.RLock()
        self._visit = Visit()
        self._said: tuple[str, Closed | None] = "", None
        self._touched = self._handed_at = self.ticks()

    def look(self) -> tuple[Visit, Closed | None]:
        """The visit as it stands now: a card that was laid down is read, an answer that came is told."""
        with self._guard:
            closed = self.service.closed()
            if self._is_over(closed):
                self.end()
            self._notice()
            return self._visit, closed

    def touch(self, uid: str, step: Callable[[Visit], Visit]) -> None:
        """A touch on a page of this visit; one on a page of an earlier visit changes nothing."""
        with self._guard:
            if self.look()[0].uid == uid:
                self._visit = step(self._visit)
                self._touched = self.ticks()
                self._notice()

    def hand_in(self, uid: str) -> None:
        """Keep it in the journal, then say so. The second press finds the step gone."""

        def keep(visit: Visit) -> Visit:
            if visit.step is not Step.CHECK or self.service.closed() is not None:
                return visit
            key = self.service.device.journal.write(visit.body)
            self.service.hurry()
            self._handed_at = self.ticks()
            return visits.handed(visit, key)

        self.touch(uid, keep)

    def end(self) -> None:
        """Wipe: the next visit knows nothing of this one."""
        with self._guard:
            if self._visit.step is not Step.HOME:
                self.service.bridge.release()
            self._visit, self._touched = Visit(), self.ticks()

    def begin_anew(self) -> Visit:
        """Somebody touched End."""
        self.end()
        return self._visit

    def say(self, visit: Visit, closed: Closed | None, prompt: str) -> None:
        """Aloud, once for each screen."""
        with self._guard:
            if self._said != (visit.serial, closed):
                self._said = visit.serial, closed
                self.service.bridge.say(prompt, visit.language)

    def left(self) -> float:
        """Seconds until the visit is wiped."""
        return max(0.0, self.idle - (self.ticks() - self._touched))

    def _is_over(self, closed: Closed | None) -> bool:
        """Out of time; or the kiosk was closed, and this is not somebody who still waits for an answer."""
        fresh = self._visit.step is Step.HOME and self._visit.language == Visit().language
        waits = self._visit.step in (Step.SENDING, Step.ANSWER)
        return not fresh and (self.left() <= 0 or (closed is not None and not waits))

    def _notice(self) -> None:
        visit, journal = self._visit, self.service.device.journal
        if visit.step is Step.CARD and (card := self.service.bridge.card()) is not None:
            self._see(visits.read(visit, card))
        elif visit.step is Step.PAPER and self.service.bridge.sees(visit.wanted_papers[visit.place]):
            self._see(visits.see(visit))
        elif visit.key and visit.outcome is None and (outcome := journal.outcome(visit.key)) is not None:
            self._see(visits.told(visit, visit.key, outcome))
        elif visit.step is Step.SENDING and not visit.held and self.ticks() - self._handed_at > LATE:
            self._visit = visits.late(visit)
        if self._visit.has_slip and self._visit.printed is None:
            self._visit = replace(self._visit, printed=self.service.bridge.print_slip(self.slip(self._visit)))

    def _see(self, visit: Visit) -> None:
        self._visit, self._touched = visit, self.ticks()
