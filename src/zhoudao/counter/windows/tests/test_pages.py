"""The pages: take a ticket, follow it, sit at a window, call, and the board."""

import pytest
from django.test import Client
from django.urls import reverse

from zhoudao.core import clock
from zhoudao.core.access import VISITOR, Role
from zhoudao.counter.windows import actions
from zhoudao.counter.windows.models import Sitting, Ticket
from zhoudao.counter.windows.rules import State
from zhoudao.counter.windows.tests.conftest import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _morning():
    with clock.at(NOON):
        yield


def test_a_ticket_is_taken_followed_and_given_back(hall, items, client: Client):
    page = reverse("windows:take", args=[hall.code])
    assert client.get(page).status_code == 200
    assert client.post(page, {}).status_code == 400
    taken = client.post(page, {"service": "id-card"}, follow=True)
    ticket = Ticket.objects.get()
    assert taken.redirect_chain[0][0] == reverse("windows:ticket", args=[ticket.code])
    assert ticket.number in taken.content.decode()
    assert (ticket.channel, ticket.lane) == ("phone", "ordinary")
    client.post(reverse("windows:leave", args=[ticket.code]))
    ticket.refresh_from_db()
    assert ticket.state == State.LEFT


def test_a_form_pressed_again_gives_the_same_ticket(hall, items, client: Client):
    page = reverse("windows:take", args=[hall.code])
    form = client.get(page).context["form"]
    given = {client.post(page, {"service": "id-card", "form": form})["Location"] for _ in range(2)}
    assert len(given) == Ticket.objects.count() == 1
    client.post(page, {"service": "id-card", "form": "K7QM-2F4R"})  # no form of ours: a ticket like any other
    assert not Ticket.objects.filter(code="K7QM-2F4R").exists()
    assert Ticket.objects.count() == 2


def test_a_form_from_before_the_secret_was_rotated_gives_one_ticket_while_the_earlier_key_counts(
    hall, items, client: Client, settings
):
    page = reverse("windows:take", args=[hall.code])
    form = client.get(page).context["form"]
    first = client.post(page, {"service": "id-card", "form": form})["Location"]
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another one " * 5, [settings.SECRET_KEY]
    assert client.post(page, {"service": "id-card", "form": form})["Location"] == first
    settings.SECRET_KEY_FALLBACKS = []
    assert client.post(page, {"service": "id-card", "form": form})["Location"] != first


def test_the_machine_in_the_hall_takes_an_item_and_a_right(hall, items, client: Client):
    from zhoudao.counter.places.models import Guide

    Guide.objects.create(point=hall, item="temporary-id-card", changed_at=NOON)
    page = reverse("windows:take", args=[hall.code]) + "?at=door&item=temporary-id-card"
    client.post(page, {"ground": "veteran"})
    ticket = Ticket.objects.get()
    assert (ticket.number, ticket.channel, ticket.ground) == ("P001", "door", "veteran")
    assert client.post(page, {"ground": "celebrity"}).status_code == 400


def test_the_page_says_when_it_is_shut(hall, client: Client):
    with clock.at(NOON.replace(hour=20)):
        page = client.get(reverse("windows:take", args=[hall.code]))
    assert page.status_code == 200
    assert "8:30" in page.content.decode()
    assert 'name="service"' not in page.content.decode()


def test_a_clerk_sits_calls_serves_and_leaves(hall, clerk, visit):
    browser = visit(clerk(1))
    assert reverse("windows:sit", args=[hall.code, 1]) in browser.get(reverse("windows:desk")).content.decode()
    browser.post(reverse("windows:sit", args=[hall.code, 1]))
    ticket = actions.take(VISITOR, hall.code, service="id-card")
    screen = browser.get(reverse("windows:desk")).content.decode()
    assert ticket.number in screen

    def press(verb, **more):
        answer = browser.post(reverse("windows:step", args=[verb]), more, headers={"HX-Request": "true"})
        assert answer.status_code == 200, answer.content
        ticket.refresh_from_db()
        return answer.content.decode()

    assert "<html" not in press("call"), "only the part that changes"
    press("recall", ticket=ticket.code)
    press("begin", ticket=ticket.code)
    press("hold", ticket=ticket.code)
    press("return", ticket=ticket.code)
    press("call")
    press("begin", ticket=ticket.code)
    assert ticket.state == State.SERVING
    press("close", ticket=ticket.code)
    press("pause"), press("resume")
    browser.post(reverse("windows:step", args=["leave"]))
    assert Sitting.objects.get().closed_at == NOON
    assert browser.post(reverse("windows:step", args=["dance"])).status_code == 404


def test_a_page_of_a_called_ticket_says_where_to_go(hall, clerk, client: Client):
    one = clerk(1)
    actions.sit(one, hall.code, 1)
    ticket = actions.take(VISITOR, hall.code, service="id-card")
    waiting = client.get(reverse("windows:ticket", args=[ticket.code]) + "?part=1").content.decode()
    actions.call_next(one)
    called = client.get(reverse("windows:ticket", args=[ticket.code]) + "?part=1").content.decode()
    assert "ticket-call" in called
    assert "ticket-call" not in waiting


def test_the_board_shows_who_is_where_and_costs_few_queries(
    hall, clerk, client: Client, django_assert_max_num_queries
):
    one = clerk(1)
    actions.sit(one, hall.code, 1)
    for _ in range(5):
        actions.take(VISITOR, hall.code, service="id-card")
    actions.call_next(one)
    with django_assert_max_num_queries(8):
        board = client.get(reverse("windows:board", args=[hall.code])).content.decode()
    assert "A001" in board
    assert "A002" not in board


def test_nobody_but_staff_sits_at_a_window(hall, clerk, visit):
    analyst = clerk(5, role=Role.ANALYST)
    assert visit(analyst).get(reverse("windows:desk")).status_code == 403
