"""Ways over the sea: short, and round the islands."""

from __future__ import annotations

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from shapely.geometry import LineString, Polygon

from zhoudao.sample.geography.ground import Floats

MARGIN = 7000.0
"""How far to the side of the straight line a boat may have to go, in metres."""
CELLS = 130
"""Cells along the longer side of the chart that one leg is found on."""
KEEP_OFF = 120.0
"""Metres a boat stays away from land where it can."""
MOVES = [(1, 0), (0, 1), (1, 1), (-1, 1), (2, 1), (1, 2), (-1, 2), (-2, 1)]
"""Steps right and up to neighbouring cells; the knight's moves make the course rounder."""


class Sea:
    def __init__(self, land: list[Polygon]) -> None:
        self.land = shapely.union_all(land)
        self.shoals = shapely.union_all([piece.buffer(KEEP_OFF) for piece in land])
        shapely.prepare(self.land)
        shapely.prepare(self.shoals)

    def way(self, start: Floats, end: Floats) -> Floats:
        """The turns of the course between two piers, without the piers: none when the straight line is clear.

        On a chart too coarse for a harbour's mouth the straight line is taken.
        """
        low, high = np.minimum(start, end) - MARGIN, np.maximum(start, end) + MARGIN
        size = max(180.0, float((high - low).max()) / CELLS)
        columns, rows = (np.ceil((high - low) / size).astype(int) + 1).tolist()
        across, up = np.meshgrid(low[0] + size * np.arange(columns), low[1] + size * np.arange(rows))
        spots = np.stack([across.ravel(), up.ravel()], axis=1)
        # Land can't be sailed over, shoals only where there's no other way: harbours lie in them.
        cost = np.where(shapely.contains_xy(self.shoals, spots), 4.0, 1.0)
        cost[shapely.contains_xy(self.land, spots)] = np.inf
        graph = _neighbours(columns, rows, size, cost)
        water = np.flatnonzero(np.isfinite(cost))
        first, last = (int(water[np.hypot(*(spots[water] - spot).T).argmin()]) for spot in (start, end))
        _, before = dijkstra(graph, indices=first, return_predecessors=True)
        course = [last]
        while before[course[-1]] >= 0:
            course.append(int(before[course[-1]]))
        if course[-1] != first or len(course) < 3:
            return np.empty((0, 2))
        return self._straightened(np.concatenate([[start], spots[course[::-1]], [end]]))[1:-1]

    def _straightened(self, course: Floats) -> Floats:
        """The turns without those that a straight line over clear water can skip."""
        kept, position = [0], 0
        while position < len(course) - 1:
            ahead = min(position + 40, len(course) - 1)
            while ahead > position + 1:
                line = LineString(course[[position, ahead]])
                harbour = position == 0 or ahead == len(course) - 1
                if not (self.land if harbour else self.shoals).crosses(line) and not self.land.contains(line):
                    break
                ahead -= 1
            kept.append(ahead)
            position = ahead
        return course[kept]


def _neighbours(columns: int, rows: int, size: float, cost: Floats) -> coo_array:
    """The chart as a graph of cells that are water."""
    number = np.arange(columns * rows).reshape(rows, columns)
    first, second, weight = [], [], []
    for right, up in MOVES:
        here = number[: rows - up, max(0, -right) : columns - max(0, right)]
        there = number[up:, max(0, right) : columns - max(0, -right)]
        first.append(here.ravel())
        second.append(there.ravel())
        weight.append(size * np.hypot(right, up) * (cost[first[-1]] + cost[second[-1]]) / 2)
    from_, to, metres = (np.concatenate(each) for each in (first, second, weight))
    sailed = np.isfinite(metres)
    from_, to, metres = from_[sailed], to[sailed], metres[sailed]
    both = np.concatenate([from_, to]), np.concatenate([to, from_])
    return coo_array((np.concatenate([metres, metres]), both), shape=(columns * rows,) * 2).tocsr()
