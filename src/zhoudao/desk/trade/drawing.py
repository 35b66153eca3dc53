"""Goods, invoices and money as three layers over one time, drawn on the server. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from math import sqrt
from typing import Any

WIDTH, LEFT, RIGHT = 1000, 200, 24
LANE, TITLE, AXIS = 52, 28, 30
LARGEST, SMALLEST = 19.0, 3.0
MOST_TICKS = 13


def months_between(first: str, last: str) -> list[str]:
    """``2025-11`` to ``2026-02``: every month, both ends included."""
    (year, month), end = (int(part) for part in first[:7].split("-")), last[:7]
    found = []
    while (name := f"{year:04d}-{month:02d}") <= end:
        found.append(name)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return found


def layers(
    flows: Mapping[str, Sequence[Mapping[str, Any]]],
    shown: Sequence[tuple[str, str, Sequence[tuple[str, str]]]],
    months: Sequence[str],
    name: str,
    said: Callable[[str, Mapping[str, Any]], str],
    url: Callable[[str, str], str],
) -> str:
    """``shown``: of each layer its code, its title and its lanes (heading, label). A dot's area is the month's sum
    against its own lane's largest, since lanes may be in different currencies."""
    step = (WIDTH - LEFT - RIGHT) / max(len(months), 1)
    at = {month: LEFT + step * (place + 0.5) for place, month in enumerate(months)}
    parts, top = [], 0.0
    for code, title, lanes in shown:
        high = TITLE + LANE * len(lanes)
        parts.append(
            f'<g class="layer layer-{code}"><rect class="layer-ground" x="0" y="{top:.0f}" width="{WIDTH}" '
            f'height="{high - 6:.0f}" rx="6"/>'
            f'<text class="layer-title" x="12" y="{top + 20:.0f}">{escape(title)}</text>'
        )
        for place, (heading, label) in enumerate(lanes):
            middle = top + TITLE + LANE * (place + 0.5) - 3
            parts.append(_lane(flows.get(heading, ()), heading, label, middle, at, said, url))
        parts.append("</g>")
        top += high
    every = -(-len(months) // MOST_TICKS)
    ticks = "".join(
        f'<text class="layer-tick" x="{at[month]:.1f}" y="{top + 16:.0f}">{month}</text>'
        for place, month in enumerate(months)
        if place % every == 0
    )
    return (
        f'<svg class="trade-layers" viewBox="0 0 {WIDTH} {top + AXIS:.0f}" width="{WIDTH}" '
        f'height="{top + AXIS:.0f}" role="group" aria-label="{escape(name)}">{"".join(parts)}{ticks}</svg>'
    )


def _lane(
    flow: Sequence[Mapping[str, Any]],
    heading: str,
    label: str,
    middle: float,
    at: Mapping[str, float],
    said: Callable[[str, Mapping[str, Any]], str],
    url: Callable[[str, str], str],
) -> str:
    largest: dict[str, int] = {}
    for each in flow:
        largest[each["currency"]] = max(largest.get(each["currency"], 1), abs(each["amount"] or 0))
    line = f'<line class="layer-line" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{middle:.1f}" y2="{middle:.1f}"/>'
    dots = []
    for each in flow:
        if each["month"] not in at:
            continue
        share = max(each["amount"] or 0, 0) / largest[each["currency"]]
        radius = max(SMALLEST, LARGEST * sqrt(share))
        told = escape(said(heading, each))
        dots.append(
            f'<a href="{escape(url(heading, each["month"]))}" aria-label="{told}"><title>{told}</title>'
            f'<circle class="layer-dot" cx="{at[each["month"]]:.1f}" cy="{middle:.1f}" r="{radius:.1f}"/></a>'
        )
    return (
        f'{line}<text class="layer-label" x="12" y="{middle + 4:.1f}">{escape(label)}</text>{"".join(dots)}'
    )
