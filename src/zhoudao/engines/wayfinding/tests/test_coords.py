"""Datums convert there and back, and wrong coordinates are recognised."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhoudao.engines.wayfinding.coords import (
    bd09_to_gcj02,
    bd09_to_wgs84,
    doubt,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    likely_datum,
    metres_between,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)

ZHOUSHAN = (121.5, 29.5, 123.3, 31.0)
IN_CHINA = st.tuples(st.floats(75, 134), st.floats(18, 53))


def test_tiananmen_lies_where_the_published_formula_puts_it() -> None:
    """Values printed by the open converters (coordtransform, eviltransform) for 116.404, 39.915."""
    assert wgs84_to_gcj02(116.404, 39.915) == pytest.approx((116.41024449916938, 39.91640428150164), abs=1e-9)
    assert gcj02_to_bd09(116.404, 39.915) == pytest.approx((116.41036949371029, 39.92133699351022), abs=1e-9)


@given(IN_CHINA)
def test_every_conversion_comes_back(place: tuple[float, float]) -> None:
    assert metres_between(place, gcj02_to_wgs84(*wgs84_to_gcj02(*place))) < 0.001
    assert metres_between(place, bd09_to_gcj02(*gcj02_to_bd09(*place))) < 0.001
    assert metres_between(place, bd09_to_wgs84(*wgs84_to_bd09(*place))) < 0.001


def test_outside_china_nothing_shifts() -> None:
    assert wgs84_to_gcj02(14.5, 35.9) == (14.5, 35.9)


def test_swapped_coordinates_are_offered_the_right_way_round() -> None:
    found = doubt(29.98, 122.2, ZHOUSHAN)
    assert found is not None
    assert (found.code, found.place) == ("swapped", (122.2, 29.98))
    assert "122.200000,29.980000" in str(found)


def test_a_place_in_another_city_is_outside() -> None:
    found = doubt(116.4, 39.9, ZHOUSHAN)
    assert found is not None
    assert (found.code, found.place) == ("outside", None)


def test_a_shifted_place_beyond_the_edge_is_recognised_by_falling_inside() -> None:
    edge = (123.2999, 30.0)
    found = doubt(*wgs84_to_gcj02(*edge), ZHOUSHAN)
    assert found is not None
    assert found.code == "GCJ-02"
    assert found.place is not None
    assert metres_between(found.place, edge) < 0.01


def street_at(*places: tuple[float, float]):
    def metres_off(lon: float, lat: float) -> float:
        return min(metres_between((lon, lat), place) for place in places)

    return metres_off


def test_inside_the_city_the_ground_tells_the_datum() -> None:
    office = (122.1, 30.0)
    streets = street_at(office)
    assert doubt(*office, ZHOUSHAN, streets) is None
    gcj, bd = (doubt(*convert(*office), ZHOUSHAN, streets) for convert in (wgs84_to_gcj02, wgs84_to_bd09))
    assert gcj is not None
    assert bd is not None
    assert (gcj.code, bd.code) == ("GCJ-02", "BD-09")
    assert "in WGS-84 they are 122.100000,30.000000" in str(gcj)


def test_a_place_far_from_everything_is_not_called_shifted() -> None:
    assert doubt(122.5, 30.5, ZHOUSHAN, street_at((122.1, 30.0))) is None


def test_a_whole_list_in_another_datum_is_recognised() -> None:
    offices = [(122.1 + k / 100, 30.0 + k / 170) for k in range(20)]
    streets = street_at(*offices)
    assert likely_datum(offices, streets) == "WGS-84"
    assert likely_datum([wgs84_to_gcj02(*office) for office in offices], streets) == "GCJ-02"
    assert likely_datum([wgs84_to_bd09(*office) for office in offices], streets) == "BD-09"
    one_shifted = [*offices[:-1], wgs84_to_gcj02(*offices[-1])]
    assert likely_datum(one_shifted, streets) == "WGS-84"
