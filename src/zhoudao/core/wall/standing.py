"""Standing in one half: while a request or a job of it runs, no statement may name a table of the other.

Where ``HALF_DATABASES`` gives the half a connection of its own, everything runs over that one, and PostgreSQL refuses
what the guard would.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.utils import ConnectionHandler

from zhoudao.core.wall.halves import Half, tables_of

_standing: ContextVar[Half | None] = ContextVar("half", default=None)


class WallBreached(Exception):
    """Code of one half asked for a table of the other: a fault of ours, and nothing was answered."""


def standing() -> Half | None:
    """The half that is at work now."""
    return _standing.get()


@contextmanager
def within(half: Half | None) -> Iterator[None]:
    """Work for ``half``; None, for the house itself, changes nothing. Raises WallBreached inside the other half."""
    before = _standing.get()
    if half is None or half is before:
        yield
        return
    if before is not None:
        raise WallBreached(f"the {before} called the {half}")
    token = _standing.set(half)
    try:
        with _connected_as(half), connection.execute_wrapper(guard(half)):
            yield
    finally:
        _standing.reset(token)


@cache
def guard(half: Half) -> Callable[..., Any]:
    """An execute wrapper that refuses statements naming a table of the other half."""
    names = "|".join(sorted(map(re.escape, tables_of(half.other))))
    forbidden = re.compile(rf"\b(?:{names})\b")

    def refuse(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        found = forbidden.search(sql)
        if found:
            raise WallBreached(f"the {half} asked for {found[0]}, which is the {half.other}'s")
        return execute(sql, params, many, context)

    return refuse


@contextmanager
def _connected_as(half: Half) -> Iterator[None]:
    if half not in settings.HALF_DATABASES:
        yield
        return
    before = connections[DEFAULT_DB_ALIAS]
    mine = _connections_of(half)[DEFAULT_DB_ALIAS]
    mine.close_if_unusable_or_obsolete()
    connections[DEFAULT_DB_ALIAS] = mine
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = before


@cache
def _connections_of(half: Half) -> ConnectionHandler:
    """A connection a thread, as Django's own."""
    return ConnectionHandler({DEFAULT_DB_ALIAS: settings.HALF_DATABASES[half]})
