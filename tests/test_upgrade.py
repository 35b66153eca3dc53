"""A database made by the release before, with data, upgraded to this one: nothing is lost, and everything still opens.

``tests/upgrade/<release>-<database>.tar.xz`` is a backup that release made of the tiny city Dengta, and its keys. How
to make one for the next release: docs/upgrading.md.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.apps import apps
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import (
    AddField,
    AlterField,
    CreateModel,
    RenameField,
    RenameModel,
    RunPython,
    RunSQL,
)

CHECKOUT = Path(__file__).resolve().parents[1]
RELEASES = sorted((CHECKOUT / "tests" / "upgrade").glob("*.tar.xz"))
GROWS = {"audit_auditrow", "people_user", "django_content_type", "auth_permission", "django_migrations"}
"""Tables to which upgrading and checking themselves add rows."""


@pytest.fixture
def place(tmp_path, request) -> Iterator[dict[str, str]]:
    """The environment of an installation that holds a release's backup and keys, with an empty database of its own."""
    with tarfile.open(request.param) as archive:
        archive.extractall(tmp_path, filter="data")
    for path in (tmp_path / "keys").iterdir():
        path.chmod(0o600)
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ZHOUDAO", "DATABASE", "SECRET"))
    }
    own = {
        "ZHOUDAO_VAR": str(tmp_path / "var"),
        "ZHOUDAO_KEYS": str(tmp_path / "keys" / "keys.json"),
        "ZHOUDAO_CITY": str(CHECKOUT / "cities" / "dengta"),
        "ZHOUDAO_CLOCK": "fixed:2026-11-24T09:00:00+08:00",
    }
    if connection.vendor == "sqlite":
        yield kept | own | {"DATABASE_URL": f"sqlite:///{tmp_path / 'var' / 'zhoudao.sqlite3'}"}
        return
    name = f"{connection.settings_dict['NAME']}_upgrade"
    held = connection.settings_dict
    other = connections["default"].copy()
    with other.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}"')
    login = quote(held["USER"], safe="") + (
        f":{quote(held['PASSWORD'], safe='')}" if held["PASSWORD"] else ""
    )
    yield kept | own | {"DATABASE_URL": f"postgres://{login}@{held['HOST']}:{held['PORT'] or 5432}/{name}"}
    with other.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    other.close()


def zhoudao(place: dict[str, str], *arguments: str) -> str:
    Path(place["ZHOUDAO_VAR"]).mkdir(exist_ok=True)
    command = [sys.executable, "-m", "zhoudao", *arguments]
    done = subprocess.run(command, env=place, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{arguments}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done.stdout


COUNTS = """
import json
from zhoudao.operations.backup.databases import facts_now
from zhoudao.core.people.models import Resident
print(json.dumps({"tables": facts_now().tables, "names": sorted(each.name for each in Resident.objects.all())}))
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "place",
    [path for path in RELEASES if path.name.endswith(f"-{connection.vendor}.tar.xz")],
    indirect=True,
    ids=str,
)
def test_a_database_of_the_release_before_is_upgraded_with_everything_in_it(place, tmp_path):
    restored = json.loads(zhoudao(place, "backup", "restore", str(tmp_path / "backup"), "--json"))
    assert restored["problems"] == []
    before = json.loads((tmp_path / "backup" / "manifest.json").read_text())["facts"]["tables"]
    zhoudao(place, "manage", "migrate", "--verbosity", "0")
    after = json.loads(zhoudao(place, "manage", "shell", "--verbosity", "0", "--command", COUNTS))
    changed = [name for name, rows in before.items() if after["tables"].get(name) != rows]
    assert [name for name in changed if name not in GROWS] == []
    assert [name for name in changed if after["tables"][name] < before[name]] == []
    assert len(after["names"]) == before["people_resident"] > 50
    assert not [name for name in after["names"] if name.startswith("k1:")], "every sealed name opens"
    checked = json.loads(zhoudao(place, "check", "--json"))
    assert [check for check in checked["checks"] if not check["ok"]] == []


# Where each table's rows lie on the disk, and a mark: rows written after it have a later transaction.
LAID_OUT = """
import json
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT relname, relfilenode FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace "
                   "WHERE relkind = 'r' AND n.nspname = current_schema()")
    files = dict(cursor.fetchall())
    cursor.execute("SELECT txid_current()")
    mark = cursor.fetchone()[0]
