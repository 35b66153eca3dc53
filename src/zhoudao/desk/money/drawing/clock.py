"""A ring as a clock: once round is from the first transfer to the last; each arc is where the money lay in between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from math import cos, pi, sin

from zhoudao.core.clock import local
from zhoudao.desk.money.drawing.paper import Drawing, short

WIDTH, HEIGHT = 720, 470
X, Y, RADIUS = 360, 235, 150
TURN = 330
"""Degrees from first to last; what is left of the circle is the money at home."""
THIN, THICK = 3.0, 20.0
STEPS = [timedelta(minutes=n) for n in (1, 2, 5, 10, 15, 30)] + [
    timedelta(hours=n) for n in (1, 2, 3, 6, 12, 24, 48, 120, 240, 720)
]
TICKS = 12
APART = 36
"""Between two labels of one side, for their two lines."""
LETTERS = 22


@dataclass(frozen=True)
class Hop:
    """A transfer of the ring, and the account where its money then lay."""

    time: datetime
    amount: int
    name: str
    """Of the payee."""
    note: str
    """How long it lay there, and how much of it went on."""
    title: str
    url: str = ""


def draw(hops: Sequence[Hop], middle: Sequence[str]) -> Drawing:
    """``hops`` in order of time, the last one back to where the first began. ``middle``: lines in the dial."""
    first, last = hops[0].time, hops[-1].time
    whole = max((last - first).total_seconds(), 1.0)
    angles = [TURN * (hop.time - first).total_seconds() / whole for hop in hops]
    largest = max(hop.amount for hop in hops) or 1
    drawn = [f'<circle class="dial" cx="{X}" cy="{Y}" r="{RADIUS}"/>', *_ticks(first, last, whole)]
    for at, hop in enumerate(hops[:-1]):
        wide = THIN + (THICK - THIN) * hop.amount / largest
        drawn.append(
            f'<g><title>{escape(hop.title)}</title><path class="arc" stroke-width="{wide:.1f}" '
            f'd="{_arc(angles[at], angles[at + 1])}"/></g>'
        )
    drawn.append(f'<path class="arc-home" d="{_arc(angles[-1], 360)}"/>')
    drawn += _labels([((a + b) / 2, hop) for a, b, hop in zip(angles, [*angles[1:], 360], hops, strict=True)])
    drawn += _hands(angles, hops)
    for line, text in enumerate(middle):
        weight = "strong" if line == 0 else "soft"
        y = Y + 20 * (line - (len(middle) - 1) / 2) + 4
        drawn.append(f'<text class="{weight} middle" x="{X}" y="{y:.0f}">{escape(text)}</text>')
    return Drawing("".join(drawn), WIDTH, HEIGHT)


def _point(angle: float, radius: float) -> tuple[float, float]:
    """Twelve o'clock is 0, and it turns as clocks do."""
    turned = (angle - 90) * pi / 180
    return X + radius * cos(turned), Y + radius * sin(turned)


def _arc(a: float, b: float) -> str:
    (x0, y0), (x1, y1) = _point(a, RADIUS), _point(max(b, a + 0.5), RADIUS)
    return f"M{x0:.1f},{y0:.1f}A{RADIUS},{RADIUS} 0 {int(b - a > 180)} 1 {x1:.1f},{y1:.1f}"


def _ticks(first: datetime, last: datetime, whole: float) -> list[str]:
    """Round times of the city's clock, a dozen at most."""
    step = next((each for each in STEPS if whole / each.total_seconds() <= TICKS), timedelta(seconds=whole))
    midnight = local(first).replace(hour=0, minute=0, second=0, microsecond=0)
    at = midnight + step * (int((local(first) - midnight) / step) + 1)
    days = step >= timedelta(hours=24)
    drawn = []
    while at < last:
        angle = TURN * (at - first).total_seconds() / whole
        (x0, y0), (x1, y1), (x, y) = _point(angle, RADIUS - 16), _point(angle, RADIUS - 22), _point(angle, RADIUS - 38)
        drawn.append(
            f'<line class="tick" x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}"/>'
            f'<text class="soft middle" x="{x:.1f}" y="{y + 4:.1f}">'
            f"{local(at):{'%m-%d' if days else '%H:%M'}}</text>"
        )
        at += step
    return drawn


def _hands(angles: Sequence[float], hops: Sequence[Hop]) -> list[str]:
    """A numbered dot at each transfer; those that would cover another stand further in."""
    drawn, depth, before = [], 0, -90.0
    for number, (angle, hop) in enumerate(zip(angles, hops, strict=True), 1):
        depth = depth + 1 if angle - before < 9 else 0
        before = angle
        (x0, y0), (x, y) = _point(angle, RADIUS + 14), _point(angle, RADIUS - 20 * depth)
        inside = (
            f"<title>{escape(hop.title)}</title>"
            f'<line class="hand" x1="{x0:.1f}" y1="{y0:.1f}" x2="{x:.1f}" y2="{y:.1f}"/>'
            f'<circle class="badge-dot" cx="{x:.1f}" cy="{y:.1f}" r="10"/>'
            f'<text class="badge-text" x="{x:.1f}" y="{y + 4:.1f}">{number}</text>'
        )
        drawn.append(f'<a href="{escape(hop.url)}" tabindex="-1">{inside}</a>' if hop.url else f"<g>{inside}</g>")
    return drawn


def _labels(arcs: Sequence[tuple[float, Hop]]) -> list[str]:
    """Beside the dial, on the side where its arc is, pushed apart so that none covers another."""
    drawn = []
    for right in (True, False):
        mine = [(angle, hop) for angle, hop in arcs if (angle < 180) == right]
        mine.sort(key=lambda each: _point(each[0], RADIUS)[1])
        tops = _apart([_point(angle, RADIUS + 24)[1] for angle, _hop in mine])
        for top, (angle, hop) in zip(tops, mine, strict=True):
            (x0, y0), x = _point(angle, RADIUS + 12), X + (RADIUS + 46) * (1 if right else -1)
            side = "" if right else " end"
            words = x + (6 if right else -6)
            name, note = escape(short(hop.name, LETTERS)), escape(short(hop.note, LETTERS + 2))
            drawn.append(
                f'<path class="leader" d="M{x0:.1f},{y0:.1f}L{x - (10 if right else -10):.0f},{top:.1f}H{x:.0f}"/>'
                f'<text class="strong{side}" x="{words:.0f}" y="{top:.1f}">{name}</text>'
                f'<text class="soft{side}" x="{words:.0f}" y="{top + 15:.1f}">{note}</text>'
            )
    return drawn


def _apart(wanted: Sequence[float]) -> list[float]:
    """As near to ``wanted`` (ascending) as APART allows, within the picture where there is room."""
    tops: list[float] = []
    for y in wanted:
        tops.append(max(y, tops[-1] + APART if tops else 14))
    over = tops[-1] - (HEIGHT - 22) if tops else 0
    for at in range(len(tops) - 1, -1, -1):
        if over <= 0:
            break
        tops[at] -= over
        over = APART - (tops[at] - tops[at - 1]) if at else 0
    return tops
