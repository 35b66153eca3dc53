"""When somebody sets out and how, as a page's address says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from zhoudao.core import clock
from zhoudao.counter.places.journeys.rules import MODES, Mode


@dataclass(frozen=True)
class Leaving:
    """``when`` is None for "now"."""

    when: datetime | None = None
    mode: Mode = "walk"
    unreadable: bool = False
    """Something was said about the time that is none."""

    @property
    def field(self) -> str:
        """``when`` as a form's datetime-local field holds it."""
        return clock.local(self.when).strftime("%Y-%m-%dT%H:%M") if self.when else ""

    @property
    def kept(self) -> dict[str, str]:
        """What links in an answer go on saying."""
        kept = {"when": self.field} if self.when else {}
        return kept | ({"mode": self.mode} if self.mode != MODES[0] else {})


def read(query: Mapping[str, str]) -> Leaving:
    """What ``when`` (ISO 8601; the city's time where it has no offset) and ``mode`` say."""
    mode = next((known for known in MODES if known == query.get("mode")), MODES[0])
    said = query.get("when", "").strip()
    if not said:
        return Leaving(None, mode)
    try:
        when = datetime.fromisoformat(said)
        return Leaving(clock.local(when if when.tzinfo else when.replace(tzinfo=clock.CITY_ZONE)), mode)
    except (ValueError, OverflowError):
        return Leaving(None, mode, unreadable=True)
