"""Killed in the middle of handing in, deciding and issuing: what was acknowledged is there, once."""

import json
import os
import subprocess
import sys

import pytest
from django.db import connection


@pytest.mark.parametrize("kills", [6, pytest.param(30, marks=pytest.mark.slow)])
@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle(tmp_path, kills):
    found = on_this_kind_of_database(tmp_path, kills)
    count = len(found.pop("keys"))
    assert found == {
        "killed": kills,
        "applications": count,
        "finished": count,
        "submissions": count,
        "certificates": count,
        "lost": [],
        "doubled": [],
        "events": 4 * count,
        "handled": 3 * count,
        "entered": count,
        "notices": count,
        "whole": True,
    }


def on_this_kind_of_database(folder, kills: int) -> dict[str, object]:
    """SQLite in a file of its own; on PostgreSQL the database of the tests."""
    settings = connection.settings_dict
    url = f"sqlite:///{folder}/killed.sqlite3"
    if connection.vendor == "postgresql":
        who = f"{settings['USER']}:{settings['PASSWORD']}" if settings["PASSWORD"] else settings["USER"]
        url = f"postgres://{who}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"
    done = subprocess.run(
        [sys.executable, "-m", "zhoudao.counter.applications.tests.killed", str(kills)],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "zhoudao.settings",
            "ZHOUDAO_VAR": str(folder),
            "DATABASE_URL": url,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])
