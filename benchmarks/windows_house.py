"""Databases of their own for `boards.py` and `queues.py`, and processes that run on them."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from types import ModuleType

Environment = dict[str, str]


def databases(postgres: str) -> Iterator[tuple[str, Environment]]:
    """(name, environment) of an empty database, gone before the next: SQLite, and PostgreSQL if a server is named."""
    with tempfile.TemporaryDirectory(prefix="zhoudao-windows-") as home:
        yield "sqlite", _environment(home, f"sqlite:///{home}/zhoudao.sqlite3")
    if not postgres:
        return
    import psycopg

    name = f"zhoudao_windows_{secrets.token_hex(4)}"
    with (
        tempfile.TemporaryDirectory(prefix="zhoudao-windows-") as home,
        psycopg.connect(postgres, autocommit=True) as connection,
    ):
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield "postgresql", _environment(home, f"{postgres.rpartition('/')[0]}/{name}")
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _environment(home: str, url: str) -> Environment:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ZHOUDAO_")}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "zhoudao.settings",
        "DATABASE_URL": url,
        "ZHOUDAO_VAR": home,
        "ZHOUDAO_CLOCK": "real",
        "ZHOUDAO_LOG_LEVEL": "ERROR",
    }


def run(module: ModuleType, environment: Environment, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", module.__name__, *map(str, arguments)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
