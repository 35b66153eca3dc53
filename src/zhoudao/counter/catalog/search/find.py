"""What a person types -> the items they may mean, best first; and whether to ask back which one."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from zhoudao.core import clock
from zhoudao.core.access import VISITOR, Actor
from zhoudao.counter.catalog import ports, queries
from zhoudao.counter.catalog.schema import Item
from zhoudao.counter.catalog.search.index import Document, Hit, Index

TIE = 0.1
"""Two items whose scores differ by less than this share are about equally likely: ask."""
COMMON = 20
"""As many items count as what people often come for; between two that fit a query equally, they go first."""
SURE = 0.95
"""A query that says almost exactly what an item is called needs no question back."""


@dataclass(frozen=True)
class Found:
    """An item that answers the query. ``score`` is in [0, 1.1]; compare it only within one query."""

    item: str
    title: str
    title_en: str
    score: float


@dataclass(frozen=True)
class Triage:
    """Items so close that the person should be asked which they mean."""

    choices: list[Found]


def find(words: str, limit: int = 10, actor: Actor = VISITOR) -> list[Found]:
    """Items for ``words`` in either language, best first; empty when nothing fits."""
    version = queries.version(actor)
    index, titles = _index(actor, version)
    hits = _hits(index, words, limit, tuple(_common(actor, version).items()))
    return [Found(hit.key, *titles[hit.key], round(hit.score, 4)) for hit in hits]


@lru_cache(maxsize=1024)
def _hits(index: Index, words: str, limit: int, common: tuple[tuple[str, float], ...]) -> list[Hit]:
    """Most people say what many have said before, in the same few words."""
    return index.search(words, limit, dict(common))


def forget_asked() -> None:
    """Drop the answers that are kept: who measures the search asks each question as if for the first time."""
    _hits.cache_clear()


def find_common(actor: Actor = VISITOR) -> list[Found]:
    """What people come for most, best first: for words that say nothing of what is needed."""
    version = queries.version(actor)
    titles = _index(actor, version)[1]
    common = _common(actor, version)
    return [Found(item, *titles[item], round(often, 4)) for item, often in common.items() if item in titles]


def triage(found: list[Found]) -> Triage | None:
    """The question to ask back when the best items are about equally likely, else None."""
    if len(found) < 2 or found[0].score >= SURE > found[1].score:
        return None
    close = [choice for choice in found[:4] if choice.score >= (1 - TIE) * found[0].score]
    return Triage(close) if len(close) > 1 else None


def documents(items: Iterable[Item]) -> list[Document]:
    """Each item as the phrases that name it and the text that describes it. Title first: what an item is called and
    what people call it are its phrases; materials and summary are body, so that "ID card" in a list of papers to
    bring does not make an item the answer."""
    return [
        Document(
            key=item.code,
            phrases=[item.name.zh, item.name.en, *item.words.zh, *item.words.en],
            body=f"{item.summary.zh} {item.summary.en} {item.who_may_apply.zh} {item.who_may_apply.en}",
        )
        for item in items
    ]


_built: tuple[int, Index, dict[str, tuple[str, str]]] | None = None
_counted: tuple[tuple[int, date], dict[str, float]] | None = None
_building = threading.Lock()


def _index(actor: Actor, version: int) -> tuple[Index, dict[str, tuple[str, str]]]:
    """The index over the catalogue as it is now, rebuilt when the catalogue has changed."""
    global _built
    built = _built
    if built is None or built[0] != version:
        with _building:
            if _built is None or _built[0] != version:
                items = queries.definitions(actor)
                titles = {item.code: (item.name.zh, item.name.en) for item in items}
                _built = (version, Index(documents(items)), titles)
            built = _built
    return built[1], built[2]


def _common(actor: Actor, version: int) -> dict[str, float]:
    """By item, how often it is what people come for: 1 for the most common one, falling to 0. Counted once a day;
    where nobody has applied for anything yet, the items' own ranks say it."""
    global _counted
    now = (version, clock.now().date())
    counted = _counted
    if counted is None or counted[0] != now:
        ranked = sorted(
            (item.popular_rank, item.code) for item in queries.definitions(actor) if item.popular_rank
        )
        often = ports.popular(actor, COMMON) or [code for _, code in ranked[:COMMON]]
        _counted = counted = (now, {code: 1 - place / COMMON for place, code in enumerate(often)})
    return counted[1]
