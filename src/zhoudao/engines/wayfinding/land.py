"""Land as polygons, so that nobody is led across water between where they stand and the nearest street."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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

    @classmethod
    def of(cls, outlines: Iterable[BaseGeometry]) -> Land:
        """From polygons and multipolygons as they come; outlines that cross themselves are made whole."""
        pieces: list[BaseGeometry] = []
        for outline in outlines:
            pieces += [part for part in shapely.get_parts(shapely.make_valid(outline)) if part.area > 0]
        return cls(tuple(pieces))

    @cached_property
    def _tree(self) -> shapely.STRtree:
        shapely.prepare(list(self.pieces))
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
        on_land, pieces = self._tree.query(places, predicate="within")
        piece[on_land] = pieces
        offshore = np.flatnonzero(piece == NO_LAND)  # few, and slower to settle
        degrees = SHORE / (METRES_A_DEGREE * max(0.2, float(np.cos(np.radians(np.max(np.abs(lat)))))))
        near, pieces = self._tree.query_nearest(places[offshore], max_distance=degrees, all_matches=False)
        piece[offshore[near]] = pieces
        return piece
