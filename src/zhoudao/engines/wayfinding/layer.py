"""One way of getting about, on foot or by car: junctions, the streets between them, and where one joins them.

`folding.build_layer` makes a layer from a `StreetGraph`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from zhoudao.engines.wayfinding.coords import LonLat
from zhoudao.engines.wayfinding.land import Land
from zhoudao.engines.wayfinding.locate import Locator
from zhoudao.engines.wayfinding.problems import NotOnTheMap
from zhoudao.engines.wayfinding.profiles import WALKING
from zhoudao.engines.wayfinding.spread import TENTHS, Workspace

Mode = Literal["walk", "car"]
MODES: tuple[Mode, ...] = ("walk", "car")

OFF_STREET = 1000.0
"""How far from a street somebody may stand and still be guided, metres."""
NO_NODE = -1
CLOSED = 0
"""Tenths of a street that may not be used in that direction."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a place joins the streets: on ``street``, with the seconds to get to (or from) each of its two
    ends."""

    street: int
    along: float
    """From 0 at the street's start to 1 at its end."""
    off_street: float
    """Seconds on foot between the place and the street."""
    place: LonLat
    on_street: LonLat
    nodes: NDArray[np.int32]
    """The ends one can get to first (leaving) or come from last (arriving); one, two, or none of them."""
    seconds: NDArray[np.int32]
    """Seconds to each of ``nodes``, the way from the place to the street included, rounded up."""
    tenths: NDArray[np.int32]
    """The same, in tenths of a second, without the way to the street."""


@dataclass(frozen=True)
class Anchors:
    """Where many places join the streets; see `Anchor`."""

    street: NDArray[np.int32]
    """-1 for a place with no street near, (n,)."""
    along: NDArray[np.float64]
    off_street: NDArray[np.float64]
    nodes: NDArray[np.int32]
    """The street's start and end, NO_NODE where one cannot get there, (n, 2)."""
    seconds: NDArray[np.int32]
    """Seconds to each, the way to the street included, (n, 2)."""


