"""One temporary home for everything a test run writes, made before settings are read."""

import os
import tempfile
from pathlib import Path

_home = Path(tempfile.mkdtemp(prefix="zhoudao-test-"))
os.environ["ZHOUDAO_VAR"] = str(_home)
os.environ.setdefault("ZHOUDAO_CLOCK", "fixed:2026-11-24T09:00:00+08:00")
os.environ.setdefault("DATABASE_URL", f"sqlite:///{_home / 'zhoudao.sqlite3'}")
os.environ.setdefault("ZHOUDAO_LOG_LEVEL", "ERROR")


def pytest_sessionfinish(session, exitstatus):
    import shutil

    shutil.rmtree(_home, ignore_errors=True)
