"""References that try everything: slow, short and plain enough to be believed."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

Transfer = tuple[int, int, int, int]
"""source, target, time, amount."""


def all_rings(
    transfers: Sequence[Transfer],
    window: int,
    longest: int,
    low: float | None = None,
    high: float | None = None,
) -> set[tuple[int, ...]]:
    """Every ring as the indices of its transfers."""
    found = set()

    def extend(path: list[int], seen: list[int]) -> None:
        last = transfers[path[-1]]
        for i, (source, target, time, amount) in enumerate(transfers):
            if source != last[1] or time <= last[2] or time - transfers[path[0]][2] > window or amount <= 0:
                continue
            if low is not None and amount * 10_000 < round(low * 10_000) * last[3]:
                continue
            if high is not None and amount * 10_000 > round(high * 10_000) * last[3]:
                continue
            if target == transfers[path[0]][0]:
                found.add((*path, i))
            elif target not in seen and len(path) + 1 < longest:
                extend([*path, i], [*seen, target])

    for i, (source, target, _, amount) in enumerate(transfers):
        if source != target and amount > 0:
            extend([i], [source, target])
    return found


def forward_trace(transfers: Sequence[Transfer], start: int, rule: str, last: int) -> dict[int, int]:
    """What each transfer from ``start`` up to time ``last`` carries of it: fen by fen queues and exact fractions."""
    order = sorted(range(len(transfers)), key=lambda i: (transfers[i][2], i))
    lines: dict[int, list[tuple[int, bool]]] = {}
    totals: dict[int, list[int]] = {}  # account: what it has, how much of that is traced
    touched: set[int] = set()
    traced: dict[int, int] = {}
    for i in order:
        source, target, time, amount = transfers[i]
        if source == target or amount <= 0:
            continue
        line = lines.setdefault(source, [])
        taken: list[tuple[int, bool]] = []
        missing = amount
        while missing and line:
            fen, ours = line.pop(0)
            part = min(fen, missing)
            taken.append((part, ours))
            missing -= part
            if part < fen:
                line.insert(0, (fen - part, ours))
        if missing:
            taken.append((missing, False))
        has, ours = totals.setdefault(source, [0, 0])
        if rule == "fifo":
            share = sum(fen for fen, mine in taken if mine)
        elif rule == "poison":
            share = amount if source in touched else 0
        elif amount >= has:
            share = ours
        elif rule == "pro-rata":
            share = int(Fraction(amount * ours, has) + Fraction(1, 2))
        else:
            share = max(0, ours - (has - amount))
        totals[source] = [max(has - amount, 0), ours - (share if rule != "poison" else 0)]
        if i == start:
            share, taken = amount, [(amount, True)]
        if time > last:
            break
        lines.setdefault(target, []).extend(taken)
        other = totals.setdefault(target, [0, 0])
        totals[target] = [other[0] + amount, other[1] + share]
        if share:
            touched.add(target)
            traced[i] = share
    return traced
