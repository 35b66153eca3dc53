"""Telephone numbers in their one stored form, however they were typed."""

from __future__ import annotations

import pytest

from zhoudao.core.people.rules.numbers import BadNumber, parse_landline, parse_mobile, parse_phone


@pytest.mark.parametrize(
    "typed",
    [
        "12012345678",
        "120 1234 5678",
        "120-1234-5678",
        "+86 120 1234 5678",
        "008612012345678",
        "１２０１２３４５６７８",
        "(+86)12012345678",
    ],
)
def test_mobile_numbers(typed):
    assert parse_mobile(typed) == "12012345678"


@pytest.mark.parametrize(
    ("typed", "stored"), [("+44 7700 900123", "+447700900123"), ("+1 (202) 555-0100", "+12025550100")]
)
def test_mobile_numbers_of_other_countries(typed, stored):
    assert parse_mobile(typed) == stored


@pytest.mark.parametrize(
    "typed",
    ["", "1201234567", "120123456789", "22012345678", "+86123", "+0441234567", "twelve", "+8612012345"],
)
def test_what_is_no_mobile_number(typed):
    with pytest.raises(BadNumber) as problem:
        parse_mobile(typed)
    assert not typed or typed not in str(problem.value)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("0580-1226011", "0580-1226011"),
        ("05802260110", "0580-2260110"),
        ("(0580) 226 0110", "0580-2260110"),
        ("+86 580 2260110", "0580-2260110"),
        ("021-6258 0110转801", "021-62580110-801"),
        ("０１０－６６２６２２９９", "010-66262299"),
    ],
)
def test_landlines(typed, stored):
    assert parse_landline(typed) == stored


@pytest.mark.parametrize(
    "typed", ["", "2260110", "0580-226011", "0580-022601", "0580-2260110-", "12012345678"]
)
def test_what_is_no_landline(typed):
    with pytest.raises(BadNumber):
        parse_landline(typed)


def test_either():
    assert parse_phone("120-1234-5678") == "12012345678"
    assert parse_phone("0580 2260110") == "0580-2260110"
    with pytest.raises(BadNumber, match="neither"):
        parse_phone("110")
