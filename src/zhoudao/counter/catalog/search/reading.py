"""Reading what was typed in letters, or with a slip, as words the catalogue knows. Pure.

Everything becomes written words before it is compared: pinyin ("shenfenzheng" is read 身份证), initials ("sfz"),
a wrong character of the same sound (身份征) and an English word with one slip ("pasport").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import accumulate, groupby

import pypinyin

from zhoudao.counter.catalog.search.language import HAN, RUNS, language, normalise

LONGEST_READ = 10
"""Characters of the longest stretch of Chinese that letters are read as at once."""
LONGEST_SLIP = 6
"""Characters of the longest word in which a wrong character is put right."""
LONGEST_PINYIN = 120
"""Letters of pinyin that are read at once."""
LONGEST_SYLLABLE = 6
LEAST_LETTERS = 5
"""An English word shorter than this is too near to others to be guessed."""
UNREAD = 0.2
"""Letters are taken for pinyin when at most this share of them is no word's."""
UNREAD_APART = 0.5
"""The same for letters among which no word is English."""


class Reader:
    """Made from the catalogue's texts; reading is pure and safe from many threads."""

    def __init__(self, texts: Iterable[str]) -> None:
        known = language()
        stretches: Counter[tuple[str, ...]] = Counter()
        english: Counter[str] = Counter()
        for text in texts:
            for run in RUNS.findall(normalise(text)):
                if HAN.match(run):
                    stretches.update(_stretches(known.cut(run)))
                else:
                    english[run] += 1
        listed = {*known.same, *known.kind, *known.asking, *known.filling}
        stretches.update((word,) for word in listed if HAN.fullmatch(word) and len(sound_of(word)) > 1)
        self._english = frozenset({*english, *(word for word in listed if word.isascii())})
        self._words = {stretch[0] for stretch in stretches if len(stretch) == 1 and len(stretch[0]) > 1}
        sounded = [
            (_one_sound("".join(map(sound_of, stretch))), "".join(stretch), count)
            for stretch, count in stretches.items()
        ]
        self._commonness = {text: count for _, text, count in sounded}
        self._by_sound = _commonest(sounded)
        self._like = _commonest(row for row in sounded if row[1] in self._words)
        self._by_initials = _commonest(
            ("".join(map(_initials, stretch)), "".join(stretch), count)
            for stretch, count in stretches.items()
        )
        self._longest = max(map(len, self._by_sound), default=0)
        self._by_slip = _commonest(
            (near, word, count)
            for word, count in english.items()
            if len(word) >= LEAST_LETTERS
            for near in (word, *_one_left_out(word))
        )

    def read(self, typed: str) -> str:
        """``typed`` in words of the catalogue, where it can be read as such; the rest as it was."""
        read: list[str] = []
        for may_be_pinyin, runs in groupby(RUNS.findall(normalise(typed)), may_be_syllables):
            if may_be_pinyin:
                read += self._read_pinyin(list(runs))
            else:
                read += [self._heard(run) if HAN.match(run) else self._spelt(run) for run in runs]
        return " ".join(read)

    def read_aloud(self, typed: str) -> str:
        """``typed`` by its sound alone, as if its Chinese had been typed in letters: for many wrong characters."""
        runs = RUNS.findall(normalise(typed))
        return self.read(
            " ".join(" ".join(pypinyin.lazy_pinyin(run)) if HAN.match(run) else run for run in runs)
        )

    def _read_pinyin(self, runs: list[str]) -> Iterator[str]:
        """Runs of letters that can be pinyin, but may as well be English ("taiwan") or initials ("an")."""
        words, unread = self._sounds_like(runs)
        if self._english.issuperset(runs):
            yield from runs
        elif unread <= UNREAD:
            yield words
        else:
            for is_english, group in groupby(runs, self._english.__contains__):
                some = list(group)
                words, unread = self._sounds_like(some)
                if is_english or unread > UNREAD_APART:
                    yield from map(self._spelt, some)
                else:
                    yield words

    def _sounds_like(self, runs: list[str]) -> tuple[str, float]:
        """The words whose pinyin ``runs`` are together, with the syllables that are no word's; and the share of
        letters that those have: 1 if the letters cannot be read at all.

        Fewest letters unread, then fewest words, then the commonest. A run that is one syllable is not cut.
        """
        typed = "".join(runs)[:LONGEST_PINYIN]
        inside = {
            at
            for run, end in zip(runs, accumulate(map(len, runs)), strict=True)
            if run in _syllables()
            for at in range(end - len(run) + 1, end)
        }
        best: list[tuple[int, int, int, str] | None] = [(0, 0, 0, ""), *([None] * len(typed))]
        for start, before in enumerate(best):
            if before is None:
                continue
            unread, words, common, text = before
            for end in range(start + 1, min(len(typed), start + self._longest) + 1):
                if end in inside:
                    continue
                heard = typed[start:end]
                word = self._by_sound.get(_one_sound(heard))
                if word:
                    reading = (unread, words + 1, common - self._commonness[word], text + word)
                elif heard in _syllables():
                    reading = (unread + len(heard), words, common, f"{text} {heard} ")
                else:
                    continue
                other = best[end]
                if other is None or reading < other:
                    best[end] = reading
        found = best[-1]
        return (found[3], found[0] / len(typed)) if found else ("", 1.0)

    def _spelt(self, run: str) -> str:
        """Letters that are no pinyin: English, the first letters of a word's syllables, or English with a slip."""
        if run in self._english or not run.isalpha():
            return run
        if run in self._by_initials or len(run) < LEAST_LETTERS:
            return self._by_initials.get(run, run)
        near = (self._by_slip.get(shorter, "") for shorter in (run, *_one_left_out(run)))
        return next((word for word in near if word[:1] == run[0]), run)  # a first letter is seldom wrong

    def _heard(self, run: str) -> str:
        """Chinese with each wrong character put right: where neighbouring words sound like one the catalogue
        knows and differ from it in one character. No word is torn apart for it: 改|民族 is not 改民, a slip for 改名.
        """
        ends = [0, *accumulate(map(len, language().cut(run)))]
        syllables = pypinyin.lazy_pinyin(run)
        read, at = "", 0
        while at < len(ends) - 1:
            start, last = ends[at], min(at + LONGEST_SLIP, len(ends) - 1)
            for until in range(last, at, -1):
                end = ends[until]
                meant = self._meant(run[start:end], "".join(syllables[start:end]))
                if meant or until == at + 1:
                    read, at = read + (meant or run[start:end]), until
                    break
        return read

    def _meant(self, said: str, sound: str) -> str | None:
        word = self._like.get(_one_sound(sound), "")
        if (
            len(word) != len(said)
            or said in self._words
            or (len(said) == 2 and language().cutter.has_word(said))
        ):
            return None
        wrong = [one for one, other in zip(said, word, strict=True) if one != other]
        return word if len(wrong) == 1 and wrong[0] not in language().filling else None


