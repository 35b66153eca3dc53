"""Reading the catalogue. Items are few and change seldom: read once, they are kept until it changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.utils.translation import gettext as _

from zhoudao.core.access import Actor, require
from zhoudao.core.one_look import read_once
from zhoudao.core.statements import read
from zhoudao.counter.catalog.models import CatalogVersion, ItemVersion, PublishedItem
from zhoudao.counter.catalog.rules import READ_ITEMS
from zhoudao.counter.catalog.schema import Audience, Category, Item


class UnknownItem(LookupError):
    """No item of the catalogue has this code, or it has been withdrawn."""

    http_status = 404

    def __init__(self, code: str, withdrawn: bool) -> None:
        super().__init__(code)
        self.code, self.withdrawn = code, withdrawn
        gone, unknown = _("This service is no longer offered"), _("We know no service of this name")
        self.what = gone if withdrawn else unknown
        self.todo = _("Search for what you need in your own words, or look through all services.")


@dataclass(frozen=True)
class ItemPage:
    """One item and the items people often need with it."""

    item: Item
    related: list[Item]


@dataclass(frozen=True)
class Shelf:
    """The items of one category, those people come for most first."""

    category: Category
    items: list[Item]


_kept: tuple[int, tuple[Item, ...]] = (0, ())


def version(actor: Actor) -> int:
    """A number that changes when the catalogue does, 0 while it is empty: what is built from items is good as
    long as this stays."""
    require(actor, READ_ITEMS)
    return read_once("catalog", _fingerprint)


def _fingerprint() -> int:
    return CatalogVersion.objects.values_list("fingerprint", flat=True).first() or 0


def definitions(actor: Actor) -> list[Item]:
    """Every item that is offered, by category and code. One SQL query, two after a change."""
    global _kept
    now = version(actor)
    held, offered = _kept
    if held != now:
        rows = PublishedItem.objects.filter(withdrawn=False).values_list("definition", flat=True)
        order = list(Category)
        offered = tuple(
            sorted(map(Item.model_validate, rows), key=lambda item: (order.index(item.category), item.code))
        )
        _kept = (now, offered)
    return list(offered)


def with_versions(actor: Actor) -> list[tuple[Item, int]]:
    """Every item that is offered with the number of its version, those people come for most first. Two SQL queries."""
    numbers = dict(PublishedItem.objects.filter(withdrawn=False).values_list("code", "version"))
    return [(item, numbers[item.code]) for item in items(actor) if item.code in numbers]


def items(actor: Actor, category: Category | None = None, audience: Audience | None = None) -> list[Item]:
    """Items of a category and for an audience (None: any), those people come for most first."""
    chosen = (
        item
        for item in definitions(actor)
        if category in (None, item.category) and (audience is None or audience in item.audience)
    )
    return sorted(chosen, key=lambda item: item.popular_rank or 10_000)


def shelves(actor: Actor, audience: Audience | None = None) -> list[Shelf]:
    """Every category that has items for an audience (None: any)."""
    found = items(actor, audience=audience)
    every = [Shelf(category, [item for item in found if item.category == category]) for category in Category]
    return [shelf for shelf in every if shelf.items]


def item(actor: Actor, code: str) -> Item:
    """One item. Raises UnknownItem."""
    return item_page(actor, code).item


@lru_cache(maxsize=512)
def _version(code: str, version: int, published_at: datetime) -> Item:
    # A rolled-back version may have had the same number, so its moment is part of what is remembered.
    row = ItemVersion.objects.get(code=code, version=version, published_at=published_at)
    return Item.model_validate(row.definition)


def item_in_version(actor: Actor, code: str, number: int) -> Item:
    """An item as it stood in a version. One small query. Raises UnknownItem."""
    require(actor, READ_ITEMS)
    found = read(ItemVersion, ("published_at",), "WHERE code = %s AND version = %s", [code, number])
    if not found:
        raise UnknownItem(code, withdrawn=False)
    return _version(code, number, *found[0])


def current_version(actor: Actor, code: str) -> tuple[Item, int]:
    """An item that is offered, and the number of its version. Raises UnknownItem."""
    require(actor, READ_ITEMS)
    row = PublishedItem.objects.filter(code=code, withdrawn=False).values_list("version", flat=True).first()
    if row is None:
        raise UnknownItem(code, PublishedItem.objects.filter(code=code).exists())
    return item_in_version(actor, code, row), row


def item_page(actor: Actor, code: str) -> ItemPage:
    """One item with its related ones. Raises UnknownItem."""
    offered = {each.code: each for each in definitions(actor)}
    if code not in offered:
        raise UnknownItem(code, PublishedItem.objects.filter(code=code, withdrawn=True).exists())
    found = offered[code]
    return ItemPage(found, [offered[other] for other in found.related if other in offered])
