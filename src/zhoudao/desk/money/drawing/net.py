"""A money graph on paper: each account where the reader left it, an arrow for each pair, as wide as its amount."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import hypot

from zhoudao.desk.money.drawing.paper import Drawing, short

WIDTH, HEIGHT, EDGE = 1100, 700, 90
THIN, THICK = 1.0, 11.0
SMALL, LARGE = 6.0, 20.0
LETTERS = 24


@dataclass(frozen=True)
class Dot:
    name: str
    note: str
    kind: str
    """dot, dot-opened, dot-missing, dot-group."""
    amount: int
    place: tuple[float, float]
    """As on the screen: x to the right, y upward, any unit."""


@dataclass(frozen=True)
class Arrow:
    source: str
    target: str
    amount: int
    word: str


def draw(dots: Mapping[str, Dot], arrows: Sequence[Arrow]) -> Drawing:
    """``dots`` by the names that arrows call them."""
    at = _places(dots)
    most = max((dot.amount for dot in dots.values()), default=0) or 1
    radius = {key: SMALL + (LARGE - SMALL) * (dot.amount / most) ** 0.5 for key, dot in dots.items()}
    widest = max((arrow.amount for arrow in arrows), default=0) or 1
    pairs = {(arrow.source, arrow.target) for arrow in arrows}
    drawn = []
    for arrow in sorted(arrows, key=lambda each: -each.amount):
        wide = THIN + (THICK - THIN) * (arrow.amount / widest) ** 0.5
        bend = 26.0 if (arrow.target, arrow.source) in pairs else 0.0
        drawn.append(
            _arrow(at[arrow.source], at[arrow.target], radius[arrow.target], wide, bend, arrow.word)
        )
    for key, dot in dots.items():
        x, y = at[key]
        below = y + radius[key] + 15
        note = f'<text class="soft middle halo" x="{x:.1f}" y="{below + 14:.1f}">{escape(dot.note)}</text>'
        drawn.append(
            f'<circle class="{dot.kind}" cx="{x:.1f}" cy="{y:.1f}" r="{radius[key]:.1f}"/>'
            f'<text class="strong middle halo" x="{x:.1f}" y="{below:.1f}">{escape(short(dot.name, LETTERS))}</text>'
            + (note if dot.note else "")
        )
    return Drawing("".join(drawn), WIDTH, HEIGHT)


def _places(dots: Mapping[str, Dot]) -> dict[str, tuple[float, float]]:
    """Fitted into the picture, shape kept."""
    if not dots:
        return {}
    xs, ys = [dot.place[0] for dot in dots.values()], [dot.place[1] for dot in dots.values()]
    wide, high = max(xs) - min(xs), max(ys) - min(ys)
    scale = min((WIDTH - 2 * EDGE) / (wide or 1), (HEIGHT - 2 * EDGE) / (high or 1))
    if not wide and not high:
        scale = 0.0
    middle_x, middle_y = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    return {
        key: (WIDTH / 2 + (dot.place[0] - middle_x) * scale, HEIGHT / 2 - (dot.place[1] - middle_y) * scale)
        for key, dot in dots.items()
    }


def _arrow(
    a: tuple[float, float], b: tuple[float, float], radius: float, wide: float, bend: float, word: str
) -> str:
    """From one place to another's rim, with its word beside the middle; bent where money also goes the other way."""
    length = hypot(b[0] - a[0], b[1] - a[1]) or 1.0
    ux, uy = (b[0] - a[0]) / length, (b[1] - a[1]) / length
    over = ((a[0] + b[0]) / 2 - uy * bend * 2, (a[1] + b[1]) / 2 + ux * bend * 2)
    arriving = hypot(b[0] - over[0], b[1] - over[1]) or 1.0
    vx, vy = (b[0] - over[0]) / arriving, (b[1] - over[1]) / arriving
    head = 7 + wide
    tip = (b[0] - vx * (radius + 1), b[1] - vy * (radius + 1))
    foot = (tip[0] - vx * head, tip[1] - vy * head)
    half = 3 + wide * 0.7
    points = (
        f"{tip[0]:.1f},{tip[1]:.1f} {foot[0] - vy * half:.1f},{foot[1] + vx * half:.1f} "
        f"{foot[0] + vy * half:.1f},{foot[1] - vx * half:.1f}"
    )
    x, y = (a[0] + 2 * over[0] + b[0]) / 4, (a[1] + 2 * over[1] + b[1]) / 4
    return (
        f'<path class="edge" stroke-width="{wide:.1f}" d="M{a[0]:.1f},{a[1]:.1f}Q{over[0]:.1f},{over[1]:.1f} '
        f'{foot[0]:.1f},{foot[1]:.1f}"/><polygon class="edge-head" points="{points}"/>'
        f'<text class="soft middle halo" x="{x:.1f}" y="{y:.1f}">{escape(word)}</text>'
    )
