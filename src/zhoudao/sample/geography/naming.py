"""What streets are called: stems of the pack with words like 路 and 弄; roads between two places after both."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from zhoudao.core.city import Text
from zhoudao.core.city.shapes import StreetNames
from zhoudao.sample.geography.ground import Mesh, radius
from zhoudao.sample.geography.roads import Class
from zhoudao.sample.geography.settlements import Place

NAMED_BLOCKS = 2
"""A side street shorter than so many blocks has no name."""
LANE_BLOCKS = 4
"""A side street shorter than so many is a lane, by its name."""
COUNTRY = -1


class NameBook:
    """Hands out names that no street of the town has yet."""

    def __init__(self, names: StreetNames, chance: np.random.Generator) -> None:
        # Different stems first for each kind, so that a town has a 文化路 or a 文化弄, rarely both.
        stems = [names.stems[number] for number in chance.permutation(len(names.stems))]
        third = len(stems) // 3
        roads = {word.zh for word in names.roads}
        streets = [word for word in names.streets if word.zh not in roads] or names.streets
        self._roads = _numbered(stems, names.roads)
        self._streets = _numbered(stems[third:] + stems[:third], streets)
        self._lanes = _numbered(stems[2 * third :] + stems[: 2 * third], names.lanes)

    def next(self, kind: Class) -> Text:
        if kind >= Class.TERTIARY:
            return next(self._roads)
        return next(self._streets if kind >= Class.RESIDENTIAL else self._lanes)


class NameRegister:
    """Names for the streets of one island. Settlements that touch are one town, and share no name."""

    def __init__(
        self,
        made: Mesh,
        places: list[Place],
        titles: dict[str, Text],
        names: StreetNames,
        chance: np.random.Generator,
    ) -> None:
        self.titles, self.names = titles, names
        self.town = _towns(made, places) | {COUNTRY: COUNTRY}
        self.books = {town: NameBook(names, chance) for town in sorted(set(self.town.values()))}
        self.country: dict[tuple[str, str], Text] = {}

    def name(self, kind: Class, settlement: int, blocks: int, ends: tuple[str, str] | None) -> Text | None:
        """The name of a new street, or None; ``ends`` are the places that a country road joins."""
        book = self.books[self.town[settlement]]
        if kind <= Class.SERVICE:
            return None
        if ends is not None:
            if ends not in self.country:
                self.country[ends] = self._between(ends) or book.next(kind)
            return self.country[ends]
        if settlement == COUNTRY:
            if kind is Class.UNCLASSIFIED and blocks >= 5:
                return self.names.coast_road
            return book.next(kind) if blocks >= 3 else None
        if kind < Class.TERTIARY and blocks < NAMED_BLOCKS:
            return None
        if kind is Class.RESIDENTIAL and blocks < LANE_BLOCKS:
            return book.next(Class.LIVING_STREET)
        return book.next(kind)

    def _between(self, ends: tuple[str, str]) -> Text | None:
        """白干线: after the two places at its ends; None when one of them is a bridge head."""
        first, second = (self.titles.get(end) for end in ends)
        if first is None or second is None:
            return None
        word = self.names.country_road
        zh = f"{short_name(first).zh[0]}{short_name(second).zh[0]}{word.zh}"
        return Text(zh=zh, en=f"{short_name(first).en}–{short_name(second).en} {word.en}")


def short_name(title: Text) -> Text:
    """沥港 for 金塘镇沥港, 白泉 for 白泉镇; Ligang for Ligang (Jintang)."""
    head, _, tail = title.zh.rpartition("镇")
    zh = tail or head or title.zh
    for ending in ("街道", "新区", "客运码头", "车渡码头", "码头", "乡", "村"):
        if zh.endswith(ending) and len(zh) > len(ending):
            zh = zh.removesuffix(ending)
            break
    return Text(zh=zh, en=title.en.split(" (")[0].removesuffix(" Pier"))


def _towns(made: Mesh, places: list[Place]) -> dict[int, int]:
    """By settlement of the island: the first settlement of the town it is part of."""
    own = [index for index, place in enumerate(places) if place.island == made.island]
    town = {index: index for index in own}
    spots = {index: made.nodes[made.anchors[places[index].code]] for index in own}
    for index in own:
        for other in own:
            reach = radius(places[index]) + radius(places[other])
            if town[index] != town[other] and np.hypot(*(spots[index] - spots[other])) < reach:
                joined = {town[index], town[other]}
                town = {each: min(joined) if first in joined else first for each, first in town.items()}
    return town


def _numbered(stems: list[Text], words: list[Text]) -> Iterator[Text]:
    """文化路, 海天路, ...; then 文化一路 and so on, without end."""
    for word in words:
        for stem in stems:
            yield Text(zh=f"{stem.zh}{word.zh}", en=f"{stem.en} {word.en}")
    number = 0
    while True:
        number += 1
        for word in words:
            for stem in stems:
                yield Text(zh=f"{stem.zh}{chinese(number)}{word.zh}", en=f"{stem.en} {word.en} {number}")


def chinese(number: int) -> str:
    """A number from 1 to 99 in Chinese."""
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    ten = "" if tens == 0 else "十" if tens == 1 else f"{digits[tens]}十"
    return ten + (digits[ones] if ones else "")
