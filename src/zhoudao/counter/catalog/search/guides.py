"""A guide is an item at a place: found by finding both, so that nothing grows with their product."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from zhoudao.core.access import VISITOR, Actor
from zhoudao.counter.catalog.search.find import Found, find, find_common
from zhoudao.counter.catalog.search.places import PlaceNames


@dataclass(frozen=True)
class FoundGuides:
    """An item that answers the query, and where it is done among the places the query names: all that do it, in the
    order given, when it names none; none of them, when the place named does not do it."""

    found: Found
    places: list[str]


def find_guides(
    words: str,
    names: PlaceNames,
    done_at: Mapping[str, Collection[str]],
    limit: int = 10,
    actor: Actor = VISITOR,
) -> list[FoundGuides]:
    """Items for ``words`` and where they are done, best first. ``done_at``: by item code, the codes of the places that
    do it. Words that name a place and nothing else get what people most often come there for."""
    asked = names.take_out(words)
    if not asked.place:
        items = find(words, limit, actor)
    elif not asked.words:
        items = [
            each for each in find_common(actor) if not asked.places.isdisjoint(done_at.get(each.item, ()))
        ][:limit]
    else:
        # The name may have been part of the need (市内迁户口: 定海迁普陀), so the words are also tried as they stand.
        both = [*find(asked.words, limit, actor), *find(words, limit, actor)]
        best = {each.item: each for each in sorted(both, key=lambda each: each.score)}
        items = sorted(best.values(), key=lambda each: (-each.score, each.item))[:limit]
    return [
        FoundGuides(
            each, [place for place in done_at.get(each.item, ()) if not asked.place or place in asked.places]
        )
        for each in items
    ]
