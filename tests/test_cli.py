"""The command line as a whole: what a command brings along before it begins."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

LOADED = (
    "import sys; from zhoudao.cli import main; {}; print(*sorted(sys.modules), sep='\\n', file=sys.stderr)"
)


def brought(doing: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """What a fresh process prints, and on its other channel every module that it has loaded."""
    return subprocess.run(
        [sys.executable, "-c", LOADED.format(doing)],
        env=os.environ | environment, capture_output=True, text=True, check=True,
    )  # fmt: skip


@pytest.fixture
def ledger(tmp_path):
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    table = pa.table(
        {
            "transfer_id": ["1", "2"], "time": pa.array([at, at.replace(hour=10)], pa.timestamp("us", "UTC")),
            "source_account": ["a", "b"], "target_account": ["b", "a"], "amount": pa.array([500, 500], pa.int64()),
            "currency": ["CNY", "CNY"],
        }
    )  # fmt: skip
    pq.write_table(table, tmp_path / "ledger.parquet")
    return tmp_path / "ledger.parquet"


def test_the_money_commands_start_without_settings_or_database(ledger):
    # Settings that nothing could be started with: they are never read.
    doing = f"main(['flows', 'rings', {str(ledger)!r}, '--json'], standalone_mode=False)"
    done = brought(doing, DATABASE_URL="nonsense://", ZHOUDAO_ENV="nonsense")
    loaded = set(done.stderr.split())
    assert json.loads(done.stdout)["count"] == 1
    assert "zhoudao.settings" not in loaded
    assert "zhoudao.counter" not in loaded


def test_listing_the_detectors_does_not_bring_the_library_that_learns():
    done = brought("from zhoudao.engines.detection import detectors; print(len(detectors()))")
    assert int(done.stdout) > 30
    assert not {"lightgbm", "sklearn"} & set(done.stderr.split())
