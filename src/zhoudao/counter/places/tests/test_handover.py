"""Other map apps get the place in the datum they count from, its name, and nothing about who asks."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from zhoudao.counter.places.handover import links
from zhoudao.engines.wayfinding.coords import bd09_to_wgs84, gcj02_to_wgs84, metres_between

TIANANMEN = (116.391265, 39.907361)
"""WGS-84."""
AMAP_SAYS = (116.397507, 39.908765)
"""The same place in Amap's coordinates: the pair that other converters are tested with."""
NAME, ADDRESS = "定海 派出所,1号楼&二楼", "文化路1号"


def by_app(mode: str = "walk", datum: str = "GCJ-02") -> dict[str, dict[str, str]]:
    found = links(TIANANMEN, NAME, ADDRESS, mode, datum)
    assert [urlsplit(link.url).scheme for link in found] == ["https"] * 3
    return {
        link.app: {
            key: value[0] for key, value in parse_qs(urlsplit(link.url).query, strict_parsing=True).items()
        }
        for link in found
    }


def test_amap_gets_gcj02_longitude_first_with_the_name():
    told = by_app()["amap"]
    lon, lat, name = told["to"].split(",")
    assert (float(lon), float(lat)) == pytest.approx(AMAP_SAYS, abs=1e-5)
    assert metres_between(gcj02_to_wgs84(float(lon), float(lat)), TIANANMEN) < 1
    assert name == NAME.replace(",", " ")  # a comma would end it
    assert (told["mode"], told["coordinate"], told["callnative"]) == ("walk", "gaode", "1")


def test_baidu_gets_bd09_latitude_first():
    told = by_app()["baidu"]
    lat, lon = map(float, told["location"].split(","))
    assert metres_between(bd09_to_wgs84(lon, lat), TIANANMEN) < 1
    assert metres_between((lon, lat), TIANANMEN) > 500  # unconverted, it would be the next street
    assert (told["title"], told["content"], told["coord_type"]) == (NAME, ADDRESS, "bd09ll")


@pytest.mark.parametrize(("datum", "there"), [("GCJ-02", AMAP_SAYS), ("WGS-84", TIANANMEN)])
def test_apple_gets_the_datum_of_the_countrys_maps(datum, there):
    lat, lon = map(float, by_app(datum=datum)["apple"]["daddr"].split(","))
    assert (lon, lat) == pytest.approx(there, abs=1e-5)


def test_the_way_of_getting_there_is_handed_over():
    assert by_app("car")["amap"]["mode"] == "car"
    assert [by_app(mode)["apple"]["dirflg"] for mode in ("walk", "car")] == ["w", "d"]


def test_outside_china_nothing_is_shifted():
    valletta = (14.5146, 35.8989)
    amap, _, apple = links(valletta, "Valletta", "Republic Street", "car", "GCJ-02")
    assert unquote(amap.url).count("14.514600,35.898900") == 1
    assert "35.898900,14.514600" in apple.url
