"""A copy of the database as of one moment, what is in it, and putting it back.

SQLite: its own online backup, which reads one snapshot and keeps no writer waiting. PostgreSQL: ``pg_dump`` on a
snapshot that this process exports, so that what is counted is what is dumped.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from zhoudao.core.audit.models import AuditHead
from zhoudao.core.files import store
from zhoudao.core.files.models import StoredFile
from zhoudao.desk.cases.models import Case
from zhoudao.desk.evidence.models import EvidenceFile
from zhoudao.engines.seals import chain
from zhoudao.operations.backup.rules import BadBackup, Facts

Ask = Callable[[str], Iterable[Sequence[Any]]]
"""Rows that answer an SQL question."""

NAMES = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}


def copy(folder: Path) -> tuple[Path, Facts, set[str]]:
    """The database as a file in ``folder``, what it holds, and the contents its rows refer to (paths in the stores).

    Raises BadBackup when the tools for it are missing.
    """
    path = folder / NAMES[connection.vendor]
    return (path, *(_copy_sqlite(path) if connection.vendor == "sqlite" else _copy_postgresql(path)))


def facts_now() -> Facts:
    """What the platform's database holds at this moment."""
    with transaction.atomic(), connection.cursor() as cursor:
        return _facts(connection.vendor, _asking(cursor))


def put_back(path: Path) -> None:
    """Fill the platform's own, empty database from a copy. Raises BadBackup when it isn't empty or can't be filled."""
    if path.name != NAMES[connection.vendor]:
        raise BadBackup(
            f"the backup holds {path.name}, and DATABASE_URL names a {connection.vendor} database: expected one of the "
            "kind that was backed up"
        )
    _refuse_used()
    (_fill_sqlite if connection.vendor == "sqlite" else _fill_postgresql)(path)


# SQLite ---------------------------------------------------------------------------------------------------------------


def _copy_sqlite(path: Path) -> tuple[Facts, set[str]]:
    with closing(sqlite3.connect(path)) as target:
        _own_sqlite().backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
        problem = target.execute("PRAGMA quick_check").fetchone()[0]
        if problem != "ok":
            raise BadBackup(f"the database is damaged ({problem}): restore the last good backup")
        return _facts("sqlite", target.execute), _contents(target.execute)


def _fill_sqlite(path: Path) -> None:
    own = _own_sqlite()
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as source:
        source.backup(own)
    own.execute("PRAGMA journal_mode=WAL")


def _own_sqlite() -> sqlite3.Connection:
    connection.ensure_connection()
    return connection.connection


# PostgreSQL -----------------------------------------------------------------------------------------------------------


def _copy_postgresql(path: Path) -> tuple[Facts, set[str]]:
    # The snapshot lasts as long as this transaction, so it stays open while pg_dump reads.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        _run("pg_dump", "--format=custom", "--no-owner", f"--snapshot={snapshot}", f"--file={path}", *_login(), _name())
        return _facts("postgresql", _asking(cursor)), _contents(_asking(cursor))


def _fill_postgresql(path: Path) -> None:
    options = ("--no-owner", "--single-transaction", "--exit-on-error", f"--dbname={_name()}")
    connection.close()
    _run("pg_restore", *options, *_login(), str(path))


def _run(tool: str, *arguments: str) -> None:
    program = shutil.which(tool)
    if program is None:
        raise BadBackup(f"{tool} is not installed: install PostgreSQL's client programs (Debian: postgresql-client)")
    password = {"PGPASSWORD": connection.settings_dict["PASSWORD"]} if connection.settings_dict["PASSWORD"] else {}
    done = subprocess.run(  # noqa: S603  PostgreSQL's own tool, with arguments from our settings
        [program, *arguments], capture_output=True, text=True, env={**os.environ, **password}, check=False
    )
    if done.returncode:
        raise BadBackup(f"{tool} failed: {done.stderr.strip()[-500:]}")


def _login() -> list[str]:
    wanted = {"--host": "HOST", "--port": "PORT", "--username": "USER"}
    held = connection.settings_dict
    return [f"{flag}={held[name]}" for flag, name in wanted.items() if held[name]]


def _name() -> str:
    return str(connection.settings_dict["NAME"])


# Both -----------------------------------------------------------------------------------------------------------------


def _refuse_used() -> None:
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    if tables:
        raise BadBackup(
            f"the database that DATABASE_URL names has {len(tables)} tables already: restore into an empty one, "
            "so that nothing is overwritten"
        )


def _asking(cursor: Any) -> Ask:
    def ask(question: str) -> Iterable[Sequence[Any]]:
        cursor.execute(question)
        return cursor.fetchall()

    return ask


def _facts(vendor: str, ask: Ask) -> Facts:
    tables = sorted({model._meta.db_table for model in apps.get_models(include_auto_created=True)})
    there = [name for name in (*tables, "django_migrations") if _exists(vendor, ask, name)]
    counts = {name: next(iter(ask(f'SELECT count(*) FROM "{name}"')))[0] for name in there}  # noqa: S608  our tables
    migrations = sorted(f"{app}.{name}" for app, name in ask("SELECT app, name FROM django_migrations"))
    heads = list(ask(f'SELECT sequence, hash FROM "{AuditHead._meta.db_table}"'))  # noqa: S608
    sequence, last = heads[0] if heads else (0, chain.GENESIS)
    return Facts(vendor, counts, migrations, sequence, last)


def _exists(vendor: str, ask: Ask, table: str) -> bool:
    where = {
        "sqlite": f"sqlite_master WHERE type = 'table' AND name = '{table}'",
        "postgresql": f"information_schema.tables WHERE table_schema = current_schema() AND table_name = '{table}'",
    }
    return bool(list(ask(f"SELECT 1 FROM {where[vendor]}")))  # noqa: S608  our own table names


def _contents(ask: Ask) -> set[str]:
    """The stored contents that rows refer to, as paths in the stores: a backup without one of them is not whole."""
    kept = ask(f'SELECT DISTINCT sha256 FROM "{StoredFile._meta.db_table}"')  # noqa: S608
    evidence = ask(
        f'SELECT c.vault, f.sha256 FROM "{EvidenceFile._meta.db_table}" f '  # noqa: S608
        f'JOIN "{Case._meta.db_table}" c ON c.id = f.case_id'
    )
    files = {f"files/{store.path_of(address).relative_to(settings.FILES_DIR).as_posix()}" for (address,) in kept}
    return files | {f"vaults/{vault}/raw/{sha256}" for vault, sha256 in evidence}
