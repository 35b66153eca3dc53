"""Statements that are composed once: only their values change.

For what every action of the city does. The ORM composes each statement anew, which takes several times as long as the
database does to run it; meanwhile the action may hold a lock that others wait for. Everything else asks the ORM.

Values go in and come out as through the ORM: sealed fields are sealed and opened, moments have their zone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import AutoField, Field, Model
from django.db.models.expressions import Col

Converter = Callable[[Any, Any, Any], Any]
_waiting: ContextVar[list[Prepared] | None] = ContextVar("statements_waiting", default=None)


def ask(statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run a statement as it stands; the rows that it gives, if it gives any."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def read(
    model: type[Model], names: tuple[str, ...], rest: str, values: Sequence[Any] = ()
) -> list[tuple[Any, ...]]:
    """Fields of a table's rows. ``rest``: what follows the table's name, such as ``WHERE key = %s``; always one of
    few, since it is remembered."""
    statement, converters = _reading(connection.vendor, model, names, rest)
    found = ask(statement, values)
    if not converters:
        return found
    return [_converted(row, converters) for row in found]


@dataclass
class Prepared:
    """Rows of one table with their statement composed and their values sealed: made ready while no lock is held, and
    sent while one is."""

    statement: str
    values: list[Any]
    rows: Sequence[Model] = ()
    """Each is given the key that the database gave it."""
    fields: Sequence[Field[Any, Any]] = ()

    def send(self, **late: object) -> None:
        """``late``: values of the one row that weren't known before."""
        for name, value in late.items():
            [row] = self.rows
            field = _field(type(row), name)
            setattr(row, field.attname, value)
            self.values[self.fields.index(field)] = field.get_db_prep_save(value, connection)
        waiting = _waiting.get()
        if waiting is None:
            _run([self])
        else:
            waiting.append(self)


def insert(*rows: Model, known_by: str = "") -> None:
    """Add rows of one table in one statement. See ``prepare``."""
    prepare(*rows, known_by=known_by).send()


def prepare(*rows: Model, known_by: str = "") -> Prepared:
    """One statement that adds rows of one table, to be sent later.

    A row may refer to one that has no key yet and is sent before it: it is found by the first other field of it that is
    unique and known. ``known_by``: a unique column. Of a row that is there already under the same value nothing is
    changed, and its key is given.
    """
    head, tail, fields = _insertion(connection.vendor, type(rows[0]), known_by)
    slots, values = [], []
    for row in rows:
        pairs = [_slot_and_value(row, field) for field in fields]
        slots.append(f"({', '.join(slot for slot, _ in pairs)})")
        values += [value for _, value in pairs]
    return Prepared(f"{head} {', '.join(slots)} {tail}", values, rows, fields)


def _slot_and_value(row: Model, field: Any) -> tuple[str, Any]:
    target = _keyless(row, field)
    if target is None:
        return "%s", field.get_db_prep_save(field.pre_save(row, True), connection)
    known = next(
        each
        for each in target._meta.concrete_fields
        if each.unique and not each.primary_key and getattr(target, each.attname)
    )
    return (
        f"(SELECT {_column(target._meta.pk)} FROM {target._meta.db_table} WHERE {_column(known)} = %s)",  # noqa: S608
        known.get_db_prep_save(getattr(target, known.attname), connection),
    )


def _keyless(row: Model, field: Any) -> Model | None:
    """The row that a field refers to, if that one has no key yet."""
    if field.remote_field is None or getattr(row, field.attname) is not None:
        return None
    return field.get_cached_value(row, default=None)


def change(statement: str, values: Sequence[Any]) -> None:
    """Run a statement that gives no rows."""
    Prepared(statement, list(values)).send()


@contextmanager
def together() -> Iterator[None]:
    """What is inserted and changed within goes to the database at its end, in their order: to PostgreSQL in one
    message, for which a lock is held only one way there and back. Until then rows have no keys, and nothing reads them.
    """
    if _waiting.get() is not None:
        yield
        return
    waiting: list[Prepared] = []
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    _run(waiting)


def _run(waiting: list[Prepared]) -> None:
    if connection.vendor == "postgresql":
        _run_as_one(waiting)
    else:
        for each in waiting:
            _run_as_one([each])


def _run_as_one(waiting: list[Prepared]) -> None:
    if not waiting:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "; ".join(each.statement for each in waiting),
            [value for each in waiting for value in each.values],
        )
        for place, each in enumerate(waiting):
            if place:
                cursor.nextset()
            if each.rows:
                for row, [key] in zip(each.rows, cursor.fetchall(), strict=True):
                    _arrived(row, key, each.fields)


def _arrived(row: Model, key: object, fields: Sequence[Any]) -> None:
    row.pk = key
    row._state.adding, row._state.db = False, connection.alias
    for field in fields:
        if (
            field.remote_field is not None
            and (target := field.get_cached_value(row, default=None)) is not None
        ):
            setattr(row, field.attname, target.pk)


@lru_cache(maxsize=256)
def _reading(
    vendor: str, model: type[Model], names: tuple[str, ...], rest: str
) -> tuple[str, list[tuple[int, list[Converter], Col]]]:
    quoted = connection.ops.quote_name
    table = model._meta.db_table
    columns = [Col(table, _field(model, name)) for name in names]
    converters = [
        (place, found, column)
        for place, column in enumerate(columns)
        if (found := [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)])
    ]
    listed = ", ".join(quoted(_column(column.target)) for column in columns)
    return f"SELECT {listed} FROM {quoted(table)} {rest}", converters  # noqa: S608  our own names


def _converted(row: tuple[Any, ...], converters: list[tuple[int, list[Converter], Col]]) -> tuple[Any, ...]:
    values = list(row)
    for place, chain, column in converters:
        for convert in chain:
            values[place] = convert(values[place], column, connection)
    return tuple(values)


@lru_cache(maxsize=64)
def _insertion(vendor: str, model: type[Model], known_by: str) -> tuple[str, str, list[Field[Any, Any]]]:
    quoted = connection.ops.quote_name
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, AutoField)]
    listed = ", ".join(quoted(_column(field)) for field in fields)
    once = f"ON CONFLICT ({quoted(known_by)}) DO UPDATE SET {quoted(known_by)} = EXCLUDED.{quoted(known_by)} "
    return (
        f"INSERT INTO {quoted(model._meta.db_table)} ({listed}) VALUES",
        f"{once if known_by else ''}RETURNING {quoted(_column(_field(model, 'pk')))}",
        fields,
    )


def _field(model: type[Model], name: str) -> Any:
    return model._meta.pk if name == "pk" else model._meta.get_field(name)


def _column(field: Any) -> str:
    return str(field.column)
