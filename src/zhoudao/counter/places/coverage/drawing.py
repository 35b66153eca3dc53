"""The map and the day as numbers for SVG attributes: the content security policy allows no style."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from zhoudao.counter.places.outline import FINEST, WIDTH, View

HOUR_WIDTH, STRIP_HEIGHT = 8, 22
LEAST_TONE = 0.06
"""How much ink nobody gets: the strip stays visible."""


@dataclass(frozen=True)
class Cell:
    """One hour of a strip."""

    hour: int
    x: int
    tone: float
    """Opacity, from LEAST_TONE for nobody to 1 for everybody."""
    share: float
    chosen: bool

    @property
    def opacity(self) -> str:
        """For SVG, whatever the language."""
        return f"{self.tone:.3f}"


@dataclass(frozen=True)
class Strip:
    """A day from midnight to midnight."""

    cells: tuple[Cell, ...]
    least: float
    most: float
    width: int = 24 * HOUR_WIDTH
    height: int = STRIP_HEIGHT

    @property
    def even(self) -> bool:
        """The same all day, as far as a percentage with one decimal shows."""
        return f"{self.least:.1%}" == f"{self.most:.1%}"


def strip(shares: Sequence[float], chosen: int) -> Strip:
    """The shares of 24 hours as cells of one tone each."""
    cells = tuple(
        Cell(hour, hour * HOUR_WIDTH, round(LEAST_TONE + (1 - LEAST_TONE) * share, 3), share, hour == chosen)
        for hour, share in enumerate(shares)
    )
    return Strip(cells, min(shares), max(shares))


def path(area: BaseGeometry, view: View) -> str:
    """An area in degrees as the ``d`` of an SVG path, in the view's units; empty when none of it is in view."""
    west, south, east, north = view.bounds

    def units(places: NDArray[np.float64]) -> NDArray[np.float64]:
        across = (places[:, 0] - west) / (east - west) * WIDTH
        down = (north - places[:, 1]) / (north - south) * view.height
        return np.stack([across, down], axis=1)

    seen = shapely.transform(area.intersection(shapely.box(*view.bounds)), units).simplify(FINEST / 2)
    rings = [ring for part in _polygons(seen) for ring in (part.exterior, *part.interiors)]
    return "".join(_ring(ring.coords) for ring in rings)


def _polygons(shape: BaseGeometry) -> list[shapely.Polygon]:
    parts = getattr(shape, "geoms", [shape])
    return [part for part in parts if isinstance(part, shapely.Polygon) and not part.is_empty]


def _ring(corners: Iterable[tuple[float, ...]]) -> str:
    told = [f"{round(x, 1):g} {round(y, 1):g}" for x, y, *_ in corners]
    return f"M{'L'.join(told[:-1])}Z"
