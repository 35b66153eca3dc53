"""Opening an audited action: permission check, one transaction, one row of the trail.

    with act(actor, EDIT_POINT, subject=f"point:{code}", district=point.district) as entry:
        ...write...
        entry.note(changed=["phone"])
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import transaction

from zhoudao.core.access import Actor, Permission, require


@dataclass
class Entry:
    """What the action says of itself; becomes one row when the outermost transaction is about to commit."""

    actor: Actor
    permission: Permission
    subject: str
    purpose: str
    details: dict[str, object] = field(default_factory=dict)

    def note(self, **details: object) -> None:
        """Add facts to the row: codes, counts and field names, never a person's data."""
        self.details.update(details)


@contextmanager
def act(actor: Actor, permission: Permission, *, subject: str = "", district: str | None = None,
        purpose: str = "") -> Iterator[Entry]:
    require(actor, permission, district)
    with transaction.atomic():
        yield Entry(actor, permission, subject, purpose)
