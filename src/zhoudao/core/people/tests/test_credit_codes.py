"""Unified social credit codes by GB 32100-2015, MOD 31."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from zhoudao.core.people.rules.numbers import (
    CREDIT_ALPHABET,
    BadNumber,
    credit_code_check_character,
    parse_credit_code,
)

PUBLISHED = "91350100M000100Y43"
"""The example of GB 32100-2015."""


@st.composite
def credit_codes(draw) -> str:
    letters = st.sampled_from(CREDIT_ALPHABET)
    head = "".join(draw(st.lists(letters, min_size=2, max_size=2)))
    tail = "".join(draw(st.lists(letters, min_size=9, max_size=9)))
    first_seventeen = f"{head}{draw(st.integers(0, 999999)):06d}{tail}"
    return first_seventeen + credit_code_check_character(first_seventeen)


def test_reads_a_published_code():
    assert parse_credit_code(PUBLISHED) == PUBLISHED
    assert parse_credit_code(" 91350100m000100y43 ") == PUBLISHED
    assert parse_credit_code("９１３５０１００Ｍ０００１００Ｙ４３") == PUBLISHED


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "credit_length"),
        (PUBLISHED[:-1], "credit_length"),
        (PUBLISHED[:-1] + "O", "credit_characters"),
        ("9135010AM000100Y43", "credit_region"),
        (PUBLISHED[:-1] + "4", "credit_check"),
    ],
)
def test_says_what_is_wrong_without_the_code(typed, reason):
    with pytest.raises(BadNumber) as problem:
        parse_credit_code(typed)
    assert problem.value.reason == reason
    assert not typed or typed not in str(problem.value)


@given(credit_codes())
def test_every_well_made_code_is_read(code):
    assert parse_credit_code(code) == code


@given(credit_codes(), st.integers(0, 17), st.sampled_from(CREDIT_ALPHABET))
def test_one_mistyped_character_is_always_noticed(code, place, character):
    assume(code[place] != character)
    with pytest.raises(BadNumber):
        parse_credit_code(code[:place] + character + code[place + 1 :])


@given(credit_codes(), st.integers(0, 16))
def test_two_swapped_neighbours_are_always_noticed(code, place):
    assume(code[place] != code[place + 1])
    with pytest.raises(BadNumber):
        parse_credit_code(code[:place] + code[place + 1] + code[place] + code[place + 2 :])
