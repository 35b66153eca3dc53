"""Coordinates and datums: WGS-84, GCJ-02 (国测局坐标, Amap) and BD-09 (百度坐标, Baidu).

Everything inside Zhoudao is WGS-84 (longitude, latitude, degrees). The other two exist only at the edge:
handing a destination to a map app, or reading points somebody exported from one.

The forward formula and its constants are the ones that have circulated since 2010 and that every open
converter uses (Krasovsky 1940 ellipsoid; e.g. the eviltransform and coordtransform projects). They have no
published inverse; ours iterates until the forward formula gives back the input, which it does to better
than a millimetre.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import atan2, cos, hypot, pi, radians, sin, sqrt
from typing import Literal

Datum = Literal["WGS-84", "GCJ-02", "BD-09"]
LonLat = tuple[float, float]
Bounds = tuple[float, float, float, float]
"""West, south, east, north, degrees."""

KRASOVSKY_AXIS = 6378245.0
"""Semi-major axis of the Krasovsky 1940 ellipsoid, metres."""
KRASOVSKY_ECCENTRICITY_SQUARED = 0.00669342162296594323
BAIDU_ANGLE = pi * 3000.0 / 180.0
BAIDU_OFFSET = (0.0065, 0.006)
CHINA: Bounds = (72.004, 0.8293, 137.8347, 55.8271)
"""The rectangle in which the converters shift; outside it GCJ-02 is WGS-84."""

EARTH_RADIUS = 6371008.8
"""Mean radius, metres (IUGG)."""
METRES_A_DEGREE = EARTH_RADIUS * pi / 180.0


def metres_between(a: LonLat, b: LonLat) -> float:
    """Distance over the ground in metres, by the equirectangular formula: right to 0.1 % over a city."""
    across = (b[0] - a[0]) * cos(radians((a[1] + b[1]) / 2))
    return hypot(across, b[1] - a[1]) * METRES_A_DEGREE


def within(bounds: Bounds, place: LonLat) -> bool:
    """Whether ``place`` lies in ``bounds``, edges included."""
    west, south, east, north = bounds
    return west <= place[0] <= east and south <= place[1] <= north


def _shift(lon: float, lat: float) -> LonLat:
    """How far GCJ-02 lies from WGS-84 here, in degrees."""
    x, y = lon - 105.0, lat - 35.0
    root = sqrt(abs(x))
    waves = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    latitude = radians(lat)
    magic = 1.0 - KRASOVSKY_ECCENTRICITY_SQUARED * sin(latitude) ** 2
    meridian = KRASOVSKY_AXIS * (1.0 - KRASOVSKY_ECCENTRICITY_SQUARED) / (magic * sqrt(magic)) * pi / 180.0
    parallel = KRASOVSKY_AXIS / sqrt(magic) * cos(latitude) * pi / 180.0
    return east / parallel, north / meridian


def wgs84_to_gcj02(lon: float, lat: float) -> LonLat:
    """What Amap, Tencent and Apple in China call this place."""
    if not within(CHINA, (lon, lat)):
        return lon, lat
    east, north = _shift(lon, lat)
    return lon + east, lat + north


def gcj02_to_bd09(lon: float, lat: float) -> LonLat:
    """What Baidu calls a place that Amap calls ``lon, lat``."""
    radius = hypot(lon, lat) + 0.00002 * sin(lat * BAIDU_ANGLE)
    angle = atan2(lat, lon) + 0.000003 * cos(lon * BAIDU_ANGLE)
    return radius * cos(angle) + BAIDU_OFFSET[0], radius * sin(angle) + BAIDU_OFFSET[1]


def _inverse(forward: Callable[[float, float], LonLat], lon: float, lat: float) -> LonLat:
    """The place that ``forward`` carries to ``lon, lat``. The shift changes slowly, so stepping back by it
    converges."""
    east, north = lon, lat
    for _ in range(30):
        there = forward(east, north)
        miss = there[0] - lon, there[1] - lat
        east, north = east - miss[0], north - miss[1]
        if max(abs(miss[0]), abs(miss[1])) < 1e-12:
            break
    return east, north


def gcj02_to_wgs84(lon: float, lat: float) -> LonLat:
    """Where on the ground a place lies that Amap calls ``lon, lat``."""
    return _inverse(wgs84_to_gcj02, lon, lat)


def bd09_to_gcj02(lon: float, lat: float) -> LonLat:
    """What Amap calls a place that Baidu calls ``lon, lat``."""
    return _inverse(gcj02_to_bd09, lon, lat)


def wgs84_to_bd09(lon: float, lat: float) -> LonLat:
    """What Baidu calls this place."""
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def bd09_to_wgs84(lon: float, lat: float) -> LonLat:
    """Where on the ground a place lies that Baidu calls ``lon, lat``."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


