"""Half a minute of the city's busiest day, on real processes, with the job worker killed in the middle of it.

`benchmarks/city_day.py` lives it and counts afterwards; here only what is lost or doubled matters, never a time. The
database is of the kind that the suite runs on.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

CHECKOUT = Path(__file__).resolve().parents[1]
HAPPENED = {
    "receipts whose application is there",
    "tickets held that are there",
    "officers' steps, once each",
    "letters that arrived",
    "audit chain whole",
    "faults after which it answers again",
}
"""What a day in which nothing happened would not have."""


def servers_programs() -> bool:
    return bool(shutil.which("initdb") or list(Path("/usr/lib/postgresql").glob("*/bin/initdb")))


@pytest.mark.day
@pytest.mark.skipif(
    connection.vendor == "postgresql" and not servers_programs(),
    reason="PostgreSQL's server programs are not here: the day starts a server of its own",
)
def test_nothing_is_lost_or_doubled_though_a_worker_is_killed(tmp_path):
    ours = ("ZHOUDAO_", "DATABASE_")
    done = subprocess.run(
        [
            sys.executable,
            str(CHECKOUT / "benchmarks" / "city_day.py"),
            *("--minutes", "0.5", "--size", "small", "--faults", "worker"),
            *("--databases", connection.vendor, "--json", str(tmp_path / "day.json")),
        ],
        env={name: value for name, value in os.environ.items() if not name.startswith(ours)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    day = json.loads((tmp_path / "day.json").read_text(encoding="utf-8"))[connection.vendor]
    assert [what for what, _, _, wrong in day["counts"] if wrong] == []
    found = {what: there for what, _, there, _ in day["counts"]}
    assert [what for what in HAPPENED if found[what] == 0] == []
    assert [fault[0] for fault in day["faults"]] == ["the job worker is killed"]
