"""Place names in what a person types: found, and taken out, so that the rest says what they need. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from zhoudao.counter.catalog.search.language import HAN, language, normalise
from zhoudao.counter.catalog.search.reading import sound_of

SHORTEST = 2
"""Characters of the shortest name: one alone is too often part of another word."""
MOST_RUNS = 6
"""Runs of letters that are tried as one name ("shen jia men")."""

_LETTERS = re.compile(r"[a-z]+")


@dataclass(frozen=True)
class Asked:
    """``words`` without the place; ``place`` as the names call it, "" when none is named; the codes of the ``places``
    that go by it."""

    words: str
    place: str
    places: frozenset[str]


@dataclass(frozen=True)
class _Named:
    start: int
    end: int
    name: str


class PlaceNames:
    """What places are called. A name also counts without what kind of place it is: 沈家门派出所 and 沈家门街道 are both
    asked for as 沈家门, or shenjiamen."""

    def __init__(self, places: Iterable[tuple[str, Iterable[str]]]) -> None:
        """``places``: code, and all Chinese names it goes by: its own, its street's, its district's."""
        self._kinds = re.compile("|".join(sorted(map(re.escape, language().places), key=len, reverse=True)))
        codes: dict[str, set[str]] = {}
        for code, names in places:
            for name in map(normalise, names):
                kind = self._kinds.search(name, SHORTEST)
                for form in {name, name[: kind.start()] if kind else name}:
                    codes.setdefault(form, set()).add(code)
        self._codes = {name: frozenset(those) for name, those in codes.items()}
        self._in_letters = {sound_of(name): name for name in sorted(codes, reverse=True)}
        self._longest = max(map(len, codes), default=0)

    def take_out(self, words: str) -> Asked:
        """The place that ``words`` name, the longest name if there are several, and what they say beside it."""
        typed = normalise(words)
        named = max(
            [*self._written(typed), *self._spelt(typed)], key=lambda each: len(each.name), default=None
        )
        if named is None:
            return Asked(words, "", frozenset())
        kind = self._kinds.match(typed, named.end)
        rest = f"{typed[: named.start]} {typed[kind.end() if kind else named.end :]}"
        return Asked(" ".join(rest.split()), named.name, self._codes[named.name])

    def _written(self, typed: str) -> Iterator[_Named]:
        for run in HAN.finditer(typed):
            for start in range(run.start(), run.end() - SHORTEST + 1):
                for end in range(min(len(typed), start + self._longest), start + SHORTEST - 1, -1):
                    if typed[start:end] in self._codes:
                        yield _Named(start, end, typed[start:end])
                        break

    def _spelt(self, typed: str) -> Iterator[_Named]:
        runs = list(_LETTERS.finditer(typed))
        for first in range(len(runs)):
            for last in range(first, min(len(runs), first + MOST_RUNS)):
                name = self._in_letters.get("".join(run.group() for run in runs[first : last + 1]))
                if name:
                    yield _Named(runs[first].start(), runs[last].end(), name)
