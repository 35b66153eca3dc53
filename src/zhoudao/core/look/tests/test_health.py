"""/healthz: 200 while the service can answer, 503 while its database can't."""

import pytest
from django.db import OperationalError, connection
from django.test import Client

from zhoudao.core.look.tests import routes
from zhoudao.core.outbox.queries import Health

pytestmark = [pytest.mark.django_db, pytest.mark.urls(routes.__name__)]


def test_says_it_is_well():
    answer = Client().get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert answer.json()["database"] == "ok"
    assert answer.json()["outbox"] == "ok"
    assert "no-store" in answer["Cache-Control"]


def test_says_when_the_database_is_gone_without_saying_why(monkeypatch, caplog):
    def gone(*arguments):
        raise OperationalError("could not open /secret/path.sqlite3")

    monkeypatch.setattr(connection, "cursor", gone)
    answer = Client().get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["status"] == "failing"
    assert "secret" not in answer.content.decode()
    assert "secret" in caplog.text


def test_says_when_notices_are_late_and_still_answers(monkeypatch):
    late = Health(
        waiting=3, late=2, oldest_due_seconds=900, given_up=0, jobs_waiting=1, jobs_oldest_seconds=60, in_hand=0
    )
    monkeypatch.setattr("zhoudao.core.look.views.pages.outbox_health", lambda: late)
    answer = Client().get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["outbox"] == "late"


def test_can_only_be_asked():
    assert Client().post("/healthz").status_code == 405
