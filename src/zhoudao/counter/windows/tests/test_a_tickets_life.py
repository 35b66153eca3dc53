"""A ticket from the door to the window, and every way it may take in between."""

from datetime import timedelta

import pytest

from zhoudao.core import clock
from zhoudao.core.access import VISITOR, Actor, Forbidden, Role
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.look.refusals import Conflict, TooMany, Unusable
from zhoudao.counter.windows import actions
from zhoudao.counter.windows.models import Ticket
from zhoudao.counter.windows.problems import NotFound
from zhoudao.counter.windows.queries import tickets
from zhoudao.counter.windows.rules import MOST_RECALLS, REJOIN_WITHIN, Channel, Ground, Lane, State
from zhoudao.counter.windows.tests.conftest import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _morning():
    with clock.at(NOON):
        yield


@pytest.fixture
def one(hall, clerk) -> Actor:
    actions.sit(clerk(1), hall.code, 1)
    return clerk(1)


def take(**more) -> Ticket:
    return actions.take(VISITOR, "P001", **{"service": "id-card"} | more)


def verbs(ticket) -> list[str]:
    return list(ticket.events.values_list("verb", flat=True))


def test_taken_called_served(one):
    ticket = take()
    assert ticket.number == "A001"
    assert tickets.followed(VISITOR, ticket.code).ahead == 0
    called = actions.call_next(one)
    assert (called.pk, called.window.number, called.state) == (ticket.pk, 1, State.CALLED)
    actions.begin(one, ticket.code)
    done = actions.close(one, ticket.code)
    assert (done.state, done.ended_at) == (State.SERVED, NOON)
    assert verbs(ticket) == ["take", "call", "begin", "close"]
    assert AuditRow.objects.filter(action="windows.run_window", outcome="done").count() == 4


def test_each_lane_counts_for_itself_and_each_day_anew(hall):
    assert [take().number, take().number, take(ground=Ground.ELDERLY).number] == ["A001", "A002", "P001"]
    agent = Actor("user:1", Role.AGENT)
    assert actions.take(agent, hall.code, service="residence").number == "E001"
    with clock.at(NOON + timedelta(days=1)):
        assert take().number == "A001"


def test_an_item_finds_the_service_that_does_it_here(hall, items):
    ticket = actions.take(VISITOR, hall.code, item="temporary-id-card")
    assert (ticket.service, ticket.lane) == ("id-card", Lane.ORDINARY)
    with pytest.raises(Unusable):
        actions.take(VISITOR, hall.code, item="passport-first")


def test_no_ticket_while_it_is_shut(hall):
    with clock.at(NOON.replace(hour=19)), pytest.raises(Conflict):
        take()
    with clock.at(NOON + timedelta(days=4)), pytest.raises(Conflict):  # a Saturday
        take()


def test_recalled_twice_then_a_no_show_who_may_queue_again_once(one):
    ticket = take()
    actions.call_next(one)
    with pytest.raises(Conflict):
        actions.no_show(one, ticket.code)
    for _ in range(MOST_RECALLS):
        actions.recall(one, ticket.code)
    with pytest.raises(Conflict):
        actions.recall(one, ticket.code)
    actions.no_show(one, ticket.code)
    later = NOON + timedelta(minutes=10)
    other = take()
    with clock.at(later):
        assert actions.rejoin(one, ticket.code).joined_at == later
        assert actions.call_next(one) == other
        actions.close(one, other.code)
        actions.call_next(one)
        actions.recall(one, ticket.code)
        actions.no_show(one, ticket.code)
        with pytest.raises(Conflict):
            actions.rejoin(one, ticket.code)


def test_a_no_show_who_comes_too_late_takes_a_new_ticket(one):
    ticket = take()
    actions.call_next(one)
    actions.recall(one, ticket.code)
    actions.no_show(one, ticket.code)
    with clock.at(NOON + REJOIN_WITHIN + timedelta(seconds=1)), pytest.raises(Conflict):
        actions.rejoin(one, ticket.code)


