"""What each victim lost, a bar each, and how much of it is due to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from zhoudao.desk.money.drawing.paper import Drawing, short

LONGEST, BAR, ROW = 420, 12, 40
WORDS = 280
"""Room for the sums behind a bar."""
LETTERS = 60


@dataclass(frozen=True)
class Bar:
    """Minor units, ``due`` at most ``lost``."""

    name: str
    lost: int
    due: int
    note: str
    """Both sums in words."""


def draw(bars: Sequence[Bar]) -> Drawing:
    most = max((bar.lost for bar in bars), default=0) or 1
    drawn = [_row(bar, n * ROW, LONGEST / most) for n, bar in enumerate(bars)]
    return Drawing("".join(drawn), LONGEST + WORDS, len(bars) * ROW)


def _row(bar: Bar, top: int, scale: float) -> str:
    lost, due = max(bar.lost * scale, 1.0), bar.due * scale
    return (
        f"<g><title>{escape(f'{bar.name}  {bar.note}')}</title>"
        f'<text class="strong" x="0" y="{top + 14}">{escape(short(bar.name, LETTERS))}</text>'
        f'<rect class="bar-unknown" x="0" y="{top + 20}" width="{lost:.1f}" height="{BAR}"/>'
        f'<rect class="bar-kept" x="0" y="{top + 20}" width="{due:.1f}" height="{BAR}"/>'
        f'<text class="soft" x="{lost + 8:.1f}" y="{top + 30}">{escape(bar.note)}</text></g>'
    )
