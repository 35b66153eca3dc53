"""From where one gets to an open kiosk in time, as an area: places on a lattice, each asked as a home is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter
from shapely.geometry.base import BaseGeometry

from zhoudao.engines.wayfinding import Network
from zhoudao.engines.wayfinding.coords import METRES_A_DEGREE
from zhoudao.engines.wayfinding.coverage import Homes, Reachable, contour
from zhoudao.engines.wayfinding.journey import epoch
from zhoudao.engines.wayfinding.layer import OFF_STREET, Mode
from zhoudao.engines.wayfinding.profiles import WALKING
from zhoudao.engines.wayfinding.table import BEYOND

FINEST_CELL = 50.0
"""Metres between the places of the lattice, when the area is small."""
MOST_PLACES = 60_000
"""Larger areas are drawn from about so many places, further apart."""


def area(network: Network, points: Sequence[str], minutes: int, mode: Mode, moment: datetime) -> BaseGeometry:
    """Where one is within ``minutes`` of one of ``points``, leaving at ``moment``; degrees, clipped to land.

    `residents_within` counts a home on the lattice exactly when it lies in this area. Raises OutsideCalendar,
    KeyError.
    """
    limit, at = minutes * 60, epoch(network, moment)
    layer = network.moving(mode).layer
    if not points or not layer.size:
        return shapely.Polygon()
    reached = _within(network, layer.lon, layer.lat, points, mode, limit, at)
    if not reached.any():
        return shapely.Polygon()
    margin = min(OFF_STREET, limit * WALKING)
    return _drawn(network, layer.lon[reached], layer.lat[reached], margin, points, mode, limit, at)


def _drawn(
    network: Network,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    margin: float,
    points: Sequence[str],
    mode: Mode,
    limit: int,
    at: int,
) -> BaseGeometry:
    """The lattice around the corners reached; nothing further than ``margin`` from them can be in the area."""
    squeeze = float(np.cos(np.radians(lat.mean())))
    cell = FINEST_CELL
    while True:
        step = cell / METRES_A_DEGREE
        column = np.rint(lon * squeeze / step).astype(np.int64)
        row = np.rint(lat / step).astype(np.int64)
        wide = int(np.ceil(margin / cell)) + 1
        first_column, first_row = column.min() - wide - 1, row.min() - wide - 1
        near = np.zeros((row.max() - first_row + wide + 2, column.max() - first_column + wide + 2), np.bool_)
        near[row - first_row, column - first_column] = True
        near = maximum_filter(near, size=2 * wide + 1)
        count = int(near.sum())
        if count <= MOST_PLACES:
            break
        cell *= max(1.1, (count / MOST_PLACES) ** 0.5)
    columns = (np.arange(near.shape[1]) + first_column) * step / squeeze
    rows = (np.arange(near.shape[0]) + first_row) * step
    at_row, at_column = np.nonzero(near)
    inside = _within(network, columns[at_column], rows[at_row], points, mode, limit, at)
    values = np.full(near.shape, BEYOND, dtype=np.int64)
    values[at_row[inside], at_column[inside]] = 0
    drawn = contour(columns, rows, values, 0)
    return drawn.intersection(network.land.whole) if network.land.pieces else drawn


def _within(
    network: Network,
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
    points: Sequence[str],
    mode: Mode,
    limit: int,
    at: int,
) -> NDArray[np.bool_]:
    everywhere = Homes(lon, lat, np.ones(len(lon)), np.full(len(lon), ""))
    return Reachable(network, everywhere, points, mode).within(limit, at, None)
