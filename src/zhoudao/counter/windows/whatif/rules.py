"""What may be changed about past days, and how it is written. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from zhoudao.core.access import Permission, Role
from zhoudao.counter.windows.rules import MOST_PASSED_OVER, WindowKind

PLAN = Permission(
    "windows.plan",
    "play past days again with other windows, to see what they would have meant for waits",
    {Role.SUPERVISOR, Role.COMMANDER},
    by_district=True,
)

MOST_DAYS = 62
"""Played by a command; a page plays MOST_DAYS_ON_A_PAGE."""
MOST_DAYS_ON_A_PAGE = 7
MOST_MORE = 5
"""Windows that can be added."""


@dataclass(frozen=True)
class More:
    """A window that wasn't there."""

    kind: WindowKind
    services: tuple[str, ...] = ()
    """Empty: those that windows of its kind give here, or all where there is none."""
    hours: str = ""
    """OpenStreetMap opening_hours; empty: whenever the point is open."""


@dataclass(frozen=True)
class Change:
    """What would have been otherwise."""

    more: tuple[More, ...] = ()
    without: frozenset[int] = field(default_factory=frozenset)
    """Numbers of windows nobody would have sat at."""
    turned: frozenset[int] = field(default_factory=frozenset)
    """Numbers of windows that would have been of the other kind."""
    most_passed_over: int = MOST_PASSED_OVER

    @property
    def is_none(self) -> bool:
        return self == Change()


NOTHING = Change()


def read_more(text: str) -> More:
    """``enterprise``, ``general:id-card|residence``, ``enterprise@Mo-Fr 09:00-12:00``. Raises ValueError."""
    what, _, hours = text.partition("@")
    kind, _, services = what.partition(":")
    if kind not in set(WindowKind):
        raise ValueError(
            f"is {text!r}; expected KIND, KIND:SERVICE|SERVICE or KIND@HOURS, KIND one of {_kinds()}"
        )
    return More(WindowKind(kind), tuple(code for code in services.split("|") if code), hours.strip())


def other(kind: WindowKind) -> WindowKind:
    return WindowKind.GENERAL if kind is WindowKind.ENTERPRISE else WindowKind.ENTERPRISE


def services_of(more: More, there: Sequence[tuple[WindowKind, frozenset[str]]]) -> frozenset[str]:
    """What an added window gives at a point with the windows ``there``."""
    if more.services:
        return frozenset(more.services)
    alike = [services for kind, services in there if kind is more.kind]
    return frozenset().union(*(alike or [services for _, services in there]))


def _kinds() -> str:
    return ", ".join(WindowKind)
