"""Thirty kiosks over real HTTP, with lost messages, power cuts and wrong clocks: what is promised is what is there."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest
from django.db import connection, connections

from zhoudao.counter.kiosks.fleet.simulation import Reconciled


@pytest.fixture
def database(request) -> str:
    """An empty one of the kind the suite runs on; empty text: SQLite."""
    if connection.vendor == "sqlite":
        return ""
    request.getfixturevalue("django_db_setup")
    held = connection.settings_dict
    name = f"{held['NAME']}_fleet"
    with connections["default"].copy().cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}"')
    place = f"{held['HOST']}:{held['PORT'] or 5432}"
    return f"postgres://{held['USER']}:{held['PASSWORD']}@{place}/{name}"


def simulate(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "zhoudao", "kiosks", "simulate", "--json", *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.django_db(transaction=True)
def test_thirty_kiosks_lose_nothing_and_double_nothing(database):
    few = ("--count", "30", "--minutes", "0.2", "--people", "4", "--cuts", "5", "--loss", "0.1", "--seed", "3")
    done = simulate(*few, "--processes", "1", "--database", database)
    assert done.returncode == 0, done.stderr[-2000:]
    seen = json.loads(done.stdout)
    assert seen["ok"]
    assert seen["database"] == connection.vendor
    assert seen["reconciled"]["wanted"] == seen["reconciled"]["on_platform"] > 0
    assert seen["power_cuts"]["all"] > 0
    assert seen["requests_lost"] + seen["answers_lost"] > 0
    assert seen["clock_refusals"] > 0
    assert seen["metrics"]["kiosks_enrolled"] == 30
    if database:
        again = simulate("--count", "1", "--minutes", "0.05", "--database", database)
        assert again.returncode == 2, "only an empty database is filled with simulated kiosks"
        assert "not empty" in again.stderr


@pytest.mark.parametrize(
    "wrong", ["lost", "doubled", "other_number", "refused_wrongly", "taken_wrongly", "unanswered"]
)
def test_whatever_disagrees_fails_the_run(wrong):
    good = Reconciled(5, 5, 0, 0, 0, refused=1, refused_wrongly=0, taken_wrongly=0, unanswered=0)
    assert good.ok
    assert not replace(good, **{wrong: 1}).ok
    assert not replace(good, on_platform=6).ok
