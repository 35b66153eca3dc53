"""What a text is made of, for comparing a query with the phrases that name an item. Pure.

A text is seen in four views, because people type in four ways:

- ``words``: Chinese words, pairs of characters and single characters ("身份证丢了");
- ``sounds``: pairs of pinyin syllables, which also forgive a wrong character of the same sound ("身份正", "shenfenzheng");
- ``initials``: the first letters of each word's syllables ("sfz");
- ``english``: English words, with their three-letter pieces, which forgive a typing slip ("pasport").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pypinyin
import rjieba
import yaml

VIEWS = ("words", "sounds", "initials", "english")

# How much a piece of each kind says, before its rarity: a word says more than two characters of it.
WORD, PAIR, CHARACTER, PIECE = 1.0, 0.6, 0.15, 0.3

_HAN = r"㐀-䶿一-鿿豈-﫿\U00020000-\U000323af"
_RUNS = re.compile(rf"[{_HAN}]+|[a-z0-9]+")
_HAN_RUN = re.compile(rf"[{_HAN}]+")
LONGEST_INITIALS = 6
LONGEST_QUERY = 200
"""Characters of a query that are read; the rest is dropped."""


@dataclass(frozen=True)
class Language:
    """The word lists of language.yaml, ready to use."""

    question: re.Pattern[str]
    particles: re.Pattern[str]
    question_english: frozenset[str]
    same: dict[str, str]
    same_chinese: re.Pattern[str]
    same_english_phrases: tuple[tuple[str, str], ...]


@cache
def language() -> Language:
    lists = yaml.safe_load(Path(__file__).with_name("language.yaml").read_text(encoding="utf-8"))
    same = {variant.lower(): row[0].lower() for row in lists["same"] for variant in row}
    chinese = [word for word in same if _HAN_RUN.search(word)]
    return Language(
        question=_any_of(word for word in lists["question_words"]["zh"] if len(word) > 1),
        particles=_any_of(word for word in lists["question_words"]["zh"] if len(word) == 1),
        question_english=frozenset(lists["question_words"]["en"]),
        same=same,
        same_chinese=_any_of(chinese),
        same_english_phrases=tuple((word, same[word]) for word in same if " " in word),
    )


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))


def normalise(text: str) -> str:
    """Full-width to half-width, lower case, one form for each character."""
    return unicodedata.normalize("NFKC", text).lower()[:LONGEST_QUERY]


def features(text: str, *, is_query: bool = False) -> dict[str, dict[str, float]]:
    """Pieces of ``text`` by view, each with the weight of its kind. A query's question words are dropped first,
    unless nothing else would be left."""
    views: dict[str, dict[str, float]] = {view: {} for view in VIEWS}
    typed = normalise(text)
    # Sounds are those of the words as typed: "diule" is 丢了, not the 丢失 it stands for.
    for run in _HAN_RUN.findall(typed):
        _add_sounds(views, syllables(run))
    for run in _RUNS.findall(_asked(typed) if is_query else _one_word_for_one_meaning(typed)):
        if _HAN_RUN.match(run):
            _add_chinese(views, run)
        elif is_query:
            _add_typed_letters(views, run)
        else:
            _add_english(views, run)
    return views


def _one_word_for_one_meaning(text: str) -> str:
    table = language()
    # Spaces keep a replaced word from growing together with its neighbour.
    text = table.same_chinese.sub(lambda found: f" {table.same[found.group()]} ", text)
    for phrase, meaning in table.same_english_phrases:
        text = text.replace(phrase, meaning)
    return text


def _asked(typed: str) -> str:
    """What a query asks for: without its question words, unless nothing else would be left.

    Phrases go first (怎么办 holds a 办 that would be read as 办理), particles last (不见了 needs its 了 to be known).
    """
    table = language()
    bare = _one_word_for_one_meaning(table.question.sub(" ", typed))
    words = table.particles.sub(" ", bare).split()
    kept = [word for word in words if word.strip("'?.,!") not in table.question_english]
    return " ".join(kept) or _one_word_for_one_meaning(typed)


def _add_chinese(views: dict[str, dict[str, float]], run: str) -> None:
    words = views["words"]
    for word in rjieba.cut(run):
        if len(word) > 1:
            words[word] = WORD
            _add_sounds(views, syllables(word))
    for left, right in zip(run, run[1:], strict=False):
        words.setdefault(left + right, PAIR)
    for character in run:
        words.setdefault(character, CHARACTER)
    _add_sounds(views, syllables(run))


def syllables(han: str) -> list[str]:
    """Pinyin without tones, a syllable a character."""
    return pypinyin.lazy_pinyin(han, errors="ignore")


def _add_sounds(views: dict[str, dict[str, float]], sounds: list[str]) -> None:
    for left, right in zip(sounds, sounds[1:], strict=False):
        views["sounds"][f"{left} {right}"] = PAIR
    initials = "".join(sound[0] for sound in sounds if sound)
    for size in range(2, min(len(initials), LONGEST_INITIALS) + 1):
        for start in range(len(initials) - size + 1):
            kind = WORD if size == len(initials) else PAIR
            views["initials"][initials[start : start + size]] = max(
                kind, views["initials"].get(initials[start : start + size], 0.0))


def _add_typed_letters(views: dict[str, dict[str, float]], run: str) -> None:
    """Letters in a query may be English, pinyin run together, or initials: try each, the index knows which it has."""
    sounds = split_pinyin(run)
    if sounds is not None and len(sounds) > 1:
        _add_sounds(views, sounds)
    elif 2 <= len(run) <= LONGEST_INITIALS and run.isalpha():
        views["initials"][run] = WORD
    _add_english(views, run)


def _add_english(views: dict[str, dict[str, float]], run: str) -> None:
    word = stem(language().same.get(run, run))
    if len(word) < 2 or run in language().question_english:
        return
    views["english"][word] = WORD
    if len(word) > 3:
        padded = f"^{word}$"
        for start in range(len(padded) - 2):
            views["english"].setdefault(padded[start : start + 3], PIECE)


def stem(word: str) -> str:
    """An English word without its commonest endings; crude, and the same for queries and phrases."""
    for ending, rest in (("ies", "y"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word[: -len(ending)] + rest
    return word


@cache
def _pinyin_syllables() -> frozenset[str]:
    common = (chr(code) for code in range(0x4E00, 0x9FA6))
    return frozenset(sound for sound in pypinyin.lazy_pinyin(list(common)) if sound.isascii() and sound.isalpha())


def split_pinyin(letters: str) -> list[str] | None:
    """``"shenfenzheng"`` -> ``["shen", "fen", "zheng"]``: the split into fewest syllables; None if there is none."""
    best: list[list[str] | None] = [[]] + [None] * len(letters)
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - 6), end):
            before = best[start]
            if before is None or letters[start:end] not in _pinyin_syllables():
                continue
            known = best[end]
            if known is None or len(before) + 1 < len(known):
                best[end] = [*before, letters[start:end]]
    return best[-1] or None
