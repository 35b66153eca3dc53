"""Guides (办事指引): an item at a point that has a service for it, with what to know before going there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zhoudao.core.city import BadPack, Pack, Text
from zhoudao.core.city.loading import read_part
from zhoudao.core.city.yaml_lines import Problem, field_name
from zhoudao.counter.catalog.schema import Item, Service
from zhoudao.sample import tables
from zhoudao.sample.geography.numbers import NumberBook
from zhoudao.sample.geography.points import Point
from zhoudao.sample.seeds import generator

HEADER = ("point", "item", "hours", "phone", "note_zh", "note_en")


class TooFewGuides(ValueError):
    """The pack's points and items can't make the number of guides that city.yaml counts."""


@dataclass(frozen=True)
class Guide:
    """A row of guides.csv. No hours, no phone: the point's own."""

    point: str
    item: str
    hours: str
    phone: str
    note: Text


@dataclass(frozen=True)
class Desk:
    """Where a point gives one of its services."""

    window: int
    floor: int
    minutes: int
    copies: int
    hours: str
    phone: str

    def told(self, template: Text) -> Text:
        facts = {"window": self.window, "floor": self.floor, "minutes": self.minutes, "copies": self.copies}
        return Text(zh=template.zh.format(**facts), en=template.en.format(**facts))


def check_services(pack: Pack) -> None:
    """Raise BadPack when a point names a service that the catalogue or guides.yaml does not know."""
    path = pack.city.folder / "points.yaml"
    _, line_of = read_part(pack.city.folder, "points.yaml")
    problems = []
    for number, point in enumerate(pack.points):
        for position, service in enumerate(point.services):
            place: list[str | int] = ["points", number, "services", position]
            where = path, line_of(place), field_name(place)
            if service not in set(Service):
                problems.append(Problem(*where, f"{service} is not known", f"one of {', '.join(Service)}"))
            elif not pack.guides.services.get(service):
                problems.append(
                    Problem(*where, f"guides.yaml has no note for {service}", "at least one note")
                )
    if problems:
        raise BadPack(problems)


def written(
    pack: Pack, points: list[Point], items: list[Item], numbers: NumberBook, seed: int
) -> list[Guide]:
    """As many guides as city.yaml counts, by point and item.

    Raises TooFewGuides when there are not that many pairs of an item and a point that serves it, or when one
    in each district already makes more.
    """
    target = pack.city.sample_counts.guides
    pairs = [(point, item) for point in points for item in items if set(point.services) & set(item.served_by)]
    if len(pairs) < target:
        raise TooFewGuides(
            f"{pack.city.folder}: {len(points)} points and {len(items)} items make {len(pairs)} guides; "
            f"city.yaml counts {target}. Give points.yaml more services, or count fewer"
        )
    kept = _kept(pairs, target, pack, seed)
    desks = _desks(pack, points, numbers, seed)
    guides = []
    for number in kept:
        point, item = pairs[number]
        chance = generator(seed, f"guide/{point.code}/{item.code}")
        service = next(service for service in point.services if service in item.served_by)
        templates = pack.guides.services[service]
        desk = desks[point.code, service]
        note = desk.told(templates[int(chance.integers(len(templates)))])
        guides.append(Guide(point.code, item.code, desk.hours, desk.phone, note))
    return guides


def _kept(pairs: list[tuple[Point, Item]], target: int, pack: Pack, seed: int) -> list[int]:
    """Positions of the pairs that stay: each item once in a district that serves it, the rest by chance."""
    chance = generator(seed, "guides")
    order = chance.permutation(len(pairs)).tolist()
    # The place with the widest choice of services keeps the item: people are sent there first.
    order.sort(key=lambda number: -len(pairs[number][0].services))
    held: set[tuple[str, str]] = set()
    needed = []
    for number in order:
        point, item = pairs[number]
        if (item.code, point.district) not in held:
            held.add((item.code, point.district))
            needed.append(number)
    if len(needed) > target:
        raise TooFewGuides(
            f"{pack.city.folder}: a guide an item and district makes {len(needed)}; city.yaml counts {target}"
        )
    optional = np.setdiff1d(np.arange(len(pairs)), needed)
    more = chance.choice(optional, size=target - len(needed), replace=False).tolist()
    return sorted([*needed, *more])


def _desks(pack: Pack, points: list[Point], numbers: NumberBook, seed: int) -> dict[tuple[str, str], Desk]:
    """By point and service: its window and so on; some have hours or a number of their own."""
    desks = {}
    for point in points:
        chance = generator(seed, f"desks/{point.code}")
        floors = {"counter": 3, "station": 2}.get(point.kind, 1)
        for window, service in enumerate(point.services, 1):
            own_hours = pack.guides.own_hours.get(service)
            alone = len(point.services) == 1
            desks[point.code, service] = Desk(
                window=window,
                floor=int(chance.integers(1, floors + 1)),
                minutes=5 * int(chance.integers(1, 6)),
                copies=int(chance.integers(1, 3)),
                hours=pack.hours[own_hours] if own_hours and not alone else "",
                phone=numbers.next()
                if chance.random() * pack.guides.own_phone_every < 1 and not alone
                else "",
            )
    return desks


def write(guides: list[Guide], path: Path) -> None:
    rows = ((g.point, g.item, g.hours, g.phone, g.note.zh, g.note.en) for g in guides)
    tables.write(path, HEADER, rows)
