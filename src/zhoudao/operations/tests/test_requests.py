"""Each request has a number, a line in the log that names no person, and a place in the numbers."""

import logging

import pytest
from django.test import Client
from django.urls import reverse

from zhoudao.operations.watch.requests import HEADER

pytestmark = pytest.mark.django_db


@pytest.fixture
def logged(caplog):
    logger = logging.getLogger("zhoudao.requests")
    level = logger.level
    logger.setLevel(logging.INFO)
    caplog.set_level(logging.INFO, logger="zhoudao.requests")
    yield lambda: [record.facts for record in caplog.records if record.name == "zhoudao.requests"]
    logger.setLevel(level)


def test_the_log_names_the_route_and_never_the_address(logged):
    Client().get(reverse("people:sign_in"), {"next": "/339999199001011234"})
    (facts,) = logged()
    assert (facts["route"], facts["status"], facts["role"]) == ("people:sign_in", 200, "visitor")
    assert "339999" not in repr(facts)


def test_what_machines_ask_is_not_logged(logged):
    for path in ("/healthz", "/readyz", "/metrics"):
        Client().get(path)
    assert logged() == []


def test_every_answer_has_its_own_number():
    first, second = (Client().get("/healthz")[HEADER] for _ in range(2))
    assert first != second


@pytest.mark.parametrize(("proxies", "kept"), [(0, False), (1, True)])
def test_only_our_own_proxy_may_give_the_number(proxies, kept, settings):
    settings.PROXIES = proxies
    answered = Client().get("/healthz", headers={HEADER: "from-the-proxy-1"})[HEADER]
    assert (answered == "from-the-proxy-1") is kept


@pytest.mark.parametrize("given", ["short", "x" * 65, "with space in it", "brackets<>12345"])
def test_a_number_that_is_none_is_replaced(given, settings):
    settings.PROXIES = 1
    assert Client().get("/healthz", headers={HEADER: given})[HEADER] != given


@pytest.mark.parametrize(("address", "answered"), [("127.0.0.1", 200), ("192.0.2.7", 400)])
def test_a_probe_on_this_machine_need_not_know_the_name(address, answered, settings):
    settings.ALLOWED_HOSTS = ["service.example"]
    client = Client(REMOTE_ADDR=address)
    assert client.get("/healthz", headers={"host": "127.0.0.1:8000"}).status_code == answered
    assert client.get("/search", headers={"host": "127.0.0.1:8000"}).status_code == 400
