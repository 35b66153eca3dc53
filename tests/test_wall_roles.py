"""Each half enters PostgreSQL with a role of its own, and is refused the other's tables by the database itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.core.management import call_command
from django.db import ProgrammingError, connection
from django.test import Client
from django.urls import reverse

from zhoudao.core.access import Role
from zhoudao.core.people.models import User
from zhoudao.core.wall import commands, roles, standing
from zhoudao.core.wall.halves import Half, house_tables, tables_of
from zhoudao.settings import database

on_postgresql = pytest.mark.skipif("sqlite" in connection.vendor, reason="SQLite has no roles")


@pytest.fixture
def entered(transactional_db, tmp_path, settings):
    """Roles made by the command, in use as the settings it names."""
    prefix = f"wall_{connection.settings_dict['NAME']}"
    made = CliRunner().invoke(
        commands.wall, ["roles", "--prefix", prefix, "--out", str(tmp_path), "--json"], catch_exceptions=False
    )
    assert made.exit_code == 0, made.output
    told = json.loads(made.stdout)
    paths = {half: told["settings"][f"ZHOUDAO_{half.upper()}_DATABASE_URL_FILE"] for half in Half}
    settings.HALF_DATABASES = {
        half: {**database(Path(path).read_text().strip()), "CONN_MAX_AGE": 0} for half, path in paths.items()
    }
    standing._connections_of.cache_clear()
    yield told
    for half in Half:
        standing._connections_of(half)["default"].close()
    standing._connections_of.cache_clear()
    settings.HALF_DATABASES = {}
    with connection.cursor() as cursor:
        for name in told["roles"].values():
            cursor.execute(f'DROP OWNED BY "{name}"')
            cursor.execute(f'DROP ROLE "{name}"')


def entering(half: Half, sql: str) -> None:
    """Straight over the half's own connection, past the guard."""
    with standing._connections_of(half)["default"].cursor() as cursor:
        cursor.execute(sql)


@on_postgresql
class TestTwoRoles:
    def test_a_role_is_refused_every_table_of_the_other_half(self, entered):
        for half in Half:
            for table in sorted(tables_of(half.other)):
                with pytest.raises(ProgrammingError, match="permission denied"):
                    entering(half, f'SELECT * FROM "{table}" LIMIT 1')
            for table in sorted(tables_of(half) | house_tables()):
                entering(half, f'SELECT * FROM "{table}" LIMIT 1')

    def test_a_role_changes_no_row_of_the_audit_trail(self, entered):
        for half in Half:
            for sql in ("UPDATE audit_auditrow SET actor = 'x'", "DELETE FROM audit_auditrow"):
                with pytest.raises(ProgrammingError, match="permission denied"):
                    entering(half, sql)

    def test_a_role_makes_no_table_and_is_no_superuser(self, entered):
        for half in Half:
            with pytest.raises(ProgrammingError, match="permission denied"):
                entering(half, "CREATE TABLE public.mine (a int)")
            with standing._connections_of(half)["default"].cursor() as cursor:
                cursor.execute(
                    "SELECT rolsuper, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = current_user"
                )
                assert cursor.fetchone() == (False, False, False)

    def test_pages_of_each_half_are_answered_over_its_own_role(self, entered, monkeypatch):
        asked = []

        def told(execute, sql, params, many, context):
            asked.append((standing.standing(), context["connection"].settings_dict["USER"]))
            return execute(sql, params, many, context)

        guard = standing.guard
        monkeypatch.setattr(
            standing,
            "guard",
            lambda half: lambda execute, *rest: guard(half)(lambda *given: told(execute, *given), *rest),
        )
        browser = Client()
        analyst = User.objects.create(username="mei", role=Role.ANALYST.value, staff_number="770001")
        browser.force_login(analyst)  # whose second factor is asked for: the account is read either way
        for page in ("places:phones", "cases:list"):
            assert browser.get(reverse(page)).status_code in (200, 302)
        assert {half for half, _ in asked} == set(Half)
        assert all(user == entered["roles"][half] for half, user in asked)
        assert connection.settings_dict["USER"] not in entered["roles"].values(), "and the owner's came back"

    def test_the_check_finds_what_was_granted_by_hand(self, entered):
        clean = CliRunner().invoke(commands.wall, ["check", "--json"])
        assert (clean.exit_code, json.loads(clean.stdout)["faults"]) == (0, [])
        counter = entered["roles"]["counter"]
        with connection.cursor() as cursor:
            cursor.execute(f'GRANT SELECT ON cases_case TO "{counter}"')
        found = CliRunner().invoke(commands.wall, ["check", "--json"])
        assert found.exit_code == 1
        (fault,) = json.loads(found.stdout)["faults"]
        assert (fault["half"], fault["table"], fault["right"], fault["may"]) == (
            "counter", "cases_case", "SELECT", True,
        )  # fmt: skip

    def test_a_migration_grants_again(self, entered):
        counter = entered["roles"]["counter"]
        with connection.cursor() as cursor:
            cursor.execute(f'REVOKE ALL ON places_point FROM "{counter}"')
            cursor.execute(f'GRANT SELECT ON cases_case TO "{counter}"')
        assert len(roles.faults(roles.in_use())) == 5
        call_command("migrate", verbosity=0)
        assert roles.faults(roles.in_use()) == []

    def test_making_them_again_changes_only_the_passwords(self, entered, tmp_path):
        prefix = entered["roles"]["counter"].removesuffix("_counter")
        before = (tmp_path / "database-url-counter").read_text()
        again = CliRunner().invoke(commands.wall, ["roles", "--prefix", prefix, "--out", str(tmp_path)])
        assert again.exit_code == 0
        assert (tmp_path / "database-url-counter").read_text() != before
        assert (tmp_path / "database-url-counter").stat().st_mode & 0o077 == 0
        assert roles.faults(roles.in_use()) == []


@pytest.mark.skipif("sqlite" not in connection.vendor, reason="what is said on SQLite")
def test_on_sqlite_the_command_says_what_keeps_the_wall(db, tmp_path):
    told = CliRunner().invoke(commands.wall, ["roles", "--out", str(tmp_path)])
    assert (told.exit_code, "SQLite, which has no roles" in told.stderr) == (2, True)
    told = CliRunner().invoke(commands.wall, ["check"])
    assert (told.exit_code, "zhoudao wall roles" in told.stderr) == (2, True)


def test_a_prefix_that_is_no_name_is_refused(db, tmp_path):
    told = CliRunner().invoke(commands.wall, ["roles", "--prefix", 'a"; DROP', "--out", str(tmp_path)])
    assert (told.exit_code, "--prefix" in told.stderr) == (2, True)
