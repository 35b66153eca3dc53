"""An index over documents that each go by several phrases, and the ranking of a query against them. Pure.

Two steps: tantivy brings the documents that share the most telling pieces with the query (BM25), then each of those is
compared phrase by phrase (a Tversky index weighted by rarity), so that a short query that says exactly what one phrase
says beats a long text that happens to hold its words.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import tantivy

from zhoudao.counter.catalog.search.language import language
from zhoudao.counter.catalog.search.pieces import pieces
from zhoudao.counter.catalog.search.reading import Reader

CANDIDATES = 40
"""Documents compared phrase by phrase."""
TELLING = 32
"""Pieces of a query that are looked up, the most telling first."""
UNSAID = 0.35
"""How much a piece of the phrase that the query does not have counts against it (Tversky's beta)."""
UNKNOWN = 0.4
"""What a piece that no document has says, beside one that a single document has."""
WHOLE = 1.0
"""Weight of what the whole document says of the query, beside its best phrase."""
USUAL = 1.0
"""Weight of how usual the query's pieces are among all the phrases of a document: what many phrases say is what the
item is about (恢复 among those for discharged soldiers), what one says may be by the way."""
MOST_USUAL = 0.6
"""About as usual as a query's pieces get; scales the score to [0, 1]."""
BODY = 0.5
"""What a piece counts that only the body says."""
OTHER_THING = 0.6
"""What an item counts for each thing the query names (身份证, 护照, 车牌) that none of its phrases does: papers are
named in so many items that rarity alone makes little of them, yet they are what a query is about."""
COMMON = 0.08
"""What share being the commonest errand adds: enough to decide between items that fit equally, no more."""
UNSURE = 0.45
"""When nothing as written scores this, the query is read by its sound as well."""
BY_SOUND = 0.7
"""What a reading by sound alone counts beside what is written."""
NOTHING_COMMON: Mapping[str, float] = {}
LEAST = 0.2
"""Below this score a document has too little to do with the query to be shown."""


@dataclass(frozen=True)
class Document:
    """``phrases``: names and synonyms, each a way to ask for it; ``body``: what else it says."""

    key: str
    phrases: Sequence[str]
    body: str = ""


@dataclass(frozen=True)
class Hit:
    key: str
    score: float


@dataclass(frozen=True)
class _Entry:
    key: str
    weights: list[float]
    """Of each phrase, what all its pieces say."""
    phrases: dict[str, list[int]]
    """By piece, the numbers of the phrases that have it."""
    said: dict[str, float]
    """By piece, how much it counts that the document has it: BODY where only the body does."""
    usual: dict[str, float]
    """By piece, how much of all that the phrases say it is: a vector of length 1."""


class Index:
    """Built once from documents; searching is read-only and safe from many threads."""

    def __init__(self, documents: Iterable[Document]) -> None:
        every = list(documents)
        self._reader = Reader(text for document in every for text in (*document.phrases, document.body))
        described = [[pieces(phrase) for phrase in document.phrases] for document in every]
        bodies = [pieces(document.body) for document in every]
        self._rarity = _rarity(described, bodies)
        self._unknown = UNKNOWN * math.log(1 + len(every))
        self._entries = [self._entry(*each) for each in zip(every, described, bodies, strict=True)]
        self._index = _tantivy_index(self._entries)
        self._searcher = self._index.searcher()

    def __len__(self) -> int:
        return len(self._entries)

    def search(self, query: str, limit: int = 10, common: Mapping[str, float] = NOTHING_COMMON) -> list[Hit]:
        """Best first; empty when nothing has enough to do with the query. ``common``: by key, how often it is what
        people come for, in [0, 1]; 0 when left out."""
        scores = self._scores(self._reader.read(query))
        if max(scores.values(), default=0.0) < UNSURE:
            for key, score in self._scores(self._reader.read_aloud(query)).items():
                scores[key] = max(scores.get(key, 0.0), BY_SOUND * score)
        hits = [
            Hit(key, score * (1 + COMMON * common.get(key, 0.0)))
            for key, score in scores.items()
            if score >= LEAST
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.key))[:limit]

    def _scores(self, words: str) -> dict[str, float]:
        asked = {piece: self._weigh(piece, kind) for piece, kind in pieces(words, asked=True).items()}
        return {entry.key: _score(asked, entry) for entry in self._candidates(asked)}

    def _weigh(self, piece: str, kind: float) -> float:
        return kind * self._rarity.get(piece, self._unknown)

    def _entry(self, document: Document, phrases: list[dict[str, float]], body: dict[str, float]) -> _Entry:
        numbers: dict[str, list[int]] = {}
        for number, said in enumerate(phrases):
            for piece in said:
                numbers.setdefault(piece, []).append(number)
        return _Entry(
            document.key,
            [sum(self._weigh(*piece) for piece in said.items()) for said in phrases],
            numbers,
            dict.fromkeys(body, BODY) | dict.fromkeys(numbers, 1.0),
            self._usual(phrases),
        )

    def _usual(self, phrases: list[dict[str, float]]) -> dict[str, float]:
        """Each phrase counts the same, however long it is; a piece that many have, by the logarithm."""
        total: dict[str, float] = {}
        for said in phrases:
            weights = {piece: self._weigh(piece, kind) for piece, kind in said.items()}
            length = math.hypot(*weights.values())
            for piece, weight in weights.items():
                total[piece] = total.get(piece, 0.0) + weight / length
        told = {piece: math.log1p(weight) for piece, weight in total.items()}
        length = math.hypot(*told.values())
        return {piece: weight / length for piece, weight in told.items()}

    def _candidates(self, asked: dict[str, float]) -> list[_Entry]:
        telling = sorted(
            ((weight, piece) for piece, weight in asked.items() if piece in self._rarity), reverse=True
        )
        if not telling:
            return []
        wanted = tantivy.Query.boolean_query(
            [
                (
                    tantivy.Occur.Should,
                    tantivy.Query.boost_query(
                        tantivy.Query.term_query(self._index.schema, "pieces", piece), weight
                    ),
                )
                for weight, piece in telling[:TELLING]
            ]
        )
        found = self._searcher.search(wanted, CANDIDATES).hits
        return [self._entries[self._searcher.doc(address)["number"][0]] for _, address in found]


