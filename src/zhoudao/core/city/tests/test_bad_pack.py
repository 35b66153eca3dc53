"""A pack that can't be used is refused by file, line and field, with what was expected."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from zhoudao.core.city import BadPack, load, load_pack
from zhoudao.core.city.land import islands_of, outlines

DENGTA = settings.CHECKOUT / "cities" / "dengta"


@pytest.fixture
def pack(tmp_path) -> Path:
    folder = tmp_path / "dengta"
    shutil.copytree(DENGTA, folder)
    return folder


def change(folder: Path, name: str, old: str, new: str) -> int:
    """Replace text in a file of the pack; returns the 1-based line it stood on."""
    text = (folder / name).read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def refused(read: Callable[[Path], object], folder: Path) -> str:
    with pytest.raises(BadPack) as caught:
        read(folder)
    return str(caught.value)


def test_the_copy_itself_is_fine(pack):
    assert load_pack(pack).city.code == "dengta"


@pytest.mark.parametrize(
    ("file", "old", "new", "field", "expected"),
    [
        ("city.yaml", 'region_code: "9901"', 'region_code: "990"', "region_code", "the first four digits"),
        (
            "city.yaml",
            'as_of: "2026-11-24T09:00:00+08:00"',
            'as_of: "2026-11-24T09:00:00"',
            "as_of",
            "offset",
        ),
        ("city.yaml", "west: 123.95", "west: 190", "bounds.west", "degrees east"),
        (
            "city.yaml",
            '["339999", "359999"]',
            '["330902"]',
            "sample_region_codes.0",
            "no real identity number",
        ),
        (
            "city.yaml",
            "brand: {zh: 灯塔帮办, en: Lighthouse Desk}",
            "brand: {zh: 灯塔帮办}",
            "brand.en",
            "in English",
        ),
        (
            "settlements.yaml",
            "kind: city",
            "kind: metropolis",
            "settlements.0.kind",
            "one of city, town, village",
        ),
        (
            "settlements.yaml",
            "at: [124.022, 27.388]",
            "at: [124.022, 95.0]",
            "settlements.1.at.1",
            "[longitude, latitude]",
        ),
        (
            "settlements.yaml",
            "population: 280",
            "population: few",
            "settlements.5.population",
            "how many people",
        ),
        (
            "settlements.yaml",
            "island: luo,",
            "island: atlantis,",
            "settlements.5.island",
            "a code of islands.yaml",
        ),
        ("settlements.yaml", "code: shitang,", "code: denglou,", "settlements.1.code", "each code once"),
        ("piers.yaml", "code: luo-pier", "code: luocun", "piers.2.code", "another code"),
        (
            "islands.yaml",
            "islands: [dadeng, xiaodeng]",
            "islands: [dadeng, moon]",
            "bridges.0.islands.1",
            "a code of",
        ),
        (
            "lines.yaml",
            '"06:30-18:30/60"',
            '"06:30 to 18:30"',
            "ferries.0.sailings.0.out.0",
            "times from the first",
        ),
        (
            "lines.yaml",
            "piers: [nanyu-pier, luo-pier]",
            "piers: [nanyu-pier, x]",
            "ferries.1.piers.1",
            "piers.yaml",
        ),
        (
            "lines.yaml",
            "through: [denglou, beiwan]",
            "through: [denglou, x]",
            "buses.1.through.1",
            "settlements.yaml or",
        ),
        (
            "points.yaml",
            "beside: 1\n    step_free: true\n    services: [e",
            "beside: 9\n    step_free: true\n    services: [e",
            "points.7.beside",
            "an earlier one",
        ),
        (
            "phones.yaml",
            "district: waidao, point: 4",
            "district: waidao, point: 40",
            "phones.4.point",
            "1 to 8",
        ),
        ("guides.yaml", "driver: station", "driver: siesta", "own_hours.driver", "a code of hours.yaml"),
    ],
)
def test_a_mistake_is_named_by_file_line_and_field(pack, file, old, new, field, expected):
    line = change(pack, file, old, new)
    # One mistake may break more than itself (a code that others name, say).
    named = [problem for problem in refused(load_pack, pack).splitlines() if f" {field}: " in problem]
    assert len(named) == 1
    assert named[0].startswith(f"{pack / file}:{line} {field}: ")
    assert expected in named[0].partition("; expected ")[2]


def test_a_boat_has_a_time_for_each_leg(pack):
    change(pack, "lines.yaml", "minutes: [20]", "minutes: [20, 30]")
    assert "lines.yaml:11 ferries.0: has 2 minutes; expected 1, one a leg" in refused(load_pack, pack)


def test_an_unknown_field_is_named_with_those_there_are(pack):
    line = change(pack, "city.yaml", "centre:", "center:")
    message = refused(load_pack, pack)
    assert f"city.yaml:{line} center: is not a known field; expected one of code, name, brand" in message
    assert "city.yaml:1 centre: is missing; expected [longitude, latitude]" in message


def test_a_missing_field_is_named_where_it_should_be(pack):
    line = change(pack, "piers.yaml", ", cars: false", "")
    assert f"piers.yaml:{line} piers.2.cars: is missing; expected true when cars" in refused(load_pack, pack)


def test_a_car_ferry_needs_piers_for_cars(pack):
    change(
        pack,
        "piers.yaml",
        "island: xiaodeng, at: [124.141, 27.434], cars: true",
        "island: xiaodeng, at: [124.141, 27.434], cars: false",
    )
    assert "ferries.0.piers.1: cars can't board at nanyu-pier" in refused(load_pack, pack)


def test_counts_must_agree_with_the_lists(pack):
    change(pack, "city.yaml", "points: 8, kiosks: 2", "points: 9, kiosks: 3")
    message = refused(load_pack, pack)
    assert "points.yaml:1 points: lists 8 points; expected 9, as city.yaml counts" in message
    assert "lists 2 kiosks; expected 3" in message


def test_every_point_brings_a_number_of_its_own(pack):
    change(pack, "city.yaml", "phones: 14", "phones: 15")
    expected = "phones.yaml:1 phones: lists 6 numbers; expected 7: city.yaml's 15 less one a point"
    assert expected in refused(load_pack, pack)


def test_every_file_with_a_mistake_is_named_at_once(pack):
    change(pack, "piers.yaml", ", cars: false", "")
    (pack / "names.yaml").unlink()
    message = refused(load_pack, pack)
    assert "piers.yaml:4" in message
    assert "names.yaml: is not there" in message


def test_the_folder_must_bear_the_citys_code(pack):
    other = pack.rename(pack.parent / "other")
    assert "city.yaml:2 code: is dengta; expected other, the folder's name" in refused(load, other)


def test_a_city_whose_centre_is_elsewhere_is_refused(pack):
    change(pack, "city.yaml", "centre: [124.05, 27.40]", "centre: [122.2, 29.98]")
    assert "lies outside the bounds" in refused(load, pack)


def test_no_pack_at_all(tmp_path):
    assert "city.yaml: is not there" in refused(load, tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("{", "land.geojson:1 is not JSON"),
        ('{"type": "FeatureCollection"}', "features: is missing"),
        ('{"features": []}', "holds no land"),
        (
            '{"features": [{"geometry": {"type": "Polygon", "coordinates": "x"}}]}',
            "features.0.geometry: is not a shape",
        ),
        ('{"features": [{"geometry": null}]}', "features.0.geometry: is not a shape"),
    ],
)
def test_land_that_is_no_land(pack, content, expected):
    (pack / "land.geojson").write_text(content, encoding="utf-8")
    message = refused(outlines, pack)
    assert expected in message
    assert "expected a GeoJSON FeatureCollection" in message


def test_an_island_must_be_on_land(pack):
    line = change(pack, "islands.yaml", "inside: [124.20, 27.385]", "inside: [124.25, 27.33]")
    assert f"islands.yaml:{line} islands.2.inside: is not on land" in refused(islands_of, pack)


def test_two_islands_can_not_share_an_outline(pack):
    change(pack, "islands.yaml", "inside: [124.20, 27.385]", "inside: [124.05, 27.401]")
    assert "is on dadeng's outline; expected an outline of its own" in refused(islands_of, pack)
