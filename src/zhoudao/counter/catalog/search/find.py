"""What a person types -> the items they may mean, best first; and whether to ask back which one."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass

from zhoudao.core.access import VISITOR, Actor
from zhoudao.counter.catalog import ports, queries
from zhoudao.counter.catalog.schema import Item
from zhoudao.counter.catalog.search.index import Document, Index

TIE = 0.06
"""Two items whose scores differ by less than this are equally likely: ask."""
COMMON = 20
"""As many items count as what people often come for; between two that fit a query equally, they go first."""
SURE = 0.95
"""A query that says almost exactly what an item is called needs no question back."""


@dataclass(frozen=True)
class Found:
    """An item that answers the query. ``score`` is at least 0 and seldom above 1.1; compare it only within one query."""

    item: str
    title: str
    title_en: str
    score: float


@dataclass(frozen=True)
class Triage:
    """Items so close that the person should be asked which they mean."""

    choices: list[Found]


def find(words: str, language: str = "zh", limit: int = 10, actor: Actor = VISITOR) -> list[Found]:
    """Items for ``words`` in either language, best first; empty when nothing fits. ``language`` only breaks ties."""
    index, titles = _current(actor)
    return [Found(hit.key, *titles[hit.key], round(hit.score, 4)) for hit in index.search(words, limit)]


def triage(found: list[Found]) -> Triage | None:
    """The question to ask back when the best items are about equally likely, else None."""
    if len(found) < 2 or found[0].score >= SURE > found[1].score:
        return None
    close = [choice for choice in found[:4] if found[0].score - choice.score <= TIE]
    return Triage(close) if len(close) > 1 else None


def documents(items: Iterable[Item], popular: dict[str, float]) -> list[Document]:
    """Each item as the phrases that name it and the text that describes it. Title first: what an item is called and
    what people call it are its phrases; materials and summary are body, so that "ID card" in a list of papers to
    bring does not make an item the answer."""
    return [
        Document(
            key=item.code,
            phrases=[item.name.zh, item.name.en, *item.words.zh, *item.words.en],
            body=f"{item.summary.zh} {item.summary.en} {item.who_may_apply.zh} {item.who_may_apply.en}",
            prior=popular.get(item.code, 0.0),
        )
        for item in items
    ]


_built: tuple[int, Index, dict[str, tuple[str, str]]] | None = None
_building = threading.Lock()


def _current(actor: Actor) -> tuple[Index, dict[str, tuple[str, str]]]:
    """The index over the catalogue as it is now, rebuilt when the catalogue has changed."""
    global _built
    version = queries.version(actor)
    built = _built
    if built is None or built[0] != version:
        with _building:
            if _built is None or _built[0] != version:
                items = queries.definitions(actor)
                often = ports.popular(actor, COMMON) or []
                popular = {code: 1 - rank / COMMON for rank, code in enumerate(often)}
                titles = {item.code: (item.name.zh, item.name.en) for item in items}
                _built = (version, Index(documents(items, popular)), titles)
            built = _built
    return built[1], built[2]
