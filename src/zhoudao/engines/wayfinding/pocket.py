"""A network that fits in a telephone: what one needs to travel on foot, by bus and by boat for some weeks.

**Streets are reduced to doors**: places one may set out from, each with the seconds on foot from there to every stop
and point, by the network's own tables. Named places (settlements) are doors of their own, to the second; elsewhere one
walks to the nearest door first, along a crow's line made longer. A door belongs to a piece of land, so that nobody
walks over water to one. **The timetable stays whole** for the days that are kept: every hop, change and walk between
stops, so that the same scan over it gives the same answer to the second.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from zhoudao.engines.wayfinding.coords import METRES_A_DEGREE, LonLat
from zhoudao.engines.wayfinding.land import Land
from zhoudao.engines.wayfinding.network import Network
from zhoudao.engines.wayfinding.problems import NotOnTheMap
from zhoudao.engines.wayfinding.search import Joint, join, reached
from zhoudao.engines.wayfinding.table import BEYOND, Links
from zhoudao.engines.wayfinding.timetable import Line, Names, Timetable

MOST_DOORS = 2000
"""Besides the named ones. Each takes some 100 bytes compressed."""
FINEST_CELL = 200.0
"""Metres: of the doors in one square of this size, one is kept; squares are doubled until they are few enough."""
OUTLINE_TOLERANCE = 0.0003
"""Degrees, about 30 m: how far a kept outline may lie from the coast."""
DECIMALS = 5
"""Of a degree: about a metre."""


@dataclass(frozen=True)
class _Kept:
    """The trips that run on the days kept, and their hops."""

    trips: NDArray[np.int64]
    hops: NDArray[np.int64]


def pocket(network: Network, first: date, days: int, named: Mapping[str, LonLat]) -> dict[str, Any]:
    """Everything above for ``days`` days of travel from ``first``, with a door for each of ``named`` that is near a
    street. Times are seconds, numbers those of the lists beside them; see the pieces below."""
    timetable = network.timetable
    since = first - timedelta(days=timetable.oldest + 1)
    kept = _running(timetable, since, first + timedelta(days=days))
    return {
        "points": list(network.point_codes),
        "stops": _stops(timetable),
        "lines": [_line(line) for line in timetable.lines],
        "trips": {
            "line": timetable.trip_line[kept.trips].tolist(),
            "service": timetable.trip_service[kept.trips].tolist(),
        },
        "hops": _hops(timetable, kept),
        "days": _days(timetable, since, first, days),
        "onward": _links(network.walk.tables.onward),
        "egress": _links(network.walk.tables.egress),
        "doors": _doors(network, named),
        "land": _outlines(network.land),
    }


# The timetable --------------------------------------------------------------------------------------------------------


def _running(timetable: Timetable, since: date, until: date) -> _Kept:
    low = max(0, (since - timetable.first_day).days)
    high = max(0, (until - timetable.first_day).days)
    runs = np.asarray(timetable.active[:, low:high].any(axis=1))
    trips = np.flatnonzero(runs[timetable.trip_service])
    return _Kept(trips, np.flatnonzero(np.isin(timetable.trip, trips)))


def _hops(timetable: Timetable, kept: _Kept) -> dict[str, Any]:
    """Columns, in the order of departure. ``departs`` is told by the seconds since the hop before, ``takes`` by those
    until arrival; ``no_boarding`` and ``no_alighting`` list the hops one may not get on or off."""
    hops = kept.hops
    departs = timetable.departure[hops]
    return {
        "departs": np.diff(departs, prepend=0).tolist(),
        "takes": (timetable.arrival[hops] - departs).tolist(),
        "from": timetable.from_stop[hops].tolist(),
        "to": timetable.to_stop[hops].tolist(),
        "trip": np.searchsorted(kept.trips, timetable.trip[hops]).tolist(),
        "no_boarding": np.flatnonzero(~timetable.may_board[hops]).tolist(),
        "no_alighting": np.flatnonzero(~timetable.may_alight[hops]).tolist(),
    }


def _days(timetable: Timetable, since: date, first: date, days: int) -> dict[str, Any]:
    """For each day from ``since`` on: when it begins, what its services' times count from, which services run. Epoch
    seconds. ``first`` is the number of the first day of travel; ``oldest`` how many days ago a trip still under way may
    have begun; ``last`` the number of the last day the timetable knows."""
    dates = [since + timedelta(days=ahead) for ahead in range((first - since).days + days + 1)]
    return {
        "date": [day.isoformat() for day in dates],
        "midnight": [timetable.midnight(day) for day in dates],
        "zero": [timetable.zero(day) for day in dates],
        "running": [sorted(timetable.running(day)) for day in dates],
        "first": (first - since).days,
        "oldest": timetable.oldest,
        "last": (timetable.last_day - since).days,
    }


def _stops(timetable: Timetable) -> dict[str, Any]:
    return {
        "code": list(timetable.stop_codes),
        "name": [_names(names) for names in timetable.stop_names],
        "change": timetable.change.tolist(),
        "at": _places(timetable.stop_lon, timetable.stop_lat),
    }


def _line(line: Line) -> dict[str, Any]:
    return {"name": _names(line.names), "mode": line.mode}


def _names(names: Names) -> dict[str, str]:
    """The feed's own name under ``""``, others by language."""
    return dict(names)


