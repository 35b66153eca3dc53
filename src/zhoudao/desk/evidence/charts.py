"""Charts as SVG, made on the server: no script, no style attribute, readable in light, dark and print. Pure.

Each stands beside a table with the same figures; the drawing is for the eye, the table for everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from zhoudao.core.clock import local

WIDTH, HEIGHT = 720, 200
LEFT, BOTTOM, TOP = 8, 26, 8
STEPS = 6
"""Shades of a heat map, besides none."""


@dataclass(frozen=True)
class Bar:
    """A month: what came in above the line, what went out below."""

    label: str
    into: int
    out: int
    title: str
    url: str = ""


def flows(bars: Sequence[Bar], name: str) -> str:
    """In above, out below, on one scale."""
    if not bars:
        return ""
    largest = max(max(bar.into, bar.out) for bar in bars) or 1
    middle = TOP + (HEIGHT - TOP - BOTTOM) / 2
    reach = (HEIGHT - TOP - BOTTOM) / 2 - 1
    step = (WIDTH - 2 * LEFT) / len(bars)
    wide = min(44.0, step * 0.7)
    every = -(-len(bars) // 13)
    parts = []
    for place, bar in enumerate(bars):
        x = LEFT + step * place + (step - wide) / 2
        up, down = bar.into / largest * reach, bar.out / largest * reach
        drawn = (
            f"<title>{escape(bar.title)}</title>"
            f'<rect class="chart-hit" x="{LEFT + step * place:.1f}" y="{TOP}" width="{step:.1f}" '
            f'height="{HEIGHT - TOP}"/>'
            f'<rect class="chart-in" x="{x:.1f}" y="{middle - up:.1f}" width="{wide:.1f}" height="{up:.1f}"/>'
            f'<rect class="chart-out" x="{x:.1f}" y="{middle:.1f}" width="{wide:.1f}" height="{down:.1f}"/>'
        )
        if place % every == 0:
            drawn += (
                f'<text x="{LEFT + step * (place + 0.5):.1f}" y="{HEIGHT - 8}">{escape(bar.label)}</text>'
            )
        parts.append(
            f'<a href="{escape(bar.url)}" tabindex="-1">{drawn}</a>' if bar.url else f"<g>{drawn}</g>"
        )
    axis = f'<line class="chart-axis" x1="{LEFT}" x2="{WIDTH - LEFT}" y1="{middle}" y2="{middle}"/>'
    return _svg("".join(parts) + axis, name)


def line(points: Sequence[tuple[datetime, int]], name: str, label: Callable[[datetime], str]) -> str:
    """A balance over time, in steps: it stays what it was until it changes."""
    if len(points) < 2:
        return ""
    first, last = points[0][0].timestamp(), points[-1][0].timestamp()
    low, high = min(0, min(value for _at, value in points)), max(value for _at, value in points)
    reach, length = HEIGHT - TOP - BOTTOM, WIDTH - 2 * LEFT

    def x(at: datetime) -> float:
        return LEFT + (at.timestamp() - first) / ((last - first) or 1) * length

    def y(value: int) -> float:
        return TOP + reach - (value - low) / ((high - low) or 1) * reach

    path = f"M{x(points[0][0]):.1f},{y(points[0][1]):.1f}"
    path += "".join(f"H{x(at):.1f}V{y(value):.1f}" for at, value in points[1:])
    zero = y(0)
    drawn = (
        f'<line class="chart-axis" x1="{LEFT}" x2="{WIDTH - LEFT}" y1="{zero:.1f}" y2="{zero:.1f}"/>'
        f'<path class="chart-line" d="{path}"/>'
        f'<text class="chart-start" x="{LEFT}" y="{HEIGHT - 8}">{escape(label(points[0][0]))}</text>'
        f'<text class="chart-end" x="{WIDTH - LEFT}" y="{HEIGHT - 8}">{escape(label(points[-1][0]))}</text>'
    )
    return _svg(drawn, name)


def stems(points: Sequence[tuple[datetime, int, bool]], name: str) -> str:
    """Single transfers over time: one that arrives is a stem above the line, one that leaves below; its
    height is the square
    root of the amount, so that small ones are seen beside a large one."""
    if not points:
        return ""
    first, last = min(at for at, *_ in points).timestamp(), max(at for at, *_ in points).timestamp()
    largest = max(amount for _at, amount, _into in points) or 1
    middle, reach = TOP + (HEIGHT - TOP - BOTTOM) / 2, (HEIGHT - TOP - BOTTOM) / 2 - 6
    drawn = ""
    for at, amount, into in points:
        x = LEFT + 6 + (at.timestamp() - first) / ((last - first) or 1) * (WIDTH - 2 * LEFT - 12)
        y = middle - (1 if into else -1) * (amount / largest) ** 0.5 * reach
        kind = "in" if into else "out"
        drawn += (
            f'<line class="chart-stem-{kind}" x1="{x:.1f}" x2="{x:.1f}" y1="{middle:.1f}" y2="{y:.1f}"/>'
            f'<circle class="chart-{kind}" cx="{x:.1f}" cy="{y:.1f}" r="4"/>'
        )
    axis = f'<line class="chart-axis" x1="{LEFT}" x2="{WIDTH - LEFT}" y1="{middle}" y2="{middle}"/>'
    ends = "".join(
        f'<text class="chart-{side}" x="{x}" y="{HEIGHT - 8}">{escape(f"{local(at):%Y-%m-%d %H:%M}")}</text>'
        for side, x, at in (
            ("start", LEFT, min(at for at, *_ in points)),
            ("end", WIDTH - LEFT, max(at for at, *_ in points)),
        )
    )
    return _svg(drawn + axis + ends, name)


def shades(counts: Mapping[tuple[int, int], int]) -> dict[tuple[int, int], int]:
    """0 for nothing, 1 to STEPS by size: the square root keeps small ones visible beside one large."""
    largest = max(counts.values(), default=0)
    return {
        place: 0 if not count else max(1, round((count / largest) ** 0.5 * STEPS))
        for place, count in counts.items()
    }


def shares(parts: Sequence[tuple[str, int]], name: str) -> str:
    """One bar cut by size: ``parts`` are (class, amount)."""
    total = sum(amount for _kind, amount in parts) or 1
    at, drawn = 0.0, ""
    for kind, amount in parts:
        if not amount:
            continue
        wide = max(amount / total * 1000, 3)
        drawn += f'<rect class="share-{kind}" x="{at:.1f}" y="0" width="{wide:.1f}" height="20"/>'
        at += wide
    return (
        f'<svg class="shares" viewBox="0 0 {max(at, 1):.1f} 20" preserveAspectRatio="none" role="img" '
        f'aria-label="{escape(name)}">{drawn}</svg>'
    )


def _svg(inside: str, name: str) -> str:
    return f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(name)}">{inside}</svg>'
