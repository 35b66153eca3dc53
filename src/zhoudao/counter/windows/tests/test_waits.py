"""How long one waits: played by the rule, learned from past days, said on the ticket, the board and the map."""

import csv
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, VISITOR, Forbidden
from zhoudao.counter.places import ports
from zhoudao.counter.places.exchange.rows import Refused
from zhoudao.counter.windows import actions
from zhoudao.counter.windows.actions.recording import VISITS
from zhoudao.counter.windows.foretelling import Busy, Standing, later, newcomer, played
from zhoudao.counter.windows.models import LearnedWaits, Sitting, Ticket, Window
from zhoudao.counter.windows.queries import errors, waits
from zhoudao.counter.windows.rules import Desk, Lane, Waiting, WindowKind
from zhoudao.counter.windows.tests.conftest import NOON
from zhoudao.engines.queues import Profile

ONE = Desk(1, WindowKind.GENERAL, frozenset({"id-card"}))
TEN_MINUTES = Profile(service={"id-card": 588.0})
"""With the twelve seconds between two, ten minutes a ticket."""


@pytest.fixture(autouse=True)
def _morning():
    waits.forget_cached()
    with clock.at(NOON):
        yield
    waits.forget_cached()


def waiting(number: int, lane: Lane = Lane.ORDINARY, minutes_ago: int = 10) -> Waiting:
    return Waiting(number, "id-card", lane, NOON - timedelta(minutes=minutes_ago))


def test_the_line_is_played_by_the_rule_of_the_lanes():
    stood = Standing(NOON, (Busy(ONE),), (waiting(1), waiting(2)))
    assert played(stood, TEN_MINUTES, newcomer("id-card", Lane.ORDINARY, NOON)) == 1200
    assert played(stood, TEN_MINUTES, newcomer("id-card", Lane.BY_RIGHT, NOON)) == 0
    assert played(stood, TEN_MINUTES, newcomer("driver", Lane.ORDINARY, NOON)) is None


def test_lunch_is_waited_for():
    at = NOON.replace(hour=11, minute=55)
    spans = ((NOON.replace(hour=8), NOON.replace(hour=12)), (NOON.replace(hour=14), NOON.replace(hour=17)))
    assert later(at, 600, spans) == NOON.replace(hour=14, minute=5)
    assert later(NOON.replace(hour=16, minute=55), 600, spans) == NOON.replace(hour=17, minute=5)
    assert later(at, 60, ()) == at + timedelta(minutes=1)


