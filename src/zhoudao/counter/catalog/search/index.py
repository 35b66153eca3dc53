"""An index over documents that each go by several phrases, and the ranking of a query against them. Pure.

Two steps: tantivy brings the documents that share the most telling pieces with the query (BM25), then each of those is
compared phrase by phrase (a Tversky index weighted by rarity), so that a short query that says exactly what one phrase
says beats a long text that happens to hold its words.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import tantivy

from zhoudao.counter.catalog.search.features import VIEWS, features

CANDIDATES = 40
"""Documents compared phrase by phrase."""
UNSAID = 0.25
"""How much a piece of the phrase that the query does not have counts against it (Tversky's beta)."""
VIEW_TRUST = {"words": 1.0, "english": 1.0, "initials": 0.9, "sounds": 0.85}
"""A match of written words is worth more than one of sounds alone."""
WHOLE = 0.25
"""Weight of what the whole document, body included, says of the query, beside its best phrase."""
COMMON = 0.08
"""What being the commonest errand adds: enough to decide between items that fit equally, too little to beat a better fit."""
LEAST = 0.22
"""Below this score a document has too little to do with the query to be shown."""


@dataclass(frozen=True)
class Document:
    """``phrases``: names and synonyms, each a way to ask for it; ``body``: what else it says; ``prior`` in [0, 1]:
    how often it is what people come for."""

    key: str
    phrases: Sequence[str]
    body: str = ""
    prior: float = 0.0


@dataclass(frozen=True)
class Hit:
    key: str
    score: float


@dataclass(frozen=True)
class _Phrase:
    pieces: dict[str, frozenset[str]]
    weight: dict[str, float]


@dataclass(frozen=True)
class _Entry:
    document: Document
    phrases: list[_Phrase]
    everything: frozenset[str]


class Index:
    """Built once from documents; searching is read-only and safe from many threads."""

    def __init__(self, documents: Iterable[Document]) -> None:
        described = [(document, [features(phrase) for phrase in document.phrases], features(document.body))
                     for document in documents]
        self._rarity = _rarity([phrases for _, phrases, _ in described])
        self._unseen = math.log(1 + len(described) or 1)
        shared: dict[str, _Phrase] = {}  # guides of one item share its phrases: keep each once
        self._entries = [self._entry(document, phrases, body, shared) for document, phrases, body in described]
        self._index = _tantivy_index(self._entries)
        self._searcher = self._index.searcher()

    def __len__(self) -> int:
        return len(self._entries)

    def search(self, query: str, limit: int = 10) -> list[Hit]:
        """Best first; empty when nothing has enough to do with the query."""
        views = features(query, is_query=True)
        weights = {view: {piece: kind * self._weight(view, piece) for piece, kind in views[view].items()}
                   for view in VIEWS}
        hits = [Hit(entry.document.key, score) for entry in self._candidates(weights)
                if (score := self._score(weights, entry)) >= LEAST]
        return sorted(hits, key=lambda hit: (-hit.score, hit.key))[:limit]

    def _weight(self, view: str, piece: str) -> float:
        return self._rarity.get(_term(view, piece), self._unseen)

    def _entry(self, document: Document, phrases: list[dict[str, dict[str, float]]],
               body: dict[str, dict[str, float]], shared: dict[str, _Phrase]) -> _Entry:
        ready = []
        for text, views in zip(document.phrases, phrases, strict=True):
            if text not in shared:
                shared[text] = _Phrase(
                    {view: frozenset(views[view]) for view in VIEWS},
                    {view: sum(kind * self._weight(view, piece) for piece, kind in views[view].items())
                     for view in VIEWS},
                )
            ready.append(shared[text])
        everything = frozenset(_term(view, piece) for views in [*phrases, body] for view in VIEWS for piece in views[view])
        return _Entry(document, ready, everything)

    def _candidates(self, weights: dict[str, dict[str, float]]) -> list[_Entry]:
        schema = self._index.schema
        wanted = sorted(((weight, _term(view, piece)) for view in VIEWS for piece, weight in weights[view].items()
                         if _term(view, piece) in self._rarity), reverse=True)[:32]
        if not wanted:
            return []
        query = tantivy.Query.boolean_query(
            [(tantivy.Occur.Should, tantivy.Query.boost_query(tantivy.Query.term_query(schema, "pieces", term), weight))
             for weight, term in wanted]
        )
        found = self._searcher.search(query, CANDIDATES).hits
        return [self._entries[self._searcher.doc(address)["number"][0]] for _, address in found]

    def _score(self, weights: dict[str, dict[str, float]], entry: _Entry) -> float:
        best = 0.0
        for view in VIEWS:
            asked = weights[view]
            total = sum(asked.values())
            if not total:
                continue
            for phrase in entry.phrases:
                common = phrase.pieces[view] & asked.keys()
                if not common:
                    continue
                said = sum(asked[piece] for piece in common)
                unsaid = max(phrase.weight[view] - said, 0.0)
                best = max(best, VIEW_TRUST[view] * said / (total + UNSAID * unsaid))
        return (best + WHOLE * self._covered(weights, entry)) / (1 + WHOLE) + COMMON * entry.document.prior

    def _covered(self, weights: dict[str, dict[str, float]], entry: _Entry) -> float:
        """Share of the query that the document says anywhere, in the view where it says most."""
        best = 0.0
        for view in VIEWS:
            total = sum(weights[view].values())
            if total:
                said = sum(weight for piece, weight in weights[view].items() if _term(view, piece) in entry.everything)
                best = max(best, VIEW_TRUST[view] * said / total)
        return best


def _term(view: str, piece: str) -> str:
    return f"{view[0]}:{piece.replace(' ', '_')}"


def _rarity(documents: list[list[dict[str, dict[str, float]]]]) -> dict[str, float]:
    """Inverse document frequency of each piece of a phrase (Robertson's, always positive)."""
    counts: Counter[str] = Counter()
    for phrases in documents:
        counts.update({_term(view, piece) for views in phrases for view in VIEWS for piece in views[view]})
    return {term: math.log(1 + (len(documents) - count + 0.5) / (count + 0.5)) for term, count in counts.items()}


def _tantivy_index(entries: list[_Entry]) -> tantivy.Index:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("pieces", tokenizer_name="pieces", index_option="freq")
    builder.add_unsigned_field("number", stored=True)
    index = tantivy.Index(builder.build())
    index.register_tokenizer("pieces", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    writer = index.writer(50_000_000, 1)
    for number, entry in enumerate(entries):
        terms = {_term(view, piece) for phrase in entry.phrases for view in VIEWS for piece in phrase.pieces[view]}
        writer.add_document(tantivy.Document(pieces=" ".join(sorted(terms)), number=number))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return index
