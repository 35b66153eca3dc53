"""Who may read and change the catalogue, and what changes when items are loaded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zhoudao.core.access import ANYONE, Permission, Role

READ_ITEMS = Permission("catalog.read_items", "read what the police do for people, and how", ANYONE)
LOAD_ITEMS = Permission("catalog.load_items", "put items into the catalogue", {Role.ADMINISTRATOR})

PROPOSE_ITEM = Permission("catalog.propose_item", "write an item in the browser", {Role.ADMINISTRATOR})
CONFIRM_ITEM = Permission(
    "catalog.confirm_item", "put an item into force that somebody else wrote", {Role.SUPERVISOR}
)
SEE_PROPOSALS = Permission(
    "catalog.see_proposals",
    "see items that wait for a second officer",
    {Role.ADMINISTRATOR, Role.SUPERVISOR},
)

PROPOSED, CONFIRMED, REFUSED = PROPOSAL_STATES = ("proposed", "confirmed", "refused")

Definition = dict[str, Any]
"""An item as JSON: the keys of ``schema.Item``, absent ones left out."""


@dataclass(frozen=True)
class Kept:
    """An item as the catalogue has it."""

    definition: Definition
    withdrawn: bool = False
    written_here: bool = False
    """In no file, so that its absence from a folder means nothing."""


@dataclass(frozen=True)
class Changes:
    """What loading a folder changes: codes of items, each in one list, in alphabetical order."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    """Said something else before, or had been withdrawn and is back."""
    withdrawn: list[str] = field(default_factory=list)
    """In the catalogue but no longer in the folder."""
    unchanged: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.withdrawn)


def compare(kept: Mapping[str, Kept], coming: Mapping[str, Definition]) -> Changes:
    """What must change in the catalogue ``kept`` so that it says what ``coming`` says; both by item code."""
    changes = Changes()
    for code in sorted(kept.keys() | coming.keys()):
        if code not in kept:
            changes.added.append(code)
        elif code not in coming:
            if not kept[code].withdrawn and not kept[code].written_here:
                changes.withdrawn.append(code)
        elif kept[code].definition == coming[code] and not kept[code].withdrawn:
            changes.unchanged.append(code)
        else:
            changes.changed.append(code)
    return changes


def fingerprint(definitions: Mapping[str, Definition]) -> int:
    """A number below 2**60 that is the same exactly when the items are (the front of their SHA-256).

    Made of what the items say and not counted up, so that what was built from a catalogue stays right when a
    transaction is rolled back or a backup restored.
    """
    text = json.dumps(definitions, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return int(hashlib.sha256(text.encode()).hexdigest()[:15], 16)
