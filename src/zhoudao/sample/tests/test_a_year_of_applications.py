"""A figure for each property of the year: weeks, holidays, hours, ways, promises, and who asks."""

from collections import Counter
from datetime import date, timedelta

import pytest

from zhoudao.core.clock import local
from zhoudao.core.workdays.rules import deadline
from zhoudao.counter.catalog.schema import Audience, Channel
from zhoudao.counter.places import hours
from zhoudao.sample import tables
from zhoudao.sample.people import organisations, residents
from zhoudao.sample.people.households import age_on
from zhoudao.sample.requests import applications, days, permits


@pytest.fixture(scope="module")
def rows(made):
    return tables.read_as(applications.Application, made.folder / applications.FILE)


@pytest.fixture(scope="module")
def item_of(items):
    return {item.code: item for item in items}


def test_there_are_as_many_as_the_pack_says_in_the_year_before_its_day(made, rows):
    now = local(made.city.as_of)
    assert len(rows) == made.sample.applications
    assert all(now.replace(year=now.year - 1) <= row.received_at < now for row in rows)


def test_numbers_are_the_day_and_a_count_in_order(rows):
    assert len({row.number for row in rows}) == len(rows)
    assert [row.number for row in rows] == sorted(row.number for row in rows)
    assert all(row.number[:8] == f"{row.received_at:%Y%m%d}" for row in rows)


def test_nothing_has_happened_yet_that_is_still_to_come(made, rows):
    now = local(made.city.as_of)
    for row in rows:
        assert row.decided_at is None or row.received_at <= row.decided_at < now
        assert row.finished_at is None or (row.decided_at or row.received_at) <= row.finished_at < now
        assert (row.decided_at is not None) == (row.status in ("approved", "finished", "refused"))
        assert (row.finished_at is not None) == (row.status in ("finished", "refused", "withdrawn"))
    waiting = sum(row.status == "received" for row in rows)
    assert 0 < waiting / len(rows) < 0.06


def test_mondays_are_the_busiest_and_days_of_rest_quiet(rows):
    received = Counter(row.received_at.weekday() for row in rows)
    assert max(received, key=received.get) == 0
    assert received[5] + received[6] < 0.12 * len(rows)
    holiday = date(2026, 2, 17)  # the first day of the spring festival
    assert not days.is_workday(holiday)
    festival = sum(date(2026, 2, 15) <= row.received_at.date() <= date(2026, 2, 23) for row in rows)
    week_before = sum(date(2026, 2, 2) <= row.received_at.date() <= date(2026, 2, 10) for row in rows)
    assert festival < week_before / 3


def test_a_make_up_saturday_is_a_working_day(rows):
    assert days.is_workday(date(2026, 2, 14))
    assert not days.is_workday(date(2026, 2, 21))
    window_on = [row.received_at.date() for row in rows if row.channel == Channel.WINDOW]
    make_up = [day for day in window_on if day.weekday() >= 5]
    assert make_up
    assert all(days.is_workday(day) for day in make_up)  # these counters are shut at weekends


def test_windows_are_used_while_they_are_open_and_kiosks_round_the_clock(made, rows):
    opening = {row["code"]: (row["hours"], row["kind"]) for row in tables.read(made.folder / "points.csv")}
    for row in rows:
        assert bool(row.point) == (row.channel in (Channel.WINDOW, Channel.KIOSK))
        if row.point:
            expression, kind = opening[row.point]
            assert (kind == "kiosk") == (row.channel == Channel.KIOSK)
            open_times = hours.intervals(expression, row.received_at.date(), 1, days.WORKING_DAYS)
            assert any(start <= row.received_at < end for start, end in open_times)
    evening = [row for row in rows if row.channel == Channel.KIOSK and not 8 <= row.received_at.hour < 18]
    assert evening


def test_most_online_applications_come_after_hours_or_nearly_so(rows):
    online = [row for row in rows if row.channel == Channel.ONLINE]
    after_hours = sum(not 8 <= row.received_at.hour < 17 for row in online) / len(online)
    assert 0.35 < after_hours < 0.7
    assert 0.15 < len(online) / len(rows) < 0.5


def test_items_that_are_ranked_are_asked_for_most(rows, items):
    asked = Counter(row.item for row in rows)
    ranked = [item.code for item in items if item.popular_rank]
    assert sum(asked[code] for code in ranked) / len(rows) > 0.45
    assert all(asked[code] for code in ranked)
    assert asked.most_common(1)[0][0] in ranked[:8] or items[0].popular_rank is None


def test_who_asks_may_ask_and_is_old_enough(made, rows, item_of):
    people = {person.code: person for person in residents.read(made)}
    firms = {firm.code: firm for firm in organisations.read(made)}
    for row in rows:
        day = row.received_at.date()
        if row.applicant_kind == "organisation":
            assert Audience.ENTERPRISE in item_of[row.item].audience
            assert firms[row.applicant].established_on <= day
        else:
            person = people[row.applicant]
            assert person.kind in item_of[row.item].audience
            assert age_on(person.birth_date, day) >= applications.ADULT
            assert person.arrived_on is None or person.arrived_on <= day
        assert row.channel in item_of[row.item].channels


def test_a_few_are_decided_late(rows):
    promised = [row for row in rows if row.promised_workdays and row.decided_at]
    late = sum(
        row.decided_at > deadline(row.received_at, row.promised_workdays, days.CALENDAR).at
        for row in promised
    )
    assert 0.005 < late / len(promised) < 0.06


def test_the_list_tells_no_name_and_no_number_of_anybody(made, rows):
    text = (made.folder / applications.FILE).read_text(encoding="utf-8")
    assert not any(person.identity_number in text for person in residents.read(made))
    assert text.isascii()


def test_residence_permits_grew_as_reported(made):
    months = list(permits.rows(local(made.city.as_of).date()))
    names = sorted({month for month, _, _ in months})
    assert (len(names), names[-1]) == (24, "2026-11")
    last = sum(issued for month, _, issued in months if month in names[12:])
    before = sum(issued for month, _, issued in months if month in names[:12])
    assert 11_600 <= last < 11_700
    assert round((last / before - 1) * 100, 2) == 18.24
    electronic = [issued for _, kind, issued in months if kind == "electronic"]
    assert sum(electronic[12:]) > sum(electronic[:12]) * 1.3


def test_working_days_follow_the_state_council_calendar():
    assert days.workdays_after(date(2026, 2, 13), 1) == date(2026, 2, 14)  # a make-up Saturday
    assert days.workdays_after(date(2026, 2, 14), 1) == date(2026, 2, 24)  # after the festival
    assert days.workdays_within(date(2026, 2, 13), 7) == 1
    assert days.is_workday(date(2040, 1, 2))
    assert not days.is_workday(date(2040, 1, 7))  # a Saturday the table does not reach


def test_what_comes_in_at_night_is_taken_up_in_the_morning():
    night = days.at(date(2026, 2, 14), days.CLOSING) + timedelta(hours=5)
    assert days.taken_up(night) == days.at(date(2026, 2, 24), days.OPENS)
