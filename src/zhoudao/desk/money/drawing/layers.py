"""A trace as layered flow: accounts in columns, money from left to right; of each bar what went on and what stayed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from zhoudao.desk.money.drawing.paper import Drawing, short

COLUMN, BAR = 232, 14
TALL = 340
"""Height of the column that holds most money."""
SLOT, GAP = 42, 14
"""Least room of an account, for its two lines; and what stands between two."""
LEAST, BACK = 2.0, 1.5
TOP, FOOT = 30, 10
LETTERS = 24
"""Room for a name, in Latin letters."""


@dataclass(frozen=True)
class Bar:
    """An account, or several. Minor units; ``column`` from the left."""

    column: int
    name: str
    note: str
    """The second line: what it kept, or that nobody knows."""
    passed: int
    kept: int
    missing: bool
    """Its statements were never obtained (未调单), or the way on is not known."""
    title: str
    url: str = ""


@dataclass(frozen=True)
class Band:
    """Money from one bar to another, by their places."""

    source: int
    target: int
    amount: int
    title: str
    url: str = ""


def draw(bars: Sequence[Bar], bands: Sequence[Band], heads: Sequence[str]) -> Drawing:
    """``heads``: a word above each column."""
    columns = [[at for at, bar in enumerate(bars) if bar.column == n] for n in range(len(heads))]
    fullest = max((sum(_all(bars[at]) for at in column) for column in columns), default=0) or 1
    scale = TALL / fullest
    tall = [max(_all(bar) * scale, LEAST) for bar in bars]
    y = _places(columns, tall, bands)
    height = max((y[at] + max(tall[at], SLOT) for at in range(len(bars))), default=0.0) + FOOT
    drawn = [*_heads(heads), *_bands(bars, bands, y, scale), *_bars(bars, y, tall, scale)]
    return Drawing("".join(drawn), len(heads) * COLUMN - (COLUMN - BAR) + 210, height)


def _all(bar: Bar) -> int:
    return bar.passed + bar.kept


def _places(columns: Sequence[Sequence[int]], tall: Sequence[float], bands: Sequence[Band]) -> dict[int, float]:
    """The top of each bar: in a column by where its money comes from, then by size as given."""
    y: dict[int, float] = {}
    for column in columns:
        wanted = {}
        for at in column:
            came = [(y[band.source] + tall[band.source] / 2, band.amount) for band in bands
                    if band.target == at and band.source in y]  # fmt: skip
            weight = sum(amount for _, amount in came)
            wanted[at] = sum(place * amount for place, amount in came) / weight if weight else 0.0
        top: float = TOP
        for at in sorted(column, key=lambda each: (wanted[each], column.index(each))):
            y[at] = top
            top += max(tall[at], SLOT) + GAP
    return y


def _heads(heads: Sequence[str]) -> list[str]:
    return [
        f'<text class="soft" x="{COLUMN * n}" y="14">{escape(head)}</text>' for n, head in enumerate(heads)
    ]


def _bands(bars: Sequence[Bar], bands: Sequence[Band], y: dict[int, float], scale: float) -> list[str]:
    """Each leaves its bar below the one before, and arrives so; the order of both ends keeps them from crossing."""
    left = {at: y[at] for at in y}
    came = {at: y[at] for at in y}
    ends: dict[int, list[float]] = {n: [0.0, 0.0] for n in range(len(bands))}
    back = [bars[band.target].column <= bars[band.source].column for band in bands]
    # What goes back to an earlier column would lie across everything: a thin broken line says that it does.
    wide = [BACK if back[n] else max(band.amount * scale, 1.0) for n, band in enumerate(bands)]
    for n in sorted(ends, key=lambda n: (bands[n].source, y[bands[n].target])):
        ends[n][0] = left[bands[n].source] + wide[n] / 2
        left[bands[n].source] += wide[n]
    for n in sorted(ends, key=lambda n: (bands[n].target, y[bands[n].source])):
        ends[n][1] = came[bands[n].target] + wide[n] / 2
        came[bands[n].target] += wide[n]
    drawn = []
    for n, band in enumerate(bands):
        x0, x1 = COLUMN * bars[band.source].column + BAR, COLUMN * bars[band.target].column
        y0, y1 = ends[n]
        reach = (x1 - x0) / 2 if x1 > x0 else 90
        path = f"M{x0},{y0:.1f}C{x0 + reach:.0f},{y0:.1f} {x1 - reach:.0f},{y1:.1f} {x1},{y1:.1f}"
        kind = "band band-back" if back[n] else "band band-loose" if bars[band.target].missing else "band"
        inside = (
            f"<title>{escape(band.title)}</title>"
            f'<path class="{kind}" d="{path}" stroke-width="{wide[n]:.1f}"/>'
        )
        drawn.append(_linked(inside, band.url))
    return drawn


def _bars(bars: Sequence[Bar], y: dict[int, float], tall: Sequence[float], scale: float) -> list[str]:
    drawn = []
    for at, bar in enumerate(bars):
        x, top = COLUMN * bar.column, y[at]
        passed = min(max(bar.passed * scale, 0), tall[at])
        kind = "bar-unknown" if bar.missing else "bar-kept"
        inside = f"<title>{escape(bar.title)}</title>"
        if bar.passed:
            inside += f'<rect class="bar-passed" x="{x}" y="{top:.1f}" width="{BAR}" height="{passed:.1f}"/>'
        if bar.kept:
            inside += (
                f'<rect class="{kind}" x="{x}" y="{top + passed:.1f}" width="{BAR}" '
                f'height="{max(tall[at] - passed, LEAST):.1f}"/>'
            )
        middle = top + min(max(tall[at], 16) / 2, 26)
        name, note = escape(short(bar.name, LETTERS)), escape(short(bar.note, LETTERS + 6))
        inside += (
            f'<text class="strong halo" x="{x + BAR + 8}" y="{middle:.1f}">{name}</text>'
            f'<text class="soft halo" x="{x + BAR + 8}" y="{middle + 15:.1f}">{note}</text>'
        )
        drawn.append(_linked(inside, bar.url))
    return drawn


def _linked(inside: str, url: str) -> str:
    """For the mouse; the table beside it has the same links for everybody."""
    return f'<a href="{escape(url)}" tabindex="-1">{inside}</a>' if url else f"<g>{inside}</g>"
