"""The published rule: who goes first, and that nobody is passed over more than the rule says, whatever happens."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from zhoudao.counter.windows.rules import (
    MOST_PASSED_OVER,
    Desk,
    Lane,
    Waiting,
    WindowKind,
    in_order,
    next_in_line,
    passes_over,
)

EIGHT = datetime(2026, 11, 24, 8, tzinfo=UTC)
GENERAL = Desk(1, WindowKind.GENERAL, frozenset({"id-card"}))
ENTERPRISE = Desk(6, WindowKind.ENTERPRISE, frozenset({"id-card", "enterprise"}))


def came(ticket: int, lane: Lane = Lane.ORDINARY, minute: int = 0, **more) -> Waiting:
    return Waiting(ticket, more.pop("service", "id-card"), lane, EIGHT + timedelta(minutes=minute), **more)


def order(desk, *tickets, now=EIGHT + timedelta(hours=1)):
    return [each.ticket for each in in_order(desk, tickets, now)]


def test_whom_a_law_lets_go_first_goes_first_at_an_ordinary_window():
    assert order(GENERAL, came(1), came(2, Lane.ENTERPRISE, 1), came(3, Lane.BY_RIGHT, 2)) == [3, 1, 2]


def test_firms_go_first_at_their_own_window_and_queue_like_everybody_at_others():
    firm, person = came(2, Lane.ENTERPRISE, 1), came(1)
    assert order(ENTERPRISE, person, firm) == [2, 1]
    assert order(GENERAL, person, firm) == [1, 2]


def test_appointments_go_before_the_others_of_their_lane():
    assert order(GENERAL, came(1), came(2, minute=1, appointed=True)) == [2, 1]
    firms = came(1, Lane.ENTERPRISE), came(2, Lane.ENTERPRISE, 1, appointed=True)
    assert order(ENTERPRISE, *firms) == [2, 1]


def test_an_early_comer_is_called_before_time_only_when_nobody_else_waits():
    early = came(1, minute=30, appointed=True)
    walk_in = came(2, minute=5)
    at_ten_past = EIGHT + timedelta(minutes=10)
    assert next_in_line(GENERAL, [early, walk_in], at_ten_past) == walk_in
    assert next_in_line(GENERAL, [early], at_ten_past) == early


def test_a_window_calls_only_what_it_serves_or_what_was_sent_to_it():
    elsewhere = came(1, service="exit-entry")
    sent = came(2, service="exit-entry", window=GENERAL.window)
    sent_away = came(3, window=9)
    assert order(GENERAL, elsewhere, sent, sent_away) == [2]


def test_the_sixth_who_came_later_waits_for_who_was_passed_over_five_times():
    ordinary = came(1)
    by_right = [came(number, Lane.BY_RIGHT, number) for number in range(2, 9)]
    assert MOST_PASSED_OVER == 5, "as docs/windows.md says"
    assert order(GENERAL, ordinary, *by_right) == [2, 3, 4, 5, 6, 1, 7, 8]


@st.composite
def days(draw):
    """A day of arrivals and calls at three windows: who comes, and which window calls next."""
    arrival = st.tuples(
        st.just("comes"),
        st.sampled_from(Lane),
        st.booleans(),
        st.sampled_from(["id-card", "residence", "enterprise"]),
    )
    call = st.tuples(st.just("calls"), st.integers(0, 2))
    return draw(st.lists(st.one_of(arrival, arrival, call), max_size=80))


DESKS = (
    Desk(1, WindowKind.GENERAL, frozenset({"id-card", "residence"})),
    Desk(2, WindowKind.GENERAL, frozenset({"residence"})),
    Desk(6, WindowKind.ENTERPRISE, frozenset({"enterprise", "id-card", "residence"})),
)


@given(days())
@settings(max_examples=300)
def test_nobody_is_passed_over_more_often_than_the_rule_says(day):
    """The stated worst wait, counted here by who came when and not by the tickets' own counters."""
    waiting: dict[int, Waiting] = {}
    came_later: dict[int, int] = {}
    for minute, (what, *how) in enumerate(day):
        now = EIGHT + timedelta(minutes=minute)
        if what == "comes":
            lane, appointed, service = how
            waiting[minute] = Waiting(minute, service, lane, now, appointed)
            came_later[minute] = 0
            continue
        desk = DESKS[how[0]]
        chosen = next_in_line(desk, waiting.values(), now)
        could = [each for each in waiting.values() if each.service in desk.services]
        assert (chosen is None) == (not could), "a window is idle while somebody waits whom it could serve"
        if chosen is None:
            continue
        for passed in passes_over(desk, waiting.values(), chosen):
            waiting[passed.ticket] = Waiting(
                passed.ticket, passed.service, passed.lane, passed.joined_at, passed.appointed,
                passed.passed_over + 1,
            )  # fmt: skip
        for each in could:
            if each.joined_at < chosen.joined_at:
                came_later[each.ticket] += 1
                assert came_later[each.ticket] <= MOST_PASSED_OVER
        del waiting[chosen.ticket]


@given(days())
def test_within_a_lane_and_a_service_the_first_to_come_is_the_first_called(day):
    waiting, called = [], []
    for minute, (what, *how) in enumerate(day):
        now = EIGHT + timedelta(minutes=minute)
        if what == "comes":
            lane, appointed, service = how
            waiting.append(Waiting(minute, service, lane, now, appointed))
        elif chosen := next_in_line(DESKS[how[0]], waiting, now):
            waiting.remove(chosen)
            called.append(chosen)
    alike: dict[tuple, int] = {}
    for each in called:
        kind = (each.lane, each.appointed, each.service)
        assert alike.get(kind, -1) < each.ticket
        alike[kind] = each.ticket
