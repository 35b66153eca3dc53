"""The parts of the sample city, each after those it needs. To add one, write its module and name it here."""

from __future__ import annotations

from zhoudao.sample import geography
from zhoudao.sample.parts import Making, Part
from zhoudao.sample.people import organisations, residents, staff
from zhoudao.sample.queues import history, windows
from zhoudao.sample.requests import applications, permits


def _lay_ground(making: Making) -> None:
    geography.build(making.city, making.seed, making.size, making.folder, making.progress)


PARTS = (
    Part(
        "geography",
        writes=("settlements.csv", "streets.osm.pbf", "gtfs.zip", "points.csv", "phones.csv", "guides.csv"),
        make=_lay_ground,
    ),
    residents.PART,
    organisations.PART,
    staff.PART,
    applications.PART,
    permits.PART,
    windows.PART,
    history.PART,
)