@dataclass(frozen=True)
class Layer:
    """The street graph of one mode. Times are tenths of a second; nodes are ordered by component."""

    lon: NDArray[np.float64]
    """Degrees, (n,)."""
    lat: NDArray[np.float64]
    component: NDArray[np.int32]
    """Which connected part (an island, mostly) a node belongs to, (n,)."""
    component_first: NDArray[np.int32]
    """First node of each component, and n at the end, (c + 1,)."""
    start: NDArray[np.int32]
    """Node at which a street begins, (s,)."""
    end: NDArray[np.int32]
    forward: NDArray[np.int32]
    """Tenths from start to end, CLOSED when one may not, (s,)."""
    back: NDArray[np.int32]
    """Tenths from end to start, (s,)."""
    ferry: NDArray[np.int32]
    """Index of the ferry line a street is, or NO_FERRY, (s,)."""
    shape_offsets: NDArray[np.int32]
    """Points shape_offsets[i]:shape_offsets[i + 1] draw street i, (s + 1,)."""
    shape_lon: NDArray[np.float64]
    shape_lat: NDArray[np.float64]
    out_offsets: NDArray[np.int64]
    """Edges leaving each node, (n + 1,)."""
    out_ends: NDArray[np.int32]
    out_tenths: NDArray[np.int32]
    out_streets: NDArray[np.int32]
    in_offsets: NDArray[np.int64]
    """Edges entering each node, read backwards, (n + 1,)."""
    in_ends: NDArray[np.int32]
    in_tenths: NDArray[np.int32]
    in_streets: NDArray[np.int32]
    locator: Locator
    segment_street: NDArray[np.int32]
    """Street of each of the locator's segments, (m,)."""
    segment_from: NDArray[np.float32]
    """Share of the street that lies before the segment, and share at its end, (m, 2)."""

    @property
    def size(self) -> int:
        return len(self.lon)

    @property
    def components(self) -> int:
        return len(self.component_first) - 1

    def workspace(self) -> Workspace:
        return Workspace(self.size, int(self.out_tenths.max(initial=1)) + 2 * TENTHS)

    def find(self, place: LonLat, land: Land, limit: float = OFF_STREET, *, leaving: bool = True) -> Anchor:
        """Where ``place`` joins the streets when leaving from it (or arriving at it).

        Raises NotOnTheMap when no street lies within ``limit`` metres without crossing water.
        """
        anchor = self.find_or_none(place, land, limit, leaving=leaving)
        if anchor is None:
            raise NotOnTheMap(*place, limit)
        return anchor

    def find_or_none(
        self, place: LonLat, land: Land, limit: float = OFF_STREET, *, leaving: bool = True
    ) -> Anchor | None:
        """`find`, with None when there is no street."""
        lon, lat = place
        segment, fraction, metres = self.locator.nearest(lon, lat, limit)
        if segment < 0:
            return None
        if metres > BESIDE_IS_SURE and land.pieces:
            piece = int(land.piece_of([lon], [lat])[0])
            segment, fraction, metres = self.locator.nearest(lon, lat, limit, piece)
            if segment < 0:
                return None
        return self._anchor(place, segment, fraction, metres, leaving)

    def _anchor(self, place: LonLat, segment: int, fraction: float, metres: float, leaving: bool) -> Anchor:
        street = int(self.segment_street[segment])
        before, after = self.segment_from[segment]
        along = float(before + (after - before) * fraction)
        x1, y1, x2, y2 = self.locator.ends[segment]
        to_end, to_start = int(self.forward[street]), int(self.back[street])
        if not leaving:
            to_end, to_start = to_start, to_end
        nodes, tenths = [], []
        if to_start:
            nodes.append(self.start[street])
            tenths.append(round(along * to_start))
        if to_end:
            nodes.append(self.end[street])
            tenths.append(round((1 - along) * to_end))
        off_street = metres / WALKING
        return Anchor(
            street,
            along,
            off_street,
            place,
            (float(x1 + (x2 - x1) * fraction), float(y1 + (y2 - y1) * fraction)),
            np.array(nodes, dtype=np.int32),
            np.array([whole_seconds(part + round(off_street * TENTHS)) for part in tenths], dtype=np.int32),
            np.array(tenths, dtype=np.int32),
        )

    def find_each(
        self,
        lon: NDArray[np.float64],
        lat: NDArray[np.float64],
        land: Land,
        limit: float = OFF_STREET,
        *,
        leaving: bool = True,
    ) -> Anchors:
        """`find` for many places at once; those without a street have node NO_NODE twice."""
        segment, fraction, metres = self.locator.nearest_each(lon, lat, limit, land.piece_of(lon, lat))
        found = segment >= 0
        street = np.where(found, self.segment_street[segment], 0)
        before, after = self.segment_from[segment].T
        along = (before + (after - before) * fraction).astype(np.float64)
        to_end, to_start = self.forward[street], self.back[street]
        if not leaving:
            to_end, to_start = to_start, to_end
        off_street = metres / WALKING
        tenths = np.stack([np.rint(along * to_start), np.rint((1 - along) * to_end)], axis=1)
        seconds = -(-(tenths + np.rint(off_street * TENTHS)[:, None]) // TENTHS)
        nodes = np.stack([self.start[street], self.end[street]], axis=1)
        open_ways = np.stack([to_start, to_end], axis=1) > 0
        nodes = np.where(found[:, None] & open_ways, nodes, NO_NODE)
        return Anchors(
            np.where(found, street, -1).astype(np.int32),
            along,
            off_street,
            nodes.astype(np.int32),
            seconds.astype(np.int32),
        )

    def shape(self, street: int) -> list[LonLat]:
        """The line of a street, from its start to its end."""
        points = slice(self.shape_offsets[street], self.shape_offsets[street + 1])
        return list(zip(self.shape_lon[points].tolist(), self.shape_lat[points].tolist(), strict=True))


BESIDE_IS_SURE = 50.0
"""Metres within which a street needs no look at the outlines of the land (see locate.BESIDE)."""


def whole_seconds(tenths: int) -> int:
    """Tenths of a second as whole seconds, rounded up: nobody is told to arrive before they do."""
    return -(-int(tenths) // TENTHS)
