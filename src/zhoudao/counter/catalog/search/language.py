"""How people speak: the lists of language.yaml, ready to use. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import rjieba
import yaml

LONGEST = 200
"""Characters of a text typed that are read; the rest is dropped."""

LISTED = 5_000
"""How often a listed word is said, in the cutter's count of sixty million: enough to win over a chance neighbour."""

_HAN = r"㐀-䶿一-鿿豈-﫿\U00020000-\U000323af"
RUNS = re.compile(rf"[{_HAN}]+|[a-z]+[0-9]*|[0-9]+")
HAN = re.compile(rf"[{_HAN}]+")


@dataclass(frozen=True)
class Language:
    """``asking``: words that are said around a need; ``filling``: those that only hold a sentence together;
    ``places``: what kinds of place are called, the end of many a name;
    ``things``: what errands are about, each by the word that stands for its meaning;
    ``same``: a word to the one that stands for its meaning; ``kind``: a word to what it is one of."""

    asking: frozenset[str]
    filling: frozenset[str]
    places: frozenset[str]
    things: frozenset[str]
    same: dict[str, str]
    kind: dict[str, str]
    same_phrases: re.Pattern[str]
    cutter: rjieba.Jieba

    def cut(self, han: str) -> list[str]:
        """Chinese text as words, those of the lists never torn apart where they fit."""
        return self.cutter.cut(han)


@cache
def language() -> Language:
    lists = yaml.safe_load(Path(__file__).with_name("language.yaml").read_text(encoding="utf-8"))
    same = _by_word({row[0]: row for row in lists["same"]})
    kind = _by_word(lists["kinds"])
    asking = frozenset([*lists["asking"]["zh"], *lists["asking"]["en"]])
    filling = frozenset([*lists["filling"]["zh"], *lists["filling"]["en"]])
    cutter = rjieba.Jieba()
    for word in sorted({*same, *kind, *asking, *filling}):
        if HAN.fullmatch(word) and len(word) > 1:
            cutter.add_word(word, max(cutter.suggest_freq(word), LISTED), None)
    spaced = sorted((word for word in same if " " in word), key=len, reverse=True)
    return Language(
        asking, filling, frozenset(lists["places"]), frozenset(lists["things"]), same, kind,
        re.compile(rf"\b({'|'.join(map(re.escape, spaced))})\b"), cutter,
    )  # fmt: skip


def _by_word(rows: dict[str, Iterable[str]]) -> dict[str, str]:
    return {str(word).lower(): str(meaning).lower() for meaning, words in rows.items() for word in words}


def normalise(text: str) -> str:
    """Full-width to half-width, lower case, one form for each character."""
    return unicodedata.normalize("NFKC", text).lower()[:LONGEST]


def stem(word: str) -> str:
    """An English word without its commonest endings; crude, and the same for queries and phrases."""
    for ending, rest in (("ies", "y"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word[: -len(ending)] + rest
    return word
