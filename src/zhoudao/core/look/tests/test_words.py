"""Times, sums and lengths read as people say them."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from zhoudao.core.city import Text
from zhoudao.core.look import words

TUESDAY = datetime(2026, 11, 24, 7, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "this_year", "expected"),
    [
        ("zh-hans", 2026, "11月24日 周二 15:40"),
        ("en", 2026, "Tue 24 Nov, 15:40"),
        ("zh-hans", 2027, "2026年11月24日 周二 15:40"),
        ("en", 2027, "Tue 24 Nov 2026, 15:40"),
    ],
)
def test_a_moment_is_on_the_citys_wall_clock(language, this_year, expected):
    assert words.moment(TUESDAY, language, this_year) == expected


def test_a_day_may_have_no_time():
    assert words.day(date(2026, 12, 5), "zh-hans") == "12月5日 周六"
    assert words.time_of_day(time(9, 5)) == "09:05"


def test_late_evening_utc_is_the_next_day_here():
    assert words.day(datetime(2026, 11, 24, 16, 30, tzinfo=UTC), "zh-hans") == "11月25日 周三"


@pytest.mark.parametrize(
    ("length", "chinese", "english"),
    [
        (timedelta(0), "0 分钟", "0 min"),
        (timedelta(seconds=20), "不到 1 分钟", "under a minute"),
        (timedelta(seconds=89), "1 分钟", "1 min"),
        (timedelta(seconds=90), "2 分钟", "2 min"),
        (35, "35 分钟", "35 min"),
        (60, "1 小时", "1 h"),
        (timedelta(minutes=65), "1 小时 5 分钟", "1 h 5 min"),
        (timedelta(minutes=59, seconds=40), "1 小时", "1 h"),
        (timedelta(days=1), "1 天", "1 day"),
        (timedelta(days=2, hours=3, minutes=9), "2 天 3 小时", "2 days 3 h"),
    ],
)
def test_a_length_has_at_most_two_units(length, chinese, english):
    assert words.span(length, "zh-hans") == chinese
    assert words.span(length, "en") == english


def test_a_length_is_never_negative():
    with pytest.raises(ValueError, match="negative"):
        words.span(timedelta(minutes=-1), "en")


@pytest.mark.parametrize(
    ("fen", "exact", "chinese", "english"),
    [
        (4_105_000_000, "¥41,050,000.00", "4,105 万元", "41.05 million yuan"),
        (570_000_000, "¥5,700,000.00", "570 万元", "5.7 million yuan"),
        (4000, "¥40.00", "40 元", "40 yuan"),
        (5, "¥0.05", "0.05 元", "0.05 yuan"),
        (0, "¥0.00", "0 元", "0 yuan"),
        (-123_456, "−¥1,234.56", "−1,234.56 元", "−1,234.56 yuan"),
        (12_000_000_000, "¥120,000,000.00", "1.2 亿元", "120 million yuan"),
        (1_234_500, "¥12,345.00", "1.23 万元", "12.35 thousand yuan"),
    ],
)
def test_money_is_exact_to_the_fen_and_rounded_as_people_say_it(fen, exact, chinese, english):
    assert words.money(fen) == exact
    assert words.money_rounded(fen, "zh-hans") == chinese
    assert words.money_rounded(fen, "en") == english


@pytest.mark.parametrize(
    ("metres", "chinese"),
    [
        (0, "0 米"),
        (3, "10 米"),
        (350, "350 米"),
        (994, "990 米"),
        (996, "1 公里"),
        (1240, "1.2 公里"),
        (12_400, "12 公里"),
    ],
)
def test_a_distance_is_as_exact_as_a_walker_needs(metres, chinese):
    assert words.distance(metres, "zh-hans") == chinese


def test_a_text_is_read_in_the_readers_language():
    place = Text(zh="码头", en="Pier")
    assert words.text(place, "zh-hans") == "码头"
    assert words.text(place, "en") == "Pier"
    assert words.text({"zh": "码头", "en": ""}, "en") == "码头"
    assert words.text("plain", "en") == "plain"
    assert words.text(None, "en") == ""
