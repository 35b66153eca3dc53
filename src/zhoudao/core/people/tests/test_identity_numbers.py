"""Resident identity numbers by GB 11643-1999: what they say, and what is wrong with those that can't be."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from zhoudao.core.people.rules.numbers import (
    PROVINCES,
    BadNumber,
    Sex,
    identity_check_character,
    parse_identity_number,
)

STANDARD = "11010519491231002X"
"""The standard's own example (GB 11643-1999, 4.2)."""

births = st.dates(date(1900, 1, 1), date(2026, 11, 24))


@st.composite
def identity_numbers(draw) -> str:
    province = draw(st.sampled_from(sorted(PROVINCES)))
    county = draw(st.integers(0, 9999))
    first_seventeen = f"{province}{county:04d}{draw(births):%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return first_seventeen + identity_check_character(first_seventeen)


def test_reads_the_standards_example():
    found = parse_identity_number(STANDARD)
    assert (found.number, found.region_code) == (STANDARD, "110105")
    assert (found.birth_date, found.sex) == (date(1949, 12, 31), Sex.FEMALE)


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002x",
        " 110105 19491231 002X ",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105\u300019491231\u00a0002x",
    ],
)
def test_folds_what_keyboards_give(typed):
    assert parse_identity_number(typed).number == STANDARD


def test_turns_fifteen_digits_into_eighteen():
    assert parse_identity_number("110105491231002").number == STANDARD
    assert parse_identity_number("339999800229001").birth_date == date(1980, 2, 29)


def test_fifteen_digits_of_a_centenarian_are_of_the_1800s():
    assert parse_identity_number("110105981231996").birth_date == date(1898, 12, 31)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "identity_length"),
        ("1101051949123100", "identity_length"),
        ("11010519491231002XX", "identity_length"),
        ("1101051949123100AX", "identity_characters"),
        ("11010519491231X02X", "identity_characters"),
        ("110105194912310021", "identity_check"),
        ("110105194912310020", "identity_check"),
    ],
)
def test_says_what_is_wrong_without_the_number(typed, reason):
    with pytest.raises(BadNumber) as problem:
        parse_identity_number(typed)
    assert problem.value.reason == reason
    assert len(typed) < 4 or typed not in str(problem.value)


@pytest.mark.parametrize(
    ("first_seventeen", "reason"),
    [
        ("99010519491231002", "identity_region"),
        ("00010519491231002", "identity_region"),
        ("11010519490229002", "identity_date"),
        ("11010519491331002", "identity_date"),
        ("11010519490431002", "identity_date"),
        ("11010517991231002", "identity_date"),
        ("11010520261125002", "identity_date"),
    ],
)
def test_checks_province_and_date_of_birth(first_seventeen, reason):
    number = first_seventeen + identity_check_character(first_seventeen)
    with pytest.raises(BadNumber) as problem:
        parse_identity_number(number, today=date(2026, 11, 24))
    assert problem.value.reason == reason


@given(identity_numbers())
def test_every_well_made_number_is_read(number):
    found = parse_identity_number(number, today=date(2026, 11, 24))
    assert found.number == number
    assert found.birth_date.strftime("%Y%m%d") == number[6:14]
    assert (found.sex is Sex.MALE) == (number[16] in "13579")


@given(identity_numbers(), st.integers(0, 17), st.sampled_from("0123456789"))
def test_one_mistyped_digit_is_always_noticed(number, place, digit):
    assume(number[place] != digit)
    with pytest.raises(BadNumber):
        parse_identity_number(number[:place] + digit + number[place + 1 :])


@given(identity_numbers(), st.integers(0, 16))
def test_two_swapped_neighbours_are_always_noticed(number, place):
    assume(number[place] != number[place + 1])
    with pytest.raises(BadNumber):
        parse_identity_number(number[:place] + number[place + 1] + number[place] + number[place + 2 :])


@given(st.text(max_size=30))
def test_never_fails_otherwise_and_never_repeats_what_was_typed(typed):
    said = ""
    try:
        parse_identity_number(typed)
    except BadNumber as problem:
        said = str(problem)
    assert len(typed.strip()) < 6 or typed.strip() not in said


@given(identity_numbers())
def test_is_hidden_from_reprs(number):
    shown = repr(parse_identity_number(number))
    assert number not in shown
    assert number[6:14] not in shown
