"""Which street is nearest: straight segments in a grid of cells, searched ring by ring."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians

import numpy as np
from numba import njit
from numpy.typing import NDArray

from zhoudao.engines.wayfinding.bundle import frozen
from zhoudao.engines.wayfinding.coords import METRES_A_DEGREE
from zhoudao.engines.wayfinding.land import NO_LAND

SMALLEST_CELL = 60.0
"""Metres."""
BESIDE = 50.0
"""A street this near is on the same land whatever the outlines say (metres): bridges, piers, coarse
coastlines."""


@dataclass(frozen=True)
class Locator:
    """Segments (m, 4) as lon, lat, lon, lat in degrees, and the cells they cross."""

    ends: NDArray[np.float64]
    piece: NDArray[np.int32]
    """Piece of land of each segment (NO_LAND: unknown, or on water), (m,)."""
    frame: NDArray[np.float64]
    """West, south, width and height of a cell in degrees, and its size in metres, (5,)."""
    shape: NDArray[np.int64]
    """Columns and rows, (2,)."""
    cell_offsets: NDArray[np.int32]
    cell_segments: NDArray[np.int32]

    @classmethod
    def build(cls, ends: NDArray[np.float64], piece: NDArray[np.int32] | None = None) -> Locator:
        """Index straight segments (m, 4); m may be 0."""
        ends = np.ascontiguousarray(ends, dtype=np.float64).reshape(-1, 4)
        if piece is None:
            piece = np.full(len(ends), NO_LAND, dtype=np.int32)
        if not len(ends):
            frame = np.array([0.0, 0.0, 1.0, 1.0, METRES_A_DEGREE])
            empty = np.zeros(0, dtype=np.int32)
            return frozen(cls(ends, piece, frame, np.array([1, 1]), np.zeros(2, dtype=np.int32), empty))
        west, south = ends[:, [0, 2]].min(), ends[:, [1, 3]].min()
        east, north = ends[:, [0, 2]].max(), ends[:, [1, 3]].max()
        wide = (east - west) * METRES_A_DEGREE * cos(radians((south + north) / 2))
        high = (north - south) * METRES_A_DEGREE
        metres = max(SMALLEST_CELL, (max(wide * high, 1.0) / len(ends)) ** 0.5)
        height = metres / METRES_A_DEGREE
        width = height / cos(radians((south + north) / 2))
        shape = np.array([int((east - west) / width) + 1, int((north - south) / height) + 1])
        frame = np.array([west, south, width, height, metres])
        cell_offsets, cell_segments = _fill(ends, frame, shape)
        return frozen(cls(ends, piece, frame, shape, cell_offsets, cell_segments))

    def nearest(self, lon: float, lat: float, limit: float, piece: int = NO_LAND) -> tuple[int, float, float]:
        """The nearest segment within ``limit`` metres as (segment, how far along it from 0 to 1, metres
        away).

        With ``piece`` given, a segment on another piece of land counts only when it is beside the place.
        Returns segment -1 when there is none.
        """
        return _nearest(
            lon,
            lat,
            limit,
            piece,
            self.ends,
            self.piece,
            self.frame,
            self.shape,
            self.cell_offsets,
            self.cell_segments,
        )

    def nearest_each(
        self, lon: NDArray[np.float64], lat: NDArray[np.float64], limit: float, piece: NDArray[np.int32]
    ) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]]:
        """`nearest` for many places: arrays of segment, fraction along, metres away."""
        return _nearest_each(
            np.ascontiguousarray(lon, dtype=np.float64),
            np.ascontiguousarray(lat, dtype=np.float64),
            limit, piece,
            self.ends, self.piece, self.frame, self.shape, self.cell_offsets, self.cell_segments,
        )  # fmt: skip


@njit(nogil=True, cache=True)
def _fill(ends, frame, shape):  # pragma: no cover - compiled
    columns, rows = shape
    count = np.zeros(columns * rows + 1, dtype=np.int32)
    for turn in range(2):
        if turn == 1:
            for cell in range(columns * rows):
                count[cell + 1] += count[cell]
            segments = np.empty(count[-1], dtype=np.int32)
            cursor = count[:-1].copy()
        for s in range(len(ends)):
            left = int((min(ends[s, 0], ends[s, 2]) - frame[0]) / frame[2])
            right = int((max(ends[s, 0], ends[s, 2]) - frame[0]) / frame[2])
            bottom = int((min(ends[s, 1], ends[s, 3]) - frame[1]) / frame[3])
            top = int((max(ends[s, 1], ends[s, 3]) - frame[1]) / frame[3])
            for row in range(bottom, min(top, rows - 1) + 1):
                for column in range(left, min(right, columns - 1) + 1):
                    cell = row * columns + column
                    if turn == 0:
                        count[cell + 1] += 1
                    else:
                        segments[cursor[cell]] = s
                        cursor[cell] += 1
    return count, segments


@njit(nogil=True, cache=True)
def _nearest(
    lon, lat, limit, piece, ends, segment_piece, frame, shape, offsets, segments
):  # pragma: no cover
    squeeze = np.cos(np.radians(lat))
    columns, rows = shape
    home_column = int(np.floor((lon - frame[0]) / frame[2]))
    home_row = int(np.floor((lat - frame[1]) / frame[3]))
    # A cell is `frame[4]` metres high, and as wide at the middle latitude; a little less further from the
    # equator.
    cell = min(frame[3], frame[2] * squeeze) * METRES_A_DEGREE
    best, along, metres = -1, 0.0, limit
    # Rings that lie wholly outside the grid hold nothing: start at the first that touches it.
    ring = max(0, -home_column, home_column - columns + 1, -home_row, home_row - rows + 1)
    farthest = max(home_column, columns - 1 - home_column, home_row, rows - 1 - home_row)
    while ring <= farthest and (ring - 1) * cell <= metres:
        for row in range(max(home_row - ring, 0), min(home_row + ring, rows - 1) + 1):
            edge_row = abs(row - home_row) == ring
            step = 1 if edge_row or ring == 0 else 2 * ring
            for column in range(home_column - ring, home_column + ring + 1, step):
                if column < 0 or column >= columns:
                    continue
                at = row * columns + column
                for k in range(offsets[at], offsets[at + 1]):
                    s = segments[k]
                    ax = (ends[s, 0] - lon) * squeeze
                    ay = ends[s, 1] - lat
                    bx = (ends[s, 2] - lon) * squeeze
                    by = ends[s, 3] - lat
                    dx, dy = bx - ax, by - ay
                    length = dx * dx + dy * dy
                    t = 0.0
                    if length > 0.0:
                        t = min(1.0, max(0.0, -(ax * dx + ay * dy) / length))
                    x, y = ax + t * dx, ay + t * dy
                    away = np.sqrt(x * x + y * y) * METRES_A_DEGREE
                    if away > metres or (away == metres and best >= 0 and s >= best):
                        continue
                    if piece >= 0 and segment_piece[s] != piece and away > BESIDE:
                        continue
                    best, along, metres = s, t, away
        ring += 1
    return best, along, metres


@njit(nogil=True, cache=True)
def _nearest_each(
    lon, lat, limit, piece, ends, segment_piece, frame, shape, offsets, segments
):  # pragma: no cover
    n = len(lon)
    best = np.empty(n, dtype=np.int32)
    along = np.empty(n, dtype=np.float64)
    metres = np.empty(n, dtype=np.float64)
    for i in range(n):
        best[i], along[i], metres[i] = _nearest(
            lon[i], lat[i], limit, piece[i], ends, segment_piece, frame, shape, offsets, segments
        )
    return best, along, metres
