"""What the start page offers: each room says what it has, and every account sees what its role may use.

Rooms that may import this one call ``offer``; the entries that any room keeps for the staff navigation in its
``navigation.py`` are offered too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.urls import reverse
from django.utils.functional import Promise

from zhoudao.core.access import Actor, Permission


@dataclass(frozen=True)
class Offer:
    permission: Permission
    label: str | Promise
    url_name: str


_offers: dict[str, Offer] = {}


def offer(permission: Permission, label: str | Promise, url_name: str) -> None:
    """Show ``label`` on the start page of every role that holds ``permission``, leading to ``url_name``.

    Offering the same address again replaces it.
    """
    _offers[url_name] = Offer(permission, label, url_name)


def links(actor: Actor) -> list[tuple[str, str]]:
    """(label, path) of what ``actor`` may use, in the order offered."""
    offered = {**{entry.url_name: entry for entry in _navigation()}, **_offers}
    return [
        (str(entry.label), entry.url_name if entry.url_name.startswith("/") else reverse(entry.url_name))
        for entry in offered.values()
        if actor.role in frozenset(entry.permission.holders)
    ]


def _navigation() -> Iterator[Offer]:
    for app in apps.get_app_configs():
        name = f"{app.name}.navigation"
        if app.name.startswith("zhoudao.") and find_spec(name) is not None:
            for entry in getattr(import_module(name), "ENTRIES", []):
                yield Offer(entry["permission"], entry["label"], entry["url"])