@cache
def sound_of(han: str) -> str:
    """The pinyin of Chinese text, without tones or spaces."""
    return "".join(pypinyin.lazy_pinyin(han))


def _initials(han: str) -> str:
    return "".join(sound[0] for sound in pypinyin.lazy_pinyin(han))


def _one_sound(pinyin: str) -> str:
    """zh, ch, sh as z, c, s and -ng as -n: what input methods call fuzzy sounds (模糊音), one to southern speakers."""
    return pinyin.replace("zh", "z").replace("ch", "c").replace("sh", "s").replace("ng", "n")


@cache
def _syllables() -> frozenset[str]:
    """Every syllable a common character has, but "m" and the like, which would pass for parts of others."""
    common = (chr(code) for code in range(0x4E00, 0x9FA6))
    sounds = pypinyin.lazy_pinyin(list(common))
    return frozenset(sound for sound in sounds if len(sound) > 1 and sound.isascii() and sound.isalpha())


def may_be_syllables(letters: str) -> bool:
    """Whether letters can be cut into syllables of pinyin."""
    reached = {0}
    for end in range(1, len(letters) + 1):
        if any(
            start in reached and letters[start:end] in _syllables()
            for start in range(max(0, end - LONGEST_SYLLABLE), end)
        ):
            reached.add(end)
    return len(letters) in reached


def _stretches(words: list[str]) -> Iterator[tuple[str, ...]]:
    """Neighbouring words, one or more, that are not too long together."""
    ends = list(accumulate(map(len, words), initial=0))
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            if ends[end] - ends[start] > LONGEST_READ:
                break
            if ends[end] - ends[start] > 1:
                yield tuple(words[start:end])


def _commonest(rows: Iterable[tuple[str, str, int]]) -> dict[str, str]:
    """By key, the value counted most; among equals the shortest, then the first in order."""
    best: dict[str, tuple[int, int, str]] = {}
    for key, value, count in rows:
        rank = (-count, len(value), value)
        if key not in best or rank < best[key]:
            best[key] = rank
    return {key: value for key, (_, _, value) in best.items()}


def _one_left_out(word: str) -> list[str]:
    """Two words that differ by one letter wrong, missing, added or swapped share one of these."""
    return [word[:at] + word[at + 1 :] for at in range(len(word))]
