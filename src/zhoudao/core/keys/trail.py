"""Where changes of keys are written down.

Keys stand below the audit trail in the house, so the trail comes to them: the room that may import both
hands its ``act`` over when the house starts (see ``zhoudao.core.people.apps``).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from zhoudao.core.access import Actor, Permission


class Entry(Protocol):
    def note(self, **details: object) -> None: ...


Act = Callable[..., AbstractContextManager[Entry]]
_act: Act | None = None


def use(act: Act) -> None:
    """Write the changes of keys with ``act`` (see ``zhoudao.core.audit.actions.act``)."""
    global _act
    _act = act


def act(actor: Actor, permission: Permission, *, subject: str) -> AbstractContextManager[Entry]:
    """Permission check, transaction and audit row, by whatever the house handed over."""
    if _act is None:
        raise RuntimeError("no audit trail was handed to the keys, and keys change only under one")
    return _act(actor, permission, subject=subject)