TO_WGS84: dict[Datum, Callable[[float, float], LonLat]] = {
    "WGS-84": lambda lon, lat: (lon, lat),
    "GCJ-02": gcj02_to_wgs84,
    "BD-09": bd09_to_wgs84,
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why coordinates look wrong, and what they would be if the suspicion is right."""

    code: Literal["swapped", "GCJ-02", "BD-09", "outside"]
    place: LonLat | None
    """The corrected WGS-84 coordinates to offer; None when nothing fits."""

    def __str__(self) -> str:
        if self.place is None:
            return "outside the city"
        offered = f"{self.place[0]:.6f},{self.place[1]:.6f}"
        if self.code == "swapped":
            return f"latitude and longitude look swapped; did you mean {offered}?"
        return f"these look like {self.code} coordinates; in WGS-84 they are {offered}"


def doubt(
    lon: float,
    lat: float,
    bounds: Bounds,
    metres_off_street: Callable[[float, float], float] | None = None,
    believable: float = 150.0,
) -> Doubt | None:
    """Why ``lon, lat`` is probably not WGS-84 inside ``bounds``, or None when nothing is odd.

    Outside the bounds, swapped or shifted coordinates are recognised by falling inside once undone. Inside
    them, a datum can only be told by the ground: a place further than ``believable`` metres from every
    street, that comes to lie within a third of that distance of one when the shift is undone, was most
    likely never WGS-84.
    """
    here = (lon, lat)
    shifted: list[tuple[Literal["GCJ-02", "BD-09"], LonLat]] = []
    if within(CHINA, here):
        shifted = [("GCJ-02", gcj02_to_wgs84(lon, lat)), ("BD-09", bd09_to_wgs84(lon, lat))]
    if not within(bounds, here):
        if within(bounds, (lat, lon)):
            return Doubt("swapped", (lat, lon))
        for code, place in shifted:
            if within(bounds, place):
                return Doubt(code, place)
        return Doubt("outside", None)
    if metres_off_street is None:
        return None
    distance = metres_off_street(lon, lat)
    if distance <= believable:
        return None
    nearest = min(((metres_off_street(*place), code, place) for code, place in shifted), default=None)
    if nearest is not None and nearest[0] < distance / 3:
        return Doubt(nearest[1], nearest[2])
    return None


def likely_datum(
    places: list[LonLat], metres_off_street: Callable[[float, float], float], margin: float = 0.5
) -> Datum:
    """The datum that puts a whole list of places closest to streets (by median distance).

    Another datum is believed over WGS-84 only when it brings the median below ``margin`` of what it was:
    one office behind a car park says nothing, sixty of them all half a kilometre to the north-west do.
    """
    medians: dict[Datum, float] = {}
    for datum, convert in TO_WGS84.items():
        distances = sorted(metres_off_street(*convert(*place)) for place in places)
        medians[datum] = distances[len(distances) // 2] if distances else 0.0
    best = min(medians, key=lambda datum: medians[datum])
    return best if medians[best] < margin * medians["WGS-84"] else "WGS-84"
