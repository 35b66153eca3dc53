"""docs/people.md names every role, table and command, and nothing that isn't there."""

from __future__ import annotations

import re
from pathlib import Path

from django.apps import apps

from zhoudao.core.access import Role
from zhoudao.core.keys.columns import sealed_columns
from zhoudao.core.people import actions, queries

PAGE = (Path(__file__).resolve().parents[5] / "docs" / "people.md").read_text(encoding="utf-8")


def rows_under(heading: str) -> list[list[str]]:
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_table_of_roles_is_complete():
    assert [row[0].strip("`") for row in rows_under("Roles")] == [role.value for role in Role]


def test_the_chinese_names_are_those_of_the_code():
    code = (Path(actions.__file__).parents[2] / "access.py").read_text(encoding="utf-8")
    for role, chinese, _meaning in rows_under("Roles"):
        assert re.search(rf'= {role.replace("`", chr(34))}\n    """[^"]*（?\(?{chinese}', code), role


def test_every_sealed_table_is_listed():
    listed = {row[0].strip("`") for row in rows_under("What is kept about people")}
    tables = {model._meta.db_table: model.__name__ for model in apps.get_app_config("people").get_models()}
    sealed = {tables[column.table] for column in sealed_columns() if column.table in tables}
    assert listed == sealed | {"RecoveryCode", "HandoverUse", "ProviderLink", "ProviderSession"}


def test_what_other_rooms_are_offered_exists():
    offered = {
        name
        for row in rows_under("For other rooms")
        for name in re.findall(r"(?:actions\.|, `)(\w+)", row[0])
    }
    assert offered
    assert [name for name in offered if not hasattr(actions, name) and not hasattr(queries, name)] == []
