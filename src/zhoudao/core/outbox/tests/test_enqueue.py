"""Messages are written with the business, or not at all."""

import json

import pytest
from django.db import connection, transaction
from django.template import TemplateDoesNotExist

from zhoudao.core.access import Actor, Permission, Role
from zhoudao.core.audit.actions import act
from zhoudao.core.outbox import jobs
from zhoudao.core.outbox.actions import enqueue_job, enqueue_notice
from zhoudao.core.outbox.models import OutboxMessage
from zhoudao.core.outbox.tests.messages import NUMBER, notice

DO = Permission("test.do", "do something in a test", {Role.CLERK})
ALICE = Actor("user:12", Role.CLERK)


@pytest.mark.django_db
def test_a_message_is_rolled_back_with_the_business():
    def fail():
        with act(ALICE, DO):
            enqueue_job("outbox.prune")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not OutboxMessage.objects.exists()
    with act(ALICE, DO):
        enqueue_job("outbox.prune")
    assert OutboxMessage.objects.get().state == "waiting"


@pytest.mark.django_db(transaction=True)
def test_a_message_without_a_transaction_is_refused():
    with pytest.raises(RuntimeError, match="with the business transaction"):
        enqueue_job("outbox.prune")


@pytest.mark.django_db
def test_the_same_key_is_the_same_message():
    first = enqueue_job("outbox.prune", key="once")
    assert enqueue_job("outbox.prune", key="once") == first
    assert enqueue_job("outbox.prune") != enqueue_job("outbox.prune")


@pytest.mark.django_db
def test_who_it_is_for_and_what_it_says_are_sealed():
    notice(values={"name": "Alice"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM outbox_outboxmessage")
        stored = str(cursor.fetchall())
    assert NUMBER not in stored
    assert "Alice" not in stored
    assert json.loads(OutboxMessage.objects.get().letter) == {
        "recipient": NUMBER,
        "values": {"name": "Alice"},
    }


@pytest.mark.django_db
def test_mistakes_are_found_when_enqueueing():
    with pytest.raises(LookupError, match=r"there is no job 'no\.such'; expected one of .*audit\.sign_head"):
        enqueue_job("no.such")
    with pytest.raises(TemplateDoesNotExist, match="no notice outbox/no-such"):
        enqueue_notice("sms", NUMBER, "outbox/no-such", {})
    with pytest.raises(ValueError, match="'pigeon' is not a valid Channel"), transaction.atomic():
        enqueue_notice("pigeon", NUMBER, "outbox/test", {})


def test_a_job_name_belongs_to_one_function():
    def other() -> None: ...

    other.__module__ = "elsewhere"
    jobs.find("outbox.prune")
    with pytest.raises(ValueError, match=r"job outbox\.prune is registered twice"):
        jobs.job("outbox.prune")(other)
