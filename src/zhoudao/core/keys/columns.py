"""The sealed columns of the database, as they are stored: read and rewritten without opening them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import connections, models, router
from django.db.backends.utils import CursorWrapper

from zhoudao.core.keys.fields import SealedTextField

Key = str | int
"""A primary key as the database gives it."""


@dataclass(frozen=True)
class SealedColumn:
    database: str
    table: str
    column: str
    key_column: str
    """The table's primary key, by which a rewrite walks through it."""

    def __str__(self) -> str:
        return f"{self.table}.{self.column}"

    def _run(self, template: str, params: list[str | int]) -> CursorWrapper:
        """A cursor that ran ``template``, with the quoted names of table, column and key put in."""
        connection = connections[self.database]
        quote = connection.ops.quote_name
        names = {"table": quote(self.table), "column": quote(self.column), "key": quote(self.key_column)}
        cursor = connection.cursor()
        cursor.execute(template.format(**names), params)
        return cursor

    def count(self, version: int | None = None) -> int:
        """Stored values; of one key version, when given."""
        pattern = "%" if version is None else f"k{version}:%"
        with self._run(_COUNT, ["", pattern]) as cursor:
            return cursor.fetchone()[0]

    def specimens(self) -> list[str]:
        """The first and the last stored value, for a trial opening."""
        found = []
        for template in (_FIRST, _LAST):
            with self._run(template, [""]) as cursor:
                found += [row[0] for row in cursor.fetchall()]
        return found

    def not_under(self, version: int, limit: int) -> list[tuple[Key, str]]:
        """Up to ``limit`` (primary key, stored value) that are sealed under another version."""
        with self._run(_NOT_UNDER, ["", f"k{version}:%", limit]) as cursor:
            return cursor.fetchall()

    def not_under_after(self, version: int, after: Key, limit: int) -> list[tuple[Key, str]]:
        """The same, of rows whose primary key comes after ``after``."""
        with self._run(_NOT_UNDER_AFTER, ["", f"k{version}:%", after, limit]) as cursor:
            return cursor.fetchall()

    def put(self, key: Key, old: str, new: str) -> bool:
        """Store ``new`` where ``old`` stands; False when somebody wrote there meanwhile."""
        with self._run(_PUT, [new, key, old]) as cursor:
            return cursor.rowcount == 1


_COUNT = "SELECT COUNT(*) FROM {table} WHERE {column} <> %s AND {column} LIKE %s"
_FIRST = "SELECT {column} FROM {table} WHERE {column} <> %s ORDER BY {key} LIMIT 1"
_LAST = "SELECT {column} FROM {table} WHERE {column} <> %s ORDER BY {key} DESC LIMIT 1"
_OTHERS = "SELECT {key}, {column} FROM {table} WHERE {column} <> %s AND {column} NOT LIKE %s"
_NOT_UNDER = _OTHERS + " ORDER BY {key} LIMIT %s"
_NOT_UNDER_AFTER = _OTHERS + " AND {key} > %s ORDER BY {key} LIMIT %s"
_PUT = "UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} = %s"


def sealed_columns() -> Iterator[SealedColumn]:
    """Every sealed column of every installed model, whether or not its table exists yet."""
    for model in installed_models():
        if model._meta.proxy or not model._meta.managed:
            continue
        for field in model._meta.local_concrete_fields:
            if isinstance(field, SealedTextField):
                yield SealedColumn(
                    router.db_for_write(model), model._meta.db_table, str(field.column), _key_column(model)
                )


def installed_models() -> list[type[models.Model]]:
    return apps.get_models(include_auto_created=True)


def existing() -> list[SealedColumn]:
    """The sealed columns whose tables exist."""
    tables: dict[str, set[str]] = {}
    found = []
    for column in sealed_columns():
        if column.database not in tables:
            tables[column.database] = set(connections[column.database].introspection.table_names())
        if column.table in tables[column.database]:
            found.append(column)
    return found


def holding_values() -> list[SealedColumn]:
    """The sealed columns that hold at least one value."""
    return [column for column in existing() if column.specimens()]


def _key_column(model: type[models.Model]) -> str:
    key = model._meta.pk
    assert key is not None
    return str(key.column)
