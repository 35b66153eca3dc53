"""Distances, positions, phone numbers and intervals."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhoudao.core import clock
from zhoudao.counter.places.rules import (
    EARTH_RADIUS_M,
    Position,
    distance_m,
    is_phone,
    next_change,
    parse_position,
    speaks_of,
    without,
)

positions = st.builds(Position, st.floats(-180, 180), st.floats(-90, 90))


def test_a_degree_along_the_equator_and_a_quarter_of_a_meridian():
    assert distance_m(Position(0, 0), Position(1, 0)) == pytest.approx(111_195.08, abs=0.01)
    assert distance_m(Position(20, 0), Position(20, 90)) == pytest.approx(
        EARTH_RADIUS_M * 3.14159265358979 / 2
    )


def test_between_two_cities():
    # Shanghai (121.4737 E, 31.2304 N) to Zhoushan (122.2072 E, 29.9853 N): about 155 km.
    assert distance_m(Position(121.4737, 31.2304), Position(122.2072, 29.9853)) == pytest.approx(
        155_400, rel=0.01
    )


@given(positions, positions)
def test_distance_is_the_same_both_ways_and_never_beyond_the_antipodes(here, there):
    assert distance_m(here, there) == pytest.approx(distance_m(there, here))
    assert 0 <= distance_m(here, there) <= EARTH_RADIUS_M * 3.1415927
    assert distance_m(here, here) == 0


@pytest.mark.parametrize("pair", [("", ""), ("x", "1"), ("nan", "1"), ("1", "inf"), ("1,2", "3")])
def test_what_is_no_position_is_none(pair):
    assert parse_position(*pair) is None


def test_a_position_is_rounded_to_about_ten_metres():
    assert parse_position("122.10651237", "30.02819999") == Position(122.1065, 30.0282)


@pytest.mark.parametrize("number", ["110", "0580-1200001", "+86 580 120 0001", "12345678901"])
def test_phone_numbers(number):
    assert is_phone(number)


@pytest.mark.parametrize(
    "number", ["", "11", "0580--1200001", "0580-", "-110", "110a", "1234567890123456", "１１０"]
)
def test_no_phone_numbers(number):
    assert not is_phone(number)


START = datetime(2026, 11, 24, tzinfo=clock.CITY_ZONE)
spans = st.lists(
    st.tuples(st.integers(0, 200), st.integers(1, 40)).map(
        lambda pair: (START + timedelta(hours=pair[0]), START + timedelta(hours=pair[0] + pair[1]))
    ),
    max_size=6,
)


@given(spans, spans, st.integers(0, 250))
def test_cutting_closures_out_leaves_exactly_what_is_open_and_not_shut(opened, shut, hour):
    moment = START + timedelta(hours=hour, minutes=30)

    def within(intervals) -> bool:
        return any(start <= moment < end for start, end in intervals)

    assert within(without(opened, shut)) == (within(opened) and not within(shut))
    assert all(start < end for start, end in without(opened, shut))


def test_the_next_change():
    opened = [
        (START + timedelta(hours=8), START + timedelta(hours=11)),
        (START + timedelta(hours=14), START + timedelta(hours=17)),
    ]
    assert next_change(opened, START) == (False, opened[0][0])
    assert next_change(opened, opened[0][0]) == (True, opened[0][1])
    assert next_change(opened, opened[0][1]) == (False, opened[1][0])
    assert next_change(opened, opened[1][1]) == (False, None)


def test_a_phones_name_speaks_of_what_people_ask():
    assert speaks_of("电子居住证咨询", ["居住证怎么办", "暂住证"])
    assert not speaks_of("国家移民管理机构服务热线", ["居民身份证丢失补领", "身份证丢了"])
    assert not speaks_of("咨询", ["咨询"])  # too short to mean anything
    assert not speaks_of("电子居住证咨询", [])
