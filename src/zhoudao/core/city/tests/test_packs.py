"""The packs in the repository: both load, and everything in them is where it says."""

from pathlib import Path

import pytest
import shapely
from django.conf import settings
from opening_hours import OpeningHours

from zhoudao.core.city import current, load, load_pack
from zhoudao.core.city.land import all_land, islands_of, outlines

CITIES = sorted(path.parent for path in (settings.CHECKOUT / "cities").glob("*/city.yaml"))


@pytest.fixture(params=CITIES, ids=lambda path: path.name)
def folder(request) -> Path:
    return request.param


def test_there_are_at_least_two():
    assert {"zhoushan", "dengta"} <= {path.name for path in CITIES}


def test_every_file_fits_the_others(folder):
    pack = load_pack(folder)
    assert pack.city.code == folder.name
    assert pack.settlements
    assert pack.lines.ferries


def test_every_named_island_has_an_outline_of_its_own(folder):
    found = islands_of(folder)
    assert [island.code for island in found] == [island.code for island in load_pack(folder).islands]
    assert all(island.land.is_valid and island.land.area > 0 for island in found)
    assert len({id(island.land) for island in found}) == len(found)


def test_settlements_and_piers_are_within_the_bounds(folder):
    pack = load_pack(folder)
    for place in [*pack.settlements, *pack.piers]:
        assert pack.city.holds(*place.at), place.code


def test_settlements_and_piers_are_on_their_island_or_within_sight_of_it(folder):
    land = {island.code: island.land for island in islands_of(folder)}
    pack = load_pack(folder)
    for place in [*pack.settlements, *pack.piers]:
        # Outlines are about 100 m coarse; whatever lies much further off is on the wrong island.
        assert land[place.island].distance(shapely.Point(place.at)) < 0.003, place.code


def test_every_district_has_settlements(folder):
    pack = load_pack(folder)
    assert {place.district for place in pack.settlements} == {
        district.code for district in pack.city.districts
    }


def test_opening_hours_can_be_read(folder):
    for name, pattern in load_pack(folder).hours.items():
        assert OpeningHours(pattern), name


def test_all_land_lies_within_the_bounds(folder):
    bounds = load(folder).bounds
    west, south, east, north = all_land(folder).bounds
    assert bounds.west <= west < east <= bounds.east
    assert bounds.south <= south < north <= bounds.north


def test_a_place_at_sea_is_not_on_land(folder):
    city = load(folder)
    assert not all_land(folder).covers(shapely.Point(city.bounds.east, city.bounds.north))
    assert all_land(folder).covers(shapely.Point(islands_of(folder)[0].land.representative_point()))


def test_a_district_is_found_by_its_code(folder):
    city = load(folder)
    assert city.district(city.districts[0].code) is city.districts[0]
    with pytest.raises(KeyError):
        city.district("nowhere")


def test_a_text_is_read_by_language(folder):
    name = load(folder).name
    assert (name["zh-hans"], name["en"]) == (name.zh, name.en)


def test_zhoushan_is_what_the_platform_serves_by_default(settings):
    settings.CITY_PACK = settings.CHECKOUT / "cities" / "zhoushan"
    city = current()
    assert city.name.zh == "舟山市"
    assert city.region_code == "3309"
    assert [district.code for district in city.districts] == ["dinghai", "putuo", "daishan", "shengsi"]
    assert city.as_of.isoformat() == "2026-11-24T09:00:00+08:00"


def test_another_pack_is_served_when_the_setting_names_it(settings):
    settings.CITY_PACK = settings.CHECKOUT / "cities" / "dengta"
    assert current().brand.en == "Lighthouse Desk"


def test_zhoushan_has_the_outlines_it_was_given():
    assert len(outlines(settings.CHECKOUT / "cities" / "zhoushan")) >= 142
    licence = (settings.CHECKOUT / "cities" / "zhoushan" / "LICENSE.md").read_text(encoding="utf-8")
    assert "© OpenStreetMap contributors" in licence
    assert "ODbL" in licence
