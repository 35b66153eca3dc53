"""Changing the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from zhoudao.core import clock
from zhoudao.core.access import Actor
from zhoudao.core.audit.actions import act
from zhoudao.counter.catalog import files
from zhoudao.counter.catalog.models import CatalogVersion, ItemVersion, PublishedItem
from zhoudao.counter.catalog.rules import LOAD_ITEMS, Changes, Definition, Kept, compare, fingerprint
from zhoudao.counter.catalog.schema import Item


@dataclass(frozen=True)
class Loaded:
    """What a load did. ``number``: the catalogue's number after it."""

    number: int
    changes: Changes


def load_items(actor: Actor, folder: Path) -> Loaded:
    """Make the catalogue say what a folder of items says: all of it, or nothing.

    Items that say the same stay untouched; items the folder no longer has are withdrawn, not deleted.
    Loading the same folder twice changes nothing. Raises Forbidden, and ``files.BadItems`` with every
    problem of every file.
    """
    with act(actor, LOAD_ITEMS, subject="catalog") as entry:
        coming = {item.code: as_json(item) for item in files.read_folder(folder)}
        CatalogVersion.objects.get_or_create(pk=1, defaults={"changed_at": clock.now()})
        version = CatalogVersion.objects.select_for_update().get(pk=1)  # loads queue here
        rows = {row.code: row for row in PublishedItem.objects.all()}
        kept = {code: Kept(row.definition, row.withdrawn, row.written_here) for code, row in rows.items()}
        changes = compare(kept, coming)
        if changes:
            _write(changes, coming, rows)
            _move_on(version)
        entry.note(
            number=version.number,
            added=len(changes.added),
            changed=changes.changed,
            withdrawn=changes.withdrawn,
            unchanged=len(changes.unchanged),
        )
        return Loaded(version.number, changes)


def publish(definition: Definition) -> PublishedItem:
    """Put one item into force, inside the transaction of whoever decided it; its earlier version stays readable."""
    CatalogVersion.objects.get_or_create(pk=1, defaults={"changed_at": clock.now()})
    version = CatalogVersion.objects.select_for_update().get(pk=1)
    code = definition["code"]
    rows = {row.code: row for row in PublishedItem.objects.filter(code=code)}
    changes = compare(
        {name: Kept(row.definition, row.withdrawn) for name, row in rows.items()}, {code: definition}
    )
    if changes:
        _write(changes, {code: definition}, rows)
        if changes.added:
            PublishedItem.objects.filter(code=code).update(written_here=True)
        _move_on(version)
    return PublishedItem.objects.get(code=code)


def _move_on(version: CatalogVersion) -> None:
    offered = PublishedItem.objects.filter(withdrawn=False).values_list("code", "definition")
    version.number += 1
    version.fingerprint = fingerprint(dict(offered))
    version.changed_at = clock.now()
    version.save()


def as_json(item: Item) -> Definition:
    return item.model_dump(mode="json", exclude_none=True)


def _write(changes: Changes, coming: dict[str, Definition], rows: dict[str, PublishedItem]) -> None:
    now = clock.now()
    PublishedItem.objects.bulk_create(
        PublishedItem(code=code, category=coming[code]["category"], definition=coming[code], published_at=now)
        for code in changes.added
    )
    for code in changes.changed:
        row = rows[code]
        row.category, row.definition = coming[code]["category"], coming[code]
        row.version, row.published_at, row.withdrawn = row.version + 1, now, False
    for code in changes.withdrawn:
        rows[code].withdrawn = True
    PublishedItem.objects.bulk_update(
        [rows[code] for code in (*changes.changed, *changes.withdrawn)],
        ["category", "definition", "version", "published_at", "withdrawn"],
    )
    ItemVersion.objects.bulk_create(
        ItemVersion(
            code=code,
            version=rows[code].version if code in rows else 1,
            definition=coming[code],
            published_at=now,
        )
        for code in (*changes.added, *changes.changed)
    )
