"""Points stand beside streets of their settlement; no number in the sample is anybody's."""

import re

import numpy as np
import shapely
from opening_hours import OpeningHours

from zhoudao.core.city.land import islands_of
from zhoudao.sample.geography.plane import Plane
from zhoudao.sample.geography.points import HEADER
from zhoudao.sample.geography.tests.conftest import city_of

NATIONAL = {"110", "122", "96110", "12367", "12389", "12395"}
"""Short service numbers of the whole country, real ones."""


def test_the_counts_are_those_of_the_city(ground):
    counts = ground.city.sample_counts
    points = ground.rows("points.csv")
    kinds = [row["kind"] for row in points]
    assert len(points) == counts.points
    assert kinds.count("kiosk") == counts.kiosks
    assert kinds.count("enterprise_window") == counts.enterprise_windows
    assert len(ground.rows("phones.csv")) == counts.phones
    assert len(ground.rows("guides.csv")) == counts.guides


def test_zhoushan_counts_what_its_police_report():
    counts = city_of("zhoushan").sample_counts
    figures = (counts.points, counts.kiosks, counts.enterprise_windows, counts.phones, counts.guides)
    assert figures == (65, 12, 6, 114, 3994)


def test_codes_run_from_one(ground):
    points = ground.rows("points.csv")
    assert list(points[0]) == list(HEADER)
    assert [row["code"] for row in points] == [f"P{number:03d}" for number in range(1, len(points) + 1)]
    phones = ground.rows("phones.csv")
    assert [row["code"] for row in phones] == [f"T{number:03d}" for number in range(1, len(phones) + 1)]


def test_points_are_on_land_beside_a_street_of_their_settlement(ground):
    plane = Plane.of(ground.city)
    land = {island.code: plane.project(island.land) for island in islands_of(ground.city.folder)}
    places = {place.code: place for place in ground.made.settlements}
    streets = [
        shapely.LineString([plane.point(*ground.nodes[node]).coords[0] for node in way.nodes])
        for way in ground.streets()
        if way.tags["highway"] in ("secondary", "tertiary", "residential", "unclassified")
    ]
    tree = shapely.STRtree(streets)
    for point in ground.made.points:
        spot = plane.point(point.longitude, point.latitude)
        place = places[point.settlement]
        assert land[place.island].covers(spot), point.name.zh
        assert streets[tree.nearest(spot)].distance(spot) < 45, point.name.zh
        assert point.district == place.district
        away = spot.distance(plane.point(place.longitude, place.latitude))
        assert away < 2000, f"{point.name.zh} is {away:.0f} m from {place.name.zh}"


def test_points_that_share_no_building_keep_apart(ground):
    plane = Plane.of(ground.city)
    planned = ground.pack.points
    spots = [plane.point(point.longitude, point.latitude) for point in ground.made.points]
    alone = [number for number, point in enumerate(planned) if point.beside is None]
    for a in alone:
        for b in alone:
            assert a >= b or spots[a].distance(spots[b]) > 50
    for number, point in enumerate(planned):
        if point.beside is not None:
            assert spots[number].distance(spots[point.beside - 1]) < 60
            assert ground.made.points[number].address == ground.made.points[point.beside - 1].address


def test_addresses_are_told_in_both_languages(ground):
    for row in ground.rows("points.csv"):
        district = ground.city.district(row["district"]).name
        assert re.fullmatch(rf"{ground.city.name.zh}{district.zh}.+\d+号", row["address_zh"])
        assert re.fullmatch(rf"\d+ .+, {re.escape(district.en)}, {ground.city.name.en}", row["address_en"])


def test_hours_can_be_read_and_kiosks_never_close(ground):
    for row in [*ground.rows("points.csv"), *ground.rows("phones.csv")]:
        assert OpeningHours(row["hours"])
    assert {row["hours"] for row in ground.rows("points.csv") if row["kind"] == "kiosk"} == {"24/7"}


def test_some_close_for_lunch_some_open_on_saturday(ground):
    hours = {row["hours"] for row in ground.rows("points.csv")}
    assert any(re.search(r"-1[12]:\d0,1[34]:", pattern) for pattern in hours)
    assert any("Sa 0" in pattern for pattern in hours)
    assert any("PH off" in pattern for pattern in hours)


def test_every_number_is_in_a_range_that_nobody_has(ground):
    numbers = [row["phone"] for row in ground.rows("points.csv")]
    numbers += [row["phone"] for row in ground.rows("phones.csv")]
    numbers += [row["phone"] for row in ground.rows("guides.csv") if row["phone"]]
    numbers.append(ground.city.help_phone)
    generated = [number for number in numbers if number not in NATIONAL]
    assert all(re.fullmatch(rf"{ground.city.area_code}-12\d{{5}}", number) for number in generated)


def test_no_two_points_share_a_number(ground):
    phones = [row["phone"] for row in ground.rows("phones.csv")]
    assert len(set(phones)) == len(phones)
    assert ground.city.help_phone not in phones
    points = {row["code"]: row["phone"] for row in ground.rows("points.csv")}
    own = {row["point"]: row["phone"] for row in ground.rows("phones.csv")[: len(points)]}
    assert own == points


def test_entries_name_points_and_districts_that_exist(ground):
    points = {row["code"] for row in ground.rows("points.csv")}
    districts = {district.code for district in ground.city.districts}
    for row in ground.rows("phones.csv"):
        assert row["point"] in points | {""}
        assert row["district"] in districts | {""}
        assert row["kind"] in ("appointment", "enquiry", "duty", "emergency", "complaint")


def test_every_district_has_a_counter_or_a_station_and_a_kiosk(ground):
    for district in ground.city.districts:
        kinds = {row["kind"] for row in ground.rows("points.csv") if row["district"] == district.code}
        assert kinds & {"counter", "station"}
        assert "kiosk" in kinds


def test_a_pier_s_kiosk_stands_by_the_pier(ground):
    plane = Plane.of(ground.city)
    network = ground.made.network
    for planned, point in zip(ground.pack.points, ground.made.points, strict=True):
        if planned.near is not None:
            pier = network.nodes[network.anchors[planned.near]]
            spot = plane.point(point.longitude, point.latitude)
            assert np.hypot(spot.x - pier[0], spot.y - pier[1]) < 600


def test_most_halls_stand_on_main_streets(ground):
    roads = {word.zh for word in ground.pack.names.roads}
    halls = [row for row in ground.rows("points.csv") if row["kind"] == "counter"]
    on_roads = [row for row in halls if any(re.search(rf"{word}\d+号$", row["address_zh"]) for word in roads)]
    assert len(on_roads) > len(halls) / 2
