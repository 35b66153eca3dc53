"""Numbers that a slip of the finger can't turn into another one, and periods that end on the right day."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhoudao.core.clock import CITY_ZONE
from zhoudao.core.people.rules import numbers
from zhoudao.counter.credentials import rules


def day(year: int, month: int, number: int, hour: int = 0) -> datetime:
    return datetime(year, month, number, hour, tzinfo=CITY_ZONE)


@given(st.integers(0, 9_999_999), st.integers(0, 15), st.characters(codec="ascii"))
def test_one_wrong_character_is_noticed(serial, at, other):
    number = rules.number("3309", 2026, serial)
    assert rules.is_number(number)
    changed = number[:at] + other + number[at + 1 :]
    assert changed == number or not rules.is_number(changed)


@given(st.integers(0, 9_999_999), st.integers(0, 14))
def test_two_neighbours_swapped_are_noticed(serial, at):
    number = rules.number("3309", 2026, serial)
    swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    assert swapped == number or not rules.is_number(swapped)


def test_the_check_character_is_that_of_identity_numbers():
    """Fifteen digits behind two zeros have the same sum as seventeen of an identity number."""
    for serial in range(200):
        number = rules.number("3309", 2026, serial)
        assert number[-1] == numbers.identity_check_character("00" + number[:-1])


@pytest.mark.parametrize(
    ("begin", "months", "end"),
    [
        (day(2026, 11, 24, 9), 12, day(2027, 11, 24)),
        (day(2027, 11, 30), 3, day(2028, 2, 29)),
        (day(2026, 12, 31, 23), 2, day(2027, 2, 28)),
        (day(2024, 2, 29), 12, day(2025, 2, 28)),
        (day(2026, 1, 1), 36, day(2029, 1, 1)),
    ],
)
def test_months_end_on_the_right_day(begin, months, end):
    assert rules.months_later(begin, months) == end


def test_endorsement_is_never_asked_past_the_end():
    begin, end = day(2026, 1, 1), day(2027, 1, 1)
    assert rules.endorsed_until(begin, end, 12) is None
    assert rules.endorsed_until(begin, end, 6) == day(2026, 7, 1)
    assert rules.endorsed_until(begin, end, 0) is None


@pytest.mark.parametrize(
    ("document", "hint"),
    [("339999198002290015", "3****************5"), ("E12345678", "E*******8"), ("12", ""), ("", "")],
)
def test_a_document_is_only_hinted_at(document, hint):
    assert rules.document_hint(document) == hint
