"""Who watches the house of `city_day.py`: asks it every half second whether it lives, and how busy the machine is.

When it has been silent for long, it says once what every process was doing: which there are, since when, how much they
have computed, and where each of their threads stands (in the house's own output).
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from city_day_house import House, command_of, family

SILENT_SECONDS = 2.0
"""A shorter gap between two answers is no silence."""
EXPLAIN_AFTER_SECONDS = 20.0
TICKS = os.sysconf("SC_CLK_TCK")


class Watch:
    """From ``start`` to ``stop``; times are seconds since ``began``."""

    def __init__(self, house: House, began: float) -> None:
        self.house, self.began = house, began
        self.silences: list[tuple[float, float]] = []
        self.loads: list[float] = []
        self.explained = False
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        self.stopping.set()
        self.thread.join()

    def silent(self, since: float, until: float) -> float:
        """The longest silence in between."""
        return max([0.0, *(min(end, until) - max(start, since) for start, end in self.silences)])

    def _watch(self) -> None:
        heard = time.monotonic()
        while not self.stopping.wait(0.5):
            if self.house.answers():
                now = time.monotonic()
                if now - heard > SILENT_SECONDS:
                    self.silences.append((heard - self.began, now - self.began))
                heard, self.explained = now, False
            elif time.monotonic() - heard > EXPLAIN_AFTER_SECONDS and not self.explained:
                self.explained = True
                self._explain(time.monotonic() - heard)
            self.loads.append(os.getloadavg()[0])
        if time.monotonic() - heard > SILENT_SECONDS:
            self.silences.append((heard - self.began, time.monotonic() - self.began))

    def _explain(self, seconds: float) -> None:
        print(f"  no answer for {seconds:.0f} s at a load of {os.getloadavg()[0]:.0f}:", file=sys.stderr)
        for pid in [self.house.process.pid, *family(self.house.process.pid)]:
            print(f"  {pid} {_state(pid)}  {command_of(pid)[-90:]}", file=sys.stderr)
            if _can_tell(pid):
                with suppress(OSError):
                    os.kill(pid, signal.SIGUSR1)
        sys.stderr.flush()


def _state(pid: int) -> str:
    """Running or sleeping, how old, and how much it has computed (Linux)."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "gone"
    age = time.clock_gettime(time.CLOCK_BOOTTIME) - int(words[19]) / TICKS
    return f"{words[0]} {age:.0f} s old, {(int(words[11]) + int(words[12])) / TICKS:.1f} s computed"


def _can_tell(pid: int) -> bool:
    """Whether it writes its stacks on the signal, which would end any other."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("SigCgt:"):
                return bool(int(line.split()[1], 16) >> (signal.SIGUSR1 - 1) & 1)
    return False
