"""The sample city's ground, from a pack and a seed: settlements, streets, timetable, points, phones, guides.

Nothing here needs a database: ``build`` reads the pack and writes plain files, the same bytes for a seed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from zhoudao.core.city import City, load_pack
from zhoudao.counter.catalog.files import read_folder
from zhoudao.sample.geography import gtfs, guides, pbf, phones, points, settlements, streets, timetable
from zhoudao.sample.geography.guides import Guide, TooFewGuides
from zhoudao.sample.geography.network import Network, NoStreet
from zhoudao.sample.geography.numbers import NumberBook
from zhoudao.sample.geography.phones import Phone
from zhoudao.sample.geography.plane import Plane
from zhoudao.sample.geography.points import Point
from zhoudao.sample.geography.settlements import Place
from zhoudao.sample.seeds import generator

__all__ = ["Geography", "Guide", "Network", "NoStreet", "Phone", "Place", "Point", "TooFewGuides", "build"]

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Geography:
    """What ``build`` made, for the generators that come after it."""

    settlements: list[Place]
    points: list[Point]
    phones: list[Phone]
    guides: list[Guide]
    network: Network
    """The streets, in metres of ``plane``."""
    plane: Plane


def build(city: City, seed: int, size: str, out: Path, progress: Progress) -> Geography:
    """Write settlements.csv, streets.osm.pbf, gtfs.zip, points.csv, phones.csv and guides.csv into ``out``.

    ``size`` is "small" or "city". Raises BadPack or BadItems if the pack or its items can't be used, NoStreet
    when its places can't be joined, TooFewGuides when they can't make as many guides as city.yaml says.
    """
    pack = load_pack(city.folder)
    guides.check_services(pack)
    items = read_folder(city.folder / "items")
    sample = city.sample[size]  # type: ignore[index]
    plane = Plane.of(city)
    out.mkdir(parents=True, exist_ok=True)

    places = settlements.placed(city, pack.settlements)
    network = streets.laid(pack, places, plane, seed, sample.street_nodes)
    progress(f"streets: {len(network.nodes)} nodes, {len(network.ways)} ways")
    feed = timetable.feed(pack, places, network, plane, sample.bus_lines, seed, size)
    progress(f"timetable: {len(feed['routes.txt'])} lines, {len(feed['trips.txt'])} departures")
    short = {phone.phone for phone in pack.phones if phone.phone}
    numbers = NumberBook(city.area_code, {city.help_phone} | short, generator(seed, "phones"))
    served = points.placed(pack, places, network, plane, numbers, seed)
    entries = phones.listed(pack, served, numbers)
    notes = guides.written(pack, served, items, numbers, seed)
    progress(f"{len(served)} points, {len(entries)} phones, {len(notes)} guides")

    settlements.write(places, out / "settlements.csv")
    pbf.write(network, plane, out / "streets.osm.pbf")
    gtfs.write(feed, out / "gtfs.zip")
    points.write(served, out / "points.csv")
    phones.write(entries, out / "phones.csv")
    guides.write(notes, out / "guides.csv")
    return Geography(places, served, entries, notes, network, plane)
