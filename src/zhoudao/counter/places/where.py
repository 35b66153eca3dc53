"""Where a person is: from their device, or a settlement picked by name. Kept for one answer, stored
nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from zhoudao.core import city
from zhoudao.core.city import City, Text
from zhoudao.core.city.loading import read_part
from zhoudao.core.city.shapes import Settlement
from zhoudao.counter.places.rules import Bounds, Position, parse_position
from zhoudao.engines.wayfinding.coords import doubt


class Unclear(StrEnum):
    """Why it is not known where someone is, although they said something."""

    SWAPPED = "swapped"
    OTHER_DATUM = "datum"
    """Copied from a map that counts in GCJ-02 or BD-09."""
    OUTSIDE = "outside"
    UNREADABLE = "unreadable"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Near:
    """A place to measure from."""

    position: Position
    settlement: Settlement | None = None
    """Picked by name; None when the device told."""

    @property
    def name(self) -> Text | None:
        return self.settlement.name if self.settlement else None


def bounds_of(here: City) -> Bounds:
    return here.bounds.west, here.bounds.south, here.bounds.east, here.bounds.north


@cache
def settlements(folder: Path) -> tuple[Settlement, ...]:
    """The places of the pack that people can pick from; none where a pack has none."""
    if not (folder / "settlements.yaml").exists():
        return ()
    content, _ = read_part(folder, "settlements.yaml")
    return tuple(content.settlements)


def by_district(here: City) -> list[tuple[Text, list[Settlement]]]:
    """Settlements under their districts, for a list to pick from."""
    known = settlements(here.folder)
    return [
        (district.name, [place for place in known if place.district == district.code])
        for district in here.districts
    ]


def read(query: Mapping[str, str]) -> Near | Unclear | None:
    """What ``at`` (a settlement's code) or ``lat`` and ``lon`` (degrees) say; None when they say nothing."""
    here = city.current()
    picked = query.get("at", "").strip()
    if picked:
        return next(
            (Near(Position(*place.at), place) for place in settlements(here.folder) if place.code == picked),
            Unclear.UNKNOWN,
        )
    latitude, longitude = query.get("lat", "").strip(), query.get("lon", "").strip()
    if not latitude and not longitude:
        return None
    position = parse_position(longitude, latitude)
    if position is None:
        return Unclear.UNREADABLE
    wrong = doubt(position.longitude, position.latitude, bounds_of(here))
    return Near(position) if wrong is None else _UNCLEAR.get(wrong.code, Unclear.OTHER_DATUM)


_UNCLEAR = {"swapped": Unclear.SWAPPED, "outside": Unclear.OUTSIDE}


def meant(query: Mapping[str, str]) -> Position | None:
    """What ``lat`` and ``lon`` outside the city may have meant: swapped back, or in WGS-84; None where nothing fits."""
    position = parse_position(query.get("lon", "").strip(), query.get("lat", "").strip())
    if position is None:
        return None
    wrong = doubt(position.longitude, position.latitude, bounds_of(city.current()))
    return Position(*wrong.place) if wrong and wrong.place else None
