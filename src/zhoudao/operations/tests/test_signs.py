"""What each vital sign says as things get worse."""

import json
from collections import namedtuple
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import translation

from zhoudao.core import clock, signs
from zhoudao.core.access import SYSTEM
from zhoudao.core.audit.actions import act, sign_head
from zhoudao.core.outbox.actions import enqueue_job
from zhoudao.core.outbox.models import OutboxMessage
from zhoudao.core.outbox.rules import TRY, State
from zhoudao.core.signs import Level, Reading
from zhoudao.operations.watch import reading

pytestmark = pytest.mark.django_db
Usage = namedtuple("Usage", "total used free")
GIB = 2**30


@pytest.fixture(autouse=True)
def _own_heads(settings, tmp_path):
    settings.AUDIT_HEADS_DIR = tmp_path / "heads"


def level(name: str) -> Level:
    (found,) = [read.reading for read in reading.read_all() if read.sign.name == name]
    assert found.words
    return found.level


def test_every_sign_can_be_read_on_an_empty_platform():
    assert {read.sign.name for read in reading.read_all() if "can't be read" in read.reading.words} == set()


@pytest.mark.parametrize(
    ("free", "total", "expected"),
    [(500, 1000, Level.WELL), (100, 1000, Level.WATCH), (40, 1000, Level.BAD), (1, 4, Level.BAD)],
)
def test_a_disk_that_fills(free, total, expected, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda path: Usage(total * GIB, 0, free * GIB))
    assert level("files.disk") is expected


@pytest.mark.parametrize(("minutes", "expected"), [(0, Level.WELL), (6, Level.WATCH), (16, Level.BAD)])
def test_jobs_that_wait(minutes, expected):
    with act(SYSTEM, TRY):
        enqueue_job("operations.tell", run_at=clock.now() - timedelta(minutes=minutes))
    assert level("outbox.waiting") is expected


def test_a_message_that_was_given_up():
    with act(SYSTEM, TRY):
        enqueue_job("operations.tell")
    assert level("outbox.given_up") is Level.WELL
    OutboxMessage.objects.update(state=State.GIVEN_UP)
    assert level("outbox.given_up") is Level.BAD


@pytest.mark.parametrize(("minutes", "expected"), [(1, Level.WELL), (30, Level.WATCH), (61, Level.BAD)])
def test_a_trail_whose_head_gets_old(minutes, expected):
    assert level("audit.head") is Level.WATCH
    sign_head(SYSTEM)
    with clock.at(clock.now() + timedelta(minutes=minutes)):
        assert level("audit.head") is expected


def test_a_torn_line_among_the_heads(settings):
    sign_head(SYSTEM)
    (path,) = settings.AUDIT_HEADS_DIR.glob("*")
    path.write_text(path.read_text() + "{torn\n")
    assert level("audit.head") is Level.BAD


@pytest.mark.parametrize(("hours", "expected"), [(3, Level.WELL), (31, Level.WATCH), (55, Level.BAD)])
def test_a_backup_that_gets_old(hours, expected, settings, tmp_path):
    settings.BACKUPS_DIR = tmp_path / "backups"
    assert level("operations.backup") is Level.BAD
    folder = settings.BACKUPS_DIR / "zhoudao-20261124T010000Z"
    folder.mkdir(parents=True)
    made_at = datetime.now(UTC) - timedelta(hours=hours)  # noqa: TID251  backups go by the machine's clock
    (folder / "manifest.json").write_text(json.dumps({"made_at": made_at.isoformat()}))
    assert level("operations.backup") is expected


def test_a_sign_that_breaks_is_bad_and_the_others_are_read(monkeypatch):
    def broken() -> Reading:
        raise RuntimeError("secret text")

    registered = {sign.name: sign for sign in reading.known()}
    registered["test.broken"] = signs.Sign("test.broken", broken, 1, needed=True)
    monkeypatch.setattr(signs, "_signs", registered)
    with translation.override("en"):
        found = {read.sign.name: read.reading for read in reading.read_all()}
    assert found["test.broken"] == Reading(Level.BAD, "It can't be read (RuntimeError): see the log.")
    assert found["operations.database"].level is Level.WELL
    answered = Client().get("/readyz")
    assert (answered.status_code, answered.json()) == (503, {"ready": False, "missing": ["test.broken"]})


def test_ready_says_nothing_but_that_it_is():
    answered = Client().get("/readyz")
    assert (answered.status_code, answered.json()) == (200, {"ready": True, "missing": []})


def test_two_modules_may_not_share_a_name():
    with pytest.raises(ValueError, match=r"operations\.database is registered twice"):
        signs.sign("operations.database")(lambda: Reading(Level.WELL, "x"))
