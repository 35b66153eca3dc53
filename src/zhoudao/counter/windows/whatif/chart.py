"""Waits beside each other as numbers for SVG attributes: the content security policy allows no style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zhoudao.counter.windows.whatif.playing import Line

BLOCK, BAR, SLIVER = 68, 14, 2
"""Heights of a lane and of a bar, and the width that a wait of nothing keeps. In the drawing's own units."""


@dataclass(frozen=True)
class Bar:
    """A mean as a bar, what one in twenty waits longer than as a dot."""

    kind: str
    """now or then."""
    mean: float
    p95: float
    y: float
    width: float
    dot: float


@dataclass(frozen=True)
class Group:
    label: str
    top: float
    bars: tuple[Bar, Bar]


@dataclass(frozen=True)
class Chart:
    width: int
    height: int
    groups: list[Group]


def beside(lanes: Sequence[tuple[str, Line, Line]], width: int) -> Chart:
    """``(name, now, then)`` one under another, on one scale from 0; each name stands above its bars."""
    most = max([1.0, *(line.p95 for _, now, then in lanes for line in (now, then))])
    scale = (width - 96) / most

    def bar(kind: str, line: Line, y: float) -> Bar:
        return Bar(
            kind,
            line.mean,
            line.p95,
            y,
            round(max(SLIVER, line.mean * scale), 1),
            round(max(SLIVER, line.p95 * scale), 1),
        )

    groups = [
        Group(label, place * BLOCK + 20, (bar("now", now, 4), bar("then", then, 6 + BAR)))
        for place, (label, now, then) in enumerate(lanes)
    ]
    return Chart(width, BLOCK * len(lanes), groups)