def test_held_and_back_is_called_next(one):
    held, other, by_right = take(), take(), None
    actions.call_next(one)
    actions.begin(one, held.code)
    actions.hold(one, held.code, "fetches a copy")
    by_right = take(ground=Ground.SOLDIER)
    actions.give_back_turn(one, held.code)
    assert actions.call_next(one) == held
    actions.close(one, held.code)
    assert actions.call_next(one) == by_right
    actions.close(one, by_right.code)
    assert actions.call_next(one) == other
    assert held.events.get(verb="hold").reason == "fetches a copy"


def test_transferred_with_its_history_and_its_place(one, hall, clerk):
    two = clerk(2)
    actions.sit(two, hall.code, 2)
    ticket = take()
    waits = take(service="residence", ground=Ground.DISABLED)
    actions.call_next(one)  # by right goes first
    actions.close(one, waits.code)
    actions.call_next(one)
    actions.transfer(one, ticket.code, service="residence", window_number=2, reason="needs a permit first")
    again = take(service="residence", ground=Ground.VETERAN)
    assert actions.call_next(one) == again, "sent to window 2, so window 1 does not call it"
    assert actions.call_next(two) == ticket
    ticket.refresh_from_db()
    assert (ticket.service, ticket.joined_at) == ("residence", NOON)
    assert verbs(ticket) == ["take", "call", "transfer", "call"]


def test_a_right_that_can_not_be_shown_is_put_right_without_going_first(one):
    claimed = take(ground=Ground.SOLDIER)
    first = take()
    assert actions.call_next(one) == claimed
    actions.transfer(one, claimed.code, lane=Lane.ORDINARY, reason="no proof")
    claimed.refresh_from_db()
    assert (claimed.lane, claimed.ground, claimed.passed_over) == ("ordinary", "", 0)
    assert actions.call_next(one) == claimed, "it came before the other"
    assert first.state == State.WAITING


def test_who_waits_for_one_window_is_freed_when_its_clerk_leaves(one, hall, clerk):
    ticket = take()
    actions.call_next(one)
    actions.hold(one, ticket.code)
    actions.stand_up(one)
    three = clerk(3)
    actions.sit(three, hall.code, 6)
    actions.give_back_turn(three, ticket.code)
    assert actions.call_next(three) == ticket


def test_given_back_by_its_holder_but_not_once_called(one):
    first, second = take(), take()
    actions.call_next(one)
    with pytest.raises(Conflict):
        actions.leave(VISITOR, first.code)
    assert actions.leave(VISITOR, second.code).state == State.LEFT
    with pytest.raises(NotFound):
        actions.leave(VISITOR, "2222-2222")


def test_one_at_a_window_and_nobody_while_paused(one):
    take(), take()
    actions.call_next(one)
    with pytest.raises(Conflict):
        actions.call_next(one)
    with pytest.raises(Conflict):
        actions.stand_up(one)
    actions.close(one, Ticket.objects.get(state=State.CALLED).code)
    actions.pause(one, True)
    with pytest.raises(Conflict):
        actions.call_next(one)
    actions.pause(one, False)
    assert actions.call_next(one).number == "A002"


def test_one_clerk_a_window_and_one_window_a_clerk(one, hall, clerk):
    with pytest.raises(Conflict):
        actions.sit(clerk(2), hall.code, 1)
    with pytest.raises(Conflict):
        actions.sit(one, hall.code, 2)
    actions.stand_up(one)
    actions.sit(clerk(2), hall.code, 1)


def test_a_clerk_of_another_district_is_refused(hall, clerk):
    stranger = clerk(9, own="elsewhere")
    with pytest.raises(Forbidden):
        actions.sit(stranger, hall.code, 1)
    with pytest.raises(Forbidden):
        actions.take(VISITOR, hall.code, service="id-card") and actions.rejoin(
            stranger, Ticket.objects.get().code
        )


def test_nobody_takes_a_row_of_numbers_home(hall):
    somebody = Actor("visitor", Role.VISITOR, origin="10.1.2.3")
    for _ in range(4):
        actions.take(somebody, hall.code, service="id-card", channel=Channel.PHONE)
    with pytest.raises(TooMany):
        actions.take(somebody, hall.code, service="id-card", channel=Channel.PHONE)
    actions.take(somebody, hall.code, service="id-card", channel=Channel.DOOR)
