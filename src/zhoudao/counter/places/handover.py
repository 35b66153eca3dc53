"""Handing a destination over to the map apps people use: plain links that open the app, or its web page.

Only the destination leaves us, and only when somebody follows the link; the app starts from where its user is.
Each app counts its coordinates from another datum, so that a WGS-84 place given to it unconverted lies some
500 m off. Formats, as their makers document them:

- Amap (高德地图), URI API, "路径规划": ``to=lon,lat,name``, GCJ-02.
- Baidu (百度地图), URI API, "地图标点": ``location=lat,lon``, BD-09 (``coord_type=bd09ll``). Its directions need a
  starting place as well, which stays here; the marker offers directions itself.
- Apple, Map Links: ``daddr=lat,lon``, in the datum of the country's maps (the city pack's ``handed_over``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, urlencode

from zhoudao.engines.wayfinding.coords import Datum, LonLat, wgs84_to_bd09, wgs84_to_gcj02

App = Literal["amap", "baidu", "apple"]
SOURCE = "zhoudao"
"""Who sends people there, as the apps ask to be told."""
DECIMALS = 6
"""The most the apps read: a tenth of a metre."""
AMAP_MODES = {"walk": "walk", "car": "car"}
APPLE_MODES = {"walk": "w", "car": "d"}


@dataclass(frozen=True)
class Link:
    app: App
    url: str


def links(place: LonLat, name: str, address: str, mode: str, apple_datum: Datum) -> list[Link]:
    """A link for each app to ``place`` (WGS-84 longitude and latitude). ``mode``: walk or car."""
    return [
        Link("amap", _amap(place, name, mode)),
        Link("baidu", _baidu(place, name, address)),
        Link("apple", _apple(place, mode, apple_datum)),
    ]


def _amap(place: LonLat, name: str, mode: str) -> str:
    lon, lat = wgs84_to_gcj02(*place)
    # A comma in the name would end it.
    to = f"{_degrees(lon)},{_degrees(lat)},{quote(name.replace(',', ' '), safe='')}"
    rest = urlencode({"mode": AMAP_MODES[mode], "src": SOURCE, "coordinate": "gaode", "callnative": "1"})
    return f"https://uri.amap.com/navigation?to={to}&{rest}"


def _baidu(place: LonLat, name: str, address: str) -> str:
    lon, lat = wgs84_to_bd09(*place)
    rest = {
        "location": f"{_degrees(lat)},{_degrees(lon)}",
        "title": name,
        "content": address,
        "output": "html",
        "coord_type": "bd09ll",
        "src": f"webapp.{SOURCE}.{SOURCE}",
    }
    return f"https://api.map.baidu.com/marker?{urlencode(rest, quote_via=quote, safe=',')}"


def _apple(place: LonLat, mode: str, datum: Datum) -> str:
    convert = {"WGS-84": lambda lon, lat: (lon, lat), "GCJ-02": wgs84_to_gcj02, "BD-09": wgs84_to_bd09}[datum]
    lon, lat = convert(*place)
    return f"https://maps.apple.com/?daddr={_degrees(lat)},{_degrees(lon)}&dirflg={APPLE_MODES[mode]}"


def _degrees(value: float) -> str:
    return f"{value:.{DECIMALS}f}"
