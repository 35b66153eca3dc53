"""Which half code, an address or a table belongs to. What belongs to neither is the house's, and both may use it."""

from __future__ import annotations

from enum import StrEnum
from functools import cache

from django.apps import apps
from django.urls import Resolver404, resolve


class Half(StrEnum):
    COUNTER = "counter"
    DESK = "desk"

    @property
    def other(self) -> Half:
        return Half.DESK if self is Half.COUNTER else Half.COUNTER


def of_module(name: str) -> Half | None:
    """The half that a Python module belongs to."""
    return next((half for half in Half if f"{name}.".startswith(f"zhoudao.{half}.")), None)


def of_address(path: str) -> Half | None:
    """The half that answers at an address: that of the view, and of the desk's own addresses for programs.

    Addresses for programs are all answered by one view of ninja's: those below ``/api/v1/desk/`` are the desk's, the
    others the counter's.
    """
    if path.startswith("/api/"):
        return Half.DESK if path.startswith("/api/v1/desk/") else Half.COUNTER
    try:
        view = resolve(path).func
    except Resolver404:
        return None
    return of_module(view.__module__)


@cache
def tables_of(half: Half) -> frozenset[str]:
    """Tables of the half's own rooms."""
    return frozenset(
        model._meta.db_table
        for config in apps.get_app_configs()
        if of_module(config.name) is half
        for model in config.get_models(include_auto_created=True)
    )


@cache
def house_tables() -> frozenset[str]:
    """Tables that both halves work with: people, sessions, the audit trail, the outbox."""
    everything = frozenset(model._meta.db_table for model in apps.get_models(include_auto_created=True))
    return everything - tables_of(Half.COUNTER) - tables_of(Half.DESK)
