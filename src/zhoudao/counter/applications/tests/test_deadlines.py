"""Deadlines across weekends, holidays, make-up days and suspensions, against counting day by day."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from zhoudao.core.clock import CITY_ZONE
from zhoudao.core.workdays import rules as workdays
from zhoudao.core.workdays.rules import Calendar, Named
from zhoudao.counter.applications import deadlines
from zhoudao.counter.applications.deadlines import Pause
from zhoudao.counter.catalog.schema import Duration, Unit

FIRST, LAST = date(2026, 1, 1), date(2027, 12, 31)
DAY = timedelta(days=1)


@st.composite
def calendars(draw) -> Calendar:
    """Runs of holidays, up to nine days, and make-up days anywhere."""
    exceptions = {}
    for _ in range(draw(st.integers(0, 12))):
        begin = FIRST + draw(st.integers(0, 400)) * DAY
        for offset in range(draw(st.integers(1, 9))):
            exceptions[begin + offset * DAY] = Named(False)
    for offset in draw(st.lists(st.integers(0, 400), max_size=12)):
        exceptions[FIRST + offset * DAY] = Named(True)
    return Calendar(FIRST, LAST, exceptions)


moments = st.builds(
    lambda offset, minutes: datetime.combine(FIRST, time(), CITY_ZONE)
    + timedelta(days=offset, minutes=minutes),
    st.integers(0, 200),
    st.integers(0, 24 * 60 - 1),
)


@st.composite
def pauses_after(draw, received: datetime) -> list[Pause]:
    found, at = [], received
    for _ in range(draw(st.integers(0, 3))):
        asked = at + timedelta(minutes=draw(st.integers(1, 6 * 24 * 60)))
        at = asked + timedelta(minutes=draw(st.integers(0, 20 * 24 * 60)))
        found.append(Pause(asked, at))
    return found


@st.composite
def cases(draw):
    received = draw(moments)
    return draw(calendars()), received, draw(st.integers(0, 30)), draw(pauses_after(received))


def day_by_day(received: datetime, days: int, pauses: list[Pause], calendar: Calendar) -> date | None:
    """The last day, by walking from the first: a working day counts unless it was the applicant's. None when something
    was asked only after the promise had run out."""
    day, _ = workdays.counted_from(received, calendar)
    theirs = set()
    for pause in pauses:
        answered, _ = workdays.counted_from(pause.answered_at, calendar)
        walk = max(pause.asked_at.astimezone(CITY_ZONE).date(), day) + DAY
        while walk <= answered:
            theirs.add(walk)
            walk += DAY
    left = days
    last = day
    while left:
        last += DAY
        left -= bool(calendar.is_workday(last)) and last not in theirs
    late = any(pause.asked_at.astimezone(CITY_ZONE).date() > last for pause in pauses)
    return None if late else last


@given(cases())
def test_the_deadline_is_what_counting_day_by_day_says(case):
    calendar, received, days, pauses = case
    expected = day_by_day(received, days, pauses, calendar)
    assume(expected is not None)
    found = deadlines.due(received, days, pauses, calendar)
    answered = max([workdays.counted_from(pause.answered_at, calendar)[0] for pause in pauses], default=FIRST)
    if expected > answered:  # otherwise every day of the promise was used up before the answer came
        assert found.at == datetime.combine(expected, workdays.CLOSING, CITY_ZONE)
    assert found.confirmed


@given(cases())
def test_a_deadline_falls_on_the_close_of_a_working_day(case):
    calendar, received, days, pauses = case
    found = deadlines.due(received, days, pauses, calendar)
    assert calendar.is_workday(found.at.date())
    assert found.at.time() == workdays.CLOSING
    assert found.at >= workdays.deadline(received, days, calendar).at


@given(cases())
def test_after_the_answer_as_many_days_are_left_as_when_asked(case):
    calendar, received, days, pauses = case
    assume(pauses)
    earlier, last = pauses[:-1], pauses[-1]
    before = deadlines.due(received, days, earlier, calendar)
    counted = [workdays.counted_from(pause.answered_at, calendar)[0] for pause in earlier]
    asked = max([last.asked_at.astimezone(CITY_ZONE).date(), *counted])
    begun, _ = workdays.counted_from(received, calendar)
    assume(begun <= asked <= before.at.date())
    answered, _ = workdays.counted_from(last.answered_at, calendar)
    after = deadlines.due(received, days, pauses, calendar)
    left = calendar.workdays_between(asked, before.at.date())
    assert calendar.workdays_between(max(asked, answered), after.at.date()) == left


@given(cases(), st.integers(0, 60 * 24 * 60))
def test_what_was_taken_is_within_the_promise_exactly_when_it_was_in_time(case, minutes):
    calendar, received, days, pauses = case
    begin = pauses[-1].answered_at if pauses else received
    decided = begin + timedelta(minutes=minutes)
    taken = deadlines.taken(received, decided, pauses, calendar)
    begun, _ = workdays.counted_from(received, calendar)
    assume(decided.astimezone(CITY_ZONE).date() >= begun)
    due = deadlines.due(received, days, pauses, calendar)
    used = calendar.workdays_between(begun, decided.astimezone(CITY_ZONE).date())
    waited = used - taken
    assume(waited >= 0)
    # On a day off after the last working day of the promise nothing more has been used up.
    in_time = calendar.workdays_between(due.at.date(), decided.astimezone(CITY_ZONE).date()) <= 0
    answered = max([workdays.counted_from(pause.answered_at, calendar)[0] for pause in pauses], default=FIRST)
    assume(decided.astimezone(CITY_ZONE).date() >= answered)
    assert (taken <= days) == in_time


@given(calendars(), moments, st.integers(1, 40), st.integers(0, 30))
def test_the_laws_days_are_all_days_and_end_on_a_working_day(calendar, accepted, amount, waited):
    pause = Pause(accepted, accepted + timedelta(days=waited))
    limit = Duration(amount=amount, unit=Unit.DAY)
    found = deadlines.legal(accepted, limit, [pause], calendar)
    plain = accepted.astimezone(CITY_ZONE).date() + timedelta(days=amount + waited)
    assert found is not None
    assert found.at.date() >= plain
    assert calendar.is_workday(found.at.date())
    assert not any(
        calendar.is_workday(plain + offset * DAY) for offset in range((found.at.date() - plain).days)
    )


def test_a_pause_ends_after_it_began():
    now = datetime(2026, 11, 23, 10, tzinfo=CITY_ZONE)
    with pytest.raises(ValueError, match="ends before"):
        Pause(now, now - DAY)
