"""Whether a place is open, until when, and what is said when nobody knows."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, VISITOR
from zhoudao.core.workdays import queries as workdays
from zhoudao.core.workdays.models import ExceptionalDay, Version
from zhoudao.counter.places import actions, queries
from zhoudao.counter.places.models import Point
from zhoudao.counter.places.tests import directory as small


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.CITY_ZONE)


def state(code: str, moment: datetime):
    return queries.point(VISITOR, code, moment).place.state


@pytest.mark.parametrize(
    ("moment", "is_open", "changes_at"),
    [
        ("2026-11-24T15:10", True, "2026-11-24T17:00"),
        ("2026-11-24T12:00", False, "2026-11-24T14:00"),  # lunch
        ("2026-11-24T17:00", False, "2026-11-25T08:30"),  # closing time is closed
        ("2026-11-27T18:00", False, "2026-11-30T08:30"),  # Friday evening
        ("2026-09-30T18:00", False, "2026-10-08T08:30"),  # before the National Day holiday
        ("2026-10-10T09:00", True, "2026-10-10T11:30"),  # a make-up Saturday
        ("2026-10-17T09:00", False, "2026-10-19T08:30"),  # an ordinary one
    ],
)
def test_office_hours_under_the_working_day_table(directory, moment, is_open, changes_at):
    found = state("P001", at(moment))
    assert (found.is_open, found.changes_at, found.confirmed) == (is_open, at(changes_at), True)


def test_round_the_clock_never_changes(directory):
    found = state("P004", small.TUESDAY_NIGHT)
    assert (found.is_open, found.always, found.changes_at) == (True, True, None)


def test_beyond_the_table_nothing_is_promised(directory):
    after = at("2027-06-01T10:00")
    assert not state("P001", after).confirmed
    assert state("P004", after).always


def test_without_a_table_nothing_is_promised(directory):
    ExceptionalDay.objects.all().delete()
    Version.objects.all().delete()
    workdays.forget_cached()
    assert not state("P001", small.TUESDAY_AFTERNOON).confirmed


def test_an_opening_beyond_the_table_is_not_promised(directory):
    found = state("P001", at("2026-12-31T18:00"))
    assert (found.is_open, found.changes_at, found.confirmed) == (False, None, False)


def test_a_closure_goes_before_the_hours(directory):
    noon = at("2026-11-24T12:00")
    actions.close_point(SYSTEM, "P001", noon, noon + timedelta(days=1, hours=3), "停电检修", "No power")
    found = state("P001", small.TUESDAY_AFTERNOON)
    assert (found.is_open, found.changes_at) == (False, at("2026-11-25T15:00"))
    assert found.closure.reason == {"zh": "停电检修", "en": "No power"}
    today = queries.point(VISITOR, "P001", small.TUESDAY_AFTERNOON).week[0]
    assert today.hours == [(at("2026-11-24T08:30"), at("2026-11-24T11:30"))]
    assert len(today.closures) == 1


def test_a_kiosk_under_repair_is_shut_and_comes_back(directory):
    start = small.TUESDAY_AFTERNOON
    actions.close_point(SYSTEM, "P004", start, start + timedelta(hours=2), "检修", "Under repair")
    during = state("P004", start + timedelta(minutes=1))
    assert (during.is_open, during.always, during.changes_at) == (False, False, start + timedelta(hours=2))
    actions.reopen_point(SYSTEM, "P004")
    assert state("P004", start + timedelta(minutes=1)).always


@pytest.mark.parametrize(
    ("starts", "ends", "reasons"),
    [
        (1, 0, ("停电", "No power")),
        (0, 0, ("停电", "No power")),
        (0, 1, ("", "No power")),
        (0, 1, ("停电", " ")),
    ],
)
def test_a_closure_that_can_not_be_is_refused(directory, starts, ends, reasons):
    day = timedelta(days=1)
    with pytest.raises(actions.BadClosure):
        actions.close_point(
            SYSTEM,
            "P001",
            small.TUESDAY_AFTERNOON + starts * day,
            small.TUESDAY_AFTERNOON + ends * day,
            *reasons,
        )


def test_closing_an_unknown_point_is_refused(directory):
    with pytest.raises(actions.UnknownPoint, match="P999"):
        actions.close_point(SYSTEM, "P999", small.TUESDAY_AFTERNOON, small.TUESDAY_NIGHT, "停电", "No power")


def test_the_week_names_holidays_and_make_up_days(directory):
    week = queries.point(VISITOR, "P001", at("2026-10-06T09:00")).week
    assert [day.kind.value for day in week][:5] == ["holiday", "holiday", "ordinary", "ordinary", "make_up"]
    assert [bool(day.hours) for day in week] == [False, False, True, True, True, False, True]


def test_what_is_open_now(directory):
    opened = queries.open_now(VISITOR, small.TUESDAY_AFTERNOON)
    assert (len(opened.places), len(opened.open), opened.always) == (6, 6, 1)
    assert opened.next_closing.point.code == "P001"
    night = queries.open_now(VISITOR, small.TUESDAY_NIGHT)
    assert [place.point.code for place in night.open] == ["P004"]
    assert night.next_closing is None
    assert night.next_opening.state.changes_at == at("2026-11-25T08:30")


def test_a_withdrawn_point_is_not_there(directory):
    Point.objects.filter(code="P001").update(withdrawn=True)
    assert "P001" not in [place.point.code for place in queries.points(VISITOR)]
    with pytest.raises(queries.NotInDirectory):
        queries.point(VISITOR, "P001")
