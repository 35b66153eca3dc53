"""One ground of each pack, built once for all tests of this folder."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

import osmium
import pytest
from django.conf import settings

from zhoudao.core.city import City, Pack, load, load_pack
from zhoudao.sample.geography import Geography, build

SEED = 7
BUILDS = [("zhoushan", "small"), ("zhoushan", "city"), ("dengta", "small"), ("dengta", "city")]


@dataclass
class Street:
    """A way of streets.osm.pbf as a reader finds it."""

    id: int
    nodes: list[int]
    tags: dict[str, str]


@dataclass
class Ground:
    """What ``build`` wrote, read back from its files."""

    city: City
    size: str
    folder: Path
    made: Geography = field(repr=False)

    @property
    def pack(self) -> Pack:
        return load_pack(self.city.folder)

    def rows(self, name: str) -> list[dict[str, str]]:
        with (self.folder / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    @cached_property
    def feed(self) -> dict[str, list[dict[str, str]]]:
        with zipfile.ZipFile(self.folder / "gtfs.zip") as archive:
            return {
                name: list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8"))))
                for name in archive.namelist()
            }

    @cached_property
    def _osm(self) -> tuple[dict[int, tuple[float, float]], dict[int, dict[str, str]], list[Street]]:
        nodes, tags, ways = {}, {}, []
        for thing in osmium.FileProcessor(str(self.folder / "streets.osm.pbf")):
            if thing.is_node():
                nodes[thing.id] = (thing.location.lon, thing.location.lat)
                if len(thing.tags):
                    tags[thing.id] = dict(thing.tags)
            elif thing.is_way():
                ways.append(Street(thing.id, [node.ref for node in thing.nodes], dict(thing.tags)))
        return nodes, tags, ways

    @property
    def nodes(self) -> dict[int, tuple[float, float]]:
        """Longitude and latitude by id."""
        return self._osm[0]

    @property
    def node_tags(self) -> dict[int, dict[str, str]]:
        return self._osm[1]

    @property
    def ways(self) -> list[Street]:
        return self._osm[2]

    def streets(self) -> Iterator[Street]:
        """Ways on land: no boats, no bridges."""
        return (way for way in self.ways if "highway" in way.tags and "bridge" not in way.tags)


def city_of(name: str) -> City:
    return load(settings.CHECKOUT / "cities" / name)


@pytest.fixture(scope="session")
def grounds(tmp_path_factory) -> Callable[[str, str], Ground]:
    """Each ground once, when it is first asked for: pytest would keep one parameter's at a time."""

    @cache
    def made(name: str, size: str) -> Ground:
        folder = tmp_path_factory.mktemp(f"{name}-{size}")
        return Ground(
            city_of(name), size, folder, build(city_of(name), SEED, size, folder, lambda message: None)
        )

    return made


@pytest.fixture(params=BUILDS, ids="-".join)
def ground(request, grounds) -> Ground:
    return grounds(*request.param)
