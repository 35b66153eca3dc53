"""Appointments: which half hours there are, one person each, moved, cancelled, released, and a ticket on arrival."""

import json
import os
import subprocess
import sys
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, VISITOR, Actor, Forbidden, Role
from zhoudao.core.outbox.models import OutboxMessage
from zhoudao.counter.places.models import Closure
from zhoudao.counter.windows.booking import actions, queries
from zhoudao.counter.windows.booking.models import Appointment
from zhoudao.counter.windows.booking.rules import reminded_at, slots, starts
from zhoudao.counter.windows.models import Ticket
from zhoudao.counter.windows.problems import Conflict, TooMany, Unusable
from zhoudao.counter.windows.queries import desks
from zhoudao.counter.windows.tests import many_bookers
from zhoudao.counter.windows.tests.conftest import NOON
from zhoudao.counter.windows.tests.test_many_clients import database  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db
AT = NOON.replace(hour=14)


@pytest.fixture(autouse=True)
def _morning():
    with clock.at(NOON):
        yield


def wish(when: datetime = AT, service: str = "residence", mobile: str = "12812345678") -> actions.Wish:
    return actions.Wish(when, service, mobile=mobile)


def free(hall, service: str = "residence", when: datetime = AT) -> int:
    found = {each.starts: each.left for each in queries.free(VISITOR, hall, service, clock.now())}
    return found.get(when, -1)


# Which there are ------------------------------------------------------------------------


def test_half_hours_lie_whole_in_opening_hours():
    morning = (NOON.replace(hour=8, minute=40), NOON.replace(hour=10, minute=15))
    assert [each.strftime("%H:%M") for each in starts([morning])] == ["09:00", "09:30"]


def test_a_full_half_hour_stays_in_the_list_with_none_left():
    span = [(NOON.replace(hour=14), NOON.replace(hour=15))]
    found = slots({1: span, 2: span}, [(1, AT), (2, AT), (1, AT + timedelta(minutes=30))], NOON)
    assert [(each.starts.hour, each.starts.minute, each.windows) for each in found] == [(14, 0, ()), (14, 30, (2,))]


def test_there_are_as_many_as_windows_that_do_it_while_they_are_staffed(hall):
    assert free(hall, "residence") == 3
    assert free(hall, "id-card") == 2
    hall.windows.filter(number=2).update(hours="Mo-Fr 09:00-12:00")
    assert free(hall, "residence") == 2
    assert free(hall, "residence", AT.replace(hour=17)) == -1, "shut"
    assert free(hall, "residence", AT - timedelta(days=1)) == -1, "over"
    assert free(hall, "residence", datetime(2026, 11, 28, 10, tzinfo=clock.CITY_ZONE)) == -1, "a Saturday"
    Closure.objects.create(
        point=hall, starts_at=AT, ends_at=AT + timedelta(hours=1), reason_zh="停电", reason_en="no power"
    )
    assert free(hall, "residence") == -1
    assert free(hall, "residence", AT + timedelta(hours=1)) == 2


# Booking --------------------------------------------------------------------------------


def test_pressing_twice_books_once(hall):
    at_home = Actor("visitor", Role.VISITOR, origin="198.51.100.7")
    first, second = (actions.book(at_home, hall.code, wish()) for _ in range(2))
    assert first == second
    assert Appointment.objects.count() == 1
    elsewhere = Actor("visitor", Role.VISITOR, origin="203.0.113.9")
    assert actions.book(elsewhere, hall.code, wish()) != first, "who only knows the number is not told the code"
    actions.cancel(at_home, first.code)
    assert actions.book(at_home, hall.code, wish()) != first, "what was given back is booked anew"


def test_a_half_hour_is_booked_and_told(hall):
    booked = actions.book(VISITOR, hall.code, wish())
    assert (booked.window.number, booked.state) == (1, "booked")
    assert free(hall) == 2
    assert OutboxMessage.objects.filter(name="windows/appointment_booked", channel="sms").count() == 1
    assert OutboxMessage.objects.filter(name=actions.REMIND).count() == 1
    assert "12812345678" not in json.dumps(list(Appointment.objects.values("mobile_index", "code")), default=str)


def test_what_is_full_is_refused(hall):
    for number in range(3):
        actions.book(VISITOR, hall.code, wish(mobile=f"1281234567{number}"))
    with pytest.raises(Conflict, match="约走"):
        actions.book(VISITOR, hall.code, wish(mobile="12812345679"))
    with pytest.raises(Conflict):
        actions.book(VISITOR, hall.code, wish(AT.replace(hour=3)))


def test_who_has_two_ahead_or_missed_three_books_no_more(hall):
    for hour in (14, 15):
        actions.book(VISITOR, hall.code, wish(AT.replace(hour=hour)))
    with pytest.raises(TooMany):
        actions.book(VISITOR, hall.code, wish(AT.replace(hour=16)))
    Appointment.objects.update(state="missed", ended_at=NOON)
    actions.book(VISITOR, hall.code, wish())
    Appointment.objects.update(state="missed", ended_at=NOON)
    with pytest.raises(TooMany, match="没有来"):
        actions.book(VISITOR, hall.code, wish())
    with pytest.raises(Unusable):
        actions.book(VISITOR, hall.code, wish(mobile="none"))


