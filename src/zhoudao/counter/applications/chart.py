"""Bar charts as numbers for a template, for SVG attributes: the content security policy allows no style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Bar:
    """A bar, and where its name and its count are written. In the drawing's own units."""

    label: str
    count: int
    x: float
    y: float
    width: float
    height: float
    label_at: tuple[float, float]
    count_at: tuple[float, float]


@dataclass(frozen=True)
class Chart:
    width: int
    height: int
    bars: list[Bar]


def upright(labels: Sequence[str], counts: Sequence[int]) -> Chart:
    """Bars side by side on a wide drawing, counts above and names below them; the highest fills it."""
    width, height, above, below, gap = 720, 220, 24, 28, 0.3
    step, room, most = width / len(labels), height - above - below, max([*counts, 1])
    bars = []
    for place, (label, count) in enumerate(zip(labels, counts, strict=True)):
        high = room * count / most
        top, middle = height - below - high, (place + 0.5) * step
        bars.append(
            Bar(
                label,
                count,
                x=round(middle - step * (1 - gap) / 2, 1),
                y=round(top, 1),
                width=round(step * (1 - gap), 1),
                height=round(high, 1),
                label_at=(round(middle, 1), height - 8),
                count_at=(round(middle, 1), round(top - 6, 1)),
            )
        )
    return Chart(width, height, bars)


def lying(labels: Sequence[str], counts: Sequence[int]) -> Chart:
    """Bars one under another on a narrow drawing, names before and counts after; the longest fills it."""
    width, before, after, step, gap = 320, 40, 52, 24, 0.3
    room, most = width - before - after, max([*counts, 1])
    bars = []
    for place, (label, count) in enumerate(zip(labels, counts, strict=True)):
        long = room * count / most
        line = round((place + 0.5) * step + 4.5, 1)
        bars.append(
            Bar(
                label,
                count,
                x=before,
                y=round((place + gap / 2) * step, 1),
                width=round(long, 1),
                height=round(step * (1 - gap), 1),
                label_at=(0, line),
                count_at=(round(before + long + 6, 1), line),
            )
        )
    return Chart(width, step * len(labels), bars)


@dataclass(frozen=True)
class Measured:
    """One line of ``against``: what half took at most, the worst, and what was promised."""

    label: str
    median: int
    worst: int
    promised: int
    top: float
    median_width: float
    worst_x: float
    promised_x: float


@dataclass(frozen=True)
class Against:
    width: int
    height: int
    lines: list[Measured]


def against(lines: Sequence[tuple[str, int, int, int]], width: int) -> Against:
    """Promised against actual: ``(label, median, worst, promised)`` one under another on one scale from 0.

    Each has its name above it. A median of 0 keeps a sliver, so that there is something to see.
    """
    step, after, sliver = 48, 44, 3
    most = max([1, *(max(worst, promised) for _label, _median, worst, promised in lines)])
    scale = (width - after) / most
    measured = [
        Measured(
            label,
            median,
            worst,
            promised,
            top=place * step + 20,
            median_width=round(max(sliver, median * scale), 1),
            worst_x=round(max(sliver, worst * scale), 1),
            promised_x=round(max(1, promised * scale), 1),
        )
        for place, (label, median, worst, promised) in enumerate(lines)
    ]
    return Against(width, step * len(lines), measured)
