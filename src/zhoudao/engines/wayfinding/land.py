"""Land as polygons, so that nobody is led across water between where they stand and the nearest street."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zhoudao.engines.wayfinding.coords import METRES_A_DEGREE

NO_LAND = -1
SHORE = 150.0
"""How far outside an outline still counts as on it, metres: outlines are coarser than piers."""


@dataclass(frozen=True)
class Land:
    """The pieces of land, each a polygon in degrees (WGS-84). No pieces: nothing is known, everything may
    be land."""

    pieces: tuple[BaseGeometry, ...] = ()

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(list(self.pieces))

    @cached_property
    def whole(self) -> BaseGeometry:
        """All pieces as one geometry."""
        return shapely.union_all(list(self.pieces))

    def piece_of(
        self, lon: NDArray[np.float64] | Sequence[float], lat: NDArray[np.float64] | Sequence[float]
    ) -> NDArray[np.int32]:
        """For each place the index of the piece it lies on or within SHORE of, else NO_LAND; (n,) int32."""
        piece = np.full(len(lon), NO_LAND, dtype=np.int32)
        if not self.pieces or not len(lon):
            return piece
        places = shapely.points(np.asarray(lon), np.asarray(lat))
        degrees = SHORE / (METRES_A_DEGREE * max(0.2, float(np.cos(np.radians(np.max(np.abs(lat)))))))
        near, found = self._tree.query_nearest(places, max_distance=degrees, all_matches=False)
        piece[near] = found
        return piece
