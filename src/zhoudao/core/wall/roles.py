"""PostgreSQL roles of the halves: who may touch which table. Run as the owner of the tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.db import connection, transaction

from zhoudao.core.wall.halves import Half, house_tables, tables_of

ADDED_TO = frozenset({"audit_auditrow"})
"""Tables that a half reads and adds to, and never changes."""
READ = frozenset({"django_migrations"})
EVERYTHING = ("SELECT", "INSERT", "UPDATE", "DELETE")


class NoRoles(Exception):
    """The database is SQLite, which has none."""


def is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def make(names: dict[Half, str], passwords: dict[Half, str]) -> None:
    """Make the roles, or give those that are there new passwords, and grant each what is its own. Raises NoRoles."""
    if not is_postgresql():
        raise NoRoles
    with transaction.atomic(), connection.cursor() as cursor:
        for half, name in names.items():
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
            verb = "ALTER" if cursor.fetchone() else "CREATE"
            cursor.execute(
                f"{verb} ROLE {_quoted(name)} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD %s",
                [passwords[half]],
            )
    grant(names)


def grant(names: dict[Half, str]) -> None:
    """Give each role its half's tables and the house's, and nothing else: again after every migration."""
    with transaction.atomic(), connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        for half, name in names.items():
            role = _quoted(name)
            cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}")
            cursor.execute(
                f"GRANT CONNECT ON DATABASE {_quoted(connection.settings_dict['NAME'])} TO {role}"
            )
            cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
            for table, rights in wanted(half):
                if table in there:
                    cursor.execute(f"GRANT {', '.join(rights)} ON {_quoted(table)} TO {role}")


def wanted(half: Half) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each table the half may touch, and how."""
    for table in sorted(tables_of(half) | house_tables() | READ):
        if table in READ:
            yield table, EVERYTHING[:1]
        else:
            yield table, EVERYTHING[:2] if table in ADDED_TO else EVERYTHING


@dataclass(frozen=True)
class Fault:
    """A role that may do what it must not, or may not do what it must."""

    half: Half
    role: str
    table: str
    right: str
    may: bool


def faults(names: dict[Half, str]) -> list[Fault]:
    """Every table and right of each role that is not as it should be; asked of PostgreSQL itself. Raises NoRoles."""
    if not is_postgresql():
        raise NoRoles
    found = []
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        for half, name in names.items():
            allowed = dict(wanted(half))
            for table in sorted(there):
                for right in EVERYTHING:
                    cursor.execute("SELECT has_table_privilege(%s, %s, %s)", [name, _quoted(table), right])
                    answer = cursor.fetchone()
                    may = bool(answer and answer[0])
                    if may != (right in allowed.get(table, ())):
                        found.append(Fault(half, name, table, right, may))
    return found


def in_use() -> dict[Half, str]:
    """The roles that the settings name."""
    return {Half(half): str(given["USER"]) for half, given in settings.HALF_DATABASES.items()}


def address(name: str, password: str) -> str:
    """The database's address, entered by a role: what ``ZHOUDAO_..._DATABASE_URL`` takes."""
    known = connection.settings_dict
    port = f":{known['PORT']}" if known["PORT"] else ""
    return f"postgres://{quote(name)}:{quote(password, safe='')}@{known['HOST']}{port}/{quote(str(known['NAME']))}"


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
