"""The side navigation of the staff pages: each room offers its entries, the reader sees those they may use.

A room that may import the look calls ``offer(...)``; any room may instead keep plain data in its
``navigation.py``::

    ENTRIES = [{"label": gettext_lazy("Places"), "url": "places:staff_list", "permission": EDIT_POINT,
                "group": "service", "order": 20, "icon": "pin"}]
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from zhoudao.core.access import Actor, Permission

GROUPS: dict[str, Promise] = {
    "work": gettext_lazy("My work"),
    "service": gettext_lazy("Service"),
    "desk": pgettext_lazy("navigation", "Analysis"),
    "records": gettext_lazy("Records"),
    "system": gettext_lazy("System"),
}
"""The parts of the navigation, in the order they are shown."""


@dataclass(frozen=True)
class Entry:
    label: str | Promise
    url: str
    """The name of a route without arguments, or a path that begins with "/"."""
    permission: Permission
    group: str = "service"
    order: int = 50
    icon: str = "list"


@dataclass(frozen=True)
class Link:
    label: str
    path: str
    icon: str
    current: bool


@dataclass(frozen=True)
class Section:
    label: str
    links: list[Link]


_offered: dict[str, Entry] = {}


def offer(
    *,
    label: str | Promise,
    url: str,
    permission: Permission,
    group: str = "service",
    order: int = 50,
    icon: str = "list",
) -> None:
    """Put an entry into the staff navigation. Offering the same address again replaces it."""
    if group not in GROUPS:
        raise ValueError(f"navigation group is {group!r}; expected one of {', '.join(GROUPS)}")
    _offered[url] = Entry(label, url, permission, group, order, icon)


def discover() -> None:
    """Read the ``ENTRIES`` of every room that has a ``navigation.py``."""
    for app in apps.get_app_configs():
        name = f"{app.name}.navigation"
        if app.name.startswith("zhoudao.") and name != __name__ and find_spec(name) is not None:
            for entry in import_module(name).ENTRIES:
                offer(**entry)


def sections(actor: Actor, here: str) -> list[Section]:
    """What ``actor`` may open, by group; the entry whose path is the longest start of ``here`` is the
    current one.
    """
    found: list[tuple[Entry, str]] = []
    for entry in sorted(_offered.values(), key=lambda entry: (entry.order, entry.url)):
        if actor.role in frozenset(entry.permission.holders):
            found.append((entry, _path(entry)))
    at = max((path for _, path in found if here.startswith(path)), key=len, default=None)
    shown = []
    for group, label in GROUPS.items():
        links = [
            Link(str(entry.label), path, entry.icon, path == at)
            for entry, path in found
            if entry.group == group
        ]
        if links:
            shown.append(Section(str(label), links))
    return shown


def _path(entry: Entry) -> str:
    if entry.url.startswith("/"):
        return entry.url
    try:
        return reverse(entry.url)
    except NoReverseMatch as error:
        raise LookupError(
            f"navigation entry {entry.label!s} names the route {entry.url!r}, which does not exist"
        ) from error
