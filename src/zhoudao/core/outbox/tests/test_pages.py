"""The administrator's page of messages that got stuck."""

import pytest

from zhoudao.core.access import Actor, Role
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.audit.tests.acting import client_of, middleware
from zhoudao.core.outbox.models import OutboxMessage
from zhoudao.core.outbox.tests.messages import NUMBER, notice

pytestmark = pytest.mark.django_db
ADMINISTRATOR = Actor("user:1", Role.ADMINISTRATOR)


@pytest.fixture(autouse=True)
def _acting(settings):
    settings.MIDDLEWARE = middleware()


def stuck():
    message = notice()
    OutboxMessage.objects.filter(pk=message.pk).update(
        state="given_up", tries=20, last_error="the gateway answers 422"
    )
    return message.pk


def test_what_was_given_up_is_shown_shut():
    number = stuck()
    page = client_of(ADMINISTRATOR).get("/staff/outbox/").content.decode()
    assert f'<td class="row-title number" data-label="编号">{number}</td>' in page
    assert "the gateway answers 422" in page
    assert NUMBER not in page
    assert "艾丽丝" not in page


@pytest.mark.parametrize(("view", "words"), [("waiting", "没有"), ("late", "没有"), ("given_up", "没有")])
def test_nothing_is_stuck(view, words):
    page = client_of(ADMINISTRATOR).get("/staff/outbox/", {"view": view})
    assert words in page.content.decode()


def test_a_view_that_is_not_there():
    assert client_of(ADMINISTRATOR).get("/staff/outbox/", {"view": "lost"}).status_code == 404


def test_retry_and_drop():
    first, second, third = stuck(), stuck(), stuck()
    client = client_of(ADMINISTRATOR)
    page = client.post(f"/staff/outbox/{first}/retry", follow=True).content.decode()
    assert f"{first} 号消息" in page
    assert client.post(f"/staff/outbox/{first}/retry").status_code == 409
    client.post("/staff/outbox/retry")
    assert OutboxMessage.objects.filter(state="waiting").count() == 3
    assert client.post("/staff/outbox/404/retry").status_code == 404
    without = client.post(f"/staff/outbox/{second}/drop", {"reason": ""})
    assert without.status_code == 400
    assert OutboxMessage.objects.get(pk=second).state == "waiting"
    assert "button danger" in client.get(f"/staff/outbox/{second}/drop").content.decode()
    client.post(f"/staff/outbox/{second}/drop", {"reason": "the number was given up"})
    assert OutboxMessage.objects.get(pk=second).state == "dropped"
    assert AuditRow.objects.order_by("sequence").last().purpose == "the number was given up"
    assert client.get("/staff/outbox/404/drop").status_code == 404
    assert OutboxMessage.objects.get(pk=third).state == "waiting"


@pytest.mark.parametrize("role", [Role.CLERK, Role.AUDITOR, Role.SECURITY_OFFICER, Role.RESIDENT])
def test_nobody_else(role):
    number = stuck()
    client = client_of(Actor("user:5", role))
    assert client.get("/staff/outbox/").status_code == 403
    assert client.post(f"/staff/outbox/{number}/retry").status_code == 403
    assert client.get(f"/staff/outbox/{number}/drop").status_code == 403
