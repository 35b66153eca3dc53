"""Who decides whether a file may be opened: the room it belongs to.

A room registers itself where it starts (``apps.py``)::

    owners.register("applications", may_open)

``may_open(actor, "application:17") -> bool``. A file of a room that never registered is nobody's to open.
"""

from __future__ import annotations

from collections.abc import Callable

from zhoudao.core.access import Actor

MayOpen = Callable[[Actor, str], bool]
_owners: dict[str, MayOpen] = {}


def register(room: str, may_open: MayOpen) -> None:
    _owners[room] = may_open


def may_open(actor: Actor, room: str, subject: str) -> bool:
    owner = _owners.get(room)
    return owner is not None and owner(actor, subject)
