"""A bar chart as numbers for a template, for SVG attributes: the content security policy allows no style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 220
"""Of the drawing, in its own units."""
_TOP, _BOTTOM, _GAP = 24, 28, 0.3


@dataclass(frozen=True)
class Bar:
    label: str
    count: int
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)

    @property
    def above(self) -> float:
        """Where the count is written."""
        return round(self.y - 6, 1)


def bars(labels: Sequence[str], counts: Sequence[int]) -> list[Bar]:
    """One bar a label, side by side; the tallest fills the drawing between its two rows of text."""
    step = WIDTH / len(labels)
    room = HEIGHT - _TOP - _BOTTOM
    most = max([*counts, 1])
    return [
        Bar(
            label,
            count,
            x=round(place * step + step * _GAP / 2, 1),
            y=round(HEIGHT - _BOTTOM - room * count / most, 1),
            width=round(step * (1 - _GAP), 1),
            height=round(room * count / most, 1),
        )
        for place, (label, count) in enumerate(zip(labels, counts, strict=True))
    ]
