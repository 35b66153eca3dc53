"""A city with one of everything: fast, and independent of how streets and points are laid."""

import csv
from pathlib import Path

import pytest

from zhoudao.core import city
from zhoudao.core.city.loading import read_part
from zhoudao.counter.catalog.files import read_folder
from zhoudao.counter.catalog.schema import KIOSK_SERVICES, Channel, Service
from zhoudao.counter.places.exchange.records import COLUMNS
from zhoudao.sample.manifest import Manifest, Origin
from zhoudao.sample.parts import Making

OFFICE_HOURS = "Mo-Fr 08:30-11:30,13:30-17:00; PH off"


@pytest.fixture(scope="session")
def here():
    """The installation's city, at sizes where shares mean something whatever its pack says."""
    small = (
        city.current()
        .sample["small"]
        .model_copy(update={"residents": 1000, "enterprises": 200, "applications": 2000})
    )
    return city.current().model_copy(update={"sample": {**city.current().sample, "small": small}})


@pytest.fixture(scope="session")
def settlements(here):
    return read_part(here.folder, "settlements.yaml")[0].settlements


@pytest.fixture(scope="session")
def items(here):
    return read_folder(here.folder / "items")


def lay_ground(here, settlements, items, folder: Path) -> None:
    """settlements, points, phones and guides: in each district a counter and a kiosk that do all they can."""
    write(
        folder / "settlements.csv",
        ["code", "name_zh", "name_en", "district", "island", "longitude", "latitude", "population"],
        [(s.code, s.name.zh, s.name.en, s.district, s.island, *s.at, s.population) for s in settlements],
    )
    points, phones, guides = [], [], []
    for district in here.districts:
        seat = next(s for s in settlements if s.district == district.code)
        for kind, hours in (("counter", OFFICE_HOURS), ("kiosk", "24/7")):
            code, number = f"P{len(points) + 1:03d}", f"{here.area_code}-12{len(points):05d}"
            zh, en = (
                f"{district.name.zh}样例点{len(points)}",
                f"Sample point {len(points)}, {district.name.en}",
            )
            services = "|".join(
                service for service in Service if (service in KIOSK_SERVICES) == (kind == "kiosk")
            )
            points.append(
                (code, zh, en, kind, district.code, zh, en, *seat.at, hours, number, "yes", services)
            )
            phones.append((f"T{len(points):03d}", zh, en, "enquiry", number, district.code, code, ""))
            channel = Channel.KIOSK if kind == "kiosk" else Channel.WINDOW
            guides += [(code, item.code, "", "", "", "") for item in items if channel in item.channels]
    for name, rows in (("points", points), ("phones", phones), ("guides", guides)):
        write(folder / f"{name}.csv", COLUMNS[name], rows)


def write(path: Path, columns, rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


@pytest.fixture(scope="session")
def made(here, settlements, items, tmp_path_factory):
    """A city of the small size with every part that concerns people, made once."""
    from zhoudao.sample.people import organisations, residents, staff
    from zhoudao.sample.queues import history, windows
    from zhoudao.sample.requests import applications, permits

    folder = tmp_path_factory.mktemp("sample")
    lay_ground(here, settlements, items, folder)
    making = Making(here, 7, "small", folder, lambda _: None)
    for module in (residents, organisations, staff, applications, permits, windows, history):
        module.make(making)
    found = Manifest(Origin.of(here, 7, "small"))
    found.add(folder, "all", tuple(sorted(path.name for path in folder.iterdir())))
    found.save(folder)
    return making
