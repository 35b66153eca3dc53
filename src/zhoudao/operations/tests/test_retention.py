"""What is old enough goes, what isn't stays, and the trail says how much."""

from __future__ import annotations

import json
import logging
import os
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from zhoudao.core import clock
from zhoudao.core.access import SYSTEM, Actor, Forbidden, Role
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.outbox.models import Letter
from zhoudao.operations import retention
from zhoudao.operations.watch.log_files import DailyFiles
from zhoudao.settings import env_int

pytestmark = pytest.mark.django_db


@pytest.fixture
def old_and_young(settings, tmp_path):
    """One of each that is due, and one that isn't."""
    settings.VAR, settings.LOG_DIR, settings.LOG_DAYS = tmp_path, tmp_path / "logs", 200
    today = clock.local(clock.machine_now()).date()
    (tmp_path / "logs").mkdir()
    for name in (today - timedelta(days=201), today - timedelta(days=199), "notes"):
        (tmp_path / "logs" / f"{name}.jsonl").write_text("{}\n")
    (tmp_path / "notices").mkdir()
    for name, days in (("old", 31), ("young", 29)):
        path = tmp_path / "notices" / f"{name}.txt"
        path.write_text("x")
        then = (clock.machine_now() - timedelta(days=days)).timestamp()
        os.utime(path, (then, then))
    for name, days in (("old", -1), ("young", 1)):
        ends = clock.machine_now() + timedelta(days=days)
        Session.objects.create(session_key=name, session_data="x", expire_date=ends)
    for name, days in (("old", 366), ("young", 364)):
        arrived = clock.now() - timedelta(days=days)
        Letter.objects.create(key=name, recipient="user:1", subject="s", text="t", arrived_at=arrived)
    return tmp_path


def test_what_is_old_goes_and_the_rest_stays(old_and_young):
    due = retention.due(SYSTEM)
    assert due == {"logs": 1, "sign-in tries": 0, "ended sessions": 1, "notices in files": 1, "letters": 1}
    assert retention.run(SYSTEM) == due
    assert [path.name for path in (old_and_young / "notices").iterdir()] == ["young.txt"]
    assert len(list((old_and_young / "logs").iterdir())) == 2, "what nobody named after a day is not ours"
    assert list(Session.objects.values_list("session_key", flat=True)) == ["young"]
    assert list(Letter.objects.values_list("key", flat=True)) == ["young"]
    assert set(retention.run(SYSTEM).values()) == {0}


def test_the_trail_holds_the_report(old_and_young):
    erased = retention.run(SYSTEM)
    row = AuditRow.objects.order_by("-sequence").first()
    assert (row.action, row.subject) == ("operations.retain", "retention")
    assert json.loads(row.details)["erased"] == erased


def test_no_person_starts_it():
    for role in Role:
        if role is not Role.SYSTEM:
            with pytest.raises(Forbidden):
                retention.run(Actor("user:1", role, frozenset({"*"})))


def test_fewer_than_six_months_of_logs_are_refused(monkeypatch):
    monkeypatch.setenv("ZHOUDAO_LOG_DAYS", "183")
    with pytest.raises(ImproperlyConfigured, match="ZHOUDAO_LOG_DAYS"):
        env_int("ZHOUDAO_LOG_DAYS", 200, 184, 3660)


def test_a_line_goes_into_the_file_of_its_day(tmp_path):
    handler = DailyFiles(str(tmp_path / "logs"))
    handler.setFormatter(logging.Formatter("%(message)s"))
    for words in ("one", "two"):
        handler.handle(logging.LogRecord("x", logging.INFO, "", 0, words, (), None))
    (path,) = (tmp_path / "logs").iterdir()
    assert path.read_text() == "one\ntwo\n"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_disk_that_is_full_stops_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(logging, "raiseExceptions", False)
    (tmp_path / "logs").write_text("in the way")
    DailyFiles(str(tmp_path / "logs")).handle(logging.LogRecord("x", logging.INFO, "", 0, "words", (), None))


@pytest.mark.skipif("sqlite" not in connection.vendor, reason="PostgreSQL keeps deleted rows until it needs the room")
def test_sqlite_overwrites_what_it_deletes():
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete")
        assert cursor.fetchone() == (1,)