def write_history(path, days: int = 12, wait: int = 6) -> None:
    """Each working day of two weeks, eight people one after another, who wait ``wait`` minutes and take four."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(VISITS)
        for back in range(days, 0, -1):
            for number in range(8):
                joined = NOON - timedelta(days=back) + timedelta(minutes=10 * number)
                called = joined + timedelta(minutes=wait)
                writer.writerow([
                    "P001", joined.date(), f"A{number + 1:03d}", "id-card", "ordinary", "", "door", 0,
                    joined.isoformat(), called.isoformat(), (called + timedelta(minutes=4)).isoformat(), 1, "served",
                ])  # fmt: skip


def test_history_is_read_once_and_whole_or_not_at_all(hall, tmp_path):
    path = tmp_path / "visits.csv"
    write_history(path)
    assert actions.import_visits(SYSTEM, path).added == 96
    assert actions.import_visits(SYSTEM, path).added == 0
    assert Ticket.objects.count() == 96
    path.write_text(
        path.read_text().replace("id-card,ordinary", "id-card,royal", 1).replace("P001", "P999", 1)
    )
    with pytest.raises(Refused) as refused:
        actions.import_visits(SYSTEM, path)
    assert {problem.field for problem in refused.value.report.problems} <= {"point", "lane"}
    with pytest.raises(Forbidden):
        actions.import_visits(VISITOR, path)


def learn(hall, tmp_path) -> LearnedWaits:
    write_history(tmp_path / "visits.csv")
    actions.import_visits(SYSTEM, tmp_path / "visits.csv")
    return actions.learn(SYSTEM)[0]


def test_a_point_learns_from_its_days(hall, tmp_path):
    profile = Profile.from_data(learn(hall, tmp_path).profile)
    assert profile.service == {"id-card": pytest.approx(240)}
    assert profile.usual("id-card", "workday", 20) == pytest.approx(360, abs=1)
    with pytest.raises(Forbidden):
        actions.learn(VISITOR)


def test_ticket_board_and_machine_say_how_long(hall, items, clerk, tmp_path, client: Client):
    learn(hall, tmp_path)
    actions.sit(clerk(1), hall.code, 1)
    for _ in range(4):
        ticket = actions.take(VISITOR, hall.code, service="id-card")
    page = client.get(reverse("windows:ticket", args=[ticket.code])).content.decode()
    board = client.get(reverse("windows:board", args=[hall.code])).content.decode()
    machine = client.get(reverse("windows:take", args=[hall.code])).content.decode()
    assert "13 分钟" in page, "three before it, four minutes each and a little between"
    assert "20 分钟" in board
    assert "20 分钟" in machine, "four before a newcomer, said in steps of five"


def test_nothing_is_said_where_nothing_was_learned(hall, items, client: Client):
    ticket = actions.take(VISITOR, hall.code, service="id-card")
    assert (
        'class="ticket-wait"'
        not in client.get(reverse("windows:ticket", args=[ticket.code])).content.decode()
    )
    assert ports.waits(VISITOR, "id-card-replacement", [hall.code], NOON) is None


def test_the_map_is_told_how_it_stands_now_then_what_is_usual(hall, items, clerk, tmp_path):
    learn(hall, tmp_path)
    actions.sit(clerk(1), hall.code, 1)
    for _ in range(5):
        actions.take(VISITOR, hall.code, service="id-card")
    told = ports.waits(VISITOR, "id-card-replacement", [hall.code, "P404"], NOON)
    assert told is not None
    assert set(told.seconds) == {hall.code}
    row = told.seconds[hall.code]
    assert told.begins == NOON
    assert row[0] == pytest.approx(5 * 252, abs=5), "five before one who comes now"
    assert row[4] == pytest.approx(360, abs=2), "in two hours: what is usual then"
    later_on = ports.waits(VISITOR, "id-card-replacement", [hall.code], NOON + timedelta(days=1))
    assert later_on is not None
    assert later_on.seconds[hall.code][0] == pytest.approx(360, abs=2)


def test_the_map_asks_as_many_queries_for_many_points_as_for_one(hall, items, district, tmp_path):
    learned_row = learn(hall, tmp_path)
    ports.waits(VISITOR, "id-card-replacement", [hall.code], NOON)
    with CaptureQueriesContext(connection) as one:
        ports.waits(VISITOR, "id-card-replacement", [hall.code], NOON)
    codes = [hall.code]
    for number in range(2, 12):
        hall.pk, hall.code = None, f"P{number:03d}"
        hall.save()
        Window.objects.create(point=hall, number=1, services=["id-card"])
        LearnedWaits.objects.create(
            point=hall, learned_at=NOON, first_day=NOON, last_day=NOON, profile=learned_row.profile
        )
        Sitting.objects.create(window=hall.windows.get(), opened_at=NOON)
        codes.append(hall.code)
    ports.waits(VISITOR, "id-card-replacement", codes, NOON)
    with CaptureQueriesContext(connection) as many:
        told = ports.waits(VISITOR, "id-card-replacement", codes, NOON)
    assert told is not None
    assert len(told.seconds) == 11
    assert len(many) == len(one) <= 6


def test_errors_are_measured_on_days_that_were_not_learned_from(hall, tmp_path):
    learn(hall, tmp_path)
    for back in range(12, 0, -1):
        opened = NOON - timedelta(days=back, hours=1)
        Sitting.objects.create(
            window=hall.windows.get(number=1), opened_at=opened, closed_at=opened + timedelta(hours=6)
        )
    [held] = errors.held_out(SYSTEM, 4)
    assert held.tickets == 32
    assert held.learned_from[1] < held.held_out[0]
    assert set(held.scores) >= {"estimate", "usual", "counting", "last_called"}
    assert held.scores["usual"].median == pytest.approx(0, abs=0.1)
    with pytest.raises(Forbidden):
        errors.held_out(VISITOR, 4)
