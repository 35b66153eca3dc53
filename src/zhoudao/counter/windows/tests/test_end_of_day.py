"""What a day leaves behind is ended, and how the halls stand is told in numbers."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from prometheus_client.parser import text_string_to_metric_families

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, VISITOR, Forbidden
from zhoudao.core.audit.models import AuditRow
from zhoudao.counter.places.models import Closure, Point
from zhoudao.counter.windows import actions
from zhoudao.counter.windows.models import Ticket, Window
from zhoudao.counter.windows.queries.halls import Halls, halls
from zhoudao.counter.windows.rules import LONG_WAIT, UNATTENDED, Channel, State
from zhoudao.counter.windows.tests.conftest import NOON

pytestmark = pytest.mark.django_db
WELL, WATCH, BAD = 0, 1, 2
EVENING = NOON.replace(hour=18)
MORNING = NOON + timedelta(days=1)


@pytest.fixture
def four(hall, clerk) -> dict[State, str]:
    """Codes of tickets that wait, were called, are served and are held, by two clerks who sit there still."""
    with clock.at(NOON):
        for number in (1, 6):
            actions.sit(clerk(number), hall.code, number)
        codes = [take().code for _ in range(4)]
        held = actions.call_next(clerk(1))
        actions.hold(clerk(1), held.code)
        actions.begin(clerk(1), actions.call_next(clerk(1)).code)
        actions.call_next(clerk(6))
    assert sorted(Ticket.objects.values_list("state", flat=True)) == ["called", "held", "serving", "waiting"]
    return {State(Ticket.objects.get(code=code).state): code for code in codes}


def take(hall="P001", **more) -> Ticket:
    return actions.take(VISITOR, hall, **{"service": "id-card"} | more)


def test_nothing_ends_while_the_hall_is_open_or_somebody_sits_there(four):
    for moment in (NOON, EVENING):
        with clock.at(moment):
            assert actions.end_day(SYSTEM) == 0


def test_the_next_day_every_open_ticket_of_the_day_before_ends_once(four, clerk):
    with clock.at(MORNING):
        fresh = take()
        assert actions.end_day(SYSTEM) == 4
        trail = AuditRow.objects.filter(action="windows.end_day", outcome="done").count()
        assert actions.end_day(SYSTEM) == 0, "again changes nothing"
    ended = {state: Ticket.objects.get(code=code) for state, code in four.items()}
    assert {state: ticket.state for state, ticket in ended.items()} == {
        State.WAITING: "left", State.HELD: "left", State.CALLED: "no_show", State.SERVING: "served",
    }  # fmt: skip
    assert all(ticket.events.last().verb == "end" for ticket in ended.values())
    assert all(ticket.ended_at is None for ticket in ended.values()), "nobody saw when"
    assert trail == AuditRow.objects.filter(action="windows.end_day", outcome="done").count() == 1
    with clock.at(MORNING):
        assert actions.call_next(clerk(1)).pk == fresh.pk, "nobody of yesterday is called first"


def test_when_the_hall_has_shut_and_all_have_left_their_windows_the_rest_ends(hall, clerk):
    with clock.at(NOON):
        actions.sit(clerk(1), hall.code, 1)
        waiting = take()
        actions.stand_up(clerk(1))
        assert actions.end_day(SYSTEM) == 0
    with clock.at(EVENING):
        assert actions.end_day(SYSTEM) == 1
    assert Ticket.objects.get(pk=waiting.pk).state == State.LEFT


def test_a_break_at_noon_ends_nothing(hall):
    Point.objects.filter(pk=hall.pk).update(hours="Mo-Fr 08:30-11:30,13:30-17:00")
    with clock.at(NOON):
        take()
    with clock.at(NOON.replace(hour=12)):
        assert actions.end_day(SYSTEM) == 0
        assert halls().unattended == 0


def test_an_urgent_closure_for_the_rest_of_the_day_ends_it(hall):
    with clock.at(NOON):
        take()
    Closure.objects.create(
        point=hall,
        starts_at=NOON + timedelta(hours=1),
        ends_at=NOON + timedelta(days=2),
        reason_zh="停电",
        reason_en="No power",
    )
    with clock.at(NOON + timedelta(minutes=59)):
        assert actions.end_day(SYSTEM) == 0
    with clock.at(NOON + timedelta(hours=2)):
        assert actions.end_day(SYSTEM) == 1


def test_only_the_platform_ends_a_day(hall, clerk):
    with pytest.raises(Forbidden):
        actions.end_day(clerk(1))


def test_who_forgot_two_tickets_may_take_others_the_next_day(hall):
    somebody = replace(VISITOR, origin="192.0.2.7")
    for day in range(3):
        with clock.at(NOON + timedelta(days=day)):
            actions.end_day(SYSTEM)
            for _ in range(4):
                actions.take(somebody, "P001", service="id-card", channel=Channel.PHONE)


def test_numbers_of_the_halls(hall, clerk):
    with clock.at(NOON):
        assert numbers() == {
            "waiting": 0,
            "oldest_seconds": 0,
            "unattended": 0,
            "unattended_seconds": 0,
            "level": WELL,
        }
        actions.sit(clerk(1), hall.code, 1)
        take()
    with clock.at(NOON + timedelta(minutes=10)):
        take()
        assert numbers() == {
            "waiting": 2, "oldest_seconds": 600, "unattended": 0, "unattended_seconds": 0, "level": WELL,
        }  # fmt: skip
    with clock.at(NOON + LONG_WAIT):
        assert numbers()["level"] == WATCH
    with clock.at(NOON + timedelta(minutes=20)):
        actions.stand_up(clerk(1))
        found = numbers()
        assert (found["unattended"], found["unattended_seconds"], found["level"]) == (2, 1200, BAD)
    with clock.at(NOON + UNATTENDED - timedelta(seconds=1)):
        assert numbers()["level"] == WELL
    with clock.at(EVENING):
        assert halls().unattended == 0, "it is shut: nobody stands there"


def test_as_many_queries_for_many_halls_as_for_one(hall, django_assert_max_num_queries):
    def asked() -> int:
        with CaptureQueriesContext(connection) as seen, clock.at(NOON + timedelta(minutes=5)):
            halls()
            actions.end_day(SYSTEM)
        return len(seen)

    with clock.at(NOON):
        take()
    asked()
    before = asked()
    for number in range(2, 12):
        other = Point.objects.create(
            code=f"P{number:03}", name_zh="样例", name_en="Sample", kind="counter", district=hall.district,
            longitude=122.2, latitude=30.0, hours=hall.hours, services=["id-card"], step_free=True, changed_at=NOON,
        )  # fmt: skip
        Window.objects.create(point=other, number=1, services=["id-card"])
        with clock.at(NOON):
            take(other.code)
    with clock.at(NOON):
        assert halls() == Halls(11, 0, "P001", 11, 0, "P001")
    assert asked() == before + 10, "one look into each hall that has tickets, and nothing besides"


def numbers() -> dict[str, float]:
    """The halls' gauges, and the level of their sign."""
    text = Client().get("/metrics").content.decode()
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    prefix = "zhoudao_tickets_"
    gauges = {each.name.removeprefix(prefix): each.value for each in samples if each.name.startswith(prefix)}
    [level] = [each.value for each in samples if each.labels.get("sign") == "windows.halls"]
    return {**gauges, "level": level}