def _links(links: Links) -> dict[str, list[int]]:
    """By stop: how many, and one after another the ends and the seconds."""
    return {
        "count": np.diff(links.offsets).tolist(),
        "end": links.ends.tolist(),
        "seconds": links.seconds.tolist(),
    }


# Streets --------------------------------------------------------------------------------------------------------------


def _doors(network: Network, named: Mapping[str, LonLat]) -> dict[str, Any]:
    """``at``, ``land`` (number of its piece, -1 for none), and what one reaches from there: ``points`` and ``stops`` as
    lists of number, seconds, number, seconds... The named ones come first, ``codes`` says which they are."""
    layer = network.walk.layer
    found = {code: place for code, place in named.items() if _is_on_streets(network, place)}
    joints = [join(network, "walk", place, leaving=True) for place in found.values()]
    nodes = _spread_out(layer.lon, layer.lat, MOST_DOORS)
    for node in nodes.tolist():
        place = float(layer.lon[node]), float(layer.lat[node])
        here = np.array([node], dtype=np.int32)
        joints.append(Joint(here, np.zeros(1, dtype=np.int32), place))
    lon = np.array([joint.place[0] for joint in joints])
    lat = np.array([joint.place[1] for joint in joints])
    rows = [reached(network, "walk", joint, leaving=True) for joint in joints]
    return {
        "codes": list(found),
        "at": _places(lon, lat),
        "land": network.land.piece_of(lon, lat).tolist(),
        "points": [_pairs(row.points) for row in rows],
        "stops": [_pairs(row.stops) for row in rows],
    }


def _is_on_streets(network: Network, place: LonLat) -> bool:
    try:
        network.find(place)
    except NotOnTheMap:
        return False
    return True


def _spread_out(lon: NDArray[np.float64], lat: NDArray[np.float64], most: int) -> NDArray[np.int64]:
    """One node of each square, with squares as small as gives at most ``most``; rising."""
    if not len(lon):
        return np.zeros(0, dtype=np.int64)
    squeeze = np.cos(np.radians(lat.mean()))
    metres = FINEST_CELL
    while True:
        size = metres / METRES_A_DEGREE
        cells = np.stack([np.floor(lon * squeeze / size), np.floor(lat / size)]).astype(np.int64)
        _, first = np.unique(cells, axis=1, return_index=True)
        if len(first) <= most:
            return np.sort(first)
        metres *= 2


def _pairs(seconds: NDArray[np.int32]) -> list[int]:
    there = np.flatnonzero(seconds < BEYOND)
    return np.stack([there, seconds[there]], axis=1).ravel().tolist()


def _outlines(land: Land) -> list[list[float]]:
    """The outer ring of each piece as longitude, latitude, longitude, latitude..., by its number."""
    rings = []
    for piece in land.pieces:
        ring = shapely.simplify(piece, OUTLINE_TOLERANCE).exterior  # pieces are polygons
        rings.append(np.round(shapely.get_coordinates(ring), DECIMALS).ravel().tolist())
    return rings


def _places(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> list[float]:
    """Longitude, latitude, longitude, latitude..."""
    return np.round(np.stack([lon, lat], axis=1), DECIMALS).ravel().tolist()