print(json.dumps({"files": files, "mark": mark}))
"""
WRITTEN_SINCE = """
import json
from django.db import connection
written = {}
with connection.cursor() as cursor:
    for table in %(tables)r:
        cursor.execute(f'SELECT count(*) FROM "{table}" WHERE xmin::text::bigint > %(mark)d')
        written[table] = cursor.fetchone()[0]
print(json.dumps(written))
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite makes a table anew to change it")
@pytest.mark.parametrize(
    "place", [path for path in RELEASES if "postgresql" in path.name], indirect=True, ids=str
)
def test_no_table_of_the_release_before_is_rewritten(place, tmp_path):
    """PostgreSQL gives a table that it rewrites a new file, and a row that it writes a new transaction."""

    def asked(question: str) -> dict:
        return json.loads(zhoudao(place, "manage", "shell", "--verbosity", "0", "--command", question))

    zhoudao(place, "backup", "restore", str(tmp_path / "backup"))
    before = asked(LAID_OUT)
    zhoudao(place, "manage", "migrate", "--verbosity", "0")
    after = asked(LAID_OUT)["files"]
    assert len(before["files"]) > 30
    assert [name for name, file in before["files"].items() if after.get(name) != file] == []
    written = asked(WRITTEN_SINCE % {"tables": sorted(before["files"]), "mark": before["mark"]})
    assert written["django_migrations"] > 0, "what is written is seen"
    assert {name for name, rows in written.items() if rows} - GROWS == set()


def test_there_is_a_release_to_upgrade_from():
    assert [path.name for path in RELEASES if connection.vendor in path.name]


# Rules for migrations (docs/upgrading.md) -----------------------------------------------------------------------------


def ours() -> Iterator[tuple[str, object]]:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    rooms = {config.label for config in apps.get_app_configs() if config.name.startswith("zhoudao.")}
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        if app in rooms:
            yield f"{app}.{name}", migration


def _since_the_release() -> list[tuple[str, object]]:
    """Migrations that a running installation of the release before still has before it; not those of new rooms."""
    with tarfile.open(RELEASES[-1]) as archive:
        manifest = archive.extractfile("backup/manifest.json")
        assert manifest is not None
        applied = set(json.load(manifest)["facts"]["migrations"])
    rooms = {name.partition(".")[0] for name in applied}
    return [(name, each) for name, each in ours() if name not in applied and name.partition(".")[0] in rooms]


def test_every_migration_can_be_taken_back():
    stuck = []
    for name, migration in ours():
        for operation in migration.operations:
            if isinstance(operation, RunPython | RunSQL) and not operation.reversible:
                stuck.append(f"{name}: {operation.describe()}")
    assert stuck == []


def test_no_migration_stops_the_version_before_from_running():
    """The version before still runs while the new one migrates: what it reads is not renamed under it, and what it
    writes is not refused."""
    breaking = []
    since = _since_the_release()
    added = [each for _, migration in since for each in migration.operations]
    new = {each.name.lower() for each in added if isinstance(each, CreateModel)}
    for name, migration in since:
        for operation in migration.operations:
            if isinstance(operation, RenameField | RenameModel):
                breaking.append(f"{name}: {operation.describe()}")
            if getattr(operation, "model_name", "").lower() in new:
                continue  # the version before does not know the table
            if isinstance(operation, AddField) and not _old_code_may_leave_it_out(operation.field):
                breaking.append(f"{name}: {operation.describe()} without a default in the database")
            if isinstance(operation, AlterField) and not operation.preserve_default:
                breaking.append(f"{name}: {operation.describe()} in one step")
    assert breaking == []


def _old_code_may_leave_it_out(field) -> bool:
    """A row written by code that does not know the column is still taken."""
    return field.null or field.has_db_default() or field.many_to_many
