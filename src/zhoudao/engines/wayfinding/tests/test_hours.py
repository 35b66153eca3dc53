"""Opening hours under a table of working days: lunch, holidays, make-up Saturdays, closures, and days not
known."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import opening_hours
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhoudao.engines.wayfinding.hours import BadHours, Closure, Hours, WorkingDays, check, open_spans
from zhoudao.engines.wayfinding.serving import FAR_FUTURE, HoursTable, Queue, Served, serve
from zhoudao.engines.wayfinding.tests.made import SHANGHAI

NATIONAL_DAY = frozenset(date(2026, 10, day) for day in range(1, 8))
"""The State Council's notice for 2026: 1 to 7 October off, Sunday 20 September and Saturday 10 October
worked."""
DAYS = WorkingDays(
    date(2026, 1, 1), date(2026, 12, 31), NATIONAL_DAY, frozenset({date(2026, 9, 20), date(2026, 10, 10)})
)
PLAIN = WorkingDays(date(2020, 1, 1), date(2030, 12, 31))


def spans(
    expression: str, day: date, days: WorkingDays = DAYS, closures: tuple[Closure, ...] = ()
) -> list[str]:
    """The spans of one day, as "08:30-12:00"."""
    found = open_spans(Hours(expression, closures), days, SHANGHAI, day, day)
    texts = []
    for opens, closes in found:
        begin, end = (datetime.fromtimestamp(moment, SHANGHAI) for moment in (opens, closes))
        texts.append(f"{begin:%H:%M}-{'24:00' if end.date() > day else f'{end:%H:%M}'}")
    return texts


TUESDAY, SATURDAY, SUNDAY = date(2026, 11, 24), date(2026, 11, 28), date(2026, 11, 29)
WORKED_SATURDAY, WORKED_SUNDAY = date(2026, 10, 10), date(2026, 9, 20)
HOLIDAY = date(2026, 10, 1)
"""A Thursday."""


@pytest.mark.parametrize(
    ("expression", "day", "expected"),
    [
        ("Mo-Fr 08:30-12:00,14:00-17:30; PH off", TUESDAY, ["08:30-12:00", "14:00-17:30"]),
        ("Mo-Fr 08:30-12:00,14:00-17:30; PH off", SATURDAY, []),
        ("Mo-Fr 08:30-12:00,14:00-17:30; PH off", HOLIDAY, []),
        ("Mo-Fr 08:30-12:00", HOLIDAY, []),
        ("Mo-Fr 08:30-12:00,14:00-17:30; PH off", WORKED_SATURDAY, ["08:30-12:00", "14:00-17:30"]),
        ("Mo-Fr 08:30-12:00,14:00-17:30; PH off", WORKED_SUNDAY, ["08:30-12:00", "14:00-17:30"]),
        ("Mo-Th 08:00-17:00; Fr 08:00-16:00; Sa 09:00-11:00", WORKED_SATURDAY, ["08:00-16:00"]),
        ("Mo 10:00-17:00; Tu-Fr 08:00-16:00", WORKED_SUNDAY, ["10:00-17:00"]),
        ("Mo-Fr 08:30-12:00; PH 09:00-11:00", HOLIDAY, ["09:00-11:00"]),
        ("Mo-Fr 08:30-12:00; PH,Su 09:00-11:00", HOLIDAY, ["09:00-11:00"]),
        ("Mo-Su 09:00-17:00", HOLIDAY, ["09:00-17:00"]),
        ("Mo-Su 09:00-17:00; PH 12:00-13:00 off", HOLIDAY, ["09:00-12:00", "13:00-17:00"]),
        ("Mo-Fr 08:30-12:00; PH off; 2026 Oct 01 10:00-12:00", HOLIDAY, ["10:00-12:00"]),
        ("Mo-Fr 08:30-12:00; PH off; 2026 Oct 02 10:00-12:00", HOLIDAY, []),
        ("24/7", HOLIDAY, ["00:00-24:00"]),
        ("24/7; PH off", HOLIDAY, []),
        ("24/7; PH off", TUESDAY, ["00:00-24:00"]),
        ("Sa[2] 09:00-11:00", WORKED_SATURDAY, []),  # worked as a Friday, so not as a second Saturday
        ("Sa[4] 09:00-11:00", SATURDAY, ["09:00-11:00"]),
        ("Jun-Aug Mo-Fr 08:00-12:00; Sep-May Mo-Fr 09:00-12:00", WORKED_SATURDAY, ["09:00-12:00"]),
        ("Mo-Fr 08:00-12:00, Th 14:00-16:00", date(2026, 11, 26), ["08:00-12:00", "14:00-16:00"]),
        ('Mo-Fr 08:00-12:00 "PH; Sa by call"', WORKED_SATURDAY, ["08:00-12:00"]),
        ("Tu 20:00-26:00", TUESDAY, ["20:00-24:00"]),
        ("Tu 20:00-26:00", date(2026, 11, 25), ["00:00-02:00"]),
    ],
)
def test_what_a_day_is_decides(expression: str, day: date, expected: list[str]) -> None:
    assert spans(expression, day) == expected


def test_the_table_wins_over_any_calendar_the_library_knows() -> None:
    nothing_special = WorkingDays(DAYS.first, DAYS.last)
    assert spans("Mo-Fr 08:30-12:00; PH off", HOLIDAY, nothing_special) == ["08:30-12:00"]
    assert spans("Mo-Fr 08:30-12:00; PH off", WORKED_SATURDAY, nothing_special) == []


def test_a_table_of_every_day_is_understood() -> None:
    table = {
        date(2026, 9, 1) + timedelta(days=k): (date(2026, 9, 1) + timedelta(days=k)).weekday() < 5
        for k in range(60)
    }
    table |= dict.fromkeys(NATIONAL_DAY, False) | {WORKED_SATURDAY: True, WORKED_SUNDAY: True}
    days = WorkingDays.of(table)
    assert (days.first, days.last) == (date(2026, 9, 1), date(2026, 10, 30))
    for day in (HOLIDAY, WORKED_SATURDAY, WORKED_SUNDAY, date(2026, 10, 8), date(2026, 10, 17)):
        assert spans("Mo-Fr 08:30-12:00; PH off", day, days) == spans("Mo-Fr 08:30-12:00; PH off", day)


RULES = st.lists(
    st.builds(
        "{}{} {}".format,
        st.sampled_from(["", "", "Jan-Jun ", "Sep-Dec ", "week 40-53 ", "2026 Nov 01-2026 Dec 05 "]),
        st.sampled_from(["Mo-Fr", "Sa", "Sa,Su", "Mo,We,Fr", "Tu-Th", "Mo-Su", "Fr-Mo", "Su[1]"]),
        st.sampled_from(
            ["08:30-12:00,14:00-17:30", "off", "09:00-11:00", "20:00-26:00", "00:00-24:00", "12:00-13:00 off"]
        ),
    ),
    min_size=1,
    max_size=4,
)  # fmt: skip


@given(RULES, st.integers(0, 364))
@settings(max_examples=200, deadline=None)
def test_on_plain_days_it_says_what_the_library_says(rules: list[str], offset: int) -> None:
    expression = "; ".join(rules)
    day = date(2026, 1, 1) + timedelta(days=offset)
    start = datetime(day.year, day.month, day.day)  # noqa: DTZ001
    library = opening_hours.OpeningHours(expression)
    minutes = [start + timedelta(minutes=30 * k + 7) for k in range(48)]
    found = open_spans(Hours(expression), PLAIN, SHANGHAI, day, day)
    for minute in minutes:
        moment = minute.replace(tzinfo=SHANGHAI).timestamp()
        assert library.is_open(minute) == any(opens <= moment < closes for opens, closes in found)


@given(RULES)
@settings(max_examples=100, deadline=None)
def test_a_worked_saturday_is_a_friday(rules: list[str]) -> None:
    """In an expression without dates or counted days, whose evenings end before midnight."""
    plain = [rule for rule in rules if rule.startswith(("Mo", "Tu", "Sa", "Fr")) and "26:00" not in rule]
    if plain:
        friday = WORKED_SATURDAY - timedelta(days=1)
        assert spans("; ".join(plain), WORKED_SATURDAY) == spans("; ".join(plain), friday)


def test_a_closure_cuts_and_splits() -> None:
    def moment(hour: int) -> datetime:
        return datetime(2026, 11, 24, hour, tzinfo=SHANGHAI)

    drill = (Closure(moment(10), moment(15), "drill"),)
    assert spans("Mo-Fr 08:30-12:00,14:00-17:30", TUESDAY, closures=drill) == ["08:30-10:00", "15:00-17:30"]
    inner = (Closure(moment(9), moment(10)),)
    assert spans("Mo-Fr 08:30-12:00", TUESDAY, closures=inner) == ["08:30-09:00", "10:00-12:00"]


@pytest.mark.parametrize(
    "expression", ["Mo-Xx 08:00", "25 hours", "Mo-Fr 08:00-12:00;; ?", "周一 08:00-12:00"]
)
def test_an_expression_that_is_none_is_refused(expression: str) -> None:
    with pytest.raises(BadHours, match="is not an opening-hours expression"):
        check(expression)


def test_a_table_names_the_place_with_the_bad_expression() -> None:
    with pytest.raises(BadHours, match="P007: 'Mo-Xx' is not"):
        HoursTable.compile({"P001": Hours("24/7"), "P007": Hours("Mo-Xx")}, DAYS, SHANGHAI, TUESDAY)


def test_nothing_is_known_past_the_table() -> None:
    days = WorkingDays(date(2026, 1, 1), TUESDAY)
    table = HoursTable.compile(
        {"A": Hours("Mo-Su 08:00-20:00"), "B": Hours("24/7")}, days, SHANGHAI, TUESDAY, 10
    )
    inside = int(datetime(2026, 11, 24, 9, tzinfo=SHANGHAI).timestamp())
    beyond = inside + 86400
    assert [table.is_open(0, inside), table.is_open(0, beyond), table.is_open(1, beyond)] == [
        True,
        None,
        True,
    ]
    served, _, outcome = serve(table, np.array([0, 1, 0]), np.array([beyond, beyond, FAR_FUTURE]))
    assert outcome.tolist() == [Served.UNCONFIRMED, Served.YES, Served.UNREACHABLE]
    assert served.tolist() == [FAR_FUTURE, beyond, FAR_FUTURE]


def test_a_place_that_never_opens_again_is_closed() -> None:
    table = HoursTable.compile(
        {"A": Hours("2026 Nov 20 08:00-12:00")}, DAYS, SHANGHAI, date(2026, 11, 20), 20
    )
    late = int(datetime(2026, 11, 20, 13, tzinfo=SHANGHAI).timestamp())
    assert serve(table, np.array([0]), np.array([late]))[2].tolist() == [Served.CLOSED]


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=150, deadline=None)
def test_the_turn_comes_when_trying_every_second_says(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = HoursTable.compile({"A": Hours("Mo-Fr 08:30-12:00,14:00-17:30")}, DAYS, SHANGHAI, TUESDAY, 4)
    midnight = int(datetime(2026, 11, 24, tzinfo=SHANGHAI).timestamp())
    queue = Queue(midnight, int(rng.choice([600, 1800])), rng.integers(0, 7000, (1, 60)).astype(np.int32))
    arrive = midnight + int(rng.integers(0, 2 * 86400))
    served, joined, outcome = serve(table, np.array([0]), np.array([arrive]), queue)
    moments = np.arange(arrive, midnight + 4 * 86400)
    turns = moments + queue.seconds[0][np.clip((moments - queue.begins) // queue.slot, 0, 59)]
    for opens, closes in table.spans(0):
        able = (moments >= opens) & (moments < closes) & (turns < closes)
        if able.any():
            assert served[0] == turns[able].min()
            assert turns[joined[0] - arrive] == served[0]
            assert opens <= joined[0] < closes
            return
    assert outcome[0] == Served.CLOSED