def test_moving_frees_the_old_time_and_takes_the_new(hall):
    booked = actions.book(VISITOR, hall.code, wish())
    later = AT + timedelta(hours=1)
    actions.move(VISITOR, booked.code, later)
    assert (free(hall), free(hall, when=later)) == (3, 2)
    for _ in range(2):
        actions.move(VISITOR, booked.code, later)
    with pytest.raises(Conflict):
        actions.move(VISITOR, booked.code, AT)


def test_cancelling_gives_it_back_until_it_begins(hall):
    booked = actions.book(VISITOR, hall.code, wish())
    other = actions.book(VISITOR, hall.code, wish(mobile="12812345679"))
    actions.cancel(VISITOR, booked.code)
    assert free(hall) == 2
    with clock.at(AT), pytest.raises(Conflict):
        actions.cancel(VISITOR, other.code)
    booked.refresh_from_db()
    assert (booked.state, booked.mobile) == ("cancelled", "")


# The day ---------------------------------------------------------------------------------


def test_who_comes_gets_a_ticket_that_is_called_at_its_time(hall, clerk):
    from zhoudao.counter.windows import actions as queue

    booked = actions.book(VISITOR, hall.code, wish())
    with pytest.raises(Conflict):
        actions.arrive(VISITOR, booked.code)
    with clock.at(AT - timedelta(minutes=20)):
        for _ in range(3):
            ordinary = queue.take(VISITOR, hall.code, service="residence")
        ticket = actions.arrive(VISITOR, booked.code)
        assert actions.arrive(VISITOR, booked.code) == ticket, "once, however often it is pressed"
        assert (ticket.number, ticket.appointed, ticket.joined_at) == ("Y001", True, AT)
        queue.sit(clerk(1), hall.code, 1)
        assert desks.desk(clerk(1)).line[0].number != "Y001", "early: the others go first"
    with clock.at(AT):
        called = queue.call_next(clerk(1))
        assert called.pk == ticket.pk, f"before {ordinary.number}"
    assert Ticket.objects.filter(appointed=True).count() == 1


def test_nobody_came_so_it_is_released_and_forgotten(hall):
    booked = actions.book(VISITOR, hall.code, wish())
    with clock.at(AT + timedelta(minutes=14)):
        assert actions.release(SYSTEM) == 0
    with clock.at(AT + timedelta(minutes=16)):
        assert actions.release(SYSTEM) == 1
        with pytest.raises(Conflict):
            actions.arrive(VISITOR, booked.code)
    booked.refresh_from_db()
    assert (booked.state, booked.mobile) == ("missed", "")
    with pytest.raises(Forbidden):
        actions.release(VISITOR)


def test_who_is_reminded_and_when(hall):
    assert reminded_at(AT, NOON - timedelta(days=3)) == AT - timedelta(hours=20)
    assert reminded_at(AT, NOON) == AT - timedelta(hours=2)
    assert reminded_at(AT, AT - timedelta(hours=1)) is None
    booked = actions.book(VISITOR, hall.code, wish())
    assert actions.remind(SYSTEM, booked.code, booked.starts_at.isoformat())
    assert OutboxMessage.objects.filter(name="windows/appointment_reminder").count() == 1
    actions.move(VISITOR, booked.code, AT + timedelta(hours=1))
    assert not actions.remind(SYSTEM, booked.code, booked.starts_at.isoformat()), "of the old time nobody is"


# Many at once ---------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_fifty_people_race_for_the_last_half_hour_and_one_wins(database):  # noqa: F811
    done = subprocess.run(
        [sys.executable, "-m", many_bookers.__name__, "50"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "zhoudao.settings", **database},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = json.loads(done.stdout)
    assert found["slot_had"] == 1
    assert found["other"] == []
    assert (len(found["won"]), found["taken"]) == (1, 49)
    assert found["kept"] == found["won"]


# Pages -----------------------------------------------------------------------------------


def test_the_pages_book_move_and_cancel(hall, client: Client):
    page = reverse("windows:book", args=[hall.code])
    assert "?service=residence" in client.get(page).content.decode()
    page += "?service=residence"
    assert AT.isoformat() in client.get(page).content.decode()
    assert client.post(page, {}).status_code == 400
    assert client.post(page, {"starts": "soon", "mobile": "12812345678"}).status_code == 400
    shown = client.post(page, {"starts": AT.isoformat(), "mobile": "12812345678"}, follow=True)
    booked = Appointment.objects.get()
    assert booked.code in shown.content.decode()
    own = reverse("windows:appointment", args=[booked.code])
    assert "12812345678" not in client.get(own + "?move=1").content.decode()
    later = AT + timedelta(hours=1)
    client.post(reverse("windows:change_appointment", args=[booked.code, "move"]), {"starts": later.isoformat()})
    booked.refresh_from_db()
    assert booked.starts_at == later
    with clock.at(later):
        arrived = client.post(reverse("windows:change_appointment", args=[booked.code, "arrive"]))
    assert arrived["Location"] == reverse("windows:ticket", args=[Ticket.objects.get().code])
    assert client.post(reverse("windows:change_appointment", args=[booked.code, "eat"])).status_code == 404


def test_a_firms_agent_gets_the_window_for_firms_first(hall):
    agent = Actor("visitor", Role.AGENT)
    assert queries.free(agent, hall, "residence", NOON)[0].windows[0] == hall.windows.get(number=6).pk