def _score(asked: dict[str, float], entry: _Entry) -> float:
    things = language().things
    total = sum(asked.values())
    whole = usual = 0.0
    said: dict[int, float] = {}
    for piece, weight in asked.items():
        if piece not in entry.said:
            continue
        whole += weight * entry.said[piece]
        usual += weight * entry.usual.get(piece, 0.0)
        for number in entry.phrases.get(piece, ()):
            said[number] = said.get(number, 0.0) + weight
    missing = sum(piece in things and piece not in entry.phrases for piece in asked)
    best = max(
        (
            share / (total + UNSAID * max(entry.weights[number] - share, 0.0))
            for number, share in said.items()
        ),
        default=0.0,
    )
    told = best + WHOLE * whole / total + USUAL * usual / math.hypot(*asked.values())
    return OTHER_THING**missing * told / (1 + WHOLE + USUAL * MOST_USUAL)


def _rarity(described: list[list[dict[str, float]]], bodies: list[dict[str, float]]) -> dict[str, float]:
    """Inverse document frequency of each piece (Robertson's, always positive); in a body alone it counts half."""
    counts: Counter[str] = Counter()
    for phrases, body in zip(described, bodies, strict=True):
        named = {piece for said in phrases for piece in said}
        counts.update(dict.fromkeys(named, 2))
        counts.update(body.keys() - named)
    return {
        piece: math.log(1 + (len(described) - twice / 2 + 0.5) / (twice / 2 + 0.5))
        for piece, twice in counts.items()
    }


def _tantivy_index(entries: list[_Entry]) -> tantivy.Index:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("pieces", tokenizer_name="pieces", index_option="freq")
    builder.add_unsigned_field("number", stored=True)
    index = tantivy.Index(builder.build())
    index.register_tokenizer("pieces", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    writer = index.writer(50_000_000, 1)
    for number, entry in enumerate(entries):
        writer.add_document(tantivy.Document(pieces=" ".join(sorted(entry.said)), number=number))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return index
