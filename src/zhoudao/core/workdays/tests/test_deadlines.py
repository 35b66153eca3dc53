"""Deadlines in working days, across spring festivals and make-up Saturdays, against counting day by day."""

from datetime import UTC, date, datetime, time, timedelta

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhoudao.core.clock import CITY_ZONE
from zhoudao.core.workdays import table
from zhoudao.core.workdays.rules import Calendar, DayKind, deadline

PACKAGE = table.from_package()
CALENDAR = Calendar(PACKAGE.first, PACKAGE.last, PACKAGE.days)
AROUND_SPRING_FESTIVAL = st.datetimes(
    datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2026-11-01")
).map(lambda at: at.replace(tzinfo=CITY_ZONE))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CITY_ZONE)


def counted_day_by_day(received: datetime, workdays: int) -> date:
    """The same rule, told the slow way with the package's own function."""
    day = received.date()
    if not chinese_calendar.is_workday(day) or received.time() > time(17):
        day += timedelta(days=1)
        while not chinese_calendar.is_workday(day):
            day += timedelta(days=1)
    while workdays:
        day += timedelta(days=1)
        workdays -= chinese_calendar.is_workday(day)
    return day


@settings(deadline=None)
@given(AROUND_SPRING_FESTIVAL, st.integers(0, 30))
def test_equals_counting_day_by_day(received, workdays):
    due = deadline(received, workdays, CALENDAR)
    assert due.confirmed
    assert due.at == datetime.combine(counted_day_by_day(received, workdays), time(17), CITY_ZONE)


@settings(deadline=None)
@given(AROUND_SPRING_FESTIVAL, st.integers(0, 30), st.timedeltas(timedelta(), timedelta(days=40)))
def test_received_later_is_never_due_earlier(received, workdays, later):
    assert deadline(received, workdays, CALENDAR).at <= deadline(received + later, workdays, CALENDAR).at


@settings(deadline=None)
@given(AROUND_SPRING_FESTIVAL, st.integers(0, 30))
def test_the_time_zone_it_is_written_in_changes_nothing(received, workdays):
    assert deadline(received, workdays, CALENDAR) == deadline(received.astimezone(UTC), workdays, CALENDAR)


@settings(deadline=None)
@given(st.dates(date(2019, 1, 1), date(2030, 1, 1)), st.integers(0, 400))
def test_workdays_between_counts_what_nth_finds(day, count):
    found = CALENDAR.nth_workday_after(day, count)[0] if count else day
    assert CALENDAR.workdays_between(day, found) == count


@pytest.mark.parametrize(
    ("received", "workdays", "due"),
    [
        ("2026-02-13 16:00", 2, "2026-02-24 17:00"),  # Friday; Saturday 14 is worked; festival to the 23rd
        ("2026-02-13 17:01", 2, "2026-02-25 17:00"),  # after closing: received on the worked Saturday
        ("2026-02-27 09:00", 1, "2026-02-28 17:00"),  # the next working day is a make-up Saturday
        ("2026-11-21 09:00", 1, "2026-11-24 17:00"),  # an ordinary Saturday: received on Monday
        ("2026-11-24 09:00", 0, "2026-11-24 17:00"),
    ],
)
def test_known_days(received, workdays, due):
    assert deadline(at(received), workdays, CALENDAR).at == at(due)


def test_a_second_after_closing_is_the_next_day():
    on_time, late = at("2026-11-24 17:00"), at("2026-11-24 17:00") + timedelta(microseconds=1)
    assert deadline(late, 1, CALENDAR).at - deadline(on_time, 1, CALENDAR).at == timedelta(days=1)


@pytest.mark.parametrize(
    "received", ["2026-12-30 10:00", "2027-03-01 10:00", "2003-12-31 10:00", "1999-01-01 10:00"]
)
def test_beyond_the_table_it_says_unconfirmed_and_counts_weekdays(received):
    due = deadline(at(received), 5, CALENDAR)
    assert not due.confirmed
    assert due.at.weekday() < 5


def test_a_day_beyond_the_table_is_neither_worked_nor_free():
    assert CALENDAR.is_workday(date(2027, 1, 4)) is None
    assert CALENDAR.kind(date(2027, 1, 4)) is DayKind.UNCONFIRMED


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 2, 14), DayKind.MAKE_UP),
        (date(2026, 2, 17), DayKind.HOLIDAY),
        (date(2026, 2, 22), DayKind.HOLIDAY),
        (date(2026, 11, 24), DayKind.ORDINARY),
        (date(2026, 11, 22), DayKind.ORDINARY),
    ],
)
def test_kinds(day, kind):
    assert CALENDAR.kind(day) is kind


def test_a_negative_period_and_a_moment_without_zone_are_refused():
    with pytest.raises(ValueError, match="0 or more"):
        deadline(at("2026-11-24 09:00"), -1, CALENDAR)
    with pytest.raises(ValueError, match="time zone"):
        deadline(datetime(2026, 11, 24, 9), 1, CALENDAR)  # noqa: DTZ001
