"""What a text is made of, for comparing a query with the phrases that name an item. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from zhoudao.counter.catalog.search.language import HAN, RUNS, language, normalise, stem

# How much a piece of each kind says, before its rarity. A word of several characters also has its pairs and its
# characters, so that part of a word, or a word cut elsewhere, still says something.
WORD, KIND, PAIRS, CHARACTERS = 1.0, 0.7, 0.6, 0.3


def pieces(text: str, *, asked: bool = False) -> dict[str, float]:
    """Pieces of ``text``, each with the weight of its kind. ``asked``: a query, whose asking words are left out,
    unless nothing else would be left."""
    said: dict[str, float] = {}
    for stretch in _stretches(text, asked) or _stretches(text, False):
        for word in stretch:
            for piece, weight in _of_word(word):
                said[piece] = max(weight, said.get(piece, 0.0))
        for left, right in pairwise(stretch):
            if HAN.match(left) and HAN.match(right):
                said.setdefault(left[-1] + right[0], PAIRS / 2)
    return said


def _of_word(word: str) -> Iterator[tuple[str, float]]:
    size = len(word)
    yield word, WORD if size > 1 or not HAN.match(word) else PAIRS
    kind = language().kind.get(word)
    if kind:
        yield kind, KIND
    if HAN.match(word) and size > 1:
        if size > 2:
            yield from ((left + right, PAIRS / (size - 1)) for left, right in pairwise(word))
        yield from ((character, CHARACTERS / size) for character in word)


def _stretches(text: str, asked: bool) -> list[list[str]]:
    """Words in the order said, one for each meaning; a new list where an asking word stood or the script changed."""
    table = language()
    stretches: list[list[str]] = []
    typed = table.same_phrases.sub(lambda found: table.same[found.group()], normalise(text))
    for run in RUNS.findall(typed):
        stretches.append([])
        for word in table.cut(run) if HAN.match(run) else [run]:
            if asked and word in table.asking:
                stretches.append([])
            elif word not in table.filling:
                stretches[-1].append(table.same.get(word) or (word if HAN.match(word) else stem(word)))
    return [stretch for stretch in stretches if stretch]
