"""Pauses and slots."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from zhoudao.core.outbox.rules import JITTER, LONGEST_PAUSE, is_new_slot, pause, slot


@settings(deadline=None)
@given(st.text(), st.integers(1, 1000))
def test_a_pause_doubles_up_to_an_hour_give_or_take_a_fifth(key, tries):
    expected = min(timedelta(seconds=10 * 2 ** min(tries - 1, 20)), LONGEST_PAUSE)
    assert expected * (1 - JITTER) <= pause(key, tries) <= expected * (1 + JITTER)
    assert pause(key, tries) == pause(key, tries)


def test_messages_that_failed_together_are_not_tried_again_together():
    assert len({pause(str(number), 8) for number in range(100)}) > 90


def test_a_slot_is_new_once_however_the_clocks_stand():
    nine = datetime(2026, 11, 24, 9, tzinfo=UTC)
    ten_minutes = timedelta(minutes=10)
    now = slot(nine, ten_minutes)
    assert slot(nine + ten_minutes, ten_minutes) == now + 1
    assert is_new_slot(now, None)
    assert not is_new_slot(now, now)
    assert is_new_slot(now + 1, now)
    assert not is_new_slot(now - 1, now), "another worker's clock runs a little behind"
    assert is_new_slot(now - 5, now), "the city's clock was set anew"
