"""A trail to tamper with, and the two verifiers that must notice."""

from __future__ import annotations

import importlib.util
import sqlite3
from contextlib import closing
from pathlib import Path
from types import ModuleType

from django.conf import settings
from django.db import connection

from zhoudao.core.access import SYSTEM, Actor, Permission, Role
from zhoudao.core.audit import actions, guard, queries, signing
from zhoudao.core.audit.models import AuditRow
from zhoudao.core.city.tests.here import DISTRICT

DO = Permission("test.do", "do something in a test", {Role.CLERK})
ALICE = Actor("user:12", Role.CLERK, frozenset({DISTRICT}), origin="192.0.2.77")
VERIFIER = settings.CHECKOUT / "tools" / "verify_audit.py"


def grow(rows: int) -> None:
    for number in range(rows):
        with actions.act(ALICE, DO, subject=f"point:P{number:03}", purpose="a test") as entry:
            entry.note(number=number)


def grow_signed_trail() -> int:
    """Rows 1-5, a head of 5, its own row 6, and so on: heads of 5 and 10, 13 rows in all."""
    grow(5)
    actions.sign_head(SYSTEM)
    grow(4)
    actions.sign_head(SYSTEM)
    grow(2)
    return AuditRow.objects.count()


def tamper(*statements: str) -> None:
    """What somebody with the database's password would do."""
    guard.remove(connection)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    guard.install(connection)


def both_verdicts(folder: Path) -> list[tuple[str, int] | None]:
    """The first problem (fault, sequence) that each verifier names, or None where the chain is whole."""
    found = queries.verify(SYSTEM)
    assert found.guarded
    ours = found.verdict.problem
    verdicts = [None if ours is None else (str(ours.fault), ours.sequence)]
    sources = [copy_of_database(folder)] if connection.vendor == "sqlite" else []
    sources.append(folder / "trail.jsonl")
    actions.export(SYSTEM, sources[-1])  # last: it adds a row of its own
    return verdicts + [stand_alone(source) for source in sources]


def copy_of_database(folder: Path) -> Path:
    path = folder / "copy.sqlite3"
    connection.ensure_connection()
    with closing(sqlite3.connect(path)) as copy:
        connection.connection.backup(copy)
    return path


def verifier() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_audit", VERIFIER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def stand_alone(source: Path) -> tuple[str, int] | None:
    tool = verifier()
    heads, problems = tool.read_heads(settings.AUDIT_HEADS_DIR, [public_key_file()], False)
    assert problems == []
    rows, end = tool.open_source(source)
    problem = tool.walk(rows, heads, end)["problem"]
    return problem and (problem["fault"], problem["sequence"])


def public_key_file() -> Path:
    path = settings.AUDIT_HEADS_DIR.parent / "audit-public.pem"
    path.write_text(signing.public_pem(signing.private_key().public_key()))
    return path
