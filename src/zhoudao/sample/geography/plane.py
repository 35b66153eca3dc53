"""Metres east and north of the city's centre: at this size the earth is flat enough (0.1 % at 60 km)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points

from zhoudao.core.city import City

METRES_PER_DEGREE = 6_371_008.8 * math.pi / 180
"""Of latitude, on a sphere of the earth's mean radius (IUGG)."""
DECIMALS = 6
"""Of a degree that files keep: about 0.1 m."""


@dataclass(frozen=True)
class Plane:
    longitude: float
    latitude: float
    east: float
    """Metres in a degree of longitude at the centre."""

    @classmethod
    def of(cls, city: City) -> Plane:
        longitude, latitude = city.centre
        return cls(longitude, latitude, METRES_PER_DEGREE * math.cos(math.radians(latitude)))

    def point(self, longitude: float, latitude: float) -> Point:
        return Point((longitude - self.longitude) * self.east, (latitude - self.latitude) * METRES_PER_DEGREE)

    def lonlat(self, point: Point) -> tuple[float, float]:
        longitude, latitude = self.degrees(np.array([[point.x, point.y]]))[0]
        return float(longitude), float(latitude)

    def degrees(self, metres: NDArray[np.float64]) -> NDArray[np.float64]:
        """Rows of (x, y) in metres to rows of (longitude, latitude), rounded as files keep them."""
        scale = np.array([self.east, METRES_PER_DEGREE])
        return np.round(metres / scale + np.array([self.longitude, self.latitude]), DECIMALS)

    def project(self, shape: BaseGeometry) -> BaseGeometry:
        """A shape in degrees to one in metres."""
        scale = np.array([self.east, METRES_PER_DEGREE])
        origin = np.array([self.longitude, self.latitude])
        return shapely.transform(shape, lambda degrees: (degrees - origin) * scale)


def inland(land: Polygon, spot: Point, shore: float) -> Point:
    """The nearest place to ``spot`` at least ``shore`` metres from the sea; less on a narrow island."""
    while True:
        core = land.buffer(-shore)
        if not core.is_empty:
            return spot if core.covers(spot) else nearest_points(core, spot)[0]
        shore *= 0.7
