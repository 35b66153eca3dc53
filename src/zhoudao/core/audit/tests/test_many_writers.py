"""Writers that meet leave one whole chain, on both databases."""

import json
import os
import subprocess
import sys

import pytest
from django.db import connection

from zhoudao.core.audit.tests import many_writers


@pytest.mark.django_db(transaction=True)
def test_writers_that_meet_leave_one_whole_chain(tmp_path):
    found = on_a_file_database(tmp_path) if connection.vendor == "sqlite" else many_writers.write_together()
    turns = many_writers.WRITERS * many_writers.ACTIONS
    assert found == {
        "errors": [],
        "whole": True,
        "rows": turns + turns // 3,
        "failed": turns // 3,
        "persons": many_writers.WRITERS,
    }


def on_a_file_database(folder):
    done = subprocess.run(
        [sys.executable, "-m", "zhoudao.core.audit.tests.many_writers"],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "zhoudao.settings",
            "ZHOUDAO_VAR": str(folder),
            "DATABASE_URL": f"sqlite:///{folder}/file.sqlite3",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
