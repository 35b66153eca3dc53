"""Triggers that refuse to change or delete audit rows, on both databases.

They stop mistakes and careless scripts. Whoever owns the database can drop them; then the chain tells.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

REFUSAL = "audit rows are never changed or deleted"

_INSTALL = {
    "sqlite": [
        f"""CREATE TRIGGER IF NOT EXISTS audit_row_{event.lower()} BEFORE {event} ON audit_auditrow
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"""
        for event in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        f"""CREATE OR REPLACE FUNCTION audit_row_guard() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$""",
        "DROP TRIGGER IF EXISTS audit_row_guard ON audit_auditrow",
        """CREATE TRIGGER audit_row_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_auditrow
        FOR EACH STATEMENT EXECUTE FUNCTION audit_row_guard()""",
    ],
}
_REMOVE = {
    "sqlite": ["DROP TRIGGER IF EXISTS audit_row_update", "DROP TRIGGER IF EXISTS audit_row_delete"],
    "postgresql": ["DROP TRIGGER IF EXISTS audit_row_guard ON audit_auditrow"],
}
_PRESENT = {
    "sqlite": "SELECT count(*) = 2 FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'audit_row_%'",
    "postgresql": "SELECT count(*) = 1 FROM pg_trigger WHERE tgname = 'audit_row_guard' AND tgenabled <> 'D'",
}


def install(connection: BaseDatabaseWrapper) -> None:
    _run(connection, _INSTALL)


def remove(connection: BaseDatabaseWrapper) -> None:
    _run(connection, _REMOVE)


def present(connection: BaseDatabaseWrapper) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_PRESENT[connection.vendor])
        return bool(cursor.fetchone()[0])


def _run(connection: BaseDatabaseWrapper, statements: dict[str, list[str]]) -> None:
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)
