"""Clients that meet, on both databases: no number twice, nobody called twice, the order of the rule, nothing lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from types import ModuleType

import pytest
from django.db import connection

from zhoudao.counter.windows.tests import many_clients, many_viewers

WELL = {"errors": [], "repeated": 0, "called_twice": 0, "out_of_order": 0, "whole": True}


@pytest.fixture
def database(tmp_path):
    """The environment of a database of the test's own: a file, or on PostgreSQL one made for it."""
    if connection.vendor == "sqlite":
        yield {"DATABASE_URL": f"sqlite:///{tmp_path}/file.sqlite3", "ZHOUDAO_VAR": str(tmp_path)}
        return
    name = f"zhoudao_many_{os.getpid()}"
    settings = connection.settings_dict
    with connection._nodb_cursor() as cursor:  # creating a database is outside every transaction
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    user = f"{settings['USER']}:{settings['PASSWORD']}@{settings['HOST']}:{settings['PORT']}"
    yield {"DATABASE_URL": f"postgres://{user}/{name}", "ZHOUDAO_VAR": str(tmp_path)}
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def start(database, *arguments: object, of: ModuleType = many_clients) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", of.__name__, *map(str, arguments)],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "zhoudao.settings", **database},
        stdout=subprocess.PIPE,
        text=True,
    )


def outcome(process: subprocess.Popen[str]) -> tuple[list[str], dict]:
    """The tickets that were acknowledged, and what came of it."""
    said, _ = process.communicate()
    assert process.returncode == 0
    *codes, last = said.splitlines()
    return codes, json.loads(last)


def check(codes: list[str], found: dict) -> None:
    assert {name: found[name] for name in WELL} == WELL
    assert found["tickets"] == len(codes) == len(set(codes))


@pytest.mark.django_db(transaction=True)
def test_clients_that_meet_draw_and_call_in_order(database):
    codes, found = outcome(start(database, 12, 8, 0))
    check(codes, found)
    assert found["tickets"] == 6 * 8


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_sixty_four_clients_for_a_minute(database):
    codes, found = outcome(start(database, 64, 0, 60))
    check(codes, found)
    print(json.dumps({"vendor": connection.vendor, **found}))  # noqa: T201  the figures of docs/windows.md


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_nothing_acknowledged_is_lost(database):
    clients = start(database, 8, 1000, 0)
    assert clients.stdout is not None
    codes = [clients.stdout.readline().strip() for _ in range(20)]
    clients.send_signal(signal.SIGKILL)
    codes += [line for line in clients.stdout.read().split("\n")[:-1] if line]  # said before the end came
    clients.wait()
    after = start(database, "--check")
    said, _ = after.communicate()
    found = json.loads(said)
    kept = set(found.pop("codes"))
    assert set(codes) <= kept, "acknowledged, and not in the database"
    assert {name: found[name] for name in WELL if name != "errors"} == {
        name: value for name, value in WELL.items() if name != "errors"
    }
    assert found["tickets"] == len(kept) >= 20


@pytest.mark.django_db(transaction=True)
def test_every_viewer_of_a_board_sees_every_call_whatever_happens_to_the_stream(database):
    """Half of them lose it, and then the server is killed: whoever comes back has missed nothing. On the real clock,
    since calls are said for two minutes."""
    watching = start({**database, "ZHOUDAO_CLOCK": "real"}, 12, 9, 2, of=many_viewers)
    said, _ = watching.communicate()
    found = json.loads(said)
    assert (found["errors"], found["not_seen"]) == ([], 0)
    assert found["calls"] > 0
    assert found["never_again"] == 0, "each lost the stream once at least, and came back"
