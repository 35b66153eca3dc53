"""The sample city's ground, from a pack and a seed: settlements, streets, timetable, points, phones, guides.

Nothing here knows Django: ``build`` reads the pack and writes plain files, byte for byte the same for a seed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from zhoudao.core.city import City
from zhoudao.core.city.loading import read_part
from zhoudao.sample.geography import settlements
from zhoudao.sample.geography.settlements import Place

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Geography:
    """What ``build`` made, for the generators that come after it."""

    settlements: list[Place]


def build(city: City, seed: int, size: str, out: Path, progress: Progress) -> Geography:
    """Write settlements.csv, streets.osm.pbf, gtfs.zip, points.csv, phones.csv and guides.csv into ``out``.

    ``size`` is "small" or "city". Raises BadPack when the pack can't be used.
    """
    out.mkdir(parents=True, exist_ok=True)
    part, _ = read_part(city.folder, "settlements.yaml")
    places = settlements.placed(city, part.settlements)
    progress(f"{len(places)} settlements")
    settlements.write(places, out / "settlements.csv")
    return Geography(settlements=places)
